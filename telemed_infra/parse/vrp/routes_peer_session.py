"""What `peer {<ip>|<group>} …` does to a session, in the BGP view alone.

Source: Huawei command references, `peer …`; see docs/reference/platforms.md.
"""

from __future__ import annotations

from collections.abc import Mapping

from telemed_infra.parse.route_lines.peers import (
    EBGP_MAX_HOP,
    TTL_SECURITY,
    OfSession,
    hops,
    joins,
    makes,
    password,
    simple,
    source,
    timer,
)
from telemed_infra.parse.route_lines.policy import as_number
from telemed_infra.parse.route_lines.process import none, seconds, sets
from telemed_infra.parse.route_lines.state import BFD, Routes
from telemed_infra.parse.vrp.arguments import interface, number, one
from telemed_infra.parse.vrp.engine import Effect, Unreadable, Words

BFD_TIMES = ("min-tx-interval", "min-rx-interval", "detect-multiplier")


def _bfd(who: str, args: Words) -> Effect[Routes]:
    if args[:1] == ("enable",) and args[1:] in ((), ("single-hop-prefer",)):
        enable = sets(who, "bfd", (), None)

        def effect(state: Routes, line: int) -> None:
            enable(state, line)
            state.use(BFD, "", line)

        return effect
    if args == ("block",):
        return sets(who, "bfd block", (), None)
    pairs = dict(zip(args[::2], args[1::2], strict=False))
    if not args or len(args) != 2 * len(pairs) or not set(pairs) <= set(BFD_TIMES):
        raise Unreadable("`bfd enable`, or its intervals and multiplier, are expected")
    effects = [
        sets(who, f"bfd {key}", (str(number(value, 3, 20_000)),), None)
        for key, value in pairs.items()
    ]

    def times(state: Routes, line: int) -> None:
        for one_ in effects:
            one_(state, line)

    return times


OF_SESSION: Mapping[str, OfSession] = {
    "as-number": makes,
    "group": joins,
    "description": simple("description", lambda words: (" ".join(words),)),
    "password": password,
    "keychain": simple("key", lambda words: (one(words),)),
    "ignore": simple("ignore", none),
    "bfd": _bfd,
    "timer": timer,
    "ebgp-max-hop": hops(EBGP_MAX_HOP),
    "valid-ttl-hops": hops(TTL_SECURITY),
    "connect-interface": source(interface),
    "fake-as": simple("fake-as", lambda words: (str(as_number(one(words))),)),
    "route-update-interval": simple("route-update-interval", seconds(0, 600)),
}
