"""Larger parts of a page that ask or write by themselves."""
