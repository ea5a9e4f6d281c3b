"""Who may log in to an IOS device, from where, and who is asked."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address

import pytest

from telemed_infra.management_plane import AaaServer, Listener, Method
from telemed_infra.packets import Ranges
from tests.parse.ios.judge import plane, refused, switch, unread

TACACS, RADIUS, LOCAL, PASSWORD, NONE = Method
SSH, TELNET = Listener.SSH, Listener.TELNET

AAA = """
    aaa new-model
    tacacs server T-B
     address ipv4 10.0.4.12
     key 7 vault:tacacs-b
    tacacs server T-A
     address ipv4 10.0.4.11
     key vault:tacacs-a
    aaa group server tacacs+ ADMINS
     server name T-A
     server name T-B
"""
OTHER = """aaa group server tacacs+ G
 server name T
tacacs server T
 address ipv4 10.0.4.1"""
TELLS = "aaa accounting commands 15 default start-stop group ADMINS"
LISTS = """
    ip access-list standard FROM
     deny   10.0.4.9
     permit 10.0.4.0 0.0.0.255
    ipv6 access-list FROM6
     permit tcp 2001:DB8:4::/64 any eq 22
     permit tcp 2001:DB8:5::/64 any eq telnet
"""


def v4(*bounds: str) -> Ranges:
    values = [int(IPv4Address(one)) for one in bounds]
    return tuple(zip(values[::2], values[1::2], strict=True))


FROM = v4("10.0.4.0", "10.0.4.8", "10.0.4.10", "10.0.4.255")
FROM6 = ((int(IPv6Address("2001:db8:4::")), int(IPv6Address("2001:db8:4:0:ffff:ffff:ffff:ffff"))),)


# Method lists -----------------------------------------------------------------------------------


def test_without_aaa_lines_want_their_password_and_the_console_wants_nothing() -> None:
    login = plane("line vty 0 4\n password 7 04\n login").login
    assert (login.methods, login.console) == ((PASSWORD,), (NONE,))
    assert (login.authorization, login.sessions_accounted) == ((), False)


@pytest.mark.parametrize(
    ("line", "method"),
    [("login local", LOCAL), ("login", PASSWORD), ("no login", NONE), ("no login local", NONE)],
)
def test_lines_without_aaa(line: str, method: Method) -> None:
    text = f"line vty 0 4\n {line}\nline con 0\n {line}"
    assert plane(text).login.methods == (method,)
    assert plane(text).login.console == (method,)
    undone = plane(f"{text}\n default login\nline vty 0 4\n default login").login
    assert (undone.methods, undone.console) == ((PASSWORD,), (NONE,))


def test_aaa_without_a_list_asks_the_accounts_of_the_device_and_at_the_console_nobody() -> None:
    login = plane("aaa new-model").login
    assert (login.methods, login.console) == ((LOCAL,), (NONE,))


def test_the_default_list_holds_for_all_lines() -> None:
    read = plane(AAA, "aaa authentication login default group ADMINS local")
    assert read.login.methods == read.login.console == (TACACS, LOCAL)
    assert read.tacacs == (
        AaaServer("10.0.4.11", "vault:tacacs-a"), AaaServer("10.0.4.12", "vault:tacacs-b"),
    )  # fmt: skip


def test_the_protocols_own_group_holds_every_server_in_the_order_of_the_text() -> None:
    read = plane(AAA, "aaa authentication login default group tacacs+ local")
    assert [one.address for one in read.tacacs] == ["10.0.4.12", "10.0.4.11"]


def test_a_list_is_bound_by_its_name() -> None:
    read = plane(AAA, """
        aaa authentication login default local
        aaa authentication login REMOTE group ADMINS enable
        aaa authentication login BY-HAND line none
        line con 0
         login authentication BY-HAND
        line vty 0 4
         login authentication REMOTE
    """)  # fmt: skip
    assert read.login.methods == (TACACS, PASSWORD)
    assert read.login.console == (PASSWORD, NONE)


def test_a_list_that_no_line_names_asks_nobody() -> None:
    read = plane(AAA, "aaa authentication login REMOTE group ADMINS local")
    assert read.login.methods == (LOCAL,)
    assert read.tacacs == ()


@pytest.mark.parametrize(
    ("texts", "line"),
    [
        (["line vty 0 4\n login authentication NOWHERE"], "login authentication NOWHERE"),
        (["aaa authentication login default group NOWHERE local"],) * 2,
        (["aaa authentication login default krb5 local"],) * 2,
        (["aaa authentication login default group"],) * 2,
        (["line vty 0 4\n authorization exec NOWHERE"], "authorization exec NOWHERE"),
        (["line vty 0 4\n accounting commands 15 NOWHERE"], "accounting commands 15 NOWHERE"),
        (["line vty 0 4\n privilege level 15"], "privilege level 15"),
        (["line vty 0 4\n autocommand show"], "autocommand show"),
        (["line vty 0 4\n transport input rlogin"], "transport input rlogin"),
    ],
)
def test_what_cannot_be_said_of_logins_is_unread(texts: list[str], line: str | list[str]) -> None:
    expected = line if isinstance(line, str) else line[0]
    assert refused(AAA, *texts) == [expected]


def test_the_no_of_a_list_and_of_the_whole_of_aaa() -> None:
    gone = plane(AAA, """
        aaa authentication login default group ADMINS local
        no aaa authentication login default
    """)  # fmt: skip
    assert gone.login.methods == (LOCAL,)
    off = plane(AAA, "aaa authentication login default group ADMINS local\nno aaa new-model")
    assert (off.login.methods, off.tacacs) == ((PASSWORD,), ())


def test_authorization_and_accounting_by_default_lists() -> None:
    read = plane(AAA, """
        aaa authorization exec default group ADMINS local if-authenticated
        aaa authorization console
        aaa accounting exec default start-stop group ADMINS
        aaa accounting commands 15 default stop-only group ADMINS
    """)  # fmt: skip
    assert read.login.authorization == (TACACS, LOCAL, NONE)
    assert read.login.sessions_accounted
    assert read.login.commands_accounted
    assert len(read.tacacs) == 2


def test_accounting_as_newer_releases_print_it() -> None:
    read = plane(AAA, """
        aaa accounting exec default
         action-type start-stop
         group tacacs+
        !
        aaa accounting commands 15 default
         action-type none
        !
        hostname R1
    """)  # fmt: skip
    assert read.login.sessions_accounted
    assert not read.login.commands_accounted


@pytest.mark.parametrize(
    "line",
    [
        "aaa accounting commands 15 default none",
        "aaa accounting commands 1 default start-stop group ADMINS",
        "aaa accounting commands 15 OTHERS start-stop group ADMINS",
        f"{TELLS}\nno aaa accounting commands 15 default",
        f"{TELLS}\ndefault aaa accounting commands 15 default",
    ],
)
def test_commands_that_nobody_is_told(line: str) -> None:
    assert not plane(AAA, line).login.commands_accounted


def test_lists_of_a_line_come_before_the_default_ones() -> None:
    read = plane(AAA, """
        aaa authorization exec default none
        aaa authorization exec STRICT group ADMINS
        aaa accounting commands 15 TOLD start-stop group ADMINS
        line vty 0 4
         authorization exec STRICT
         accounting commands 15 TOLD
        line con 0
         accounting commands 15 TOLD
    """)  # fmt: skip
    assert read.login.authorization == (TACACS,)
    assert read.login.commands_accounted


def test_the_console_is_told_of_too() -> None:
    told = f"{TELLS}\naaa accounting commands 15 NOBODY none"
    assert plane(AAA, told).login.commands_accounted
    by_hand = f"{told}\nline con 0\n accounting commands 15 NOBODY"
    assert not plane(AAA, by_hand).login.commands_accounted
    assert plane(AAA, f"{by_hand}\n no accounting commands 15").login.commands_accounted


# Servers ----------------------------------------------------------------------------------------


def test_servers_of_older_releases() -> None:
    read = plane("""
        aaa new-model
        tacacs-server host 10.0.4.11 single-connection key 7 vault:one
        tacacs-server host 10.0.4.12
        tacacs-server key vault:all
        aaa authentication login default group tacacs+
    """)
    assert read.tacacs == (AaaServer("10.0.4.11", "vault:one"), AaaServer("10.0.4.12", "vault:all"))


def test_private_servers_and_servers_by_address_in_a_group() -> None:
    read = plane("""
        aaa new-model
        tacacs-server host 10.0.4.12 key two
        aaa group server tacacs+ G
         server-private 10.0.4.11 key 7 vault:one
         server 10.0.4.12
        aaa authentication login default group G
    """)
    assert read.tacacs == (AaaServer("10.0.4.11", "vault:one"), AaaServer("10.0.4.12", "two"))


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("aaa group server tacacs+ G\n server name NOWHERE", "server name NOWHERE"),
        ("aaa group server tacacs+ G\n server 10.0.4.99", "server 10.0.4.99"),
        ("tacacs server T\n key x\naaa group server tacacs+ G\n server name T", "tacacs server T"),
        (f"{OTHER}\n port 4949", "port 4949"),
        ("tacacs server T\n address ipv4 host.example\naaa group server tacacs+ G\n server name T",
         "address ipv4 host.example"),
    ],
)  # fmt: skip
def test_servers_that_cannot_be_said_are_unread(text: str, line: str) -> None:
    assert refused(AAA, text, "aaa authentication login default group G") == [line]


def test_radius_is_that_of_hosts_behind_ports() -> None:
    read = plane(AAA, """
        radius server R
         address ipv4 10.0.5.1 auth-port 1812 acct-port 1813
         key 7 vault:radius
        aaa group server radius PORTS
         server name R
        aaa authentication dot1x default group PORTS
        aaa authentication login default group ADMINS local
    """)  # fmt: skip
    assert read.radius == (AaaServer("10.0.5.1", "vault:radius"),)
    assert len(read.tacacs) == 2
    assert plane("aaa new-model\nradius server R\n address ipv4 10.0.5.1\n key k").radius == ()


def test_groups_that_differ_by_purpose_are_unread() -> None:
    lines = [
        "aaa authentication login default group ADMINS local",
        "aaa accounting exec default start-stop group tacacs+",
    ]
    assert refused(AAA, *lines) == lines[:1]


# Terminal lines ---------------------------------------------------------------------------------


def test_what_lines_take_and_from_where() -> None:
    read = plane(LISTS, """
        line vty 0 4
         access-class FROM in vrf-also
         ipv6 access-class FROM6 in
         exec-timeout 5 30
         transport input ssh
    """)  # fmt: skip
    login = read.login
    assert login.listeners == {SSH}
    assert (login.sources4, login.sources6) == (FROM, FROM6)
    assert (login.idle_s, login.console_idle_s) == (330, 600)


def test_lines_that_say_nothing_take_everything() -> None:
    login = plane("hostname R").login
    assert login.listeners == {SSH, TELNET}
    assert (login.sources4, login.sources6) == (None, None)
    assert (login.idle_s, login.console_idle_s) == (600, 600)


@pytest.mark.parametrize(
    ("line", "seconds"),
    [("exec-timeout 0 0", None), ("no exec-timeout", None), ("exec-timeout 3", 180),
     ("exec-timeout 0 20", 20), ("exec-t 3 0\n default exec-timeout", 600)],
)  # fmt: skip
def test_how_long_a_session_may_be_silent(line: str, seconds: int | None) -> None:
    login = plane(f"line vty 0 4\n {line}\nline con 0\n {line}").login
    assert (login.idle_s, login.console_idle_s) == (seconds, seconds)


def test_the_worst_line_counts() -> None:
    login = plane(LISTS, """
        ip access-list standard OTHERS
         permit host 10.9.9.9
        line vty 0 3
         access-class FROM in
         transport input ssh
         login local
        line vty 4
         access-class FROM in
         exec-timeout 0 0
         no login
         transport input telnet ssh
    """).login  # fmt: skip
    assert login.listeners == {SSH, TELNET}
    assert login.methods == (NONE,)
    assert login.idle_s is None
    assert login.sources4 == FROM


def test_one_line_without_a_list_lets_everybody_in() -> None:
    text = "line vty 0 3\n access-class FROM in\nline vty 4\n transport input ssh"
    assert plane(LISTS, text).login.sources4 is None
    closed = f"{text}\n transport input none"
    assert plane(LISTS, closed).login.sources4 == FROM
    assert plane(LISTS, f"{text}\n no exec").login.sources4 == FROM
    undone = "line vty 0 4\n access-class FROM in\n default access-class in"
    assert plane(LISTS, undone).login.sources4 is None


def test_lines_that_the_text_does_not_name_are_as_they_come() -> None:
    text = f"{LISTS}\n    line vty 0 4\n     access-class FROM in\n     transport input ssh\n"
    few = switch(text).plane
    assert few is not None
    assert few.login.listeners == {SSH, TELNET}
    assert few.login.sources4 is None
    for rest in ("no line vty 5 15", "line vty 5 15\n     transport input none"):
        every = switch(f"{text}    {rest}\n").plane
        assert every is not None
        assert every.login.listeners == {SSH}
        assert every.login.sources4 == FROM


def test_a_device_that_takes_nothing() -> None:
    read = plane("line vty 0 4\n transport input none\nno ip http server\n"
                 "no ip http secure-server\nno ip bootp server")  # fmt: skip
    assert read.login.listeners == read.listeners == frozenset()


def test_a_list_that_is_missing_lets_everybody_in() -> None:
    text = "line vty 0 15\n access-class NOWHERE in\n transport input ssh"
    assert refused(text) == ["access-class NOWHERE in"]
    read = switch(text)
    assert unread(read) == ["access-class NOWHERE in"]
    assert read.plane is not None
    assert read.plane.login.sources4 is None


def test_an_extended_list_counts_for_what_the_lines_take() -> None:
    login = plane("""
        access-list 110 deny   tcp host 10.1.0.7 any eq 22
        access-list 110 permit tcp 10.1.0.0 0.0.0.7 any eq 22
        access-list 110 permit tcp 10.2.0.0 0.0.0.7 any eq telnet
        access-list 110 permit udp any any
        line vty 0 4
         access-class 110 in
         transport input ssh
    """).login
    assert login.sources4 == v4("10.1.0.0", "10.1.0.6")


@pytest.mark.parametrize(("lines", "counts"), [(" no exec", False), (" exec-timeout 0 0", True)])
def test_the_auxiliary_port_is_a_console_if_it_has_a_shell(lines: str, *, counts: bool) -> None:
    text = f"line con 0\n login local\n exec-timeout 2 0\nline aux 0\n{lines}"
    login = plane(text).login
    assert login.console == ((NONE,) if counts else (LOCAL,))
    assert login.console_idle_s == (None if counts else 120)


def test_in_any_order_and_with_short_words() -> None:
    read = plane("""
        line vty 0 4
        transport inp ssh
        logi authentication R
        aaa authentication login R gr tacacs+ loc
        aaa new-model
        tacacs ser T
        add ipv4 10.0.4.11
        key 0 k
    """)
    assert read.login.methods == (TACACS, LOCAL)
    assert read.tacacs == (AaaServer("10.0.4.11", "k"),)
