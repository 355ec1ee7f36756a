"""Imports of spreadsheets: people for a cohort, completions of e-learning, each previewed first.

`reading` finds the columns, `assessing` decides on every row, `services` writes, `views` shows.
"""
