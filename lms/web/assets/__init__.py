"""The style sheet, script and icon of every page: their sources, their build and their names.

Set-up runs `build.py` by its path; the web asks `names()` which file to link to.
"""

from lms.web.assets.build import BUILD, MODULES, build, names

__all__ = ["BUILD", "MODULES", "build", "names"]
