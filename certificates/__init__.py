"""Certificates: rendered once, frozen, verifiable by anyone."""
