"""Agents that keep jobs running."""
