"""What the view of a Comware port takes of guards: who may speak on it.

Source: docs/reference/platforms.md.
"""

from __future__ import annotations

from collections.abc import Iterable

from telemed_infra.parse.comware import switch_critical as critical
from telemed_infra.parse.comware import switch_guards as guard
from telemed_infra.parse.comware.switch_state import Switch
from telemed_infra.parse.vrp.engine import (
    Command,
    Effect,
    Unreadable,
    View,
    Words,
    inert,
    notes,
    says,
)

_GUARD = "stops hosts that misbehave; no VLAN passes or stops by it"
_ADMITS = "lets hosts in while no server answers; judged with the VLAN of the port"
_LOOPS = "keeps a loop from forming"
_RETAGS = "it changes the tags of frames, or the VLAN that a host is in"
_DROPS = "it drops packets, and is not modelled"


def refused(heads: str, why: str) -> Iterable[Command[Switch]]:
    """Commands, separated by ` | `, that the device knows and this reader does not model."""

    def reader(_words: Words) -> Effect[Switch]:
        raise Unreadable(why)

    return (says(head.strip(), reader) for head in heads.split("|"))


def _ports(head: str, field: str, why: str) -> Command[Switch]:
    """A bare command that turns something on at the open ports."""
    on, off = guard.sets_ports(field, value=True), guard.sets_ports(field, value=False)
    return notes(head, on, why, undo=off)


PORT_GUARDS: View[Switch] = (
    notes("dot1x", guard.ask_port("dot1x", value=True), _GUARD,
          undo=guard.ask_port("dot1x", value=False)),
    notes(
        "dot1x port-control", guard.port_control, _GUARD, undo=guard.no_port_control
    ),
    notes("dot1x port-method", guard.port_method, _GUARD, undo=guard.port_method),
    *(
        notes(
            f"{kind} critical vlan",
            critical.admit(kind),
            _ADMITS,
            undo=critical.no_admit(kind),
        )
        for kind in ("dot1x", "mac-authentication")
    ),
    notes("mac-vlan enable", critical.by_address, _ADMITS, undo=critical.not_by_address),
    *(
        notes(
            head,
            guard.domain_of(kind, on=True),
            _GUARD,
            undo=guard.domain_of(kind, on=False),
        )
        for head, kind in (
            ("dot1x mandatory-domain", "dot1x"),
            ("mac-authentication domain", "mac-authentication"),
        )
    ),
    *inert(
        "dot1x max-user | dot1x critical eapol | "
        "dot1x handshake | dot1x multicast-trigger | dot1x unicast-trigger | "
        "dot1x re-authenticate | dot1x timer",
        _GUARD,
    ),
    *refused("dot1x guest-vlan | dot1x auth-fail | dot1x critical | dot1x critical-voice-vlan",
             _RETAGS),
    notes(
        "mac-authentication",
        guard.ask_port("mac-authentication", value=True),
        _GUARD,
        undo=guard.ask_port("mac-authentication", value=False),
    ),
    *inert(
        "mac-authentication max-user | mac-authentication timer | "
        "mac-authentication re-authenticate",
        _GUARD,
    ),
    *refused("mac-authentication guest-vlan | mac-authentication critical | "
             "mac-authentication critical-voice-vlan | mac-authentication host-mode", _RETAGS),
    notes(
        "port-security max-mac-count",
        guard.max_mac_count,
        _GUARD,
        undo=guard.undo_secures("max-mac-count"),
    ),
    notes(
        "port-security port-mode",
        guard.security_mode,
        _GUARD,
        undo=guard.undo_secures("port-mode"),
    ),
    *(
        notes(
            f"port-security {subject}",
            guard.secures(subject),
            _GUARD,
            undo=guard.undo_secures(subject),
        )
        for subject in (
            *("intrusion-mode", "mac-address security", "mac-address aging-type"),
            *("mac-address dynamic", "ntk-mode", "authorization ignore", "nas-id-profile"),
        )
    ),
    notes(
        "dhcp snooping binding record",
        guard.record_on_port(value=True),
        _GUARD,
        undo=guard.record_on_port(value=False),
    ),
    *inert(
        "dhcp snooping check | dhcp snooping max-learning-num | "
        "dhcp snooping rate-limit | dhcp snooping information | dhcp snooping deny | "
        "ipv6 dhcp snooping",
        _GUARD,
    ),
    _ports("dhcp snooping trust", "trusted", _GUARD),
    _ports("stp edged-port", "edge", _LOOPS),
    _ports("stp enable", "spanning", _LOOPS),
    _ports("stp port bpdu-protection", "bpdu_guard", _LOOPS),
    *inert(
        "stp root-protection | stp loop-protection | stp cost | stp instance | stp port priority | "
        "stp point-to-point | stp transmit-limit | stp no-agreement-check | stp config-digest | "
        "stp compliance | stp vlan | stp tc-restriction | stp role-restriction | stp mcheck",
        _LOOPS,
    ),
    notes(
        "mac-address max-mac-count", guard.learned_max, _GUARD, undo=guard.no_learned_max
    ),
    notes(
        "mac-address max-mac-count enable-forwarding",
        guard.sets_ports("passes_unlearned", value=True),
        _GUARD,
        undo=guard.sets_ports("passes_unlearned", value=False),
    ),
    notes(
        "ip verify source",
        guard.check_source(value=True),
        _GUARD,
        undo=guard.check_source(value=False),
    ),
    notes("ip source binding", guard.bind_by_hand, _GUARD),
    *refused("ipv6 verify source | ip urpf | ipv6 urpf", _DROPS),
    *inert(
        "arp detection | arp rate-limit | arp filter | storm-constrain | broadcast-suppression | "
        "multicast-suppression | unicast-suppression | "
        "ipv6 nd detection | ipv6 nd raguard",
        _GUARD,
    ),
)  # fmt: skip
