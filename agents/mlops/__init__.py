"""Agents that look after models and their endpoints."""
