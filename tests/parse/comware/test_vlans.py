"""Which VLANs there are, and which of them a port carries."""

from __future__ import annotations

import pytest

from telemed_infra.parse.behaviour import PortMode, SwitchPort
from tests.parse.comware.reading import PORT, block, port, switch, unread, whole, why


def test_vlans_are_made_one_by_one_and_in_ranges() -> None:
    read = whole("""
        vlan 1
        #
        vlan 10
         name MGMT
         description switches of the ward
        #
        vlan 20 to 22
        #
        undo vlan 21
    """)
    assert read.vlans == {10, 20, 22}


def test_all_vlans() -> None:
    assert whole("vlan all").vlans == frozenset(range(2, 4095))
    assert whole("vlan 2 to 5\nundo vlan all").vlans == frozenset()


@pytest.mark.parametrize(
    "line",
    [
        "vlan 0", "vlan 4095", "vlan 9 to 1", "vlan", "vlan x",
        "vlan 20 30 40",  # one range is what the book has
        "vlan batch 10 20",  # this is VRP
    ],
)  # fmt: skip
def test_bad_vlan_lines_are_unread(line: str) -> None:
    assert unread(line) == [line]


def test_a_line_that_makes_several_vlans_opens_no_view() -> None:
    assert unread("vlan 2 to 5\nname X") == ["name X"]
    assert unread("vlan 2 to 5\n port GigabitEthernet1/0/1") == ["port GigabitEthernet1/0/1"]


def test_access_is_the_default_and_is_not_printed() -> None:
    assert port("description to CT 01", "port access vlan 40") == SwitchPort(
        name=PORT,
        line=3,
        mode=PortMode.ACCESS,
        access_vlan=40,
        native_vlan=None,
        trunk_vlans=frozenset(),
        description="to CT 01",
    )
    assert port("port link-type access").access_vlan == 1
    assert port("port access vlan 40", "undo port access vlan").access_vlan == 1


def test_an_access_port_takes_only_a_vlan_that_is_made_before() -> None:
    """Source: docs/reference/platforms.md: the command fails otherwise."""
    text = block("port access vlan 60") + "vlan 60\n"
    assert unread(text) == ["port access vlan 60"]
    assert switch(text).ports[PORT].access_vlan == 1
    assert "not made" in why(text)


def test_a_removed_vlan_leaves_access_ports_in_vlan_1_and_trunks_as_they_are() -> None:
    access = whole(block("port access vlan 40") + "undo vlan 40\n")
    assert access.ports[PORT].access_vlan == 1
    trunk = whole(
        block("port link-type trunk", "port trunk permit vlan 40", "port trunk pvid vlan 40")
        + "undo vlan 40\n"
    )
    found = trunk.ports[PORT]
    assert (found.native_vlan, found.trunk_vlans) == (40, frozenset({1, 40}))
    assert 40 not in trunk.vlans


def test_removing_a_vlan_that_something_stands_on_is_unread() -> None:
    hybrid = block("port link-type hybrid", "port hybrid vlan 40 tagged") + "undo vlan 40 to 41\n"
    assert unread(hybrid) == ["undo vlan 40 to 41"]
    layer3 = "vlan 40\n#\ninterface Vlan-interface40\n#\nundo vlan 40\n"
    assert unread(layer3) == ["undo vlan 40"]


def test_ports_join_a_vlan_in_its_view() -> None:
    read = whole("""
        vlan 20
         port GigabitEthernet1/0/1 to GigabitEthernet1/0/3 GigabitEthernet1/0/9
        #
        vlan 30
         port GigabitEthernet 1/0/2
         undo port GigabitEthernet 1/0/2
    """)
    assert {name: found.access_vlan for name, found in read.ports.items()} == {
        "GigabitEthernet1/0/1": 20,
        "GigabitEthernet1/0/2": 1,
        "GigabitEthernet1/0/3": 20,
        "GigabitEthernet1/0/9": 20,
    }


@pytest.mark.parametrize(
    "lines",
    [
        ("port Bridge-Aggregation1",),
        ("port Vlan-interface1",),
        ("port GigabitEthernet1/0/1 to GigabitEthernet2/0/3",),
        ("port GigabitEthernet1/0/3 to GigabitEthernet1/0/1",),
        ("port",),
        ("undo port GigabitEthernet1/0/1",),
    ],
)
def test_what_does_not_join_a_vlan_in_its_view(lines: tuple[str, ...]) -> None:
    assert unread("vlan 20\n " + "\n ".join(lines)) == list(lines)


def test_only_access_ports_join_a_vlan_in_its_view() -> None:
    text = block("port link-type trunk") + f"vlan 20\n port {PORT}\n"
    assert unread(text) == [f"port {PORT}"]


def test_a_trunk_carries_vlan_1_until_it_is_taken_off() -> None:
    found = port("port link-type trunk", "port trunk permit vlan 10 20 to 21")
    assert found.mode is PortMode.TRUNK
    assert (found.native_vlan, found.trunk_vlans) == (1, frozenset({1, 10, 20, 21}))
    without = port(
        "port link-type trunk",
        "undo port trunk permit vlan 1",
        "port trunk permit vlan 10",
        "port trunk permit vlan 20",
        "port trunk pvid vlan 999",
    )
    assert (without.native_vlan, without.trunk_vlans) == (999, frozenset({10, 20}))


def test_the_permit_list_is_printed_with_vlan_1_if_it_is_kept() -> None:
    found = port("port link-type trunk", "port trunk permit vlan 1 to 2 10")
    assert found.trunk_vlans == {1, 2, 10}


def test_trunk_of_all() -> None:
    every = frozenset(range(1, 4095))
    assert port("port link-type trunk", "port trunk permit vlan all").trunk_vlans == every
    printed = ("undo port trunk permit vlan 1", "port trunk permit vlan 2 to 4094")
    assert port("port link-type trunk", *printed).trunk_vlans == every - {1}


def test_undo_takes_vlans_off_in_the_order_of_the_text() -> None:
    lines = ("port link-type trunk", "port trunk permit vlan 10 to 20")
    assert port(*lines, "undo port trunk permit vlan 12 to 20").trunk_vlans == {1, 10, 11}
    assert port(*lines, "undo port trunk permit vlan all").trunk_vlans == frozenset()
    again = ("undo port trunk permit vlan all", "port trunk permit vlan 11")
    assert port(*lines, *again).trunk_vlans == {11}
    assert port(*lines, "port trunk pvid vlan 9", "undo port trunk pvid").native_vlan == 1


@pytest.mark.parametrize(
    ("lines", "left"),
    [
        (("port trunk permit vlan 10", "port link-type trunk"), ["port trunk permit vlan 10"]),
        (("port link-type trunk", "port access vlan 10"), ["port access vlan 10"]),
        (("port trunk pvid vlan 10",), ["port trunk pvid vlan 10"]),
        (("port hybrid vlan 10 tagged",), ["port hybrid vlan 10 tagged"]),
        (("port link-type trunk", "port link-type hybrid"), ["port link-type hybrid"]),
        (("port link-type hybrid", "port link-type trunk"), ["port link-type trunk"]),
        (
            ("port link-type trunk", "port trunk permit vlan 10", "port link-type access"),
            ["port link-type access"],
        ),
        (("port link-type dot1q-tunnel",), ["port link-type dot1q-tunnel"]),
        (("port trunk pvid",), ["port trunk pvid"]),
        (("undo port trunk pvid vlan 5",), ["undo port trunk pvid vlan 5"]),
        (("port default vlan 10",), ["port default vlan 10"]),  # this is VRP
        (("port trunk allow-pass vlan 10",), ["port trunk allow-pass vlan 10"]),
        (
            ("port link-type trunk", "port trunk permit vlan 1 2 3 4 5 6 7 8 9 10 11"),
            ["port trunk permit vlan 1 2 3 4 5 6 7 8 9 10 11"],
        ),
    ],
)
def test_lines_that_the_device_refuses_here(lines: tuple[str, ...], left: list[str]) -> None:
    assert unread(block(*lines)) == left


def test_link_types_change_by_way_of_access() -> None:
    """Trunk to hybrid needs access between; a hybrid port begins with the access VLAN."""
    lines = ("port link-type trunk", "port link-type access", "port link-type hybrid")
    assert port(*lines).access_vlan == 1
    fresh = port("port access vlan 40", "port link-type hybrid")
    assert (fresh.mode, fresh.access_vlan) == (PortMode.ACCESS, 40)
    trunk = port("port access vlan 40", "port link-type trunk")
    assert (trunk.native_vlan, trunk.trunk_vlans) == (1, frozenset({1}))
    assert port("port link-type trunk", "undo port link-type").mode is PortMode.ACCESS


def test_a_hybrid_port_that_says_what_an_access_port_says() -> None:
    found = port(
        "port link-type hybrid",
        "undo port hybrid vlan 1",
        "port hybrid vlan 40 untagged",
        "port hybrid pvid vlan 40",
    )
    assert (found.mode, found.access_vlan) == (PortMode.ACCESS, 40)


def test_a_hybrid_port_that_says_what_a_trunk_says() -> None:
    found = port(
        "port link-type hybrid",
        "undo port hybrid vlan 1",
        "port hybrid vlan 10 30 to 31 tagged",
        "port hybrid vlan 40 untagged",
        "port hybrid pvid vlan 40",
    )
    assert found.mode is PortMode.TRUNK
    assert (found.native_vlan, found.trunk_vlans) == (40, frozenset({10, 30, 31, 40}))
    nothing_untagged = port(
        "port link-type hybrid", "undo port hybrid vlan 1", "port hybrid vlan 10 tagged"
    )
    assert (nothing_untagged.native_vlan, nothing_untagged.trunk_vlans) == (1, frozenset({10}))


@pytest.mark.parametrize(
    "lines",
    [
        ("port hybrid vlan 40 untagged",),  # VLAN 1 leaves untagged too
        ("undo port hybrid vlan 1", "port hybrid vlan 40 untagged"),  # the PVID is 1
        ("port hybrid vlan 1 tagged",),  # the PVID comes without a tag and leaves with one
    ],
)
def test_a_hybrid_port_that_neither_can_say(lines: tuple[str, ...]) -> None:
    text = block("port link-type hybrid", *lines)
    assert unread(text) == [f"interface {PORT}"]
    assert PORT not in switch(text).ports


def test_hybrid_lines_add_up_and_a_vlan_is_tagged_or_not() -> None:
    found = port(
        "port link-type hybrid",
        "port hybrid vlan 10 20 tagged",
        "port hybrid vlan 20 untagged",
        "port hybrid vlan 20 tagged",
        "undo port hybrid vlan 10",
    )
    assert (found.native_vlan, found.trunk_vlans) == (1, frozenset({1, 20}))
    pvid = ("port hybrid pvid vlan 20", "undo port hybrid pvid")
    assert port("port link-type hybrid", *pvid).access_vlan == 1


def test_a_hybrid_port_takes_only_vlans_that_are_made() -> None:
    text = block("port link-type hybrid", "port hybrid vlan 10 60 tagged")
    assert unread(text) == ["port hybrid vlan 10 60 tagged"]


@pytest.mark.parametrize(
    "line",
    [
        "port hybrid vlan 10", "port hybrid vlan 10 both", "port hybrid vlan tagged",
        "port hybrid protocol-vlan vlan 10", "port hybrid pvid",
    ],
)  # fmt: skip
def test_bad_hybrid_lines_are_unread(line: str) -> None:
    assert unread(block("port link-type hybrid", line)) == [line]


def test_voice_vlan_is_read_where_the_port_carries_it_anyhow() -> None:
    found = port("port link-type trunk", "port trunk permit vlan 20", "voice-vlan 20 enable")
    assert found.trunk_vlans == {1, 20}
    by_hand = ("undo voice-vlan mode auto", "voice-vlan 20 enable")
    assert port("port link-type trunk", *by_hand).trunk_vlans == {1}
    undone = ("voice-vlan 20 enable", "undo voice-vlan 20 enable")
    assert port("port link-type trunk", *undone).trunk_vlans == {1}


@pytest.mark.parametrize(
    "lines",
    [
        ("voice-vlan 20 enable",),  # an access port takes it by hand only
        ("port link-type trunk", "voice-vlan 20 enable"),  # a phone would add it
        ("port link-type trunk", "voice-vlan 60 enable"),  # not made
        ("port link-type trunk", "undo voice-vlan mode auto", "voice-vlan 20 enable",
         "voice-vlan mode auto", "voice-vlan 21 enable"),
    ],
)  # fmt: skip
def test_voice_vlan_that_a_phone_would_bring(lines: tuple[str, ...]) -> None:
    assert set(unread(block(*lines))) == {line for line in lines if line.endswith("enable")}


@pytest.mark.parametrize(
    "line",
    [
        "qinq enable", "vlan mapping 10 translated-vlan 20", "mac-vlan enable",
        "port private-vlan host", "port-isolate enable group 1", "port bridge enable",
        "mvrp enable", "port pvid forbidden", "service-instance 10", "default",
        "dot1x guest-vlan 20", "mac-authentication critical vlan 20", "dot1x auth-fail vlan 20",
    ],
)  # fmt: skip
def test_what_moves_frames_otherwise_is_unread_with_a_reason(line: str) -> None:
    text = block("port access vlan 10", line)
    assert unread(text) == [line]
    assert why(text) != "no such command is known in this view"


@pytest.mark.parametrize(
    "line", ["supervlan", "subvlan 30", "private-vlan primary", "ip-subnet-vlan 0 ip 10.0.0.0"]
)
def test_what_a_vlan_is_made_into_is_unread(line: str) -> None:
    assert unread(f"vlan 20\n {line}") == [line]
