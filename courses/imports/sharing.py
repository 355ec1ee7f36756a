"""One address on several rows: it is one person, or a mailbox that several people read.

A step of `assessing`; who holds such a mailbox and signs in with it is named before they lose it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from courses.imports import reasons
from courses.imports.drafts import Draft, keep_first
from courses.imports.known import Known, KnownPerson

MAILBOX, ONE = "mailbox", "one"


def same_address(drafts: Iterable[Draft], known: Known) -> None:
    """Do with rows of the same address as was answered, or ask; one name is one person."""
    together: defaultdict[str, list[Draft]] = defaultdict(list)
    for draft in drafts:
        if draft.email:
            together[draft.email].append(draft)
    for email, group in together.items():
        names = {draft.key for draft in group if not draft.reasons}
        choice = next((d.choice["shared"] for d in group if "shared" in d.choice), "")
        if len(names) < 2 or choice == ONE:
            keep_first(group)
        elif choice == MAILBOX:
            _share(email, group, known)
        else:
            _ask(email, group, known)


def losing(holder: KnownPerson | None, known: Known) -> str:
    """Whose sign-in ends if others read their mailbox too; "" where that is nobody's."""
    if holder is None or not holder.in_reach or holder.id not in known.ending:
        return ""
    return f"{holder.name} signs in with it now and no longer will"


def _share(email: str, group: Sequence[Draft], known: Known) -> None:
    """Several people, one mailbox: only who holds the address already keeps it."""
    by_name: defaultdict[str, list[Draft]] = defaultdict(list)
    for draft in group:
        by_name[draft.key].append(draft)
    holder = known.by_email.get(email)
    for key, same in by_name.items():
        keep_first(same)
        if holder is None or holder.key != key:
            for draft in same:
                draft.email, draft.shares = "", email


def _ask(email: str, group: Sequence[Draft], known: Known) -> None:
    number = {2: "Two", 3: "Three", 4: "Four", 5: "Five"}.get(len(group), str(len(group)))
    holder = known.by_email.get(email)
    keeps = holder and holder.in_reach and holder.key in {draft.key for draft in group}
    whom = f"everybody but {holder.name}" if holder and keeps else "them"
    why, guess = f"{number} people share this address. If it is a shared mailbox, ", MAILBOX
    why = f"{why}letters to {whom} are printed, not e-mailed"
    if lost := losing(holder, known):
        why, guess = f"{why}. {lost} if it is shared", ""
    for draft in group:
        draft.ask(reasons.SHARED, why, "email", key=email, guess=guess)
