"""Commands of VRP devices that no packet's passing depends on, with the reason; for every grammar.

Heads are as long as needed to name nothing else: `undo` of them is as harmless. Source: grammar
notes §2.4, §3.2 to §3.6.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from telemed_infra.parse.vrp.arguments import nothing, one
from telemed_infra.parse.vrp.engine import Command, Effect, Unreadable, View, Words, inert, notes

_TEXT = "a text for people"
_ADMINISTRATORS = "who may log in, and how; judged after the packet is let in"
_TELLS = "tells others about the device, changes nothing"
_ROUTES = "routing: where packets go, not whether they may"
_CLOCK = "time"
_WATCHES = "watches a path or a neighbour"
_MATCHER = "a list; it filters nothing until a line binds it, and such a line is read or not"
_LINK = "the link's own settings"

Commands = tuple[Command[Any], ...]


def banner(words: Words) -> Effect[Any]:
    """`header <when> information "<text>"` on one line; one over several might hide commands."""
    if len(words) != 3 or " " not in words[2] or '"' in words[2]:
        raise Unreadable("a banner is read if it is some words in quotes, on one line")
    return lambda _state, _line: None


def no_banner(words: Words) -> Effect[Any]:
    """`undo header <when>`."""
    one(words)
    return lambda _state, _line: None


def bare(words: Words) -> Effect[Any]:
    """A command without arguments and without effect."""
    nothing(words)
    return lambda _state, _line: None


MANAGEMENT: Commands = (
    *inert("info-center | snmp-agent | ntp-service | lldp", _TELLS),
    *inert("clock", _CLOCK),
    *inert("time-range", _CLOCK, enters="time-range"),
    *inert(
        "stelnet server | stelnet ipv4 server | stelnet ipv6 server | telnet server | "
        "telnet ipv4 server | telnet ipv6 server | telnet server-source | ssh | sftp server | "
        "ftp server | scp server | http server | http secure-server | http timeout | "
        "hwtacacs enable | rsa | ecc | pki | super password",
        _ADMINISTRATORS,
    ),
    notes("header", banner, _TEXT, undo=no_banner),
    *inert("aaa", _ADMINISTRATORS, enters="aaa"),
    *inert("user-interface", _ADMINISTRATORS, enters="user-interface"),
    *inert(
        "hwtacacs-server template | radius-server template", _ADMINISTRATORS, enters="aaa-server"
    ),
    *inert("dns resolve | dns server | dns domain", "the device's own names"),
    *inert("ip route-static | ipv6 route-static", _ROUTES),
    *inert("ip ip-prefix | ip ipv6-prefix | ip community-filter | ip as-path-filter", _ROUTES),
    notes("ipv6", bare, _ROUTES, undo=bare),
    *inert("router id | arp", _ROUTES),
    *inert("ip vpn-instance | bgp | ospf | ospfv3 | route-policy", _ROUTES, enters="routing"),
    *inert("bfd | nqa test-instance", _WATCHES, enters="watch"),
    *inert("acl", _MATCHER, enters="acl"),
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
    *inert("vrrp | vrrp6", "which of two devices holds an address"),
    *inert("bfd", _WATCHES),
    *inert("lldp | enable snmp trap updown", _TELLS),
)

_AAA_PARTS = (
    "authentication-scheme | authorization-scheme | accounting-scheme | recording-scheme | "
    "domain | manager-user | role"
)
_AAA = (
    "authentication-scheme | authorization-scheme | accounting-scheme | authentication-mode | "
    "authorization-mode | accounting-mode | accounting start-fail | accounting realtime | "
    "accounting interim-fail | service-type | local-user | password | "
    "level | ssh | hwtacacs-server | radius-server | access-limit | reference | "
    "authorization-cmd | bind | description | dashboard | acl-number | internet-access | "
    "local-aaa-user | recording-scheme | recording-mode | cmd | state | audit-admin | "
    "lock-authentication | user-aging | ftp-directory"
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
    "aaa": (
        *inert(_AAA_PARTS, _ADMINISTRATORS, enters="aaa-part"),
        *inert(_AAA, _ADMINISTRATORS),
    ),
    "aaa-part": tuple(inert(_AAA, _ADMINISTRATORS)),
    "user-interface": tuple(
        inert(
            "acl | authentication-mode | protocol inbound | idle-timeout | user privilege | "
            "set authentication password | shell | screen-length | history-command",
            _ADMINISTRATORS,
        )
    ),
    "aaa-server": tuple(inert("hwtacacs-server | radius-server", _ADMINISTRATORS)),
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
    "acl": tuple(inert("rule | step | description", _MATCHER)),
}
