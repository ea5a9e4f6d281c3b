"""The tables of Comware 7 switches: views, heads, and what each does or why it does nothing.

Source: docs/reference/platforms.md. What drops packets, moves them into another VLAN or differs
by product is named on purpose, with the reason why it is not read.
"""

from __future__ import annotations

from telemed_infra.parse.comware import management_lists as bound
from telemed_infra.parse.comware import switch_groups as groups
from telemed_infra.parse.comware import switch_guards as guard
from telemed_infra.parse.comware import switch_lists as lists
from telemed_infra.parse.comware import switch_policies as policies
from telemed_infra.parse.comware import switch_ports as ports
from telemed_infra.parse.comware import switch_vlans as vlans
from telemed_infra.parse.comware.abbreviations import abbreviated
from telemed_infra.parse.comware.management import ON_INTERFACE
from telemed_infra.parse.comware.switch_guard_rows import PORT_GUARDS, refused
from telemed_infra.parse.comware.switch_management import (
    LEASES,
    LINK,
    MANAGEMENT,
    MANAGEMENT_VIEWS,
    ROUTES,
    TELLS,
    TEXT,
    WATCHES,
)
from telemed_infra.parse.comware.switch_state import Switch
from telemed_infra.parse.vrp.engine import (
    SYSTEM,
    Command,
    Grammar,
    View,
    inert,
    notes,
    says,
)
from telemed_infra.parse.vrp.management_lists import together

_GUARD = "stops hosts that misbehave; no VLAN passes or stops by it"
_LOOPS = "keeps a loop from forming"
_MULTICAST = "who is given a group; judged with the VLAN"
_MULTICAST6 = "who is given a group of IPv6, which nobody is sent"
_MARKS = "marks, counts or delays packets"
_COPIES = "copies frames for a sensor"
_ADDRESS = "an address"
_VIRTUAL = "which of two devices holds an address"
_FILTERED = "a filter, judged with the list that it names"
_LIST = "a list; it filters nothing until a line binds it, and such a line is read or not"

_RETAGS = "it changes the tags of frames, or the VLAN that a host is in"
_ISOLATES = "it keeps ports of one VLAN apart"
_DROPS = "it drops packets, and is not modelled"
_STACK = "a port of a stack carries every VLAN"
_LATER = "it may change the configuration at another time"


def _device(head: str, field: str, why: str) -> Command[Switch]:
    """A bare command that turns something on for the whole device."""
    on, off = guard.sets_device(field, value=True), guard.sets_device(field, value=False)
    return notes(head, on, why, undo=off)


_SYSTEM: View[Switch] = (
    notes("sysname", ports.sysname, "a name"),
    says("vlan", vlans.enter_vlan, undo=vlans.undo_vlan, enters="vlan"),
    says("interface", ports.enter_interface, undo=ports.undo_interface, enters="interface"),
    says("interface range", ports.enter_range, undo=ports.undo_range, enters="interface"),
    notes(
        "acl",
        together(lists.enter_list, bound.enter_list),
        _LIST,
        undo=together(lists.undo_list, bound.undo_list),
        enters="acl",
    ),
    notes("packet-filter", lists.bind_filter, _FILTERED, undo=lists.undo_bind_filter),
    notes(
        "packet-filter default deny",
        lists.filters_deny(value=True),
        "what bound filters leave over; none of them is read",
        undo=lists.filters_deny(value=False),
    ),
    notes(
        "traffic classifier",
        lists.define(policies.CLASSIFIER),
        _MARKS,
        undo=lists.undo_define(policies.CLASSIFIER),
        enters="classifier",
    ),
    notes(
        "traffic behavior",
        lists.define(policies.BEHAVIOR),
        _MARKS,
        undo=lists.undo_define(policies.BEHAVIOR),
        enters="behavior",
    ),
    notes(
        "qos policy",
        lists.define(policies.QOS_POLICY),
        _MARKS,
        undo=lists.undo_define(policies.QOS_POLICY),
        enters="qos policy",
    ),
    notes("qos apply policy", policies.apply_policy, _MARKS, undo=policies.undo_apply_policy),
    notes("qos vlan-policy", policies.apply_policy, _MARKS, undo=policies.undo_apply_policy),
    *inert("qos map-table | qos trust | qos wred", _MARKS, enters="queues"),
    *inert("stp region-configuration", _LOOPS, enters="region"),
    _device("stp global enable", "spanning", _LOOPS),
    _device("stp bpdu-protection", "bpdu_guard", _LOOPS),
    *inert(
        "stp mode | stp priority | stp root | stp instance | stp timer | stp timer-factor | "
        "stp bridge-diameter | stp tc-protection | stp tc-snooping | stp pathcost-standard | "
        "stp max-hops | stp vlan | stp mst-cist-root | loopback-detection | bpdu-tunnel dot1q",
        _LOOPS,
    ),
    *inert("link-aggregation | lacp | dldp", LINK),
    *inert("arp | ipv6 nd | mac-address timer | mac-address notification | burst-mode", _GUARD),
    notes(
        "dhcp snooping enable", guard.snoop(value=True), _GUARD, undo=guard.snoop(value=False)
    ),
    *inert("dhcp snooping | ipv6 dhcp snooping", _GUARD),
    notes(
        "port-security enable",
        guard.secure_all(value=True),
        _GUARD,
        undo=guard.secure_all(value=False),
    ),
    *inert(
        "port-security timer | port-security oui | port-security mac-move | port-security "
        "authorization | port-security nas-id-profile | port-security trap",
        _GUARD,
    ),
    notes("dot1x", guard.ask_all("dot1x", value=True), _GUARD,
          undo=guard.ask_all("dot1x", value=False)),
    *inert(
        "dot1x authentication-method | dot1x timer | dot1x quiet-period | dot1x retry | "
        "dot1x domain-delimiter | dot1x access-user",
        _GUARD,
    ),
    *inert("radius-server test-profile", "when a server counts as one that does not answer"),
    notes(
        "mac-authentication",
        guard.ask_all("mac-authentication", value=True),
        _GUARD,
        undo=guard.ask_all("mac-authentication", value=False),
    ),
    *inert(
        "mac-authentication timer | mac-authentication "
        "user-name-format | mac-authentication authentication-method",
        _GUARD,
    ),
    notes(
        "mac-authentication domain",
        guard.device_domain(on=True),
        _GUARD,
        undo=guard.device_domain(on=False),
    ),
    *inert("voice-vlan", "which addresses are phones; judged with the ports that name it"),
    notes(
        "igmp-snooping",
        groups.enter_snooping,
        _MULTICAST,
        undo=groups.undo_snooping,
        enters="igmp-snooping",
    ),
    *inert("mld-snooping", _MULTICAST6, enters="mld-snooping"),
    *refused("mirroring-group remote-probe", _RETAGS),
    *inert("mirroring-group", _COPIES),
    *refused("mac-vlan | vlan-group | dot1q-termination | l2vpn | vsi", _RETAGS),
    *refused("irf-port | irf-port-configuration", _STACK),
    *refused("scheduler job | scheduler schedule | rtm | python", _LATER),
    *refused("attack-defense | blacklist | mac-address blackhole | control-plane", _DROPS),
    *refused("smart-link | monitor-link | rrpp | erps", "it opens and shuts ports by itself"),
    *MANAGEMENT,
)  # fmt: skip

_VLAN: View[Switch] = (
    notes("name", vlans.in_open_vlan, TEXT, undo=vlans.in_open_vlan),
    notes("description", vlans.in_open_vlan, TEXT, undo=vlans.in_open_vlan),
    says("port", vlans.add_ports, undo=vlans.remove_ports),
    notes(
        "dhcp snooping binding record",
        guard.record_in_vlan(value=True),
        _GUARD,
        undo=guard.record_in_vlan(value=False),
    ),
    *inert("dhcp snooping | ipv6 dhcp snooping | ipv6 nd | arp detection", _GUARD),
    notes(
        "igmp-snooping enable",
        groups.snoop_open_vlan(on=True),
        _MULTICAST,
        undo=groups.snoop_open_vlan(on=False),
    ),
    notes("igmp-snooping disable", groups.snoop_open_vlan(on=False), _MULTICAST),
    notes(
        "igmp-snooping",
        groups.other_lines,
        _MULTICAST,
        undo=groups.snoop_open_vlan(on=False),
    ),
    notes("igmp-snooping version", groups.version, _MULTICAST, undo=groups.undo_version),
    *inert("mld-snooping", _MULTICAST6),
    *inert("loopback-detection | mac-address max-mac-count", _LOOPS),
    *refused("supervlan | subvlan | private-vlan | isolate-user-vlan", _ISOLATES),
    *refused("ip-subnet-vlan | protocol-vlan", _RETAGS),
)

_VLAN_LINES: View[Switch] = (
    says("port link-mode", ports.link_mode),
    says("port link-type", vlans.link_type, undo=vlans.undo_link_type),
    says("port access vlan", vlans.access_vlan, undo=vlans.undo_access_vlan),
    says("port trunk permit vlan", vlans.permit, undo=vlans.undo_permit),
    says("port trunk pvid vlan", vlans.pvid("trunk")),
    says("port trunk pvid", vlans.no_words, undo=vlans.undo_pvid("trunk")),
    says("port hybrid vlan", vlans.hybrid_vlans, undo=vlans.undo_hybrid_vlans),
    says("port hybrid pvid vlan", vlans.pvid("hybrid")),
    says("port hybrid pvid", vlans.no_words, undo=vlans.undo_pvid("hybrid")),
    says("port link-aggregation group", ports.join_bundle, undo=ports.undo_join_bundle),
    says("voice-vlan", ports.voice_vlan, undo=ports.undo_voice_vlan),
    says(
        "voice-vlan mode auto",
        ports.voice_by_phone(value=True),
        undo=ports.voice_by_phone(value=False),
    ),
    *inert("voice-vlan qos", _MARKS),
    says("shutdown", ports.shut(value=True), undo=ports.shut(value=False)),
    *refused("port hybrid protocol-vlan | port hybrid ip-subnet-vlan | mac-vlan", _RETAGS),
    *refused("port pvid forbidden | vlan precedence | qinq | vlan mapping | mvrp", _RETAGS),
    *refused("port private-vlan | port-isolate | port isolate", _ISOLATES),
    *refused("port bridge | port service-loopback | service-instance", _RETAGS),
    *refused("port multicast-vlan | subvlan | xconnect", _RETAGS),
    *refused("port m-lag | port drni | port smart-link | port monitor-link",
             "it opens and shuts ports by itself"),
    *refused("default", "some lines may stay: the manual says to look"),
)  # fmt: skip

_INTERFACE: View[Switch] = (
    notes("description", ports.describe, TEXT, undo=ports.describe),
    *_VLAN_LINES,
    *PORT_GUARDS,
    notes("ip address", ports.add_address, _ADDRESS, undo=ports.undo_address),
    notes("ipv6 address", ports.add_address6, _ADDRESS, undo=ports.undo_address6),
    *inert("ipv6 address auto link-local", _ADDRESS),
    *refused("ip address dhcp-alloc | ip address unnumbered", "its address is not in the text"),
    *refused("ipv6 address auto | ipv6 address dhcp-alloc", "its address is not in the text"),
    notes("ip binding vpn-instance", ports.bind_instance, ROUTES, undo=ports.bind_instance),
    notes("vrrp vrid", policies.vrrp, _VIRTUAL, undo=policies.undo_vrrp),
    notes("vrrp ipv6 vrid", policies.vrrp, _VIRTUAL, undo=policies.undo_vrrp),
    *inert("vrrp version", _VIRTUAL),
    notes("packet-filter", lists.bind_filter, _FILTERED, undo=lists.undo_bind_filter),
    *inert("packet-filter default inbound | packet-filter default outbound", _FILTERED),
    notes("qos apply policy", policies.apply_policy, _MARKS, undo=policies.undo_apply_policy),
    *inert("qos trust | qos priority | qos sp | qos wrr | qos wfq | qos bandwidth", _MARKS),
    *inert("qos lr | qos gts | qos wred | qos map-table", _MARKS),
    *inert("loopback-detection | dldp", _LOOPS),
    *inert("mirroring-group | sflow", _COPIES),
    *ON_INTERFACE,
    *inert("enable snmp trap updown", TELLS),
    *inert("dhcp select | dhcp relay | dhcp server | dhcp client", LEASES),
    *inert(
        "arp | ipv6 nd | ipv6 mtu | ospf | ospfv3 | ip mtu | tcp mss | local-proxy-arp | proxy-arp "
        "| ip redirects",
        ROUTES,
    ),
    *inert("bfd", WATCHES),
    *inert("mld-snooping", _MULTICAST6),
    *inert(
        "combo enable | speed | duplex | mdix-mode | flow-control | jumboframe | link-delay | "
        "flow-interval | bandwidth | eee | port up-mode | port auto-power-down | mtu | poe | "
        "priority-flow-control | link-aggregation mode | link-aggregation port-priority | "
        "link-aggregation load-sharing | link-aggregation selected-port | "
        "link-aggregation ignore | link-aggregation irf-enhanced | lacp | mac-address information",
        LINK,
    ),
)

COMWARE: Grammar[Switch] = Grammar(
    {
        **MANAGEMENT_VIEWS,
        SYSTEM: _SYSTEM,
        "vlan": _VLAN,
        "interface": _INTERFACE,
        "acl": (
            notes(
                "rule",
                together(lists.rule, bound.rule),
                "a list's rule",
                undo=together(lists.undo_rule, bound.undo_rule),
            ),
            notes(
                "step",
                together(lists.step, bound.step),
                "numbers of rules",
                undo=together(lists.step, bound.step),
            ),
            *inert("description", TEXT),
        ),
        "classifier": (
            notes("if-match acl", policies.match_list, _MARKS, undo=policies.undo_match_list),
            notes("if-match not acl", policies.match_list, _MARKS, undo=policies.undo_match_list),
            *inert(
                "if-match dscp | if-match dot1p | if-match any | if-match ip-precedence | "
                "if-match local-precedence | if-match protocol | if-match customer-vlan-id | "
                "if-match service-vlan-id | if-match customer-dot1p | if-match service-dot1p | "
                "if-match source-mac | if-match destination-mac | if-match qos-local-id | "
                "if-match not dscp | description",
                _MARKS,
            ),
        ),
        "behavior": (
            notes("filter", policies.filter_action, _MARKS),
            *inert(
                "remark dscp | remark dot1p | remark local-precedence | remark ip-precedence | "
                "remark drop-precedence | remark qos-local-id | remark green | remark yellow | "
                "remark red | car | accounting | queue | wred | gts | mirror-to | description",
                _MARKS,
            ),
            *refused("remark service-vlan-id | remark customer-vlan-id | nest", _RETAGS),
            *refused("redirect", "it sends packets elsewhere"),
        ),
        "qos policy": (
            notes("classifier", policies.pair, _MARKS, undo=policies.undo_pair),
            *inert("description", _MARKS),
        ),
        "queues": tuple(inert("import | queue", _MARKS)),
        "region": tuple(
            inert(
                "region-name | instance | revision-level | active region-configuration | "
                "check region-configuration | vlan-mapping modulo",
                _LOOPS,
            )
        ),
        "igmp-snooping": (
            notes(
                "enable",
                groups.snoop_vlans(on=True),
                _MULTICAST,
                undo=groups.snoop_vlans(on=False),
            ),
            notes("version", groups.versions, _MULTICAST, undo=groups.undo_versions),
        ),
        "mld-snooping": tuple(
            inert(
                "global-enable | drop-unknown | fast-leave | version | query-interval | "
                "max-response-time | host-aging-time | report-aggregation | enable | entry-limit",
                _MULTICAST6,
            )
        ),
    },
    abbreviated,
)
