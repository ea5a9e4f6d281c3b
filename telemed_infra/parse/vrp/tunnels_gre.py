"""Tunnels of GRE, which IPsec wraps: the interface of one, by its two ends.

A tunnel of GRE that nothing wraps is unread: what it carries goes in plain. Source:
docs/reference/platforms.md, "Circuits, as they are read".
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from ipaddress import IPv4Address
from typing import NamedTuple

from telemed_infra.parse.vrp.tunnels_state import Bound, Lack, Off, Said, TunnelPort
from telemed_infra.tunnels import Selector

TCP_HEADERS = 40  # and those of IPv4


class Wrapped(NamedTuple):
    """What is known of both ends where a policy is bound."""

    port: str
    ends: tuple[int, int]  # its own address, and that of the other end
    line: int  # where the policy names its list


def wrapped(
    ports: Mapping[str, TunnelPort],
    known: Wrapped,
    selected: tuple[Selector, Selector],
    most: Said | None,
) -> tuple[str, int]:
    """The interface of the GRE between the ends, and its MTU, 0 if its text does not say.

    `selected`: what the policy's list selects; `most`: the largest segment of TCP that the device
    lets any connection have.

    Raises:
        Lack: there is none, or its lines do not fit the policy's.
        Off: it is shut.
    """
    own, peer = known.ends
    if own not in own_addresses(ports[known.port]):
        raise Lack(known.line, f"{known.port} has not the address {IPv4Address(own)}")
    for selector, address in zip(selected, known.ends, strict=True):
        if selector != Selector(((address, address),), ()):
            raise Lack(
                known.line, f"its list selects more, or other ends, than {_names(own, peer)}"
            )
    found = [
        name for name, port in ports.items() if _leads(ports, port.bound, known.port, known.ends)
    ]
    if len(found) != 1:
        raise Lack(known.line, f"one tunnel of GRE is expected between {_names(own, peer)}")
    (name,) = found
    if ports[name].shut:
        raise Off
    return name, _mtu(ports[name], most)


def plain_gre(ports: Mapping[str, TunnelPort], wrapping: Container[str]) -> Iterator[int]:
    """Where the blocks begin of those tunnels of GRE that are up, and that nothing wraps."""
    for name, port in ports.items():
        if port.bound.protocol == "gre" and name not in wrapping and not port.shut:
            yield port.line


def own_addresses(port: TunnelPort) -> frozenset[int]:
    """The IPv4 addresses of an interface."""
    return frozenset(plain(one) for one in port.addresses if ":" not in one)


def plain(text: str) -> int:
    """The address of `a/len`."""
    return int(IPv4Address(text.partition("/")[0]))


def _leads(
    ports: Mapping[str, TunnelPort], bound: Bound, below: str, ends: tuple[int, int]
) -> bool:
    """Whether a tunnel of GRE goes from the one address to the other."""
    if bound.protocol != "gre" or bound.source is None or bound.destination is None:
        return False
    (source,) = bound.source.words
    if source in ports:
        starts = source == below and own_addresses(ports[source]) == {ends[0]}
    else:
        starts = source[:1].isdigit() and int(IPv4Address(source)) == ends[0]
    return starts and int(IPv4Address(bound.destination.words[0])) == ends[1]


def _mtu(port: TunnelPort, most: Said | None) -> int:
    """Of the tunnel; the segments of TCP must fit it."""
    bound = port.bound
    if bound.odd is not None:
        raise Lack(bound.odd.line, "the plan knows nothing of it, so the other end has it not")
    if bound.mtu is None:
        return 0
    mtu = int(bound.mtu.words[0])
    said = [one for one in (bound.segments, most) if one is not None]
    fits = mtu - TCP_HEADERS
    if min((int(one.words[0]) for one in said), default=0) != fits:
        line = said[0].line if said else port.line
        raise Lack(line, f"segments of TCP fit with {fits} octets: write `tcp adjust-mss {fits}`")
    return mtu


def _names(own: int, peer: int) -> str:
    return f"{IPv4Address(own)} and {IPv4Address(peer)}"
