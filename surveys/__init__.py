"""Surveys before, after and later, and who has answered."""
