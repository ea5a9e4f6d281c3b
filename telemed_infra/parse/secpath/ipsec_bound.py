"""The tunnels of a SecPath: what its interfaces bind, by a profile or by a policy.

* `tunnel protection ipsec profile` on an interface Tunnel of mode `ipsec` or `ipsec-p2mp`. With a
  destination the device begins the tunnel itself; without one it answers. One of mode `ipsec` leads
  to one other end. What it carries is IPv4, unless a list selects something else.
* `ipsec apply policy` on any interface: the inner packets come and go by that one. An entry with a
  list and the other end's address begins by itself when a packet is selected; one that is made of a
  template answers, and takes the selectors that the other end asks for, unless a list narrows them.
* An entry whose list selects GRE between its own two ends: the inner packets come and go by the
  interface Tunnel of mode `gre` that has these ends. One that no such entry protects is told.

Without `reverse-route dynamic` a tunnel needs a static route by its interface, if it is not GRE.

Source: docs/reference/platforms.md, "Tunnels, as they are read".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from telemed_infra.packets import Family
from telemed_infra.parse.ipsec import ALL_PACKETS, Ipsec, Named, Protection, between
from telemed_infra.parse.ipsec_tunnels import (
    Bound,
    Found,
    LackingError,
    Refuse,
    found,
    gre_mtu,
    named,
)
from telemed_infra.parse.secpath.ipsec_flows import PREFERENCE, flows_of, selects_gre
from telemed_infra.parse.secpath.state import Port
from telemed_infra.parse.tunnels import Flow
from telemed_infra.parse.vrp.arguments import ipv4
from telemed_infra.parse.vrp.engine import Unreadable
from telemed_infra.tunnels import Mode

Ports = Mapping[str, Port]
_MODES = ("ipsec", "ipsec-p2mp")
_NOT_MODELLED = "what this kind of interface carries is not modelled"


def tunnels_of(ipsec: Ipsec, ports: Ports, refuse: Refuse) -> Found:
    """The tunnels of a text read through; what is missing is refused."""
    return found(ipsec, _Bindings(ipsec, ports, refuse), refuse)


class _Bindings:
    """What interfaces bind, one after the other."""

    def __init__(self, ipsec: Ipsec, ports: Ports, refuse: Refuse) -> None:
        self._ipsec = ipsec
        self._ports = ports
        self._refuse = refuse
        self._wrapped: set[str] = set()  # interfaces of GRE that an entry protects

    def __iter__(self) -> Iterator[Bound]:
        for name, port in self._ports.items():
            for bind, what in (
                (port.tunnel.profile, self._by_profile),
                (port.tunnel.applied, self._by_policy),
            ):
                try:
                    if bind is not None:
                        yield from what(name, bind)
                except LackingError as error:
                    self._refuse(error.line, str(error))
        self._refuse_plain()

    def _refuse_plain(self) -> None:
        """Tunnels that anybody reads whom they pass."""
        for name, port in self._ports.items():
            wraps = port.tunnel.mode not in ("", *_MODES)
            if wraps and name not in self._wrapped and not self._down(name):
                self._refuse(port.line, "what it carries is not encrypted by IPsec")

    # A profile on an interface of its own ---------------------------------------------------------

    def _by_profile(self, name: str, bind: Named) -> Iterator[Bound]:
        protection = named(self._ipsec.protections, bind, "profile of IPsec")
        port = self._ports[name]
        if port.tunnel.mode not in _MODES:
            raise LackingError(bind.line, _NOT_MODELLED)
        below, own = self._source(name, bind.line)
        destination = port.tunnel.destination
        if destination and port.tunnel.mode != "ipsec":
            raise LackingError(
                destination.line, "an interface of many other ends has no destination"
            )
        peer = _address(destination) if destination else None
        if port.tunnel.flows:
            flows = flows_of(self._ipsec, port.tunnel.flows)
        else:
            flows = ALL_PACKETS[Family.V4]
        self._speaks(port, flows, bind.line)
        if not self._down(name, below):
            yield Bound(
                line=bind.line,
                interface=name,
                below=below,
                own_address=own,
                peer_address=peer,
                protection=protection,
                flows=flows,
                preference=self._preference(protection, name, bind.line),
                starts=peer is not None and not protection.answers_only,
                one_peer=port.tunnel.mode == "ipsec",
            )

    # A policy on any interface --------------------------------------------------------------------

    def _by_policy(self, name: str, bind: Named) -> Iterator[Bound]:
        entries = named(self._ipsec.entries, bind, "policy")
        below, address = name, _primary(self._ports[name])
        if self._ports[name].tunnel.source or self._ports[name].tunnel.mode:
            if self._ports[name].tunnel.mode not in _MODES:
                raise LackingError(bind.line, _NOT_MODELLED)
            below, address = self._source(name, bind.line)
        for _, entry in sorted(entries.items()):
            for one in self._made(entry):
                flows, gre = self._selected(one, answers=entry.template is not None)
                bound = Bound(
                    line=bind.line,
                    interface=name,
                    below=below,
                    own_address=one.own_address or address,
                    peer_address=one.peer_address,
                    protection=one,
                    flows=flows,
                    preference=(one.preference or PREFERENCE) if one.injects else 0,
                    starts=entry.template is None and not one.answers_only,
                )
                if bound.own_address not in _held(self._ports[below]):
                    raise LackingError(one.line, "its interface has no such address to speak with")
                bound = self._circuit(bound) if gre else self._on_port(bound)
                if not self._down(bound.interface, below):
                    yield bound

    def _made(self, entry: Protection) -> list[Protection]:
        """An entry itself, or those of its template."""
        if entry.template is None:
            if entry.peer_address is None:
                raise LackingError(entry.line, "it names no remote-address and is no template")
            return [entry]
        held = named(self._ipsec.templates, entry.template, "policy template")
        return [one for _, one in sorted(held.items())]

    def _selected(self, one: Protection, *, answers: bool) -> tuple[tuple[Flow, ...], bool]:
        """What an entry selects, and whether that is GRE."""
        if one.flows is not None:
            gre = selects_gre(self._ipsec, one.flows)
            return flows_of(self._ipsec, one.flows, gre=gre), gre
        if not answers:
            raise LackingError(one.line, "it names no access list that selects packets")
        return ALL_PACKETS[Family.V4], False

    def _on_port(self, bound: Bound) -> Bound:
        """With the routes that lead packets into it."""
        self._speaks(self._ports[bound.interface], bound.flows, bound.line)
        line = bound.protection.line
        return bound._replace(preference=self._preference(bound.protection, bound.interface, line))

    def _circuit(self, bound: Bound) -> Bound:
        """With the interface of GRE, by which the inner packets come and go."""
        own, peer = bound.own_address, bound.peer_address
        assert bound.protection.flows is not None  # it is known to select GRE
        line = bound.protection.flows.line
        if peer is None or bound.flows != between(own, peer):
            raise LackingError(line, "its list selects more or less than GRE between its own ends")
        ends = bound.interface, own, peer
        inner = [name for name in self._ports if self._gre_ends(name) == ends]
        if len(inner) != 1:
            known = "several interfaces have" if inner else "no interface Tunnel of mode gre has"
            raise LackingError(line, f"{known} the two ends that its list selects")
        self._wrapped.add(inner[0])
        port = self._ports[inner[0]]
        self._speaks(port, bound.flows, port.line)
        sizes = port.tunnel.mtu, port.tunnel.mtu6, port.tunnel.segment
        mtu = gre_mtu(*sizes, port.line)
        return bound._replace(interface=inner[0], mode=Mode.GRE, mtu=mtu)

    def _gre_ends(self, name: str) -> tuple[str, int, int] | None:
        """The port below a GRE interface, its own address and the other end's."""
        tunnel = self._ports[name].tunnel
        if tunnel.mode != "gre" or tunnel.destination is None:
            return None
        try:
            return (*self._source(name, 0), _address(tunnel.destination))
        except LackingError:
            return None

    # Of both --------------------------------------------------------------------------------------

    def _speaks(self, port: Port, flows: tuple[Flow, ...], line: int) -> None:
        """An interface carries only families of which it has an address, or borrows one."""
        spoken = {Family.V6 if ":" in one else Family.V4 for one in port.addresses}
        spoken |= {Family.V4} if _primary(self._ports.get(port.borrows, Port(0))) else set()
        spoken |= {Family.V6} if port.six else set()
        if not spoken >= {one.family for one in flows}:
            raise LackingError(
                line, "the interface has no address of the family that it is to carry"
            )

    def _preference(self, protection: Protection, name: str, line: int) -> int:
        """Of the routes by which packets come into the tunnel."""
        if protection.injects:
            return protection.preference or PREFERENCE
        routes = set(self._ipsec.routes.get(name, {}).values())
        if len(routes) != 1:
            raise LackingError(
                line, "no route stands while the tunnel does: `reverse-route dynamic`"
            )
        return routes.pop()

    def _source(self, name: str, line: int) -> tuple[str, int]:
        """By which interface a tunnel's outer packets go, and with which address."""
        source = self._ports[name].tunnel.source
        if source is None:
            raise LackingError(line, "the interface names no source")
        if not source.name[:1].isdigit():
            address = _primary(self._ports.get(source.name, Port(0)))
            if not address:
                raise LackingError(source.line, f"{source.name} has no address")
            return source.name, address
        address = _address(source)
        for other, port in self._ports.items():
            if address in _held(port):
                return other, address
        raise LackingError(source.line, "no interface has this address")

    def _down(self, *names: str) -> bool:
        """Whether one of the interfaces, or the port below it, is shut."""
        below = {*names, *(name.partition(".")[0] for name in names)}
        return any(self._ports[name].shut for name in below if name in self._ports)


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
