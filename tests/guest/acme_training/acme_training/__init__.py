"""Acme Training, an invented provider: everything that a plugin may bring, in a small way."""
