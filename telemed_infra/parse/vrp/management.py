"""Commands of VRP devices that no packet's passing depends on, with the reason; for every grammar.

Heads are as long as needed to name nothing else: `undo` of them is as harmless. Source: grammar
notes §2.4, §3.2 to §3.6.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from telemed_infra.management_plane import Method
from telemed_infra.parse.vrp import management_aaa as aaa
from telemed_infra.parse.vrp import management_access as access
from telemed_infra.parse.vrp import management_clients as clients
from telemed_infra.parse.vrp import management_lists as lists
from telemed_infra.parse.vrp import management_passwords as passwords
from telemed_infra.parse.vrp.arguments import nothing, one
from telemed_infra.parse.vrp.engine import (
    Command,
    Effect,
    Unreadable,
    View,
    Words,
    inert,
    notes,
)
from telemed_infra.parse.vrp.management_rows import PLANE
from telemed_infra.parse.vrp.management_views import PLANE_VIEWS
from telemed_infra.parse.vrp.options import bare as bare_change
from telemed_infra.parse.vrp.options import does, keyword

_TEXT = "a text for people"
_ADMINISTRATORS = "who may log in, and how; judged after the packet is let in"
_TELLS = "tells others about the device, changes nothing"
_ROUTES = "routing: where packets go, not whether they may"
_CLOCK = "time"
_WATCHES = "watches a path or a neighbour"
_MATCHER = "a list; it filters nothing until a line binds it, and such a line is read or not"
_LINK = "the link's own settings"
_HOLDS = "which of two devices holds an address"
_GROUP = re.compile(r"vrid (?:[1-9]\d?|1\d\d|2[0-4]\d|25[0-5])(?: |$)")
_GROUP_SAYS = re.compile(
    r"virtual-ip \S+(?: \S+)?(?: active| standby| link-local)?"
    r"|priority \d+|timer advertise \d+|preempt-mode (?:timer delay \d+|disable)"
    r"|track (?:interface \S+(?: \S+)?|bfd-session (?:session-name )?\S+|nqa \S+ \S+)"
    r"(?: (?:increased|reduced) \d+)?"
    r"|(?:authentication-mode|description) .+"
)

Commands = tuple[Command[Any], ...]
BANNERS = ("login", "shell")


def banner(words: Words) -> Effect[Any]:
    """`header <when> information "<text>"` on one line; one over several might hide commands."""
    if len(words) != 3 or " " not in words[2] or '"' in words[2]:
        raise Unreadable("a banner is read if it is some words in quotes, on one line")
    when, text = keyword(words[0], BANNERS), words[2]
    return does(lambda state, line: state.banners.__setitem__(when, (text, line)))


def no_banner(words: Words) -> Effect[Any]:
    """`undo header <when>`."""
    when = keyword(one(words), BANNERS)
    return does(lambda state, _line: state.banners.pop(when, None))


def bare(words: Words) -> Effect[Any]:
    """A command without arguments and without effect."""
    nothing(words)
    return lambda _state, _line: None


def vrrp(words: Words) -> Effect[Any]:
    """`vrrp vrid N …` in VRP's own words: seconds, and what it tracks by its name.

    Comware's (`preempt-mode delay` in hundredths of a second, entries of `track`) are unread.
    """
    line = " ".join(words)
    group = _GROUP.match(line)
    if not group or not _GROUP_SAYS.fullmatch(line[group.end() :]):
        raise Unreadable("VRP has no such words for a group: is it another vendor's line?")
    return lambda _state, _line: None


def no_vrrp(words: Words) -> Effect[Any]:
    """`undo vrrp vrid N [part]`."""
    if not _GROUP.match(" ".join(words)):
        raise Unreadable("`vrid` and the number of a group are expected")
    return lambda _state, _line: None


MANAGEMENT: Commands = (
    *PLANE,
    *inert("clock datetime", _CLOCK),
    *inert("time-range", _CLOCK, enters="time-range"),
    *inert("rsa | ecc | dsa | pki | super password", _ADMINISTRATORS),
    notes(
        "set password min-length", passwords.LENGTH[0], _ADMINISTRATORS, undo=passwords.LENGTH[1]
    ),
    notes(
        "hwtacacs enable",
        bare_change(lambda state, _line: setattr(state, "tacacs_on", True)),
        _ADMINISTRATORS,
        undo=bare_change(lambda state, _line: setattr(state, "tacacs_on", False)),
    ),
    notes("header", banner, _TEXT, undo=no_banner),
    *inert("aaa", _ADMINISTRATORS, enters="aaa"),
    notes("domain", aaa.admin_domain, _ADMINISTRATORS),
    notes("user-interface", access.enter_lines, _ADMINISTRATORS, enters="user-interface"),
    notes("user-interface maximum-vty", access.vty_max, _ADMINISTRATORS),
    *(
        notes(
            f"{word}-server template",
            aaa.enter_template(method),
            _ADMINISTRATORS,
            undo=aaa.undo_template(method),
            enters=f"{word}-template",
        )
        for word, method in (("hwtacacs", Method.TACACS), ("radius", Method.RADIUS))
    ),
    *inert("dns resolve | dns server | dns domain", "the device's own names"),
    *inert("ip route-static | ipv6 route-static", _ROUTES),
    *inert("ip ip-prefix | ip ipv6-prefix | ip community-filter | ip as-path-filter", _ROUTES),
    notes("ipv6", bare, _ROUTES, undo=bare),
    *inert("router id | arp", _ROUTES),
    notes(
        "ip vpn-instance",
        clients.makes_instance,
        _ROUTES,
        undo=clients.undo_instance,
        enters="routing",
    ),
    *inert("bgp | ospf | ospfv3 | route-policy", _ROUTES, enters="routing"),
    *inert("bfd | nqa test-instance", _WATCHES, enters="watch"),
    notes("acl", lists.enter_list, _MATCHER, undo=lists.undo_list, enters="acl"),
)

INTERFACE_MANAGEMENT: Commands = (
    *inert("description | alias", _TEXT),
    *inert(
        "mtu | speed | duplex | negotiation | auto speed | jumboframe | "
        "combo-port | lacp | mode lacp | mode lacp-static | mode manual load-balance | "
        "load-balance | least active-linknumber | max active-linknumber | "
        "flow-control | carrier | set flow-stat",
        _LINK,
    ),
    *inert(
        "ipv6 enable | ipv6 mtu | ipv6 nd | ipv6 address auto link-local | ospf | ospfv3 | arp",
        _ROUTES,
    ),
    notes("vrrp", vrrp, _HOLDS, undo=no_vrrp),
    notes("vrrp6", vrrp, _HOLDS, undo=no_vrrp),
    *inert("bfd", _WATCHES),
    notes(
        "lldp enable",
        clients.port_discovers(on=True),
        _TELLS,
        undo=clients.port_discovers(on=False),
    ),
    notes(
        "lldp disable",
        clients.port_discovers(on=False),
        _TELLS,
        undo=clients.port_discovers(on=True),
    ),
    *inert("lldp tlv-enable | lldp compliance | enable snmp trap updown", _TELLS),
    notes(
        "ip binding vpn-instance",
        clients.binds_instance,
        "which table of routes holds its networks",
        undo=clients.unbinds_instance,
    ),
    *(
        notes(
            f"{family} netstream {way}",
            clients.counts_flows(on=True),
            _TELLS,
            undo=clients.counts_flows(on=False),
        )
        for family in ("ip", "ipv6")
        for way in ("inbound", "outbound")
    ),
    *(
        notes(
            f"netstream {way}",
            clients.counts_flows(on=True),
            _TELLS,
            undo=clients.counts_flows(on=False),
        )
        for way in ("inbound", "outbound")
    ),
    *inert("ip netstream sampler | ipv6 netstream sampler", _TELLS),
)

_ROUTING = (
    "router-id | peer | group | network | aggregate | import-route | undo synchronization | "
    "preference | maximum | timer | graceful-restart | default | "
    "bestroute | reflector | confederation | dampening | default-route-advertise | summary | "
    "undo policy vpn-target | bfd | silent-interface | bandwidth-reference | stub-router | "
    "authentication-mode | description | if-match | apply | goto next-node | "
    "route-distinguisher | vpn-target | ecmp | nexthop | as-notation | filter-policy | nssa | "
    "stub | vlink-peer | lsa-arrival-interval | lsa-originate-interval | spf-schedule-interval | "
    "compare-different-as-med | load-balancing | auto-frr | advertise | tnl-policy"
)

MANAGEMENT_VIEWS: Mapping[str, View[Any]] = {
    **PLANE_VIEWS,
    "routing": (
        *inert("ipv4-family | ipv6-family | area", _ROUTES, enters="routing-part"),
        *inert(_ROUTING, _ROUTES),
    ),
    "routing-part": tuple(inert(_ROUTING, _ROUTES)),
    "watch": tuple(
        inert(
            "discriminator | min-tx-interval | min-rx-interval | detect-multiplier | commit | "
            "wtr | process-pst | description | test-type | destination-address | frequency | "
            "probe-count | timeout | interval | start now | start | source-address | "
            "source-interface | fail-percent | tos | mpls-passive | delay-up | "
            "default-ip-address",
            _WATCHES,
        )
    ),
    "time-range": tuple(inert("period-range | absolute-range | description", _CLOCK)),
    "acl": (
        notes("rule", lists.rule, _MATCHER, undo=lists.undo_rule),
        notes("step", lists.step, _MATCHER, undo=lists.step),
        *inert("description", _TEXT),
    ),
}
