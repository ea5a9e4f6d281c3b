"""A switch's text against what its ports are for."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from telemed_infra.parse.behaviour import PortMode, SwitchBehaviour, SwitchPort
from telemed_infra.prove.switches import (
    Difference,
    ExpectedPort,
    ExpectedSwitch,
    Subject,
    compare_switch,
)

EXPECTED = ExpectedSwitch(
    vlans=frozenset({10, 20, 99}),
    ports={
        "GE1": ExpectedPort(mode=PortMode.ACCESS, access_vlan=10),
        "GE2": ExpectedPort(mode=PortMode.TRUNK, native_vlan=99, vlans=frozenset({10, 20, 99})),
        "GE3": ExpectedPort(mode=PortMode.TRUNK, vlans=frozenset({20})),
        "GE4": ExpectedPort(mode=PortMode.ROUTED),
        "GE5": ExpectedPort(mode=PortMode.SHUTDOWN),
    },
    addresses={"Vlanif10": ("10.1.0.1/24", "2001:db8::1/64")},
)


def port(name: str, line: int, mode: PortMode, **fields: object) -> SwitchPort:
    plain = SwitchPort(
        name=name, line=line, mode=mode, access_vlan=None, native_vlan=None, trunk_vlans=frozenset()
    )
    return replace(plain, **fields)


PORTS = {
    "GE1": port("GE1", 11, PortMode.ACCESS, access_vlan=10),
    "GE2": port("GE2", 12, PortMode.TRUNK, native_vlan=99, trunk_vlans=frozenset({10, 20, 99})),
    "GE3": port("GE3", 13, PortMode.TRUNK, native_vlan=1, trunk_vlans=frozenset({20})),
    "GE4": port("GE4", 14, PortMode.ROUTED),
    "GE5": port("GE5", 15, PortMode.SHUTDOWN),
}
TEXT = SwitchBehaviour(
    hostname="s",
    vlans=frozenset({10, 20, 99}),
    ports=PORTS,
    addresses={"Vlanif10": ("2001:DB8:0::1/64", "10.1.0.1/24")},
)
MISSING, EXTRA, DIFFERING = Difference.MISSING, Difference.EXTRA, Difference.DIFFERING


def with_port(changed: SwitchPort) -> SwitchBehaviour:
    return replace(TEXT, ports={**PORTS, changed.name: changed})


def test_a_text_that_says_the_same_has_no_finding() -> None:
    assert compare_switch(EXPECTED, TEXT) == []


def test_an_unexpected_port_that_is_shut_down_is_none() -> None:
    assert compare_switch(EXPECTED, with_port(port("GE9", 19, PortMode.SHUTDOWN))) == []


def test_allowed_vlans_count_only_if_the_switch_defines_them() -> None:
    everything = replace(PORTS["GE2"], trunk_vlans=frozenset(range(2, 4095)))
    assert compare_switch(EXPECTED, with_port(everything)) == []


@pytest.mark.parametrize(
    ("changed", "finding"),
    [
        (replace(PORTS["GE1"], access_vlan=20), (DIFFERING, Subject.ACCESS_VLAN, "10", "20", 11)),
        (
            replace(PORTS["GE1"], access_vlan=30),
            (DIFFERING, Subject.ACCESS_VLAN, "10", "30 (not defined)", 11),
        ),
        (
            replace(PORTS["GE2"], native_vlan=20),
            (DIFFERING, Subject.NATIVE_VLAN, "99", "20", 12),
        ),
        (
            replace(PORTS["GE3"], trunk_vlans=frozenset({10, 20, 99})),
            (EXTRA, Subject.TRUNK_VLANS, "", "10, 99", 13),
        ),
        (
            replace(PORTS["GE2"], trunk_vlans=frozenset({99, 10})),
            (MISSING, Subject.TRUNK_VLANS, "20", "", 12),
        ),
        (
            replace(PORTS["GE4"], mode=PortMode.ACCESS),
            (DIFFERING, Subject.MODE, "routed", "access", 14),
        ),
        (port("GE6", 16, PortMode.ACCESS, access_vlan=1), (EXTRA, Subject.PORT, "", "access", 16)),
    ],
)
def test_a_damaged_port_is_found(
    changed: SwitchPort, finding: tuple[Difference, Subject, str, str, int]
) -> None:
    (one,) = compare_switch(EXPECTED, with_port(changed))
    assert (one.difference, one.subject, one.expected, one.found, one.line) == finding
    assert one.name == changed.name


def test_vlan_1_is_there_without_being_defined() -> None:
    leak = replace(PORTS["GE3"], trunk_vlans=frozenset({1, 20}))
    native, trunk = compare_switch(EXPECTED, with_port(leak))
    assert (native.subject, native.expected, native.found) == (Subject.NATIVE_VLAN, "none", "1")
    assert (trunk.subject, trunk.found) == (Subject.TRUNK_VLANS, "1")


def test_an_expected_native_vlan_has_to_be_carried() -> None:
    stopped = replace(PORTS["GE2"], trunk_vlans=frozenset({10, 20}))
    native, trunk = compare_switch(EXPECTED, with_port(stopped))
    assert (native.expected, native.found) == ("99", "99 (not carried)")
    assert (trunk.difference, trunk.expected) == (MISSING, "99")


def test_a_port_that_the_text_lacks_is_found() -> None:
    text = replace(TEXT, ports={name: one for name, one in PORTS.items() if name != "GE2"})
    (one,) = compare_switch(EXPECTED, text)
    assert (one.difference, one.subject, one.name, one.line) == (MISSING, Subject.PORT, "GE2", None)


def test_vlans_too_many_and_too_few_are_found() -> None:
    expected = replace(EXPECTED, ports={}, vlans=frozenset({10, 30}))
    text = replace(TEXT, ports={}, vlans=frozenset({10, 40}))
    missing, extra = compare_switch(expected, text)
    assert (missing.difference, missing.subject, missing.name) == (MISSING, Subject.VLAN, "30")
    assert (extra.difference, extra.subject, extra.name) == (EXTRA, Subject.VLAN, "40")


def test_addresses_too_many_and_too_few_are_found() -> None:
    text = replace(TEXT, addresses={"Vlanif10": ("10.1.0.2/24",), "LoopBack0": ("10.9.0.1/32",)})
    found = [
        (one.difference, one.name, one.expected or one.found)
        for one in compare_switch(EXPECTED, text)
    ]
    assert found == [
        (EXTRA, "LoopBack0", "10.9.0.1/32"),
        (MISSING, "Vlanif10", "10.1.0.1/24"),
        (EXTRA, "Vlanif10", "10.1.0.2/24"),
        (MISSING, "Vlanif10", "2001:db8::1/64"),
    ]
