"""What the commands of `router bgp` do: neighbours, peer groups, what is taken into BGP."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

from telemed_infra.packets import Family
from telemed_infra.parse.frr.engine import Args, Effect, Unreadable
from telemed_infra.parse.frr.state import (
    ACCESS_LIST,
    AS_PATH_LIST,
    BFD_PROFILE,
    PREFIX_LIST,
    ROUTE_MAP,
    Peer,
    Redistribution,
    Setting,
    Settings,
    Text,
)

_RIVALS = {"prefix-list": "distribute-list", "distribute-list": "prefix-list"}
WORDS_OF = {Family.V4: "ip", Family.V6: "ipv6"}


def peer_name(word: str) -> str:
    """An address in its usual notation, or the name of a group or interface."""
    try:
        return str(ip_address(word))
    except ValueError:
        return word


def of_router(name: str, *, on: bool = True) -> Effect[Text]:
    """A setting of the whole block."""

    def effect(text: Text, args: Args, line: int) -> None:
        text.bgp.settings[name] = Setting(args, line, on)

    return effect


def enter_family(family: Family) -> Effect[Text]:
    """`address-family ipv6 unicast`."""

    def effect(text: Text, _args: Args, _line: int) -> None:
        text.family = family

    return effect


def listen(text: Text, args: Args, line: int) -> None:
    """`bgp listen range 10.0.0.0/24 peer-group G`: whoever calls from there is a neighbour."""
    prefix, group = args
    if not text.bgp.peer(group).is_group:
        raise Unreadable(f"{group} is no peer group")
    name = str(ip_network(prefix, strict=False))
    text.bgp.peers[name] = Peer(name, line, dynamic=True, group=group)


# Neighbours.


def define_group(text: Text, args: Args, line: int) -> None:
    """`neighbor CORE peer-group`."""
    name = args[0]
    if peer_name(name) != name or name in text.bgp.peers:
        raise Unreadable(f"{name} cannot become a peer group")
    text.bgp.peers[name] = Peer(name, line, is_group=True)


def join_group(text: Text, args: Args, line: int) -> None:
    """`neighbor 10.0.1.50 peer-group CORE`; a group that knows its AS makes the neighbour."""
    name, group = peer_name(args[0]), args[-1]
    owner = text.bgp.peer(group)
    if not owner.is_group:
        raise Unreadable(f"{group} is no peer group")
    if name not in text.bgp.peers and "remote-as" not in owner.settings:
        raise Unreadable(f"the AS of {name} is said neither here nor by {group}")
    peer = text.bgp.peers.setdefault(name, Peer(name, line))
    if peer.is_group:
        raise Unreadable(f"{name} is a peer group itself")
    peer.group = group


def remote_as(text: Text, args: Args, line: int) -> None:
    """`neighbor 10.0.1.50 remote-as 64512`; a member of a group has its group's."""
    name = peer_name(args[0])
    peer = text.bgp.peers.setdefault(name, Peer(name, line))
    if peer.group and "remote-as" in text.bgp.peer(peer.group).settings:
        raise Unreadable(f"{name} has the AS of its group")
    peer.settings["remote-as"] = Setting(args[1:], line)


def remove(text: Text, args: Args, _line: int) -> None:
    """`no neighbor 10.0.1.50`."""
    name = peer_name(args[0])
    if text.bgp.peer(name).is_group:
        raise Unreadable("what a removed group leaves behind is not modelled")
    del text.bgp.peers[name]


def setting(name: str, *, on: bool = True) -> Effect[Text]:
    """A setting of a session."""

    def effect(text: Text, args: Args, line: int) -> None:
        text.bgp.peer(peer_name(args[0])).settings[name] = Setting(args[1:], line, on)

    return effect


def bfd_profile(text: Text, args: Args, line: int) -> None:
    """`neighbor 10.0.1.50 bfd profile fast`: with a profile BFD is on."""
    text.use(BFD_PROFILE, args[1], line)
    settings = text.bgp.peer(peer_name(args[0])).settings
    settings["bfd-profile"] = Setting(args[1:], line)
    settings["bfd"] = Setting((), line)


def in_family(name: str, *, on: bool = True) -> Effect[Text]:
    """A setting of a session in the open address family."""

    def effect(text: Text, args: Args, line: int) -> None:
        _settings(text, args[0])[name] = Setting(args[1:], line, on)

    return effect


def default_route_map(text: Text, args: Args, line: int) -> None:
    """`neighbor 10.0.1.50 default-originate route-map M`: only while M permits some route."""
    text.use(ROUTE_MAP, args[1], line)
    in_family("default-originate")(text, args, line)


def bind(kind: str) -> Effect[Text]:
    """`neighbor 10.0.1.50 route-map SERVICES out`."""

    def effect(text: Text, args: Args, line: int) -> None:
        peer, name, direction = args
        settings = _settings(text, peer)
        rival = _RIVALS.get(kind)
        if rival and f"{rival} {direction}" in settings:
            raise Unreadable(f"FRR takes no {kind} beside a {rival}")
        settings[f"{kind} {direction}"] = Setting((name,), line)
        words = WORDS_OF[text.family]
        asked = {
            "route-map": ROUTE_MAP,
            "prefix-list": f"{words} {PREFIX_LIST}",
            "distribute-list": f"{words} {ACCESS_LIST}",
            "filter-list": AS_PATH_LIST,
        }
        text.use(asked[kind], name, line)

    return effect


def unbind(kind: str) -> Effect[Text]:
    """`no neighbor 10.0.1.50 route-map SERVICES out`: what the group says holds again."""

    def effect(text: Text, args: Args, _line: int) -> None:
        peer, _name, direction = args
        _settings(text, peer).pop(f"{kind} {direction}", None)

    return effect


def _settings(text: Text, name: str) -> Settings:
    return text.bgp.peer(peer_name(name)).families[text.family]


# What is taken into BGP.


def redistribute(order: tuple[str, str]) -> Effect[Text]:
    """`redistribute connected route-map SERVICES`; the last command of a protocol holds."""

    def effect(text: Text, args: Args, line: int) -> None:
        source, *rest = args
        options = dict(zip(order, rest, strict=True))
        if options["route-map"]:
            text.use(ROUTE_MAP, options["route-map"], line)
        one = Redistribution(line, source, "", options["route-map"], options["metric"])
        _replace(text, one)

    return effect


def stop_redistributing(text: Text, args: Args, _line: int) -> None:
    """`no redistribute connected`."""
    known = text.bgp.origins[text.family]
    known[:] = [one for one in known if one.source != args[0]]


def network(text: Text, args: Args, line: int) -> None:
    """`network 10.99.0.0/24`."""
    prefix, route_map = args
    if route_map:
        text.use(ROUTE_MAP, route_map, line)
    _replace(text, Redistribution(line, "network", _prefix(text, prefix), route_map))


def no_network(text: Text, args: Args, _line: int) -> None:
    """`no network 10.99.0.0/24`."""
    prefix = _prefix(text, args[0])
    known = text.bgp.origins[text.family]
    known[:] = [one for one in known if (one.source, one.prefix) != ("network", prefix)]


def aggregate(text: Text, args: Args, line: int) -> None:
    """`aggregate-address 10.12.0.0/20 summary-only`: while some part of it is there."""
    prefix, summary, route_map = args
    if route_map:
        text.use(ROUTE_MAP, route_map, line)
    _replace(
        text,
        Redistribution(line, "aggregate", _prefix(text, prefix), route_map, "", bool(summary)),
    )


def aggregate_mapped(text: Text, args: Args, line: int) -> None:
    """The same with its words in another order."""
    prefix, route_map, summary = args
    aggregate(text, (prefix, summary, route_map), line)


def _prefix(text: Text, prefix: str) -> str:
    network = ip_network(prefix, strict=False)
    if network.version != text.family:
        raise Unreadable(f"{prefix} is not of this address family")
    return str(network)


def _replace(text: Text, new: Redistribution) -> None:
    known = text.bgp.origins[text.family]
    key = (new.source, new.prefix)
    known[:] = [one for one in known if (one.source, one.prefix) != key]
    known.append(new)
