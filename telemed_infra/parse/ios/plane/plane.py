"""Makes the management plane of all that an IOS text says about it."""

from __future__ import annotations

from collections.abc import Iterable

from telemed_infra.management_plane import AaaServer, ManagementPlane, Method
from telemed_infra.parse.ios.plane.accounts import accounts, lockout
from telemed_infra.parse.ios.plane.clients import flows, ntp, syslog
from telemed_infra.parse.ios.plane.context import Context
from telemed_infra.parse.ios.plane.logins import logins
from telemed_infra.parse.ios.plane.methods import asked, check_enable
from telemed_infra.parse.ios.plane.sayings import Said
from telemed_infra.parse.ios.plane.served import discovery, served, zone_minutes
from telemed_infra.parse.ios.plane.servers import Group, check_clients
from telemed_infra.parse.ios.plane.snmp import snmp

_ACCOUNTING = "the lists of methods name different groups of servers"


def management_plane(context: Context) -> ManagementPlane:
    """The plane of one text; lines whose meaning proves unknown become unread."""
    login, groups = logins(context)
    listeners = served(context, login.listeners)
    made, passwords = accounts(context, login, listeners)
    agent = snmp(context)
    time, asked_from = ntp(context)
    log = syslog(context)
    exported = flows(context)
    hosts = _hosts(context)
    tacacs = [one for one in groups if one.method is Method.TACACS]
    radius = [one for one in (*hosts, *groups) if one.method is Method.RADIUS]
    banner = context.plane.banners.get("login")
    sources: list[Said | None] = [one.source for one in (*tacacs, *radius) if one.servers]
    sources += asked_from
    sources += [context.said.one("logging source-interface")] if log.targets else []
    sources += [_trap_source(context)] if agent.targets else []
    sources += [one.source for one in exported]
    servers = _servers(context, radius)
    check_clients(context, servers)
    check_enable(context)
    return ManagementPlane(
        listeners=listeners,
        discovery=discovery(context),
        login=login,
        tacacs=_servers(context, tacacs),
        accounts=made,
        passwords=passwords,
        lockout=lockout(context, login),
        banner=banner.text if banner else "",
        snmp=agent,
        ntp=time,
        syslog=log,
        flows=frozenset(one.collector for one in exported),
        zone_minutes=zone_minutes(context),
        source=_source(context, sources),
        radius=servers,
    )


def _hosts(context: Context) -> tuple[Group, ...]:
    """The groups that are asked about hosts behind ports."""
    if not context.said.is_on("aaa new-model"):
        return ()
    said = context.said.all("aaa authentication dot1x").get("default")
    if said is None:
        return ()
    found = asked(context, said)
    if Method.NONE in found.methods:
        context.refuse(said, "while no server answers, every host would be let in, and not asked")
    return found.groups


def _trap_source(context: Context) -> Said | None:
    said = context.said
    return said.one("snmp-server trap-source") or said.one("snmp-server source-interface traps")


def _servers(context: Context, groups: Iterable[Group]) -> tuple[AaaServer, ...]:
    """The servers of all the groups, which are the same for each purpose."""
    several = list(dict.fromkeys(one.servers for one in groups))
    for said in context.said.all("aaa authentication login").values() if several[1:] else ():
        context.refuse(said, _ACCOUNTING)
    return several[0] if several else ()


def _source(context: Context, sources: Iterable[Said | None]) -> str:
    """The interface that all clients speak from; "" if one of them does not say."""
    found: dict[str, Said] = {}
    silent = False
    for said in dict.fromkeys(sources):
        if said is None:
            silent = True
        elif name := context.interface(said):
            found.setdefault(name, said)
    for said in list(found.values())[1:]:
        context.refuse(said, "clients speak from different interfaces, which is not modelled")
    return "" if silent else next(iter(found), "")
