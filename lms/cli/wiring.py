"""`lms wiring`: who implements each hook, who publishes and hears each event."""

from __future__ import annotations

import click

from lms.app import create_app
from lms.settings import Settings
from lms.wiring import ROOT, describe

PAGE = ROOT / "docs" / "wiring.md"


@click.command()
@click.option("--check", is_flag=True, help="Fail when docs/wiring.md says something else.")
@click.option("--write", is_flag=True, help="Write docs/wiring.md.")
def wiring(check: bool, write: bool) -> None:
    """Print who implements each hook and who hears each event."""
    # No database is asked, and the rooms and bundled providers are there whatever is set.
    settings = Settings(
        environment="test",
        database_url="postgresql:///lms",
        safe_mode=False,
        disabled_plugins=(),
        plugins=(),
    )
    text = describe(create_app(settings).extensions["lms"])
    if write:
        PAGE.parent.mkdir(exist_ok=True)
        PAGE.write_text(text)
    elif not check:
        click.echo(text, nl=False)
    elif not PAGE.exists() or PAGE.read_text() != text:
        raise click.ClickException("docs/wiring.md is stale: run `lms wiring --write`")
