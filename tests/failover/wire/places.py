"""A small plan on loopback addresses, its keyrings, and an outside that a test turns by hand.

places = Places()
places.plan                            two centres, a witness, two observers
places.keyring("dc-a")
outside = HandTurned(); outside.now_s += 1
"""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Callable
from hashlib import sha256
from random import Random

from msgspec.structs import replace

from failover.core.cells import Incarnation, Position, Term
from failover.core.messages import Beat, Echo, Promise
from failover.core.plan import Lease, Plan
from failover.plan_file import PlanFile, plan_file_of
from failover.wire import Outside
from failover.wire.keys import Keyring, Keys, Secret
from tests.failover.plans import bytes_of, sealed, small_plan

A, B, WITNESS = "dc-a", "dc-b", "witness-1"
OBSERVER, OTHER_OBSERVER = "bijie-h1", "guizhou-h1"
NAMES = (A, B, WITNESS, OBSERVER, OTHER_OBSERVER)
LEASE = Lease(length_s=2.0, drift=0.01, margin_s=0.15)


class Places:
    """Who is where: addresses that no other process of this run has."""

    def __init__(self) -> None:
        self.net = f"127.{1 + os.getpid() % 254}"
        document = small_plan()
        for number, site in enumerate(document["sites"]):
            site["addresses"] = {
                "fibre": f"{self.net}.{number}.1",
                "health": f"{self.net}.{number}.2",
            }
        document["witness"]["address"] = f"{self.net}.2.1"
        for number, observer in enumerate(document["observers"]):
            observer["address"] = f"{self.net}.3.{number + 1}"
        document["port"] = _free_port(f"{self.net}.0.1")
        self.plan: PlanFile = plan_file_of("plan.json", bytes_of(sealed(document)))

    def keyring(self, me: str, **others: Keys) -> Keyring:
        """A key for each pair; `others` instead, by name with `_` for `-`."""
        keys = {name: keys_of(me, name) for name in NAMES if name != me}
        return Keyring(keys | {name.replace("_", "-"): one for name, one in others.items()})


class HandTurned:
    """A clock, a wall clock and a source of chance."""

    def __init__(self, seed: int = 0) -> None:
        self.now_s = 1000.0
        self.wall_s: Callable[[], float] | None = None
        self.random = Random(seed)

    def outside(self) -> Outside:
        if self.wall_s is None:
            return Outside(clock=lambda: self.now_s, random_bytes=self.random.randbytes)
        return Outside(
            clock=lambda: self.now_s, wall_clock=self.wall_s, random_bytes=self.random.randbytes
        )


def secret(words: str) -> Secret:
    return Secret(sha256(words.encode()).digest())


def keys_of(one: str, other: str, *more: str) -> Keys:
    """The key of a pair; `more`: old ones that are still accepted."""
    return Keys(secret(" ".join(sorted((one, other)))), tuple(secret(words) for words in more))


def beat(places: Places, sequence: int = 1, *, site: str = A, life: str = "life-1") -> Beat:
    """An ordinary beat of a centre."""
    other = places.plan.plan.other(site)
    echo = Echo(Incarnation(other, "boot-2", "life-2"), 7)
    return Beat(
        sender=Incarnation(site, "boot-1", life),
        sequence=sequence,
        plan=places.plan.plan.hash,
        asks=True,
        terms=(("portal-province", Term(1, 4)), ("portal-bijie", Term(1, 5))),
        ready=(("referral@dc-b", Position("7431", 1, 1 << 40)), ("ward-rounds@dc-b", None)),
        echo=echo,
        promise=Promise(echo, LEASE, frozenset({"portal@dc-a"})),
    )


def large_plan(*, groups: int, instances: int) -> Plan:
    """The small plan with instances shared out among groups as evenly as it goes."""
    plan = plan_file_of("plan.json", bytes_of(small_plan())).plan
    named = [f"instance-{number}" for number in range(instances)]
    return replace(
        plan,
        groups=tuple(
            replace(plan.groups[0], name=f"group-{number}", instances=tuple(named[number::groups]))
            for number in range(groups)
        ),
    )


def province_beat(plan: Plan, owned: int) -> Beat:
    """A beat of A with numbers as they are in the field, owning the first groups of a plan."""
    boot = "c3b9a1f2-5d61-4f6e-9a55-0d4be0f3c8aa"
    last = Echo(Incarnation(B, boot, "f" * 32), 1 << 30)
    position = Position("7431586910273346542", 12, 1 << 44)
    mine = [name for group in plan.groups[:owned] for name in group.instances]
    return Beat(
        sender=Incarnation(A, boot, "f" * 32),
        sequence=1 << 30,
        plan=plan.hash,
        asks=True,
        terms=tuple((name, Term(3, 200)) for name in mine),
        ready=tuple((group.name, position) for group in plan.groups[owned:]),
        echo=last,
        promise=Promise(last, plan.profile.lease, frozenset()),
    )


async def until(condition: Callable[[], bool]) -> None:
    """Gives the loop its turns until it is so; the test's own limit ends it otherwise."""
    while not condition():
        await asyncio.sleep(0)


def _free_port(address: str) -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as found:
        found.bind((address, 0))
        return int(found.getsockname()[1])
