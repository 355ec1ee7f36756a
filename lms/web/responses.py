"""How a view answers: a page, an invalid form, a redirect, a file, a closed door.

Rooms call these through `lms.web`; the status decides whether the kernel commits.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import asdict, dataclass
from typing import Any, NoReturn
from urllib.parse import quote, urlsplit

from flask import Response, make_response, redirect, render_template, request, session, url_for

from lms.errors import Gone, NotFound
from lms.web.opening import after_commit

SAID = "said"

Answer = str | Response | tuple[str | Response, int]
"""What a view returns: a page, a response, or a page with its status."""


@dataclass(frozen=True)
class Said:
    """A success banner for the next page; `undo_url` is posted to by its Undo button."""

    text: str
    undo_url: str | None = None
    detail: str | None = None


def render(template: str, **values: Any) -> str:
    """A page from a template."""
    return render_template(template, **values)


def invalid(template: str, **values: Any) -> Response:
    """The page of a form that was not accepted: 422, so that nothing half made is kept."""
    return make_response(render_template(template, **values), 422)


def conflict(template: str, **values: Any) -> Response:
    """The page of a form that somebody else was quicker than: 409, and nothing is kept."""
    return make_response(render_template(template, **values), 409)


def see(endpoint_or_url: str, **values: Any) -> Response:
    """Send the browser on with 303: to an endpoint, or to a path on this site."""
    if "/" in endpoint_or_url:
        return _see_other(local_path(endpoint_or_url) or f"{request.script_root}/")
    return _see_other(url_for(endpoint_or_url, **values))


def _see_other(location: str) -> Response:
    response = make_response(redirect(location, 303))
    response.headers["Cache-Control"] = "no-store"
    return response


def local_path(address: str | None) -> str | None:
    """The address when it is a path on this site, else None (another site, a script, a trick)."""
    if not address or not re.fullmatch(r"/[^\\\s\x00-\x1f\x7f]*", address):
        return None
    parts = urlsplit(address)
    if address.startswith("//") or parts.scheme or parts.netloc:
        return None
    return address


def say(text: str, *, undo_url: str | None = None, detail: str | None = None) -> None:
    """Show a success banner on the page the person lands on, if and when the change is kept.

    `undo_url` is posted to by the banner's "Undo" button; `detail` is a second sentence.
    """
    said = asdict(Said(text[:500], undo_url, detail[:500] if detail else None))
    after_commit(lambda: session.__setitem__(SAID, said))


def take_what_was_said() -> Said | None:
    """The banner that waits for this page, once."""
    return Said(**session.pop(SAID)) if SAID in session else None


def gone(
    title: str, *sentences: str, next_text: str = "", next_url: str = "", form: str = ""
) -> NoReturn:
    """Answer 410: what this was, and the one next step (a link, or a button posted to `form`)."""
    raise Gone(title, *sentences, next_text=next_text, next_url=next_url, form=form)


def not_found() -> NoReturn:
    """Answer 404, the same whether a thing does not exist or is not for this person."""
    raise NotFound


def download(content: bytes, filename: str, mimetype: str) -> Response:
    """A file to save under `filename`: named as RFC 6266 says, never sniffed, never cached."""
    response = Response(content, mimetype=mimetype)
    response.headers["Content-Disposition"] = disposition(filename)
    response.headers["Cache-Control"] = "no-store"
    return response


def disposition(filename: str) -> str:
    """`attachment` with a plain name for old programs and the true one for the rest."""
    name = "".join(c for c in filename if unicodedata.category(c)[0] != "C")
    name = re.sub(r'[\\/:*?"<>|]+', "-", name).strip(" .") or "download"
    folded = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    plain = re.sub(r"[^A-Za-z0-9 ._()-]", "_", folded).strip() or "download"
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
