"""Writes of imports, one file per step: staging, adding, undoing, completions, purging.

Views and jobs call them; each locks the cohort and then the batch, so that a second press, a second
person and a stale preview all meet the state as it is.
"""
