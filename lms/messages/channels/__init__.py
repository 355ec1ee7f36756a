"""Ways out: an SMTP server, or files in the instance's folder.

The sender opens one with `open_channel` for a run and hands messages over one by one.
"""

from __future__ import annotations

from lms.messages.channels.base import Channel, Letter, Outcome, Result
from lms.messages.channels.file import FileChannel
from lms.messages.channels.smtp import SmtpChannel
from lms.people import demo
from lms.settings import Settings

__all__ = ["Channel", "Letter", "Outcome", "Result", "open_channel"]


def open_channel(settings: Settings) -> Channel:
    """The channel of these settings; a demonstration's messages never leave the machine."""
    if settings.mail == "smtp" and not demo.is_demo():
        return SmtpChannel(settings)
    return FileChannel(settings.instance / "mail")
