"""Tables of the reports room, one file per noun.

Services and queries of this room use them; no other room refers to them.
"""

from lms.reports.models.handed_in import MILESTONE_BASES, DeliveryCount, HeadcountTarget
from lms.reports.models.indicators import INDICATOR_KINDS, Indicator, IndicatorSet
from lms.reports.models.kept import MADE, OUTSIDE, STATES, Making, Pack, Release
from lms.reports.models.returns import AUDIENCES, FrozenReturn, Restatement

__all__ = [
    "AUDIENCES",
    "INDICATOR_KINDS",
    "MADE",
    "MILESTONE_BASES",
    "OUTSIDE",
    "STATES",
    "DeliveryCount",
    "FrozenReturn",
    "HeadcountTarget",
    "Indicator",
    "IndicatorSet",
    "Making",
    "Pack",
    "Release",
    "Restatement",
]
