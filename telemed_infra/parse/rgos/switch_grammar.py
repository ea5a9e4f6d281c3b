"""The tables of RGOS switches: VLANs, ports, and what touches neither.

Source: docs/reference/platforms.md. Left out on purpose, so that they are unread: lists bound to
ports, hybrid and uplink ports, private and protected ports, tunnels, subinterfaces, routing
protocols and virtual tables of routes, voice VLANs, sFlow.
"""

from __future__ import annotations

from telemed_infra.parse.frr.engine import CONFIG, Grammar, Row, View, says
from telemed_infra.parse.ios import ports as of_ios
from telemed_infra.parse.ios.dialect import EXEC
from telemed_infra.parse.ios.forwarding import FORWARDING
from telemed_infra.parse.ios.list_grammar import LIST_VIEWS, LISTS
from telemed_infra.parse.ios.management import (
    LINK,
    MANAGEMENT_VIEWS,
    MARKS,
    ROUTES,
    TEXT,
    exactly,
    inert,
)
from telemed_infra.parse.ios.plane.grammar import TELLS
from telemed_infra.parse.ios.state import Ios, hostname, refused
from telemed_infra.parse.ios.terminals import lines_of_network, network_line
from telemed_infra.parse.ios.values import ALL_VLANS
from telemed_infra.parse.rgos import ports
from telemed_infra.parse.rgos.guard_grammar import GUARDS, GUARDS_OF_PORT
from telemed_infra.parse.rgos.plane_grammar import (
    LINE,
    PLANE,
    PLANE_INTERFACE,
    PLANE_VIEWS,
)

Rows = tuple[Row[Ios], ...]

_ADDRESS = "an address"
_GUARD = "drops what is forged or too much, opens nothing"
_LISTS = "a list that nothing binds but what is read as such"
_BOX = "the box itself: its software, cards, clock and shell"
_SERVES = "addresses that the box lends"

_CONFIG: Rows = (
    Row("hostname WORD", hostname, inert=True, why="a name"),
    says("interface range LINE", ports.enter_range, enters="interface"),
    says("interface LINE", ports.enter_interface, enters="interface"),
    says("no interface LINE", ports.remove_interface),
    says("default interface LINE", ports.default_interface),
    says("vlan range LINE", ports.define_vlans, enters="vlan"),
    says("vlan WORD", ports.define_vlan, enters="vlan"),
    says("no vlan range LINE", ports.remove_vlans(several=True)),
    says("no vlan WORD", ports.remove_vlans(several=False)),
    *(
        Row(row.pattern, row.effect, row.enters, inert=True, why=_LISTS)
        for row in LISTS
        if "object-group" not in row.pattern
    ),
    *GUARDS,
    *FORWARDING,
    *inert(ROUTES, "ipv6 route | arp"),
    *exactly(ROUTES, "ipv6 unicast-routing"),
    *lines_of_network(judged=False),
    *PLANE,
    *exactly(_BOX, "enable", enters=EXEC),
    *exactly(_BOX, "configure terminal", enters=CONFIG),
    *inert(_GUARD, "nfpp", enters="nfpp"),
    *inert(_BOX, "redundancy", enters="redundancy"),
    *inert(_BOX, "switch virtual domain", enters="stack"),
    *inert(_BOX, "time-range", enters="time-range"),
    *inert(_SERVES, "ip dhcp pool", enters="dhcp-pool"),
    *inert(_SERVES, "service dhcp | ip dhcp excluded-address"),
    *inert(
        _BOX,
        "version | sysmac | install | co-operate | boot | mtu | power | poe | upgrade | memory",
        "ip domain-lookup | ip name-server | ip host | ip domain-name | split interface | grtd",
        "clock update-calendar | alias | file | cpu-log | fair-log | switch convert",
    ),
    *inert(_GUARD, "cpu-protect | storm-control"),
    *inert("keeps or shows addresses of hosts", "mac-address-table | mac-address-learning"),
    *inert("shares load among members", "aggregateport load-balance | lacp system-priority"),
    *inert(TELLS, "monitor session"),
    *exactly(MARKS, "class-map WORD", enters="qos-class"),
    *exactly(MARKS, "policy-map WORD", enters="qos-policy"),
    *inert(MARKS, "mls qos | priority-queue | wrr-queue | drr-queue | queueing"),
)

_SWITCHPORT: Rows = (
    says("switchport mode <access|trunk>", of_ios.mode),
    says("switchport mode WORD [LINE]", of_ios.mode),
    says("no switchport mode [LINE]", of_ios.unsay("mode", "")),
    says("switchport access vlan WORD", of_ios.vlan_of("access")),
    says("no switchport access vlan [WORD]", of_ios.unsay("access", 1)),
    says("switchport trunk native vlan WORD", of_ios.vlan_of("native")),
    says("no switchport trunk native vlan [WORD]", of_ios.unsay("native", 1)),
    says("switchport trunk allowed vlan LINE", ports.allow),
    says("no switchport trunk allowed vlan [LINE]", of_ios.unsay("allowed", ALL_VLANS)),
    says("switchport", of_ios.sets("routed", value=False)),
    says("no switchport", of_ios.sets("routed", value=True)),
    says("port-group (1-4096) [mode <active|passive>]", ports.join_bundle),
    says("no port-group [LINE]", of_ios.leave_bundle),
)

_INTERFACE: Rows = (
    Row("description LINE", of_ios.describe, inert=True, why=TEXT),
    Row("no description [LINE]", of_ios.describe, inert=True, why=TEXT),
    *_SWITCHPORT,
    says("shutdown", of_ios.sets("shut", value=True)),
    says("no shutdown", of_ios.sets("shut", value=False)),
    Row("ip address A.B.C.D A.B.C.D [<secondary>]", of_ios.add_ipv4, inert=True, why=_ADDRESS),
    Row("ip address A.B.C.D/M [<secondary>]", ports.add_ipv4_of_length, inert=True, why=_ADDRESS),
    Row("ip address A.B.C.D (1-32) [<secondary>]", ports.add_ipv4_of_length, inert=True,
        why=_ADDRESS),
    Row("no ip address [A.B.C.D A.B.C.D] [<secondary>]", of_ios.remove_ipv4, inert=True,
        why=_ADDRESS),
    says("ip address dhcp [LINE]", refused("the address comes from elsewhere")),
    Row("ipv6 address X:X::X:X/M", of_ios.add_ipv6, inert=True, why=_ADDRESS),
    Row("ipv6 address WORD link-local", of_ios.link_local, inert=True, why=_ADDRESS),
    Row("no ipv6 address [X:X::X:X/M]", of_ios.remove_ipv6, inert=True, why=_ADDRESS),
    *exactly(ROUTES, "ipv6 enable", "gateway A.B.C.D"),
    *GUARDS_OF_PORT,
    *PLANE_INTERFACE,
    *inert(
        LINK,
        "mtu | speed | duplex | medium-type | flowcontrol | negotiation | carrier-delay | lacp",
        "load-interval | bandwidth | poe | eee | fec | aggregateport | arp timeout",
    ),
    *inert(ROUTES, "ip redirects | ip proxy-arp | ipv6 nd | ipv6 redirects"),
    *inert(TELLS, "ip unreachables | ip mask-reply"),
    *inert(_SERVES, "ip helper-address | ipv6 dhcp relay"),
    *inert(MARKS, "mls qos | priority-queue | wrr-queue | drr-queue | queueing | rate-limit"),
    *exactly(MARKS, "service-policy <input|output> WORD", "no service-policy <input|output> WORD"),
)  # fmt: skip


def _group(why: str, heads: str) -> View[Ios]:
    return View(tuple(inert(why, heads)))


_SHARED = ("time-range", "dhcp-pool", "qos-class", "qos-policy", "qos-part", "qos-police", EXEC)
"""Views whose lines are those of IOS."""

SWITCH: Grammar[Ios] = {
    **{name: MANAGEMENT_VIEWS[name] for name in _SHARED},
    **PLANE_VIEWS,
    **{
        name: View(
            (
                *(Row(row.pattern, row.effect, row.enters, inert=True, why=_LISTS)
                  for row in LIST_VIEWS[name].rows),
                *inert(TEXT, "list-remark"),
            )
        )
        for name in ("list", "list6")
    },
    CONFIG: View(_CONFIG),
    "interface": View(_INTERFACE),
    "vlan": View(tuple(inert(TEXT, "name"))),
    "terminal": network_line(judged=False, line=LINE),
    "nfpp": _group(_GUARD, "arp-guard | ip-guard | icmp-guard | dhcp-guard | dhcpv6-guard | "
                   "nd-guard | define | log-buffer | policy"),
    "redundancy": _group(_BOX, "auto-sync | switchover"),
    "stack": _group(_BOX, "switch | dual-active | domain"),
}  # fmt: skip
