"""Agents that mend compute."""
