"""What a switch's text configures, compared with the ports, VLANs and addresses it should have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from enum import Enum
from ipaddress import ip_interface

from msgspec import Struct

from telemed_infra.management_plane import PortGuards
from telemed_infra.parse.behaviour import PortMode, SwitchBehaviour, SwitchPort

DEFAULT_VLAN = 1
"""Exists on every switch without being defined."""


class ExpectedPort(Struct, frozen=True, kw_only=True):
    """What one port is for; fields that its mode has no use for are not compared."""

    mode: PortMode
    access_vlan: int | None = None
    native_vlan: int | None = None
    vlans: frozenset[int] = frozenset()  # tagged and native VLANs of a trunk
    guards: PortGuards | None = None  # None: not compared


class ExpectedSwitch(Struct, frozen=True, kw_only=True):
    """All that a switch is for."""

    vlans: frozenset[int]  # defined ones, without 1
    ports: Mapping[str, ExpectedPort]
    addresses: Mapping[str, tuple[str, ...]]  # interface → its addresses "a/len"


class Difference(Enum):
    """How the text departs from what is expected."""

    MISSING = "missing"
    EXTRA = "extra"
    DIFFERING = "differing"


class Subject(Enum):
    """What a finding is about."""

    VLAN = "vlan"
    PORT = "port"
    MODE = "mode"
    ACCESS_VLAN = "access vlan"
    NATIVE_VLAN = "native vlan"
    TRUNK_VLANS = "trunk vlans"
    ADDRESS = "address"
    GUARDS = "guards"


@dataclass(frozen=True, slots=True, kw_only=True)
class SwitchFinding:
    """One departure. Of a set, only the elements too many or too few are shown."""

    difference: Difference
    subject: Subject
    name: str  # the VLAN's number, the port, the interface
    expected: str  # "" if extra
    found: str  # "" if missing
    line: int | None = None  # where the port begins in the text; else unknown


def compare_switch(expected: ExpectedSwitch, behaviour: SwitchBehaviour) -> list[SwitchFinding]:
    """Every departure: VLANs, then ports, then addresses, each by number or name."""
    return [
        *_vlans(expected.vlans - {DEFAULT_VLAN}, behaviour.vlans - {DEFAULT_VLAN}),
        *_ports(expected.ports, behaviour),
        *_addresses(expected.addresses, behaviour.addresses),
    ]


def _vlans(expected: frozenset[int], found: frozenset[int]) -> Iterator[SwitchFinding]:
    for vlan in sorted(expected ^ found):
        yield _one_sided(Subject.VLAN, str(vlan), str(vlan), missing=vlan in expected)


def _ports(
    expected: Mapping[str, ExpectedPort], behaviour: SwitchBehaviour
) -> Iterator[SwitchFinding]:
    existing = behaviour.vlans | {DEFAULT_VLAN}
    for name in sorted(expected.keys() | behaviour.ports.keys()):
        port = behaviour.ports.get(name)
        if port is None:
            mode = expected[name].mode.value
            yield _one_sided(Subject.PORT, name, mode, missing=True)
        elif name in expected:
            yield from _port(expected[name], port, existing)
        elif port.mode is not PortMode.SHUTDOWN:
            mode = port.mode.value
            yield _one_sided(Subject.PORT, name, mode, missing=False, line=port.line)


def _port(wanted: ExpectedPort, port: SwitchPort, existing: frozenset[int]) -> list[SwitchFinding]:
    """One port; a VLAN that the switch does not define carries nothing, and counts as none."""
    if wanted.mode is not port.mode:
        return [_differing(Subject.MODE, port, wanted.mode.value, port.mode.value)]
    result = _guards(wanted, port)
    if port.mode is PortMode.ACCESS:
        found = _usable(port.access_vlan, existing, "not defined")
        result += _one_vlan(Subject.ACCESS_VLAN, port, wanted.access_vlan, found)
    if port.mode is PortMode.TRUNK:
        result += _trunk(wanted, port, existing)
    return result


def _guards(wanted: ExpectedPort, port: SwitchPort) -> list[SwitchFinding]:
    if wanted.guards is None or wanted.guards == port.guards:
        return []
    return [
        _differing(Subject.GUARDS, port, _words(wanted.guards), _words(port.guards)),
    ]


def _words(guards: PortGuards) -> str:
    """Those that stand, by their fields' names."""
    told = [
        name.replace("_", " ") if value is True else f"{name.replace('_', ' ')} {value}"
        for name, value in asdict(guards).items()
        if value not in (False, None)
    ]
    return "(" + ", ".join(told) + ")"


def _trunk(wanted: ExpectedPort, port: SwitchPort, existing: frozenset[int]) -> list[SwitchFinding]:
    carried = port.trunk_vlans & existing
    # Where nobody asks for untagged frames, a default native VLAN that the trunk stops is none.
    native = port.native_vlan
    if wanted.native_vlan is None and native not in carried:
        native = None
    result = _one_vlan(
        Subject.NATIVE_VLAN, port, wanted.native_vlan, _usable(native, carried, "not carried")
    )
    for vlans, missing in ((wanted.vlans - carried, True), (carried - wanted.vlans, False)):
        if vlans:
            text = ", ".join(map(str, sorted(vlans)))
            result.append(
                _one_sided(Subject.TRUNK_VLANS, port.name, text, missing=missing, line=port.line)
            )
    return result


def _one_vlan(
    subject: Subject, port: SwitchPort, wanted: int | None, found: str
) -> list[SwitchFinding]:
    expected = "none" if wanted is None else str(wanted)
    return [] if expected == found else [_differing(subject, port, expected, found)]


def _usable(vlan: int | None, usable: frozenset[int], otherwise: str) -> str:
    if vlan is None:
        return "none"
    return str(vlan) if vlan in usable else f"{vlan} ({otherwise})"


def _addresses(
    expected: Mapping[str, tuple[str, ...]], found: Mapping[str, tuple[str, ...]]
) -> Iterator[SwitchFinding]:
    for name in sorted(expected.keys() | found.keys()):
        if expected.get(name) == found.get(name):
            continue  # the same texts; only others are read
        wanted = {ip_interface(text) for text in expected.get(name, ())}
        there = {ip_interface(text) for text in found.get(name, ())}
        for address in sorted(wanted ^ there, key=lambda one: (one.version, one)):
            yield _one_sided(Subject.ADDRESS, name, str(address), missing=address in wanted)


def _one_sided(
    subject: Subject, name: str, text: str, *, missing: bool, line: int | None = None
) -> SwitchFinding:
    return SwitchFinding(
        difference=Difference.MISSING if missing else Difference.EXTRA,
        subject=subject,
        name=name,
        expected=text if missing else "",
        found="" if missing else text,
        line=line,
    )


def _differing(subject: Subject, port: SwitchPort, expected: str, found: str) -> SwitchFinding:
    return SwitchFinding(
        difference=Difference.DIFFERING,
        subject=subject,
        name=port.name,
        expected=expected,
        found=found,
        line=port.line,
    )
