"""SecPath's text: its normal forms, and what no text of it may hold."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from msgspec.structs import replace

from telemed_infra.compile.config import FilterRule
from telemed_infra.pipeline.meaning import Meaning
from tests.plan.building import texts
from tests.plan.variants import mixed, network
from tests.render.policies import addresses, app, permit, policy, secpath, single

HOST = single("10.1.2.3/32")
NET = single("10.4.0.0/23")


def lines(text: str, head: str) -> list[str]:
    """The lines of the one block that begins so."""
    (block,) = [block for block in text.split("#\n") if block.startswith(f"{head}\n")]
    return block.splitlines()[1:]


def rules(text: str, family: str = "ip") -> dict[str, list[str]]:
    """Head of each rule → its lines, in order."""
    found: dict[str, list[str]] = {}
    for line in lines(text, f"security-policy {family}"):
        if line.startswith(" rule "):
            found[line] = []
        else:
            found[list(found)[-1]].append(line)
    return found


# Groups ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ports", "written"),
    [
        (104, " destination eq 104"),
        ("104-104", " destination eq 104"),
        ("2761-2762", " destination range 2761 2762"),
        (0, " destination eq 0"),
        ("0-1", " destination lt 2"),
        ("0-999", " destination lt 1000"),
        ("50001-65535", " destination gt 50000"),
        ("65534-65535", " destination gt 65533"),
        (65535, " destination eq 65535"),
        ("0-65535", ""),
    ],
)
def test_ports_are_written_as_the_device_prints_them(ports: int | str, written: str) -> None:
    text = secpath(policy((permit("P1", HOST, NET, "x"),), apps=(app("x", tcp=[ports]),)))
    assert lines(text, "object-group service A-x") == [f" 0 service tcp{written}"]


@pytest.mark.parametrize(
    ("network", "written"),
    [
        ("10.1.2.3/32", "network host address 10.1.2.3"),
        ("10.1.2.2/31", "network subnet 10.1.2.2 255.255.255.254"),
        ("10.0.0.0/12", "network subnet 10.0.0.0 255.240.0.0"),
        ("0.0.0.0/0", "network subnet 0.0.0.0 0.0.0.0"),
    ],
)
def test_addresses_are_written_as_the_device_prints_them(network: str, written: str) -> None:
    text = secpath(policy((permit("P1", "ENDS", NET, "https"),), (addresses("ENDS", network),)))
    assert lines(text, "object-group ip address ENDS-v4") == [f" 0 {written}"]


def test_lines_of_a_group_are_numbered_in_tens() -> None:
    both = addresses("ENDS", "10.1.0.0/24", "2001:db8::/64", "10.2.0.9/32", "2001:db8:1::7/128")
    text = secpath(policy((permit("P1", "ENDS", None, "https"),), (both,)))
    assert lines(text, "object-group ip address ENDS-v4") == [
        " 0 network subnet 10.1.0.0 255.255.255.0",
        " 10 network host address 10.2.0.9",
    ]
    assert lines(text, "object-group ipv6 address ENDS-v6") == [
        " 0 network subnet 2001:db8:: 64",
        " 10 network host address 2001:db8:1::7",
    ]


def test_an_icmp_type_has_its_assigned_codes_and_is_of_one_family() -> None:
    ping = app("ping", icmp=[8], icmp6=[128], udp=[7])
    text = secpath(
        policy(
            (permit("P1", single("10.1.2.3/32", "2001:db8::1/128"), None, "ping"),), apps=(ping,)
        )
    )
    assert lines(text, "object-group service A4-ping") == [
        " 0 service udp destination eq 7",
        " 10 service icmp 8 0",
    ]
    assert lines(text, "object-group service A6-ping") == [
        " 0 service udp destination eq 7",
        " 10 service icmpv6 128 0",
    ]
    assert next(iter(rules(text).values()))[-1] == "  service A4-ping"
    assert next(iter(rules(text, "ipv6").values()))[-1] == "  service A6-ping"


def test_a_group_that_no_rule_names_is_not_written() -> None:
    ping = app("ping", icmp=[8], icmp6=[128])
    ends = addresses("ENDS", "10.1.0.0/24", "2001:db8::/64")
    text = secpath(policy((permit("P1", "ENDS", NET, "ping"),), (ends,), (ping,)))
    assert re.findall(r"^object-group .* (\S+)$", text, re.M) == ["ENDS-v4", "A4-ping"]


def test_a_type_of_many_codes_has_each_of_them() -> None:
    text = secpath(policy((permit("P1", HOST, NET, "x"),), apps=(app("x", icmp=[3]),)))
    assert lines(text, "object-group service A4-x")[-1] == " 2550 service icmp 3 255"


def test_protocols_go_by_the_name_that_the_device_prints() -> None:
    text = secpath(policy((permit("P1", HOST, NET, "x"),), apps=(app("x", protocol=[50, 6]),)))
    assert lines(text, "object-group service A-x") == [" 0 service 50", " 10 service tcp"]


def test_two_groups_of_one_name_are_refused() -> None:
    twins = (addresses("A-https-v4", "10.1.0.0/24"), addresses("a-HTTPS-v4", "10.2.0.0/24"))
    with pytest.raises(ValueError, match="two object groups would be named A-https-v4-v4 and a-"):
        secpath(policy((permit("P1", "A-https-v4", "a-HTTPS-v4", "https"),), twins))


# Rules -------------------------------------------------------------------------------------------


def test_a_rule_has_the_order_of_the_device() -> None:
    ends = addresses("ENDS", "10.1.0.0/24", "10.2.0.0/24")
    logged = replace(permit("P0301-IMAGING-WAN", "ENDS", NET, "https"), logged=True)
    (head, children), _ = rules(secpath(policy((logged,), (ends,)))).items()
    assert re.fullmatch(r" rule \d+ name P0301-IMAGING-WAN", head)
    assert children == [
        "  action pass",
        "  logging enable",
        "  source-zone Z_IMAGING",
        "  destination-zone Z_WAN",
        "  source-ip ENDS-v4",
        "  destination-ip-subnet 10.4.0.0 255.255.254.0",
        "  service A-https",
    ]


def test_single_ends_stand_in_the_rule() -> None:
    rule = permit("P1", HOST, single("2001:db8::/64", "10.4.0.0/23"), "https", zone_out="LOCAL")
    (_, children), _ = rules(secpath(policy((rule,)))).items()
    assert children[2:5] == [
        "  destination-zone Local",
        "  source-ip-host 10.1.2.3",
        "  destination-ip-subnet 10.4.0.0 255.255.254.0",
    ]


@pytest.mark.parametrize(
    "rule",
    [
        permit("P1", HOST, single("10.4.0.0/23", "2001:db8::/64"), "https"),
        permit("P1", single("10.1.2.3/32", "2001:db8::/64"), "ENDS", "https"),
        permit("P1", None, None, "old"),
    ],
)
def test_what_would_match_nothing_in_a_family_is_not_written_there(rule: FilterRule) -> None:
    apps = (app("https", tcp=[443]), app("old", icmp=[8]))
    text = secpath(policy((rule,), (addresses("ENDS", "10.1.0.0/24"),), apps))
    assert [head.split()[-1] for head in rules(text)] == ["P1", "DENY-ALL"]
    assert [head.split()[-1] for head in rules(text, "ipv6")] == ["DENY-ALL-v6"]


@pytest.mark.parametrize("family", ["ip", "ipv6"])
def test_the_last_rule_denies_and_logs_everything(family: str) -> None:
    head, children = list(rules(secpath(policy(())), family).items())[-1]
    assert head.startswith(" rule 65534 name DENY-ALL")
    assert children == ["  action drop", "  logging enable"]


def test_a_new_rule_renumbers_no_other() -> None:
    some = tuple(permit(f"P{number:04d}-IMAGING-WAN", HOST, NET, "https") for number in range(300))
    before = list(rules(secpath(policy(some))))
    new = permit("P0150-VIDEO-WAN", HOST, NET, "https")
    after = list(rules(secpath(policy((*some[:150], new, *some[150:])))))
    assert set(before) < set(after)
    assert [head for head in after if head in before] == before


def test_rules_whose_numbers_clash_get_others() -> None:
    """With so many rules some names fall upon one number."""
    some = tuple(permit(f"P{number}", HOST, NET, "https") for number in range(5_000))
    numbers = [int(head.split()[1]) for head in rules(secpath(policy(some)))]
    assert len(set(numbers)) == len(numbers)
    assert max(numbers[:-1]) < numbers[-1] == 65_534


# Whole texts -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def written() -> dict[str, str]:
    """The SecPath texts of the small province with H3C in it."""
    return {
        name: text
        for device, name, text in texts(Meaning(network(mixed())))
        if device.platform == "h3c_secpath"
    }


def test_no_name_is_used_that_is_nowhere_defined(written: dict[str, str]) -> None:
    """An undefined name may mean everything or nothing, by device and version."""
    assert len(written) == 10  # data centre B, two hospitals, a county's head and its hospital
    for text in written.values():
        groups = set(
            re.findall(r"^object-group (?:ip address|ipv6 address|service) (\S+)$", text, re.M)
        )
        used = re.findall(r"^  (?:source-ip|destination-ip|service) (\S+)$", text, re.M)
        zones = set(re.findall(r"^security-zone name (\S+)$", text, re.M))
        named = re.findall(r"^  (?:source|destination)-zone (\S+)$", text, re.M)
        interfaces = set(re.findall(r"^interface (\S+)", text, re.M))
        members = re.findall(r"^ import interface (\S+)$", text, re.M)
        assert set(used) == groups
        assert set(named) <= zones
        assert set(members) == interfaces - parents(text) - {"LoopBack0"}
        assert max(Counter(members).values()) == 1


def parents(text: str) -> set[str]:
    """Ports that only carry subinterfaces."""
    return {name.partition(".")[0] for name in re.findall(r"^interface (\S+\.\d+)$", text, re.M)}


def test_names_keep_to_what_the_platform_takes(written: dict[str, str]) -> None:
    for text in written.values():
        groups = re.findall(r"^object-group (?:ip address|ipv6 address|service) (\S+)$", text, re.M)
        assert len({name.casefold() for name in groups}) == len(groups)
        assert all(re.fullmatch(r"[A-Za-z0-9.-]{1,63}", name) for name in groups)
        zones = re.findall(r"^security-zone name (\S+)$", text, re.M)
        assert len({name.casefold() for name in zones}) == len(zones)
        assert all(re.fullmatch(r"[A-Za-z0-9_]{1,31}", name) for name in zones)
        heads = re.findall(r"^ rule (\d+) name (\S+)$", text, re.M)
        assert len({name.casefold() for _, name in heads}) == len(heads)
        assert all(int(number) <= 65_534 and len(name) <= 127 for number, name in heads)


def test_a_port_that_carries_subinterfaces_is_routed(written: dict[str, str]) -> None:
    for text in written.values():
        ports = set(re.findall(r"^interface (GigabitEthernet[0-9/]+)$", text, re.M))
        routed = re.findall(r"^interface (\S+)\n port link-mode route$", text, re.M)
        assert set(routed) == ports > parents(text) > set()
