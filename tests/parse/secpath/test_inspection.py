"""Application profiles: which rules have what they permit searched for intrusions and malware."""

from __future__ import annotations

from textwrap import dedent

import pytest

from telemed_infra.parse.behaviour import FirewallBehaviour
from telemed_infra.parse.secpath import parse_secpath
from tests.parse.secpath.texts import HOST, OUT, SERVER, WIRED, policy, rule
from tests.parse.vrp.judge import passes, read_whole

PROFILE = """\
app-profile SEARCH
 ips apply policy default mode protect
 anti-virus apply policy default mode protect
#
"""
IPS = "ips apply policy default"
AV = "anti-virus apply policy default"


def inspected(read: FirewallBehaviour) -> bool:
    (only,) = read.chains[0].rules
    return only.inspected


def complaints(read: FirewallBehaviour) -> list[tuple[str, str]]:
    return [(item.text, item.why) for item in read.unread]


def test_a_profile_with_both_policies_searches() -> None:
    read = policy(rule("profile SEARCH"), before=PROFILE)
    assert read_whole(read), read.unread
    assert inspected(read)
    assert read.unused == ()


def test_a_profile_never_changes_which_packets_a_rule_matches() -> None:
    for lines in (("profile SEARCH",), ()):
        read = policy(rule("source-zone Trust", *lines), before=PROFILE)
        assert passes(read, OUT, HOST, SERVER, "tcp/80")
        assert read.chains[0].rules[0].certain


def test_a_rule_that_drops_searches_nothing() -> None:
    read = policy(rule("profile SEARCH", action="drop"), before=PROFILE)
    assert read_whole(read)
    assert not inspected(read)


def test_names_know_no_case_and_the_last_line_holds() -> None:
    read = policy(rule("profile other", "profile search"), before=PROFILE)
    assert read_whole(read), read.unread
    assert inspected(read)


@pytest.mark.parametrize("undo", ["undo profile", "undo profile SEARCH"])
def test_a_profile_is_taken_back(undo: str) -> None:
    read = policy(rule("profile SEARCH", undo), before=PROFILE)
    assert not read.unread
    assert not inspected(read)
    assert read.unused == ("app-profile SEARCH",)


@pytest.mark.parametrize("lines", [["undo profile"], ["profile SEARCH", "undo profile OTHER"]])
def test_nothing_to_take_back_is_unread(lines: list[str]) -> None:
    read = policy(rule(*lines), before=PROFILE)
    assert complaints(read) == [(lines[-1], "the rule has no such line")]


def test_a_profile_that_nothing_defines_is_unread() -> None:
    read = policy(rule("profile SEARCH"))
    assert complaints(read) == [("profile SEARCH", "there is no app-profile search")]
    assert not inspected(read)
    gone = policy(rule("profile SEARCH"), before=f"{PROFILE}undo app-profile SEARCH\n")
    assert complaints(gone) == complaints(read)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (f" {IPS} mode protect\n", ""),
        (f" {AV} mode protect\n", ""),
        (f"{IPS} mode protect", f"{IPS} mode alert"),
        (f"{AV} mode protect", f"{AV} mode alert"),
        (f"{AV} mode protect", f"{AV} mode protect\n undo anti-virus apply policy"),
        (f"{AV} mode protect", f"{AV} mode protect\n {IPS} mode alert"),
        ("app-profile", "inspect bypass\n#\napp-profile"),
        ("app-profile", "inspect bypass protocol http\n#\napp-profile"),
    ],
)
def test_what_searches_less_is_understood_and_does_not_count(old: str, new: str) -> None:
    assert old in PROFILE
    read = policy(rule("profile SEARCH"), before=PROFILE.replace(old, new, 1))
    assert not read.unread
    assert not inspected(read)


def test_an_engine_that_is_switched_on_again_searches() -> None:
    read = policy(
        rule("profile SEARCH"),
        before=f"inspect bypass\n#\nundo inspect bypass\ninspect activate\n#\n{PROFILE}",
    )
    assert not read.unread
    assert inspected(read)


@pytest.mark.parametrize(
    ("lines", "counts"),
    [
        ("", True),
        ("protect-target WebServer", False),
        ("protect-target all", True),
        ("protect-target WebServer\n undo protect-target", True),
        ("attack-category Vulnerability SQLInjection", False),
        ("severity-level critical high", False),
        ("severity-level critical high medium low", True),
        ("object-dir server", False),
        ("object-dir server client", True),
        ("action drop reset", False),
        ("signature override pre-defined 7 disable", True),
        ("signature override all permit logging", False),
        ("signature override all drop logging", True),
        ("signature override all permit\n undo signature override all", True),
    ],
)
def test_a_self_made_ips_policy_counts_if_it_leaves_nothing_out(
    lines: str, *, counts: bool
) -> None:
    own = f"ips policy OWN\n {lines}\n#\n{PROFILE.replace(IPS, 'ips apply policy own')}"
    read = policy(rule("profile SEARCH"), before=own)
    assert not read.unread
    assert inspected(read) is counts


@pytest.mark.parametrize(
    ("lines", "counts"),
    [
        ("", True),
        ("inspect http direction both action block", True),
        ("inspect http action alert", False),
        ("inspect smtp action alert", True),
        ("inspect ftp direction download action block", False),
        ("inspect ftp direction download action block\n inspect ftp action block", True),
        ("undo inspect pop3", False),
        ("undo inspect pop3\n inspect pop3 action block", True),
        ("signature severity high enable", False),
        ("signature severity low enable", True),
        ("exception signature 7", True),
    ],
)
def test_a_self_made_anti_virus_policy_counts_if_it_stops_files(
    lines: str, *, counts: bool
) -> None:
    own = (
        f"anti-virus policy OWN\n {lines}\n#\n{PROFILE.replace(AV, 'anti-virus apply policy own')}"
    )
    read = policy(rule("profile SEARCH"), before=own)
    assert not read.unread
    assert inspected(read) is counts


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("ips apply policy OWN mode protect", "there is no ips policy own"),
        ("anti-virus apply policy OWN mode protect", "there is no anti-virus policy own"),
        ("ips apply policy default", "a policy, and `mode protect` or `mode alert`, are expected"),
        ("anti-virus apply policy default mode watch",
         "a policy, and `mode protect` or `mode alert`, are expected"),
        ("undo ips apply policy", "the profile has no such line"),
    ],
)  # fmt: skip
def test_a_profiles_line_that_names_nothing_is_unread(line: str, why: str) -> None:
    read = policy(rule("profile SEARCH"), before=f"app-profile SEARCH\n {line}\n#\n")
    assert complaints(read) == [(line, why)]
    assert not inspected(read)


@pytest.mark.parametrize(
    "line",
    [
        "app-profile SEARCH-ALL",
        "ips policy default",
        "anti-virus policy default",
        "undo ips policy OWN",
        "undo app-profile OTHER",
        "undo inspect bypass protocol http",
        "ips policy OWN\n severity-level",
        "ips policy OWN\n undo severity-level high",
        "anti-virus policy OWN\n inspect gopher action block",
        "anti-virus policy OWN\n inspect http action",
        "anti-virus policy OWN\n inspect http mood block",
        "anti-virus policy OWN\n undo inspect gopher",
    ],
)
def test_what_the_device_or_the_reader_does_not_take_is_unread(line: str) -> None:
    read = parse_secpath(f"{WIRED}{line}\n#\n")
    assert [item.text for item in read.unread] == [line.rsplit("\n ", maxsplit=1)[-1]]


def test_what_is_bound_nowhere_is_told() -> None:
    read = parse_secpath(f"{WIRED}{PROFILE}ips policy A\n#\nanti-virus policy B\n#\n")
    assert read.unused == ("app-profile SEARCH", "ips policy A", "anti-virus policy B")


def test_a_member_that_defines_its_own_profile_is_read_anew() -> None:
    """What stands among a member's own blocks is not taken over from the other one."""
    own = "#\nsysname {name}\n#\ninterface GigabitEthernet1/0/9\n{profile}\n#\n"
    shared = dedent("""\
        security-policy ip
         rule 0 name R
          action pass
          profile SEARCH
        #
    """)
    one = PROFILE.removesuffix("#\n")
    other = one.replace(f"{AV} mode protect", f"{AV} mode alert")
    first, second = (
        parse_secpath(WIRED + own.format(name=name, profile=profile) + shared)
        for name, profile in (("A", one), ("B", other))
    )
    assert not first.unread
    assert inspected(first)
    assert not inspected(second)
