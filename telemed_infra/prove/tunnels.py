"""A text's tunnels against the plan: missing ones, too many, and each field of the others.

A tunnel is known by the identity of its other end. Source: docs/concepts/tunnels.md.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from telemed_infra.packets import Family, Ranges, intersect
from telemed_infra.plan.prefix import address_text
from telemed_infra.prove.findings import Says
from telemed_infra.prove.tunnel_words import PlatformWords, TunnelWords
from telemed_infra.tunnels import EspSuite, IkeSuite, Mode, Selector, Tunnel

KIND = "tunnel"
_PLAIN: Mapping[str, str] = {
    "interface": "the inner packets go by",
    "below": "the outer packets go by",
    "own_identity": "it calls itself",
    "preference": "its routes have the preference",
    "ike_lifetime_s": "keys of IKE are new after, in seconds,",
    "esp_lifetime_s": "keys of ESP are new after, in seconds,",
    "liveness_s": "silence is borne, in seconds,",
    "mtu": "its packets are at most, in octets,",
}
"""Fields whose values are words or numbers, and what they say."""
_UNSAID = frozenset({("below", ""), ("interface", "")})
"""What strongSwan's text does not name: the port, and the tunnel of GRE that the host makes."""


def prove_tunnels(
    read: Iterable[Tunnel],
    lines: Mapping[str, int],
    planned: Iterable[Tunnel],
    words: PlatformWords,
    *,
    pins: bool = True,
) -> Iterator[Says]:
    """What differs.

    `lines`: where the text begins to speak of an identity; `pins`: the platform can say what is
    behind the other end, else a tunnel may take more than is. What is wrapped has two ends alone.
    """
    known = tuple(read)
    there = {one.peer_identity: one for one in known}
    wanted = {one.peer_identity: one for one in planned}
    for name, times in Counter(one.peer_identity for one in known).items():
        if times > 1:
            yield Says(lines.get(name, 0), KIND, f"there are {times} tunnels with {name}: keep one")
    for name, tunnel in wanted.items():
        if name not in there:
            yield _missing(tunnel, lines.get(name, 0))
            continue
        found = there[name]
        loose = not pins and tunnel.mode is Mode.TUNNEL
        if loose and _covers(found.peer, tunnel.peer):
            found = found._replace(peer=tunnel.peer)
        for says in _differences(found, tunnel, words[tunnel.mode]):
            yield Says(lines.get(name, 0), KIND, f"tunnel with {name}: {says}")
    for name in there.keys() - wanted.keys():
        says = f"the tunnel with {name or 'anybody'} is not planned: {words[there[name].mode].gone}"
        yield Says(lines.get(name, 0), KIND, says)


def _covers(there: Selector, wanted: Selector) -> bool:
    return (
        intersect(there.v4, wanted.v4) == wanted.v4 and intersect(there.v6, wanted.v6) == wanted.v6
    )


def _missing(tunnel: Tunnel, line: int) -> Says:
    name = tunnel.peer_identity
    if line:
        says = f"the tunnel with {name} cannot come up: what it needs is missing, unread or unbound"
        return Says(line, KIND, says)
    says = f"the tunnel with {name} is missing: write one by {tunnel.interface} to "
    return Says(0, KIND, f"{says}{_address(tunnel.peer_address)}")


def _differences(there: Tunnel, wanted: Tunnel, words: TunnelWords) -> Iterator[str]:
    for field, what in _PLAIN.items():
        found, value = getattr(there, field), getattr(wanted, field)
        if found != value and (field, found) not in _UNSAID:
            yield _says(what, str(found), str(value), getattr(words, field))
    yield from _ends(there, wanted, words)
    yield from _selectors(there, wanted, words)
    if there.secret != wanted.secret:  # that of a foreign text is not to be shown
        mend = words.secret.format(value=wanted.secret)
        yield f"its secret is not the one of {wanted.secret}: {mend}"
    if there.starts != wanted.starts:
        does = ("only answers", "begins by itself")
        yield (
            f"it {does[there.starts]}, and {does[wanted.starts]} in the plan: "
            f"{words.starts[wanted.starts]}"
        )
    for what, one, other, mend in (
        ("ESP wraps", there.mode.value, wanted.mode.value, words.mode),
        ("IKE is protected by", _ike(there.ike), _ike(wanted.ike), words.ike),
        ("ESP is protected by", _esp(there.esp), _esp(wanted.esp), words.esp),
    ):
        if one != other:
            yield _says(what, one, other, mend)


def _ends(there: Tunnel, wanted: Tunnel, words: TunnelWords) -> Iterator[str]:
    for what, one, other, mend in (
        ("its own address is", there.own_address, wanted.own_address, words.own_address),
        ("the other end is at", there.peer_address, wanted.peer_address, words.peer_address),
    ):
        if one != other:
            yield _says(what, _address(one), _address(other), mend)


def _selectors(there: Tunnel, wanted: Tunnel, words: TunnelWords) -> Iterator[str]:
    for what, one, other, mend in (
        ("it takes packets from", there.own, wanted.own, words.own),
        ("it takes packets to", there.peer, wanted.peer, words.peer),
    ):
        if one != other:
            yield _says(what, _selector(one), _selector(other), mend)


def _says(what: str, there: str, wanted: str, mend: str) -> str:
    return f"{what} {there} in place of {wanted}: {mend.format(value=wanted)}"


# Words --------------------------------------------------------------------------------------------


def _address(value: int | None) -> str:
    return "any address" if value is None else address_text(Family.V4, value)


def _selector(selector: Selector) -> str:
    parts = [*_ranges(Family.V4, selector.v4), *_ranges(Family.V6, selector.v6)]
    return ", ".join(parts) or "nothing"


def _ranges(family: Family, ranges: Ranges) -> Iterator[str]:
    for low, high in ranges:
        size = high - low + 1
        if size & (size - 1) == 0 and low % size == 0:
            yield f"{address_text(family, low)}/{family.bits - size.bit_length() + 1}"
        else:
            yield f"{address_text(family, low)}-{address_text(family, high)}"


def _ike(suite: IkeSuite) -> str:
    parts = [suite.cipher, suite.integrity, f"function {suite.prf}", f"group {suite.group}"]
    return ", ".join(one for one in parts if one)


def _esp(suite: EspSuite) -> str:
    group = f"group {suite.group}" if suite.group else "no group of its own"
    return ", ".join(one for one in (suite.cipher, suite.integrity, group) if one)
