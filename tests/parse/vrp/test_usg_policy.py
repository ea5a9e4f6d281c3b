"""Rules of a USG security policy, construct by construct."""

from __future__ import annotations

from textwrap import dedent

import pytest

from telemed_infra.packets import ANY_SERVICE
from telemed_infra.parse.behaviour import LOCAL, Action
from telemed_infra.parse.vrp import parse_usg
from telemed_infra.parse.vrp.arguments import EVERY_ADDRESS
from tests.parse.vrp.judge import (
    INSIDE,
    INSIDE2,
    OUTSIDE,
    WIRED,
    deciding,
    firewall,
    passes,
    policy,
    read_whole,
    written,
)

OUT = (INSIDE, OUTSIDE)
IN = (OUTSIDE, INSIDE)
BETWEEN = (INSIDE, INSIDE2)
HOST, SERVER = "10.0.1.1", "203.0.113.9"


def rule(*lines: str, name: str = "R1", action: str = "permit") -> str:
    return "\n".join([f"rule name {name}", *(f" {line}" for line in (*lines, f"action {action}"))])


def test_kinds_join_by_and_terms_of_a_kind_by_or() -> None:
    read = policy(
        rule(
            "source-zone trust",
            "destination-zone untrust",
            "source-address 10.0.1.0 24",
            "source-address 10.0.2.0 mask 255.255.255.0",
            "service https",
            "service protocol tcp destination-port 8000 to 8010",
        )
    )
    assert read_whole(read)
    assert passes(read, OUT, "10.0.1.1", SERVER, "tcp/443")
    assert passes(read, OUT, "10.0.2.1", SERVER, "tcp/8010")
    assert not passes(read, OUT, "10.0.3.1", SERVER, "tcp/443")
    assert not passes(read, OUT, "10.0.1.1", SERVER, "tcp/8011")
    assert not passes(read, IN, "10.0.1.1", SERVER, "tcp/443")


def test_rule_without_terms_matches_both_families_and_all_services() -> None:
    (chain,) = policy(rule()).chains
    (only,) = written(chain)
    assert only.services == (ANY_SERVICE,)
    assert only.ingress == only.egress == frozenset({INSIDE, INSIDE2, OUTSIDE, LOCAL})
    assert (only.source4, only.source6) == EVERY_ADDRESS
    assert (only.destination4, only.destination6) == EVERY_ADDRESS


def test_several_zones_are_either_and_a_set_may_serve_twice() -> None:
    both = rule(
        "source-zone trust local",
        "destination-zone any",
        "source-address any",
        "destination-address address-set A",
    )
    text = f"{both}\n{rule('source-address address-set A', name='R2')}"
    read = parse_usg(
        f"{dedent(WIRED)}ip address-set A type object\n address 10.9.0.0 mask 16\n"
        f"#\nsecurity-policy\n{text}"
    )
    assert read_whole(read), read.unread
    assert passes(read, (LOCAL, OUTSIDE), HOST, "10.9.0.1", "tcp/80")
    assert passes(read, OUT, HOST, "10.9.0.1", "tcp/80")
    assert not passes(read, IN, HOST, "10.9.0.1", "tcp/80")


def test_first_match_decides() -> None:
    deny = rule("source-address 10.0.1.1 32", name="D", action="deny")
    allow = rule("source-zone trust", name="P")
    assert not passes(policy(f"{deny}\n{allow}"), OUT, HOST, SERVER, "tcp/80")
    assert passes(policy(f"{allow}\n{deny}"), OUT, HOST, SERVER, "tcp/80")


@pytest.mark.parametrize("word", ["local", "any"])
def test_zone_local_is_the_box_and_any_includes_it(word: str) -> None:
    read = policy(rule("source-zone trust", f"destination-zone {word}", "service bgp"))
    assert passes(read, (INSIDE, LOCAL), HOST, "10.0.1.254", "tcp/179")
    assert not passes(read, (LOCAL, INSIDE), HOST, "10.0.1.254", "tcp/179")
    assert passes(read, OUT, HOST, SERVER, "tcp/179") is (word == "any")


def test_the_chain_judges_every_way_and_is_stateful() -> None:
    (chain,) = policy(rule()).chains
    assert chain.judges_forwarded
    assert chain.judges_to_local
    assert chain.judges_from_local
    assert chain.stateful


@pytest.mark.parametrize(
    "line",
    ["source-address 10.0.1.0 24", "source-address range 10.0.1.0 10.0.1.255"],
)
def test_addresses_of_one_family_leave_the_other_out(line: str) -> None:
    read = policy(rule(line))
    assert passes(read, OUT, HOST, SERVER, "tcp/80")
    assert not passes(read, OUT, "2001:db8::1", "2001:db8::2", "tcp/80")


def test_both_families_stand_in_one_rule() -> None:
    read = policy(rule("source-address 10.0.1.0 24", "source-address 2001:db8:1:: 64"))
    assert passes(read, OUT, "2001:db8:1::7", "2001:db8:2::1", "tcp/80")
    assert not passes(read, OUT, "2001:db8:2::1", "2001:db8:1::7", "tcp/80")


def test_source_of_one_family_and_destination_of_the_other_match_nothing() -> None:
    read = policy(rule("source-address 10.0.1.0 24", "destination-address 2001:db8:1:: 64"))
    (chain,) = read.chains
    first = written(chain)[0]
    assert not (first.source4 and first.destination4)
    assert not (first.source6 and first.destination6)


def test_excluded_addresses_are_taken_off() -> None:
    read = policy(
        rule("source-address 10.0.0.0 16", "source-address-exclude 10.0.1.0 mask 255.255.255.0")
    )
    assert read_whole(read)
    assert not passes(read, OUT, "10.0.1.1", SERVER, "tcp/80")
    assert passes(read, OUT, "10.0.2.1", SERVER, "tcp/80")


def test_exclusion_from_any_leaves_the_other_family_whole() -> None:
    read = policy(rule("destination-address-exclude 203.0.113.0 24"))
    assert not passes(read, OUT, HOST, SERVER, "tcp/80")
    assert passes(read, OUT, "2001:db8::1", "2001:db8::2", "tcp/80")


@pytest.mark.parametrize(
    ("line", "matched", "missed"),
    [
        ("source-address 10.0.1.0 0.0.0.255", "10.0.1.9", "10.0.2.1"),
        ("source-address 10.0.1.1 0.0.0.0", "10.0.1.1", "10.0.1.2"),
        # Dotted without `mask` is a wildcard, here with a gap: bits that are 1 do not count.
        ("source-address 10.0.7.0 0.3.0.255", "10.2.7.9", "10.0.8.1"),
        ("source-address 10.0.0.5 mask 255.255.255.253", "10.0.0.7", "10.0.0.6"),
    ],
)
def test_masks_and_wildcards(line: str, matched: str, missed: str) -> None:
    read = policy(rule(line))
    assert read_whole(read)
    assert passes(read, OUT, matched, SERVER, "tcp/80")
    assert not passes(read, OUT, missed, SERVER, "tcp/80")


@pytest.mark.parametrize(
    "line",
    [
        "source-address 10.0.0.1 0",  # the length 0, or the wildcard of a host?
        "source-address 10.0.0.1",
        "source-address 10.0.0.1 85.85.85.85",  # 2^16 ranges
        "source-address 10.0.1.0 255.255.255.0",  # a mask where a wildcard stands
        "source-address range 10.0.0.9 10.0.0.1",
        "source-address range 10.0.0.9 2001:db8::1",
        "source-address-exclude any",
        "source-address geo-location CN",
        "source-address address-set NOWHERE",
        "source-address address-set A B C D E F G",
        "source-zone nowhere",
        "service NOTHING",
        "service dns",
        "service protocol tcp destination-port 70000",
        "service protocol tcp icmp-type 8 0",
        "service protocol icmp icmp-type 8",
        "action drop",
        "rate-limit 5",
        "nat-something",
        "undo source-zone",
    ],
)
def test_what_is_not_understood_is_unread(line: str) -> None:
    read = policy(rule(line))
    assert [item.text for item in read.unread] == [line]
    assert read.unread[0].why


def test_any_beside_others_is_unread() -> None:
    read = policy(rule("source-zone any", "source-zone trust"))
    assert [item.text for item in read.unread] == ["source-zone any"]


def test_rule_without_action_is_unread() -> None:
    read = policy("rule name R1\n source-zone trust")
    assert [item.text for item in read.unread] == ["rule name R1"]


@pytest.mark.parametrize(
    "line", ["application app BT", "user user-group nurses", "time-range WORK", "url category x"]
)
def test_what_no_header_shows_is_unread(line: str) -> None:
    (unread,) = policy(rule(line)).unread
    assert unread.text.strip() == line


def test_disabled_rules_are_skipped_until_enabled() -> None:
    assert not passes(policy(rule("disable")), OUT, HOST, SERVER, "tcp/80")
    assert passes(policy(rule("disable", "undo disable")), OUT, HOST, SERVER, "tcp/80")
    assert passes(policy(rule("disable", "enable")), OUT, HOST, SERVER, "tcp/80")


def test_a_disabled_group_disables_its_rules() -> None:
    """Source: docs/reference/platforms.md: the group's line stands among the rules."""
    three = "\n".join(rule(f"source-address 10.0.{n}.0 24", name=f"R{n}") for n in (1, 2, 3))
    read = policy(f"{three}\ngroup name OLD from R1 to R2 disable")
    assert read_whole(read)
    assert [item.name for item in read.chains[0].rules if item.name.startswith("R")] == ["R3"]
    again = policy(f"{three}\ngroup name OLD from R1 to R2 disable\ngroup name OLD enable")
    assert passes(again, OUT, HOST, SERVER, "tcp/80")


def test_a_group_of_unknown_rules_is_unread() -> None:
    read = policy(f"group name G from R1 to R9 disable\n{rule()}")
    assert [item.line for item in read.unread] == [21]


@pytest.mark.parametrize(
    ("move", "order"),
    [
        ("rule move R3 before R1", "R3 R1 R2"),
        ("rule move R1 after R2", "R2 R1 R3"),
        ("rule move R3 top", "R3 R1 R2"),
        ("rule move R1 bottom", "R2 R3 R1"),
        ("rule move R2 up", "R2 R1 R3"),
        ("rule move R2 down", "R1 R3 R2"),
        ("rule move R1 up", "R1 R2 R3"),
        ("undo rule name R2", "R1 R3"),
        ("rule rename R2 RX", "R1 RX R3"),
    ],
)
def test_rules_are_moved_and_removed_as_commands_say(move: str, order: str) -> None:
    three = "\n".join(rule(f"source-address 10.0.{n}.0 24", name=f"R{n}") for n in (1, 2, 3))
    read = policy(f"{three}\n{move}")
    assert read_whole(read)
    assert [r.name for r in read.chains[0].rules if r.name.startswith("R")] == order.split()


def test_a_rule_entered_again_is_added_to() -> None:
    read = policy(
        rule("source-address 10.0.1.0 24") + "\nrule name R1\n source-address 10.0.2.0 24"
    )
    assert passes(read, OUT, "10.0.1.1", SERVER, "tcp/80")
    assert passes(read, OUT, "10.0.2.1", SERVER, "tcp/80")
    assert len([r for r in read.chains[0].rules if r.name == "R1"]) == 1


def test_lines_of_a_rule_are_undone() -> None:
    read = policy(
        rule("source-address 10.0.1.0 24", "source-address 10.0.2.0 24")
        + "\nrule name R1\n undo source-address 10.0.1.0 24"
    )
    assert read_whole(read)
    assert not passes(read, OUT, "10.0.1.1", SERVER, "tcp/80")
    assert passes(read, OUT, "10.0.2.1", SERVER, "tcp/80")


def test_nothing_to_undo_is_unread() -> None:
    assert policy(rule("undo source-address 10.0.1.0 24")).unread


# Defaults: corrections 1, 2 and 7 ---------------------------------------------------------------


@pytest.mark.parametrize("default", ["", "default action deny"])
def test_default_deny_governs_between_zones_only(default: str) -> None:
    read = policy(default)
    assert not passes(read, OUT, HOST, SERVER, "tcp/80")
    assert passes(read, BETWEEN, HOST, "10.0.1.2", "tcp/80")
    assert read.chains[0].default is Action.DENY


def test_intrazone_line_brings_the_zone_under_the_default() -> None:
    read = policy("default packet-filter intrazone enable")
    assert read_whole(read)
    assert not passes(read, BETWEEN, HOST, "10.0.1.2", "tcp/80")
    both = policy("default action permit\ndefault packet-filter intrazone enable")
    assert passes(both, BETWEEN, HOST, "10.0.1.2", "tcp/80")


def test_rules_apply_within_a_zone_before_its_default() -> None:
    read = policy(rule("source-zone trust", "destination-zone trust", "service ssh", action="deny"))
    assert not passes(read, BETWEEN, HOST, "10.0.1.2", "tcp/22")
    assert passes(read, BETWEEN, HOST, "10.0.1.2", "tcp/23")


def test_default_permit_is_a_rule_with_its_line() -> None:
    read = policy("default action permit")
    decided = deciding(read.chains[0], IN, SERVER, HOST, "tcp/80")
    assert decided
    assert (decided.name, decided.line) == ("default action permit", 21)
    assert not policy("default action permit\nundo default action").chains[0].rules[2:]


LAST = " rule name LAST\n  {}action deny"


@pytest.mark.parametrize(
    ("head", "lines", "logs"),
    [
        ("log type policy enable", " default policy logging", True),
        ("", " default policy logging", False),
        ("log type traffic enable", " default policy logging", False),
        ("log type policy enable", "", False),
        ("log type policy enable", " default policy logging\n" + LAST.format(""), False),
        ("log type policy enable", LAST.format("policy logging\n  "), True),
    ],
)
def test_logging_needs_the_log_type(head: str, lines: str, *, logs: bool) -> None:
    read = firewall(f"{head}\nsecurity-policy\n{lines}")
    assert read_whole(read)
    assert read.chains[0].logs_denied is logs


def test_a_rule_logs_only_with_the_log_type() -> None:
    assert not policy(rule("policy logging")).chains[0].rules[0].logs
    with_type = firewall("log type policy enable\nsecurity-policy\n" + rule("policy logging"))
    assert with_type.chains[0].rules[0].logs


def test_a_last_rule_for_everything_leaves_nothing_to_the_defaults() -> None:
    read = policy(rule("policy logging", name="LAST", action="deny"))
    assert [item.name for item in written(read.chains[0])] == ["LAST"]
    assert not passes(read, OUT, HOST, SERVER, "tcp/80")


def test_a_last_rule_without_zones_is_not_relied_on_to_close_a_zone() -> None:
    last = rule("policy logging", name="LAST", action="deny")
    assert passes(policy(last), BETWEEN, HOST, "10.0.1.2", "tcp/80")
    closed = policy(f"default packet-filter intrazone enable\n{last}")
    assert not passes(closed, BETWEEN, HOST, "10.0.1.2", "tcp/80")
