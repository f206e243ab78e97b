"""What changes something: proposals, votes, executions, switches, budgets, sweeps."""
