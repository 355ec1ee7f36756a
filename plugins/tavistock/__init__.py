"""Tavistock Relationships: its courses, its certificate, its register and its own rule."""
