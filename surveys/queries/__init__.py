"""What the surveys room reads: a respondent's own survey, the team's counts, nothing between.

No function here gives one person's answers to anybody else.
"""

from surveys.queries.respondent import agenda, personal_data
from surveys.queries.team import answered_columns, todos, undo_blockers

__all__ = ["agenda", "answered_columns", "personal_data", "todos", "undo_blockers"]
