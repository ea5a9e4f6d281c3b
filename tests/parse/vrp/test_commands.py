"""Commands one by one: what a device would refuse is unread, what it would undo is undone."""

from __future__ import annotations

import pytest

from telemed_infra.parse.vrp import parse_usg, parse_vrp

IN_RULE = "security-policy\n rule name R\n  action permit\n  {}"
IN_POLICY = "security-policy\n rule name R\n  action permit\n rule name S\n  action deny\n {}"
IN_ADDRESSES = "ip address-set A type group\n address 0 10.0.0.1 0\n {}"
IN_SERVICES = "ip service-set S type object\n service 0 protocol udp\n {}"
IN_INTERFACE = "interface Eth-Trunk1\n {}"
MEMBER = "interface MultiGE0/0/1\n port link-type access\n eth-trunk 1\n"
IN_ZONE = "firewall zone trust\n {}"


@pytest.mark.parametrize(
    ("view", "line"),
    [
        *(("{}", line) for line in (
            "sysname", "sysname A B", "sysname A?", "ipv6 on", "header login", "header a b c d",
            "interface", "interface Vlanif", "firewall zone", "firewall zone name",
            "firewall zone name W id 3", "firewall zone name W id x", "firewall zone name W as 4",
            "undo firewall zone W", "undo firewall zone name W", "ip address-set A",
            "ip address-set A type list", "ip address-set A kind object",
            "undo ip address-set A", "undo ip service-set S", "log type policy",
            "security-policy ip",
        )),
        *((IN_RULE, line) for line in (
            "action", "service protocol", "service protocol tcp port 80", "application",
            "source-address range 10.0.0.1", "source-address 2001:db8::", "policy logging off",
            "source-address 2001:db8::1%1 64", "source-address 10.0.0.1 mask",
            "source-address 2001:db8::zz 64", "source-address 10.0.0.1 33",
            "source-address 10.0.0.256 24", "service protocol tcp destination-port 1 to",
            "service protocol icmp icmp-type 8 5 to", "service protocol icmp icmp-type 8 5 3",
            "service protocol icmp icmp-type",
            "source-zone trust trust trust trust trust trust trust", "source-zone",
            'source-zone "', "undo action", "undo service ssh",
        )),
        *((IN_POLICY, line) for line in (
            "rule move R", "rule move R before", "rule move R before X", "rule move R after R",
            "rule move X top", "rule rename R", "rule rename R S", "rule rename X Y",
            "rule copy R T", "undo rule name X", "undo group name X", "group name",
            "group name G from R until S", "group name G from", "group name G from R to S then",
            "group name G from S to R", "group name G from R to X", "default action",
            "undo default action now",
        )),
        *((IN_ADDRESSES, line) for line in (
            "address", "address 5", "address 4096 10.0.0.1 0", "undo address 7",
            "undo address address-set B", "address 3 10.0.0.1 24",
        )),
        *((IN_SERVICES, line) for line in (
            "service", "service 1 tcp", "undo service 7", "undo service",
        )),
        *((IN_INTERFACE, line) for line in (
            "ip address 10.0.0.1", "ip address 10.0.0.1 255.0.255.0", "ip address dhcp-alloc",
            "undo ip address 10.0.0.1 24", "vlan-type dot1q 4095", "vlan-type dot1q 4 to 5",
            "shutdown now", "undo service-manage ssh deny", "service-manage enable ssh",
        )),
        *((IN_ZONE, line) for line in (
            "set priority 0", "set priority 101", "set priority 84",
            "undo add interface Eth-Trunk1",
        )),
    ],
)  # fmt: skip
def test_a_command_that_a_firewall_refuses(view: str, line: str) -> None:
    read = parse_usg(view.format(line))
    assert line in [item.text for item in read.unread]


@pytest.mark.parametrize(
    "line",
    [
        "undo ip address 10.0.0.9 24",
        "undo eth-trunk 1",
        "undo port default vlan 4",
        "undo port trunk pvid vlan 4",
        "port link-type",
        "eth-trunk",
        "port trunk allow-pass vlan",
    ],
)
def test_a_command_that_a_switch_refuses(line: str) -> None:
    read = parse_vrp(f"interface Eth-Trunk1\n shutdown\n {line}")
    assert [item.text for item in read.unread] == [line]


@pytest.mark.parametrize(
    ("done", "undone"),
    [
        ("firewall zone name W\n set priority 9\n#\n", "undo firewall zone name W\n"),
        ("ip address-set A type object\n#\n", "undo ip address-set A\n"),
        ("ip service-set S type object\n#\n", "undo ip service-set S type object\n"),
        ("interface Eth-Trunk1\n ip address 10.0.0.1 24\n", " undo ip address\n"),
        ("interface Eth-Trunk1\n ip address 10.0.0.1 24\n", " undo ip address 10.0.0.1 24\n"),
        ("log type policy enable\n", "undo log type policy enable\n"),
        ("ip address-set A type group\n address address-set B\n", " undo address address-set B\n"),
        ("ip service-set S type object\n service protocol tcp\n", " undo service 0\n"),
        ("security-policy\n rule name R\n  action permit\n", " undo rule name R\n"),
        ("security-policy\n group name G from R to S\n", " undo group name G\n"),
        ("security-policy\n group name G\n", " undo group name G description\n"),
        ("security-policy\n group name G\n", " group name G description old rules\n"),
        ("security-policy\n default policy logging\n", " undo default policy logging\n"),
        (
            "security-policy\n default packet-filter intrazone enable\n",
            " undo default packet-filter intrazone enable\n",
        ),
        ("ipv6\n", "undo ipv6\n"),
        ('header login information "keep out"\n', "undo header login\n"),
    ],
)
def test_what_is_undone_is_read(done: str, undone: str) -> None:
    read = parse_usg(done + undone)
    assert not read.unread
    assert not read.addresses
    assert "W" not in read.zones
    assert not read.chains[0].rules


def test_rules_are_not_moved_among_groups() -> None:
    """What moving, renaming or removing does to a group's ends is not known."""
    for line in ("rule move R bottom", "rule rename R T", "undo rule name R"):
        text = IN_POLICY.format(f"group name G from R to S\n {line}")
        assert [item.text for item in parse_usg(text).unread] == [line]


def test_a_line_of_a_rule_said_twice_is_one() -> None:
    read = parse_usg(
        "security-policy\n rule name R\n  service ssh\n  service ssh ssh\n  application any\n"
        "  undo policy logging\n  policy logging\n  undo policy logging\n  action permit\n"
    )
    assert not read.unread
    (rule,) = read.chains[0].rules[:1]
    assert len(rule.services) == 1
    assert rule.certain
    assert not rule.logs


def test_an_entry_said_twice_is_one_and_sets_are_opened_again() -> None:
    read = parse_usg(
        "ip address-set A type object\n address 0 10.0.0.1 0\n#\n"
        "ip address-set A\n address 0 10.0.0.1 0\n#\nip address-set A type object\n"
        "#\nip address-set A type group\n"
    )
    assert [item.line for item in read.unread] == [9]


def test_sets_of_a_loop_of_services_are_unread() -> None:
    read = parse_usg(
        "ip service-set S type group\n service service-set S\n#\n"
        "ip service-set E type object\n#\n"
        "security-policy\n rule name R\n  service S E\n  action permit\n"
    )
    assert [item.line for item in read.unread] == [2, 8]


def test_lines_of_a_switch_are_undone() -> None:
    read = parse_vrp(
        "interface Vlanif1\n ip address 10.0.0.1 24\n undo ip address\n"
        " ip address 10.0.0.2 24\n undo ip address 10.0.0.2 24\n"
        "interface XGigabitEthernet0/0/1\n eth-trunk 1\n undo eth-trunk\n port link-type trunk\n"
        " port trunk pvid vlan 9\n undo port trunk pvid vlan\n"
        "interface XGigabitEthernet0/0/2\n portswitch\n port link-type access\n"
    )
    assert not read.unread
    assert not read.addresses
    assert read.ports["XGigabitEthernet0/0/1"].native_vlan == 1


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("interface GigabitEthernet0/0/1.4\n shutdown\n", [1]),
        ("interface Eth-Trunk1\n eth-trunk 2\ninterface MultiGE0/0/1\n eth-trunk 1\n", [2, 4]),
        (MEMBER + "interface Eth-Trunk1\n shutdown\n", [2]),
        ("acl name\n rule 5 deny ip\n", [1, 2]),
    ],
)  # fmt: skip
def test_ports_that_are_not_modelled(text: str, lines: list[int]) -> None:
    assert [item.line for item in parse_vrp(text).unread] == lines


def test_quit_leaves_what_was_not_read_too() -> None:
    read = parse_usg("firewall zone trust\nnonsense\nquit\nsysname A\nquit\nquit\nsysname B")
    assert [item.line for item in read.unread] == [2, 7]
    assert read.hostname == "A"


def test_a_set_has_an_end() -> None:
    read = parse_usg(IN_ADDRESSES.format("address 4095 10.0.0.2 0\n address 10.0.0.3 0"))
    assert [item.text for item in read.unread] == ["address 10.0.0.3 0"]
