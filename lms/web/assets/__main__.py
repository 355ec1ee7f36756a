"""`python -m lms.web.assets`: build what changed; set-up calls it."""

import logging

from lms.web.assets.build import build

logging.basicConfig(format="%(message)s", level=logging.INFO)
build()
