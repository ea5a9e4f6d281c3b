"""The forms in which one configuration may come: all mean the same, or what differs is unread."""

from __future__ import annotations

from collections.abc import Callable
from textwrap import dedent

import pytest
from msgspec.structs import replace

from telemed_infra.parse.behaviour import FirewallBehaviour
from telemed_infra.parse.vrp import parse_usg, parse_vrp
from tests.parse.vrp.judge import INSIDE, OUTSIDE, read_whole, written

NORMAL = dedent("""\
    !Software Version V500R005C20
    #
     sysname FW1
    #
    firewall zone trust
     set priority 85
     add interface GigabitEthernet1/0/1
    #
    firewall zone untrust
     set priority 5
     add interface GigabitEthernet1/0/3
    #
    aaa
     #
     authentication-scheme default
     manager-user ops
      password cipher %^%#a"b!c#%^%#
      service-type ssh
     #
     domain default
    #
    ip address-set CT type object
     address 0 10.0.1.0 mask 24
    #
    security-policy
     rule name R1
      description a "quoted" text, and one quote: "
      source-zone trust
      source-address address-set CT
      action permit
     rule name R2
      source-zone untrust
      action deny
    #
    return
""")


def meaning(read: FirewallBehaviour) -> object:
    """What must not change with the form: all but numbers of lines."""
    (chain,) = read.chains
    rules = tuple(replace(rule, line=0) for rule in chain.rules)
    return (
        read.hostname,
        replace(chain, line=0, rules=rules),
        read.zones,
        read.addresses,
        read.vlans,
        read.unused,
    )


def test_the_normal_form_is_read_whole() -> None:
    read = parse_usg(NORMAL)
    assert read_whole(read), read.unread
    assert read.hostname == "FW1"
    assert read.lines == 24
    assert [rule.name for rule in written(read.chains[0])[1:3]] == ["R1", "R2"]


def typed(text: str) -> str:
    """As a person types it: no indent, no separators, `quit` where a view ends."""
    lines = ["system-view"]
    depth = 0
    for line in text.splitlines():
        if line.strip() in ("#", "return") or line.startswith("!"):
            continue
        indent = len(line) - len(line.lstrip())
        if line.strip().startswith("sysname"):
            indent = 0
        lines += ["quit"] * (depth - indent)
        depth = indent + line.strip().startswith(
            (
                "firewall zone",
                "aaa",
                "auth",
                "manager-user",
                "domain",
                "ip address-set",
                "security-policy",
                "rule n",
            )
        )
        lines.append(line.strip())
    return "\n".join([*lines, "return", ""])


@pytest.mark.parametrize(
    "form",
    [
        typed,
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.replace("\n", "   \n"),
        lambda text: text.replace("\n ", "\n    "),
        lambda text: text.replace(" ", "\t"),
        lambda text: text.replace("#\n", "\n"),
        lambda text: text + "\n\n",
        lambda text: text.replace("GigabitEthernet1", "gigabitethernet 1"),
    ],
    ids=["typed", "crlf", "trailing", "deeper", "tabs", "no separator", "blank", "port names"],
)
def test_forms_that_mean_the_same(form: Callable[[str], str]) -> None:
    read = parse_usg(form(NORMAL))
    assert read_whole(read), read.unread
    assert meaning(read) == meaning(parse_usg(NORMAL))


def test_order_of_blocks_is_free() -> None:
    blocks = NORMAL.removesuffix("return\n").split("\n#\n")
    shuffled = parse_usg("\n#\n".join(reversed(blocks)))
    assert read_whole(shuffled)
    assert {rule.name for rule in shuffled.chains[0].rules} == {
        rule.name for rule in parse_usg(NORMAL).chains[0].rules
    }


def test_an_unknown_child_of_a_known_block_is_unread() -> None:
    read = parse_usg("firewall zone trust\n detect ftp\n add interface Eth-Trunk1\n")
    assert [(item.line, item.text) for item in read.unread] == [(2, "detect ftp")]
    assert read.zones == {"trust": {"Eth-Trunk1"}}


def test_all_that_hangs_below_an_unknown_line_is_unread() -> None:
    read = parse_usg(
        "firewall interzone trust untrust\n description x\n  add interface y\nsysname Z\n"
    )
    assert [item.line for item in read.unread] == [1, 2, 3]
    assert read.hostname == "Z"


def test_an_indented_line_belongs_to_its_block_even_if_another_view_knows_it() -> None:
    """A device may take it by falling back to system view; that is not relied on."""
    read = parse_usg("interface Eth-Trunk1\n description x\n firewall zone trust\n")
    assert [item.line for item in read.unread] == [3]


def test_nothing_is_done_in_user_view() -> None:
    read = parse_usg("return\nsysname X\n")
    assert [item.text for item in read.unread] == ["sysname X"]
    assert parse_usg("return\nsystem-view\nsysname X\n").hostname == "X"


def test_bgp_families_and_their_separators_are_inert() -> None:
    read = parse_vrp(
        dedent("""\
        bgp 4201001000
         router-id 10.8.1.1
         peer 10.10.1.0 as-number 64512
         #
         ipv4-family unicast
          undo synchronization
          network 10.16.0.0 255.255.240.0
          peer 10.10.1.0 enable
         #
         ipv6-family unicast
          undo synchronization
        #
        sysname S
        """)
    )
    assert not read.unread
    assert read.hostname == "S"
    assert len(read.inert) == read.lines


@pytest.mark.parametrize(
    "line",
    [
        "nat server WEB protocol tcp global 203.0.113.5 www inside 10.0.32.5 www",
        "firewall interzone trust untrust",
        "undo firewall session link-state check",
        "undo firewall packet-filter basic-protocol enable",
        "undo security-policy",
        "undo interface Eth-Trunk1.5",
        "vsys enable",
        'header login information "two lines',
        "header login information %one word%",
        "sysname A\x0bsecurity-policy",
        "sysname A\u2028security-policy",
        "# a comment is no separator",
        '"',
        '""',
        "undo",
    ],
)
def test_lines_that_may_matter_are_unread(line: str) -> None:
    assert [item.text for item in parse_usg(line).unread] == [line]


def test_nat_rules_and_ipsec_on_an_interface_are_unread() -> None:
    read = parse_usg(
        "nat-policy\n rule name OUT\n  source-zone trust\n  action source-nat easy-ip\n#\n"
        "interface Eth-Trunk1\n ipsec policy P\n#\nnat-policy\n#\ntraffic-policy\n"
    )
    assert [item.line for item in read.unread] == [2, 7]


def test_lines_are_counted_once_each() -> None:
    read = parse_usg(NORMAL)
    assert read.effective.isdisjoint(read.inert)
    assert OUTSIDE in read.zones["untrust"]
    assert INSIDE in read.zones["trust"]
    text = NORMAL.splitlines()
    assert {text[line - 1].split()[0] for line in read.inert} == {
        "sysname", "set", "aaa", "authentication-scheme", "manager-user", "password",
        "service-type", "domain", "description",
    }  # fmt: skip
