"""Profiles on rules of a USG: which have what they permit searched for intrusions and malware."""

from __future__ import annotations

import pytest

from telemed_infra.parse.behaviour import FirewallBehaviour
from telemed_infra.parse.vrp import parse_usg
from tests.parse.vrp.judge import INSIDE, OUTSIDE, firewall, passes, policy, read_whole, written

IPS = """\
profile type ips name OWN
 signature-set name ALL
  {}
#
"""
AV = """\
profile type av name OWN
 {}
#
"""


def rule(*lines: str, action: str = "permit") -> str:
    return "\n".join(["rule name R1", *(f" {line}" for line in (*lines, f"action {action}"))])


def ruled(definitions: str, *lines: str) -> FirewallBehaviour:
    body = "\n".join(f" {line}" for line in rule(*lines).split("\n"))
    return parse_usg(f"{definitions}security-policy\n{body}\n#\n")


def inspected(read: FirewallBehaviour) -> bool:
    (only,) = written(read.chains[0])
    return only.inspected


def complaints(read: FirewallBehaviour) -> list[tuple[str, str]]:
    return [(item.text, item.why) for item in read.unread]


@pytest.mark.parametrize("ips", ["default", "strict"])
def test_a_profile_of_each_kind_searches(ips: str) -> None:
    read = policy(rule(f"profile ips {ips}", "profile av default"))
    assert read_whole(read)
    assert inspected(read)


def test_a_profile_never_changes_which_packets_a_rule_matches() -> None:
    for lines in (("profile ips default", "profile av default"), ()):
        read = policy(rule("source-zone trust", *lines))
        assert passes(read, (INSIDE, OUTSIDE), "10.0.1.1", "203.0.113.9", "tcp/80")
        assert not passes(read, (OUTSIDE, INSIDE), "203.0.113.9", "10.0.1.1", "tcp/80")


@pytest.mark.parametrize(
    "lines",
    [
        [],
        ["profile ips default"],
        ["profile av default"],
        ["profile ips ids", "profile av default"],
        ["profile ips web_server", "profile av default"],
        ["profile ips default", "profile av default", "undo profile av"],
        ["profile ips default", "profile av default", "undo profile ips default"],
        ["profile ips default", "profile av default", "profile ips dmz"],
        ["profile ips default", "profile url-filter default"],
    ],
)
def test_what_searches_less_is_understood_and_does_not_count(lines: list[str]) -> None:
    read = policy(rule(*lines))
    assert read_whole(read)
    assert not inspected(read)


def test_a_rule_that_denies_searches_nothing() -> None:
    read = policy(rule("profile ips default", "profile av default", action="deny"))
    assert read_whole(read)
    assert not inspected(read)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("profile ips OWN", "there is no ips profile OWN"),
        ("profile av OWN", "there is no av profile OWN"),
        ("profile av strict", "there is no av profile strict"),
        ("profile ips Default", "there is no ips profile Default"),
        ("undo profile ips", "the rule has no such line"),
        ("profile sandbox default", "no such command is known in this view"),
    ],
)
def test_a_profile_that_nothing_defines_is_unread(line: str, why: str) -> None:
    read = policy(rule(line))
    assert complaints(read) == [(line, why)]
    assert not inspected(read)


def test_a_profile_that_was_removed_is_none() -> None:
    text = IPS.format("action block") + "undo profile type ips name OWN\n"
    assert complaints(ruled(text, "profile ips OWN")) == [
        ("profile ips OWN", "there is no ips profile OWN")
    ]


@pytest.mark.parametrize(
    ("lines", "counts"),
    [
        ("action block", True),
        ("action default", True),
        ("action alert", False),
        ("action alert\n  undo action", True),
        ("target all", True),
        ("target both", True),
        ("target client", False),
        ("severity low medium high", True),
        ("severity medium high", False),
        ("severity medium\n  severity low high", True),
        ("os unix-like windows android ios other", True),
        ("os windows", False),
        ("protocol all", True),
        ("protocol HTTP", False),
        ("protocol HTTP\n  undo protocol", True),
        ("application all", True),
        ("category Virus", False),
    ],
)
def test_a_self_made_ips_profile_counts_if_a_set_leaves_nothing_out(
    lines: str, *, counts: bool
) -> None:
    read = ruled(IPS.format(lines), "profile ips OWN", "profile av default")
    assert read_whole(read), read.unread
    assert inspected(read) is counts
    assert read.unused == ()


@pytest.mark.parametrize("kept", ["", " signature-set name ALL\n undo signature-set name ALL\n"])
def test_a_self_made_ips_profile_without_a_set_looks_for_nothing(kept: str) -> None:
    text = f"profile type ips name OWN\n description nothing yet\n{kept}#\n"
    read = ruled(text, "profile ips OWN", "profile av default")
    assert read_whole(read), read.unread
    assert not inspected(read)


@pytest.mark.parametrize(
    ("lines", "counts"),
    [
        ("description as it comes", True),
        ("http-detect direction both action block", True),
        ("http-detect", True),
        ("http-detect direction download", False),
        ("http-detect action alert", False),
        ("pop3-detect action delete-attachment", True),
        ("smtp-detect action alert", True),
        ("undo imap-detect", False),
        ("undo imap-detect\n imap-detect action alert", True),
        ("exception av-signature-id 1000", True),
    ],
)
def test_a_self_made_av_profile_counts_if_it_stops_files(lines: str, *, counts: bool) -> None:
    read = ruled(AV.format(lines), "profile ips default", "profile av OWN")
    assert read_whole(read), read.unread
    assert inspected(read) is counts
    assert read.unused == ()


@pytest.mark.parametrize(
    "text",
    [
        "profile type ips name strict",
        "profile type av name default",
        "profile type ips name OWN-PROFILE",
        "undo profile type av name OWN",
        "profile type sandbox name OWN",
        IPS.format("action drop"),
        IPS.format("severity"),
        IPS.format("undo protocol HTTP"),
        "profile type ips name OWN\n undo signature-set name ALL",
        AV.format("http-detect direction sideways"),
        AV.format("smtp-detect direction upload"),
        AV.format("http-detect action allow"),
        AV.format("undo http-detect action"),
    ],
)
def test_what_the_device_or_the_reader_does_not_take_is_unread(text: str) -> None:
    lines = [line.strip() for line in text.strip("\n#").split("\n")]
    assert [item.text for item in firewall(text).unread] == lines[-1:]


def test_what_is_bound_nowhere_is_told() -> None:
    read = firewall(IPS.format("action block") + AV.format("description t"))
    assert read.unused == ("ips profile OWN", "av profile OWN")
