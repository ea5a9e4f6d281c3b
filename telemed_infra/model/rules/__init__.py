"""What no schema can say: one family of rules a module, each a function from draft to findings."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from telemed_infra.model.draft import Draft
from telemed_infra.model.finding import Finding


def check(draft: Draft, as_of: date | None) -> Iterator[Finding]:
    """All findings of all rules."""
    yield from ()
