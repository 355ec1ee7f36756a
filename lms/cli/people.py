"""`lms invite-administrator`, `lms revoke-all`: what needs the machine rather than a role."""

from __future__ import annotations

import click

from lms.cli.site import application, settings_of
from lms.db import Complaint, unit_of_work
from lms.people.services import keepers


@click.command("invite-administrator")
@click.argument("name")
@click.argument("email", metavar="E-MAIL")
def invite_administrator(name: str, email: str) -> None:
    """Make NAME an administrator, who signs in by a message to E-MAIL."""
    with application() as app:
        try:
            with unit_of_work():
                keepers.invite_administrator(name, email)
        except Complaint as complaint:
            raise click.ClickException(complaint.text) from None
        settings = settings_of(app)
    click.echo(
        f"{name} is an administrator, and signs in with {email} at {settings.base_url}/sign-in"
    )
    if settings.mail == "file":
        click.echo(f"Messages are not sent but written to {settings.instance / 'mail'}.")


@click.command("revoke-all")
@click.confirmation_option(prompt="Sign everybody out and end every link that was sent?")
def revoke_all() -> None:
    """Sign everybody out and end every link that was sent."""
    with application(), unit_of_work():
        cut = keepers.revoke_all()
    click.echo(
        f"{cut.people} people signed out, {cut.links} links and {cut.requests} requests to sign in "
        "ended. New links go out when they are next needed or asked for."
    )
