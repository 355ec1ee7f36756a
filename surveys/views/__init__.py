"""The pages of the surveys room: the respondent's, the room's (QR code), the team's."""

from surveys.views import respondent, room, team
from surveys.views.blueprint import blueprint

__all__ = ["blueprint", "respondent", "room", "team"]
