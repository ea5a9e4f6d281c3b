"""Typed text: abbreviated words, any case, no indent, moves between views; it means the same."""

from __future__ import annotations

from collections.abc import Callable
from textwrap import dedent

import pytest

from telemed_infra.parse.behaviour import PortMode
from telemed_infra.parse.comware import parse_comware
from tests.parse.comware.reading import meaning, switch, unread, whole

PRINTED = dedent("""\
    #
     version 7.1.070, Release 6327P03
    #
     sysname ICU-2
    #
     dhcp snooping enable
    #
    vlan 1
    #
    vlan 10
     name MGMT
    #
    vlan 20
    #
     stp global enable
    #
    interface Vlan-interface10
     ip address 10.16.0.2 255.255.255.0
    #
    interface GigabitEthernet1/0/1
     port link-mode bridge
     description bed 1
     port access vlan 20
     stp edged-port
    #
    interface GigabitEthernet1/0/2
     port link-mode bridge
     shutdown
    #
    interface Ten-GigabitEthernet1/0/49
     port link-mode bridge
     port link-type trunk
     undo port trunk permit vlan 1
     port trunk permit vlan 10 20
     port trunk pvid vlan 10
    #
    return
""")

BY_HAND = """\
sys
sysname ICU-2
dhcp snoop en
vlan 10
name MGMT
vlan 20
quit
stp glo en
int vlan 10
ip add 10.16.0.2 24
qu
int range g1/0/1 to g1/0/2
port link-m bridge
quit
int g1/0/1
des bed 1
port acc vlan 20
stp ed
int g 1/0/2
sh
int ten 1/0/49
port link-m b
PORT LINK-TYPE TRUNK
port tr per vl 20 10
und port tr per vl 1
port tr pv vl 10
ret
"""


def test_the_printed_form_is_read_whole() -> None:
    read = whole(PRINTED)
    assert read.lines == 24
    assert read.vlans == {10, 20}
    assert read.ports["GigabitEthernet1/0/2"].mode is PortMode.SHUTDOWN


def test_what_is_typed_by_hand_means_the_same() -> None:
    assert meaning(whole(BY_HAND)) == meaning(parse_comware(PRINTED))


def flat(text: str) -> str:
    """No indent, no separators, `quit` where a view ends."""
    lines = ["system-view"]
    inside = False
    for line in text.splitlines():
        if line in ("#", "return"):
            lines += ["quit"] * inside
            inside = False
        elif line.strip() and not line.strip().startswith("version"):
            inside = inside or not line.startswith(" ")
            lines.append(line.strip())
    return "\n".join([*lines, "return", ""])


@pytest.mark.parametrize(
    "form",
    [
        flat,
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.replace("\n", "   \n"),
        lambda text: text.replace("\n ", "\n    "),
        lambda text: text.replace(" ", "\t"),
        lambda text: text + "\n\n",
        lambda text: text.replace("Ethernet1", "ethernet 1"),
        lambda text: text.replace("255.255.255.0", "24"),
        lambda text: text.replace("port ", "PORT "),
        lambda text: text.replace("interface G", "inter G"),
    ],
    ids=["flat", "crlf", "trailing", "deeper", "tabs", "blank", "port names",
         "length", "capitals", "short"],
)  # fmt: skip
def test_forms_that_mean_the_same(form: Callable[[str], str]) -> None:
    read = whole(form(PRINTED))
    assert meaning(read) == meaning(parse_comware(PRINTED))


@pytest.mark.parametrize(
    "line",
    [
        "po link-type trunk",  # port, port-security, port-isolate
        "s",  # shutdown, stp, speed, …
        "port t p vlan 10",  # permit, pvid
        "port link-type",
        "sh x",
        "undo",
        "u sh",
        "un sh",  # unicast-suppression
    ],
)
def test_what_is_not_clear_is_unread(line: str) -> None:
    text = f"interface GigabitEthernet1/0/1\n port link-mode bridge\n {line}\n"
    assert unread(text) == [line]


def test_a_word_in_full_wins_over_longer_ones() -> None:
    """`port` begins `port-security` too; `vlan` of the system view begins `vlan-group`."""
    read = whole("vlan 10\ninterface g1/0/1\nport link-mode bridge\nport access vlan 10\nvlan 11\n")
    assert read.vlans == {10, 11}


def test_arguments_are_abbreviated_too() -> None:
    read = whole("""
        vlan 10 to 12
        interface g1/0/1
         port link-type hyb
         undo port hybrid vlan 1
         port hybrid vlan 10 t
         port hybrid vlan 11 unt
         port hybrid pvid vlan 11
    """)
    assert read.ports["GigabitEthernet1/0/1"].trunk_vlans == {10, 11}
    ambiguous = "interface g1/0/1\n port link-type hybrid\n port hybrid vlan 1 x\n shutdown\n"
    assert unread(ambiguous) == ["port hybrid vlan 1 x"]


def test_leaving_views() -> None:
    read = switch("""
        interface g1/0/1
        shutdown
        nonsense
        quit
        sysname A
        quit
        sysname B
        system-view
        sysname C
    """)
    assert [item.text for item in read.unread] == ["nonsense", "sysname B"]
    assert read.hostname == "C"


def test_nothing_is_done_in_user_view() -> None:
    assert unread("return\nvlan 10\n") == ["vlan 10"]
    assert parse_comware("ret\nsys\nvlan 10\n").vlans == {10}


def test_an_indented_line_belongs_to_its_block_even_if_another_view_knows_it() -> None:
    assert unread("interface g1/0/1\n shutdown\n vlan 10\n") == ["vlan 10"]


def test_all_that_hangs_below_an_unknown_line_is_unread() -> None:
    read = switch("smart-link group 1\n port g1/0/1 primary\n  vlan 5\nsysname Z\n")
    assert [item.line for item in read.unread] == [1, 2, 3]
    assert read.hostname == "Z"


@pytest.mark.parametrize(
    "line",
    [
        "sysname A\x0bvlan 5",
        "sysname A\u2028vlan 5",
        "header login %two",
        "header login keep out",
        "header login %keep% out%",
        "# a comment is no separator",
        '"',
    ],
)
def test_lines_that_may_hide_others_are_unread(line: str) -> None:
    assert unread(line) == [line]


def test_a_banner_on_one_line() -> None:
    whole("header login %Authorised staff only%\nheader legal ^ keep out ^\n")


def test_only_the_first_word_of_a_line_is_an_undo() -> None:
    read = whole("interface g1/0/1\n description und er\n shutdown\nsysname und-1\n")
    assert read.ports["GigabitEthernet1/0/1"].description == "und er"
    assert read.hostname == "und-1"
