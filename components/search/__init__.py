"""Finding any thing, page or proposal by what somebody types of it."""
