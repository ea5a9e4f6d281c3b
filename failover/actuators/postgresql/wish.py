"""What lease rows shall say. Apart from their writer, so that it can be said without psycopg."""

from __future__ import annotations

from typing import NamedTuple

from failover.core.cells import Term


class Wish(NamedTuple):
    """Leases to be written."""

    instances: tuple[str, ...]
    term: Term
    begun_s: float  # by the boot clock here, before the renewal was first sent
    length_s: float  # 0: they end now
