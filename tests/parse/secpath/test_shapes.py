"""One configuration in many forms, with small damages, and of two members of a pair."""

from __future__ import annotations

from collections.abc import Callable
from textwrap import dedent

import pytest
from msgspec.structs import replace

from telemed_infra.parse.behaviour import FirewallBehaviour
from telemed_infra.parse.secpath import firewall, parse_secpath
from tests.parse.vrp.judge import read_whole

NORMAL = dedent("""\
    #
     version 7.1.064, Release 9345
    #
     sysname FW1
    #
    object-group ip address CT
     0 network subnet 10.0.1.0 255.255.255.0
     10 network host address 10.0.2.7
    #
    object-group service DICOM
     0 service tcp destination eq 104
     10 service tcp destination eq 11112
    #
    interface GigabitEthernet1/0/1
     port link-mode route
     ip address 10.0.1.254 255.255.255.0
    #
    interface GigabitEthernet1/0/3
     port link-mode route
     ip address 203.0.113.1 255.255.255.0
    #
    interface GigabitEthernet1/0/3.40
     vlan-type dot1q vid 40
    #
    security-zone name Local
    #
    security-zone name Trust
     import interface GigabitEthernet1/0/1
    #
    security-zone name Untrust
     import interface GigabitEthernet1/0/3
     import interface GigabitEthernet1/0/3.40
    #
    remote-backup group
     local-ip 10.255.250.1
     device-role primary
    #
    security-policy ip
     rule 0 name BAD
      source-ip-host 10.0.1.66
     rule 10 name CT
      action pass
      logging enable
      source-zone Trust
      destination-zone Untrust
      source-ip CT
      service DICOM
     rule 65534 name LAST
      logging enable
    #
    return
""")


def meaning(read: FirewallBehaviour) -> object:
    (chain,) = read.chains
    rules = tuple(replace(rule, line=0) for rule in chain.rules)
    unread = [item.text for item in read.unread]
    return replace(chain, line=0, rules=rules), read.zones, read.vlans, read.unused, unread


def test_the_normal_form_is_read_whole() -> None:
    read = parse_secpath(NORMAL)
    assert read_whole(read), read.unread
    assert read.hostname == "FW1"
    assert read.chains[0].logs_denied
    assert read.lines == len(
        [line for line in NORMAL.split("\n") if line not in ("#", "return", "")]
    )


VIEWS = (
    *("object-group", "interface", "security-zone", "security-policy", "rule"),
    "remote-backup",
)


def typed(text: str) -> str:
    """As a person types it: no indent, no separators, `quit` where a view ends."""
    lines = ["system-view"]
    depth = 0
    for line in text.splitlines():
        if line.strip() in ("#", "return"):
            continue
        word = line.split()[0]
        indent = 0 if word in ("sysname", "version") else len(line) - len(line.lstrip())
        lines += ["quit"] * (depth - indent)
        depth = indent + (word in VIEWS)
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
        lambda text: text.replace("GigabitEthernet1", "GE1"),
    ],
    ids=["typed", "crlf", "trailing", "deeper", "tabs", "no separator", "blank", "names", "short"],
)
def test_forms_that_mean_the_same(form: Callable[[str], str]) -> None:
    read = parse_secpath(form(NORMAL))
    assert read_whole(read), read.unread
    normal = parse_secpath(NORMAL)
    assert meaning(read) == meaning(normal)
    assert (read.hostname, read.addresses) == (normal.hostname, normal.addresses)


def test_order_of_blocks_is_free() -> None:
    blocks = NORMAL.removesuffix("return\n").removeprefix("#\n").split("\n#\n")
    shuffled = parse_secpath("\n#\n".join(reversed(blocks)))
    assert read_whole(shuffled), shuffled.unread
    assert meaning(shuffled) == meaning(parse_secpath(NORMAL))


BAD = " rule 0 name BAD\n  source-ip-host 10.0.1.66\n"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (" 10 service tcp destination eq 11112\n", ""),
        ("destination eq 104", "destination lt 104"),
        ("service tcp destination eq 104", "service udp destination eq 104"),
        ("destination eq 104", "source eq 104"),
        ("255.255.255.0\n 10", "255.255.254.0\n 10"),
        (" 10 network host address 10.0.2.7\n", " 0 network exclude 10.0.1.9\n"),
        (BAD, ""),
        ("10.0.1.66\n", "10.0.1.66\n  action pass\n"),
        ("10.0.1.66\n", "10.0.1.66\n  disable\n"),
        ("10.0.1.66\n", "10.0.1.66\n  source-ip-host 10.0.1.67\n"),
        (" sysname FW1\n", " security-zone intra-zone default permit\n"),
        (" sysname FW1\n", " security-policy disable\n"),
        (" import interface GigabitEthernet1/0/3\n", ""),
        ("import interface GigabitEthernet1/0/3\n", "import interface GigabitEthernet1/0/4\n"),
        ("name Untrust\n import", "name DMZ\n import"),
        ("  action pass\n", ""),
        ("  source-zone Trust\n", ""),
        ("  destination-zone Untrust\n", "  destination-zone Local\n"),
        ("  source-ip CT\n", ""),
        ("  source-ip CT\n", "  source-ip CX\n"),
        ("  service DICOM\n", ""),
        ("  service DICOM\n", "  service DICOM\n  service telnet\n"),
        ("  logging enable\n", ""),
        ("name LAST\n  logging enable\n", "name LAST\n"),
        ("  logging enable\n", "  application BitTorrent\n"),
        ("  logging enable\n", "  vrf MGT\n"),
        ("  logging enable\n", "  time-range NIGHT\n"),
        ("#\nreturn", " move rule 10 before 0\n#\nreturn"),
        ("#\nreturn", " undo rule 0\n#\nreturn"),
        ("#\nreturn", " rule 10\n  service ssh\n#\nreturn"),
        ("#\nreturn", " group name G from BAD to CT disabled\n#\nreturn"),
        (" ip address 203", " shutdown\n ip address 203"),
        (" ip address 203", " manage https inbound\n ip address 203"),
        (" ip address 203", " nat outbound\n ip address 203"),
        ("vid 40", "vid 41"),
        ("security-policy ip\n", "security-policy ipv6\n"),
        ("object-group ip address CT", "object-group ipv6 address CT"),
    ],
)
def test_a_damaged_firewall_is_read_as_another(old: str, new: str) -> None:
    assert old in NORMAL
    assert meaning(parse_secpath(NORMAL.replace(old, new, 1))) != meaning(parse_secpath(NORMAL))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("sysname FW1", "sysname FW2"),
        ("  logging enable\n", "  logging enable\n  counting enable\n  description t\n"),
        ("0 network subnet 10.0.1.0 255.255.255.0", "7 network subnet 10.0.1.99 24"),
        ("0 network subnet 10.0.1.0 255.255.255.0", "0 network range 10.0.1.255 10.0.1.0"),
        ("host address 10.0.2.7", "subnet 10.0.2.7 255.255.255.255"),
        ("10 network host", "network host"),
        ("tcp destination eq 104", "tcp source gt 0 destination range 104 104"),
        ("10.0.1.66\n", "10.0.1.66\n  action drop\n"),
        ("source-ip-host 10.0.1.66", "source-ip-range 10.0.1.66 10.0.1.66"),
        ("source-zone Trust", "source-zone trust"),
        ("#\nreturn", " move rule 0 before 10\n#\nreturn"),
        ("security-zone name Local\n#\n", ""),
    ],
)
def test_a_harmless_edit_changes_nothing(old: str, new: str) -> None:
    assert old in NORMAL
    new = new.replace("source gt 0 ", "")
    assert meaning(parse_secpath(NORMAL.replace(old, new, 1))) == meaning(parse_secpath(NORMAL))


def test_an_unknown_child_of_a_known_block_is_unread_with_all_below_it() -> None:
    read = parse_secpath(
        "security-zone name DMZ\n detect ftp\n  deeper\n import interface GE1/0/1\n"
    )
    assert [(item.line, item.text) for item in read.unread] == [(2, "detect ftp"), (3, "deeper")]
    assert read.zones == {"DMZ": {"GigabitEthernet1/0/1"}}


def test_a_line_that_belongs_to_no_view_it_stands_in_is_unread() -> None:
    read = parse_secpath("network subnet 10.0.0.0 8\n0 network subnet 10.0.0.0 8\naction pass\n")
    assert len(read.unread) == 3


# Pairs ------------------------------------------------------------------------------------------


def alone(text: str) -> FirewallBehaviour:
    """The text read with no memory of another."""
    firewall._last.clear()
    return parse_secpath(text)


SECOND = (
    NORMAL.replace("FW1", "FW2")
    .replace("10.0.1.254", "10.0.1.253")
    .replace("203.0.113.1", "203.0.113.2")
    .replace("primary", "secondary")
)


def test_the_second_of_a_pair_shares_the_chain_and_has_its_own_addresses() -> None:
    first = alone(NORMAL)
    second = parse_secpath(SECOND)
    assert second.chains is first.chains
    assert second == alone(SECOND)
    assert second.hostname == "FW2"
    assert second.addresses["GigabitEthernet1/0/1"] == ("10.0.1.253/24",)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (" ip address 203.0.113.2 255.255.255.0", " shutdown"),
        ("vid 40", "vid 41"),
        ("interface GigabitEthernet1/0/3.40", "interface GigabitEthernet1/0/3.41"),
        (" ip address 203.0.113.2 255.255.255.0", " ipv6 address 2001:db8::1/64"),
        (" ip address 203.0.113.2 255.255.255.0", " nat outbound"),
        (" ip address 203.0.113.2 255.255.255.0", " ip address 203.0.113.300 24"),
        (" ip address 203.0.113.2 255.255.255.0", "return"),
        (" device-role secondary", " something new"),
        ("10.0.2.7", "10.0.2.8"),
        (" port link-mode route\n", "\n"),
        ("  logging enable\n", "  counting enable\n"),
        ("sysname FW2", "security-zone intra-zone default permit"),
        ("\n#\nsecurity-policy ip", "\nsecurity-policy ip"),
        ("interface GigabitEthernet1/0/3.40", "object-group ip address X"),
    ],
)
def test_a_second_that_differs_where_it_matters_is_read_by_itself(old: str, new: str) -> None:
    assert old in SECOND
    other = SECOND.replace(old, new, 1)
    parse_secpath(NORMAL)
    assert parse_secpath(other) == alone(other)
    assert parse_secpath(NORMAL) == alone(NORMAL)


LISTED = NORMAL.replace(" sysname FW1\n", " sysname FW1\n#\n ssh server acl 2001\n", 1)
PEERED = NORMAL.replace(
    "#\nsecurity-policy",
    "#\nbgp 65001\n peer 10.0.0.1 route-policy IN import\n#\nroute-policy IN permit node 10\n"
    "#\nsecurity-policy",
)
JOINED = NORMAL.replace("\n#\nsecurity-policy", "\nsecurity-policy")
LATE = NORMAL.replace(
    "#\nobject", "#\nvlan 7\ninterface LoopBack0\n ip address 10.8.0.1 32\n#\nobject", 1
)


@pytest.mark.parametrize(
    ("text", "old", "first", "second"),
    [
        # A remark in the one, the end of the configuration in the other.
        (NORMAL, "primary\n", "primary\n! a remark\n", "primary\nreturn\n"),
        (NORMAL, "primary\n", "primary\n! a remark\n", "primary\n nonsense\n"),
        # Each names a list, one that is defined and one that is not.
        (PEERED, "route-policy IN import", "route-policy IN import", "route-policy OUT import"),
        # A block of a member's own that holds a list which others name.
        (LISTED, "#\nremote", "#\nrouter id 10.0.0.1\nacl basic 2001\n rule 0 deny\n#\nremote",
         "#\nrouter id 10.0.0.1\nacl basic 2002\n rule 0 deny\n#\nremote"),
        # A block of a member's own that goes on with the policy.
        (JOINED, "name LAST\n  logging", "name LAST\n  logging", "name LAST\n  counting"),
        # An interface where no block begins.
        (LATE, "sysname FW1", "sysname FW1", "sysname FW2"),
    ],
)  # fmt: skip
def test_pairs_in_other_shapes_are_read_each_by_itself(
    text: str, old: str, first: str, second: str
) -> None:
    assert old in text
    one, other = text.replace(old, first, 1), text.replace(old, second, 1)
    assert read_whole(alone(one)), alone(one).unread
    assert parse_secpath(other) == alone(other)


def test_what_was_not_understood_is_not_remembered() -> None:
    broken = NORMAL.replace("10.0.1.66\n", "10.0.1.66\n  user nurse\n")
    alone(broken)
    assert not firewall._last
    assert parse_secpath(broken).unread == alone(broken).unread
