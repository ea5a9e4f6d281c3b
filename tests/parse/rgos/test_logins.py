"""Who may log in, from where, who is asked and told; accounts and passwords; what is served."""

from __future__ import annotations

import pytest

from telemed_infra.management_plane import Account, Listener, Lockout, Method, Passwords
from tests.parse.rgos.reading import left, plane, switch

SSH, TELNET = Listener.SSH, Listener.TELNET
TACACS, LOCAL, NONE, PASSWORD = Method.TACACS, Method.LOCAL, Method.NONE, Method.PASSWORD
AAA = """
    aaa new-model
    aaa authentication login default group tacacs+ local
    tacacs-server host 10.0.4.11 key 7 vault:t
    username own privilege 15 password 7 vault:o
"""
NAMED = f"{AAA}\n    aaa authentication login L local\n"
VTY, CONSOLE = "line vty 0 4\n", "line console 0\n"


@pytest.mark.parametrize(
    ("text", "methods"),
    [
        ("", (PASSWORD,)),
        (f"{VTY}login", (PASSWORD,)),
        (f"{VTY}login local", (LOCAL,)),
        (f"{VTY}no login", (NONE,)),
        (f"{VTY}login local\nno login local", (NONE,)),
        (f"{VTY}no login\ndefault login", (PASSWORD,)),
        ("line vty 0 3\nlogin local", (PASSWORD,)),  # the fifth asks for less
        ("line vty 0 9\nlogin local", (LOCAL,)),
        ("line vty 0 9\nlogin local\nline vty 7\nno login", (NONE,)),
        # With AAA the lines' own words count no more, and without a list nobody is asked.
        (f"aaa new-model\n{VTY}login local", (NONE,)),
        (AAA, (TACACS, LOCAL)),
        (f"{NAMED}    line vty 0 2\n    login authentication L", (LOCAL,)),
    ],
)  # fmt: skip
def test_who_is_asked_over_the_network(text: str, methods: tuple[Method, ...]) -> None:
    assert plane(text).login.methods == methods


@pytest.mark.parametrize(
    ("text", "methods"),
    [
        ("", (NONE,)),
        (f"{CONSOLE}login", (PASSWORD,)),
        ("line con 0\nlogin local", (LOCAL,)),
        ("aaa new-model", (NONE,)),
        (AAA, (TACACS, LOCAL)),
        (f"{NAMED}    line con 0\n    login authentication L", (LOCAL,)),
    ],
)  # fmt: skip
def test_who_is_asked_at_the_console(text: str, methods: tuple[Method, ...]) -> None:
    assert plane(text).login.console == methods


def test_servers_and_their_keys() -> None:
    shared = "tacacs-server key vault:all\ntacacs-server host 10.0.0.2\n"
    text = f"{shared}tacacs-server host 10.0.0.1 port 49 timeout 3 key 7 vault:one\n"
    assert plane(AAA, text, "no tacacs-server host 10.0.4.11").tacacs == (
        ("10.0.0.2", "vault:all"), ("10.0.0.1", "vault:one"),
    )  # fmt: skip
    again = "tacacs-server host 10.0.4.11 key vault:new"
    assert plane(AAA, again).tacacs == (("10.0.4.11", "vault:new"),)
    assert plane(shared).tacacs == ()  # defined, and asked by nobody
    group = (
        "aaa group server tacacs+ G\n server 10.0.4.11\naaa authentication login default group G\n"
    )
    assert plane(AAA, shared, group).tacacs == (("10.0.4.11", "vault:t"),)


def test_purposes_that_ask_different_servers_are_unread() -> None:
    text = """
        tacacs-server host 10.0.0.2 key k
        aaa group server tacacs+ G
         server 10.0.0.2
        aaa accounting exec default start-stop group G
        line vty 0 4
         accounting exec default
    """
    assert left(AAA, text) == ["aaa authentication login default group tacacs+ local"]


@pytest.mark.parametrize(
    "line",
    ["aaa authentication login default group NOWHERE", "tacacs-server host 10.0.0.1 port 4949",
     "aaa authentication login default subs", "aaa authentication enable default none",
     "enable password 7 x", "privilege exec level 1 reload", "tacacs-server host oob 10.0.0.1",
     "aaa domain enable", "webmaster level 0 username admin password 7 x"],
)  # fmt: skip
def test_what_is_not_known_of_aaa_is_unread(line: str) -> None:
    assert [one.split(" key ")[0] for one in left(AAA, line)] == [line.replace("7 x", "7 …")]


def test_rights_and_records_hold_on_lines_that_name_their_list() -> None:
    lists = """
        aaa authorization exec default group tacacs+ local
        aaa accounting exec default start-stop group tacacs+
        aaa accounting commands 15 default start-stop group tacacs+
    """
    applied = (
        "authorization exec default\naccounting exec default\naccounting commands 15 default\n"
    )
    login = plane(AAA, lists).login
    assert (login.authorization, login.sessions_accounted, login.commands_accounted) == (
        (), False, False,
    )  # fmt: skip
    login = plane(AAA, lists, f"{VTY}{applied}{CONSOLE}{applied}").login
    assert (login.authorization, login.sessions_accounted, login.commands_accounted) == (
        (TACACS, LOCAL), True, True,
    )  # fmt: skip
    for missing in ("accounting exec default\n", "accounting commands 15 default\n"):
        for lines in ((VTY, CONSOLE), (CONSOLE, VTY)):
            partly = f"{lines[0]}{applied}{lines[1]}{applied.replace(missing, '')}"
            login = plane(AAA, lists, partly).login
            assert not (login.sessions_accounted and login.commands_accounted)
    other = "accounting exec OTHER"
    assert left(AAA, lists, f"{VTY}{other}") == [other]
    assert not plane(
        AAA, lists, f"{VTY}{applied}{CONSOLE}{applied}no aaa new-model"
    ).login.authorization


@pytest.mark.parametrize(
    ("text", "listeners"),
    [
        ("", {TELNET}),
        ("enable service ssh-server", {SSH, TELNET}),
        ("enable service ssh-server\nno enable service telnet-server", {SSH}),
        ("no enable service telnet-server", set()),
        ("enable service ssh-server\nno enable service ssh-server", {TELNET}),
        (f"enable service ssh-server\n{VTY}transport input ssh", {SSH}),
        (f"enable service ssh-server\n{VTY}transport input telnet", {TELNET}),
        (f"enable service ssh-server\n{VTY}transport input none", set()),
        ("enable service ssh-server\nline vty 0 3\ntransport input ssh", {SSH, TELNET}),
        (f"enable service ssh-server\n{VTY}transport input ssh\nline vty 5 9", {SSH, TELNET}),
        (f"enable service ssh-server\n{VTY}transport input ssh\nline vty 5 9\nexit\nno line vty 5",
         {SSH}),
    ],
)  # fmt: skip
def test_a_line_takes_what_it_names_and_the_device_serves(
    text: str, listeners: set[Listener]
) -> None:
    assert plane(text).login.listeners == listeners


@pytest.mark.parametrize(
    ("text", "served"),
    [
        ("", {Listener.HTTP, Listener.HTTPS}),
        ("no enable service web-server", set()),
        ("no enable service web-server all", set()),
        ("no enable service web-server http", {Listener.HTTPS}),
        ("no enable service web-server\nenable service web-server https", {Listener.HTTPS}),
        ("no enable service web-server\nftp-server enable", {Listener.FTP}),
        ("no enable service web-server\ntftp-server enable", {Listener.TFTP}),
        ("no enable service web-server\nip scp server enable", {Listener.SCP}),
        ("no enable service web-server\nip sftp server enable", {Listener.SFTP}),
    ],
)
def test_what_else_is_served(text: str, served: set[Listener]) -> None:
    assert plane("no enable service telnet-server", text).listeners == served


def test_a_server_that_no_line_takes_listens_all_the_same() -> None:
    found = plane(f"no enable service web-server\n{VTY}transport input ssh\nlogin local")
    assert found.listeners == {TELNET}
    assert not found.login.listeners
    rules = "password policy min-size 12"  # begins like the password of a line
    assert plane(f"{VTY} password 7 x\n{rules}").passwords == Passwords(length_min=12)


@pytest.mark.parametrize("line", ["cwmp", "zam", "auto-provision", "ip ssh version 1"])
def test_services_that_are_not_modelled_are_unread(line: str) -> None:
    assert left(line) == [line]
    assert left(f"no {line}") == []


LIST = "ip access-list standard M\n 10 permit host 10.0.4.1\n 20 permit 10.0.5.0 0.0.0.255\n"
HOST, NET = (0x0A000401, 0x0A000401), (0x0A000500, 0x0A0005FF)


def test_from_where() -> None:
    one = f"{LIST}{VTY} access-class M in\n"
    assert plane(one).login.sources4 == (HOST, NET)
    assert plane(one).login.sources6 is None
    assert plane(LIST, "line vty 0 3\n access-class M in").login.sources4 is None
    assert plane(one, "line vty 0 4\n no access-class M in").login.sources4 is None
    assert plane(one, "ip access-list standard M\n 5 deny 10.0.5.0 0.0.0.255").login.sources4 == (
        HOST,
    )
    assert plane(
        "access-list 7 permit host 10.0.4.1", f"{VTY} access-class 7 in"
    ).login.sources4 == (HOST,)
    assert left(f"{VTY} access-class NOWHERE in") == ["access-class NOWHERE in"]
    assert switch(f"{VTY} access-class NOWHERE in").plane.login.sources4 is None  # type: ignore[union-attr]
    six = "ipv6 access-list S\n permit ipv6 host 2001:db8::1 any\n"
    low = 0x20010DB8 << 96 | 1
    assert plane(six, f"{VTY} ipv6 access-class S in").login.sources6 == ((low, low),)


@pytest.mark.parametrize(
    ("line", "seconds"),
    [("", 600), ("exec-timeout 5", 300), ("exec-timeout 5 30", 330), ("exec-timeout 0 0", None),
     ("exec-timeout 0", None), ("no exec-timeout", None), ("exec-timeout 0 20", 20)],
)  # fmt: skip
def test_when_a_silent_session_ends(line: str, seconds: int | None) -> None:
    assert plane(f"{VTY}{line}").login.idle_s == seconds
    assert plane(f"{CONSOLE}{line}").login.console_idle_s == seconds


@pytest.mark.parametrize("line", ["privilege level 15", "autocommand show version", "rotary 1"])
def test_lines_that_change_what_people_may_do_are_unread(line: str) -> None:
    assert left(f"{VTY} {line}") == [line]


def account(*lines: str) -> Account:
    """The one account of a device that asks its own ones everywhere."""
    text = f"enable service ssh-server\n{VTY}login local\n{CONSOLE}login local\n"
    (found,) = plane(text, *lines).accounts
    return found


EVERYWHERE = frozenset({SSH, TELNET, Listener.CONSOLE})


@pytest.mark.parametrize(
    ("lines", "level", "services"),
    [
        (("username u password 7 vault:u",), 1, EVERYWHERE),
        (("username u secret 5 vault:u",), 1, EVERYWHERE),
        (("username u privilege 15 password 0 vault:u",), 15, EVERYWHERE),
        (("username u password vault:u", "username u privilege 15"), 15, EVERYWHERE),
        (("username u privilege 15", "username u password vault:x", "username u password vault:u"),
         15, EVERYWHERE),
        (("username u login mode ssh", "username u password vault:u"), 1, {SSH}),
        (("username u login mode ssh", "username u login mode console",
          "username u secret vault:u"), 1, {SSH, Listener.CONSOLE}),
        (("username u reject remote-login", "username u secret vault:u"), 1, {Listener.CONSOLE}),
        (("username x secret s", "no username x", "username u online amount 3 secret vault:u"), 1,
         EVERYWHERE),
    ],
)  # fmt: skip
def test_accounts(lines: tuple[str, ...], level: int, services: set[Listener]) -> None:
    assert account(*lines) == Account(
        name="u", level=level, services=frozenset(services), secret="vault:u"
    )


def test_an_account_serves_where_the_device_asks_its_own() -> None:
    line = "username u privilege 15 secret s"
    assert [one.services for one in plane(line).accounts] == [frozenset()]
    assert [one.services for one in plane(line, f"{CONSOLE}login local").accounts] == [
        {Listener.CONSOLE}
    ]


@pytest.mark.parametrize(
    "line", ["username u", "username u privilege 15", "username u nopassword",
             "username u privilege 16 secret s", "username u login mode web",
             "username u permission s"],
)  # fmt: skip
def test_accounts_that_are_not_known_are_unread(line: str) -> None:
    assert [one.replace("…", "s") for one in left(line)] == [line]


@pytest.mark.parametrize(
    ("lines", "rules"),
    [
        ((), Passwords()),
        (("min-size 12",), Passwords(length_min=12)),
        (("strong",), Passwords(kinds_min=2)),
        (("life-cycle 90", "no-repeat-times 5"), Passwords(lifetime_days=90, history=5)),
        (("min-size 12", "min-size 8"), Passwords(length_min=8)),
    ],
)  # fmt: skip
def test_rules_for_passwords(lines: tuple[str, ...], rules: Passwords) -> None:
    text = "\n".join(f"password policy {line}" for line in lines)
    assert plane(text) == plane("") if not lines else plane(text).passwords == rules
    off = "\n".join(f"no password policy {line.split()[0]}" for line in lines)
    assert plane(text, off).passwords == Passwords()
    assert left("password policy min-size none") == ["password policy min-size none"]


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        ((), (0, 0)),
        (("attempts 5", "lockout-time 5"), (5, 300)),
        (("attempts 5",), (5, 900)),
        (("lockout-time 1",), (3, 60)),
        (("attempts 5", "no attempts"), (0, 0)),
    ],
)  # fmt: skip
def test_lockout(lines: tuple[str, ...], found: tuple[int, int]) -> None:
    said = "aaa local authentication"
    text = "\n".join(
        f"no {said} {line[3:]}" if line.startswith("no ") else f"{said} {line}" for line in lines
    )
    assert plane(AAA, text).lockout == Lockout(*found)
    assert plane(text).lockout == Lockout(0, 0)  # AAA asks for the account, or nobody counts


def test_banners() -> None:
    assert plane("banner login $\nKeep out.\n$").banner == "Keep out."
    assert plane("banner login ^C\nKeep out.\n^C\nno banner login").banner == ""
    assert plane("banner motd #hello#").banner == ""
    assert plane("no banner login\nbanner login #Keep out.#").banner == "Keep out."


@pytest.mark.parametrize(
    ("text", "speaks"),
    [
        ("", True),
        ("no lldp enable", False),
        ("no lldp enable\nlldp enable", True),
        ("interface gi 0/1\n no lldp enable", False),
        ("interface gi 0/1\n lldp mode rx", False),
        ("interface gi 0/1\n no lldp mode", False),
        ("interface gi 0/1\n no lldp mode\n lldp mode tx", True),
        ("interface gi 0/1\n shutdown", False),
        ("interface gi 0/1\n no lldp enable\ninterface gi 0/2", True),
        ("interface vlan 1\ninterface gi 0/1\n no lldp enable", False),
    ],
)
def test_discovery(text: str, *, speaks: bool) -> None:
    assert plane(text).discovery is speaks
