"""Rules of a SecPath security policy, construct by construct."""

from __future__ import annotations

from textwrap import indent

import pytest

from telemed_infra.packets import ANY_SERVICE, NO_RANGES, Family
from telemed_infra.parse.behaviour import LOCAL, Action
from telemed_infra.parse.secpath import parse_secpath
from tests.parse.secpath.texts import (
    BETWEEN,
    HOST,
    HOST6,
    IN,
    INSIDE,
    INSIDE2,
    OUT,
    OUTSIDE,
    SERVER,
    SERVER6,
    WARD,
    WIRED,
    policy,
    rule,
)
from tests.parse.vrp.judge import deciding, passes, read_whole

GROUPS = """
    object-group ip address CLINIC
     0 network subnet 10.0.1.0 255.255.255.0
    #
    object-group ipv6 address CLINIC6
     0 network subnet 2001:db8:1:: 64
    #
    object-group service IMAGES
     0 service tcp destination eq 104
    #
"""


def test_kinds_join_by_and_terms_of_a_kind_by_or() -> None:
    read = policy(
        rule(
            "source-zone Trust",
            "source-zone WARD",
            "destination-zone Untrust",
            "source-ip CLINIC",
            "source-ip-host 10.0.2.7",
            "source-ip-subnet 10.0.4.0 255.255.254.0",
            "source-ip-range 10.0.9.1 10.0.9.3",
            "destination-ip-subnet 203.0.113.0 24",
            "service IMAGES",
            "service https",
            "service-port tcp destination range 8000 8010",
        ),
        before=GROUPS,
    )
    assert [item.text for item in read.unread] == []
    for source in ("10.0.1.200", "10.0.2.7", "10.0.5.255", "10.0.9.2"):
        for service in ("tcp/104", "tcp/443", "tcp/8005"):
            assert passes(read, OUT, source, SERVER, service)
            assert passes(read, (WARD, OUTSIDE), source, SERVER, service)
    assert not passes(read, OUT, "10.0.2.8", SERVER, "tcp/104")
    assert not passes(read, OUT, "10.0.1.1", "203.0.114.1", "tcp/104")
    assert not passes(read, OUT, "10.0.1.1", SERVER, "tcp/105")
    assert not passes(read, IN, "10.0.1.1", SERVER, "tcp/104")


def test_rule_without_terms_matches_its_family_only_and_every_zone() -> None:
    (chain,) = policy(rule()).chains
    (only,) = chain.rules
    assert only.services == (ANY_SERVICE,)
    assert only.ingress == only.egress == frozenset({INSIDE, INSIDE2, OUTSIDE, WARD, LOCAL})
    assert (only.source4, only.source6) == (Family.V4.every_address, NO_RANGES)
    assert (only.destination4, only.destination6) == (Family.V4.every_address, NO_RANGES)


def test_the_families_have_a_list_each() -> None:
    four = indent(rule("source-zone Trust", "service ssh"), " ")
    six = indent(rule("source-zone Trust", "source-ip CLINIC6", "service https"), " ")
    blocks = GROUPS.replace("\n    ", "\n")
    read = parse_secpath(
        f"{WIRED}{blocks}security-policy ip\n{four}\n#\nsecurity-policy ipv6\n{six}\n"
    )
    assert not read.unread
    assert passes(read, OUT, HOST, SERVER, "tcp/22")
    assert not passes(read, OUT, HOST, SERVER, "tcp/443")
    assert passes(read, OUT, HOST6, SERVER6, "tcp/443")
    assert not passes(read, OUT, HOST6, SERVER6, "tcp/22")
    assert not passes(read, OUT, "2001:db8:2::1", SERVER6, "tcp/443")


def test_inline_addresses_of_ipv6() -> None:
    read = policy(
        rule(
            "source-ip-subnet 2001:DB8:1:: 48",
            "destination-ip-host 2001:db8:9::9",
            "destination-ip-range 2001:db8:9::20 2001:db8:9::2f",
        ),
        family="ipv6",
    )
    assert read_whole(read), read.unread
    assert passes(read, OUT, HOST6, SERVER6, "tcp/1")
    assert passes(read, OUT, "2001:db8:1:ffff::1", "2001:db8:9::21", "udp/1")
    assert not passes(read, OUT, HOST6, "2001:db8:9::30", "tcp/1")
    assert not passes(read, OUT, HOST, SERVER, "tcp/1")


def test_a_rule_without_action_drops() -> None:
    """Source: command reference, `action`: the default is drop, `undo action pass` goes back."""
    bare = policy("rule 0 name R\n source-zone Trust\nrule 1 name S\n action pass")
    assert read_whole(bare)
    assert not passes(bare, OUT, HOST, SERVER, "tcp/80")
    assert passes(bare, IN, SERVER, HOST, "tcp/80")
    undone = policy(rule("undo action pass"))
    assert read_whole(undone)
    assert undone.chains[0].rules[0].action is Action.DENY


def test_first_match_decides_in_the_order_of_the_text_and_not_of_ids() -> None:
    deny = rule("source-ip-host 10.0.1.1", number=30, name="D", action="drop")
    allow = rule("source-zone Trust", number=5, name="P")
    assert not passes(policy(f"{deny}\n{allow}"), OUT, HOST, SERVER, "tcp/80")
    assert passes(policy(f"{allow}\n{deny}"), OUT, HOST, SERVER, "tcp/80")


def test_what_no_rule_matches_is_dropped_everywhere() -> None:
    read = policy("")
    assert read_whole(read)
    assert not read.chains[0].rules
    for way in (OUT, IN, BETWEEN, (INSIDE, LOCAL), (LOCAL, OUTSIDE)):
        assert not passes(read, way, HOST, SERVER, "tcp/80")
        assert not passes(read, way, HOST6, SERVER6, "tcp/80")


@pytest.mark.parametrize("word", ["Local", "local", "any"])
def test_zone_local_is_the_box_and_any_includes_it(word: str) -> None:
    read = policy(rule("source-zone trust", f"destination-zone {word}", "service bgp"))
    assert read_whole(read), read.unread
    assert passes(read, (INSIDE, LOCAL), HOST, "10.0.1.254", "tcp/179")
    assert not passes(read, (LOCAL, INSIDE), HOST, "10.0.1.254", "tcp/179")
    assert passes(read, OUT, HOST, SERVER, "tcp/179") is (word == "any")


def test_the_chain_judges_every_way_and_is_stateful() -> None:
    (chain,) = policy(rule()).chains
    assert chain.judges_forwarded
    assert chain.judges_to_local
    assert chain.judges_from_local
    assert chain.stateful
    assert chain.default is Action.DENY


def test_disabled_rules_are_skipped_until_enabled() -> None:
    assert not passes(policy(rule("disable")), OUT, HOST, SERVER, "tcp/80")
    assert passes(policy(rule("disable", "undo disable")), OUT, HOST, SERVER, "tcp/80")


def test_names_of_groups_zones_and_rules_know_no_case() -> None:
    text = rule("source-zone TRUST", "source-ip clinic", "service Images", name="r")
    read = policy(f"{text}\nrule name R\n service HTTP", before=GROUPS)
    assert not read.unread
    assert passes(read, OUT, HOST, SERVER, "tcp/104")
    assert passes(read, OUT, HOST, SERVER, "tcp/80")


def test_source_ip_takes_a_group_even_if_it_looks_like_an_address() -> None:
    read = policy(rule("source-ip 10.1.1.1"))
    assert [item.text for item in read.unread] == ["source-ip 10.1.1.1"]
    group = "object-group ip address 10.1.1.1\n 0 network host address 10.9.9.9\n"
    named = policy(rule("source-ip 10.1.1.1"), before=group)
    assert read_whole(named)
    assert passes(named, OUT, "10.9.9.9", SERVER, "tcp/80")
    assert not passes(named, OUT, "10.1.1.1", SERVER, "tcp/80")


@pytest.mark.parametrize(
    ("line", "service", "source_port", "matches"),
    [
        ("service-port tcp destination eq 1621", "tcp/1621", 1, True),
        ("service-port tcp destination eq 1621", "udp/1621", 1, False),
        ("service-port udp source eq 53 destination gt 1023", "udp/1024", 53, True),
        ("service-port udp destination gt 1023 source eq 53", "udp/1023", 53, False),
        ("service-port udp source eq 53 destination gt 1023", "udp/1024", 54, False),
        ("service-port tcp destination lt 1024", "tcp/1023", 1, True),
        ("service-port tcp destination lt 1024", "tcp/1024", 1, False),
        ("service-port icmp", "icmp/13/0", 1, True),
        ("service-port icmp 8 0", "icmp/8/0", 1, True),
        ("service-port icmp 8 0", "icmp/8/1", 1, False),
        ("service-port 50", "50", 1, True),
        ("service-port 112", "50", 1, False),
    ],
)
def test_services_without_a_group(line: str, service: str, source_port: int, matches: bool) -> None:
    """Correction 16: the word is `service-port`, not `service protocol`."""
    read = policy(rule(line))
    assert read_whole(read), read.unread
    assert passes(read, OUT, HOST, SERVER, service, source_port) is matches


@pytest.mark.parametrize(
    "line",
    [
        "source-ip NOWHERE",
        "source-ip CLINIC6",
        "destination-ip IMAGES",
        "source-zone nowhere",
        "source-zone Trust Untrust",
        "source-ip-host 2001:db8::1",
        "source-ip-host 10.0.0.256",
        "source-ip-subnet 10.0.0.0 255.0.255.0",
        "source-ip-subnet 10.0.0.0",
        "source-ip-range 10.0.0.1",
        "source-ip-range 10.0.0.1 2001:db8::1",
        "source-mac aaaa-bbbb-cccc",
        "service NOTHING",
        "service CLINIC",
        "service protocol tcp destination-port 443",
        "service-port tcp destination neq 80",
        "service-port tcp destination lt 0",
        "service-port tcp destination gt 65535",
        "service-port tcp destination eq 70000",
        "service-port tcp destination eq",
        "service-port icmp 8",
        "service-port gre",
        "service-port 17 destination eq 53",
        "time-range WORK",
        "application BitTorrent",
        "user nurse",
        "vrf MGT",
        "track negative 1",
        "parent-group OLD",
        "action permit",
        "ips apply policy default",
        "undo source-zone",
        "undo source-zone Trust",
        "undo disable now",
    ],
)
def test_what_is_not_understood_is_unread(line: str) -> None:
    read = policy(rule(line), before=GROUPS)
    assert [item.text for item in read.unread] == [line]
    assert read.unread[0].why


@pytest.mark.parametrize(
    "line",
    [
        'description a "quoted" text # with signs!',
        "counting enable",
        "logging enable",
        "session aging-time 600",
    ],
)
def test_lines_that_let_nothing_pass(line: str) -> None:
    read = policy(rule(line))
    assert read_whole(read), read.unread
    assert len(read.inert) == 1
    assert passes(read, OUT, HOST, SERVER, "tcp/80")


def test_a_condition_that_is_taken_back_is_none() -> None:
    read = policy(rule("time-range WORK", "undo time-range", "application A", "undo application A"))
    assert read_whole(read), read.unread


def test_any_beside_others_is_unread() -> None:
    read = policy(rule("source-zone any", "source-zone Trust"))
    assert [item.text for item in read.unread] == ["source-zone any"]


def test_any_of_addresses_and_services() -> None:
    read = policy(rule("source-ip any", "destination-ip any", "service any"))
    assert read_whole(read)
    assert passes(read, OUT, HOST, SERVER, "47")


def test_lines_of_a_rule_are_undone() -> None:
    read = policy(
        rule("source-ip-host 10.0.1.1", "source-ip-host 10.0.1.2", "service ssh")
        + "\nrule 0\n undo source-ip-host 10.0.1.1\n undo service ssh"
    )
    assert read_whole(read), read.unread
    assert not passes(read, OUT, "10.0.1.1", SERVER, "tcp/80")
    assert passes(read, OUT, "10.0.1.2", SERVER, "tcp/80")


def test_a_rule_entered_again_is_overlaid_and_never_replaced() -> None:
    """Correction 13: what a rule had stays; what can be only once is changed."""
    again = "rule 0 name R\n source-ip-host 10.0.1.2\n action drop"
    first = rule("source-ip-host 10.0.1.1")
    read = policy(f"{first}\n{rule(number=1, name='S')}\n{again}")
    assert read_whole(read), read.unread
    (chain,) = read.chains
    assert [one.name for one in chain.rules] == ["R", "S"]
    for source in ("10.0.1.1", "10.0.1.2"):
        assert not passes(read, OUT, source, SERVER, "tcp/80")
    assert passes(read, OUT, "10.0.1.3", SERVER, "tcp/80")
    fresh = policy(f"{first}\nundo rule 0\n{again}")
    assert passes(fresh, OUT, "10.0.1.1", SERVER, "tcp/80") is False
    assert fresh.chains[0].rules[0].source4 == ((0x0A000102, 0x0A000102),)


@pytest.mark.parametrize(
    ("second", "why"),
    [
        ("rule 0 name S", "not of the same rule"),
        ("rule 5 name R", "not of the same rule"),
        ("rule 5", "no name to make it"),
        ("rule 70000 name S", "not between"),
        ("rule name " + "x" * 128, "more than 127"),
        ("rule", "an id, or `name`"),
        ("undo rule 5", "there is no rule"),
        ("undo rule name S", "there is no rule"),
        ("move rule 0 before 5", "there is no rule"),
        ("move rule 0 before 0", "beside itself"),
        ("move rule 0 beside 0", "a rule, a place"),
        ("move rule name R before S", "a rule, a place"),
        ("rule move R before S", "not a number"),
    ],
)
def test_heads_that_the_device_refuses(second: str, why: str) -> None:
    read = policy(f"{rule()}\n{second}")
    assert [item.text for item in read.unread] == [second]
    assert why in read.unread[0].why


def test_an_id_after_one_that_the_device_chose_may_be_that_one() -> None:
    assert not policy("rule 0 name A\n action pass\nrule name B\n action pass").unread
    (unread,) = policy("rule name B\nrule 1 name A").unread
    assert unread.text == "rule 1 name A"


LAST = "rule 9 name LAST\n{}"


@pytest.mark.parametrize(
    ("lines", "logs"),
    [
        (" logging enable", True),
        (" logging enable\n action drop", True),
        (" logging enable\n source-zone any", True),
        ("", False),
        (" logging enable\n action pass", False),
        (" logging enable\n source-zone Trust", False),
        (" logging enable\n disable", False),
        (" logging enable\n time-range NIGHT", False),
        (" logging enable\n undo logging enable", False),
    ],
)
def test_denied_is_logged_by_a_last_rule_for_everything(lines: str, logs: bool) -> None:
    """The default drop writes no log."""
    read = policy(f"{rule('source-zone Trust')}\n{LAST.format(lines)}")
    assert read.chains[0].logs_denied is logs


def test_both_families_must_log_where_both_are_spoken() -> None:
    last = "security-policy {}\n rule 9 name LAST\n  logging enable\n#\n"
    six = f"interface {INSIDE}\n ipv6 address 2001:db8:1::fe/64\n#\n"
    link = six.replace("2001:db8:1::fe/64", "{}").format
    for text, logs in (
        (link("auto link-local") + last.format("ip"), False),
        (link("FE80::1 link-local") + last.format("ip"), False),
        (last.format("ip"), True),
        (six + last.format("ip"), False),
        (six + last.format("ip") + last.format("ipv6"), True),
        (last.format("ipv6"), False),
        (last.format("ip") + "security-policy ipv6\n rule 0 name X\n", False),
    ):
        assert parse_secpath(WIRED + text).chains[0].logs_denied is logs


def test_rules_carry_line_name_and_log() -> None:
    read = policy(rule("logging enable", "source-zone Trust", number=7, name="Images out"))
    assert [item.text for item in read.unread] == [
        "rule 7 name Images out",
        "action pass",
        "logging enable",
        "source-zone Trust",
    ]
    quoted = policy(rule("logging enable", number=7, name='"Images out"'))
    decided = deciding(quoted.chains[0], OUT, HOST, SERVER, "tcp/80")
    assert decided
    assert (decided.name, decided.logs, decided.line) == ("Images out", True, 14)
