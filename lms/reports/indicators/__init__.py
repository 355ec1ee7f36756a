"""An authority's own indicators: sets of measures counted here and numbers from elsewhere.

A part of the reports room with drawers of its own; the report shows a set, the pages keep it.
"""
