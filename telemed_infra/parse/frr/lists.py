"""What the commands outside of BGP do: lists of prefixes, route maps, BFD, addresses, routes."""

from __future__ import annotations

from ipaddress import ip_address

from telemed_infra.packets import Family
from telemed_infra.parse.frr.engine import Args, Effect, Unreadable
from telemed_infra.parse.frr.state import (
    ACCESS_LIST,
    AS_PATH_LIST,
    BFD_PROFILE,
    COMMUNITY_LIST,
    PREFIX_LIST,
    AttributeList,
    BfdText,
    Bgp,
    Clause,
    FilterList,
    ListEntry,
    MapEntry,
    Setting,
    Text,
)
from telemed_infra.parse.prefixes import every_prefix, prefixes_within
from telemed_infra.parse.routes import StaticRoute

FAMILY_OF = {"ip": Family.V4, "ipv6": Family.V6}
NAMED = {"as-path": AS_PATH_LIST, "community": COMMUNITY_LIST}


def nothing(_text: Text, _args: Args, _line: int) -> None:
    """Only opens a view."""


def version(text: Text, args: Args, _line: int) -> None:
    """`frr version 8.4.4`: which defaults hold."""
    text.version = args[0]


def defaults(text: Text, args: Args, _line: int) -> None:
    """`frr defaults traditional`."""
    text.defaults = args[0]


def hostname(text: Text, args: Args, _line: int) -> None:
    """The device's name."""
    text.hostname = args[0]


# Lists.


def _prefix_list(text: Text, words: str, name: str, line: int) -> FilterList:
    family = FAMILY_OF[words]
    return text.prefix_lists.setdefault((family, name), FilterList(line, family))


def open_prefix_list(words: str) -> Effect[Text]:
    """A description makes a list, empty as it is. An empty list permits everything."""

    def effect(text: Text, args: Args, line: int) -> None:
        _prefix_list(text, words, args[0], line)

    return effect


def add_any_entry(words: str) -> Effect[Text]:
    """`permit any`."""

    def effect(text: Text, args: Args, line: int) -> None:
        name, number, verdict = args
        found = _prefix_list(text, words, name, line)
        found.add(number, ListEntry(line, verdict == "permit", every_prefix(found.family)))

    return effect


def add_prefix_entry(words: str, *, le_first: bool = False) -> Effect[Text]:
    """`seq 5 permit 10.12.0.0/20 ge 32 le 32`; without `le`, `ge` reaches to single addresses."""

    def effect(text: Text, args: Args, line: int) -> None:
        name, number, verdict, prefix, *rest = args
        low, high = reversed(rest) if le_first else rest
        found = _prefix_list(text, words, name, line)
        longest = str(found.family.bits) if low and not high else high
        try:
            prefixes = prefixes_within(
                prefix, int(low) if low else None, int(longest) if longest else None
            )
            if low and int(low) <= int(prefix.partition("/")[2]):
                raise ValueError(f"ge {low} is not longer than the prefix")
            if high and not low:
                prefixes = prefixes_within(prefix, int(prefix.partition("/")[2]), int(high))
        except ValueError as error:
            raise Unreadable(str(error)) from None
        found.add(number, ListEntry(line, verdict == "permit", prefixes))

    return effect


def remove_prefix_list(words: str) -> Effect[Text]:
    """`no ip prefix-list NAME`."""

    def effect(text: Text, args: Args, _line: int) -> None:
        text.prefix_lists.pop((FAMILY_OF[words], args[0]), None)

    return effect


def add_access_entry(words: str) -> Effect[Text]:
    """`access-list NAME permit 10.0.0.0/8 exact-match`: without the word, everything inside."""

    def effect(text: Text, args: Args, line: int) -> None:
        name, number, verdict, *rest = args
        family = FAMILY_OF[words]
        found = text.access_lists.setdefault((family, name), FilterList(line, family))
        prefixes = every_prefix(family)
        if rest:
            length = int(rest[0].partition("/")[2])
            try:
                prefixes = prefixes_within(rest[0], length, length if rest[1] else family.bits)
            except ValueError as error:
                raise Unreadable(str(error)) from None
        found.add(number, ListEntry(line, verdict == "permit", prefixes))

    return effect


def add_as_path(text: Text, args: Args, line: int) -> None:
    """Two expressions are read: `^$`, our own routes, and `.*`, all."""
    name, number, verdict, words = args
    if words not in ("^$", ".*"):
        raise Unreadable(f"`{words}`: only ^$ and .* are modelled")
    found = text.as_path_lists.setdefault(name, AttributeList(line))
    found.add(number, permits=verdict == "permit", words=words)


def add_community(text: Text, args: Args, line: int) -> None:
    """An entry of a standard list: all its communities must be there."""
    name, number, verdict, words = args
    found = text.community_lists.setdefault(name, AttributeList(line))
    found.add(number, permits=verdict == "permit", words=words)


# Route maps.


def enter_map(text: Text, args: Args, line: int) -> None:
    """`route-map NAME permit 10`; an entry may be opened again, and its verdict changed."""
    name, verdict, number = args
    entries = text.route_maps.setdefault(name, {})
    text.entry = entries.setdefault(int(number), MapEntry(line, permits=True))
    text.entry.permits = verdict == "permit"


def remove_map(text: Text, args: Args, _line: int) -> None:
    """`no route-map NAME`."""
    text.route_maps.pop(args[0], None)


def remove_map_entry(text: Text, args: Args, _line: int) -> None:
    """`no route-map NAME permit 10`; the verdict must be the entry's."""
    name, verdict, number = args
    entries = text.route_maps.get(name, {})
    entry = entries.get(int(number))
    if entry is None or entry.permits != (verdict == "permit"):
        raise Unreadable("there is no such entry")
    del entries[int(number)]
    if not entries:
        del text.route_maps[name]


def match(kind: str) -> Effect[Text]:
    """`match tag 5`; a second one of a kind takes the place of the first."""

    def effect(text: Text, args: Args, line: int) -> None:
        text.map_entry.matches[kind] = Clause(kind, args, line)

    return effect


def match_prefix_list(words: str) -> Effect[Text]:
    """`match ip address prefix-list NAME`."""

    def effect(text: Text, args: Args, line: int) -> None:
        kind = f"{words} {PREFIX_LIST}"
        text.use(f"{words} {PREFIX_LIST}", args[0], line)
        text.map_entry.matches[kind] = Clause(kind, args, line)

    return effect


def match_access_list(words: str) -> Effect[Text]:
    """`match ip address NAME`."""

    def effect(text: Text, args: Args, line: int) -> None:
        kind = f"{words} {ACCESS_LIST}"
        text.use(kind, args[0], line)
        text.map_entry.matches[kind] = Clause(kind, args, line)

    return effect


def match_named(kind: str) -> Effect[Text]:
    """`match community NAME`, `match as-path NAME`."""

    def effect(text: Text, args: Args, line: int) -> None:
        text.use(NAMED[kind], args[0], line)
        text.map_entry.matches[kind] = Clause(kind, args, line)

    return effect


def set_metric(text: Text, args: Args, line: int) -> None:
    """`set metric 100`, `+5`, `-5`."""
    if not args[0].lstrip("+-").isdecimal() or len(args[0]) > 11:
        raise Unreadable(f"`set metric {args[0]}` is not modelled")
    text.map_entry.sets["metric"] = Clause("metric", args, line)


def set_to(kind: str) -> Effect[Text]:
    """`set tag 5`."""

    def effect(text: Text, args: Args, line: int) -> None:
        text.map_entry.sets[kind] = Clause(kind, args, line)

    return effect


def on_match(text: Text, args: Args, _line: int) -> None:
    """`on-match next` goes on behind this entry, `on-match goto 30` at that one."""
    entry = text.map_entry
    own = next(
        number
        for entries in text.route_maps.values()
        for number, one in entries.items()
        if one is entry
    )
    goes_on = int(args[0]) if args else own + 1
    if not entry.permits:
        raise Unreadable("FRR takes `on-match` in entries that permit alone")
    if goes_on <= own:
        raise Unreadable("`on-match goto` leads only forward")
    entry.goes_on = goes_on


# Routes, interfaces, BFD.


def add_static_route(text: Text, args: Args, line: int) -> None:
    """`ip route 10.12.0.0/20 Null0 254`."""
    text.static_routes.append(StaticRoute(line=line, prefix=args[0], target=args[1]))


def enter_vrf(text: Text, args: Args, _line: int) -> None:
    """`vrf NAME`: its routes follow."""
    text.vrf = args[0]


def add_vrf_route(text: Text, args: Args, line: int) -> None:
    """A static route of the open `vrf` block."""
    text.static_routes.append(StaticRoute(line=line, prefix=args[0], target=args[1], vrf=text.vrf))


def enter_interface(text: Text, args: Args, _line: int) -> None:
    """`interface lo`, `interface eth1 vrf NAME`."""
    text.interface, text.interface_vrf = args


def add_address(text: Text, args: Args, _line: int) -> None:
    """An address of an interface."""
    text.addresses.setdefault(text.interface, []).append(args[0])


def enter_profile(text: Text, args: Args, line: int) -> None:
    """`profile NAME` under `bfd`."""
    text.bfd = text.profiles.setdefault(args[0], BfdText(line))


def enter_bfd_peer(text: Text, args: Args, line: int) -> None:
    """`peer ADDRESS …` under `bfd`."""
    text.bfd = text.bfd_peers.setdefault(str(ip_address(args[0])), BfdText(line))


def bfd_setting(name: str, *, on: bool = True) -> Effect[Text]:
    """A time or a switch of a BFD profile or peer."""

    def effect(text: Text, args: Args, line: int) -> None:
        assert text.bfd is not None
        text.bfd.settings[name] = Setting(args, line, on)

    return effect


def bfd_peer_profile(text: Text, args: Args, line: int) -> None:
    """`profile NAME` of a BFD peer."""
    text.use(BFD_PROFILE, args[0], line)
    bfd_setting("profile")(text, args, line)


def enter_bgp(text: Text, args: Args, line: int) -> None:
    """`router bgp 64514 vrf NAME`."""
    number, vrf = int(args[0]), args[1]
    found = text.routers.setdefault(vrf, Bgp(line, number, vrf))
    if found.as_number != number:
        raise Unreadable(f"BGP is already running with AS {found.as_number}")
    text.router, text.family = found, Family.V4
