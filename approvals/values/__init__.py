"""What everything else speaks of: the proposal and its parts, the state machines, refusals, risk."""
