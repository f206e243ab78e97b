"""Who must agree to what, and when it may start: pure functions of facts, rules and time."""
