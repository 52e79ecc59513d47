"""Queries by what they ask about, as functions with names. What `panels` shows is what these return."""
