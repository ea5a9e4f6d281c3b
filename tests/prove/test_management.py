"""A text's management plane against what is meant: every field counts, and is told by name."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest

from telemed_infra.management_plane import (
    AaaServer,
    Account,
    Collector,
    Listener,
    Lockout,
    Login,
    LogTarget,
    ManagementPlane,
    Method,
    Ntp,
    NtpKey,
    NtpServer,
    Passwords,
    Snmp,
    SnmpLevel,
    SnmpTarget,
    SnmpUser,
    Syslog,
)
from telemed_infra.prove.management import fields_of, prove_plane

BASTION = (0x0A00960A, 0x0A00960A)
ACCOUNT = Account(name="breakglass", level=15, services=frozenset({Listener.SSH}), secret="vault:b")
PLANE = ManagementPlane(
    listeners=frozenset({Listener.SSH}),
    discovery=False,
    login=Login(
        methods=(Method.TACACS, Method.LOCAL),
        console=(Method.LOCAL,),
        authorization=(Method.TACACS, Method.LOCAL),
        sessions_accounted=True,
        commands_accounted=True,
        listeners=frozenset({Listener.SSH}),
        sources4=(BASTION,),
        sources6=(),
        idle_s=300,
        console_idle_s=300,
    ),
    tacacs=(AaaServer("10.0.150.40", "vault:tacacs"), AaaServer("10.4.150.40", "vault:tacacs")),
    accounts=frozenset({ACCOUNT}),
    passwords=Passwords(length_min=12, kinds_min=4, history=5, lifetime_days=90),
    lockout=Lockout(5, 900),
    banner="Administrators only.",
    snmp=Snmp(
        versions=frozenset({"v3"}),
        users=frozenset(
            {SnmpUser("nms", "G", SnmpLevel.ENCRYPTED, "sha", "vault:a", "aes-128", "vault:p")}
        ),
        sources4=(BASTION,),
        targets=frozenset({SnmpTarget("10.0.150.50", "nms", SnmpLevel.ENCRYPTED)}),
    ),
    ntp=Ntp(
        authenticated=True,
        keys=frozenset({NtpKey(1, "md5", "vault:n")}),
        trusted=frozenset({1}),
        servers=frozenset({NtpServer("10.0.150.20", 1)}),
    ),
    syslog=Syslog(targets=frozenset({LogTarget("10.0.150.30", "tls", 6514)}), dated=True),
    flows=frozenset({Collector("10.0.150.30", 4739)}),
    zone_minutes=480,
    source="LoopBack0",
)


def says(found: ManagementPlane | None, expected: ManagementPlane | None = PLANE) -> list[str]:
    findings = list(prove_plane("FW01", found, expected))
    assert all(one.kind == "management" and one.device == "FW01" for one in findings)
    return [one.says for one in findings]


def test_what_is_meant_is_proven() -> None:
    assert says(PLANE) == []
    assert fields_of(PLANE) > 30


@pytest.mark.parametrize(
    ("change", "told"),
    [
        pytest.param(
            {"listeners": frozenset({Listener.SSH, Listener.TELNET})},
            "listeners: telnet in place of nothing else",
            id="telnet listens too",
        ),
        pytest.param({"listeners": frozenset()}, "listeners: nothing in place of ssh", id="no SSH"),
        pytest.param({"discovery": True}, "discovery: yes in place of no", id="LLDP speaks"),
        pytest.param(
            {"tacacs": PLANE.tacacs[::-1]},
            "tacacs: 10.4.150.40 vault:tacacs 10.0.150.40 vault:tacacs in place of "
            "10.0.150.40 vault:tacacs 10.4.150.40 vault:tacacs",
            id="the far server first",
        ),
        pytest.param({"lockout": Lockout(0, 0)}, "lockout: 0 0 in place of 5 900", id="no lockout"),
        pytest.param({"banner": ""}, "banner: none in place of Administrators only.", id="banner"),
        pytest.param({"zone_minutes": 0}, "zone minutes: 0 in place of 480", id="UTC"),
        pytest.param({"table": "MGMT"}, "table: MGMT in place of none", id="another table"),
        pytest.param(
            {"accounts": frozenset()},
            "accounts: nothing in place of breakglass 15 ssh vault:b",
            id="no account",
        ),
    ],
)
def test_what_differs_is_told_by_its_field(change: dict[str, object], told: str) -> None:
    assert says(replace(PLANE, **change)) == [told]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        pytest.param(
            {"sources4": None}, "login sources4: anywhere in place of 10.0.150.10", id="anywhere"
        ),
        pytest.param(
            {"sources4": ((BASTION[0], BASTION[0] + 5),)},
            "login sources4: 10.0.150.10-10.0.150.15 in place of 10.0.150.10",
            id="more than the bastion",
        ),
        pytest.param({"sources6": None}, "login sources6: anywhere in place of nowhere", id="IPv6"),
        pytest.param(
            {"methods": (Method.LOCAL,)},
            "login methods: local in place of tacacs local",
            id="nobody asks the AAA server",
        ),
        pytest.param({"idle_s": None}, "login idle s: none in place of 300", id="for ever"),
        pytest.param(
            {"commands_accounted": False},
            "login commands accounted: no in place of yes",
            id="commands are told to nobody",
        ),
    ],
)
def test_logging_in_is_compared_word_by_word(change: dict[str, object], told: str) -> None:
    login = replace(PLANE.login, **change)  # type: ignore[arg-type]
    assert says(replace(PLANE, login=login)) == [told]


def test_no_field_is_left_out() -> None:
    """A plane with every field changed differs in each of them."""
    other = replace(
        PLANE,
        **{field.name: object() for field in fields(PLANE)},  # type: ignore[arg-type]
    )
    told = says(other)
    assert [one.partition(":")[0] for one in told] == [
        field.name.replace("_", " ") for field in fields(PLANE)
    ]


def test_a_platform_whose_reader_does_not_say_is_not_proven() -> None:
    assert says(None) == ["nothing is known of its management plane"]
    assert says(PLANE, None) == ["is not meant"]
    assert says(None, None) == []
