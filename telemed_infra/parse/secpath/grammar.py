"""The tables of SecPath F1000 (Comware 7): views, heads, what each does or why it does nothing.

Source: docs/reference/platforms.md. What is not here is not read, so a platform's next feature
fails closed; where a device would do something that the parser cannot say, a row says why not
(`refuses`).
"""

from __future__ import annotations

from collections.abc import Iterable

from telemed_infra.packets import Family
from telemed_infra.parse.secpath import break_out, dpi, groups, rules, translations, zones
from telemed_infra.parse.secpath.backup import BACKUP, GROUP, TRACK
from telemed_infra.parse.secpath.ipsec_grammar import PORT_ROWS
from telemed_infra.parse.secpath.management import (
    INTERFACE_MANAGEMENT,
    MANAGEMENT,
    MANAGEMENT_VIEWS,
)
from telemed_infra.parse.secpath.state import SecPath
from telemed_infra.parse.vrp.engine import (
    SYSTEM,
    Command,
    Effect,
    Grammar,
    Unreadable,
    View,
    Words,
    inert,
    notes,
    says,
)
from telemed_infra.parse.vrp.vrrp import COMWARE, HOLDS, undo_vrrp, vrrp

_TEXT = "a text for people"
_LIMIT = "drops floods and malformed packets, opens nothing"
_REFERENCE = "a definition; only a line that binds it could matter, and such a line is read or not"
_UNBOUND = "the default of packet filters; a line that binds one is not read"

_NAT = (
    "a translation that neither changes own addresses one to one, and both ways, nor hides those "
    "of an access list behind a port"
)
_SIX = "packets of IPv6 would go another way than the routing table says"
_OLD_MODEL = (
    "object policies and zone pairs stop working once a security policy is entered: "
    "write security-policy rules"
)
_FILTER = "what a packet filter and the security policy do together is not known"
_BYPASS = "whether it lets packets to the box pass the policy is not known"
_BY_ADDRESS = "members of a zone that are no interfaces are not read"
_VPN = "rules judge packets of the public network; those of a VPN instance are not read"
_GROUPED = "a group of rules may switch them off; none is read"
_SIGNATURE = "it may drop messages that the policy permits"
_SWITCH = "whether the security policy is in force then is not known"


def refuses(heads: str, why: str) -> Iterable[Command[SecPath]]:
    """Commands, separated by ` | `, that a device takes and the parser cannot vouch for."""

    def reader(_words: Words) -> Effect[SecPath]:
        raise Unreadable(why)

    for head in heads.split(" | "):
        yield says(head, reader)


def _vrrp_wide(words: Words) -> Effect[SecPath]:
    """`vrrp …` for the whole device: `mode load-balance` lets both members answer."""
    if not " ".join(words).startswith(("ipv6 send-gratuitous", "send-gratuitous", "check-ttl")):
        raise Unreadable("what this does to virtual routers is not modelled")
    return lambda _state, _line: None


_SYSTEM: View[SecPath] = (
    notes("sysname", zones.sysname, "a name"),
    says("security-zone name", zones.enter_zone, undo=zones.undo_zone, enters="zone"),
    says(
        "security-zone intra-zone default permit",
        zones.permit_within_zones,
        undo=zones.sets("", "within_zones", value=False),
    ),
    says(
        "object-group ip address",
        groups.enter_address_group(Family.V4),
        undo=groups.undo_address_group(Family.V4),
        enters="address-group",
    ),
    says(
        "object-group ipv6 address",
        groups.enter_address_group(Family.V6),
        undo=groups.undo_address_group(Family.V6),
        enters="address-group",
    ),
    says(
        "object-group service",
        groups.enter_service_group,
        undo=groups.undo_service_group,
        enters="service-group",
    ),
    *inert("object-group port", _REFERENCE, enters="port-group"),
    says("interface", zones.enter_interface, enters="interface"),
    says("security-policy", rules.enter_policy, undo=rules.undo_policy, enters="policy"),
    *inert("security-policy config-logging | security-policy config-changelog", "a log"),
    *refuses("security-policy switch-from object-policy", _SWITCH),
    says("vlan", zones.make_vlans, undo=zones.undo_vlans, enters="vlan"),
    *inert("packet-filter default deny", _UNBOUND),
    *refuses("packet-filter", _FILTER),
    *refuses("zone-pair security | object-policy ip | object-policy ipv6", _OLD_MODEL),
    *inert("nat global-policy", "an empty list; each of its rules is unread", enters="nat-policy"),
    *inert("nat address-group", _REFERENCE, enters="pool"),
    *inert("nat alg | nat log", "belongs to translations; what they change is said elsewhere"),
    says("nat static outbound", translations.static, undo=translations.undo_static),
    *refuses("nat", _NAT),
    *inert("aspf policy", _REFERENCE, enters="aspf"),
    *inert("attack-defense policy", _LIMIT, enters="attack"),
    *inert("attack-defense local apply policy | blacklist global enable", _LIMIT),
    *refuses("blacklist | whitelist", "it drops or spares senders before the policy is asked"),
    *refuses("connection-limit", "it drops what goes beyond a number"),
    says("policy-based-route", break_out.enter_node, undo=break_out.undo_node, enters="way-node"),
    GROUP,
    TRACK,
    notes("vrrp", _vrrp_wide, HOLDS, undo=_vrrp_wide),
    *MANAGEMENT,
)

_ZONE: View[SecPath] = (
    says("import interface", zones.import_interface, undo=zones.undo_import_interface),
    *refuses("import vlan | import ip | import ipv6", _BY_ADDRESS),
    *inert("description", _TEXT),
    *inert("attack-defense apply policy", _LIMIT),
    *refuses("packet-filter", _FILTER),
)

_INTERFACE: View[SecPath] = (
    notes("ip address unnumbered interface", zones.borrow, "another's address"),
    notes("ip address", zones.add_address, "an address", undo=zones.undo_address),
    notes(
        "ipv6 address auto link-local",
        zones.sets("port", "six", value=True),
        "an address of the link",
        undo=zones.sets("port", "six", value=False),
    ),
    notes("ipv6 address", zones.add_address, "an address", undo=zones.undo_address),
    says("vlan-type dot1q vid", zones.tag),
    says(
        "shutdown",
        zones.sets("port", "shut", value=True),
        undo=zones.sets("port", "shut", value=False),
    ),
    *inert("port link-mode", "routes or bridges; its zone is told by what is imported"),
    says("port link-type", zones.link_type),
    says("port access vlan", zones.access_vlan),
    says("port trunk permit vlan", zones.permit_vlans, undo=zones.undo_permit_vlans),
    *inert("port trunk pvid", "which VLAN goes untagged"),
    *PORT_ROWS,
    *inert("attack-defense apply policy", _LIMIT),
    says("nat static enable", translations.enable, undo=translations.disable),
    says("nat outbound", break_out.outbound, undo=break_out.no_outbound),
    *refuses("nat", _NAT),
    says("ip policy-based-route", break_out.bind, undo=break_out.unbind),
    *refuses("ipv6 policy-based-route", _SIX),
    *refuses("packet-filter", _FILTER),
    *refuses("manage", _BYPASS),
    *refuses("ip binding vpn-instance", _VPN),
    *refuses("aspf apply policy", "it may open data channels that no rule permits"),
    notes("vrrp", vrrp(Family.V4, COMWARE), HOLDS, undo=undo_vrrp(Family.V4, COMWARE)),
    notes("vrrp ipv6", vrrp(Family.V6, COMWARE), HOLDS, undo=undo_vrrp(Family.V6, COMWARE)),
    *INTERFACE_MANAGEMENT,
)

_ADDRESS_GROUP: View[SecPath] = (
    says("network", groups.add_network, undo=groups.undo_network),
    says(groups.WHOLE_OBJECT, groups.drop_network, undo=groups.drop_network),
    *inert("description | object", _TEXT),
    *refuses("security-zone", "whether the zone narrows the group is not known"),
)
_SERVICE_GROUP: View[SecPath] = (
    says("service", groups.add_service, undo=groups.undo_service),
    says(groups.WHOLE_OBJECT, groups.drop_service, undo=groups.drop_service),
    *inert("description | object", _TEXT),
)
_PORT_GROUP: View[SecPath] = (
    *inert("port | description", _REFERENCE),
    *inert(groups.WHOLE_OBJECT, _REFERENCE),
)

_POLICY: View[SecPath] = (
    says("rule", rules.enter_rule, undo=rules.undo_rule, enters="rule"),
    says("move rule", rules.move_rule),
    *inert("accelerate enhanced enable", "an order to apply changes now", may_undo=False),
    *inert("description", _TEXT),
    *refuses("group name | group move | move group", _GROUPED),
)

_CONDITIONS = (
    "time-range | application | app-group | user | user-group | url-category | terminal | "
    "terminal-group | source-location | destination-location | source-mac | track | vrf | dscp"
)


def _kind(head: str, field: str, read: rules.TermReader) -> Command[SecPath]:
    return says(head, rules.adds(field, read), undo=rules.removes(field, read))


_RULE: View[SecPath] = (
    says("action", rules.set_action, undo=rules.undo_action),
    _kind("source-zone", "source_zones", rules.zone_term),
    _kind("destination-zone", "destination_zones", rules.zone_term),
    *(
        _kind(f"{side}-ip{form}", field, read)
        for side, field in (("source", "sources"), ("destination", "destinations"))
        for form, read in rules.ADDRESS_FORMS.items()
    ),
    _kind("service", "services", rules.group_term),
    _kind("service-port", "services", rules.service_port_term),
    says(
        "disable",
        zones.sets("rule", "disabled", value=True),
        undo=zones.sets("rule", "disabled", value=False),
    ),
    notes(
        "logging enable",
        zones.sets("rule", "logs", value=True),
        "a log",
        undo=zones.sets("rule", "logs", value=False),
    ),
    *(
        says(head, rules.condition(head), undo=rules.undo_condition(head))
        for head in _CONDITIONS.split(" | ")
    ),
    *inert("description", _TEXT),
    *inert("counting enable", "counts"),
    *dpi.IN_RULE,
    *inert("session aging-time | session persistent aging-time", "how long a session lives"),
    *refuses("parent-group", _GROUPED),
)

_NODE: View[SecPath] = (
    says("if-match acl", break_out.match_list, undo=break_out.match_all),
    says("apply next-hop", break_out.next_hop, undo=break_out.no_next_hop),
)

_ATTACK: View[SecPath] = (
    *inert(
        "syn-flood | ack-flood | syn-ack-flood | fin-flood | rst-flood | udp-flood | icmp-flood | "
        "icmpv6-flood | dns-flood | dns-reply-flood | http-flood | sip-flood | scan | signature | "
        "exempt acl | description",
        _LIMIT,
    ),
    *refuses(
        "signature detect icmp-type | signature detect icmpv6-type | signature level info",
        _SIGNATURE,
    ),
)


def _grammar() -> Grammar[SecPath]:
    made: Grammar[SecPath] = Grammar(
        {
            SYSTEM: _SYSTEM,
            "zone": _ZONE,
            "interface": _INTERFACE,
            "address-group": _ADDRESS_GROUP,
            "service-group": _SERVICE_GROUP,
            "port-group": _PORT_GROUP,
            "policy": _POLICY,
            "rule": _RULE,
            "attack": _ATTACK,
            "way-node": _NODE,
            "vlan": tuple(inert("name | description", _TEXT)),
            "nat-policy": (*refuses("rule", _NAT), *inert("description", _TEXT)),
            "pool": tuple(inert("address | port-range | description", _REFERENCE)),
            "backup": BACKUP,
            "aspf": tuple(inert("detect | icmp-error drop | tcp syn-check", _REFERENCE)),
            **MANAGEMENT_VIEWS,
        }
    )
    views = ("address-group", "service-group", "port-group")
    made.readers = {
        **made.readers,
        **{view: groups.numbered(made.readers[view]) for view in views},
    }
    return made


SECPATH: Grammar[SecPath] = _grammar()
