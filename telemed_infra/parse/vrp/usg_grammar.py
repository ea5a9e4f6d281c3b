"""The tables of USG6000 V500: views, heads, and what each does or why it does nothing.

Source: docs/reference/platforms.md.
What is not here is not read, so a platform's next feature fails closed:
`nat server` of ports or one way, `traffic-policy`, `firewall interzone`,
`detect`, `portswitch` and other vsys are left out on purpose.
"""

from __future__ import annotations

from telemed_infra.management_plane import Listener
from telemed_infra.packets import Family
from telemed_infra.parse.vrp import management_access as access
from telemed_infra.parse.vrp import usg_break_out as leaving
from telemed_infra.parse.vrp import usg_ports as ports
from telemed_infra.parse.vrp import usg_profiles as profiles
from telemed_infra.parse.vrp import usg_rules as rules
from telemed_infra.parse.vrp import usg_sets as sets
from telemed_infra.parse.vrp import usg_translations as translations
from telemed_infra.parse.vrp.arguments import interface
from telemed_infra.parse.vrp.engine import SYSTEM, Command, Grammar, View, inert, notes, says
from telemed_infra.parse.vrp.hrp import hrp, undo_hrp
from telemed_infra.parse.vrp.management import (
    INTERFACE_MANAGEMENT,
    MANAGEMENT,
    MANAGEMENT_VIEWS,
)
from telemed_infra.parse.vrp.tunnels_grammar import TUNNEL_SYSTEM, TUNNEL_VIEWS
from telemed_infra.parse.vrp.tunnels_ports import TUNNEL_INTERFACE
from telemed_infra.parse.vrp.usg_state import Usg
from telemed_infra.parse.vrp.vrrp import HOLDS, undo_vrrp, vrp_parts, vrrp

_PARTS = vrp_parts(interface)
_TEXT = "a text for people"
_LOGIN = "how administrators log in, once the packet is in"
_LIMIT = "drops floods and malformed packets, opens nothing"
_INSPECTS = "inspects what a rule has permitted, opens nothing"
_REFERENCE = "a definition; only a line that binds it could matter, and such a line is read or not"
_OTHER_LIST = "an empty list; each of its rules is unread"

_SYSTEM: View[Usg] = (
    notes("sysname", ports.sysname, "a name"),
    says("firewall zone", sets.enter_zone, undo=sets.undo_zone, enters="zone"),
    says(
        "ip address-set", sets.enter_address_set, undo=sets.undo_address_set, enters="address-set"
    ),
    says(
        "ip service-set", sets.enter_service_set, undo=sets.undo_service_set, enters="service-set"
    ),
    says("interface", ports.enter_interface, enters="interface"),
    says("security-policy", ports.enter_policy, enters="policy"),
    notes("log type", ports.log_type, "switches logs on", undo=ports.undo_log_type),
    notes("hrp", hrp, "keeps two firewalls alike", undo=undo_hrp),
    *inert("firewall defend | anti-ddos | firewall blacklist enable", _LIMIT),
    *inert(
        "firewall packet-filter basic-protocol enable",
        "the default: OSPF obeys the policy",
        may_undo=False,
    ),
    *inert("firewall session link-state check", "the default: stateful", may_undo=False),
    *inert(
        "firewall session aging-time | firewall session log-type | firewall log",
        "how long a session lives and what is told of it",
    ),
    *profiles.HEADS,
    *inert(
        "profile type url-filter | profile type data-filter | profile type file-block | "
        "profile type mail-filter | profile type app-control | profile type dns-filter",
        _INSPECTS,
        enters="profile",
    ),
    *inert("engine configuration commit", _INSPECTS),
    says("nat server", translations.nat_server, undo=translations.undo_nat_server),
    *inert("nat address-group", _REFERENCE, enters="pool"),
    says("policy-based-route", leaving.enter, enters="way-policy"),
    says("nat-policy", leaving.enter, enters="cover-policy"),
    *inert(
        "traffic-policy | auth-policy | audit-policy",
        _OTHER_LIST,
        enters="other-list",
        may_undo=False,
    ),
    *TUNNEL_SYSTEM,
    *(
        notes(
            f"web-manager {head}enable",
            access.listens(listener, on=True),
            _LOGIN,
            undo=access.listens(listener, on=False),
        )
        for head, listener in (("", Listener.HTTP), ("security ", Listener.HTTPS))
    ),
    *inert("web-manager timeout | web-manager security version | web-manager config-guide", _LOGIN),
    *inert("web-manager security cipher-suit | web-manager security server-certificate", _LOGIN),
    *inert("ip-link check enable | ip-link name", "watches a path", enters="ip-link"),
    *inert("vlan batch", "VLANs carry no packet while no port switches, which is unread"),
    *(row for row in MANAGEMENT if row.head[0] != "http"),  # its web server is `web-manager`
)

_ZONE: View[Usg] = (
    notes("set priority", sets.set_priority, "a zone without one takes no rules"),
    says("add interface", sets.add_interface, undo=sets.undo_add_interface),
    *inert("description", _TEXT),
)

_OF_PAIRS = (("vrrp",), ("vrrp6",), ("ipv6", "address", "auto", "link-local"))
"""What other devices of the family are read without, and a firewall is not."""

_INTERFACE: View[Usg] = (
    notes(
        "ip address", ports.add_interface_address, "an address", undo=ports.undo_interface_address
    ),
    notes(
        "ipv6 address", ports.add_interface_address, "an address", undo=ports.undo_interface_address
    ),
    notes("vlan-type dot1q", ports.tag, "a tag"),
    says(
        "shutdown",
        ports.sets("port", "shut", value=True),
        undo=ports.sets("port", "shut", value=False),
    ),
    says("service-manage", ports.manage, undo=ports.undo_manage),
    *inert("undo portswitch", "the default on a firewall: routed", may_undo=False),
    *inert("eth-trunk", "a member; its packets enter by the bundle"),
    *inert("anti-ddos", _LIMIT),
    *inert(
        "gateway | redirect-reverse | bandwidth | link-group | healthcheck",
        "routing and rates",
    ),
    *inert("trunkport", "the bundle's members; the bundle is the interface"),
    *TUNNEL_INTERFACE,
    notes("vrrp", vrrp(Family.V4, _PARTS), HOLDS, undo=undo_vrrp(Family.V4, _PARTS)),
    notes("vrrp6", vrrp(Family.V6, _PARTS), HOLDS, undo=undo_vrrp(Family.V6, _PARTS)),
    notes(
        "ipv6 address auto link-local",
        ports.sets("port", "six", value=True),
        "an address of the link",
        undo=ports.sets("port", "six", value=False),
    ),
    *(one for one in INTERFACE_MANAGEMENT if one.head not in _OF_PAIRS),
)

_ADDRESS_SET: View[Usg] = (
    says("address", sets.add_address, undo=sets.undo_address),
    *inert("description", _TEXT),
)
_SERVICE_SET: View[Usg] = (
    says("service", sets.add_service, undo=sets.undo_service),
    *inert("description", _TEXT),
)

_POLICY: View[Usg] = (
    says("default action", ports.default_action, undo=ports.undo_default_action),
    says(
        "default packet-filter intrazone enable",
        ports.sets("", "intrazone_judged", value=True),
        undo=ports.sets("", "intrazone_judged", value=False),
    ),
    notes(
        "default policy logging",
        ports.sets("", "default_logs", value=True),
        "a log",
        undo=ports.sets("", "default_logs", value=False),
    ),
    *inert("default session logging", "a log"),
    says("rule name", rules.enter_rule, undo=rules.undo_rule, enters="rule"),
    says("rule move", rules.move_rule),
    says("rule rename", rules.rename_rule),
    says("group name", rules.group, undo=rules.undo_group),
)


def _kind(head: str, field: str, read: rules.TermReader) -> Command[Usg]:
    return says(head, rules.adds(field, read), undo=rules.removes(field, read))


_TERMS: View[Usg] = (
    _kind("source-zone", "source_zones", rules.zone_terms),
    _kind("source-address", "sources", rules.address_terms),
    _kind("destination-address", "destinations", rules.address_terms),
    _kind("source-address-exclude", "excluded_sources", rules.excluded_terms),
    _kind("destination-address-exclude", "excluded_destinations", rules.excluded_terms),
    _kind("service", "services", rules.service_terms),
    says(
        "disable",
        ports.sets("rule", "disabled", value=True),
        undo=ports.sets("rule", "disabled", value=False),
    ),
    says("enable", ports.sets("rule", "disabled", value=False)),
    says("application", rules.condition),
    says("user", rules.condition),
    says("time-range", rules.condition),
    says("url", rules.condition),
    *inert("description", _TEXT),
)
"""What rules of packets say, whatever becomes of these."""

_RULE: View[Usg] = (
    *_TERMS,
    _kind("destination-zone", "destination_zones", rules.zone_terms),
    says("action", rules.set_action),
    notes(
        "policy logging",
        ports.sets("rule", "logs", value=True),
        "a log",
        undo=ports.sets("rule", "logs", value=False),
    ),
    *inert("session logging | traffic logging", "a log"),
    *profiles.IN_RULE,
)


def _rules_of(kind: str, view: str) -> View[Usg]:
    """The list of rules that send packets, or hide their sources."""
    return (
        says("rule name", leaving.enter_rule(kind), undo=leaving.undo_rule(kind), enters=view),
        *inert("undo default action", _OTHER_LIST),
    )


_WAY_RULE: View[Usg] = (
    *_TERMS,
    says("ingress-interface", leaving.add_port, undo=leaving.drop_port),
    says("action", leaving.send, undo=leaving.undo_action),
)
_COVER_RULE: View[Usg] = (
    *_TERMS,
    _kind("destination-zone", "destination_zones", rules.zone_terms),
    says("egress-interface", leaving.add_port, undo=leaving.drop_port),
    says("action", leaving.hide, undo=leaving.undo_action),
)

USG: Grammar[Usg] = Grammar(
    {
        SYSTEM: _SYSTEM,
        "zone": _ZONE,
        "interface": _INTERFACE,
        "address-set": _ADDRESS_SET,
        "service-set": _SERVICE_SET,
        "policy": _POLICY,
        "rule": _RULE,
        "pool": tuple(inert("mode | section | description | route enable", _REFERENCE)),
        "profile": tuple(inert("description | rule | exception | assign", _INSPECTS)),
        **profiles.VIEWS,
        "way-policy": _rules_of("way_rules", "way-rule"),
        "way-rule": _WAY_RULE,
        "cover-policy": _rules_of("cover_rules", "cover-rule"),
        "cover-rule": _COVER_RULE,
        "other-list": tuple(inert("undo default action", _OTHER_LIST)),
        "ip-link": tuple(inert("destination | source-ip | tx-interval | times", "watches a path")),
        **MANAGEMENT_VIEWS,
        **TUNNEL_VIEWS,
        "acl": (
            *TUNNEL_VIEWS["acl"],
            *(one for one in MANAGEMENT_VIEWS["acl"] if one.head != ("rule",)),
        ),
    }
)
