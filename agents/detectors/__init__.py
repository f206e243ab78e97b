"""Pure functions from frames to findings. No I/O, no clock of their own, seeded where they draw numbers."""
