"""What a device does, function by function: of a text as its reader found it, and of the plan.

The proof compares far more than this; the list shows that no role lacks a function that it should
have and none has one that it should not, in words that an auditor can count.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from enum import Enum

from telemed_infra.break_out import BreakOut
from telemed_infra.management_plane import ManagementPlane, Method, PortGuards, SnmpLevel
from telemed_infra.multicast import NO_MULTICAST, MulticastRouting
from telemed_infra.parse.behaviour import Action, FirewallBehaviour, PortMode, SwitchBehaviour
from telemed_infra.parse.routes import DefaultRoute, RouteBehaviour, Session
from telemed_infra.prove.findings import DeviceProof, Finding
from telemed_infra.redundancy import Redundancy
from telemed_infra.translation import Translation
from telemed_infra.tunnels import Mode, Tunnel


class Function(Enum):
    """One thing that some devices do, in the order in which it is told."""

    FILTER = "filter that denies and logs the rest"
    STATE = "replies by state"
    INSPECTION = "intrusions and malware looked for at the boundary"
    VLANS = "VLANs"
    TRUNKS = "trunks"
    PARKED = "unused ports shut"
    EDGE = "host ports that shut when a switch answers"
    SNOOPING = "DHCP answers from the trunk alone"
    SOURCE_GUARD = "addresses of hosts checked"
    PORT_SECURITY = "limit of MAC addresses"
    DOT1X = "802.1X"
    MAC_BYPASS = "known by MAC address"
    GROUPS = "IGMP snooping"
    BGP = "BGP with keys, filters both ways and a limit of prefixes"
    BFD = "BFD on each session"
    AT_ONCE = "changes told at once"
    DEFAULT = "default route on condition"
    BLOCK = "own block, the rest of it thrown away"
    STATIC = "static routes"
    MULTICAST = "multicast routing"
    TRANSLATION = "own addresses of the site, changed one to one"
    BREAK_OUT = "guests' break-out"
    VIRTUAL = "virtual routers"
    SYNC = "state synchronised with the other member"
    TUNNELS = "IPsec tunnels, by IKEv2 alone"
    CIRCUITS = "IPsec on circuits"
    DOORS = "doors of services"
    SSH = "SSH alone, from the bastions alone"
    QUIET = "nothing else listens, nothing is told to neighbours"
    AAA = "TACACS+, then the own account"
    ACCOUNTING = "logins and commands accounted"
    PASSWORDS = "password rules"
    LOCKOUT = "lockout"
    IDLE = "idle timeout"
    BANNER = "banner"
    SNMP = "SNMPv3, encrypted, from known addresses"
    NTP = "signed time"
    SYSLOG = "log over TLS, with date and offset"
    FLOWS = "flow records"


Functions = frozenset[Function]
_BY_MODE = {Mode.TUNNEL: Function.TUNNELS, Mode.GRE: Function.CIRCUITS}


def of_firewall(read: FirewallBehaviour) -> Functions:
    """What a filter's text does; of both, what stands for administration and pairs too."""
    found = set()
    if any(one.default is Action.DENY and one.logs_denied for one in read.chains):
        found.add(Function.FILTER)
    if read.chains and all(one.stateful for one in read.chains):
        found.add(Function.STATE)
    forwarding = (one for one in read.chains if one.judges_forwarded)
    if any(rule.inspected for one in forwarding for rule in one.rules):
        found.add(Function.INSPECTION)
    if read.vlans:
        found.add(Function.VLANS)
    found |= of_tunnels(read.tunnels)
    found |= of_changes(read.translations, read.break_outs)
    return frozenset(found) | of_plane(read.plane) | of_redundancy(read.redundancy)


def of_switch(read: SwitchBehaviour) -> Functions:
    """What the text of a switch does, or of a router without its routing."""
    ports = read.ports.values()
    modes = {one.mode for one in ports}
    found = of_guards([one.guards for one in ports if one.mode is not PortMode.SHUTDOWN])
    if read.vlans:
        found |= {Function.VLANS}
    if PortMode.TRUNK in modes:
        found |= {Function.TRUNKS}
    if PortMode.SHUTDOWN in modes:
        found |= {Function.PARKED}
    if read.snooped:
        found |= {Function.GROUPS}
    return found | of_tunnels(read.tunnels) | of_plane(read.plane)


def of_guards(ports: Collection[PortGuards]) -> Functions:
    """What some port of a switch does against hosts that misbehave."""
    asked = {
        Function.EDGE: any(one.edge and one.bpdu_guard for one in ports),
        Function.SNOOPING: any(one.snooped and not one.trusted for one in ports),
        Function.SOURCE_GUARD: any(one.source_guard for one in ports),
        Function.PORT_SECURITY: any(one.addresses_max is not None for one in ports),
        Function.DOT1X: any(one.dot1x for one in ports),
        Function.MAC_BYPASS: any(one.mac_bypass for one in ports),
    }
    return frozenset(function for function, there in asked.items() if there)


def of_plane(plane: ManagementPlane | None) -> Functions:
    """How a device is administered."""
    return frozenset(_plane(plane)) if plane else frozenset()


def _plane(plane: ManagementPlane) -> Iterator[Function]:
    login, snmp = plane.login, plane.snmp
    asked = {
        Function.SSH: login.sources4 is not None and login.sources6 is not None,
        Function.QUIET: len(plane.listeners) == 1 and not plane.discovery,
        Function.AAA: bool(plane.tacacs) and login.methods[:1] == (Method.TACACS,),
        Function.ACCOUNTING: login.sessions_accounted and login.commands_accounted,
        Function.PASSWORDS: plane.passwords.length_min > 0,
        Function.LOCKOUT: plane.lockout.attempts > 0,
        Function.IDLE: login.idle_s is not None,
        Function.BANNER: bool(plane.banner),
        Function.SNMP: snmp.versions == {"v3"}
        and snmp.sources4 is not None
        and all(one.level is SnmpLevel.ENCRYPTED for one in snmp.users),
        Function.NTP: plane.ntp.authenticated and all(one.key for one in plane.ntp.servers),
        Function.SYSLOG: any(one.transport == "tls" for one in plane.syslog.targets)
        and plane.syslog.dated
        and plane.syslog.zoned,
        Function.FLOWS: bool(plane.flows),
    }
    yield from (function for function, there in asked.items() if there)


def of_redundancy(redundancy: Redundancy) -> Functions:
    """How a member of a pair stands in for the other."""
    found = {Function.VIRTUAL} if redundancy.routers else set()
    if redundancy.sync is not None and redundancy.sync.sessions:
        found.add(Function.SYNC)
    return frozenset(found)


def of_tunnels(tunnels: Collection[Tunnel]) -> Functions:
    """A tunnel that is read comes up, and by IKEv2 alone: else its reader leaves it out."""
    return frozenset(_BY_MODE[one.mode] for one in tunnels)


def of_changes(
    translations: Collection[Translation], break_outs: Collection[BreakOut]
) -> Functions:
    """For whom of its site a device changes addresses."""
    asked = {Function.TRANSLATION: translations, Function.BREAK_OUT: break_outs}
    return frozenset(function for function, some in asked.items() if some)


def of_routes(read: RouteBehaviour) -> Functions:
    """What a text does with routes."""
    found = set()
    if read.sessions and all(map(_guarded, read.sessions)):
        found.add(Function.BGP)
    if read.sessions and all(one.bfd for one in read.sessions):
        found.add(Function.BFD)
    if read.sessions and not any(one.advertisement_s for one in read.sessions):
        found.add(Function.AT_ONCE)
    exchanges = [exchange for one in read.sessions for exchange in one.exchanges]
    if any(one.default_route and _conditional(one.default_route) for one in exchanges):
        found.add(Function.DEFAULT)
    if any(one.discards for one in read.static_routes) and any(one.origins for one in read.routers):
        found.add(Function.BLOCK)
    if any(not one.discards for one in read.static_routes):
        found.add(Function.STATIC)
    return frozenset(found) | of_multicast(read.multicast)


def of_multicast(multicast: MulticastRouting) -> Functions:
    """What is read takes effect: else its reader leaves it out."""
    return frozenset() if multicast == NO_MULTICAST else frozenset({Function.MULTICAST})


def _conditional(route: DefaultRoute) -> bool:
    return bool(route.any_of or route.all_of or route.tests_routes)


def _guarded(session: Session) -> bool:
    return session.key is not None and all(
        one.filtered_in and one.filtered_out and one.maximum_prefix and one.maximum_prefix.closes
        for one in session.exchanges
    )


def with_functions(proof: DeviceProof, found: Functions, expected: Functions) -> DeviceProof:
    """The proof, with what the text does, and a finding where its role does otherwise."""
    findings = tuple(differences(proof.device, found, expected)) if found != expected else ()
    return replace(
        proof,
        functions=proof.functions | frozenset(one.value for one in found),
        findings=(*proof.findings, *findings),
    )


def differences(device: str, found: Functions, expected: Functions) -> Iterator[Finding]:
    """A finding for each function that a text lacks, or has and should not."""
    for function in Function:
        if function in expected and function not in found:
            says = f"it does not do this: {function.value}"
            yield Finding(device=device, line=0, kind="function", says=says)
        elif function in found and function not in expected:
            says = f"it does this, and its role does not: {function.value}"
            yield Finding(device=device, line=0, kind="function", says=says)
