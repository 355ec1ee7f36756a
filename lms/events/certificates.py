"""What becomes of certificates."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from lms.events.base import Event


@dataclass(frozen=True)
class CertificateEvent(Event):
    """Something about one certificate."""

    certificate_id: uuid.UUID


@dataclass(frozen=True)
class CertificateIssued(CertificateEvent):
    """Rendered, frozen and ready to download."""


@dataclass(frozen=True)
class CertificateReplaced(CertificateEvent):
    """A newer certificate stands in its place."""

    new_id: uuid.UUID
    reason: str


@dataclass(frozen=True)
class CertificateWithdrawn(CertificateEvent):
    """It no longer counts."""

    reason: str
