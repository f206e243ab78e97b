"""Agents of DataOps."""
