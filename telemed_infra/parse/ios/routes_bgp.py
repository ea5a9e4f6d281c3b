"""What the commands of `router bgp` do where IOS differs from FRR, and their tables.

A neighbour's settings, groups and families have the form that both share: `parse/frr/neighbors.py`.
`address-family … vrf V` is a process of its own. Left out on purpose, so that they are unread:
VPN and EVPN, templates of peers, route reflection, confederations, dampening, filters of the whole
process, conditional advertisement. Source: docs/reference/platforms.md.
"""

from __future__ import annotations

from ipaddress import ip_address

from telemed_infra.packets import Family
from telemed_infra.parse.frr import neighbors as do
from telemed_infra.parse.frr.engine import Args, Effect, Row, Unreadable, View
from telemed_infra.parse.frr.lists import enter_bgp
from telemed_infra.parse.frr.state import ROUTE_MAP, Bgp, Redistribution, Setting, Text
from telemed_infra.parse.ios.routes_state import (
    VRF,
    AggregateMaps,
    Judges,
    Routes,
    harmless,
    not_modelled,
    own,
)
from telemed_infra.parse.ios.routes_static import prefix4, prefix6
from telemed_infra.parse.ios.values import interface, ipv4

MAIN = ""
PROTOCOLS = "<connected|static|ospf|ospfv3|eigrp|rip|isis>"
_N = "neighbor WORD"
_AS = "(1-4294967295)"
_V4, _V6 = "A.B.C.D", "X:X::X:X/M"
_BEST = "which of several routes is the better, not which there are"
_SLOW = "how fast or how loud, not what"
_DEFAULT = "the default"
_OLD = "classful summaries and synchronization are not modelled"
_NOT_SO = "what is told or believed would follow rules that are not modelled"


def main(effect: Effect[Text]) -> Judges:
    """A command of the process's own view: that of the main table, and of IPv4 unicast."""

    def judged(state: Routes, args: Args, line: int) -> None:
        state.bgp.router, state.bgp.family = state.bgp.routers[MAIN], Family.V4
        effect(state.bgp, args, line)

    return judged


def here(effect: Effect[Text]) -> Judges:
    """A command of the open address family."""

    def judged(state: Routes, args: Args, line: int) -> None:
        effect(state.bgp, args, line)

    return judged


def enter(state: Routes, args: Args, line: int) -> None:
    """`router bgp N`."""
    enter_bgp(state.bgp, (args[0], MAIN), line)


def remove(state: Routes, args: Args, _line: int) -> None:
    """`no router bgp N`."""
    held = state.bgp.routers.get(MAIN)
    if held is not None and held.as_number == int(args[0]):
        state.bgp.routers.clear()


def family(which: Family) -> Judges:
    """`address-family {ipv4|ipv6} [unicast] [vrf V]`."""

    def effect(state: Routes, args: Args, line: int) -> None:
        whole = state.bgp.routers[MAIN]
        vrf = args[0] if args else MAIN
        if vrf:
            state.bgp.use(VRF, vrf, line)
        held = state.bgp.routers.setdefault(vrf, Bgp(line, whole.as_number, vrf))
        state.bgp.router, state.bgp.family = held, which

    return effect


def remote_as(text: Text, args: Args, line: int) -> None:
    """`neighbor {A|GROUP} remote-as N`."""
    if args[0] not in text.bgp.peers:
        try:
            ip_address(args[0])
        except ValueError:
            raise Unreadable(f"{args[0]} is no address, and no group yet") from None
    do.remote_as(text, args, line)


def update_source(text: Text, args: Args, line: int) -> None:
    """`neighbor A update-source Loopback0`."""
    do.setting("update-source")(text, (args[0], interface(args[1])), line)


def password(text: Text, args: Args, line: int) -> None:
    """`neighbor A password [0-7] SECRET`."""
    words = args[1].split(" ", 1)
    secret = words[1] if len(words) > 1 and words[0] in ("0", "6", "7") else args[1]
    do.setting("password")(text, (args[0], secret), line)


def bfd(text: Text, args: Args, line: int) -> None:
    """`neighbor A fall-over bfd [single-hop|multi-hop] [check-control-plane-failure]`."""
    do.setting("bfd")(text, (args[0], args[1]), line)


# What is taken into BGP.


def network4(text: Text, args: Args, line: int) -> None:
    """`network A [mask M] [route-map R]`; without a mask that of the address's class."""
    address, mask, *rest = args
    do.network(text, (prefix4(address, mask or _classful(address)), *rest), line)


def no_network4(text: Text, args: Args, line: int) -> None:
    """`no network A [mask M] …`."""
    do.no_network(text, (prefix4(args[0], args[1] or _classful(args[0])),), line)


def network6(text: Text, args: Args, line: int) -> None:
    """`network A/LEN [route-map R]`."""
    do.network(text, (prefix6(args[0]), *args[1:]), line)


def no_network6(text: Text, args: Args, line: int) -> None:
    """`no network A/LEN …`."""
    do.no_network(text, (prefix6(args[0]),), line)


def _classful(address: str) -> str:
    first = ipv4(address) >> 24
    if first < 128:
        return "255.0.0.0"
    if first < 192:
        return "255.255.0.0"
    return "255.255.255.0"


def redistribute(text: Text, args: Args, line: int) -> None:
    """`redistribute ospf 1 [match …] [metric N] [route-map R]`; the options in any order."""
    source, words = args[0], args[1].split()
    options: dict[str, str] = {}
    while words:
        word = words.pop(0).lower()
        if word in ("metric", "route-map") and words:
            options[word] = words.pop(0)
        elif word in ("subnets", "match", "internal", "external", "include-connected") or (
            source not in ("connected", "static") and word.isalnum()
        ):
            continue
        else:
            raise Unreadable(f"{word} is not expected here")
    if "metric" in options and not options["metric"].isdecimal():
        raise Unreadable("a metric is a number")
    if "route-map" in options:
        text.use(ROUTE_MAP, options["route-map"], line)
    known = text.bgp.origins[text.family]
    known[:] = [one for one in known if one.source != source]
    route_map, metric = options.get("route-map", ""), options.get("metric", "")
    known.append(Redistribution(line, source, "", route_map, metric))


def aggregate(state: Routes, args: Args, line: int) -> None:
    """`aggregate-address A M [as-set] [summary-only] [suppress-map m] [attribute-map m] …`."""
    *place, tail = args
    prefix = prefix4(place[0], place[1]) if len(place) > 1 else prefix6(place[0])
    words, maps, only = tail.split(), {"route-map": "", "suppress-map": "", "advertise-map": ""}, ""
    while words:
        word = words.pop(0).lower()
        word = "route-map" if word == "attribute-map" else word
        if word in maps and words:
            maps[word] = words.pop(0)
            state.bgp.use(ROUTE_MAP, maps[word], line)
        elif word in ("summary-only", "as-set"):
            only = word if word == "summary-only" else only
        else:
            raise Unreadable(f"{word} is not expected here")
    do.aggregate(state.bgp, (prefix, only, maps["route-map"]), line)
    state.aggregate_maps[line] = AggregateMaps(maps["suppress-map"], maps["advertise-map"])


def no_aggregate(state: Routes, args: Args, _line: int) -> None:
    """`no aggregate-address A M …`."""
    place = args[:-1]
    prefix = prefix4(place[0], place[1]) if len(place) > 1 else prefix6(place[0])
    known = state.bgp.bgp.origins[state.bgp.family]
    known[:] = [one for one in known if (one.source, one.prefix) != ("aggregate", prefix)]


def default_information(*, on: bool) -> Effect[Text]:
    """`default-information originate`: default routes are redistributed, too."""

    def effect(text: Text, args: Args, line: int) -> None:
        text.bgp.settings[f"default-information {int(text.family)}"] = Setting(args, line, on)

    return effect


# Tables -----------------------------------------------------------------------------------------

Commands = tuple[tuple[str, Effect[Text]], ...]


def _switch(pattern: str, name: str, tail: str = "") -> Commands:
    """A setting of a session, and its `no`."""
    return (
        (f"{_N} {pattern}", do.setting(name)),
        (f"no {_N} {pattern.partition(' (')[0].partition(' WORD')[0]}{tail}",
         do.setting(name, on=False)),
    )  # fmt: skip


_SESSION: Commands = (
    (f"{_N} peer-group", do.define_group),
    (f"{_N} peer-group WORD", do.join_group),
    (f"{_N} remote-as {_AS}", remote_as),
    (f"no {_N} remote-as {_AS}", do.remove),
    (f"no {_N}", do.remove),
    (f"{_N} description LINE", do.setting("description")),
    (f"no {_N} description [LINE]", do.setting("description", on=False)),
    (f"{_N} password LINE", password),
    (f"no {_N} password [LINE]", do.setting("password", on=False)),
    (f"{_N} shutdown [LINE]", do.setting("shutdown")),
    (f"no {_N} shutdown [LINE]", do.setting("shutdown", on=False)),
    (f"{_N} timers (0-65535) (0-65535) [(0-65535)]", do.setting("timers")),
    (f"no {_N} timers [LINE]", do.setting("timers", on=False)),
    *_switch("advertisement-interval (0-600)", "advertisement-interval", " [(0-600)]"),
    *_switch("ebgp-multihop [(1-255)]", "multihop", " [(1-255)]"),
    *_switch("ttl-security hops (1-254)", "ttl-security", " [hops] [(1-254)]"),
    (f"{_N} update-source LINE", update_source),
    (f"no {_N} update-source [LINE]", do.setting("update-source", on=False)),
    (f"{_N} local-as {_AS} [no-prepend] [replace-as] [dual-as]", do.setting("local-as")),
    (f"no {_N} local-as [LINE]", do.setting("local-as", on=False)),
    (f"{_N} fall-over bfd [<single-hop|multi-hop>] [check-control-plane-failure]", bfd),
    (f"no {_N} fall-over [bfd] [LINE]", do.setting("bfd", on=False)),
    (f"{_N} ha-mode graceful-restart", do.setting("graceful-restart")),
    (f"no {_N} ha-mode graceful-restart", do.setting("graceful-restart", on=False)),
)
_UNICAST: Commands = (
    (f"{_N} activate", do.in_family("activate")),
    (f"no {_N} activate", do.in_family("activate", on=False)),
    *(
        command
        for kind in ("route-map", "prefix-list", "filter-list", "distribute-list")
        for command in (
            (f"{_N} {kind} WORD <in|out>", do.bind(kind)),
            (f"no {_N} {kind} WORD <in|out>", do.unbind(kind)),
        )
    ),
    (f"{_N} maximum-prefix {_AS} [(1-100)] [<warning-only>]", do.in_family("maximum-prefix")),
    (f"{_N} maximum-prefix {_AS} [(1-100)] restart (1-65535)", do.in_family("maximum-prefix")),
    (f"no {_N} maximum-prefix [LINE]", do.in_family("maximum-prefix", on=False)),
    (f"{_N} default-originate", do.in_family("default-originate")),
    (f"{_N} default-originate route-map WORD", do.default_route_map),
    (f"no {_N} default-originate [LINE]", do.in_family("default-originate", on=False)),
    (f"{_N} next-hop-self [all]", do.in_family("next-hop-self")),
    (f"no {_N} next-hop-self [all]", do.in_family("next-hop-self", on=False)),
    (f"{_N} next-hop-unchanged [allpaths]", do.in_family("next-hop-unchanged")),
    (f"no {_N} next-hop-unchanged [allpaths]", do.in_family("next-hop-unchanged", on=False)),
    (f"{_N} send-community [<both|extended|standard>]", do.in_family("send-community")),
    (f"no {_N} send-community [<both|extended|standard>]",
     do.in_family("send-community", on=False)),
    (f"redistribute {PROTOCOLS} [LINE]", redistribute),
    (f"no redistribute {PROTOCOLS} [LINE]", do.stop_redistributing),
    (f"network {_V4} [mask A.B.C.D] [route-map WORD]", network4),
    (f"no network {_V4} [mask A.B.C.D] [route-map WORD]", no_network4),
    (f"network {_V6} [route-map WORD]", network6),
    (f"no network {_V6} [route-map WORD]", no_network6),
    ("default-information originate", default_information(on=True)),
    ("no default-information originate", default_information(on=False)),
)  # fmt: skip
_PROCESS: Commands = (
    ("bgp router-id A.B.C.D", do.of_router("router-id")),
    ("bgp always-compare-med", do.of_router("always-compare-med")),
    ("no bgp always-compare-med", do.of_router("always-compare-med", on=False)),
    ("bgp default ipv4-unicast", do.of_router("ipv4-unicast")),
    ("no bgp default ipv4-unicast", do.of_router("ipv4-unicast", on=False)),
    ("bgp graceful-restart", do.of_router("graceful-restart")),
    ("no bgp graceful-restart", do.of_router("graceful-restart", on=False)),
    ("timers bgp (0-65535) (0-65535) [(0-65535)]", do.of_router("timers")),
    ("no timers bgp [LINE]", do.of_router("timers", on=False)),
    ("bgp listen range A.B.C.D/M peer-group WORD", do.listen),
    ("bgp listen range X:X::X:X/M peer-group WORD", do.listen),
)
_BOTH: tuple[Row[Routes], ...] = (
    *harmless(
        _SLOW, "bgp log-neighbor-changes", "bgp update-delay (1-3600)", "bgp listen limit (1-5000)",
        "bgp graceful-restart restart-time (1-3600)", "bgp enforce-first-as",
        "bgp graceful-restart stalepath-time (1-3600)", f"{_N} dont-capability-negotiate",
        "bgp nexthop trigger LINE", "bgp scan-time (5-60)", "bgp fast-external-fallover",
        f"{_N} soft-reconfiguration inbound", f"{_N} version 4", f"{_N} transport LINE",
        f"{_N} disable-connected-check", f"{_N} log-neighbor-changes",
    ),
    *harmless(
        _BEST, "bgp bestpath LINE", "bgp deterministic-med", "maximum-paths LINE", "distance LINE",
        "bgp default local-preference (0-4294967295)", f"{_N} weight (0-65535)",
    ),
    own("no auto-summary", inert=True, why=_DEFAULT),
    own("no synchronization", inert=True, why=_DEFAULT),
    *not_modelled(_OLD, "auto-summary", "synchronization"),
    *not_modelled(
        _NOT_SO, "distribute-list LINE", f"{_N} allowas-in [LINE]", "bgp asnotation dot",
        f"{_N} remove-private-as [LINE]",
        f"{_N} route-reflector-client", f"{_N} as-override", f"{_N} advertise-map LINE",
        f"{_N} unsuppress-map WORD", f"{_N} inherit LINE", "table-map LINE", "default-metric LINE",
        "bgp dampening [LINE]", "bgp suppress-inactive", "bgp redistribute-internal",
        "bgp confederation LINE", "bgp cluster-id LINE", "bgp inject-map LINE",
    ),
)  # fmt: skip


def _rows(commands: Commands) -> tuple[Row[Routes], ...]:
    return tuple(own(pattern, here(effect)) for pattern, effect in commands)


def _main_rows(commands: Commands) -> tuple[Row[Routes], ...]:
    return tuple(own(pattern, main(effect)) for pattern, effect in commands)


def _aggregates(*, in_main: bool) -> tuple[Row[Routes], ...]:
    def placed(effect: Judges) -> Judges:
        def judged(state: Routes, args: Args, line: int) -> None:
            if in_main:
                state.bgp.router, state.bgp.family = state.bgp.routers[MAIN], Family.V4
            effect(state, args, line)

        return judged

    return tuple(
        own(f"{no}aggregate-address {place} [LINE]", placed(effect))
        for place in ("A.B.C.D A.B.C.D", _V6)
        for no, effect in (("", aggregate), ("no ", no_aggregate))
    )


BGP: tuple[Row[Routes], ...] = (
    own(f"router bgp {_AS}", enter, enters="bgp"),
    own(f"no router bgp {_AS}", remove),
)
BGP_VIEWS: dict[str, View[Routes]] = {
    "bgp": View(
        (
            *_main_rows((*_PROCESS, *_SESSION, *_UNICAST)),
            *_aggregates(in_main=True),
            own("address-family ipv4 [unicast]", family(Family.V4), enters="bgp-family"),
            own("address-family ipv6 [unicast]", family(Family.V6), enters="bgp-family"),
            own("address-family ipv4 [unicast] vrf WORD", family(Family.V4), enters="bgp-family"),
            own("address-family ipv6 [unicast] vrf WORD", family(Family.V6), enters="bgp-family"),
            *_BOTH,
        )
    ),
    "bgp-family": View(
        (*_rows((*_PROCESS[:1], *_SESSION, *_UNICAST)), *_aggregates(in_main=False), *_BOTH),
        parent="bgp",
    ),
}
