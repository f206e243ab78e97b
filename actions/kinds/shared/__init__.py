"""What kinds of one family share."""
