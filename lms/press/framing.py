"""How the press and its parent speak: a JSON head and a body of bytes, each with its length.

`lms.press.parent` and `lms.press.child` hold the two ends of a pipe.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from typing import IO, Any

LENGTH = struct.Struct(">I")


def send(stream: IO[bytes], message: Mapping[str, Any], body: bytes = b"") -> None:
    """One message: a JSON head and a body of bytes, each with its length before it."""
    head = json.dumps(message).encode()
    stream.write(LENGTH.pack(len(head)) + head + LENGTH.pack(len(body)) + body)
    stream.flush()


def receive(stream: IO[bytes]) -> tuple[dict[str, Any], bytes] | None:
    """The next message, or None when the other side has gone, in the middle of one too."""
    parts = []
    for _ in ("head", "body"):
        length = stream.read(LENGTH.size)
        if len(length) < LENGTH.size:
            return None
        size = LENGTH.unpack(length)[0]
        part = stream.read(size)
        if len(part) < size:
            return None
        parts.append(part)
    return json.loads(parts[0]), parts[1]
