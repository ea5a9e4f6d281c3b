"""Rules of an access list as selectors of a tunnel: what they permit goes through it.

Source: docs/reference/platforms.md, "Tunnels, as they are read".
"""

from __future__ import annotations

from ipaddress import IPv4Address

from telemed_infra.packets import ANY_PORT, Family, Ranges
from telemed_infra.parse.management.lists import ListRule
from telemed_infra.parse.tunnels import Flow
from telemed_infra.parse.vrp.engine import Words

GRE = 47
_EVERY = Family.V4.every_address


class NotASelector(ValueError):
    """A rule that is not modelled as a selector; the text says why."""


def flow(rule: ListRule, words: Words) -> Flow:
    """What `rule [<n>] permit {ip|gre} [source …] [destination …]` selects.

    Raises:
        NotASelector: it denies, or names more than addresses and GRE.
    """
    if not rule.permits:
        raise NotASelector("packets that a tunnel leaves out are not modelled")
    if rule.why_unread not in ("", "a destination"):
        raise NotASelector(f"a selector of addresses is expected, not {rule.why_unread}")
    if rule.protocol not in (None, GRE) or rule.ports != ANY_PORT or rule.instance:
        raise NotASelector("selectors of protocols and ports are not modelled: write `permit ip`")
    return Flow(Family.V4, rule.source, _destination(words))


def _destination(words: Words) -> Ranges:
    """`destination {any|<ip> {<wildcard>|0}}` among the words; without it, everything."""
    lower = [word.lower() for word in words]
    places = [
        at for at, word in enumerate(lower) if len(word) > 2 and "destination".startswith(word)
    ]
    if not places:
        return _EVERY
    rest = words[places[0] + 1 :]
    if rest[:1] == ("any",):
        return _EVERY
    try:
        value = int(IPv4Address(rest[0]))
        wild = 0 if rest[1] == "0" else int(IPv4Address(rest[1]))
    except (IndexError, ValueError):
        raise NotASelector("a destination and its wildcard are expected") from None
    if wild & (wild + 1):
        raise NotASelector("a wildcard with gaps is not modelled")
    return ((value & ~wild, value | wild),)
