"""Incidents: what is broken, because of what, and who is at it."""
