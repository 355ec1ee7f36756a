"""Reads of the ambassadors' room, one file for each page or purpose."""
