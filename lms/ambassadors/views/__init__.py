"""Pages of the ambassadors' room, one file per noun, all on one blueprint."""

from lms.ambassadors.views import (
    board,
    case_studies,
    checking_in,
    joining,
    network,
    pledging,
    tallies,
)
from lms.ambassadors.views.blueprint import blueprint

__all__ = [
    "blueprint",
    "board",
    "case_studies",
    "checking_in",
    "joining",
    "network",
    "pledging",
    "tallies",
]
