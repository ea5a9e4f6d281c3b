"""Damages of a Linux router's text, and edits that change nothing."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from telemed_infra.parse.frr import parse_frr
from telemed_infra.prove.expected_router import expected_router
from telemed_infra.prove.findings import Finding
from telemed_infra.prove.router import prove_router
from tests.routing.province import device, meaning, written

NAME = "BJ-H1-AR01"
CORE, HEAD, PARTNER = "10.83.13.16", "10.87.141.1", "10.83.13.25"


def findings(text: str, name: str = NAME) -> tuple[Finding, ...]:
    made, one = meaning(), device(name)
    expected = expected_router(made.network, made.plan, made.routing, one)
    return prove_router(name, parse_frr(text), expected).findings


def replaced(old: str, new: str) -> Callable[[str], str]:
    def edit(text: str) -> str:
        assert old in text
        return text.replace(old, new, 1)

    return edit


def without(pattern: str) -> Callable[[str], str]:
    def edit(text: str) -> str:
        found, times = re.subn(rf"^{pattern}\n", "", text, flags=re.MULTILINE)
        assert times
        return found

    return edit


@pytest.mark.parametrize("name", [one for one in written() if "SE0" not in one])
def test_the_texts_of_a_build_are_proven(name: str) -> None:
    assert findings(written()[name], name) == ()


DAMAGES = (
    ("another AS", replaced("router bgp 4205000000", "router bgp 4205000001"), "session", "AS "),
    ("another router id", replaced("router-id 10.83.0.90", "router-id 10.83.0.91"),
     "session", "router id"),
    ("a neighbour's AS", replaced(f"{CORE} remote-as 64512", f"{CORE} remote-as 64513"),
     "session", "remote AS 64513"),
    ("a neighbour less", without(rf" +neighbor {HEAD} .*"), "missing", "is missing"),
    ("a neighbour more", replaced(
        " timers bgp 3 9\n", " timers bgp 3 9\n neighbor 192.0.2.1 remote-as 65000\n"),
     "excess", "not in the plan"),
    ("no key", without(rf" neighbor {CORE} password .*"), "session", "key"),
    ("another's key", replaced("vault:bgp-bijie-a1", "vault:bgp-bijie-b1"), "session", "key"),
    ("the key itself", replaced("vault:bgp-bijie-a1", "secret"), "session", "key"),
    ("no BFD", without(rf" neighbor {HEAD} bfd.*"), "session", "has no BFD"),
    ("slow BFD", replaced("receive-interval 300", "receive-interval 1000"), "session", "notices"),
    ("packets from afar", without(rf" neighbor {CORE} ttl-security hops 1"), "session", "farther"),
    ("slow to come back", without(rf" neighbor {CORE} timers connect 1"), "session", "tries again"),
    ("changes held back", replaced("advertisement-interval 0", "advertisement-interval 30"),
     "session", "holds changes back 30 s"),
    ("stale routes", replaced("graceful-restart-disable", "graceful-restart"), "session", "stay"),
    ("no filter in", without(rf"  neighbor {CORE} prefix-list CORE-BJ-V4 in"),
     "missing", "has no filter"),
    ("no filter out", without(rf"  neighbor {CORE} prefix-list BJ-V4 out"),
     "missing", "has no filter"),
    ("an undefined filter", replaced(f"{CORE} prefix-list BJ-V4 out", f"{CORE} prefix-list X out"),
     "missing", "nothing defines it"),
    ("a filter too wide", replaced("BJ-WN-C-V4 seq 20 permit 10.87.128.0/17",
                                   "BJ-WN-C-V4 seq 20 permit 10.87.128.0/17 le 24"),
     "excess", "takes"),
    ("a filter too narrow", without("ip prefix-list CORE-BJ-V4 seq 10 .*"), "missing",
     "does not take 10.4.0.0/14"),
    ("services not passed on", replaced("PAIR-V4 seq 15 permit 10.12.0.0/20 ge 32",
                                        "PAIR-V4 seq 15 permit 10.12.0.0/21 ge 32"),
     "missing", "cannot tell"),
    ("no aggregate", without("  aggregate-address 10.80.0.0/12"), "missing", "cannot tell"),
    ("no default route", without(rf"  neighbor {HEAD} default-originate .*"), "missing",
     "cannot tell 0.0.0.0/0"),
    ("a limit that only warns", replaced(f"{HEAD} maximum-prefix 12",
                                         f"{HEAD} maximum-prefix 12 warning-only"),
     "missing", "no limit"),
    ("a limit too small", replaced(f"{CORE} maximum-prefix 22", f"{CORE} maximum-prefix 3"),
     "missing", "no limit"),
    ("a family that is off", without(rf"  neighbor {PARTNER} activate"), "session", "families"),
    ("a line that nobody knows", replaced("ip forwarding\n", "ip forwarding\nip magic\n"),
     "unread", "ip magic"),
    ("a list that nothing binds", replaced(
        "\nip prefix-list BJ-V4", "\nip prefix-list OLD seq 5 deny any\nip prefix-list BJ-V4"),
     "hygiene", "bound nowhere"),
)  # fmt: skip


@pytest.mark.parametrize(("edit", "kind", "says"), [row[1:] for row in DAMAGES],
                         ids=[row[0] for row in DAMAGES])  # fmt: skip
def test_a_damage_is_found(edit: Callable[[str], str], kind: str, says: str) -> None:
    found = findings(edit(written()[NAME]))
    assert any(one.kind == kind and says in one.says for one in found), found


def test_a_session_where_none_is_meant_is_found() -> None:
    text = written()["GZ-DCA-FW01"].replace("\nend\n", "\nrouter bgp 64512\nexit\nend\n")
    assert any("AS 64512" in one.says for one in findings(text, "GZ-DCA-FW01"))


@pytest.mark.parametrize(
    "edit",
    [
        replaced(f" neighbor {CORE} description GZ-DCA-CR01\n", ""),
        replaced("seq 5 permit 10.80.0.0/12", "seq 7 permit 10.80.0.0/12"),
        replaced("bgp log-neighbor-changes\n", "no bgp log-neighbor-changes\n"),
        replaced(
            "ip prefix-list CENTRES-V4 seq 5",
            "ip prefix-list CENTRES-V4 seq 1 deny 10.16.0.0/14\nip prefix-list CENTRES-V4 seq 5",
        ),
    ],
)
def test_a_harmless_edit_stays_equal(edit: Callable[[str], str]) -> None:
    assert findings(edit(written()[NAME])) == ()
