"""How each platform writes that it is administered: every field, and what it cannot have."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from telemed_infra.management_plane import (
    AaaServer,
    Collector,
    Listener,
    Lockout,
    LogTarget,
    ManagementPlane,
    Method,
    NtpKey,
    NtpServer,
    SnmpLevel,
    SnmpTarget,
)
from telemed_infra.packets import Family
from telemed_infra.render.platforms import MANAGED, management_text
from telemed_infra.render.text import finish
from tests.render.planes import ACCOUNT, LACKS, OWN, able, hosts, written
from tests.render.policies import templates

PLATFORMS = sorted(MANAGED)
Change = Callable[[ManagementPlane], ManagementPlane]


def field(name: str, value: Any) -> Change:
    return lambda plane: replace(plane, **{name: value})


def within(name: str, **values: Any) -> Change:
    return lambda plane: replace(plane, **{name: replace(getattr(plane, name), **values)})


def account(**values: Any) -> Change:
    return field("accounts", frozenset({replace(ACCOUNT, **values)}))


def user(**values: Any) -> Change:
    return lambda plane: within(
        "snmp", users=frozenset(one._replace(**values) for one in plane.snmp.users)
    )(plane)


def both_lines(**values: Any) -> Change:
    """Of the network and of the console."""
    return within("login", **values, console=values["methods"])


# What is changed: the field as refusals name it, the change, and a word that only the new text has;
# "" where each platform has its own.
CHANGES: dict[str, tuple[str, Change, str]] = {
    "discovery": ("discovery", field("discovery", True), ""),
    "methods": ("login", both_lines(methods=(Method.LOCAL, Method.TACACS)), ""),
    "authorization": ("login", within("login", authorization=(Method.LOCAL,)), ""),
    "sessions": ("login", within("login", sessions_accounted=False), ""),
    "commands": ("login", within("login", commands_accounted=False), ""),
    "sources4": ("login", within("login", sources4=hosts(Family.V4, "10.7.7.7")), "10.7.7.7"),
    "sources6": ("login", within("login", sources6=hosts(Family.V6, "2001:db8::77")), "::77"),
    "idle": ("login", within("login", idle_s=450), " 7 30"),
    "console idle": ("login", within("login", console_idle_s=450), " 7 30"),
    "never idle": ("login", within("login", idle_s=None), " 0 0"),
    "tacacs": ("tacacs", field("tacacs", (AaaServer("10.7.7.7", "vault:t"),)), "10.7.7.7"),
    "tacacs secret": ("tacacs", field("tacacs", (AaaServer("10.7.7.7", "vault:t"),)), "vault:t\n"),
    "account": ("accounts", account(name="spare"), "spare"),
    "account secret": ("accounts", account(secret="vault:other"), "vault:other"),
    "account level": ("accounts", account(level=3), "3"),
    "length": ("passwords length_min", within("passwords", length_min=13), "13"),
    "kinds": ("passwords kinds_min", within("passwords", kinds_min=3), "3"),
    "history": ("passwords history", within("passwords", history=7), "7"),
    "lifetime": ("passwords lifetime_days", within("passwords", lifetime_days=77), "77"),
    "lockout attempts": ("lockout", field("lockout", Lockout(7, 900)), "7"),
    "lockout seconds": ("lockout", field("lockout", Lockout(5, 1320)), ""),
    "banner": ("banner", field("banner", "Stay away."), "Stay away."),
    "snmp user": ("snmp", user(name="watcher"), "watcher"),
    "snmp group": ("snmp", user(group="G-OTHER"), "G-OTHER"),
    "snmp level": ("snmp", user(level=SnmpLevel.AUTHENTICATED), ""),
    "snmp digest secret": ("snmp", user(authentication_secret="env:a"), "env:a"),
    "snmp cipher": ("snmp", user(privacy="aes-128"), "128"),
    "snmp no cipher": ("snmp", user(privacy="", privacy_secret=""), ""),
    "snmp cipher secret": ("snmp", user(privacy_secret="env:p"), "env:p"),
    "snmp writes": ("snmp", within("snmp", writes=True), ""),
    "snmp sources": ("snmp", within("snmp", sources4=hosts(Family.V4, "10.7.7.7")), "10.7.7.7"),
    "snmp target": (
        "snmp",
        within("snmp", targets=frozenset({SnmpTarget("10.7.7.7", "nms", SnmpLevel.ENCRYPTED)})),
        "10.7.7.7",
    ),
    "ntp unsigned": ("ntp", within("ntp", authenticated=False), ""),
    "ntp digest": ("ntp", within("ntp", keys=frozenset({NtpKey(1, "md5", "vault:n")})), " md5 "),
    "ntp secret": ("ntp", within("ntp", keys=frozenset({NtpKey(1, "md5", "vault:n")})), "vault:n"),
    "ntp trusted": ("ntp", within("ntp", trusted=frozenset({17})), "17"),
    "ntp server": (
        "ntp",
        within("ntp", servers=frozenset({NtpServer("10.7.7.7", 1)})),
        "10.7.7.7",
    ),
    "log target": (
        "syslog",
        within("syslog", targets=frozenset({LogTarget("10.7.7.7", "udp", 5514)})),
        "5514",
    ),
    "log dates": ("syslog", within("syslog", dated=False, zoned=False), ""),
    "log zone": ("syslog", within("syslog", zoned=False), ""),
    "flows": ("flows", field("flows", frozenset({Collector("10.7.7.7", 4740)})), "4740"),
    "zone": ("zone_minutes", field("zone_minutes", -210), "UTC-3:30"),
    "source": ("source", field("source", "Vlan77"), "Vlan77"),
    "table": ("table", field("table", "APART"), "APART"),
    "radius": ("radius", field("radius", (AaaServer("10.7.7.7", "vault:r"),)), "10.7.7.7"),
    "radius secret": ("radius", field("radius", (AaaServer("10.7.7.7", "vault:r"),)), "vault:r\n"),
}
SAME = {("ruijie_rgos", "snmp cipher")}  # it knows no other
POSSIBLE = [
    (platform, name)
    for platform in PLATFORMS
    for name, (asked, _, _) in CHANGES.items()
    if asked not in LACKS[platform] and (platform, name) not in SAME
]


@pytest.mark.parametrize(("platform", "name"), POSSIBLE)
def test_a_changed_field_changes_the_text(platform: str, name: str) -> None:
    _, change, word = CHANGES[name]
    plane = able(platform)
    before = written(platform, plane).splitlines()
    after = written(platform, change(plane)).splitlines()
    new = "\n".join(line for line in after if line not in before) + "\n"
    gone = [line for line in before if line not in after]
    assert word.upper() in new.upper()
    assert new != "\n" or gone


# What is taken away, and words that no line has then.
EMPTY: dict[str, tuple[str, Change, str]] = {
    "banner": ("banner", field("banner", ""), r"header|banner"),
    "account": ("accounts", field("accounts", frozenset()), r"(local|manager)-user|^username"),
    "sources4": ("login", within("login", sources4=None), r"10\.\d+\.150\.10\b|(?<!ipv6 )acl 2010"),
    "sources6": ("login", within("login", sources6=None), r"ipv6 .*(acl|access|2010|MANAGERS)"),
    "snmp": (
        "snmp",
        within("snmp", versions=frozenset()),
        r"(?<!no enable service )snmp|2011|NMS",
    ),
    "snmp sources": ("snmp", within("snmp", sources4=None), r"2011|access.* NMS$"),
    "traps": ("snmp", within("snmp", targets=frozenset()), r"trap|snmp-server host"),
    "ntp": (
        "ntp",
        within(
            "ntp",
            authenticated=False,
            keys=frozenset(),
            trusted=frozenset(),
            servers=frozenset(),
        ),
        r"\bntp",
    ),
    "log": ("syslog", within("syslog", targets=frozenset()), r"loghost|logging (host|server)"),
    "flows": ("flows", field("flows", frozenset()), r"flow|netstream"),
    "source": ("source", field("source", ""), r"LoopBack0"),
    "radius": ("radius", field("radius", ()), r"(?i)radius|dot1x|hosts"),
    "accounting": (
        "login",
        within("login", sessions_accounted=False, commands_accounted=False),
        r"accounting (exec|command|login)|accounting-|command accounting|recording",
    ),
    "authorization": (
        "login",
        within("login", authorization=()),
        r"authorization[- ](scheme|exec|login)",
    ),
    "lockout": ("lockout", field("lockout", Lockout(0, 0)), r"block|login-attempt|lockout"),
    "length": (
        "passwords length_min",
        within("passwords", length_min=0),
        r"min-(length|size)|^password-control length",
    ),
    "kinds": ("passwords kinds_min", within("passwords", kinds_min=0), r"type-number"),
}


@pytest.mark.parametrize(
    ("platform", "name"),
    [
        (p, name)
        for p in PLATFORMS
        for name, (asked, _, _) in EMPTY.items()
        if asked not in LACKS[p]
    ],
)
def test_what_is_not_asked_leaves_no_line(platform: str, name: str) -> None:
    _, change, words = EMPTY[name]
    plane = able(platform)
    assert [line for line in lines(platform, plane) if re.search(words, line)]
    assert not [line for line in lines(platform, change(plane)) if re.search(words, line)]


def lines(platform: str, plane: ManagementPlane) -> list[str]:
    return [line.strip() for line in written(platform, plane).splitlines()]


TELNET = frozenset({Listener.SSH, Listener.TELNET})
REFUSED: dict[str, tuple[tuple[str, ...], str, Change]] = {
    "an older SNMP": ((), "snmp versions", within("snmp", versions=frozenset({"v2c", "v3"}))),
    "a community": ((), "snmp communities", within("snmp", communities=frozenset({"public"}))),
    "a digest": ((), "snmp authentication", user(authentication="sha-512")),
    "a cipher": ((), "snmp privacy", user(privacy="3des")),
    "a key's algorithm": (
        (),
        "ntp algorithm",
        within("ntp", keys=frozenset({NtpKey(1, "x", "y")})),
    ),
    "a transport": (
        (),
        "syslog transport",
        within("syslog", targets=frozenset({LogTarget("10.0.0.1", "relp", 20514)})),
    ),
    "a log over TLS": (
        ("h3c_comware", "h3c_secpath", "ruijie_rgos"),
        "syslog transport",
        within("syslog", targets=frozenset({LogTarget("10.0.0.1", "tls", 6514)})),
    ),
    "a method": ((), "login (methods|console)", both_lines(methods=(Method.PASSWORD,))),
    "lines that take what is not served": (
        (),
        "login listeners",
        within("login", listeners=TELNET),
    ),
    "a listener": ((), "listeners", field("listeners", frozenset({Listener.SSH, Listener.TFTP}))),
    "servers, but none is named": ((), "tacacs", field("tacacs", ())),
    "a console that asks differently": (
        ("huawei_vrp", "huawei_usg", "h3c_comware", "h3c_secpath"),
        "login console",
        within("login", console=(Method.LOCAL,)),
    ),
    "servers with different secrets": (
        ("huawei_vrp", "huawei_usg", "h3c_comware", "h3c_secpath"),
        "tacacs",
        field("tacacs", (AaaServer("10.0.0.1", "vault:a"), AaaServer("10.0.0.2", "vault:b"))),
    ),
    "three servers": (
        ("h3c_comware", "h3c_secpath"),
        "tacacs",
        field("tacacs", tuple(AaaServer(f"10.0.0.{n}", "vault:a") for n in range(3))),
    ),
    "half a minute": (
        ("h3c_comware", "h3c_secpath", "huawei_vrp", "ruijie_rgos"),
        "lockout seconds",
        field("lockout", Lockout(5, 90)),
    ),
    "an account of the console alone": (
        ("cisco_ios", "cisco_ios_zbf", "ruijie_rgos"),
        "accounts services",
        account(services=frozenset({Listener.CONSOLE})),
    ),
    "an account for files": (
        ("huawei_vrp", "huawei_usg", "h3c_comware", "h3c_secpath"),
        "accounts services",
        account(services=frozenset({Listener.SSH, Listener.TFTP})),
    ),
}


@pytest.mark.parametrize(
    ("platform", "what"),
    [(p, what) for what, (who, _, _) in REFUSED.items() for p in who or PLATFORMS],
)
def test_what_a_platform_has_no_words_for_is_refused(platform: str, what: str) -> None:
    _, asked, change = REFUSED[what]
    with pytest.raises(ValueError, match=rf"^{platform}: {asked}: "):
        written(platform, change(able(platform)))


@pytest.mark.parametrize(
    ("platform", "asked"), [(p, asked) for p in PLATFORMS for asked in sorted(LACKS[p])]
)
def test_what_a_platform_lacks_is_refused(platform: str, asked: str) -> None:
    changes = [change for name, change, _ in CHANGES.values() if name == asked]
    assert changes
    for change in changes:
        with pytest.raises(ValueError, match=rf"^{platform}: {asked}: "):
            written(platform, change(able(platform)))


def test_a_console_of_its_own_on_cisco() -> None:
    plane = able("cisco_ios")
    text = written("cisco_ios", replace(plane, login=replace(plane.login, console=(Method.LOCAL,))))
    assert "\naaa authentication login CONSOLE local\n" in text
    assert "\nline con 0\n exec-timeout 4 0\n login authentication CONSOLE\nline vty 0 4\n" in text


@pytest.mark.parametrize("platform", PLATFORMS)
def test_without_an_address_nobody_logs_in(platform: str) -> None:
    """A list without a rule would let everyone in."""
    plane = able(platform)
    nobody = replace(plane.login, sources4=(), sources6=())
    kept = [one.split() for one in lines(platform, replace(plane, login=nobody))]
    heads = [n for n, one in enumerate(kept) if one[-1:] == ["2010"] or "MANAGERS" in one[-1:]]
    lists = [kept[n + 1] for n in heads if kept[n][0] in ("acl", "ip")]
    assert lists
    assert all("deny" in one for one in lists)


@pytest.mark.parametrize("platform", PLATFORMS)
def test_ranges_are_written_as_the_networks_that_they_are(platform: str) -> None:
    plane = able(platform)
    some = ((167772162, 167772167),)  # 10.0.0.2 to 10.0.0.7
    text = written(platform, replace(plane, login=replace(plane.login, sources4=some)))
    found = re.findall(r"permit (?:source )?(10\.0\.0\.\S+) ?(\S*)$", text, re.MULTILINE)
    wild = "0.0.0.1", "0.0.0.3"
    assert [one for one in found if one[0] in ("10.0.0.2", "10.0.0.4")] == [
        ("10.0.0.2", wild[0]),
        ("10.0.0.4", wild[1]),
    ]


@pytest.mark.parametrize("platform", PLATFORMS)
def test_every_line_comes_from_the_inventory(platform: str) -> None:
    parts = management_text(templates(), platform, able(platform), ("n:1",), OWN)
    rendered = finish(*parts.values())
    count = rendered.text.count("\n")
    assert {rendered.origin(line) for line in range(1, count + 1)} == {"n:1"}


@pytest.mark.parametrize("platform", PLATFORMS)
def test_no_plane_no_line(platform: str) -> None:
    assert set(management_text(templates(), platform, None, (), "").values()) == {""}


@pytest.mark.parametrize("platform", ["huawei_usg", "huawei_vrp", "h3c_secpath", "h3c_comware"])
@pytest.mark.parametrize("address", ["10.0.9.9", "10.0.9.8"])
def test_a_device_asks_from_its_own_address(platform: str, address: str) -> None:
    """Though devices with one plane have their text in common."""
    parts = management_text(templates(), platform, able(platform), ("n:1",), address)
    text = finish(*parts.values()).text
    sources = set(re.findall(r"^ (?:hwtacacs-server source-ip|nas-ip) (.*)$", text, re.MULTILINE))
    assert sources == {address}
    assert all(one.isprintable() for one in text.splitlines())


@pytest.mark.parametrize("platform", PLATFORMS)
def test_no_line_ends_or_begins_doubled(platform: str) -> None:
    for plane in (able(platform), replace(able(platform), banner="")):
        text = written(platform, plane)
        assert not re.search(r"(?m)[ \t]+$", text)
        assert "\n\n" not in text
        assert "\n#\n#\n" not in text
        assert "\n!\n!\n" not in text


@pytest.mark.parametrize(
    ("platform", "domain"), [("huawei_usg", "default"), ("huawei_vrp", "default_admin")]
)
def test_huawei_asks_in_the_domain_of_names_without_one(platform: str, domain: str) -> None:
    text = written(platform, able(platform))
    heads = re.findall(r"(?m)^ domain (?!hosts)(.*)$", text)
    assert heads == [domain]
    assert "\nssh authentication-type default password\n" in text


def test_a_usg_account_names_the_servers_that_its_scheme_asks() -> None:
    block = written("huawei_usg", able("huawei_usg")).split(" manager-user ")[1].split("#")[0]
    assert block.splitlines()[4:6] == [
        "  authentication-scheme ADMINISTRATORS",
        "  hwtacacs-server TACACS",
    ]


@pytest.mark.parametrize("source", ["LoopBack0", ""])
def test_a_huawei_switch_answers_snmp_where_it_answers_ssh(source: str) -> None:
    text = written("huawei_vrp", replace(able("huawei_vrp"), source=source))
    where = re.findall(r"(?m)^(?:snmp-agent protocol|ssh server-source) (.*)$", text)
    assert where == (
        ["source-interface LoopBack0", "-i LoopBack0"]
        if source
        else ["source-status all-interface", "all-interface"]
    )
    assert "snmp-agent protocol" not in written("huawei_usg", able("huawei_usg"))
