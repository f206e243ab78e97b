"""What is decided: all state that must never be lost."""
