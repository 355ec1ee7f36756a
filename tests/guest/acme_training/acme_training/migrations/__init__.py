"""Revisions of Acme's table, oldest first."""
