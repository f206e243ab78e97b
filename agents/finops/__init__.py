"""Agents that save money."""
