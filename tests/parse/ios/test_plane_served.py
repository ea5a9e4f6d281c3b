"""What an IOS device serves, tells its neighbours, shows to people, and takes for the time."""

from __future__ import annotations

import pytest

from telemed_infra.management_plane import Listener
from tests.parse.ios.judge import plane, refused, switch

QUIET = """
    no ip http server
    no ip http secure-server
    no ip bootp server
    line vty 0 4
     transport input none
"""


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("ip http server", Listener.HTTP),
        ("default ip http server", Listener.HTTP),
        ("ip http secure-server", Listener.HTTPS),
        ("default ip http secure-server", Listener.HTTPS),
        ("ip scp server enable", Listener.SCP),
        ("netconf-yang", Listener.NETCONF),
        ("netconf ssh acl 10", Listener.NETCONF),
        ("ftp-server enable", Listener.FTP),
        ("tftp-server flash:image.bin", Listener.TFTP),
        ("service tcp-small-servers", Listener.SMALL_SERVERS),
        ("service udp-small-servers max-servers 9", Listener.SMALL_SERVERS),
        ("service finger", Listener.SMALL_SERVERS),
        ("ip finger rfc-compliant", Listener.SMALL_SERVERS),
        ("ip bootp server", Listener.SMALL_SERVERS),
        ("vstack", Listener.SMART_INSTALL),
    ],
)
def test_each_server(line: str, kind: Listener) -> None:
    assert plane(QUIET).listeners == frozenset()
    assert plane(QUIET, line).listeners == {kind}
    if not line.startswith("default"):
        assert plane(QUIET, f"{line}\nno {line}").listeners == frozenset()


def test_what_is_on_where_nothing_is_said() -> None:
    router = {Listener.HTTP, Listener.HTTPS, Listener.SMALL_SERVERS, Listener.SSH, Listener.TELNET}
    assert plane("hostname R").listeners == router
    read = switch("hostname S").plane
    assert read is not None
    assert read.listeners == router | {Listener.SMART_INSTALL}
    off = switch("no vstack").plane
    assert off is not None
    assert off.listeners == router


def test_bootp_is_also_turned_off_beside_dhcp() -> None:
    assert plane(QUIET, "default ip bootp server\nip dhcp bootp ignore").listeners == frozenset()


def test_what_is_said_of_clients_serves_nobody() -> None:
    assert plane(QUIET, "ip ftp username x\nip tftp blocksize 512\nip http client source-interface "
                 "Loopback0").listeners == frozenset()  # fmt: skip


@pytest.mark.parametrize("line", ["ip ssh version 1", "ip ssh port 2222 rotary 1"])
def test_what_cannot_be_said_of_servers_is_unread(line: str) -> None:
    assert refused(line) == [line]
    assert refused("ip ssh version 2\nip ssh time-out 60\nip ssh server algorithm mac x") == []


# Discovery --------------------------------------------------------------------------------------

PORTS = """
    interface GigabitEthernet0/0
     no cdp enable
    interface GigabitEthernet0/1
     no ip address
     {}
    interface Loopback0
     ip address 10.9.9.9 255.255.255.255
"""


@pytest.mark.parametrize(
    ("text", "speaks"),
    [
        ("", True),
        ("no cdp run", False),
        ("no cdp run\ndefault cdp run", True),
        ("no cdp run\nlldp run", True),
        ("no cdp run\nlldp run\nno lldp run", False),
        ("lldp run\nno cdp run\ninterface range Gi0/0 - 1\n no lldp transmit", False),
        (PORTS.format("no cdp enable"), False),
        (PORTS.format("shutdown"), False),
        (PORTS.format("no cdp enable\n     default cdp enable"), True),
        (PORTS.format("description x"), True),
    ],
)
def test_discovery(text: str, *, speaks: bool) -> None:
    assert plane(text).discovery is speaks


# Banner -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "banner"),
    [
        ("", ""),
        ("banner login ^C\nKeep out.\n  All is recorded.  \n\n^C", "Keep out.\n  All is recorded."),
        ("banner login # keep out #", " keep out"),
        ("Banner Login xkeep outx\nbanner motd ^C\nmotd\n^C", "keep out"),
        ("banner motd ^C\nonly after SSH has let somebody in\n^C", ""),
        ("banner login #one#\nbanner login #two#", "two"),
        ("banner login #one#\nno banner login", ""),
        ("no banner login\nbanner login #one#", "one"),
    ],
)
def test_what_is_shown_before_a_login(text: str, banner: str) -> None:
    assert plane(text).banner == banner


# Time zone --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "minutes"),
    [("", 0), ("clock timezone BJ 8", 480), ("clock timezone BJ 8 0", 480),
     ("clock timezone IST 5 30", 330), ("clock timezone NST -3 30", -210),
     ("clock timezone BJ 8 0\nno clock timezone", 0)],
)  # fmt: skip
def test_the_clocks_offset(line: str, minutes: int) -> None:
    assert plane(line).zone_minutes == minutes


@pytest.mark.parametrize(
    "line", ["clock timezone BJ eight", "clock timezone BJ 24", "clock summer-time X recurring"]
)
def test_what_cannot_be_said_of_the_clock_is_unread(line: str) -> None:
    assert refused(line) == [line]
