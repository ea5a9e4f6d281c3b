"""The tunnels of a SecPath: what its interfaces bind, by a profile or by a policy.

* `tunnel protection ipsec profile` on an interface Tunnel of mode `ipsec` or `ipsec-p2mp`. With a
  destination the device begins the tunnel itself; without one it answers. One of mode `ipsec` leads
  to one other end. What it carries is IPv4, unless a list selects something else.
* `ipsec apply policy` on any interface: the inner packets come and go by that one. An entry with a
  list and the other end's address begins by itself when a packet is selected; one that is made of a
  template answers, and takes the selectors that the other end asks for, unless a list narrows them.

Without `reverse-route dynamic` a tunnel needs a static route by its interface.

Source: docs/reference/platforms.md, "Tunnels, as they are read".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from telemed_infra.packets import Family
from telemed_infra.parse.ipsec import ALL_PACKETS, Flow, Ipsec, Named, Protection
from telemed_infra.parse.ipsec_tunnels import (
    Bound,
    Found,
    LackingError,
    Refuse,
    found,
    named,
)
from telemed_infra.parse.secpath.ipsec_flows import PREFERENCE, flows_of
from telemed_infra.parse.secpath.state import Port
from telemed_infra.parse.vrp.arguments import ipv4
from telemed_infra.parse.vrp.engine import Unreadable

Ports = Mapping[str, Port]
_MODES = ("ipsec", "ipsec-p2mp")


def tunnels_of(ipsec: Ipsec, ports: Ports, refuse: Refuse) -> Found:
    """The tunnels of a text read through; what is missing is refused."""
    return found(ipsec, _bound(ipsec, ports, refuse), refuse)


def _bound(ipsec: Ipsec, ports: Ports, refuse: Refuse) -> Iterator[Bound]:
    for name, port in ports.items():
        for bind, what in ((port.tunnel.profile, _by_profile), (port.tunnel.applied, _by_policy)):
            try:
                if bind is not None:
                    yield from what(ipsec, ports, name, bind)
            except LackingError as error:
                refuse(error.line, str(error))


def _by_profile(ipsec: Ipsec, ports: Ports, name: str, bind: Named) -> Iterator[Bound]:
    protection = named(ipsec.protections, bind, "profile of IPsec")
    port = ports[name]
    if port.tunnel.mode not in _MODES:
        raise LackingError(bind.line, "what this kind of interface carries is not modelled")
    below, own = _ends(ports, name, bind.line)
    destination = port.tunnel.destination
    if destination and port.tunnel.mode != "ipsec":
        raise LackingError(destination.line, "an interface of many other ends has no destination")
    peer = _address(destination) if destination else None
    flows = flows_of(ipsec, port.tunnel.flows) if port.tunnel.flows else ALL_PACKETS[Family.V4]
    _speaks(ports, port, flows, bind.line)
    if not _down(ports, name, below):
        yield Bound(
            line=bind.line,
            interface=name,
            below=below,
            own_address=own,
            peer_address=peer,
            protection=protection,
            flows=flows,
            preference=_preference(ipsec, protection, name, bind.line),
            starts=peer is not None and not protection.answers_only,
            one_peer=port.tunnel.mode == "ipsec",
        )


def _by_policy(ipsec: Ipsec, ports: Ports, name: str, bind: Named) -> Iterator[Bound]:
    entries = named(ipsec.entries, bind, "policy")
    below, address = name, _primary(ports[name])
    if ports[name].tunnel.source or ports[name].tunnel.mode:
        if ports[name].tunnel.mode not in _MODES:
            raise LackingError(bind.line, "what this kind of interface carries is not modelled")
        below, address = _ends(ports, name, bind.line)
    for _, entry in sorted(entries.items()):
        for one in _made(ipsec, entry):
            own = one.own_address or address
            if own not in _held(ports[below]):
                raise LackingError(one.line, "its interface has no such address to speak with")
            flows = _selected(ipsec, one, answers=entry.template is not None)
            _speaks(ports, ports[name], flows, bind.line)
            if not _down(ports, name, below):
                yield Bound(
                    line=bind.line,
                    interface=name,
                    below=below,
                    own_address=own,
                    peer_address=one.peer_address,
                    protection=one,
                    flows=flows,
                    preference=_preference(ipsec, one, name, one.line),
                    starts=entry.template is None and not one.answers_only,
                )


def _made(ipsec: Ipsec, entry: Protection) -> list[Protection]:
    """An entry itself, or those of its template."""
    if entry.template is None:
        if entry.peer_address is None:
            raise LackingError(entry.line, "it names no remote-address and is no template")
        return [entry]
    held = named(ipsec.templates, entry.template, "policy template")
    return [one for _, one in sorted(held.items())]


def _selected(ipsec: Ipsec, one: Protection, *, answers: bool) -> tuple[Flow, ...]:
    if one.flows is not None:
        return flows_of(ipsec, one.flows)
    if not answers:
        raise LackingError(one.line, "it names no access list that selects packets")
    return ALL_PACKETS[Family.V4]


def _speaks(ports: Ports, port: Port, flows: tuple[Flow, ...], line: int) -> None:
    """An interface carries only families of which it has an address, or borrows one."""
    spoken = {Family.V6 if ":" in one else Family.V4 for one in port.addresses}
    spoken |= {Family.V4} if _primary(ports.get(port.borrows, Port(0))) else set()
    spoken |= {Family.V6} if port.six else set()
    if not spoken >= {one.family for one in flows}:
        raise LackingError(line, "the interface has no address of the family that it is to carry")


def _preference(ipsec: Ipsec, protection: Protection, name: str, line: int) -> int:
    """Of the routes by which packets come into the tunnel."""
    if protection.injects:
        return protection.preference or PREFERENCE
    routes = set(ipsec.routes.get(name, {}).values())
    if len(routes) != 1:
        raise LackingError(line, "no route stands while the tunnel does: `reverse-route dynamic`")
    return routes.pop()


def _ends(ports: Ports, name: str, line: int) -> tuple[str, int]:
    """By which interface the outer packets of a tunnel's interface go, and with which address."""
    source = ports[name].tunnel.source
    if source is None:
        raise LackingError(line, "the interface names no source")
    if not source.name[:1].isdigit():
        address = _primary(ports.get(source.name, Port(0)))
        if not address:
            raise LackingError(source.line, f"{source.name} has no address")
        return source.name, address
    address = _address(source)
    for other, port in ports.items():
        if address in _held(port):
            return other, address
    raise LackingError(source.line, "no interface has this address")


def _held(port: Port) -> set[int]:
    """Addresses of an interface, and of its virtual routers."""
    own = {ipv4(one.partition("/")[0]) for one in port.addresses if ":" not in one}
    return own.union(*(group.addresses for group in port.groups.values()))


def _address(word: Named) -> int:
    try:
        return ipv4(word.name)
    except Unreadable as error:
        raise LackingError(word.line, str(error)) from None


def _primary(port: Port) -> int:
    return ipv4(port.primary.partition("/")[0]) if port.primary else 0


def _down(ports: Ports, *names: str) -> bool:
    """Whether one of the interfaces, or the port below it, is shut."""
    below = {*names, *(name.partition(".")[0] for name in names)}
    return any(ports[name].shut for name in below if name in ports)
