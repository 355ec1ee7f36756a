"""The command `lms`: each command is imported only when it is asked for, so that all start fast.

`pyproject.toml` names `main`; the supervisor runs the same commands by `python -m lms.cli`.
"""

from __future__ import annotations

import importlib

import click

COMMANDS = {
    "serve": "running",
    "setup": "running",
    "worker": "worker",
    "upgrade": "database",
    "check": "database",
    "backup": "database",
    "demo": "database",
    "report": "report",
    "doctor": "doctor",
    "wiring": "wiring",
    "queue": "courses.commands",
    "invite-administrator": "people",
    "revoke-all": "people",
}


class Commands(click.Group):
    """A group whose commands live one file per noun."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order of the table above, which is the order people need them in."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the file that holds the command."""
        if cmd_name not in COMMANDS:
            return None
        place = COMMANDS[cmd_name]
        module = importlib.import_module(place if "." in place else f"lms.cli.{place}")
        command: click.Command = getattr(module, cmd_name.replace("-", "_"))
        return command


@click.group(
    cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(package_name="golden-thread", prog_name="lms")
def cli() -> None:
    """Golden Thread: run it, look after it, see how it is wired."""


def main() -> None:
    """Run a command; a refusal in our own words is shown as words, a bug as a traceback."""
    try:
        cli()
    except RuntimeError as error:
        if not type(error).__module__.startswith("lms."):
            raise
        click.echo(str(error), err=True)
        raise SystemExit(1) from None
