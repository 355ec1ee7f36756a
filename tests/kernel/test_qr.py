"""A QR code is one picture with its words, and a reader finds the address in it."""

from __future__ import annotations

import re

import segno
from lxml import etree

from lms import qr

ADDRESS = "https://training.council.example/s/abc"


def test_the_picture_has_the_modules_of_the_address_and_a_quiet_zone() -> None:
    drawn = etree.fromstring(qr.svg(ADDRESS, "opens the survey"))
    size = int(drawn.get("viewBox").split()[2])
    modules = [
        list(row) for row in segno.make(ADDRESS, error="m", micro=False, boost_error=False).matrix
    ]
    dark = [[0] * (size - 2 * qr.QUIET) for _ in range(size - 2 * qr.QUIET)]
    (path,) = [one.get("d") for one in drawn if one.get("stroke")]
    for x, y, length in re.findall(r"M(\d+) (\d+)\.5h(\d+)", path):
        for place in range(int(x), int(x) + int(length)):
            dark[int(y) - qr.QUIET][place - qr.QUIET] = 1
    assert dark == modules


def test_the_picture_is_named_and_nothing_in_its_name_is_markup() -> None:
    drawn = str(qr.svg(ADDRESS, "opens <script>alert(1)</script> & more"))
    assert 'role="img"' in drawn
    name = "<title>QR code: opens &lt;script&gt;alert(1)&lt;/script&gt; &amp; more</title>"
    assert name in drawn
