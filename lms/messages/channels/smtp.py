"""An SMTP server, spoken to step by step, so that it is known how far a message came.

Before the server has all of a message a failure means that it was not taken; after that, without
an answer, nobody can say.
"""

from __future__ import annotations

import smtplib
import ssl

from lms.messages.channels.base import Letter, Outcome, Result
from lms.settings import Settings

TIMEOUT = 20.0
"""Seconds to wait for each answer."""


class SmtpChannel:
    """One connection for a run, opened at the first message and again after a failure."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.timeout = TIMEOUT
        self._server: smtplib.SMTP | None = None

    def deliver(self, letter: Letter) -> Outcome:
        """Hand one message over."""
        try:
            server = self._server = self._server or self._connect()
        except smtplib.SMTPResponseException as error:
            return self._failed(Result.NOT_NOW, _said(error.smtp_code, error.smtp_error), down=True)
        except (OSError, smtplib.SMTPException) as error:
            return self._failed(Result.NOT_NOW, _network(error), down=True)
        try:
            refusal = self._envelope(server, letter.to)
        except (OSError, smtplib.SMTPException) as error:
            return self._failed(Result.NOT_NOW, _network(error), down=True)
        if refusal:
            return refusal
        return self._content(server, letter.content)

    def _envelope(self, server: smtplib.SMTP, to: str) -> Outcome | None:
        """Sender, recipient and DATA; the refusal, if one of them is refused."""
        for command in (
            f"MAIL FROM:<{self.settings.mail_from}>",
            f"RCPT TO:<{to}>",
            "DATA",
        ):
            code, words = server.docmd(command)
            if code >= 400:
                return self._refused(code, words)
        return None

    def _content(self, server: smtplib.SMTP, content: bytes) -> Outcome:
        """The message itself. From here on silence means that nobody can say."""
        quoted = content.replace(b"\r\n.", b"\r\n..")
        try:
            server.send(quoted.removesuffix(b"\r\n") + b"\r\n.\r\n")
            code, words = server.getreply()
        except (OSError, smtplib.SMTPException) as error:
            return self._failed(Result.UNKNOWN, _network(error), down=True)
        return (
            Outcome(Result.TAKEN, _said(code, words)) if code < 400 else self._refused(code, words)
        )

    def _refused(self, code: int, words: bytes) -> Outcome:
        """The server said no: for good with 5xx, for the present with 4xx; 421 closes the line."""
        said = _said(code, words)
        if code == 421:
            return self._failed(Result.NOT_NOW, said, down=True)
        server = self._server
        try:
            if server is not None:
                server.rset()
        except (OSError, smtplib.SMTPException):
            self._drop()
        return Outcome(Result.NEVER if code >= 500 else Result.NOT_NOW, said)

    def _failed(self, result: Result, words: str, *, down: bool) -> Outcome:
        self._drop()
        return Outcome(result, words, down)

    def _drop(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None

    def _connect(self) -> smtplib.SMTP:
        known = self.settings
        context = ssl.create_default_context()
        server: smtplib.SMTP
        if known.smtp_tls == "tls":
            server = smtplib.SMTP_SSL(
                known.smtp_host, known.smtp_port, timeout=self.timeout, context=context
            )
        else:
            server = smtplib.SMTP(known.smtp_host, known.smtp_port, timeout=self.timeout)
        try:
            if known.smtp_tls == "starttls":
                server.starttls(context=context)
            server.ehlo_or_helo_if_needed()
            if known.smtp_user:
                server.login(known.smtp_user, known.smtp_password.get_secret_value())
        except BaseException:
            server.close()
            raise
        return server

    def close(self) -> None:
        """Say goodbye; a server that does not answer is left."""
        if self._server is not None:
            try:
                self._server.quit()
            except (OSError, smtplib.SMTPException):
                self._drop()
            self._server = None


def _said(code: int, words: bytes | str) -> str:
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return f"{code} {' '.join(text.split())}"[:300]


def _network(error: Exception) -> str:
    """What happened on the line, without addresses of machines."""
    # smtplib says of a timeout while it reads a reply that the connection was closed.
    if isinstance(error, TimeoutError) or "timed out" in str(error):
        return "The mail server did not answer"
    if isinstance(error, smtplib.SMTPServerDisconnected):
        return "The mail server closed the connection"
    if isinstance(error, ssl.SSLError):
        return f"No secure connection to the mail server: {error.reason}"
    if isinstance(error, OSError):
        return f"The mail server cannot be reached: {error.strerror or type(error).__name__}"
    return f"The mail server spoke strangely: {type(error).__name__}"
