"""Who proposes: observe, orient and decide, one module per dimension; detectors are pure functions."""
