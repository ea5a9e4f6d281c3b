"""Accounts of an IOS device, rules for their passwords, and who has to wait."""

from __future__ import annotations

import pytest

from telemed_infra.management_plane import Account, Listener, Lockout, Passwords
from tests.parse.ios.judge import firewall, plane, refused, unread

OPS = "username ops privilege 15 secret 9 vault:ops"
BY_SSH = "line vty 0 4\n transport input ssh"
POLICY = """
    aaa common-criteria policy LONG
     min-length 14
     max-length 64
     upper-case 1
     lower-case 1
     numeric-count 2
     lifetime day 90
"""


def account(*texts: str) -> Account:
    (found,) = plane(*texts).accounts
    return found


@pytest.mark.parametrize(
    ("text", "level"),
    [
        (OPS, 15),
        ("username ops secret vault:ops", 1),
        ("username ops privilege 15\nusername ops secret 0 vault:ops", 15),
        ("username ops privilege 7 algorithm-type scrypt secret vault:ops", 7),
        ("username ops algorithm-type sha256 secret vault:ops\nuser ops priv 15", 15),
        ("USERNAME ops privilege 3 secret vault:old\nusername ops secret vault:ops", 3),
    ],
)
def test_an_account(text: str, level: int) -> None:
    found = account(text)
    assert (found.name, found.level, found.secret) == ("ops", level, "vault:ops")


def test_accounts_that_are_taken_away() -> None:
    assert (
        plane(OPS, "username opsen secret x", "no username opsen").accounts == plane(OPS).accounts
    )
    assert plane(OPS, "default username ops").accounts == frozenset()


@pytest.mark.parametrize(
    ("text", "services"),
    [
        (f"aaa new-model\n{BY_SSH}", {Listener.SSH}),
        (f"aaa new-model\naaa authentication login default local\n{BY_SSH}",
         {Listener.SSH, Listener.CONSOLE}),
        ("line vty 0 4\n login\nline con 0\n login local", {Listener.CONSOLE}),
        ("line vty 0 4\n login", set()),
        (f"aaa new-model\nip scp server enable\n{BY_SSH}",
         {Listener.SSH, Listener.SCP}),
    ],
)  # fmt: skip
def test_an_account_serves_where_the_device_asks_its_own(
    text: str, services: set[Listener]
) -> None:
    assert account(OPS, text).services == services


@pytest.mark.parametrize(
    "line",
    [
        "username ops password 7 …",
        "username ops nopassword",
        "username ops privilege 16 secret …",
        "username ops view AUDIT secret …",
        "username ops privilege 15",
        "enable password …",
        "privilege exec level 1 configure",
    ],
)
def test_what_cannot_be_said_of_accounts_is_unread(line: str) -> None:
    assert refused(line.replace("…", "s3cret")) == [line]


def test_a_secret_for_more_rights_is_understood() -> None:
    assert plane("enable secret 9 $9$x\nenable algorithm-type scrypt secret x") == plane("")


# Passwords --------------------------------------------------------------------------------------


def test_rules_for_passwords() -> None:
    assert plane("").passwords == Passwords()
    assert plane("security passwords min-length 12").passwords == Passwords(length_min=12)
    gone = plane("security passwords min-length 12\nno security passwords min-length")
    assert gone.passwords == Passwords()


def test_a_policy_holds_for_the_accounts_that_name_it() -> None:
    own = "username ops privilege 15 common-criteria-policy LONG secret x"
    assert plane(POLICY, own).passwords == Passwords(length_min=14, kinds_min=3, lifetime_days=90)
    assert plane(POLICY, OPS).passwords == Passwords()
    assert plane(POLICY, own, "username b secret y").passwords == Passwords()
    both = plane(POLICY, own, "username b secret y", "security passwords min-length 10")
    assert both.passwords == Passwords(length_min=10)


def test_a_policy_that_is_missing_or_lives_by_months() -> None:
    own = "username ops common-criteria-policy LONG"
    assert refused(own, "username ops secret x") == [own]
    months = POLICY.replace("day 90", "month 3")
    assert refused(months, own, "username ops secret x") == ["lifetime month 3"]


# Lockout ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "lockout"),
    [
        ("", (0, 0)),
        ("login block-for 300 attempts 5 within 60", (5, 300)),
        ("login block-for 300 attempts 5 within 60\nno login block-for", (0, 0)),
        ("login block-for 300 attempts 5 within 60\nlogin delay 2\nlogin on-failure log", (5, 300)),
        ("aaa local authentication attempts max-fail 3\nlogin block-for 9 attempts 5 within 9",
         (5, 9)),
    ],
)  # fmt: skip
def test_lockout(text: str, lockout: tuple[int, int]) -> None:
    assert plane(text).lockout == Lockout(*lockout)


@pytest.mark.parametrize(
    "line",
    [
        "login block-for 300 attempts 5",
        "aaa local authentication attempts max-fail 3",
    ],
)
def test_what_cannot_be_said_of_lockout_is_unread(line: str) -> None:
    assert refused(line) == [line]


def test_a_missing_list_spares_everybody() -> None:
    text = "login block-for 300 attempts 5 within 60\nlogin quiet-mode access-class NOWHERE"
    read = firewall(text)
    assert unread(read) == ["login quiet-mode access-class NOWHERE"]
    assert read.plane is not None
    assert read.plane.lockout == Lockout(0, 0)


@pytest.mark.parametrize(
    ("spared", "attempts"),
    [("10.0.4.9", 0), ("10.0.4.0 0.0.0.255", 0), ("10.9.0.0 0.0.255.255", 5), ("any", 0)],
)
def test_nobody_waits_if_a_list_spares_somebody_who_may_log_in(spared: str, attempts: int) -> None:
    text = f"""
        access-list 1 permit 10.0.4.0 0.0.0.15
        access-list 2 permit {spared}
        login block-for 300 attempts 5 within 60
        login quiet-mode access-class 2
        line vty 0 4
         access-class 1 in
    """
    assert plane(text).lockout.attempts == attempts
    assert plane(text, "no login quiet-mode access-class").lockout.attempts == 5
    assert plane(text.replace("access-class 1 in", "no exec-timeout")).lockout.attempts == 0
