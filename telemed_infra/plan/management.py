"""How each device is administered: the inventory's wishes, as far as its platform knows them.

Source: docs/concepts/management.md.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from functools import cached_property
from typing import NamedTuple, TypeVar

from telemed_infra.management_plane import (
    AaaServer,
    Account,
    Collector,
    Listener,
    Lockout,
    Login,
    LogTarget,
    ManagementPlane,
    Method,
    Ntp,
    NtpKey,
    NtpServer,
    Passwords,
    PortGuards,
    Snmp,
    SnmpLevel,
    SnmpTarget,
    SnmpUser,
    Syslog,
)
from telemed_infra.model.network import Device, Network
from telemed_infra.model.schema.administration import Lack
from telemed_infra.model.schema.network_file import Server, Zone
from telemed_infra.packets import Family, Ranges, union
from telemed_infra.plan.devices import MANAGEMENT_ZONE
from telemed_infra.plan.network import NetworkPlan
from telemed_infra.plan.platforms import ABILITIES, PLATFORMS, Abilities
from telemed_infra.plan.prefix import Prefix, address_text
from telemed_infra.plan.routing import is_router

MANAGEMENT_TABLE = "MGMT"  # of a router: routes of its management port
AAA = (Method.TACACS, Method.LOCAL)
Known = TypeVar("Known", bound=str)


class _Kind(NamedTuple):
    """Devices of one kind and home differ in nothing of their plane."""

    platform: str
    home: str
    filters: bool
    routes: bool
    asks: bool  # who plugs in is asked at some of its ports
    source: str


class ManagementPlan:
    """The planes of a network; those of alike devices are one."""

    def __init__(self, network: Network, plan: NetworkPlan) -> None:
        self._network = network
        self._plan = plan
        self._known: dict[_Kind, ManagementPlane] = {}

    def of(self, device: Device) -> ManagementPlane | None:
        """The plane of a device; None: its operating system's own files administer it."""
        if device.platform not in ABILITIES:
            return None
        kind = self._kind(device)
        if kind not in self._known:
            self._known[kind] = self._plane(kind)
        return self._known[kind]

    @property
    def origin(self) -> str:
        """Where the inventory says so."""
        return self._network.administration.origin

    def guards(self, zone: str, platform: str) -> PortGuards:
        """What a switch does at a port where a host of a zone is plugged in.

        Where a platform cannot know hosts by their MAC address alone, it asks them by 802.1X first;
        where it cannot let them in while no server answers, it does not.
        """
        guards = self._guards[zone]
        able = ABILITIES.get(platform)
        if able is None or not (guards.dot1x or guards.mac_bypass):
            return guards
        alone = "MAC authentication alone" not in able.lacks
        admits = "admission without a server" not in able.lacks
        return replace(guards, dot1x=guards.dot1x or not alone, admits=guards.admits and admits)

    def snooped(self, zone: str) -> bool:
        """Whether DHCP is watched in a zone."""
        return self._guards[zone].snooped

    @cached_property
    def _guards(self) -> dict[str, PortGuards]:
        return {name: port_guards(zone) for name, zone in self._network.zones.items()}

    def _kind(self, device: Device) -> _Kind:
        site, facts = device.site, PLATFORMS[device.platform]
        vlan = self._plan.sites[site.id].zones[MANAGEMENT_ZONE].vlan
        return _Kind(
            platform=device.platform,
            home=site.prefecture.home if site.prefecture else site.id,
            filters=facts.filters,
            routes=is_router(device),
            asks=self._asks(device),
            source=facts.vlan_interface.format(vlan) or facts.loopback,
        )

    def _asks(self, device: Device) -> bool:
        """Whether some port is for hosts of a zone that asks."""
        label = f"{device.role}{device.number:02d}"
        return any(
            access.device == label and access.zone and self._asking(access.zone)
            for blueprint in (device.site.blueprint, device.site.aggregation)
            for access in (blueprint.access if blueprint else ())
        )

    def _asking(self, zone: str) -> bool:
        guards = self._guards[zone]
        return guards.dot1x or guards.mac_bypass

    def _plane(self, kind: _Kind) -> ManagementPlane:
        wanted, able = self._network.administration, ABILITIES[kind.platform]
        lacks = able.lacks
        tacacs, radius, nms = (self._texts(kind, one) for one in ("tacacs", "tacacs", "nms"))
        return ManagementPlane(
            listeners=frozenset({Listener.SSH}),
            discovery=False,
            login=self._login(kind, lacks),
            tacacs=tuple(AaaServer(one, wanted.tacacs) for one in tacacs),
            accounts=frozenset(
                {
                    Account(
                        name=wanted.account.name,
                        level=15,
                        services=frozenset({Listener.SSH, Listener.CONSOLE}),
                        secret=wanted.account.secret,
                    )
                }
            ),
            passwords=self._passwords(lacks),
            lockout=Lockout(0, 0)
            if "lockout" in lacks
            else Lockout(wanted.lockout.attempts, wanted.lockout.seconds),
            banner=wanted.banner,
            snmp=self._snmp(kind, able, nms),
            ntp=self._ntp(kind, able),
            syslog=self._syslog(kind, able),
            flows=frozenset(
                Collector(one, wanted.flow_port)
                for one in self._texts(kind, "syslog")
                if kind.filters and "flow records" not in lacks
            ),
            zone_minutes=wanted.utc_offset_minutes,
            source=kind.source,
            table=MANAGEMENT_TABLE if kind.routes else "",
            radius=tuple(AaaServer(one, wanted.radius) for one in radius)
            if kind.asks and "port authentication" not in lacks
            else (),
        )

    def _login(self, kind: _Kind, lacks: Collection[Lack]) -> Login:
        sources = self._hosts(kind, "bastion")
        return Login(
            methods=AAA,
            console=AAA,
            authorization=AAA,
            sessions_accounted="session accounting" not in lacks,
            commands_accounted="command accounting" not in lacks,
            listeners=frozenset({Listener.SSH}),
            sources4=ranges(Family.V4, sources),
            sources6=ranges(Family.V6, sources),
            idle_s=self._network.administration.idle_s,
            console_idle_s=self._network.administration.idle_s,
        )

    def _passwords(self, lacks: Collection[Lack]) -> Passwords:
        rules = self._network.administration.passwords
        return Passwords(
            length_min=0 if "password length" in lacks else rules.length,
            kinds_min=0 if "password kinds" in lacks else rules.kinds,
            history=0 if "password history" in lacks else rules.history,
            lifetime_days=0 if "password lifetime" in lacks else rules.lifetime_days,
        )

    def _snmp(self, kind: _Kind, able: Abilities, nms: Sequence[str]) -> Snmp:
        rule, level = self._network.administration.snmp, SnmpLevel.ENCRYPTED
        user = SnmpUser(
            name=rule.user,
            group=rule.group,
            level=level,
            authentication=first_known(rule.authentication, able.digests),
            authentication_secret=rule.authentication_secret,
            privacy=first_known(rule.privacy, able.ciphers),
            privacy_secret=rule.privacy_secret,
        )
        return Snmp(
            versions=frozenset({"v3"}),
            users=frozenset({user}),
            sources4=ranges(Family.V4, self._hosts(kind, "nms")),
            targets=frozenset(SnmpTarget(one, rule.user, level) for one in nms),
        )

    def _ntp(self, kind: _Kind, able: Abilities) -> Ntp:
        rule = self._network.administration.ntp
        algorithm = first_known(rule.algorithms, able.ntp)
        return Ntp(
            authenticated=True,
            keys=frozenset({NtpKey(rule.key, algorithm, rule.secret)}),
            trusted=frozenset({rule.key}),
            servers=frozenset(NtpServer(one, rule.key) for one in self._texts(kind, "ntp")),
        )

    def _syslog(self, kind: _Kind, able: Abilities) -> Syslog:
        if "log" in able.lacks:
            return Syslog()
        ports = self._network.administration.syslog
        transport = first_known(tuple(ports), able.transports)
        return Syslog(
            targets=frozenset(
                LogTarget(one, transport, ports[transport]) for one in self._texts(kind, "syslog")
            ),
            dated=True,
            zoned=True,
        )

    def _texts(self, kind: _Kind, server: Server) -> tuple[str, ...]:
        """A server of each centre, that of the home first."""
        return tuple(
            address_text(one.family, one.first)
            for one in self._hosts(kind, server)
            if one.family is Family.V4
        )

    def _hosts(self, kind: _Kind, server: Server) -> tuple[Prefix, ...]:
        network = self._network
        centers = sorted(network.data_centers, key=lambda center: center != kind.home)
        zones = [self._plan.sites[center].zones[network.management.zone] for center in centers]
        number = network.management.hosts.get(server)
        if number is None:
            return ()
        return tuple(one for zone in zones for one in zone.host(number) if one is not None)


def port_guards(zone: Zone) -> PortGuards:
    """What a switch does at a port where a host of the zone is plugged in."""
    rule = zone.ports
    if rule is None:
        return PortGuards(edge=True, bpdu_guard=True)
    return PortGuards(
        edge=True,
        bpdu_guard=True,
        snooped=rule.dhcp,
        source_guard=rule.source_guard,
        addresses_max=rule.addresses_max,
        dot1x="dot1x" in rule.authentication,
        mac_bypass="mac" in rule.authentication,
        admits=rule.admits,
    )


def first_known(wanted: Sequence[Known], known: Collection[Known]) -> Known:
    """The first that a platform knows; `plan/limits.py` has seen to it that there is one."""
    return next(one for one in wanted if one in known)


def ranges(family: Family, hosts: Sequence[Prefix]) -> Ranges:
    """Single addresses as ranges."""
    return union((one.first, one.first) for one in hosts if one.family is family)
