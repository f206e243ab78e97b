"""What people asked to be told of: looked for where the agents look, told by the outbox."""
