"""Packets near the edges of what policies allow: seeded, without end.

Each begins as a packet that some policy may need, and many are then moved a little: an address past
its prefix, a port beside its range, another zone, point, county or group, the way back.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from ipaddress import IPv4Address, IPv6Address, ip_network
from itertools import product
from random import Random
from typing import Any

from tests.oracle.ends import BITS, End, Prefix
from tests.oracle.oracle import Address, Crossing, Oracle, names, way, ways_of

# Enforcement point (its site), zone in, zone out, source, destination, protocol, port or type
Packet = tuple[str, str, str, Address, Address, int, int]
Policy = dict[str, Any]
SUBJECTS = ("zone", "service", "partner", "failover", "multicast", "devices", "management")
SINGLE = {"failover", "management"}  # servers' and hosts' addresses, alone in their zones
PROTOCOLS = {"tcp": 6, "udp": 17, "icmp": 1, "icmp6": 58}
STRANGE_PROTOCOLS = (2, 41, 47, 50, 51, 89, 112, 132)

# Shares of packets.
ABOUT_DEVICES = 0.4  # few policies are, and only they meet LOCAL
IPV6 = 0.4  # where both ends have it
FAR = 0.15  # ends of the policy, but seldom in scope
STRANGERS = 0.06  # two ends that no policy chose
MOVED_ADDRESS = 0.06  # of either address
BESIDE_SERVER = 0.2  # of a server's or a host's addresses: the ones before and after it
OTHER_APP = 0.05
MOVED_PORT = 0.06
OTHER_CROSSING = 0.15
WAY_BACK = 0.05
OF_GUESTS = 0.03  # one policy is, and every site has some

NEAR = 1 << 13  # addresses


class Traffic:
    """Packets for one inventory; the same ones for the same seed."""

    def __init__(self, oracle: Oracle, seed: int) -> None:
        self.random = Random(seed)
        self.apps = oracle.inventory.apps
        self.policies: dict[str, Policy] = oracle.inventory.policies
        self.about_devices = [
            name
            for name, policy in self.policies.items()
            if "devices" in policy["from"] or "devices" in policy["to"]
        ]
        self.leading_out = [
            name for name, policy in self.policies.items() if policy["to"].get("internet")
        ]
        self.plan = oracle.inventory.plan
        self.ends = [end for ends in oracle.ends.values() for end in ends]
        self.sites = oracle.inventory.sites
        zones = {end.zone for end in self.ends} | {"WAN", "VPN", "DOWN", "LINE", "GUEST"}
        self.zones = sorted(zones)
        self.by_subject: dict[tuple[str, str], list[End]] = defaultdict(list)
        for end in self.ends:
            for subject in SUBJECTS:
                for value in sorted(end.tags.get(subject, ())):
                    self.by_subject[subject, value].append(end)
        self.chosen = cache(self.choose)
        self.near = cache(self.gather)

    def packets(self) -> Iterator[Packet]:
        while True:
            name = self.any_policy()
            if self.happens(OF_GUESTS) and self.leading_out:
                yield self.leaving(self.random.choice(self.leading_out))
                continue
            if name in self.leading_out:
                yield self.leaving(name)
                continue
            f, t = self.strangers() if self.happens(STRANGERS) else self.pair(name)
            protocol, port = self.app(self.policies[name], f.prefix[0])
            point, zone_in, zone_out = self.crossing(f, t)
            source, destination = self.address(f), self.address(t)
            if self.happens(WAY_BACK):
                source, destination = destination, source
                zone_in, zone_out = zone_out, zone_in
            yield point, zone_in, zone_out, source, destination, protocol, port

    def leaving(self, name: str) -> Packet:
        """Of a guest somewhere, to anywhere: also beside what is public."""
        protocol, port = self.app(self.policies[name], 4)
        site = self.random.choice(self.sites)
        zone_in = "GUEST" if not self.happens(OTHER_CROSSING) else self.random.choice(self.zones)
        zone_out = "LINE" if not self.happens(OTHER_CROSSING) else self.random.choice(self.zones)
        guest, other = self.plan["guest"], self.random.choice(self.plan["not_public"])
        source = self.address(End(prefix_of(guest), "GUEST", (), {}, None))
        edge = ip_network(other)
        near = (int(edge[0]) - 1, int(edge[0]), int(edge[-1]), int(edge[-1]) + 1)
        anywhere = self.random.randrange(1 << 32)
        destination = IPv4Address(self.random.choice((*near, *[anywhere] * 6)) % (1 << 32))
        if self.happens(WAY_BACK):
            return site.id, zone_out, zone_in, destination, source, protocol, port
        return site.id, zone_in, zone_out, source, destination, protocol, port

    def happens(self, share: float) -> bool:
        return self.random.random() < share

    def any_policy(self) -> str:
        devices = self.about_devices and self.happens(ABOUT_DEVICES)
        return self.random.choice(self.about_devices if devices else list(self.policies))

    def strangers(self) -> tuple[End, End]:
        f = self.random.choice(self.ends)
        t = self.random.choice(self.ends)
        return (f, t) if f.prefix[0] == t.prefix[0] else self.strangers()

    def pair(self, name: str) -> tuple[End, End]:
        """Ends that the policy names; but for a few, such as may be in scope."""
        for family in (6, 4) if self.happens(IPV6) else (4, 6):
            sources, destinations = (self.chosen(name, side, family) for side in ("from", "to"))
            if sources and destinations:
                break
        else:
            return self.strangers()
        f = self.random.choice(sources)
        kin = self.near(name, family).get(relation(f, self.level(name)), ())
        return f, self.random.choice(destinations if not kin or self.happens(FAR) else kin)

    def choose(self, name: str, side: str, family: int) -> Sequence[End]:
        selector = self.policies[name][side]
        ((subject, wanted),) = [(k, v) for k, v in selector.items() if k in SUBJECTS]
        values = wanted if isinstance(wanted, list) else [wanted]
        ends = [end for value in values for end in self.by_subject[subject, value]]
        return [end for end in ends if end.prefix[0] == family and names(selector, end)]

    def gather(self, name: str, family: int) -> dict[str | int | None, list[End]]:
        """The policy's destinations by what a source must have in common with them."""
        found = defaultdict(list)
        for end in self.chosen(name, "to", family):
            found[relation(end, self.level(name))].append(end)
        return found

    def level(self, name: str) -> str:
        policy = self.policies[name]
        about_service = "service" in policy["from"] or "service" in policy["to"]
        return str(policy["to"].get("within", "group" if about_service else ""))

    def address(self, end: End) -> Address:
        family, length, first = end.prefix
        last = first + (1 << BITS[family] - length) - 1
        number = self.random.choice((first, last, self.random.randint(first, last)))
        if self.happens(MOVED_ADDRESS):
            anywhere_near = first + self.random.randint(-NEAR, NEAR)
            number = self.random.choice((first - 1, last + 1, anywhere_near))
        if SINGLE & end.tags.keys() and self.happens(BESIDE_SERVER):
            number = self.random.choice((first - 1, first + 1))
        return IPv4Address(number) if family == 4 else IPv6Address(number)

    def app(self, policy: Policy, family: int) -> tuple[int, int]:
        """A protocol and a port (or type) of one of the policy's apps, or beside it."""
        other = self.happens(OTHER_APP)
        app = self.apps[self.random.choice(list(self.apps) if other else policy["apps"])]
        unfit = "icmp6" if family == 4 else "icmp"
        listed = [(key, port) for key in PROTOCOLS if key != unfit for port in app.get(key, ())]
        whole = [("protocol", number) for number in app.get("protocol", ())]
        key, value = self.random.choice(listed + whole or [("tcp", 443)])
        if key == "protocol":
            moved = self.random.choice(STRANGE_PROTOCOLS)
            return moved if self.happens(MOVED_PORT) else int(value), 0
        low, _, high = str(value).partition("-")
        first, last = int(low), int(high or low)
        port = self.random.choice((first, last, self.random.randint(first, last)))
        if self.happens(MOVED_PORT):
            port = self.random.choice((first - 1, last + 1))
        if self.happens(MOVED_PORT / 2):
            key = {"tcp": "udp", "udp": "tcp"}.get(key, key)
        return PROTOCOLS[key], port % (65536 if key in ("tcp", "udp") else 256)

    def crossing(self, f: End, t: End) -> Crossing:
        """A point and its zones on the way between the two ends, or near it."""
        a, b = self.random.choice(f.places), self.random.choice(t.places)
        steps = sorted(ways_of(f, t, a, b)) or [(a.id, f.zone, t.zone)]
        point, zone_in, zone_out = self.random.choice(steps)
        if not self.happens(OTHER_CROSSING):
            return point, zone_in, zone_out
        near = [a.id, b.id, a.head or a.id, b.head or b.id, self.random.choice(self.sites).id]
        near = [site for site in near if site]  # the witness stands at none
        return self.random.choice([
            (self.random.choice(near), zone_in, zone_out),
            (point, zone_out, zone_in),
            (point, f.zone, t.zone),
            (point, self.random.choice(self.zones), zone_out),
            (point, zone_in, self.random.choice(self.zones)),
        ])  # fmt: skip


def prefix_of(text: str) -> Prefix:
    network = ip_network(text)
    return network.version, network.prefixlen, int(network[0])


def relation(end: End, level: str) -> str | int | None:
    """What two ends in scope have in common at a level: a tag's value, the group, or nothing."""
    return end.group if level == "group" else next(iter(end.tags.get(level, ())), None)


def between_hosts(oracle: Oracle) -> Iterator[Packet]:
    """Each host of failover to each, on its way and beside it, for all that hosts may open.

    As an observer every hospital and county centre is tried, whether it is one or not.
    """
    policies, apps = oracle.inventory.policies.values(), oracle.inventory.apps
    used = {app for policy in policies if of_hosts_only(policy) for app in policy["apps"]}
    ports = sorted(
        (PROTOCOLS[key], int(port))
        for app in used
        for key in PROTOCOLS.keys() & apps[app].keys()
        for port in apps[app][key]
    )
    ends = [end for ends in oracle.ends.values() for end in ends]
    fixed = [end for end in ends if end.tags.get("failover", {"observers"}) != {"observers"}]
    observers = list(would_be_observers(oracle.inventory.top["failover"]["observers"], ends))
    for f, t in (*product(fixed, fixed + observers), *product(observers, fixed)):
        source, destination = IPv4Address(f.prefix[2]), IPv4Address(t.prefix[2])
        for crossing, port in product(sorted(crossings_near(oracle, f, t)), ports):
            yield *crossing, source, destination, *port


def crossings_near(oracle: Oracle, f: End, t: End) -> set[Crossing]:
    """The way there and back; between the centres and the witness, each centre's other zones."""
    there = way(f.places[0], f.zone, t.places[0], t.zone)
    back = {(point, zone_out, zone_in) for point, zone_in, zone_out in there}
    if any(end.places[0].group is not None for end in (f, t)):
        return there | back
    points = [center.id for center in oracle.inventory.centers]
    return there | back | {*product(points, {f.zone, "WAN"}, {t.zone, "WAN"})}


def would_be_observers(its: dict[str, Any], ends: Sequence[End]) -> Iterator[End]:
    for end in ends:
        tried = end.prefix[0] == 4 and end.places[0].kind not in ("data-center", "township")
        if tried and its["zone"] in end.tags.get("zone", ()):
            yield replace(end, prefix=(4, 32, end.prefix[2] + its["host"]))


def of_hosts_only(policy: Policy) -> bool:
    return "failover" in policy["from"] and "failover" in policy["to"]


def shares(packets: Sequence[Packet], verdicts: Sequence[bool]) -> dict[str, float]:
    """How much of the packets is allowed, IPv6, and to or from an enforcing device itself."""
    counts = {
        "allowed": sum(verdicts),
        "ipv6": sum(packet[3].version == 6 for packet in packets),
        "local": sum("LOCAL" in packet[1:3] for packet in packets),
    }
    return {name: count / len(packets) for name, count in counts.items()}
