"""A slice of the small province as namespaces with FRR and the texts of a build.

                              FW01 ── provincial ── FW02
                                 │     hospital      │
    edge of dc-a ─ firewall ─ CR-A ──── fibre ──── CR-B ─ firewall ─ edge of dc-b
                                 └─────┐      ┌─────┘
                                      AR01 ──── AR02
                                        └─ county head

Every router runs what `telemed build` writes for it, with Linux as its vendor; only the keys'
references are replaced. Where a circuit is encrypted its cable bears the name of the tunnel, and
packets go in plain: routing sees the tunnel alone. The firewalls forward and filter nothing. BGP
needs some seconds until its sessions stand, so all tests share one slice, and leave it as it was.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from failover.laboratory.network import inside
from telemed_infra.model.network import Device
from telemed_infra.pipeline.meaning import Meaning
from telemed_infra.plan.routing import Speaker, View
from tests.failover.actuators.routers import Router, until
from tests.failover.guard.namespaces import NoNamespaces, ip
from tests.plan.building import maker
from tests.plan.variants import Documents, encrypted, network, small

CORE = {"dc-a": "GZ-DCA-CR01", "dc-b": "GZ-DCB-CR01"}
EDGES = {"dc-a": "GZ-DCA-SE01", "dc-b": "GZ-DCB-SE01"}
FIREWALLS = {"dc-a": "GZ-DCA-FW01", "dc-b": "GZ-DCB-FW01"}
FIRST, SECOND, HEAD = "BJ-H1-AR01", "BJ-H1-AR02", "BJ-WN-C-FW01"
MEMBERS = ("GZ-H1-FW01", "GZ-H1-FW02")  # of the provincial hospital
SPEAKERS = (*CORE.values(), *EDGES.values(), FIRST, SECOND, HEAD, *MEMBERS)
DMZ, DMZ_PORT = "DMZ", "eth1.100"  # where a centre's firewall meets the edge's eth0
INNER_PORT = "eth1.10"  # where the hospital's members meet in its MGMT
SETTINGS = {
    "ipv6/conf/default/accept_dad": "0",  # addresses serve at once
    "ipv4/conf/default/rp_filter": "0",  # packets may come back by another line
    "ipv6/conf/all/keep_addr_on_down": "1",  # else IPv6 is lost with the cable
    "ipv6/conf/default/keep_addr_on_down": "1",
}
DAEMONS = ("zebra", "staticd", "bfdd", "bgpd")


def on_linux() -> Documents:
    """The small province with the slice's routers on Linux."""
    files = deepcopy(small())
    for center in files["data_centers.yml"]["data_centers"].values():
        center["vendor"] = "linux"
    bijie = files["sites/5205-bijie.yml"]
    bijie["hospitals"]["bijie-h1"]["vendor"] = "linux"
    bijie["counties"]["weining"]["center"]["vendor"] = "linux"
    province = files["sites/52-province.yml"]
    province["hospitals"]["guizhou-h1"]["vendor"] = "linux"
    province["circuits"][1]["ends"] = ["guizhou-h1.FW02", "dc-b.CR01"]  # the one in the slice
    return files


@cache
def meaning() -> Meaning:
    return Meaning(network(encrypted(on_linux())))


@cache
def written() -> dict[str, str]:
    """The routing of each device of the slice."""
    made, of = maker(meaning()), meaning().network
    sites = dict.fromkeys(device.site.id for device in of.devices if device.name in names())
    return {
        one.device.name: one.rendered.text
        for site in sites
        for one in made.of(of.sites[site])
        if one.name == f"{one.device.name}.frr"
    }


def names() -> tuple[str, ...]:
    return (*SPEAKERS, *FIREWALLS.values())


@dataclass(frozen=True)
class Slice:
    """The slice, by the names of its devices."""

    routers: dict[str, Router]
    ports: dict[tuple[str, str], str]  # two devices → the first one's port towards the second

    def cut(self, one: str, other: str) -> None:
        """Both ends stay up and hear nothing any more: only BFD notices."""
        self._reach(one, other, up=False)

    def heal(self, one: str, other: str) -> None:
        self._reach(one, other, up=True)

    def _reach(self, one: str, other: str, *, up: bool) -> None:
        clear = "table netdev cut\ndelete table netdev cut\n"
        for name, mine in ((one, self.ports[one, other]), (other, self.ports[other, one])):
            hook = f'type filter hook ingress device "{mine}" priority 0; policy drop;'
            silent = f"table netdev cut {{\nchain {mine} {{\n{hook}\n}}\n}}\n"
            with inside(self.routers[name].namespace):
                subprocess.run(
                    ["nft", "-f", "-"],
                    input=clear if up else silent,
                    text=True,
                    check=True,
                    capture_output=True,
                    timeout=30,
                )

    @contextmanager
    def without(self, *lines: tuple[str, str]) -> Iterator[None]:
        """Some lines are silent meanwhile; at the end all sessions stand again."""
        for line in lines:
            self.cut(*line)
        try:
            yield
        finally:
            for line in lines:
                self.heal(*line)
            until(self.stands, "sessions stand again")

    def stands(self) -> bool:
        """Whether every session between devices of the slice does."""
        return all(self.wanted(name) <= self.routers[name].established() for name in SPEAKERS)

    def wanted(self, name: str) -> set[str]:
        """The neighbours of a device that are in the slice."""
        return {address(view.other) for view in views(name) if view.other.device.name in names()}


def views(name: str) -> tuple[View, ...]:
    return meaning().routing.of(device(name))


def device(name: str) -> Device:
    return next(one for one in meaning().network.devices if one.name == name)


def address(speaker: Speaker) -> str:
    return speaker.address.text.partition("/")[0]


@contextmanager
def slice_of_the_province() -> Iterator[Slice]:
    """Makes it, waits until its sessions stand, and takes it away at the end.

    Raises:
        NoNamespaces: this machine gives none.
    """
    spaces = {name: f"{name.lower()}-{os.getpid()}" for name in names()}
    with ExitStack() as stack:
        for space in spaces.values():
            stack.callback(_delete, space)
        ports = _cables(spaces)
        routers = {}
        for name, text in written().items():
            if name not in spaces:
                continue
            routers[name] = Router(spaces[name], re.sub(r"(?<= password )\S+", "laboratory", text))
            stack.callback(routers[name].close)
        for router in routers.values():
            router.start(*DAEMONS)
        for router in routers.values():
            router.load()
        for center in CORE:
            _pair_addresses(spaces, center)
        made = Slice(routers, ports)
        until(made.stands, "all sessions stand")
        yield made


def _pair_addresses(spaces: dict[str, str], center: str) -> None:
    """What VRRP would give: the firewalls' gateway, the edges' own address."""
    zone = meaning().plan.sites[center].zones[DMZ]
    for space, port, number in (
        (spaces[FIREWALLS[center]], DMZ_PORT, 1),
        (spaces[EDGES[center]], "eth0", 79),
    ):
        hosts = (one.text for one in zone.host(number) if one)
        ip(space, "".join(f"address add {host} dev {port}\n" for host in hosts))


def _cables(spaces: dict[str, str]) -> dict[tuple[str, str], str]:
    try:
        for space in spaces.values():
            subprocess.run(
                ["ip", "netns", "add", space], check=True, capture_output=True, text=True
            )
    except subprocess.CalledProcessError as error:
        raise NoNamespaces(error.stderr.strip()) from error
    ports = dict(_ports(spaces))
    for space in spaces.values():
        with inside(space):
            for setting, value in SETTINGS.items():
                Path("/proc/sys/net", setting).write_text(value, "ascii")
        ip(space, "link set dev lo up\n")
    for (one, other), port in ports.items():
        if one < other:
            far = f"peer name {ports[other, one]} netns {spaces[other]}"
            ip(spaces[one], f"link add {port} type veth {far}\n")
    one, other = (spaces[name] for name in MEMBERS)
    ip(one, f"link add {INNER_PORT} type veth peer name {INNER_PORT} netns {other}\n")
    inner = [((name, ""), INNER_PORT) for name in MEMBERS]
    for (name, _), port in (*ports.items(), *inner):
        ip(spaces[name], f"link set dev {port} up\n")
    return ports


def _ports(spaces: dict[str, str]) -> Iterator[tuple[tuple[str, str], str]]:
    for line in meaning().routing.lines:
        upper, lower = line.upper, line.lower
        if upper.device.name in spaces and lower.device.name in spaces:
            for own, other in ((upper, lower), (lower, upper)):
                yield (own.device.name, other.device.name), own.interface
    for center in CORE:
        yield (FIREWALLS[center], EDGES[center]), DMZ_PORT
        yield (EDGES[center], FIREWALLS[center]), "eth0"


def _delete(space: str) -> None:
    if (Path("/run/netns") / space).exists():
        subprocess.run(["ip", "netns", "delete", space], check=True, capture_output=True)
