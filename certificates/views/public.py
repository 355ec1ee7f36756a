"""Checking a certificate: open to anybody, told to no search engine.

It says what the certificate says and whether it still counts, and nothing about unknown numbers.
"""

from __future__ import annotations

from flask import Response, make_response, request
from werkzeug.datastructures import MultiDict

from certificates import number as numbers
from certificates.forms import LONGEST, NumberForm
from certificates.queries import held as certificates
from certificates.views.blueprint import blueprint
from lms import clock, web
from lms.permissions import public
from lms.web import words


@blueprint.get("/verify")
@public
def ask() -> Response:
    """A box for the number on a certificate."""
    form = NumberForm(request.args)
    if "number" not in request.args:
        return _unlisted(web.render("certificates/ask.html", form=form))
    if not form.validate():
        return _unlisted(web.render("certificates/ask.html", form=form), 422)
    read = numbers.read(form.number.data)
    shown = words.certificate_number(read) if read else form.number.data
    if "/" in shown:  # no address of a page could say it
        return _unknown(shown)
    return web.see("certificates.verify", number=shown)


@blueprint.get("/verify/<number>")
@public
def verify(number: str) -> Response:
    """Whether a certificate counts; every number that is not one of ours gets the same answer."""
    read = numbers.read(number)
    checked = certificates.check(read) if read else None
    if checked is None:
        return _unknown(number)
    return _unlisted(web.render("certificates/verify.html", checked=checked, now=clock.now()))


def _unknown(number: str) -> Response:
    """Which number is none of ours, kept in the box to be corrected."""
    form = NumberForm(MultiDict({"number": number[:LONGEST]}))
    page = web.render("certificates/unknown.html", form=form, number=number[:LONGEST])
    return _unlisted(page, 404)


def _unlisted(page: str, status: int = 200) -> Response:
    response = make_response(page, status)
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response
