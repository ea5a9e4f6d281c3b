"""Who may ask an IOS device by SNMP, and where its notifications go."""

from __future__ import annotations

from ipaddress import IPv4Address

import pytest

from telemed_infra.management_plane import Snmp, SnmpLevel, SnmpTarget, SnmpUser
from tests.parse.ios.judge import plane, refused

NONE, AUTHENTICATED, ENCRYPTED = SnmpLevel
GROUP = "snmp-server group NMS v3 priv"
USER = "snmp-server user nms NMS v3 auth sha vault:a priv aes 128 vault:p"
COLLECTORS = "access-list 20 permit 10.0.4.16 0.0.0.15\naccess-list 20 deny any log"
FROM = ((int(IPv4Address("10.0.4.16")), int(IPv4Address("10.0.4.31"))),)


def snmp(*lines: str) -> Snmp:
    return plane("\n".join(lines)).snmp


def user(**other: str | SnmpLevel) -> SnmpUser:
    found = SnmpUser("nms", "NMS", ENCRYPTED, "sha", "vault:a", "aes-128", "vault:p")
    return found._replace(**other)  # type: ignore[arg-type]


def test_the_agent_is_off_until_somebody_may_ask() -> None:
    assert snmp() == Snmp(versions=frozenset())
    assert snmp(GROUP, "snmp-server location here") == Snmp(versions=frozenset())
    assert snmp(GROUP, USER, "no snmp-server") == Snmp(versions=frozenset())


def test_a_user_of_version_3() -> None:
    found = snmp(GROUP, USER)
    assert found.versions == {"v3"}
    assert found.users == {user()}
    assert (found.writes, found.sources4, found.communities) == (False, None, frozenset())


@pytest.mark.parametrize(
    ("words", "other"),
    [
        ("auth md5 vault:a priv des vault:p", {"authentication": "md5", "privacy": "des"}),
        ("auth sha vault:a priv des56 vault:p", {"privacy": "des"}),
        ("auth sha vault:a priv 3des vault:p", {"privacy": "3des"}),
        ("auth sha vault:a priv aes 256 vault:p", {"privacy": "aes-256"}),
        ("auth sha-2 256 vault:a priv aes 256 vault:p",
         {"authentication": "sha-256", "privacy": "aes-256"}),
        ("encrypted auth sha vault:a priv aes 128 vault:p", {}),
        ("auth sha vault:a", {"privacy": "", "privacy_secret": ""}),
        ("", {"authentication": "", "authentication_secret": "", "privacy": "",
              "privacy_secret": ""}),
    ],
)  # fmt: skip
def test_algorithms(words: str, other: dict[str, str | SnmpLevel]) -> None:
    found = snmp(GROUP, f"snmp-server user nms NMS v3 {words}".strip())
    assert found.users == {user(**other)}


@pytest.mark.parametrize(
    ("lines", "level"),
    [
        (["snmp-server group NMS v3 auth"], AUTHENTICATED),
        (["snmp-server group NMS v3 noauth"], NONE),
        ([GROUP, "snmp-server group NMS v3 auth"], AUTHENTICATED),
        ([GROUP, "snmp-server group OTHER v3 noauth"], ENCRYPTED),
        ([GROUP, "snmp-server group NMS v3 auth", "no snmp-server group NMS v3 auth"], ENCRYPTED),
    ],
)
def test_what_a_group_demands(lines: list[str], level: SnmpLevel) -> None:
    assert snmp(USER, *lines).users == {user(level=level)}


def test_a_second_line_for_a_user_takes_the_place_of_the_first() -> None:
    again = "snmp-server user nms NMS v3 auth sha new priv aes 128 vault:p"
    assert snmp(GROUP, USER, again).users == {user(authentication_secret="new")}
    assert snmp(GROUP, USER, "no snmp-server user nms NMS v3").users == frozenset()


@pytest.mark.parametrize(
    ("lines", "writes"),
    [
        (["snmp-server group NMS v3 priv read ALL"], False),
        (["snmp-server group NMS v3 priv read ALL write ALL"], True),
        ([GROUP, "snmp-server community c"], False),
        ([GROUP, "snmp-server community c RO"], False),
        ([GROUP, "snmp-server community c view ALL RW"], True),
    ],
)
def test_who_may_change_something(lines: list[str], *, writes: bool) -> None:
    assert snmp("snmp-server view ALL iso included", USER, *lines).writes is writes


@pytest.mark.parametrize(
    ("lines", "sources"),
    [
        (["snmp-server group NMS v3 priv access 20", USER], FROM),
        ([GROUP, f"{USER} access 20"], FROM),
        (["snmp-server group NMS v3 priv read ALL access ipv6 SIX 20", USER], FROM),
        (["snmp-server group NMS v3 priv access 20", USER, "snmp-server community c RO"], None),
        (["snmp-server group NMS v3 priv access 20", USER, "snmp-server community c RO 20"], FROM),
        (["snmp-server community c RO 20"], FROM),
        (["snmp-server community c 20"], FROM),
        (["snmp-server group OTHER v3 priv access 20", GROUP, USER], None),
    ],
)
def test_who_may_ask(lines: list[str], sources: object) -> None:
    found = snmp(COLLECTORS, "snmp-server view ALL iso included", *lines)
    assert found.sources4 == sources


def test_communities() -> None:
    found = snmp("snmp-server community public RO", "snmp-server community private RW 20",
                 COLLECTORS, "no snmp-server community private")  # fmt: skip
    assert found.versions == {"v1", "v2c"}
    assert found.communities == {"public"}
    assert not found.writes


def test_notifications() -> None:
    host = "snmp-server host 10.0.4.20 version 3 priv nms"
    assert snmp(GROUP, USER, host).targets == frozenset()
    told = snmp(GROUP, USER, host, "snmp-server enable traps")
    assert told.targets == {SnmpTarget("10.0.4.20", "nms", ENCRYPTED)}
    some = ["snmp-server enable traps snmp linkdown linkup", "snmp-server enable traps config"]
    assert snmp(GROUP, USER, host, *some).targets == told.targets
    assert snmp(GROUP, USER, host, *some, "no snmp-server enable traps").targets == frozenset()
    assert snmp(GROUP, USER, host, *some, f"no {host}").targets == frozenset()


def test_notifications_of_older_versions_are_signed_by_nobody() -> None:
    text = (
        "snmp-server enable traps\nsnmp-server host 10.0.4.20 traps version 2c public udp-port 162"
    )
    assert snmp(text).targets == {SnmpTarget("10.0.4.20", "public", NONE)}


@pytest.mark.parametrize(
    "line",
    [
        "snmp-server user other NOWHERE v3 auth …",
        "snmp-server user other NMS v3 auth …",
        "snmp-server user nms NMS remote 10.0.4.20 v3 auth …",
        "snmp-server group NMS v3 auth …",
        "snmp-server group OTHER v3 priv …",
        "snmp-server community …",
        "snmp-server host 10.0.4.20 …",
        "snmp-server host nms.example …",
        "snmp-server system-shutdown",
    ],
)
def test_what_cannot_be_said_is_unread_and_hides_secrets(line: str) -> None:
    full = {
        "snmp-server user other NOWHERE v3 auth …": "sha s3cret",
        "snmp-server user other NMS v3 auth …": "sha3 s3cret",
        "snmp-server user nms NMS remote 10.0.4.20 v3 auth …": "sha s3cret",
        "snmp-server group NMS v3 auth …": "access 99",
        "snmp-server group OTHER v3 priv …": "read NOWHERE",
        "snmp-server community …": "s3cret RO 99",
        "snmp-server host 10.0.4.20 …": "version 3 priv other",
        "snmp-server host nms.example …": "s3cret",
    }
    assert refused(GROUP, USER, line.replace("…", full.get(line, ""))) == [line]
