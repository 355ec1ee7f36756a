"""Hertfordshire, in-house: its course for ambassadors and its certificate."""
