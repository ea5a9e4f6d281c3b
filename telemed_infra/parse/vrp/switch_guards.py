"""What ports of a VRP switch do against hosts that misbehave, and how they ask who is there.

Each reader takes the words after a command's head and returns the effect on the state. A profile
that no line defines, or that no port names, has no effect. Source: docs/reference/platforms.md.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from telemed_infra.management_plane import AaaServer, Method, PortGuards
from telemed_infra.parse.management.judged import Look, aaa_servers, server_places
from telemed_infra.parse.management.state import Place, Scheme
from telemed_infra.parse.vrp.arguments import nothing, number, one, vlan_list
from telemed_infra.parse.vrp.engine import Effect, Reader, Unreadable, Words
from telemed_infra.parse.vrp.management_bound import hosts_asked
from telemed_infra.parse.vrp.switch_events import admits
from telemed_infra.parse.vrp.switch_profiles import Profile

BUILT_IN = {
    "dot1x_authen_profile": (True, False), "mac_authen_profile": (False, True),
    "dot1xmac_authen_profile": (True, True), "default_authen_profile": (False, False),
}  # fmt: skip
"""Profiles that exist without a line: whether they ask by 802.1X, and by MAC address."""
LINE = object()
"""For a value: the number of the line that says it."""
_NO_BINDING = "DHCP is not watched here, so no address is known to be given: every host is dropped"
_EVERYONE = "whoever is not known is let in (`none`)"


@dataclass(slots=True)
class Guard:
    """Lines of one port, each with its number; 0: none."""

    edge: bool | None = None
    spanning: bool = True
    snooped: bool = False
    trusted: bool = False
    checks_source: int = 0
    knows_static: bool = False
    secured: int = 0
    addresses: tuple[int, int] = (1, 0)
    profile: tuple[str, int] = ("", 0)


@dataclass(slots=True)
class Guards:
    """Guards of the whole device; of ports by name."""

    edge: bool = False
    bpdu: bool = False
    spanning: bool = True
    dhcp: bool = False
    snooping: bool = False
    snooped: set[int] = field(default_factory=set)
    checked: dict[int, int] = field(default_factory=dict)
    """VLANs whose hosts are checked by address, with the line."""
    trusted: dict[str, set[int]] = field(default_factory=dict)
    ports: dict[str, Guard] = field(default_factory=dict)
    accesses: set[tuple[str, str]] = field(default_factory=set)
    """Access profiles: kind and name."""
    profiles: dict[str, Profile] = field(default_factory=dict)
    profile: str = ""
    vlan: int = 0
    port: str = ""

    def open_port(self) -> Guard:
        """The port whose view is open."""
        return self.ports.setdefault(self.port, Guard())


def sets(attribute: str, *, value: object) -> Reader[Any]:
    """A bare command for the whole device."""

    def effect(state: Any, _line: int) -> None:
        setattr(state.guards, attribute, value)

    def reader(words: Words) -> Effect[Any]:
        nothing(words)
        return effect

    return reader


def on_port(attribute: str, *, value: object, takes: Words = ()) -> Reader[Any]:
    """A command for the open port, `takes`: words that may follow it."""

    def effect(state: Any, line: int) -> None:
        setattr(state.guards.open_port(), attribute, line if value is LINE else value)

    def reader(words: Words) -> Effect[Any]:
        nothing(tuple(word for word in words if word not in takes))
        return effect

    return reader


def snoop(*, on: bool) -> Reader[Any]:
    """`dhcp snooping enable [ipv4|vlan {a [to b]}…]` for the whole device."""

    def reader(words: Words) -> Effect[Any]:
        if words[:1] == ("vlan",):
            return _vlans(vlan_list(words[1:]), on=on)
        nothing(tuple(word for word in words if word != "ipv4"))

        def effect(state: Any, _line: int) -> None:
            state.guards.snooping = on

        return effect

    return reader


def snoop_vlan(*, on: bool) -> Reader[Any]:
    """`dhcp snooping enable` in the view of a VLAN."""

    def reader(words: Words) -> Effect[Any]:
        nothing(words)

        def effect(state: Any, line: int) -> None:
            _vlans(frozenset({state.guards.vlan}), on=on)(state, line)

        return effect

    return reader


def trust_vlan(_words: Words) -> Effect[Any]:
    """`dhcp snooping trusted interface <i>` in the view of a VLAN."""
    raise Unreadable("trust in one VLAN of a port alone is not modelled")


def check_vlan(*, on: bool) -> Reader[Any]:
    """`ip source check user-bind enable` in the view of a VLAN."""

    def reader(words: Words) -> Effect[Any]:
        nothing(words)

        def effect(state: Any, line: int) -> None:
            if on:
                state.guards.checked[state.guards.vlan] = line
            else:
                state.guards.checked.pop(state.guards.vlan, None)

        return effect

    return reader


def check_items(words: Words) -> Effect[Any]:
    """`ip source check user-bind check-item {ip-address|mac-address|vlan|interface}…`."""
    if "ip-address" not in words:
        raise Unreadable("a check that does not look at the address is not modelled")
    return lambda _state, _line: None


def addresses_max(words: Words) -> Effect[Any]:
    """`port-security max-mac-num <n>`."""
    most = number(one(words), 1, 1 << 16)

    def effect(state: Any, line: int) -> None:
        state.guards.open_port().addresses = most, line

    return effect


def no_addresses_max(_words: Words) -> Effect[Any]:
    """Back to one address."""

    def effect(state: Any, _line: int) -> None:
        state.guards.open_port().addresses = 1, 0

    return effect


def no_port_security(words: Words) -> Effect[Any]:
    """`undo port-security enable` takes all of it back."""
    nothing(words)

    def effect(state: Any, _line: int) -> None:
        guard = state.guards.open_port()
        guard.secured, guard.addresses = 0, (1, 0)

    return effect


def static_binding(words: Words) -> Effect[Any]:
    """`user-bind static …`: hosts known without DHCP."""
    if not words:
        raise Unreadable("an address is expected")

    def effect(state: Any, _line: int) -> None:
        for guard in (*state.guards.ports.values(), state.guards.open_port()):
            guard.knows_static = True

    return effect


def names_profile(words: Words) -> Effect[Any]:
    """`authentication-profile <p>` on a port."""
    title = one(words)

    def effect(state: Any, line: int) -> None:
        state.guards.open_port().profile = title, line

    return effect


def no_profile(_words: Words) -> Effect[Any]:
    """Its undo."""

    def effect(state: Any, _line: int) -> None:
        state.guards.open_port().profile = "", 0

    return effect


def port_guards(guards: Guards, title: str, vlans: Iterable[int], look: Look) -> PortGuards:
    """What a port does that carries these VLANs; complaints go to `look`."""
    guard = guards.ports.get(title, Guard())
    carried = frozenset(vlans)
    spanning = guards.spanning and guard.spanning
    edge = spanning and (guards.edge if guard.edge is None else guard.edge)
    on = guards.dhcp and guards.snooping
    snooped = on and (guard.snooped or (bool(carried) and carried <= guards.snooped))
    in_vlan = bool(carried) and carried <= guards.checked.keys()
    checks = guard.checks_source or (guards.checked[min(carried)] if in_vlan else 0)
    if checks and not (snooped or guard.knows_static):
        look.add(checks, _NO_BINDING)
    if guard.addresses[1] and not guard.secured:
        look.add(guard.addresses[1], "port security is off on the port: the device refuses this")
    dot1x, mac = _asks(guards, guard, look)
    limits = [guard.addresses[0]] if guard.secured else []
    profile = guards.profiles.get(guard.profile[0])
    if profile and profile.users_max and (dot1x or mac):  # who is not let in reaches nothing
        limits.append(profile.users_max)
    return PortGuards(
        edge=edge,
        bpdu_guard=edge and guards.bpdu,
        snooped=snooped,
        trusted=on and guard.trusted,
        source_guard=bool(checks),
        addresses_max=min(limits, default=None),
        dot1x=dot1x,
        mac_bypass=mac,
        admits=(dot1x or mac) and admits(profile, carried, look),
    )


def radius_servers(guards: Guards, look: Look) -> tuple[tuple[AaaServer, ...], tuple[Place, ...]]:
    """The servers that know the hosts behind ports, the same for every port; and from where."""
    found: dict[tuple[AaaServer, ...], tuple[int, Scheme | None]] = {}
    for guard in guards.ports.values():
        title, line = guard.profile
        if not title or (title not in guards.profiles and title not in BUILT_IN):
            continue
        profile = guards.profiles.get(title)
        domain, at = profile.domain if profile and profile.domain[0] else ("", line)
        _, scheme = hosts_asked(domain or look.state.host_domain or "default", at, look)
        servers = aaa_servers(scheme, "authentication") if scheme else ()
        found.setdefault(servers, (line, scheme))
    for line, _ in list(found.values())[1:]:
        look.add(line, "the ports ask different RADIUS servers")
    _, scheme = next(iter(found.values()), (0, None))
    places = server_places(look.state, Method.RADIUS, scheme) if scheme else ()
    return next(iter(found), ()), places


def _asks(guards: Guards, guard: Guard, look: Look) -> tuple[bool, bool]:
    """Whether a port asks by 802.1X, and by MAC address."""
    title, line = guard.profile
    if not title:
        return False, False
    profile = guards.profiles.get(title)
    if profile is None or (not profile.asks and title in BUILT_IN):
        if title not in BUILT_IN:
            look.add(line, f"there is no authentication profile {title}")
        return BUILT_IN.get(title, (False, False))
    asks = {}
    for kind, (access, at) in profile.asks.items():
        asks[kind] = (kind, access) in guards.accesses or access == f"{kind}_access_profile"
        if not asks[kind]:
            look.add(at, f"there is no {kind} access profile {access}")
    domain, at = profile.domain
    methods, _ = hosts_asked(domain or look.state.host_domain or "default", at or line, look)
    if Method.NONE in methods:
        look.add(line, _EVERYONE)
        return False, False
    return asks.get("dot1x", False), asks.get("mac", False)


def _vlans(vlans: frozenset[int], *, on: bool) -> Effect[Any]:
    def effect(state: Any, _line: int) -> None:
        if on:
            state.guards.snooped |= vlans
        else:
            state.guards.snooped -= vlans

    return effect
