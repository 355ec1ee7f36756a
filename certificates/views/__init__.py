"""Pages of the certificates room: for holders, for anybody who checks, for the team.

`certificates.plugin` offers the blueprint; the modules add their routes to it.
"""

from certificates.views import holders, public, team
from certificates.views.blueprint import blueprint

__all__ = ["blueprint", "holders", "public", "team"]
