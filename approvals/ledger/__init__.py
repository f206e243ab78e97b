"""What happened, in a chain that anybody can check: entries, replay, verification, signed checkpoints."""
