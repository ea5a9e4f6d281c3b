"""The tables of IOS switches: VLANs, ports, and what touches neither.

Source: docs/reference/platforms.md. Left out on purpose, so that they are unread: lists and maps
bound to ports or VLANs, private and protected ports, 802.1Q tunnels, subinterfaces, RSPAN and
suspended VLANs, VLANs that authentication assigns, macros, templates, multicast between VLANs
(routers have it, and another reader).
"""

from __future__ import annotations

from telemed_infra.parse.frr.engine import CONFIG, Grammar, Row, View, says
from telemed_infra.parse.ios import ports
from telemed_infra.parse.ios.forwarding import FORWARDING
from telemed_infra.parse.ios.list_grammar import LIST_VIEWS, LISTS
from telemed_infra.parse.ios.management import (
    CRYPTO,
    INTERFACE,
    MANAGEMENT,
    MANAGEMENT_VIEWS,
    MARKS,
    ROUTES,
    TEXT,
    TUNNEL_PORT,
    exactly,
    inert,
)
from telemed_infra.parse.ios.plane.guard_grammar import GUARDS, GUARDS_OF_PORT
from telemed_infra.parse.ios.state import Ios, hostname, refused
from telemed_infra.parse.ios.terminals import lines_of_network, network_line
from telemed_infra.parse.ios.values import ALL_VLANS

Rows = tuple[Row[Ios], ...]

_ADDRESS = "an address"
_GUARD = "stops hosts that misbehave; no VLAN passes or stops by it"
_LOOPS = "keeps a loop from forming"
_PORT_ACCESS = "who may speak on a port; the VLAN stays that of the port"
_NO_DTP = "the mode is the line's that names it"
_INTERNAL = "which numbers the system uses for itself"
_LISTS = "a list that nothing binds but what is read as such"
_MULTICAST = "who is given a group; judged with the VLAN"
_ALL_TAGGED = "trunks would tag the native VLAN, which is not modelled"
_ANOTHER_WAY = "packets would go another way than the routing table says"
_BY_DTP = "how the tag is chosen is negotiated"

_GUARDS: Rows = (
    *inert(_LOOPS, "spanning-tree mst configuration", enters="mst"),
    *inert(_GUARD, "device-tracking policy", enters="tracking"),
    *inert(_GUARD, "ipv6 nd raguard policy | ipv6 dhcp guard policy", enters="first-hop"),
)
"""What opens a view and begins like a line of an interface: known in both places."""

_SNOOPING: Rows = (
    Row("ip igmp snooping", ports.snoop(on=True), inert=True, why=_MULTICAST),
    Row("no ip igmp snooping", ports.snoop(on=False), inert=True, why=_MULTICAST),
    Row("ip igmp snooping vlan (1-4094)", ports.snoop_vlan(on=True), inert=True, why=_MULTICAST),
    Row("no ip igmp snooping vlan (1-4094)", ports.snoop_vlan(on=False), inert=True,
        why=_MULTICAST),
)  # fmt: skip
"""Whether, and where; other lines of it are unread."""

_CONFIG: Rows = (
    Row("hostname WORD", hostname, inert=True, why="a name"),
    says("interface range LINE", ports.enter_range, enters="interface"),
    says("interface LINE", ports.enter_interface, enters="interface"),
    says("no interface LINE", ports.remove_interface),
    says("default interface LINE", ports.default_interface),
    *inert(_INTERNAL, "vlan internal allocation policy | vlan access-log"),
    says("vlan dot1q tag native", refused(_ALL_TAGGED)),
    *exactly(_LOOPS, "no vlan dot1q tag native"),
    says("vlan LINE", ports.define_vlans, enters="vlan"),
    says("no vlan LINE", ports.remove_vlans),
    says("vtp mode WORD", ports.vtp("vtp_mode")),
    says("vtp domain WORD", ports.vtp("vtp_domain")),
    *inert("a password or version of VTP", "vtp password | vtp version"),
    *(Row(row.pattern, row.effect, row.enters, inert=True, why=_LISTS) for row in LISTS),
    *GUARDS,
    *inert(_LOOPS, "mac address-table | mac-address-table | loopdetect"),
    *inert(_GUARD, "ip arp inspection | ip source binding"),
    *inert(_GUARD, "storm-control"),
    *_GUARDS,
    *inert(_GUARD, "ip device tracking | device-tracking"),
    *inert(_PORT_ACCESS, "dot1x logging | authentication mac-move | dot1x critical eapol"),
    *inert(_PORT_ACCESS, "authentication critical"),
    *inert("shares load among members", "port-channel load-balance | lacp system-priority"),
    *_SNOOPING,
    *exactly(ROUTES, "ipv6 unicast-routing"),
    *lines_of_network(judged=False),
    *FORWARDING,
    *CRYPTO,
    *MANAGEMENT,
)


_SWITCHPORT: Rows = (
    says("switchport mode <access|trunk>", ports.mode),
    says("switchport mode WORD [LINE]", ports.mode),
    says("no switchport mode [LINE]", ports.unsay("mode", "")),
    says("switchport access vlan WORD", ports.vlan_of("access")),
    says("no switchport access vlan [WORD]", ports.unsay("access", 1)),
    says("switchport trunk native vlan WORD", ports.vlan_of("native")),
    says("no switchport trunk native vlan [WORD]", ports.unsay("native", 1)),
    says("switchport trunk allowed vlan LINE", ports.allow),
    says("no switchport trunk allowed vlan [LINE]", ports.unsay("allowed", ALL_VLANS)),
    *exactly(_NO_DTP, "switchport nonegotiate"),
    *exactly(_NO_DTP, "switchport trunk encapsulation dot1q", keeps=True),
    says("switchport trunk encapsulation WORD", refused(_BY_DTP)),
    *exactly(_GUARD, "switchport block <unicast|multicast>"),
    *inert(_LOOPS, "switchport trunk pruning vlan"),
    says("switchport voice vlan none", ports.no_voice),
    says("switchport voice vlan WORD", ports.voice),
    says("no switchport voice vlan [WORD]", ports.no_voice),
    says("switchport", ports.sets("routed", value=False)),
    says("no switchport", ports.sets("routed", value=True)),
    says("channel-group (1-256) mode <active|passive|on|auto|desirable>", ports.join_bundle),
    says("no channel-group [LINE]", ports.leave_bundle),
)

_INTERFACE: Rows = (
    *_GUARDS,
    Row("description LINE", ports.describe, inert=True, why=TEXT),
    Row("no description [LINE]", ports.describe, inert=True, why=TEXT),
    *_SWITCHPORT,
    says("shutdown", ports.sets("shut", value=True)),
    says("no shutdown", ports.sets("shut", value=False)),
    Row("ip address A.B.C.D A.B.C.D [<secondary>]", ports.add_ipv4, inert=True, why=_ADDRESS),
    Row("no ip address [A.B.C.D A.B.C.D] [<secondary>]", ports.remove_ipv4, inert=True,
        why=_ADDRESS),
    says("ip address dhcp [LINE]", refused("the address comes from elsewhere")),
    Row("ipv6 address X:X::X:X/M [<anycast>]", ports.add_ipv6, inert=True, why=_ADDRESS),
    Row("ipv6 address WORD link-local", ports.link_local, inert=True, why=_ADDRESS),
    Row("no ipv6 address [X:X::X:X/M] [<anycast>]", ports.remove_ipv6, inert=True, why=_ADDRESS),
    says("vrf forwarding WORD", ports.join_vrf),
    *exactly(ROUTES, "ipv6 enable"),
    *GUARDS_OF_PORT,
    says("ip policy LINE", refused(_ANOTHER_WAY)),
    *exactly(ROUTES, "no ip policy route-map [WORD]"),
    *inert(_LOOPS, "udld"),
    *inert(_GUARD, "storm-control | ip arp inspection | device-tracking | ip device tracking"),
    *inert(_GUARD, "errdisable | ipv6 dhcp guard"),
    *inert(MARKS, "mls qos | trust device | srr-queue | queue-set | priority-queue"),
    *TUNNEL_PORT,
    *INTERFACE,
)  # fmt: skip

SWITCH: Grammar[Ios] = {
    **MANAGEMENT_VIEWS,
    **{
        name: View(
            tuple(
                Row(row.pattern, row.effect, row.enters, inert=True, why=_LISTS)
                for row in view.rows
            )
        )
        for name, view in LIST_VIEWS.items()
    },
    CONFIG: View(_CONFIG),
    "interface": View(_INTERFACE),
    "vlan": View(
        (
            *inert(TEXT, "name"),
            *exactly("the default", "state active", "no shutdown", "no remote-span", keeps=True),
        )
    ),
    "terminal": network_line(judged=False),
    "mst": View(tuple(inert(_LOOPS, "name | revision | instance"))),
    "first-hop": View(
        tuple(inert(_GUARD, "device-role | trusted-port | managed-config-flag | hop-limit"))
    ),
    "tracking": View(
        tuple(
            inert(_GUARD, "tracking enable | trusted-port | security-level | limit | no protocol")
        )
    ),
}
