"""A switch's text against what its ports are for: equal, or each departure with its line."""

from __future__ import annotations

from collections.abc import Iterator

from telemed_infra.parse.behaviour import SwitchBehaviour
from telemed_infra.prove.expected_switch import carried_vlans
from telemed_infra.prove.findings import DeviceProof, Finding
from telemed_infra.prove.switches import (
    Difference,
    ExpectedSwitch,
    Subject,
    SwitchFinding,
    compare_switch,
)


def prove_switch(device: str, behaviour: SwitchBehaviour, expected: ExpectedSwitch) -> DeviceProof:
    """Everything about one switch's text.

    Sizes: `must` counts the VLANs of each port, `rules` the ports read from the text, `ways` the
    VLANs that some port carries.
    """
    carried = [carried_vlans(port) for port in expected.ports.values()]
    return DeviceProof(
        device=device,
        findings=(
            *_unread(device, behaviour),
            *_departures(device, behaviour, expected),
            *_unused(device, behaviour),
        ),
        must=sum(map(len, carried)),
        rules=len(behaviour.ports),
        ways=len(frozenset().union(*carried)),
        lines=behaviour.lines,
        covered=behaviour.lines - len(behaviour.unread),
        effective=len(behaviour.effective),
    )


def _unread(device: str, behaviour: SwitchBehaviour) -> Iterator[Finding]:
    for one in behaviour.unread:
        says = f"`{one.text.strip()}`: {one.why}"
        yield Finding(device=device, line=one.line, kind="unread", says=says)


def _unused(device: str, behaviour: SwitchBehaviour) -> Iterator[Finding]:
    for name in behaviour.unused:
        yield Finding(device=device, line=0, kind="hygiene", says=f"{name} is bound nowhere")


def _departures(
    device: str, behaviour: SwitchBehaviour, expected: ExpectedSwitch
) -> Iterator[Finding]:
    for one in compare_switch(expected, behaviour):
        yield Finding(device=device, line=one.line or 0, kind="switch", says=_sentence(one))


def _sentence(one: SwitchFinding) -> str:
    where = "" if one.subject is Subject.VLAN else f"{one.name}: "
    match one.difference:
        case Difference.MISSING:
            return f"{where}{one.subject.value} {one.expected} is missing"
        case Difference.EXTRA:
            return f"{where}{one.subject.value} {one.found} is not meant"
        case Difference.DIFFERING:
            return f"{where}{one.subject.value} {one.found} in place of {one.expected}"
