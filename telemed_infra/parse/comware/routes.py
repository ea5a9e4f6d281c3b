"""`parse_comware_routes`: what an H3C device with Comware 7 would do with routes, from its text.

A text has a second reader, `parse_secpath` or `parse_comware`; `route_lines/split.py` says which
lines are whose.

On Comware a peer is in no address family until `peer … enable` says so, and a prefix list or route
policy that a peer names and nothing defines lets every route pass (H3C command reference, BGP).
"""

from __future__ import annotations

import re

from telemed_infra.packets import Family
from telemed_infra.parse.comware.abbreviations import moves_in_full
from telemed_infra.parse.comware.routes_bfd import bfd
from telemed_infra.parse.comware.routes_grammar import SPLITTER
from telemed_infra.parse.route_lines.dialect import Dialect
from telemed_infra.parse.route_lines.reading import read_routes
from telemed_infra.parse.route_lines.state import (
    ACL,
    AS_PATH_FILTER,
    BFD,
    COMMUNITY_FILTER,
    NQA,
    PREFIX_LISTS,
    TRACK,
)
from telemed_infra.parse.routes import RouteBehaviour, without_secret

_SECRETS = re.compile(
    r"(\bpeer\s+\S+\s+(?:pas|key)\S*\s).*|(\b(?:sim|cip|pla)\w*\s).*", re.IGNORECASE
)


def parse_comware_routes(text: str) -> RouteBehaviour:
    """Read the routing part of a text; never raises, its unknown lines are `unread`.

    `lines` counts the lines that are routing's own.
    """
    return read_routes(moves_in_full(text), SPLITTER, _COMWARE)


def _shown(line: str) -> str:
    """A line as a finding may show it, also where a keyword before a key is shortened."""
    hidden = without_secret(line)
    return _SECRETS.sub(lambda found: f"{found[1] or found[2]}…", hidden)


_COMWARE = Dialect(
    ipv4_by_default=False,
    missing_passes=True,
    bfd=bfd,
    kinds={
        PREFIX_LISTS[Family.V4]: "prefix-list",
        PREFIX_LISTS[Family.V6]: "ipv6 prefix-list",
        AS_PATH_FILTER: "as-path",
        COMMUNITY_FILTER: "community-list",
    },
    not_only_here=frozenset({ACL, BFD, NQA, TRACK}),
    shown=_shown,
)
