"""The tunnels of an IOS router: what its interfaces bind, by a profile or by a map.

* `tunnel protection` on an interface Tunnel of a mode of IPsec, to one destination; it begins by
  itself, unless its profile is `responder-only`. It carries every packet of the families of its
  mode, unless a list selects some.
* The same on an interface Tunnel of GRE, which is the mode without a line: a circuit. It selects
  GRE between its own two ends. One that nothing protects is told.
* A Virtual-Template of type tunnel, which a profile of IKEv2 names: it is cloned for each peer that
  this profile accepts, and takes the selectors that the peer asks for.
* `crypto map` on any interface: the inner packets come and go by that one. An entry made of a
  dynamic map answers only.

Without `reverse-route` a Tunnel of a mode of IPsec needs a static route by it; others have none.

Source: docs/reference/platforms.md, "Tunnels, as they are read".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from telemed_infra.packets import ANY_SERVICE, FAMILIES, Family
from telemed_infra.parse.frr.engine import Unreadable
from telemed_infra.parse.ios.resolve import Resolver
from telemed_infra.parse.ios.state import Binding, Ios, Port
from telemed_infra.parse.ios.values import interface, ipv4
from telemed_infra.parse.ios.ways import spoken_families
from telemed_infra.parse.ipsec import ALL_PACKETS, IkeProfile, Ipsec, Named, Protection, between
from telemed_infra.parse.ipsec_tunnels import Bound, Found, LackingError, found, gre_mtu, named
from telemed_infra.parse.tunnels import Flow
from telemed_infra.tunnels import Mode

DISTANCE = 1
"""Of a route that is injected."""
_GRE = ("gre ip", "gre")
_MODES = {
    "ipsec ipv4": (Family.V4,),
    "ipsec ipv4 v6-overlay": (Family.V6,),
    "ipsec dual-overlay": FAMILIES,
}


def tunnels_of(state: Ios, resolver: Resolver) -> Found:
    """The tunnels of a text read through; what is missing is refused."""
    refuse = resolver.reading.refuse
    return found(state.ipsec, _Bindings(state, resolver), refuse)


class _Bindings:
    """What interfaces bind, one after the other."""

    def __init__(self, state: Ios, resolver: Resolver) -> None:
        self._state = state
        self._ipsec: Ipsec = state.ipsec
        self._ports: Mapping[str, Port] = state.ports
        self._resolver = resolver

    def __iter__(self) -> Iterator[Bound]:
        refuse = self._resolver.reading.refuse
        for name, port in self._ports.items():
            for bind, what in (
                (port.tunnel.profile, self._by_profile),
                (port.tunnel.map, self._by_map),
            ):
                try:
                    if bind is not None:
                        yield from what(name, port, bind)
                except LackingError as error:
                    refuse(error.line, str(error))
        for name, port in self._ports.items():
            if self._is_plain(port) and not self._down(name):
                refuse(port.line, "what it carries is not encrypted by IPsec")
        for profile in self._ipsec.profiles.values():
            self._check_template(profile)

    # An interface of its own ---------------------------------------------------------------------

    def _by_profile(self, name: str, port: Port, bind: Named) -> Iterator[Bound]:
        protection = named(self._ipsec.protections, bind, "profile of IPsec")
        mode = _mode(port)
        if mode in _GRE and not port.tunnel.is_template:
            yield from self._circuit(name, port, bind, protection)
            return
        if mode not in _MODES:
            raise LackingError(bind.line, f"what it protects in mode `{mode}` is not modelled")
        if port.tunnel.is_template:
            below, own = self._of_template(name, port, bind, protection)
        else:
            below, own = self._source(port.tunnel.source, bind.line)
        peer = self._destination(port, bind.line)
        if port.tunnel.flows:
            flows = self._flows(port.tunnel.flows)
        else:
            flows = tuple(flow for one in _MODES[mode] for flow in ALL_PACKETS[one])
        if not spoken_families(port) >= {one.family for one in flows}:
            raise LackingError(bind.line, "the interface has no address of what it is to carry")
        if port.borrows:
            self._source(Named(_interface(port.borrows), bind.line), bind.line)
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
                one_peer=not port.tunnel.is_template,
            )

    def _circuit(
        self, name: str, port: Port, bind: Named, protection: Protection
    ) -> Iterator[Bound]:
        """GRE that is wrapped where it leaves."""
        below, own = self._source(port.tunnel.source, bind.line)
        peer = self._destination(port, bind.line)
        assert peer is not None  # it is no template
        if port.tunnel.flows:
            raise LackingError(port.tunnel.flows.line, "GRE is selected by its own two ends")
        if Family.V4 not in spoken_families(port):
            raise LackingError(port.line, "the interface has no address of what it is to carry")
        mtu = gre_mtu(port.tunnel.mtu, port.tunnel.mtu6, port.tunnel.segment, port.line)
        if not self._down(name, below):
            yield Bound(
                line=bind.line,
                interface=name,
                below=below,
                own_address=own,
                peer_address=peer,
                protection=protection,
                flows=between(own, peer),
                preference=(protection.preference or DISTANCE) if protection.injects else 0,
                starts=not protection.answers_only,
                one_peer=True,
                mode=Mode.GRE,
                mtu=mtu,
            )

    @staticmethod
    def _is_plain(port: Port) -> bool:
        """Whether it is a tunnel that anybody reads whom it passes."""
        leads = port.tunnel.source or port.tunnel.destination
        return bool(leads) and port.tunnel.profile is None and _mode(port) not in _MODES

    def _destination(self, port: Port, line: int) -> int | None:
        destination = port.tunnel.destination
        if port.tunnel.is_template:
            if destination:
                raise LackingError(destination.line, "a template leads to whoever comes")
            return None
        if destination is None:
            raise LackingError(line, "the interface names no destination")
        return _address(destination)

    def _of_template(
        self, name: str, port: Port, bind: Named, protection: Protection
    ) -> tuple[str, int]:
        """By which interface and with which address a template answers."""
        profile = self._ipsec.profiles.get(protection.profile.name if protection.profile else "")
        if profile is None or profile.template is None or profile.template.name != name:
            raise LackingError(bind.line, "its profile of IKEv2 does not name this template")
        if port.tunnel.source is not None:
            return self._source(port.tunnel.source, bind.line)
        if len(profile.places) != 1:
            raise LackingError(bind.line, "at which address it answers is not said")
        ((place, line),) = profile.places.items()
        if isinstance(place, str):
            return self._source(Named(place, line), line)
        return self._holder(place, line), place

    def _check_template(self, profile: IkeProfile) -> None:
        """A profile that names a template which does not name it back, or is not there."""
        template = profile.template
        if template is None:
            return
        port = self._ports.get(template.name)
        bind = port.tunnel.profile if port and port.tunnel.is_template else None
        protection = self._ipsec.protections.get(bind.name) if bind else None
        back = protection.profile if protection else None
        if back is None or back.name != profile.name:
            self._resolver.reading.refuse(
                template.line, f"{template.name} is not protected by this profile"
            )

    # A map on an interface -----------------------------------------------------------------------

    def _by_map(self, name: str, port: Port, bind: Named) -> Iterator[Bound]:
        entries = named(self._ipsec.entries, bind, "crypto map")
        source = self._ipsec.sources.get(bind.name, Named(name, bind.line))
        _, own = self._source(source, bind.line)
        for _, entry in sorted(entries.items()):
            for one in self._made(entry):
                if one.flows is None and entry.template is None:
                    raise LackingError(one.line, "it names no access list that selects packets")
                flows = self._flows(one.flows) if one.flows else ALL_PACKETS[Family.V4]
                if not one.injects:
                    raise LackingError(one.line, "no route stands while the tunnel does")
                if not port.shut:
                    yield Bound(
                        line=bind.line,
                        interface=name,
                        below=name,
                        own_address=own,
                        peer_address=one.peer_address,
                        protection=one,
                        flows=flows,
                        preference=one.preference or DISTANCE,
                        starts=entry.template is None,
                    )

    def _made(self, entry: Protection) -> list[Protection]:
        """An entry itself, or those of the dynamic map that it names."""
        if entry.template is None:
            if entry.peer_address is None:
                raise LackingError(entry.line, "it names no peer and no dynamic map")
            return [entry]
        held = named(self._ipsec.templates, entry.template, "dynamic map")
        return [one for _, one in sorted(held.items())]

    # Of both -------------------------------------------------------------------------------------

    def _flows(self, name: Named) -> tuple[Flow, ...]:
        """What an access list selects: the packets that its entries permit."""
        held = self._state.lists.get(name.name)
        family = held.family if held else Family.V4
        steps = self._resolver.bound(Binding(*name), family, "that selects")
        for step in steps or ():
            if not step.permits or step.established or step.box.services != (ANY_SERVICE,):
                raise LackingError(
                    step.box.line, "what selects packets for a tunnel permits all of their family"
                )
        return tuple(Flow(family, step.box.sources, step.box.destinations) for step in steps or ())

    def _preference(self, protection: Protection, name: str, line: int) -> int:
        """Of the routes by which packets come into the tunnel."""
        if protection.injects:
            return protection.preference or DISTANCE
        routes = set(self._ipsec.routes.get(name, {}).values())
        if len(routes) != 1:
            raise LackingError(line, "no route stands while the tunnel does: `reverse-route`")
        return routes.pop()

    def _source(self, source: Named | None, line: int) -> tuple[str, int]:
        """An interface and its address, from either."""
        if source is None:
            raise LackingError(line, "the interface names no source")
        if source.name[:1].isdigit():
            address = _address(source)
            return self._holder(address, source.line), address
        port = self._ports.get(source.name)
        if port is None or not port.primary:
            raise LackingError(source.line, f"{source.name} has no address")
        return source.name, ipv4(port.primary.partition("/")[0])

    def _holder(self, address: int, line: int) -> str:
        """The interface that has an address, its own or that of a virtual router."""
        for name, port in self._ports.items():
            own = {ipv4(one.partition("/")[0]) for one in port.addresses if ":" not in one}
            if address in own.union(*(group.addresses for group in port.groups.values())):
                return name
        raise LackingError(line, "no interface has this address")

    def _down(self, *names: str) -> bool:
        """Whether one of the interfaces, or the port below it, is shut."""
        below = {*names, *(name.partition(".")[0] for name in names)}
        return any(self._ports[name].shut for name in below if name in self._ports)


def _mode(port: Port) -> str:
    return port.tunnel.mode.name if port.tunnel.mode else _GRE[0]


def _interface(name: str) -> str:
    """The full name, or the word itself, which is the name of no interface then."""
    try:
        return interface(name)
    except Unreadable:
        return name


def _address(word: Named) -> int:
    try:
        return ipv4(word.name)
    except Unreadable as error:
        raise LackingError(word.line, str(error)) from None
