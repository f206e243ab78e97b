"""What is said of one thing: in the drawer that a click opens, and on its page."""
