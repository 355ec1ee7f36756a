"""The operations page lists every setting there is, in the words of the settings themselves."""

from __future__ import annotations

from pathlib import Path

from lms.settings import Settings

PAGE = (Path(__file__).parents[2] / "docs" / "operations.md").read_text()


def test_every_setting_is_in_the_table_with_its_own_description():
    rows = dict(
        (line.split("`")[1], line.rsplit("|", 2)[1].strip())
        for line in PAGE.splitlines()
        if line.startswith("| `")
    )
    described = {
        str(field.validation_alias or f"LMS_{name.upper()}"): field.description
        for name, field in Settings.model_fields.items()
    }
    assert rows == described
