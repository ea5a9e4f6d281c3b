"""Makes the management plane of all that an RGOS text says about it."""

from __future__ import annotations

from collections.abc import Iterable

from telemed_infra.management_plane import AaaServer, Listener, ManagementPlane, Method
from telemed_infra.parse.frr.engine import Unreadable
from telemed_infra.parse.ios.plane.clients import ntp
from telemed_infra.parse.ios.plane.context import Context, Words
from telemed_infra.parse.ios.plane.methods import check_enable
from telemed_infra.parse.ios.plane.sayings import Said
from telemed_infra.parse.ios.plane.servers import Group
from telemed_infra.parse.ios.state import Port
from telemed_infra.parse.rgos.accounts import accounts, lockout, passwords
from telemed_infra.parse.rgos.clients import snmp, source, syslog, zone_minutes
from telemed_infra.parse.rgos.guards import asked_about_hosts
from telemed_infra.parse.rgos.logins import SERVED_BY_LINES, logins
from telemed_infra.parse.rgos.names import SOFTWARE
from telemed_infra.parse.rgos.plane_grammar import WEB

BUILT_IN_VIEW = ("snmp-server view", "default 1 include", Said("default 1 include", 0))
"""A view of SNMP that every device has, without a line."""
_SERVED = (
    #   command                        what it serves   on if nothing is said
    *SERVED_BY_LINES,
    (f"{WEB} http", Listener.HTTP, True),
    (f"{WEB} https", Listener.HTTPS, True),
    ("ip scp server enable", Listener.SCP, False),
    ("ip sftp server enable", Listener.SFTP, False),
    ("ftp-server enable", Listener.FTP, False),
    ("tftp-server enable", Listener.TFTP, False),
)
_SSH_VERSION = 2
_SPEAKS = ("tx", "txrx")


def management_plane(context: Context) -> ManagementPlane:
    """The plane of one text; lines whose meaning proves unknown become unread."""
    login, groups = logins(context)
    listeners = login.listeners | _served(context)
    agent, log = snmp(context), syslog(context)
    time, asked_from = ntp(context)
    tacacs = [one for one in groups if one.method is Method.TACACS]
    radius = [one for one in (*asked_about_hosts(context).groups, *groups)
              if one.method is Method.RADIUS]  # fmt: skip
    said = context.said
    sources: list[Said | None] = [one.source for one in (*tacacs, *radius) if one.servers]
    sources += asked_from
    sources += [said.one("logging source interface")] if log.targets else []
    sources += [said.one("snmp-server trap-source")] if agent.targets else []
    banner = context.plane.banners.get("login")
    check_enable(context)
    return ManagementPlane(
        listeners=listeners,
        discovery=_discovery(context),
        login=login,
        tacacs=_servers(context, tacacs),
        accounts=accounts(context, login, listeners),
        passwords=passwords(context),
        lockout=lockout(context),
        banner=banner.text if banner else "",
        snmp=agent,
        ntp=time,
        syslog=log,
        flows=frozenset(),
        zone_minutes=zone_minutes(context),
        source=source(context, sources),
        radius=_servers(context, radius),
    )


def _servers(context: Context, groups: Iterable[Group]) -> tuple[AaaServer, ...]:
    """The servers of all the groups, which are the same for each purpose."""
    several = list(dict.fromkeys(one.servers for one in groups))
    for said in context.said.all("aaa authentication login").values() if several[1:] else ():
        context.refuse(said, "the lists of methods name different groups of servers")
    return several[0] if several else ()


def _served(context: Context) -> frozenset[Listener]:
    """What somebody may ask for, whether or not a terminal line takes it."""
    said = context.said
    version = said.one("ip ssh version")
    if version is not None:
        context.value(_version, version)
    return frozenset(kind for head, kind, default in _SERVED if said.is_on(head, default=default))


def _version(text: str) -> None:
    words = Words(text)
    if words.number(1, 2) != _SSH_VERSION:
        raise Unreadable("version 1 of SSH can be read by others")
    words.end()


def _discovery(context: Context) -> bool:
    """Whether LLDP speaks on some interface: on, until a line turns it off."""
    wires = [port for name, port in context.state.ports.items() if not name.startswith(SOFTWARE)]
    return context.said.is_on("lldp enable", default=True) and (
        not wires or any(map(_speaks, wires))
    )


def _speaks(port: Port) -> bool:
    said = port.sayings
    mode = said.one("lldp mode")
    tells = mode is None or mode.text in _SPEAKS
    return not port.shut and said.is_on("lldp enable", default=True) and tells
