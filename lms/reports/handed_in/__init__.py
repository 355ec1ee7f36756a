"""Counts that others hand in: deliveries of projects with parents, and headcounts to reach.

A part of the reports room with drawers of its own: forms, a file to upload, and what reports read.
"""
