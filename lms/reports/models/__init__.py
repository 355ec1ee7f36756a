"""Tables of the reports room, one file per noun.

Services and queries of this room use them; no other room refers to them.
"""

from lms.reports.models.handed_in import MILESTONE_BASES, DeliveryCount, HeadcountTarget
from lms.reports.models.indicators import INDICATOR_KINDS, Indicator, IndicatorSet
from lms.reports.models.kept import OUTSIDE, PACK_STATES, Pack, Release
from lms.reports.models.returns import AUDIENCES, FrozenReturn, Restatement

__all__ = [
    "AUDIENCES",
    "INDICATOR_KINDS",
    "MILESTONE_BASES",
    "OUTSIDE",
    "PACK_STATES",
    "DeliveryCount",
    "FrozenReturn",
    "HeadcountTarget",
    "Indicator",
    "IndicatorSet",
    "Pack",
    "Release",
    "Restatement",
]
