"""The tables of VRP5 switches (S) and routers (AR): views, heads, and what each does, or why not.

Source: docs/reference/platforms.md.
Left out on purpose, so that they are unread: hybrid ports, `voice-vlan`,
QinQ, `mux-vlan`, `port-isolate`, `traffic-filter`, `traffic-secure`, a behavior's `deny`,
`redirect` and `remark vlan-id`, VLANs that authentication assigns, subinterfaces, multicast between
VLANs (routers have it, and another reader), other lines of IGMP snooping than what turns it on.
"""

from __future__ import annotations

from telemed_infra.parse.vrp import management_lists as lists
from telemed_infra.parse.vrp import switch_events as events
from telemed_infra.parse.vrp import switch_groups as groups
from telemed_infra.parse.vrp import switch_guards as guard
from telemed_infra.parse.vrp import switch_profiles as profile
from telemed_infra.parse.vrp import switch_state as do
from telemed_infra.parse.vrp.engine import SYSTEM, Command, Grammar, View, inert, notes, says
from telemed_infra.parse.vrp.management import (
    INTERFACE_MANAGEMENT,
    MANAGEMENT,
    MANAGEMENT_VIEWS,
)
from telemed_infra.parse.vrp.switch_state import Switch
from telemed_infra.parse.vrp.tunnels_grammar import TUNNEL_SYSTEM, TUNNEL_VIEWS, selector
from telemed_infra.parse.vrp.tunnels_ports import TUNNEL_INTERFACE

_GUARD = "stops hosts that misbehave; no VLAN passes or stops by it"
_LOOPS = "keeps a loop from forming"
_PORT_ACCESS = "who may speak on a port; the VLAN stays that of the port"
_NO_SERVER = "what becomes of hosts while no server answers; judged with the VLAN of the port"
_MULTICAST = "who is given a group; judged with the VLAN"
_MARKS = "marks or delays packets; a list with a deny is unread"
_TEXT = "a text for people"


def _switch(head: str, field: str, why: str, *, off: bool = False) -> Command[Switch]:
    """A bare command that turns something on, or off, for the whole device."""
    return notes(head, guard.sets(field, value=not off), why, undo=guard.sets(field, value=off))


_SYSTEM: View[Switch] = (
    notes("sysname", do.sysname, "a name"),
    says("vlan batch", do.define_vlans, undo=do.undo_vlans),
    says("vlan", do.enter_vlan, undo=do.undo_vlan, enters="vlan"),
    says("interface", do.enter_interface, enters="interface"),
    *inert("traffic classifier", _MARKS, enters="classifier"),
    *inert("traffic behavior", _MARKS, enters="behavior"),
    *inert("traffic policy", _MARKS, enters="traffic-policy"),
    *inert("traffic-policy | qos", _MARKS),
    *inert("qos schedule-profile", _MARKS, enters="queues"),
    *inert("stp region-configuration", _LOOPS, enters="region"),
    *inert(
        "stp mode | stp priority | stp root | stp instance | stp timer | stp bridge-diameter | "
        "stp tc-protection | stp pathcost-standard | stp converge | stp max-hops | "
        "loopback-detect | error-down",
        _LOOPS,
    ),
    _switch("stp enable", "spanning", _LOOPS),
    _switch("stp disable", "spanning", _LOOPS, off=True),
    _switch("stp bpdu-protection", "bpdu", _LOOPS),
    _switch("stp edged-port default", "edge", _LOOPS),
    *inert("stp bpdu-filter default", _LOOPS, may_undo=False),
    _switch("dhcp enable", "dhcp", _GUARD),
    notes("dhcp snooping enable", guard.snoop(on=True), _GUARD, undo=guard.snoop(on=False)),
    *inert(
        "dhcp snooping check | dhcp snooping user-bind | dhcp snooping max-user-number | "
        "dhcp snooping alarm | dhcp snooping over-vpls | dhcp relay | dhcp server | "
        "dhcp option82 | dhcp snooping user-offline | dhcp snooping user-transfer",
        _GUARD,
    ),
    notes("user-bind static", guard.static_binding, _GUARD),
    *inert("arp | cpu-defend policy | mac-address flapping", _GUARD),
    *(
        notes(
            f"{kind}-access-profile",
            profile.access_profile(kind, on=True),
            _PORT_ACCESS,
            undo=profile.access_profile(kind, on=False),
            enters="access-profile",
        )
        for kind in ("dot1x", "mac")
    ),
    notes(
        "authentication-profile",
        profile.enter_profile,
        _PORT_ACCESS,
        undo=profile.undo_enter_profile,
        enters="authentication-profile",
    ),
    *inert("authentication pre-authen-access enable", _PORT_ACCESS),
    *inert(
        "radius-server dead-count | radius-server dead-interval | radius-server detect-cycle",
        "when a server counts as one that does not answer",
    ),
    notes(
        "igmp-snooping enable",
        groups.snoop(on=True),
        _MULTICAST,
        undo=groups.snoop(on=False),
    ),
    *inert("set save-configuration", "when the text is saved"),
    *TUNNEL_SYSTEM,
    *(row for row in MANAGEMENT if row.head != ("acl",)),
    notes(
        "acl",
        lists.together(do.enter_list, lists.enter_list),
        "a list that nothing binds but what is read as such",
        undo=lists.together(do.undo_list, lists.undo_list),
        enters="acl",
    ),
)

_VLAN: View[Switch] = (
    *inert("description | name", _TEXT),
    notes(
        "dhcp snooping enable",
        guard.snoop_vlan(on=True),
        _GUARD,
        undo=guard.snoop_vlan(on=False),
    ),
    notes("dhcp snooping trusted", guard.trust_vlan, _GUARD),
    *inert("dhcp snooping check | dhcp snooping max-user-number | arp", _GUARD),
    notes(
        "ip source check user-bind enable",
        guard.check_vlan(on=True),
        _GUARD,
        undo=guard.check_vlan(on=False),
    ),
    notes("ip source check user-bind check-item", guard.check_items, _GUARD),
    *inert("ip source check user-bind alarm", _GUARD),
    notes(
        "igmp-snooping enable",
        groups.snoop_vlan(on=True),
        _MULTICAST,
        undo=groups.snoop_vlan(on=False),
    ),
    notes("igmp-snooping version", groups.version, _MULTICAST, undo=groups.undo_version),
)


def _on_port(head: str, field: str, why: str, values: tuple[object, object]) -> Command[Switch]:
    """A bare command for a port: what it sets, and what its undo sets."""
    said, back = (guard.on_port(field, value=value, takes=("ipv4",)) for value in values)
    return notes(head, said, why, undo=back)


_PORT_GUARDS: View[Switch] = (
    _on_port("stp edged-port enable", "edge", _LOOPS, (True, None)),
    _on_port("stp edged-port disable", "edge", _LOOPS, (False, None)),
    _on_port("stp enable", "spanning", _LOOPS, (True, False)),
    _on_port("stp disable", "spanning", _LOOPS, (False, True)),
    *inert(
        "stp root-protection | stp loop-protection | stp cost | stp instance | stp port | "
        "stp point-to-point | stp priority | stp mcheck | stp transmit-limit | loopback-detect | "
        "bpdu enable",
        _LOOPS,
    ),
    _on_port("dhcp snooping enable", "snooped", _GUARD, (True, False)),
    _on_port("dhcp snooping trusted", "trusted", _GUARD, (True, False)),
    *inert(
        "dhcp snooping check | dhcp snooping max-user-number | dhcp snooping alarm | dhcp select | "
        "dhcp relay | dhcp server | dhcp option82",
        _GUARD,
    ),
    _on_port("ip source check user-bind enable", "checks_source", _GUARD, (guard.LINE, 0)),
    notes("ip source check user-bind check-item", guard.check_items, _GUARD),
    *inert("ip source check user-bind alarm", _GUARD),
    notes(
        "port-security enable",
        guard.on_port("secured", value=guard.LINE),
        _GUARD,
        undo=guard.no_port_security,
    ),
    notes("port-security max-mac-num", guard.addresses_max, _GUARD, undo=guard.no_addresses_max),
    *inert(
        "port-security protect-action | port-security mac-address | port-security aging-time | "
        "storm-control | broadcast-suppression | multicast-suppression | unicast-suppression",
        _GUARD,
    ),
    notes("authentication-profile", guard.names_profile, _PORT_ACCESS, undo=guard.no_profile),
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
    *_PORT_GUARDS,
    *inert("trust | qos | traffic-policy", _MARKS),
    *TUNNEL_INTERFACE,
    *INTERFACE_MANAGEMENT,
)

_DOWN = "authentication event authen-server-down action"
_UP = "authentication event authen-server-up action"
_EVENTS: View[Switch] = (
    notes(f"{_DOWN} authorize", events.authorize, _NO_SERVER, undo=events.no_authorize),
    notes(
        f"{_UP} re-authen",
        events.ask_again(on=True),
        _NO_SERVER,
        undo=events.ask_again(on=False),
    ),
    *inert(
        f"{_DOWN} close re-authen | authentication event authen-server-noreply action "
        "authorize keep",
        _NO_SERVER,
    ),
    notes(
        "authentication event", events.other_event, _PORT_ACCESS, undo=events.no_other_event
    ),
)  # fmt: skip

VRP: Grammar[Switch] = Grammar(
    {
        **MANAGEMENT_VIEWS,
        **TUNNEL_VIEWS,
        SYSTEM: _SYSTEM,
        "vlan": _VLAN,
        "interface": _INTERFACE,
        "acl": (
            notes(
                "rule",
                lists.together(do.list_rule, selector),
                "a list's rule",
                undo=lists.together(do.undo_list_rule, lists.undo_rule),
            ),
            notes("step", lists.step, _TEXT, undo=lists.step),
            *inert("description", _TEXT),
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
                "dot1x authentication-method | dot1x timer | dot1x retry | dot1x handshake | "
                "dot1x reauthenticate | dot1x eap-notify-packet | dot1x max-user | dot1x unicast | "
                "dot1x trigger | mac-authen timer | mac-authen username | "
                "mac-authen reauthenticate | mac-authen permit | mac-authen quiet-times",
                _PORT_ACCESS,
            )
        ),
        "authentication-profile": (
            *_EVENTS,
            *(
                notes(
                    f"{kind}-access-profile",
                    profile.profile_asks(kind, on=True),
                    _PORT_ACCESS,
                    undo=profile.profile_asks(kind, on=False),
                )
                for kind in ("dot1x", "mac")
            ),
            notes(
                "access-domain",
                profile.profile_domain,
                _PORT_ACCESS,
                undo=profile.no_profile_domain,
            ),
            notes(
                "authentication mode",
                profile.profile_mode,
                _PORT_ACCESS,
                undo=profile.no_profile_mode,
            ),
            *inert(
                "authentication dot1x-mac-bypass | authentication timer | authentication handshake",
                _PORT_ACCESS,
            ),
        ),
    }
)
