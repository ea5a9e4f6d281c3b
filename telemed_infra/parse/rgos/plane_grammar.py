"""The tables of the management plane of RGOS.

How rows note what lines say is shared with IOS (`parse/ios/plane/rows.py`). Source:
docs/reference/platforms.md. Left out on purpose, so that they are unread: what lets somebody in by
another way (keys of users, accounts of the web server, NETCONF), logs and records of a form that is
not modelled, time that is not signed.
"""

from __future__ import annotations

from collections.abc import Mapping

from telemed_infra.parse.frr.engine import Args, Row, View
from telemed_infra.parse.ios.plane.grammar import ADMINISTRATORS, SERVES, TELLS, TIME, inert
from telemed_infra.parse.ios.plane.rows import (
    block,
    listed,
    named,
    once,
    opened,
    piled,
    ports,
    refuse,
    toggle,
)
from telemed_infra.parse.ios.plane.sayings import OFF, Said, Sayings
from telemed_infra.parse.ios.state import Does, Ios, refused
from telemed_infra.parse.rgos.spelling import host, in_words_of_ios

Rows = tuple[Row[Ios], ...]

WEB = "enable service web-server"
VERSIONS = ("v1", "v2c", "v3")
_READABLE = "a password that is kept readable"
_EVERYONE = "it changes what people may do who log in, which is not modelled"
_ALL_RIGHTS = "who has logged in would get all rights for nothing"
_FROM_OUTSIDE = "it would take its configuration from the network"
_UNSIGNED = "time that this box serves, or takes without a key"


def _console(state: Ios, _args: Args, _line: int) -> None:
    """`line console 0`."""
    found = state.plane.console or Sayings()
    state.plane.console = found
    state.plane.open = [found]


def _says(head: str, text: str) -> Does:
    def put(state: Ios, _args: Args, line: int) -> None:
        for one in opened(state):
            one.put(head, "", Said(text, line))

    return put


def _login(state: Ios, args: Args, line: int) -> None:
    """`login`: the line's password; `login local`."""
    _says("login", args[0] or "password")(state, args, line)


def _default_login(state: Ios, _args: Args, _line: int) -> None:
    """`default login`: as a line comes."""
    for one in opened(state):
        one.drop("login", "")


def _forget(*heads: str) -> Does:
    """`no snmp-server`, `no ntp`: all of it."""

    def drop(state: Ios, _args: Args, _line: int) -> None:
        for head in [one for one in state.plane.said.held if one.startswith(heads)]:
            del state.plane.said.held[head]

    return drop


def _web(text: str) -> Does:
    """`[no] enable service web-server [http|https|all]`."""

    def put(state: Ios, args: Args, line: int) -> None:
        kinds = (args[0],) if args[0] in ("http", "https") else ("http", "https")
        for kind in kinds:
            state.plane.said.put(f"{WEB} {kind}", "", Said(text, line))

    return put


def _trap_off(state: Ios, _args: Args, line: int) -> None:
    """`no logging trap`."""
    state.plane.said.put("logging trap", "", Said(OFF, line))


def _silent(state: Ios, _args: Args, line: int) -> None:
    """`no lldp mode`: the port neither tells nor listens."""
    for one in ports(state):
        one.put("lldp mode", "", Said(OFF, line))


def _no_banner(state: Ios, args: Args, line: int) -> None:
    """`no banner KIND`: of one that stands above."""
    held = state.plane.banners.get(args[0])
    if held is not None and held.line < line:
        del state.plane.banners[args[0]]


_AAA: Rows = (
    *toggle("aaa new-model", why=ADMINISTRATORS),
    *named("aaa authentication login", why=ADMINISTRATORS),
    *named("aaa authentication dot1x", why=ADMINISTRATORS),
    *once("aaa authentication enable default", why=ADMINISTRATORS),
    *named("aaa authorization exec", why=ADMINISTRATORS),
    *named("aaa authorization commands", why=ADMINISTRATORS, words=2),
    *block("aaa accounting exec", "one-line", why=ADMINISTRATORS, rest=" [LINE]"),
    *block("aaa accounting commands", "one-line", why=ADMINISTRATORS, words=2, rest=" [LINE]"),
    *once("aaa local authentication attempts", why=ADMINISTRATORS),
    *once("aaa local authentication lockout-time", why=ADMINISTRATORS),
    *block("aaa group server tacacs+", "aaa-group", why=ADMINISTRATORS),
    *block("aaa group server radius", "aaa-group", why=ADMINISTRATORS),
    *host("tacacs-server host", why=ADMINISTRATORS),
    *host("radius-server host", why=ADMINISTRATORS),
    *once("tacacs-server key", why=ADMINISTRATORS),
    *once("radius-server key", why=ADMINISTRATORS),
    *once("ip tacacs source-interface", why=TELLS),
    *once("ip radius source-interface", why=TELLS),
    *inert(
        ADMINISTRATORS,
        "aaa accounting network | aaa accounting update | aaa authorization network",
        "aaa authorization console | aaa authorization config-commands | aaa log",
        "tacacs-server timeout | radius-server timeout | radius-server retransmit",
        "radius-server dead-criteria | radius-server deadtime | radius-server attribute",
        "radius vendor-specific | radius attribute",
    ),
)
_ACCOUNTS: Rows = (
    *piled("username", why=ADMINISTRATORS),
    *refuse(_READABLE, "enable password LINE"),
    Row("no enable secret [LINE]", refused(_ALL_RIGHTS), inert=True, why=ADMINISTRATORS),
    *inert(ADMINISTRATORS, "enable secret | service password-encryption | login privilege log"),
    *refuse(_EVERYONE, "privilege LINE"),
    *once("password policy min-size", why=ADMINISTRATORS),
    *once("password policy life-cycle", why=ADMINISTRATORS),
    *once("password policy no-repeat-times", why=ADMINISTRATORS),
    *toggle("password policy strong", why=ADMINISTRATORS),
    *inert(ADMINISTRATORS, "password policy printable-character-check"),
    *inert(ADMINISTRATORS, "password policy forced-password-modify"),
)
_SERVES: Rows = (
    *(row for head in ("enable service ssh-server", "enable service telnet-server",
                       "enable service snmp-agent", "ip scp server enable",
                       "ip sftp server enable", "ftp-server enable", "tftp-server enable",
                       "lldp enable")
      for row in toggle(head, why=SERVES)),
    Row(f"{WEB} [<http|https|all>]", _web("on"), inert=True, why=SERVES),
    Row(f"no {WEB} [<http|https|all>]", _web(OFF), inert=True, why=SERVES),
    *once("ip ssh version", why=SERVES),
    *inert(
        SERVES,
        "ip ssh time-out | ip ssh authentication-retries | ip ssh cipher-mode",
        "ip ssh hmac-algorithm | ip ssh key-exchange | ip ssh source-interface",
        "http port | http secure-port | http update",
    ),
    *(row for head in ("cwmp", "zam", "auto-provision")
      for row in refuse(_FROM_OUTSIDE, f"{head} LINE", head)),
    *inert(TELLS, "lldp timer | lldp hold-multiplier | lldp fast-count | lldp error-detect"),
    *inert(TELLS, "lldp tlv-enable | lldp management-address-tlv | lldp encapsulation"),
)  # fmt: skip
_SNMP: Rows = (
    Row("no snmp-server", _forget("snmp-server"), inert=True, why=TELLS),
    *(row for version in VERSIONS
      for row in toggle(f"snmp-server enable version {version}", why=TELLS)),
    *in_words_of_ios("snmp-server community", why=TELLS),
    *in_words_of_ios("snmp-server user", why=TELLS),
    *listed("snmp-server group", why=TELLS),
    *listed("snmp-server view", why=TELLS),
    *listed("snmp-server host", why=TELLS),
    *listed("snmp-server enable traps", why=TELLS, rest=" [LINE]"),
    *once("snmp-server trap-source", why=TELLS),
    *inert(
        TELLS,
        "snmp-server location | snmp-server contact | snmp-server chassis-id | snmp-server net-id",
        "snmp-server engineID local | snmp-server packetsize | snmp-server queue-length",
        "snmp-server trap-timeout | snmp-server trap-format | snmp-server system-shutdown",
        "snmp-server logging | snmp-server if-index persist | snmp-server flow-control",
        "snmp-server authentication attempt | snmp-server enable secret-dictionary-check",
    ),
)  # fmt: skip
_TIME: Rows = (
    Row("no ntp", _forget("ntp "), inert=True, why=TIME),
    *toggle("ntp authenticate", why=TIME),
    *in_words_of_ios("ntp authentication-key", why=TIME),
    *listed("ntp trusted-key", why=TIME),
    *in_words_of_ios("ntp server", why=TIME),
    *listed("ntp access-group", why=TIME),
    *inert(TIME, "ntp update-calendar | ntp interval"),
    *refuse(_UNSIGNED, "ntp master LINE", "ntp master", "ntp peer LINE", "sntp LINE"),
    *refuse("the offset from UTC would change", "clock summer-time LINE"),
    *once("clock timezone", why=TIME),
)
_LOG: Rows = (
    *toggle("logging on", why=TELLS),
    *listed("logging server", why=TELLS),
    Row("no logging trap [LINE]", _trap_off, inert=True, why=TELLS),
    *once("logging trap", why=TELLS),
    *once("logging source interface", why=TELLS),
    *once("service timestamps log", why=TELLS, rest=" [LINE]"),
    *toggle("service log-format rfc5424", why=TELLS),
    *inert(
        TELLS,
        "logging buffered | logging console | logging monitor | logging facility | logging count",
        "logging rate-limit | logging file | logging synchronous | logging userinfo",
        "service timestamps debug | service sysname | service sequence-numbers",
    ),
)
PLANE: Rows = (
    Row("line <console|con> 0", _console, "console", inert=True, why=ADMINISTRATORS),
    Row("no banner <motd|login|exec|incoming> [LINE]", _no_banner, inert=True, why=TELLS),
    *_AAA,
    *_ACCOUNTS,
    *_SERVES,
    *_SNMP,
    *_TIME,
    *_LOG,
)
"""Lines of the outermost view."""

PLANE_INTERFACE: Rows = (
    *toggle("lldp enable", why=TELLS, where=ports),
    Row("no lldp mode", _silent, inert=True, why=TELLS),
    *once("lldp mode", why=TELLS, where=ports, rest=" <rx|tx|txrx>"),
    *inert(TELLS, "lldp tlv-enable | lldp management-address-tlv | lldp notification"),
    *inert(TELLS, "lldp error-detect | lldp encapsulation | snmp trap link-status"),
)
"""Lines of an interface."""


LINE: Rows = (
    Row("no exec-timeout", _says("exec-timeout", OFF), inert=True, why=ADMINISTRATORS),
    *once("exec-timeout", why=ADMINISTRATORS, where=opened),
    *once("login authentication", why=ADMINISTRATORS, where=opened),
    Row("login [<local>]", _login, inert=True, why=ADMINISTRATORS),
    Row("default login", _default_login, inert=True, why=ADMINISTRATORS),
    Row("no login [<local>]", _says("login", "none"), inert=True, why=ADMINISTRATORS),
    *once("authorization exec", why=ADMINISTRATORS, where=opened),
    *once("accounting exec", why=ADMINISTRATORS, where=opened),
    *named("authorization commands", why=ADMINISTRATORS, where=opened),
    *named("accounting commands", why=ADMINISTRATORS, where=opened),
    Row("privilege level 1", inert=True, why=ADMINISTRATORS),
    # In these forms only: rules for passwords begin with the same word.
    *(
        Row(f"{form}password{rest}", inert=True, why=ADMINISTRATORS)
        for form, rest in (("", " WORD"), ("", " <0|7> WORD"), ("no ", ""))
    ),
    *refuse(_EVERYONE, "privilege level LINE"),
    *inert(
        ADMINISTRATORS,
        "session-timeout | timeout login response | history | length | width | speed",
        "databits | parity | stopbits | flowcontrol | location | monitor | escape-character",
        "logging synchronous | refuse-message | vacant-message | terminal-type",
    ),
)
"""Lines of a terminal line; what one for the network takes stands in `switch_grammar`."""

PLANE_VIEWS: Mapping[str, View[Ios]] = {
    "console": View(LINE),
    "one-line": View(()),  # the command has no lines of its own
    "aaa-group": View(tuple(listed("server", why=ADMINISTRATORS, where=opened))),
}
