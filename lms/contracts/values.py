"""What may be stored as an answer or passed to a job.

Every other contract builds on it.
"""

from __future__ import annotations

JSON = str | int | float | bool | None | list["JSON"] | dict[str, "JSON"]
