"""`make bench`: how fast the demonstration's pages and jobs are, and what grows with what.

Seconds differ between machines; the ratios should not, and are what to compare.
"""
