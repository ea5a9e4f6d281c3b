"""What the system view of a Huawei device takes of servers, SNMP, the clock, the log and LLDP.

Source: docs/reference/platforms.md.
"""

from __future__ import annotations

from typing import Any

from telemed_infra.management_plane import Listener
from telemed_infra.parse.management.state import Platform
from telemed_infra.parse.vrp import management_access as access
from telemed_infra.parse.vrp import management_clients as clients
from telemed_infra.parse.vrp import management_snmp as snmp
from telemed_infra.parse.vrp.arguments import interface
from telemed_infra.parse.vrp.engine import Command, inert, notes
from telemed_infra.parse.vrp.options import ignored

_ADMINISTRATORS = "who may log in, and how; judged after the packet is let in"
_TELLS = "tells others about the device, changes nothing"
_CLOCK = "time"

Commands = tuple[Command[Any], ...]

SWITCH = Platform(
    listeners=frozenset({Listener.TELNET, Listener.HTTP, Listener.HTTPS}),
    discovery=True,
    vty_lines=5,
    vty_mode="none",
    inbound=frozenset({Listener.SSH, Listener.TELNET}),
    snmp_versions=frozenset({"v1", "v2c", "v3"}),
    log_dated=True,
    log_zoned=True,
    list_holds_without_instance=True,
    lists_know_case=True,
    commands_by_line=False,
    ntp_on=True,
)
"""S series and AR. Of releases that differ, the worse. Source: docs/reference/platforms.md."""
FIREWALL = SWITCH
"""USG: the same defaults; its web server is another one, on as delivered too."""


def _server(head: str, listener: Listener) -> Commands:
    """`<head> [ipv4|ipv6] server enable`, in all its spellings."""
    return tuple(
        notes(
            f"{head}{family} server{enable}",
            access.listens(listener, on=True, family=6 if "6" in family else 4),
            _ADMINISTRATORS,
            undo=access.listens(listener, on=False, family=6 if "6" in family else 4),
        )
        for family in ("", " ipv4", " ipv6")
        for enable in (" enable", "")
    )


_SERVERS: Commands = (
    *_server("stelnet", Listener.SSH),
    *_server("telnet", Listener.TELNET),
    *_server("sftp", Listener.SFTP),
    *_server("scp", Listener.SCP),
    *_server("ftp", Listener.FTP),
    *_server("http", Listener.HTTP),
    *_server("snetconf", Listener.NETCONF),
    *(
        notes(
            f"http{family} secure-server{enable}",
            access.listens(Listener.HTTPS, on=True, family=6 if family else 4),
            _ADMINISTRATORS,
            undo=access.listens(Listener.HTTPS, on=False, family=6 if family else 4),
        )
        for family in ("", " ipv6")
        for enable in (" enable", "")
    ),
    *(
        row
        for word, listener in (("ssh", Listener.SSH), ("telnet", Listener.TELNET))
        for row in (
            notes(
                f"{word} server port",
                access.server_port(listener),
                _ADMINISTRATORS,
                undo=access.no_server_port(listener),
            ),
            notes(
                f"{word} server acl",
                access.server_list(listener),
                _ADMINISTRATORS,
                undo=access.no_server_list(listener),
            ),
            notes(
                f"{word} ipv6 server acl",
                access.server_list(listener, 6),
                _ADMINISTRATORS,
                undo=access.no_server_list(listener, 6),
            ),
            notes(
                f"{word} server-source",
                access.listens_at(listener, on=True),
                _ADMINISTRATORS,
                undo=access.listens_at(listener, on=False),
            ),
        )
    ),
    *inert(
        "ssh user | ssh client | ssh authorization-type | ssh authentication-type | "
        "ssh server cipher | ssh server hmac | ssh server key-exchange | ssh server dh-exchange | "
        "ssh server publickey | ssh server timeout | ssh server authentication-retries | "
        "ssh server rekey-interval | ssh server compatible-ssh1x | ssh server keepalive | "
        "ssh server assign | ssh server security-banner | ssh ipv6 server-source | "
        "http timeout | http server ssl-policy | http secure-server ssl-policy | "
        "http secure-server port | http server load | http server port | "
        "http server-source | http acl | ftp server-source | ftp acl | ftp timeout | "
        "telnet ipv6 server-source | telnet client-source",
        _ADMINISTRATORS,
    ),
)

_SNMP: Commands = (
    notes("snmp-agent", snmp.snmp_on, _TELLS, undo=snmp.snmp_off),
    notes(
        "snmp-agent sys-info version",
        snmp.snmp_versions(on=True),
        _TELLS,
        undo=snmp.snmp_versions(on=False),
    ),
    notes("snmp-agent group", snmp.snmp_group, _TELLS, undo=snmp.no_snmp_group),
    notes("snmp-agent usm-user", snmp.snmp_user, _TELLS, undo=snmp.no_snmp_user),
    notes("snmp-agent community", snmp.community, _TELLS, undo=snmp.no_community),
    notes("snmp-agent acl", snmp.snmp_list, _TELLS, undo=snmp.no_snmp_list),
    notes("snmp-agent trap source", snmp.snmp_source(interface), _TELLS, undo=snmp.no_snmp_source),
    notes(
        "snmp-agent protocol source-interface",
        snmp.snmp_source(interface),
        _TELLS,
        undo=snmp.no_snmp_source,
    ),
    notes("snmp-agent target-host", snmp.target(interface), _TELLS, undo=snmp.no_target),
    *(
        notes(f"snmp-agent {head}", snmp.starts_snmp, _TELLS, undo=ignored)
        for head in (
            *("local-engineid", "mib-view", "trap enable", "trap disable", "trap life"),
            *("trap queue-size", "trap priority", "sys-info contact", "sys-info location"),
            *("packet max-size", "notification-log", "set-cache", "blacklist", "extend"),
            *("statistics", "inform", "server"),
        )
    ),
)

_CLIENTS: Commands = (
    notes(
        "ntp-service enable",
        clients.ntp_switch(on=True),
        _CLOCK,
        undo=clients.ntp_switch(on=False),
    ),
    notes(
        "ntp-service disable",
        clients.ntp_switch(on=False),
        _CLOCK,
        undo=clients.ntp_switch(on=True),
    ),
    notes(
        "ntp-service authentication enable",
        clients.ntp_authenticates(on=True),
        _CLOCK,
        undo=clients.ntp_authenticates(on=False),
    ),
    notes("ntp-service authentication-keyid", clients.ntp_key, _CLOCK, undo=clients.no_ntp_key),
    notes(
        "ntp-service reliable authentication-keyid",
        clients.ntp_trusts(on=True),
        _CLOCK,
        undo=clients.ntp_trusts(on=False),
    ),
    notes("ntp-service unicast-server", clients.ntp_server, _CLOCK, undo=clients.no_ntp_server),
    notes(
        "ntp-service source-interface",
        clients.ntp_source(interface),
        _CLOCK,
        undo=clients.no_ntp_source,
    ),
    *inert(
        "ntp-service server disable | ntp-service server enable | ntp-service ipv6 server | "
        "ntp-service access | ntp-service sync-interval | ntp-service max-dynamic-sessions | "
        "ntp-service in-interface | ntp-service max-distance | ntp-service server source-interface "
        "| ntp-service discard",
        _CLOCK,
    ),
    notes(
        "info-center enable",
        clients.log_switch(on=True),
        _TELLS,
        undo=clients.log_switch(on=False),
    ),
    notes("info-center disable", clients.log_switch(on=False), _TELLS),
    notes("info-center loghost", clients.log_target, _TELLS, undo=clients.no_log_target),
    notes(
        "info-center loghost source",
        clients.log_source(access.source_interface),
        _TELLS,
        undo=clients.no_log_source,
    ),
    notes("info-center timestamp log", clients.log_time, _TELLS, undo=clients.no_log_time),
    *inert(
        "info-center timestamp trap | info-center timestamp debugging | info-center source | "
        "info-center channel | info-center logbuffer | info-center trapbuffer | "
        "info-center console | info-center monitor | info-center snmp | info-center logfile | "
        "info-center filter-id | info-center statistic-suppress | info-center max-logfile-number | "
        "info-center rate-limit | info-center security-log",
        _TELLS,
    ),
    *(
        row
        for head in ("ip netstream export", "ipv6 netstream export", "netstream export")
        for row in (
            notes(f"{head} host", clients.flow_target, _TELLS, undo=clients.no_flow_target),
            notes(
                f"{head} source",
                clients.flow_source(access.source_interface),
                _TELLS,
                undo=clients.no_flow_source,
            ),
            *inert(f"{head} version | {head} template | {head} rate", _TELLS),
        )
    ),
    *inert(
        "ip netstream timeout | ip netstream sampler | ip netstream aggregation | "
        "ip netstream cache | ip netstream tcp-flag | ipv6 netstream timeout | "
        "ipv6 netstream sampler | netstream timeout | netstream sampler",
        _TELLS,
    ),
    notes("lldp enable", clients.discovers(on=True), _TELLS, undo=clients.discovers(on=False)),
    *inert(
        "lldp management-address | lldp message-transmission | lldp restart-delay | lldp trap | "
        "lldp fast-count | lldp restart | lldp tlv-enable | lldp mdn",
        _TELLS,
    ),
    notes("clock timezone", clients.timezone, _CLOCK, undo=clients.no_timezone),
    notes("ssl policy", clients.tls_policy, _TELLS, undo=clients.no_tls_policy, enters="tls"),
)

PLANE: Commands = (*_SERVERS, *_SNMP, *_CLIENTS)
