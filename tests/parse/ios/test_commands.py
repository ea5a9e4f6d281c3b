"""How lines are taken: views, abbreviations, banners, what `end` leaves, what must not be shown."""

from __future__ import annotations

import pytest

from telemed_infra.parse.behaviour import PortMode
from telemed_infra.parse.frr.engine import match
from telemed_infra.parse.ios import parse_ios_firewall, parse_ios_switch
from telemed_infra.parse.ios.dialect import IOS
from telemed_infra.parse.ios.values import interface
from tests.parse.ios.judge import LAN, OUT, PLAIN, firewall, passes, read_whole, switch, unread

GI = "GigabitEthernet1/0/1"


@pytest.mark.parametrize(
    ("line", "known"),
    [
        ("switchport mode trunk", True),
        ("sw mo tr", True),
        ("SWITCHPORT Mode TRUNK", True),
        ("s m t", False),  # a device knows more words in s
        ("switchports mode trunk", False),
        ("switchport mode", False),
        ("switchport mode trunk now", False),
    ],
)
def test_words_are_shortened_as_far_as_the_table_says(line: str, *, known: bool) -> None:
    found = match("switchport mode <access|trunk>", line, IOS)
    assert found == (("trunk",) if known else None)


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("gi1/0/1", GI), ("GigabitEthernet 1/0/1", GI), ("GIG1/0/1", GI),
        ("te1/1/4", "TenGigabitEthernet1/1/4"), ("po1", "Port-channel1"), ("vlan 10", "Vlan10"),
        ("fa0/1.40", "FastEthernet0/1.40"), ("lo0", "Loopback0"), ("Hu1/0/49", "HundredGigE1/0/49"),
        ("twe1/0/1", "TwentyFiveGigE1/0/1"), ("Se0/1/0:0", "Serial0/1/0:0"),
    ],
)  # fmt: skip
def test_names_of_interfaces(typed: str, name: str) -> None:
    assert interface(typed) == name


@pytest.mark.parametrize("typed", ["f0/1", "t1/1", "GigabitEthernet", "1/0/1", "xe-0/0/1", ""])
def test_names_that_are_none_or_several(typed: str) -> None:
    assert unread(parse_ios_switch(f"interface {typed}")) == [f"interface {typed}".strip()]


def test_the_same_text_typed_flat_and_in_another_order() -> None:
    printed = """
        vlan 40
         name IMAGING
        !
        interface GigabitEthernet1/0/1
         switchport access vlan 40
         switchport mode access
        !
        interface GigabitEthernet1/0/48
         switchport trunk native vlan 999
         switchport trunk allowed vlan 10,20
         switchport mode trunk
    """
    typed = """
        enable
        conf t
        int gi1/0/48
        sw mo tr
        sw tr nat vl 999
        sw tr al vl 10
        sw tr al vl add 20
        int gi 1/0/1
        sw ac vl 40
        sw mo ac
        exit
        vl 40
        name IMAGING
        end
        wr mem
    """
    first, second = switch(printed), switch(typed)
    assert read_whole(first)
    assert read_whole(second)
    assert first.vlans == second.vlans
    for name, port in first.ports.items():
        other = second.ports[name]
        assert (port.mode, port.access_vlan, port.native_vlan, port.trunk_vlans) == (
            other.mode, other.access_vlan, other.native_vlan, other.trunk_vlans,
        )  # fmt: skip


def test_a_global_command_leaves_the_view_it_is_typed_in() -> None:
    read = switch(f"""
        interface {GI}
         vlan 40
         name IMAGING
         shutdown
    """)
    assert read.vlans == {40}
    assert read.ports == {}  # a live port without mode
    assert unread(read) == [f"interface {GI}", "shutdown"]


def test_exit_leaves_one_view_and_end_leaves_configuration() -> None:
    read = firewall("""
        policy-map type inspect P
         class type inspect C
          exit
         class class-default
          drop log
          exit
         exit
        hostname R1
        end
        hostname R2
        configure terminal
        hostname R3
    """)
    assert read.hostname == "R3"
    assert unread(read) == ["hostname R2"]
    assert unread(parse_ios_switch("exit\nvlan 10")) == ["vlan 10"]


def test_a_comment_ends_nothing() -> None:
    """`!` is for the eye: a device stays where it is."""
    read = switch(f"interface {GI}\n!\n switchport mode access\n! done\n switchport access vlan 9")
    assert read_whole(read)
    assert read.ports[GI].access_vlan == 9


def test_what_stands_in_an_unknown_view_is_not_taken_for_the_view_around_it() -> None:
    read = switch(f"""
        interface {GI}
         switchport mode access
        router eigrp 7
         shutdown
        voice service voip
         shutdown
    """)
    assert read.ports[GI].mode is PortMode.ACCESS
    assert len(read.unread) == 4


def test_an_unknown_line_of_a_block_hides_that_line_alone() -> None:
    read = switch(f"interface {GI}\n switchport mode access\n ip unheard of\n shutdown")
    assert unread(read) == ["ip unheard of"]
    assert read.ports[GI].mode is PortMode.SHUTDOWN
    typed = switch(f"interface {GI}\nswitchport mode access\nip unheard of\nshutdown")
    assert unread(typed) == ["ip unheard of", "shutdown"]


@pytest.mark.parametrize(
    ("lines", "is_shut"),
    [
        (" vrrp 10 ip 10.1.0.254\n shutdown", True),
        (" vrrp 10 address-family ipv4\n  shutdown\n  exit-vrrp\n no shutdown", False),
        (" vrrp 10 address-family ipv4\n  address 10.1.0.254\n  exit-vrrp\n shutdown", True),
    ],
)
def test_whose_shutdown_it_is(lines: str, *, is_shut: bool) -> None:
    version = "fhrp version vrrp v3\n" if "address-family" in lines else ""
    read = firewall(PLAIN, f"{version}interface {LAN}\n{lines}")
    assert read_whole(read)
    assert passes(read, OUT, "tcp/443") is not is_shut


def test_blocks_that_begin_like_lines_of_an_interface() -> None:
    read = switch(f"""
        interface {GI}
         switchport mode access
        !
        spanning-tree mst configuration
         name REGION
         instance 1 vlan 10-20
        !
        ipv6 nd raguard policy HOSTS
         device-role host
        interface {GI}
         ipv6 nd raguard attach-policy HOSTS
         spanning-tree mst 1 cost 200
         shutdown
    """)
    assert read_whole(read)
    assert read.ports[GI].mode is PortMode.SHUTDOWN


BANNER = """
    banner {} ^C
    no entry
    interface {}
     shutdown
    !
    ^C
    interface {}
     switchport mode access
"""


@pytest.mark.parametrize("kind", ["motd", "login", "exec"])
def test_a_banner_is_text_whatever_it_says(kind: str) -> None:
    read = switch(BANNER.format(kind, GI, GI))
    assert read_whole(read)
    assert read.ports[GI].mode is PortMode.ACCESS
    assert read.lines == 8


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("banner motd # keep out #\nhostname R", []),
        ("banner motd x keep out\nhostname x\nhostname R", []),
        ("banner motd # keep out # shutdown\nhostname R", ["banner motd # keep out # shutdown"]),
        ("hostname R\nbanner motd # keep out\ninterface Gi1/0/1", ["banner motd # keep out"]),
        ("banner config-save # x #\nhostname R", ["banner config-save # x #"]),
        ("no banner motd\nhostname R", []),
    ],
)
def test_where_a_banner_ends(text: str, expected: list[str]) -> None:
    read = parse_ios_switch(text)
    assert unread(read) == expected
    assert read.hostname == "R"
    assert read.ports == {}


def test_certificates_are_figures() -> None:
    read = firewall("""
        crypto pki trustpoint TP-self-signed-1
         enrollment selfsigned
         revocation-check none
        crypto pki certificate chain TP-self-signed-1
         certificate self-signed 01
          30820330 30820218 A0030201 02020101
          0D0101
                quit
        hostname R1
    """)
    assert read_whole(read)
    assert read.hostname == "R1"


def test_signs_that_do_not_print_are_unread() -> None:
    for sign in ("\x0b", "\x1c", "\u2028", "\x00", "\u00a0"):
        assert len(parse_ios_switch(f"hostname R1{sign}hostname R2").unread) == 1
    assert parse_ios_switch("\thostname\tR1 \r\n").hostname == "R1"


@pytest.mark.parametrize(
    ("line", "secret"),
    [
        ("usr op secret 9 $9$hash", "$9$hash"),
        ("radius-serve key 7 0822455D0A16", "0822455D0A16"),
        ("snmp-serve community s3cret RO", "s3cret"),
        ("neighbour 10.0.0.1 password 0 s3cret", "s3cret"),
        ("pre-shared-key s3cret", "s3cret"),
        ("neighbor 10.0.0.1 pass s3cret", "s3cret"),
    ],
)
def test_findings_do_not_show_secrets(line: str, secret: str) -> None:
    (found,) = parse_ios_firewall(line).unread
    assert secret not in found.text
    assert found.text.endswith("…")


@pytest.mark.parametrize(
    "line",
    ["ip routing protocol purge interface", "ip default-gateway 10.1.0.256",
     "event manager applet X", "macro auto execute x", "kron policy-list x",
     "ip nat inside source list 1 pool P", "ip inspect name F tcp", "gibberish", "do reload",
     "copy tftp://192.0.2.1/x running-config", "configure replace flash:x"],
)  # fmt: skip
def test_what_could_change_everything_is_unread(line: str) -> None:
    assert unread(firewall(PLAIN, line)) == [line]


def test_the_no_of_an_inert_command_is_inert() -> None:
    read = firewall("""
        no ip http server
        no ip http secure-server
        no service pad
        no cdp run
        no ip source-route
        no snmp-server
        no logging console
        no router bgp 65001
        hostname R1
    """)
    assert read_whole(read)
    assert read.inert == frozenset(range(2, 11))
