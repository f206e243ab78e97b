"""The inbox as people see it: list, groups, card, and the forms in which they decide."""
