"""How many datagrams a second one core looks at. Printed with `pytest -s`, never asserted."""

from __future__ import annotations

import time
from collections.abc import Callable

from failover.core.messages import PATHS
from failover.wire.beat_code import Codebook, Talk, decode_beat, encode_beat
from failover.wire.directory import Role, partners, speaker
from failover.wire.door import Door
from failover.wire.envelope import Envelope, Kind, seal
from failover.wire.keys import Keys
from failover.wire.refusal import Refused
from tests.failover.wire.places import A, B, Places, large_plan, province_beat, secret

TIMES = 2000
FIBRE, _ = PATHS


def test_throughput() -> None:
    places = Places()
    plan, talk = places.plan, Talk(A, B)
    province = large_plan(groups=20, instances=84)
    book = Codebook(province)
    sites = {name: speaker(plan, name, Role.CENTRE) for name in (A, B)}
    doors = {
        name: Door(one, partners(plan, one), places.keyring(name), bytes(16))
        for name, one in sites.items()
    }
    said, source = province_beat(province, 12), sites[A].addresses[FIBRE]
    _, good = doors[A].seal(Kind.BEAT, FIBRE, B, encode_beat(said, talk, book))
    forged = seal(Envelope(Kind.BEAT, FIBRE, bytes(16), A, B, bytes(700)), Keys(secret("guess")))

    def refuse(address: tuple[str, int]) -> None:
        try:
            doors[B].admit(FIBRE, address, forged)
        except Refused:
            return

    measures: dict[str, Callable[[], object]] = {
        f"beat of {len(good)} bytes: encoded and sealed": lambda: doors[A].seal(
            Kind.BEAT, FIBRE, B, encode_beat(said, talk, book)
        ),
        f"beat of {len(good)} bytes: verified and decoded": lambda: decode_beat(
            doors[B].admit(FIBRE, source, good).body, talk, book
        ),
        f"forged, {len(forged)} bytes: refused": lambda: refuse(source),
        "from a strange address: refused": lambda: refuse(("127.9.9.9", 1)),
    }
    for name, measured in measures.items():
        started_s = time.perf_counter()
        for _ in range(TIMES):
            measured()
        print(f"{name}: {TIMES / (time.perf_counter() - started_s):,.0f} a second")  # noqa: T201 — a measurement is for reading
