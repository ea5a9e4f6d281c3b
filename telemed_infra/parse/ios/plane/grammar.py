"""The tables of the management plane, and what of it is understood without being judged.

Source: docs/reference/platforms.md. Left out on purpose, so that they are unread: what lets
somebody in by another way (autocommands, keys of users), accounts that are kept readable, time that
this box serves, filters of log entries.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from telemed_infra.parse.frr.engine import Row, View
from telemed_infra.parse.ios.plane.rows import (
    apart,
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
from telemed_infra.parse.ios.state import Does, Ios

Rows = tuple[Row[Ios], ...]

ADMINISTRATORS = "who may log in, and how; judged after the packet is let in"
TELLS = "tells others about the device, changes nothing"
SERVES = "what the box serves to administrators; who reaches it, other lines say"
TIME = "the clock"
_READABLE = "a password that is kept readable"
_EVERYONE = "it changes what people may do who log in, which is not modelled"


def inert(why: str, *heads: str) -> Iterator[Row[Ios]]:
    """Commands that begin so, whatever follows, and their `default` form; ` | ` stands between."""
    for some in heads:
        for head in some.split("|"):
            yield Row(f"{head.strip()} [LINE]", inert=True, why=why)
            yield Row(f"default {head.strip()} [LINE]", inert=True, why=why)


def _says(head: str, text: str) -> Does:
    def put(state: Ios, _args: tuple[str, ...], line: int) -> None:
        for one in opened(state):
            one.put(head, "", Said(text, line))

    return put


def _default_login(state: Ios, _args: tuple[str, ...], _line: int) -> None:
    """`default login`: as a line comes."""
    for one in opened(state):
        one.drop("login", "")


def _forget(*heads: str) -> Does:
    """`no snmp-server`, `no ntp`: all of it."""

    def drop(state: Ios, _args: tuple[str, ...], _line: int) -> None:
        for head in [one for one in state.plane.said.held if one.startswith(heads)]:
            del state.plane.said.held[head]

    return drop


def _log_host(state: Ios, args: tuple[str, ...], line: int) -> None:
    """`logging A …`, the older form of `logging host A …`."""
    text = " ".join(filter(None, args))
    state.plane.said.put("logging host", text, Said(text, line))


def _no_log_host(state: Ios, args: tuple[str, ...], _line: int) -> None:
    state.plane.said.drop("logging host", " ".join(filter(None, args)))


def _logging_off(state: Ios, _args: tuple[str, ...], line: int) -> None:
    state.plane.said.put("logging trap", "", Said(OFF, line))


def _no_banner(state: Ios, args: tuple[str, ...], line: int) -> None:
    """`no banner KIND`: of one that stands above."""
    held = state.plane.banners.get(args[0])
    if held is not None and held.line < line:
        del state.plane.banners[args[0]]


def _console(*, is_console: bool) -> Does:
    """`line con 0`, `line aux 0`."""

    def enter(state: Ios, _args: tuple[str, ...], _line: int) -> None:
        name = "console" if is_console else "auxiliary"
        found = getattr(state.plane, name) or Sayings()
        setattr(state.plane, name, found)
        state.plane.open = [found]

    return enter


_AAA: Rows = (
    *toggle("aaa new-model", why=ADMINISTRATORS),
    *named("aaa authentication login", why=ADMINISTRATORS),
    *named("aaa authentication dot1x", why=ADMINISTRATORS),
    *once("aaa authentication enable default", why=ADMINISTRATORS),
    *named("aaa authorization exec", why=ADMINISTRATORS),
    *named("aaa authorization commands", why=ADMINISTRATORS, words=2),
    *block("aaa accounting exec", "aaa-accounting", why=ADMINISTRATORS, rest=" [LINE]"),
    *block("aaa accounting commands", "aaa-accounting", why=ADMINISTRATORS, words=2,
           rest=" [LINE]"),
    *(row for head in ("dot1x", "network", "system", "connection", "identity")
      for row in apart(f"aaa accounting {head}", "aaa-accounting", why=ADMINISTRATORS)),
    *block("aaa group server tacacs+", "aaa-group", why=ADMINISTRATORS),
    *block("aaa group server radius", "aaa-group", why=ADMINISTRATORS),
    *block("aaa server radius", "aaa-client", why=ADMINISTRATORS),
    *once("aaa local authentication attempts max-fail", why=ADMINISTRATORS),
    *block("aaa common-criteria policy", "password-policy", why=ADMINISTRATORS),
    *block("tacacs server", "aaa-server", why=ADMINISTRATORS),
    *block("radius server", "aaa-server", why=ADMINISTRATORS),
    *listed("tacacs-server host", why=ADMINISTRATORS),
    *listed("radius-server host", why=ADMINISTRATORS),
    *once("tacacs-server key", why=ADMINISTRATORS),
    *once("radius-server key", why=ADMINISTRATORS),
    *once("ip tacacs source-interface", why=TELLS),
    *once("ip radius source-interface", why=TELLS),
    *inert(
        ADMINISTRATORS,
        "aaa session-id | aaa authentication attempts login",
        "aaa authorization console | aaa authorization config-commands | aaa authorization network",
        "aaa accounting update | aaa accounting send | aaa accounting delay-start",
        "tacacs-server timeout | tacacs-server directed-request | tacacs-server retransmit",
        "radius-server attribute | radius-server dead-criteria | radius-server deadtime",
        "radius-server timeout | radius-server retransmit | radius-server vsa send",
        "radius-server load-balance | radius-server accounting",
    ),
)  # fmt: skip
_ACCOUNTS: Rows = (
    *piled("username", why=ADMINISTRATORS),
    *refuse(_READABLE, "enable password LINE"),
    *inert(ADMINISTRATORS, "enable secret | enable algorithm-type"),
    *refuse(_EVERYONE, "privilege LINE"),
    *once("security passwords min-length", why=ADMINISTRATORS),
    *inert(ADMINISTRATORS, "security authentication failure | password encryption"),
    *inert(ADMINISTRATORS, "key config-key | service password-encryption"),
    *once("login block-for", why=ADMINISTRATORS),
    *once("login quiet-mode access-class", why=ADMINISTRATORS),
    *inert(ADMINISTRATORS, "login delay | login on-failure | login on-success"),
)
_SERVES: Rows = (
    *refuse("it would take its configuration from the network", "service config"),
    *refuse("it would take its configuration from the network", "boot host LINE"),
    *refuse("it would take its configuration from the network", "boot network LINE"),
    *once("ip ssh version", why=SERVES),
    *inert(
        SERVES,
        "ip ssh time-out | ip ssh timeout | ip ssh authentication-retries | ip ssh dh",
        "ip ssh source-interface | ip ssh server algorithm | ip ssh client algorithm | ip ssh rsa",
        "ip ssh logging | ip ssh maxstartups | ip ssh window-size | ip ssh bulk-mode",
        "ip http authentication | ip http access-class | ip http client | ip http banner",
        "ip http max-connections | ip http path | ip http port | ip http secure-port",
        "ip http secure-ciphersuite | ip http secure-client-auth | ip http secure-trustpoint",
        "ip http secure-active-session-modules | ip http active-session-modules",
        "ip http session-idle-timeout | ip http timeout-policy | ip http tls-version",
        "netconf max-sessions | netconf lock-time | netconf-yang feature | netconf-yang ssh",
        "ip ftp | ip tftp",
    ),
    *(row for head in ("ip http server", "ip http secure-server", "ip scp server enable",
                       "netconf-yang", "ftp-server enable", "ip bootp server",
                       "ip dhcp bootp ignore", "service finger", "cdp run", "lldp run")
      for row in toggle(head, why=SERVES)),
    *(row for head in ("vstack", "netconf ssh", "ip finger", "service tcp-small-servers",
                       "service udp-small-servers")
      for row in toggle(head, why=SERVES, rest=" [LINE]")),
    *listed("tftp-server", why=SERVES),
    *inert(TELLS, "cdp timer | cdp holdtime | cdp advertise-v2 | cdp log | cdp source-interface"),
    *inert(TELLS, "cdp tlv | lldp timer | lldp holdtime | lldp reinit | lldp tlv-select"),
)  # fmt: skip
_SNMP: Rows = (
    Row("no snmp-server", _forget("snmp-server"), inert=True, why=TELLS),
    *listed("snmp-server community", why=TELLS),
    *listed("snmp-server group", why=TELLS),
    *listed("snmp-server user", why=TELLS),
    *listed("snmp-server view", why=TELLS),
    *listed("snmp-server host", why=TELLS),
    *listed("snmp-server enable traps", why=TELLS, rest=" [LINE]"),
    *once("snmp-server trap-source", why=TELLS),
    *once("snmp-server source-interface traps", why=TELLS),
    *inert(
        TELLS,
        "snmp-server location | snmp-server contact | snmp-server chassis-id | snmp ifmib",
        "snmp-server engineID local | snmp-server ifindex persist | snmp-server packetsize",
        "snmp-server queue-length | snmp-server queue-limit | snmp-server trap-timeout",
        "snmp-server ip | snmp-server source-interface informs | snmp-server trap | snmp mib",
    ),
)
_TIME: Rows = (
    Row("no ntp", _forget("ntp "), inert=True, why=TIME),
    *toggle("ntp authenticate", why=TIME),
    *listed("ntp authentication-key", why=TIME),
    *listed("ntp trusted-key", why=TIME),
    *listed("ntp server", why=TIME),
    *listed("ntp access-group", why=TIME),
    *once("ntp source", why=TIME),
    *inert(TIME, "ntp logging | ntp update-calendar | ntp clock-period | ntp max-associations"),
    *inert(TIME, "ntp allow mode control | clock calendar-valid | clock save"),
    *refuse("time that this box serves, or takes without a key", "ntp master LINE", "ntp master",
            "ntp peer LINE", "sntp LINE"),
    *refuse("the offset from UTC would change", "clock summer-time LINE"),
    *once("clock timezone", why=TIME),
    *once("service timestamps log", why=TELLS, rest=" [LINE]"),
    *inert(TELLS, "service timestamps debug"),
)  # fmt: skip
_LOG: Rows = (
    *toggle("logging on", why=TELLS),
    *listed("logging host", why=TELLS),
    Row("logging A.B.C.D [LINE]", _log_host, inert=True, why=TELLS),
    Row("no logging A.B.C.D [LINE]", _no_log_host, inert=True, why=TELLS),
    Row("no logging trap [LINE]", _logging_off, inert=True, why=TELLS),
    *once("logging trap", why=TELLS),
    *once("logging source-interface", why=TELLS),
    *block("logging tls-profile", "tls-profile", why=TELLS),
    *inert(
        TELLS,
        "logging buffered | logging console | logging monitor | logging facility | logging count",
        "logging origin-id | logging userinfo | logging rate-limit | logging exception",
        "logging history | logging queue-limit | logging persistent | logging snmp-authfail",
        "logging file | logging event | logging message-counter | logging alarm | logging buginf",
        "logging synchronous",
    ),
    *block("flow exporter", "flow", why=TELLS),
    *block("flow monitor", "flow", why=TELLS),
    *block("flow record", "flow", why=TELLS),
    *listed("ip flow-export destination", why=TELLS),
    *once("ip flow-export source", why=TELLS),
    *inert(TELLS, "ip flow-export version | ip flow-export template | ip flow-cache"),
    *inert(TELLS, "ip flow-top-talkers | ip accounting-threshold"),
)  # fmt: skip

_LINES: Rows = (
    Row("line con 0", _console(is_console=True), "line", inert=True, why=ADMINISTRATORS),
    Row("line console 0", _console(is_console=True), "line", inert=True, why=ADMINISTRATORS),
    Row("line aux 0", _console(is_console=False), "line", inert=True, why=ADMINISTRATORS),
    *apart("line tty", "line", why=ADMINISTRATORS),
    Row(
        "no banner <motd|login|exec|incoming|slip-ppp|prompt-timeout> [LINE]",
        _no_banner,
        inert=True,
        why=TELLS,
    ),
)
PLANE: Rows = (*_LINES, *_AAA, *_ACCOUNTS, *_SERVES, *_SNMP, *_TIME, *_LOG)
"""Lines of the outermost view."""

PLANE_INTERFACE: Rows = (
    *toggle("cdp enable", why=TELLS, where=ports),
    *toggle("lldp transmit", why=TELLS, where=ports),
    *listed("ip flow monitor", why=TELLS, where=ports),
    *listed("ipv6 flow monitor", why=TELLS, where=ports),
    *listed("ip flow", why=TELLS, where=ports),
    *toggle("ip route-cache flow", why=TELLS, where=ports),
)
"""Lines of an interface."""

LINE: Rows = (
    Row("no exec-timeout", _says("exec-timeout", OFF), inert=True, why=ADMINISTRATORS),
    *once("exec-timeout", why=ADMINISTRATORS, where=opened),
    *toggle("exec", why=ADMINISTRATORS, where=opened),
    *once("login authentication", why=ADMINISTRATORS, where=opened),
    Row("login [<local|tacacs>]",
        lambda state, args, line: _says("login", args[0] or "password")(state, args, line),
        inert=True, why=ADMINISTRATORS),
    Row("default login", _default_login, inert=True, why=ADMINISTRATORS),
    Row("no login [<local|tacacs>]", _says("login", "none"), inert=True, why=ADMINISTRATORS),
    *once("authorization exec", why=ADMINISTRATORS, where=opened),
    *once("accounting exec", why=ADMINISTRATORS, where=opened),
    *named("authorization commands", why=ADMINISTRATORS, where=opened),
    *named("accounting commands", why=ADMINISTRATORS, where=opened),
    Row("privilege level 1", inert=True, why=ADMINISTRATORS),
    *refuse(_EVERYONE, "privilege level LINE"),
    *inert(
        ADMINISTRATORS,
        "password | session-timeout | absolute-timeout | history | length | width | stopbits",
        "speed | databits | parity | escape-character | flowcontrol | motd-banner | exec-banner",
        "location | session-limit | vacant-message | notify | monitor | logging synchronous",
        "transport output | transport preferred | domain-lookup",
    ),
)  # fmt: skip
"""Lines of a terminal line; what it takes from the network stands in `NETWORK_LINE`."""
CONSOLE_LINE: Rows = (*LINE, *inert(ADMINISTRATORS, "transport input | modem"))


def _children(why: str, onces: str, lists: str = "", others: str = "") -> Rows:
    """Lines of a block: those that stand once, those that may stand again, those not judged."""
    return (
        *(row for head in onces.split(" | ") for row in once(head, why=why, where=opened)),
        *(row for head in lists.split(" | ") if head
          for row in listed(head, why=why, where=opened)),
        *(inert(why, others) if others else ()),
    )  # fmt: skip


PLANE_VIEWS: Mapping[str, View[Ios]] = {
    "line": View(CONSOLE_LINE),
    "aaa-group": View(_children(
        ADMINISTRATORS, "ip tacacs source-interface | ip radius source-interface",
        "server name | server-private | server", "ip vrf forwarding | deadtime | load-balance",
    )),
    "aaa-server": View(_children(
        ADMINISTRATORS, "address | key | port", "",
        "timeout | single-connection | retransmit | automate-tester | send-nat-address | "
        "description | pac key",
    )),
    "aaa-client": View((
        *listed("client", why=ADMINISTRATORS, where=opened),
        *inert(ADMINISTRATORS, "server-key | port | auth-type | ignore | domain"),
    )),
    "aaa-accounting": View((
        *_children(ADMINISTRATORS, "action-type", "group"),
        *inert(ADMINISTRATORS, "broadcast"),
    )),
    "password-policy": View(_children(
        ADMINISTRATORS, "min-length | numeric-count | upper-case | lower-case | special-case | "
        "lifetime", "", "max-length | char-changes | copy | character-repetition",
    )),
    "tls-profile": View(_children(TELLS, "tls-version | ciphersuite | client-id-trustpoint")),
    "flow": View(_children(
        TELLS, "destination | source | transport | record | export-protocol", "exporter",
        "match | collect | description | template | cache | statistics | option | dscp | ttl",
    )),
}  # fmt: skip
