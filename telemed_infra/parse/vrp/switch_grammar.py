"""The tables of VRP5 switches (S series): views, heads, and what each does or why it does nothing.

Source: docs/reference/platforms.md.
Left out on purpose, so that they are unread: hybrid ports, `voice-vlan`,
QinQ, `mux-vlan`, `port-isolate`, `traffic-filter`, `traffic-secure`, a behavior's `deny`,
`redirect` and `remark vlan-id`, VLANs that authentication assigns, subinterfaces.
"""

from __future__ import annotations

from telemed_infra.parse.vrp import switch_state as do
from telemed_infra.parse.vrp.engine import SYSTEM, Grammar, View, inert, notes, says
from telemed_infra.parse.vrp.management import (
    INTERFACE_MANAGEMENT,
    MANAGEMENT,
    MANAGEMENT_VIEWS,
)
from telemed_infra.parse.vrp.switch_state import Switch

_GUARD = "stops hosts that misbehave; no VLAN passes or stops by it"
_LOOPS = "keeps a loop from forming"
_PORT_ACCESS = "who may speak on a port; the VLAN stays that of the port"
_MULTICAST = "multicast"
_MARKS = "marks or delays packets; a list with a deny is unread"
_TEXT = "a text for people"

_SYSTEM: View[Switch] = (
    notes("sysname", do.sysname, "a name"),
    says("vlan batch", do.define_vlans, undo=do.undo_vlans),
    says("vlan", do.enter_vlan, undo=do.undo_vlan, enters="vlan"),
    says("interface", do.enter_interface, enters="interface"),
    notes("acl", do.enter_list, "a list that nothing binds but what is read as such", enters="acl"),
    *inert("traffic classifier", _MARKS, enters="classifier"),
    *inert("traffic behavior", _MARKS, enters="behavior"),
    *inert("traffic policy", _MARKS, enters="traffic-policy"),
    *inert("traffic-policy | qos", _MARKS),
    *inert("qos schedule-profile", _MARKS, enters="queues"),
    *inert("stp region-configuration", _LOOPS, enters="region"),
    *inert("stp | loopback-detect | error-down", _LOOPS),
    *inert("dhcp | arp | cpu-defend policy | mac-address flapping", _GUARD),
    *inert(
        "dot1x-access-profile | mac-access-profile | authentication-profile",
        _PORT_ACCESS,
        enters="access-profile",
    ),
    *inert("igmp-snooping | multicast routing-enable", _MULTICAST),
    *inert("pim", _MULTICAST, enters="pim"),
    *inert("set save-configuration", "when the text is saved"),
    *MANAGEMENT,
)

_VLAN: View[Switch] = (
    *inert("description | name", _TEXT),
    *inert("dhcp | arp | ip source check", _GUARD),
    *inert("igmp-snooping", _MULTICAST),
)

_INTERFACE: View[Switch] = (
    notes("description", do.describe, _TEXT),
    says("port link-type", do.link_type),
    says("port default vlan", do.access_vlan, undo=do.undo_access_vlan),
    says("port trunk pvid vlan", do.native_vlan, undo=do.undo_native_vlan),
    says("port trunk allow-pass vlan", do.allow_vlans, undo=do.undo_allow_vlans),
    says("eth-trunk", do.join_bundle, undo=do.undo_join_bundle),
    says("shutdown", do.sets("shut", value=True), undo=do.sets("shut", value=False)),
    says("portswitch", do.sets("routed", value=False), undo=do.sets("routed", value=True)),
    notes("ip address", do.add_address, "an address", undo=do.undo_address),
    notes("ipv6 address", do.add_address, "an address", undo=do.undo_address),
    *inert("stp | loopback-detect | bpdu enable", _LOOPS),
    *inert(
        "port-security | dhcp | ip source check | storm-control | broadcast-suppression | "
        "multicast-suppression | unicast-suppression",
        _GUARD,
    ),
    *inert("authentication-profile", _PORT_ACCESS),
    *inert("ip binding vpn-instance", "which table of routes holds its networks"),
    *inert("trust | qos | traffic-policy", _MARKS),
    *inert("pim | igmp | igmp-snooping", _MULTICAST),
    *INTERFACE_MANAGEMENT,
)

VRP: Grammar[Switch] = Grammar(
    {
        **MANAGEMENT_VIEWS,
        SYSTEM: _SYSTEM,
        "vlan": _VLAN,
        "interface": _INTERFACE,
        "acl": (
            notes("rule", do.list_rule, "a list's rule"),
            *inert("step | description", _TEXT),
        ),
        "classifier": (
            notes("if-match acl", do.match_list, _MARKS),
            notes("if-match ipv6 acl", do.match_list, _MARKS),
            *inert(
                "if-match dscp | if-match vlan-id | if-match any | if-match 8021p | description",
                _MARKS,
            ),
        ),
        "behavior": tuple(
            inert(
                "permit | remark dscp | remark 8021p | remark local-precedence | car | "
                "statistic enable | queue | trust | description",
                _MARKS,
            )
        ),
        "traffic-policy": tuple(inert("classifier | description", _MARKS)),
        "queues": tuple(inert("qos", _MARKS)),
        "region": tuple(
            inert(
                "region-name | instance | revision-level | active region-configuration | "
                "check region-configuration",
                _LOOPS,
            )
        ),
        "access-profile": tuple(
            inert(
                "dot1x | dot1x-access-profile | mac-access-profile | mac-authen | access-domain",
                _PORT_ACCESS,
            )
        ),
        "pim": tuple(inert("static-rp | c-rp | c-bsr", _MULTICAST)),
    }
)
