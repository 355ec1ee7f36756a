"""A plugin that offers nothing, for a test of which ones load."""
