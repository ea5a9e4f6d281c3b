"""The tables of routing on IOS: its own lines, and those that other readers judge.

Routing's own lines are judged here and nowhere else. What the readers of firewalls and of switches
know is done here too, but without complaint: it says which interfaces and lists there are, and
where a view ends. Left out on purpose, so that they are unread: other protocols than BGP and static
routes, policy routing but that of guests, routes between tables.
Source: docs/reference/platforms.md.
"""

from __future__ import annotations

from telemed_infra.parse.frr.engine import CONFIG, Args, Grammar, Row, Unreadable, View
from telemed_infra.parse.frr.state import ROUTE_MAP
from telemed_infra.parse.ios import routes_multicast as multicast
from telemed_infra.parse.ios.firewall_grammar import FIREWALL
from telemed_infra.parse.ios.forwarding import gateway, no_gateway, routes4
from telemed_infra.parse.ios.management import ROUTES as JUDGED_HERE
from telemed_infra.parse.ios.ports import default_interface, join_vrf
from telemed_infra.parse.ios.routes_bfd import BFD, BFD_INTERFACE, BFD_TEMPLATE
from telemed_infra.parse.ios.routes_bgp import BGP, BGP_VIEWS
from telemed_infra.parse.ios.routes_lists import LISTS
from telemed_infra.parse.ios.routes_maps import MAP, MAPS
from telemed_infra.parse.ios.routes_state import (
    VRF,
    Judges,
    Routes,
    harmless,
    not_modelled,
    note,
    noted,
    own,
    quietly,
)
from telemed_infra.parse.ios.routes_static import PROBE, STATIC, WATCHED
from telemed_infra.parse.ios.state import Does
from telemed_infra.parse.ios.switch_grammar import SWITCH
from telemed_infra.parse.ios.values import interface_range

_OTHER_PROTOCOL = "its routes are not in the text; only BGP and static routes are modelled"
_ANOTHER_WAY = "packets would go another way than the routing table says"
_LEAK = "routes would go from one table to another"
_HOW = "how packets are handed on, not where"
_TABLE = "a table of its own; what is in it, its routes say"
_KEYS = "keys of other protocols"
_OWN_VIEWS = ("routing", "routing-part", "route-map", "vrf")

Rows = tuple[Row[Routes], ...]


def _of_box(effect: Does) -> Judges:
    """What the box does, and complaints with it."""

    def judged(state: Routes, args: Args, line: int) -> None:
        effect(state.box, args, line)

    return judged


def _define_vrf(state: Routes, args: Args, line: int) -> None:
    """`vrf definition WORD`, `ip vrf WORD`."""
    state.tables.setdefault(args[0], line)


def _fresh(state: Routes, args: Args, line: int) -> None:
    """`default interface LINE`: in the main table, without times of BFD, without multicast."""
    try:
        names = interface_range(args[0].removeprefix("range "))
    except Unreadable:
        return
    for name in names:
        for held in (state.vrfs, state.bfd_ports):
            held.pop(name, None)
        state.bfd_times.pop(name, None)
        state.bfd_echo_off.discard(name)
        multicast.forget(state, name)
    quietly(default_interface)(state, args, line)


def _join_vrf(state: Routes, args: Args, line: int) -> None:
    """`vrf forwarding WORD` on an interface."""
    state.bgp.use(VRF, args[0], line)
    state.vrfs.update(dict.fromkeys(state.names(), args[0]))
    quietly(join_vrf)(state, args, line)


def _leave_vrf(state: Routes, args: Args, line: int) -> None:
    """`no vrf forwarding [WORD]`: the addresses go, too."""
    for name in state.names():
        state.vrfs.pop(name, None)
    quietly(join_vrf)(state, args, line)


def _name_map(state: Routes, args: Args, line: int) -> None:
    """A route map that packets are chosen by; what is wrong with it the reader of the box says."""
    state.bgp.use(ROUTE_MAP, args[0], line)


_FORWARDING: Rows = (
    own("ip routing", _of_box(routes4(on=True))),
    own("no ip routing", _of_box(routes4(on=False))),
    own("ip default-gateway A.B.C.D", _of_box(gateway)),
    own("no ip default-gateway [A.B.C.D]", _of_box(no_gateway)),
    *harmless(_HOW, "arp LINE", "ip load-sharing LINE", "ipv6 unicast-routing", "fhrp LINE"),
)
_CONFIG: Rows = (
    *_FORWARDING,
    *STATIC,
    *BGP,
    *LISTS,
    *MAPS,
    *WATCHED,
    *BFD,
    *multicast.SYSTEM,
    own("vrf definition WORD", _define_vrf, enters="vrf", inert=True, why=_TABLE),
    own("ip vrf WORD", _define_vrf, enters="vrf", inert=True, why=_TABLE),
    noted("default interface LINE", _fresh),
    noted("ip nat inside source route-map WORD LINE", _name_map),
    own("key chain WORD", enters="key-chain", inert=True, why=_KEYS),
    own("no key chain WORD", inert=True, why=_KEYS),
    *not_modelled(
        _OTHER_PROTOCOL,
        "router <ospf|ospfv3|eigrp|rip|isis|lisp|odr> [LINE]", "ipv6 router LINE",
        enters="other-protocol",
    ),
    *not_modelled(_OTHER_PROTOCOL, "ip default-network LINE"),
    *harmless(_HOW, "ip ospf name-lookup"),
    *not_modelled(_ANOTHER_WAY, "ip local policy LINE", "ipv6 local policy LINE"),
    own("no router <ospf|ospfv3|eigrp|rip|isis> [LINE]", inert=True, why=_OTHER_PROTOCOL),
)  # fmt: skip

_INTERFACE: Rows = (
    *BFD_INTERFACE,
    *multicast.INTERFACE,
    noted("vrf forwarding WORD", _join_vrf),
    noted("ip vrf forwarding WORD", _join_vrf),
    noted("no vrf forwarding [WORD]", _leave_vrf),
    noted("no ip vrf forwarding [WORD]", _leave_vrf),
    noted("ip policy route-map WORD", _name_map),
    *not_modelled(_ANOTHER_WAY, "ipv6 policy route-map LINE"),
    *not_modelled(
        _OTHER_PROTOCOL, "ip ospf (1-65535) area LINE", "ipv6 ospf (1-65535) area LINE",
        "ospfv3 (1-65535) LINE", "ip router isis [LINE]", "ip rip LINE",
    ),
)  # fmt: skip

_VRF: Rows = (
    *harmless(_TABLE, "rd LINE", "route-target LINE", "description LINE", "vnet LINE"),
    own("address-family <ipv4|ipv6> [unicast]", enters="vrf-part", inert=True, why=_TABLE),
)
_VRF_PART: Rows = (
    *harmless(_TABLE, "route-target LINE"),
    *not_modelled(_LEAK, "import LINE", "export LINE"),
)


def _others(name: str) -> Rows:
    """What other readers know in a view of this name; in the outermost, not what is routing's."""
    return tuple(
        note(row)
        for table in (FIREWALL, SWITCH)
        if name in table
        for row in table[name].rows
        if not (name == CONFIG and row.why == JUDGED_HERE)
    )


_OWN: dict[str, Rows] = {
    CONFIG: _CONFIG,
    "interface": _INTERFACE,
    "sla": PROBE,
    "bfd": BFD_TEMPLATE,
    "route-map": MAP,
    "vrf": _VRF,
    "vrf-part": _VRF_PART,
}
_NAMES: tuple[str, ...] = tuple(
    name for name in dict.fromkeys([*_OWN, *FIREWALL, *SWITCH]) if name not in _OWN_VIEWS
)
ROUTES: Grammar[Routes] = {
    **{name: View((*_OWN.get(name, ()), *_others(name))) for name in _NAMES},
    **{name: View(rows) for name, rows in _OWN.items() if name in _OWN_VIEWS},
    **BGP_VIEWS,
}
