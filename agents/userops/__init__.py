"""Agents that help people to get their work done."""
