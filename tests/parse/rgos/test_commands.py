"""How lines are taken: names of interfaces, views, abbreviations, what must not be shown."""

from __future__ import annotations

import pytest

from telemed_infra.parse.behaviour import PortMode
from tests.parse.rgos.reading import PORT, left, switch, whole


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("gi 1/0/1", "GigabitEthernet 1/0/1"), ("GigabitEthernet 1/0/25", "GigabitEthernet 1/0/25"),
        ("gigabitEthernet0/1", PORT), ("G0/1", PORT), ("te 0/49", "TenGigabitEthernet 0/49"),
        ("tf0/1", "TFGigabitEthernet 0/1"), ("FortyGig 0/53", "FortyGigabitEthernet 0/53"),
        ("hu 0/49", "HundredGigabitEthernet 0/49"), ("fa 0/1", "FastEthernet 0/1"),
        ("ag 3", "AggregatePort 3"), ("mgmt 0", "Mgmt 0"),
        ("gi  1/2/3/4", "GigabitEthernet 1/2/3/4"),
    ],
)  # fmt: skip
def test_names_of_interfaces(typed: str, name: str) -> None:
    assert set(whole(f"interface {typed}").ports) == {name}


@pytest.mark.parametrize(
    "typed", ["f 0/1", "t 0/1", "GigabitEthernet", "0/1", "xe 0/1", "gi 0/1 0/2", "ethernet 0/1"]
)
def test_names_that_are_none_or_several(typed: str) -> None:
    assert left(f"interface {typed}") == [f"interface {typed}"]


@pytest.mark.parametrize(
    ("typed", "places"),
    [
        ("gi 0/1-3", (1, 2, 3)), ("gi 0/1 - 3", (1, 2, 3)), ("g0/1-2,0/5,0/7-8", (1, 2, 5, 7, 8)),
        ("gi 0/1, gi 0/4", (1, 4)), ("gi 0/1 - 0/2", (1, 2)), ("gi 0/1-gi 0/2", (1, 2)),
    ],
)  # fmt: skip
def test_ranges(typed: str, places: tuple[int, ...]) -> None:
    read = whole(f"interface range {typed}\n switchport access vlan 9")
    assert set(read.ports) == {f"GigabitEthernet 0/{place}" for place in places}
    assert {one.access_vlan for one in read.ports.values()} == {9}


@pytest.mark.parametrize(
    "typed", ["gi 0/3-1", "0/1-2", "gi 0/1-1/2", "gi 0/1,0/1", "gi 0/1-9999", "gi 0/1 0/2", ""]
)
def test_bad_ranges(typed: str) -> None:
    line = f"interface range {typed}".strip()
    assert left(line) == [line]


def test_a_default_interface_keeps_nothing() -> None:
    read = whole("interface gi 0/1\n switchport mode trunk\n shutdown\ndefault interface gi 0/1")
    assert read.ports[PORT].mode is PortMode.ACCESS
    assert left("no interface gi 0/1") == ["no interface gi 0/1"]
    assert left("no interface vlan 10") == ["no interface vlan 10"]
    assert whole("vlan 9\ninterface vlan 9\n ip address 10.0.0.1/24\nno int vl 9").addresses == {}


def test_what_stands_in_an_unknown_view_is_not_taken_for_the_view_around_it() -> None:
    text = "interface Dialer 0\n shutdown\ninterface gi 0/1\n switchport access vlan 9\n"
    assert left(text) == ["interface Dialer 0", "shutdown"]
    assert switch(text).ports[PORT].mode is PortMode.ACCESS
    assert left("router ospf 1\n network 10.0.0.0 0.255.255.255 area 0") == [
        "router ospf 1", "network 10.0.0.0 0.255.255.255 area 0",
    ]  # fmt: skip


def test_capitals_and_short_words() -> None:
    read = whole("INT G0/1\nSW MO TR\nSW TR AL VL ONLY 7\nEX\nVL 7\nHOST X")
    assert read.ports[PORT].trunk_vlans == {7}
    assert read.vlans == {7}
    assert read.hostname == "X"
    assert left("interface g0/1\n s m trunk") == ["s m trunk"]


def test_end_leaves_configuration() -> None:
    assert left("interface gi 0/1\nend\nshutdown\nhostname X\nconf t\nhostname Y") == [
        "shutdown", "hostname X",
    ]  # fmt: skip


def test_views_of_the_box_are_understood() -> None:
    text = """
        nfpp
         arp-guard enable
         no ip-guard enable
        !
        redundancy
         auto-sync time-period 3600
        switch virtual domain 1
         switch 1 priority 200
        time-range WORK
         periodic daily 8:00 to 18:00
        ip dhcp pool P
         network 10.0.0.0 255.255.255.0
         default-router 10.0.0.1
        class-map VIDEO
         match access-group 101
        policy-map EDGE
         class VIDEO
          set ip dscp 34
          police 10000 80 exceed-action drop
        interface gi 0/1
         service-policy input EDGE
         mls qos trust dscp
         rldp port loop-detect shutdown-port
         arp-check
    """
    read = whole(text)
    assert len(read.inert | read.effective) == read.lines


@pytest.mark.parametrize(
    "line", ["username x privilege 99 password 7 s3cr3t",
             "snmp-server community 7 s3cr3t rw host 10.0.0.1",
             "tacacs-server host x key 7 s3cr3t", "radius-server host 10.0.0.1 port 9 key s3cr3t"],
)  # fmt: skip
def test_secrets_are_not_shown(line: str) -> None:
    for asked in ("", *(f"aaa new-model\naaa authentication login default group {kind}\n"
                        for kind in ("radius", "tacacs+"))):  # fmt: skip
        for one in switch(asked + line).unread:
            assert "s3cr3t" not in one.text + one.why


def test_a_banner_without_end_swallows_the_rest() -> None:
    text = "banner login #\nkeep out\nhostname X\n"
    assert left(text) == ["banner login #"]
    assert switch(text).hostname == ""
