"""What somebody wants to be told of: asking for it where a thing is shown, and the page of one's notices."""
