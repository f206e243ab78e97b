"""What people take along: a table as a file that says what it holds."""
