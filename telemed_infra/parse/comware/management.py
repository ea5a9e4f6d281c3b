"""The commands of Comware devices that say something of the management plane: switch and firewall.

No packet's passing depends on them. Source: docs/reference/platforms.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from telemed_infra.management_plane import Listener, Method
from telemed_infra.parse.comware import management_aaa as aaa
from telemed_infra.parse.comware import management_access as access
from telemed_infra.parse.comware import management_clients as clients
from telemed_infra.parse.comware.interfaces import interface
from telemed_infra.parse.management.state import Platform
from telemed_infra.parse.vrp import management_clients as huawei
from telemed_infra.parse.vrp import management_snmp as snmp
from telemed_infra.parse.vrp.engine import Command, Reader, View, inert, notes
from telemed_infra.parse.vrp.options import bare, ignored

_ADMINISTRATORS = "who may log in, and how; judged after the packet is let in"
_TELLS = "tells others about the device, changes nothing"
_CLOCK = "time"
_TEXT = "a text for people"
_TABLE = "which table of routes holds its networks"

Commands = tuple[Command[Any], ...]

SWITCH = Platform(
    listeners=frozenset(),
    discovery=True,
    vty_lines=64,
    vty_mode="password",
    inbound=frozenset({Listener.SSH, Listener.TELNET}),
    snmp_versions=frozenset({"v3"}),
    log_dated=True,
    log_zoned=False,
    list_holds_without_instance=False,
    lists_know_case=False,
    commands_by_line=True,
    ntp_on=False,
)
"""Comware 7 switches. Of releases that differ, the worse. Source: docs/reference/platforms.md."""
FIREWALL = SWITCH._replace(listeners=frozenset({Listener.HTTP, Listener.HTTPS}))
"""SecPath: the web is served as delivered."""


def _enable(head: str, listener: Listener) -> Command[Any]:
    on, off = access.listens(listener, on=True), access.listens(listener, on=False)
    return notes(f"{head} enable", on, _ADMINISTRATORS, undo=off)


def _both(
    head: str, says: Reader[Any], undo: Reader[Any], why: str = _TELLS, enters: str | None = None
) -> Command[Any]:
    return notes(head, says, why, undo=undo, enters=enters)


def _lists(word: str, listener: Listener) -> Commands:
    """`<word> server acl` for both families, and `<word> server port`."""
    port = access.server_port(listener)
    return (
        _both(f"{word} server port", port, port, _ADMINISTRATORS),
        *(
            _both(
                f"{word} server{family} acl",
                access.server_list(listener, number),
                access.no_server_list(listener, number),
                _ADMINISTRATORS,
            )
            for family, number in (("", 4), (" ipv6", 6))
        ),
    )


SERVERS: Commands = (
    _enable("ssh server", Listener.SSH),
    _enable("sftp server", Listener.SFTP),
    _enable("scp server", Listener.SCP),
    _enable("telnet server", Listener.TELNET),
    _enable("ftp server", Listener.FTP),
    _enable("ip http", Listener.HTTP),
    _enable("ip https", Listener.HTTPS),
    _enable("netconf ssh server", Listener.NETCONF),
    _enable("netconf soap http", Listener.NETCONF),
    _enable("netconf soap https", Listener.NETCONF),
    *_lists("ssh", Listener.SSH),
    *_lists("telnet", Listener.TELNET),
    *inert(
        "ssh server authentication-timeout | ssh server authentication-retries | "
        "ssh server compatible-ssh1x | ssh server rekey-interval | ssh server dscp | "
        "ssh server ipv6 dscp | ssh server pki-domain | ssh user | "
        "ssh client | ssh2 | telnet server dscp | telnet server ipv6 dscp | telnet client | "
        "sftp server idle-timeout | ftp server ssl-server-policy | "
        "ftp server dscp | ftp timeout",
        _ADMINISTRATORS,
    ),
)

ACCESS: Commands = (
    _both("password-control enable", access.control_on(on=True), access.control_on(on=False),
          _ADMINISTRATORS),
    *(
        _both(
            f"password-control {part} enable",
            access.control_part(part, on=True),
            access.control_part(part, on=False),
            _ADMINISTRATORS,
        )
        for part in ("length", "aging", "history", "composition")
    ),
    *(
        _both(
            f"password-control {part}",
            access.control_rule(part, high),
            access.control_rule(part, high),
            _ADMINISTRATORS,
        )
        for part, high in (("length", 63), ("aging", 365), ("history", 15))
    ),
    _both("password-control composition", access.composition, access.composition,
          _ADMINISTRATORS),
    _both("password-control login-attempt", access.login_attempt, access.login_attempt,
          _ADMINISTRATORS),
    *inert(
        "password-control alert-before-expire | password-control authentication-timeout | "
        "password-control complexity | password-control expired-user-login | "
        "password-control login idle-time | password-control super | "
        "password-control update-interval | password-control change-password | "
        "super | role default-role",
        _ADMINISTRATORS,
    ),
    _both("header", clients.banner, clients.no_banner, _TEXT),
    notes("line", access.enter_lines, _ADMINISTRATORS, enters="line"),
    _both("local-user", access.enter_user, access.undo_user, _ADMINISTRATORS, "user"),
    _both("user-group", access.enter_group, ignored, _ADMINISTRATORS, "user"),
    *inert("role name", _ADMINISTRATORS, enters="role"),
    *(
        _both(f"{word} scheme", aaa.enter_scheme(method), aaa.undo_scheme(method),
              _ADMINISTRATORS, f"{word} scheme")
        for word, method in (("hwtacacs", Method.TACACS), ("radius", Method.RADIUS))
    ),
    *(
        _both(f"{word} nas-ip", aaa.common_source(method, interface),
              aaa.no_common_source(method), _ADMINISTRATORS)
        for word, method in (("hwtacacs", Method.TACACS), ("radius", Method.RADIUS))
    ),
    *inert("radius session-control | radius enable", _ADMINISTRATORS),
    *inert("radius dynamic-author server", _ADMINISTRATORS, enters="dynamic-author"),
    _both("domain", aaa.enter_domain, aaa.undo_domain, _ADMINISTRATORS, "domain"),
    _both("domain default enable", aaa.default_domain, aaa.no_default_domain, _ADMINISTRATORS),
)  # fmt: skip

SNMP: Commands = (
    _both("snmp-agent", snmp.snmp_on, snmp.snmp_off),
    _both("snmp-agent sys-info version", snmp.snmp_versions(on=True),
          snmp.snmp_versions(on=False)),
    _both("snmp-agent group", snmp.snmp_group, snmp.no_snmp_group),
    _both("snmp-agent usm-user", clients.refuses_role(snmp.snmp_user), snmp.no_snmp_user),
    _both("snmp-agent community", clients.refuses_role(snmp.community), snmp.no_community),
    _both("snmp-agent acl", snmp.snmp_list, snmp.no_snmp_list),
    _both("snmp-agent trap source", snmp.snmp_source(interface), snmp.no_snmp_source),
    _both("snmp-agent target-host", snmp.target(interface), snmp.no_target),
    *(
        _both(f"snmp-agent {head}", snmp.starts_snmp, ignored)
        for head in (
            *("local-engineid", "mib-view", "trap enable", "trap life", "trap queue-size"),
            *("trap log", "trap if-mib", "sys-info contact", "sys-info location", "log"),
            *("packet max-size", "remote", "context", "inform source", "calculate-password"),
        )
    ),
)  # fmt: skip

CLIENTS: Commands = (
    _both("ntp-service enable", huawei.ntp_switch(on=True), huawei.ntp_switch(on=False), _CLOCK),
    _both("ntp-service authentication enable", huawei.ntp_authenticates(on=True),
          huawei.ntp_authenticates(on=False), _CLOCK),
    _both("ntp-service authentication-keyid", huawei.ntp_key, huawei.no_ntp_key, _CLOCK),
    _both("ntp-service reliable authentication-keyid", huawei.ntp_trusts(on=True),
          huawei.ntp_trusts(on=False), _CLOCK),
    *(
        _both(head, clients.ntp_server, huawei.no_ntp_server, _CLOCK)
        for head in ("ntp-service unicast-server", "ntp-service ipv6 unicast-server")
    ),
    _both("ntp-service source", huawei.ntp_source(interface), huawei.no_ntp_source, _CLOCK),
    *inert("ntp-service max-dynamic-sessions | ntp-service dscp | clock protocol", _CLOCK),
    _both("clock timezone", huawei.timezone, huawei.no_timezone, _CLOCK),
    *inert("clock datetime", _CLOCK),
    _both("info-center enable", huawei.log_switch(on=True), huawei.log_switch(on=False)),
    _both("info-center loghost", clients.log_target, huawei.no_log_target),
    _both("info-center loghost source", huawei.log_source(interface), huawei.no_log_source),
    _both("info-center timestamp loghost", clients.log_time, huawei.no_log_time),
    _both("info-center source", clients.log_rule, ignored),
    *inert(
        "info-center timestamp | info-center logbuffer | info-center logfile | "
        "info-center trapbuffer | info-center format | info-center logging | "
        "info-center synchronous | info-center syslog | info-center security-logfile | "
        "info-center diagnostic-logfile | info-center channel | info-center trace-logfile",
        _TELLS,
    ),
    *(
        row
        for head in ("ip netstream export", "ipv6 netstream export")
        for row in (
            _both(f"{head} host", huawei.flow_target, huawei.no_flow_target),
            _both(f"{head} source", huawei.flow_source(interface), huawei.no_flow_source),
            *inert(f"{head} version | {head} template | {head} rate | {head} v9-template", _TELLS),
        )
    ),
    *inert(
        "ip netstream timeout | ip netstream aggregation | ip netstream max-entry | "
        "ip netstream mpls | ipv6 netstream timeout | ip netstream cache",
        _TELLS,
    ),
    _both("lldp global enable", huawei.discovers(on=True), huawei.discovers(on=False)),
    *inert(
        "lldp compliance | lldp timer | lldp hold-multiplier | lldp fast-count | lldp mode | "
        "lldp max-credit | lldp tlv-enable | lldp global tlv-enable",
        _TELLS,
    ),
    _both("ssl client-policy", clients.names_tls_policy(on=True),
          clients.names_tls_policy(on=False), _ADMINISTRATORS, "key"),
    _both("ip vpn-instance", huawei.makes_instance, huawei.undo_instance, _TABLE, "routing"),
)  # fmt: skip

PLANE: Commands = (*SERVERS, *ACCESS, *SNMP, *CLIENTS)
"""Heads of the system view."""

ON_INTERFACE: Commands = (
    _both("lldp enable", huawei.port_discovers(on=True), huawei.port_discovers(on=False)),
    _both("lldp admin-status", clients.port_discovers, clients.no_admin_status),
    *inert("lldp compliance | lldp tlv-enable | lldp management-address", _TELLS),
    *inert("lldp encapsulation | lldp notification | lldp check-change | lldp agent | cdp", _TELLS),
    *(
        _both(
            f"{family} netstream {way}",
            huawei.counts_flows(on=True),
            huawei.counts_flows(on=False),
        )
        for family in ("ip", "ipv6")
        for way in ("inbound", "outbound")
    ),
    *inert("ip netstream sampler | ipv6 netstream sampler", _TELLS),
)  # fmt: skip


def _scheme() -> View[Any]:
    return (
        *(
            notes(
                word,
                aaa.server(first=first),
                _ADMINISTRATORS,
                undo=aaa.no_server(first=first),
            )
            for word, first in (("primary", True), ("secondary", False))
        ),
        _both("key", aaa.scheme_key, aaa.no_scheme_key, _ADMINISTRATORS),
        *(
            _both(word, aaa.scheme_source(interface), aaa.no_scheme_source, _ADMINISTRATORS)
            for word in ("nas-ip", "source-ip")
        ),
        notes("vpn-instance", aaa.scheme_instance, _ADMINISTRATORS),
        *inert(
            "user-name-format | timer | data-flow-format | retry | accounting-on | attribute | "
            "security-policy-server | server-block-action | algorithm | stop-accounting-buffer | "
            "accounting-on enable",
            _ADMINISTRATORS,
        ),
    )


PLANE_VIEWS: Mapping[str, View[Any]] = {
    "line": (
        _both("authentication-mode", access.line_mode, access.resets_line("mode"),
              _ADMINISTRATORS),
        _both("protocol inbound", access.line_inbound, access.resets_line("inbound"),
              _ADMINISTRATORS),
        _both("idle-timeout", access.line_idle, access.resets_line("idle"), _ADMINISTRATORS),
        _both("command accounting", access.line_tells_commands, access.resets_line("commands"),
              _ADMINISTRATORS),
        _both("shell", bare(lambda _state, _line: None), access.no_shell, _ADMINISTRATORS),
        *inert(
            "user-role | command authorization | set authentication | screen-length | "
            "history-command | terminal type | escape-key | activation-key | auto-execute | "
            "speed | parity | databits | stopbits | flow-control | lock-key",
            _ADMINISTRATORS,
        ),
    ),
    "user": (
        _both("password", access.user_password, access.user_password, _ADMINISTRATORS),
        _both("service-type", access.user_services(on=True), access.user_services(on=False),
              _ADMINISTRATORS),
        _both("authorization-attribute", access.user_attribute(on=True),
              access.user_attribute(on=False), _ADMINISTRATORS),
        _both("state", access.user_state, ignored, _ADMINISTRATORS),
        _both("password-control", access.own_rules, ignored, _ADMINISTRATORS),
        *inert(
            "bind-attribute | access-limit | group | description | validity-datetime | "
            "identity-member | group-attribute | identity-group",
            _ADMINISTRATORS,
        ),
    ),
    "role": tuple(inert("description | rule | vlan policy | interface policy", _ADMINISTRATORS)),
    "hwtacacs scheme": _scheme(),
    "radius scheme": _scheme(),
    "dynamic-author": tuple(inert("client | port", _ADMINISTRATORS)),
    "domain": (
        *(
            _both(kind, aaa.asks(kind), aaa.no_asks(kind), _ADMINISTRATORS)
            for kind in aaa.PURPOSES
        ),
        *inert(
            "state | access-limit | session-time | user-address-type | idle-cut | "
            "self-service-url | authorization-attribute | accounting start-fail | "
            "accounting update-fail | accounting quota-out | accounting dual-stack",
            _ADMINISTRATORS,
        ),
    ),
}  # fmt: skip
