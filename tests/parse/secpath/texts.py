"""A small firewall to write policies on; tests/parse/vrp/judge.py judges its packets."""

from __future__ import annotations

from textwrap import dedent, indent

from telemed_infra.packets import Ranges
from telemed_infra.parse.behaviour import FirewallBehaviour
from telemed_infra.parse.secpath import parse_secpath

INSIDE, INSIDE2, OUTSIDE = (f"GigabitEthernet1/0/{number}" for number in (1, 2, 3))
WARD = "GigabitEthernet1/0/4.40"

WIRED = f"""\
security-zone name Trust
 import interface {INSIDE}
 import interface {INSIDE2}
#
security-zone name Untrust
 import interface {OUTSIDE}
#
security-zone name WARD
 import interface {WARD}
#
"""
OUT, IN, BETWEEN = (INSIDE, OUTSIDE), (OUTSIDE, INSIDE), (INSIDE, INSIDE2)
HOST, SERVER = "10.0.1.1", "203.0.113.9"
HOST6, SERVER6 = "2001:db8:1::1", "2001:db8:9::9"


def firewall(text: str) -> FirewallBehaviour:
    """The behaviour of a text typed with the indent of its test."""
    return parse_secpath(dedent(text))


def policy(rules: str, family: str = "ip", before: str = "") -> FirewallBehaviour:
    """The wired firewall with these lines before, and a security policy of these lines."""
    body = indent(dedent(rules).strip("\n"), " ")
    return parse_secpath(f"{WIRED}{dedent(before)}\n#\nsecurity-policy {family}\n{body}\n#\n")


def rule(*lines: str, number: int = 0, name: str = "R", action: str = "pass") -> str:
    """A rule as printed: its action first."""
    return "\n".join(
        [f"rule {number} name {name}", *(f" {line}" for line in (f"action {action}", *lines))]
    )


def addresses(*lines: str, family: str = "ip", others: str = "") -> FirewallBehaviour:
    """A policy whose only rule names a group of these lines."""
    body = "\n ".join(lines)
    text = f"{others}object-group {family} address G\n {body}\n#\n"
    return policy(rule("source-ip G"), family, text)


def sources(read: FirewallBehaviour) -> Ranges:
    """The sources of its only rule."""
    (only,) = read.chains[0].rules
    return only.source4 or only.source6
