"""What decisions and outcomes teach about those who propose. Pure."""
