"""Agents that look after agents of AI and the models they call."""
