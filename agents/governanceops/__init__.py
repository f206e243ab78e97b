"""Agents that keep access small."""
