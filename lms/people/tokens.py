"""Tokens of sign-in and personal links: remade from a row's random key, never stored.

`links` and `sign_in` use them; a database without the link key holds nothing that opens a page.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets

from lms.errors import NotFound
from lms.web.context import settings

KEY_BYTES = 16
MAC_BYTES = 17
"""33 bytes are 44 characters with no bits to spare: every character counts."""
LENGTH = 44
CODE_SIGNS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""What is read aloud and typed: no 0, O, 1, I, L or U."""
CODE_LENGTH = 8

_TOKEN = re.compile(r"([A-Za-z0-9_-]{44})[^A-Za-z0-9_-]*")


def new_key() -> bytes:
    """What a row keeps: random, and not its id."""
    return secrets.token_bytes(KEY_BYTES)


def make(kind: str, key: bytes) -> str:
    """The token of a row's key, the same each time while the link key stands."""
    return base64.urlsafe_b64encode(key + _mac(kind, key, keys()[0])).decode()


def read(kind: str, token: str) -> bytes:
    """The row's key in a token; `NotFound` unless we made it for this kind.

    What mail programs hang on the end of an address (a full stop, `>`, `=`) is passed over.
    """
    found = _TOKEN.fullmatch(token)
    if found is None:
        raise NotFound
    raw = base64.urlsafe_b64decode(found[1])
    key, mac = raw[:KEY_BYTES], raw[KEY_BYTES:]
    if not any(hmac.compare_digest(mac, _mac(kind, key, secret)) for secret in keys()):
        raise NotFound
    return key


def code(kind: str, key: bytes) -> str:
    """Eight characters to type instead of following the link."""
    return _code(kind, key, keys()[0])


def _code(kind: str, key: bytes, secret: str) -> str:
    digest = hmac.digest(secret.encode(), f"code {kind} ".encode() + key, hashlib.sha256)
    number = int.from_bytes(digest[:16])
    signs = []
    for _ in range(CODE_LENGTH):
        number, place = divmod(number, len(CODE_SIGNS))
        signs.append(CODE_SIGNS[place])
    return "".join(signs)


def same_code(kind: str, key: bytes, typed: str) -> bool:
    """Whether this is the code, however it was spaced and in whatever case."""
    plain = re.sub(r"[\s-]", "", typed).upper()
    codes = [_code(kind, key, secret).encode() for secret in keys()]
    return any(hmac.compare_digest(plain.encode(), one) for one in codes)


def _mac(kind: str, key: bytes, secret: str) -> bytes:
    return hmac.digest(secret.encode(), f"{kind} ".encode() + key, hashlib.sha256)[:MAC_BYTES]


def keys() -> tuple[str, ...]:
    """The link key, then older ones that are still accepted."""
    now = settings()
    return (now.link_key.get_secret_value(), *now.link_key_fallbacks)
