"""FRR of this machine, looked at and changed by its own shell: nothing of it is remembered.

    Frr           one for all groups: a look serves all who asked before it began
      look()      what bgpd announces, to whom, with which metrics
      change(…)   configuration lines, then a look; who asks meanwhile is served together

`vtysh` is a process of about 35 ms, of which 20 ms are the processor's: it is run off every path
that has to be fast, and a look that nobody needs fresh is kept for `KEPT_S`. What is changed lives
in the running configuration alone and ends with bgpd. Source: FRR user guide (vtysh, route maps).
"""

from __future__ import annotations

import asyncio
import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from failover.actuators.programs import BARE, OUTPUT_BYTES_MAX, Ended, run

KEPT_S = 3.0  # how old a look may be for those who only watch
LIMIT_S = 1.5  # of one run of vtysh
WORDS_MAX = 300
_SHOWS = (
    "show bgp summary json",
    "show route-map json",
    "show bgp ipv4 unicast",
    "show bgp ipv6 unicast",
)
# `*> 10.12.0.1/32  0.0.0.0  4000000000  32768 ?`: what is announced, by whom, its metric. IPv6 has
# a line of its own for the address.
_OWN_ROUTE = re.compile(
    r"^\*>\s+(\S+)/(\d+)\s+(?:0\.0\.0\.0|::)(?:\(\S+\))?\s+(\d+)\s", re.MULTILINE
)
_SINGLE = {"32", "128"}
_NOISE = re.compile(r"^% Can't open configuration file [^\n]*\n", re.MULTILINE)
_NOBODY = "failed to connect to any daemons"


@dataclass(frozen=True, slots=True, kw_only=True)
class FrrAccess:
    """How this machine's FRR is reached. The agent's user must be of the group `frrvty`."""

    vtysh: Path = Path("/usr/bin/vtysh")
    sockets: Path = Path("/run/frr")  # where the daemons' sockets are
    limit_s: float = LIMIT_S


class Entry(NamedTuple):
    """One entry of a route map."""

    route_map: str
    number: int
    matches: frozenset[str]
    metric: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What bgpd has at one moment."""

    sessions: Mapping[str, str]  # by neighbour: `Established`, `Active`, …
    routes: Mapping[str, int]  # by single address that is announced here, its metric
    entries: tuple[Entry, ...]

    @property
    def established(self) -> tuple[str, ...]:
        """Neighbours that hear what is announced."""
        return tuple(name for name, state in self.sessions.items() if state == "Established")


class NoLook(NamedTuple):
    """Nothing could be seen, or a change was not made."""

    why: str
    down: bool = False  # bgpd does not run; else it may be anything


class _Asked(NamedTuple):
    lines: Sequence[str]
    answer: asyncio.Future[Look | NoLook]


class Frr:
    """This machine's bgpd, for all groups."""

    def __init__(self, access: FrrAccess) -> None:
        self._access = access
        self._asked: list[_Asked] = []
        self._one_at_a_time = asyncio.Lock()
        self._seen: Look | NoLook = NoLook("nobody has looked yet")
        self._seen_s = float("-inf")  # when the look began, by the loop's clock

    async def watch(self) -> Look | NoLook:
        """What was there at most `KEPT_S` ago."""
        if asyncio.get_running_loop().time() - self._seen_s <= KEPT_S:
            return self._seen
        return await self.look()

    async def look(self) -> Look | NoLook:
        """What is there now."""
        return await self.change(())

    async def change(self, lines: Sequence[str]) -> Look | NoLook:
        """Enters configuration lines, and looks. Refused lines leave those before them in force.

        Lines of several askers may be entered together; each looks whether it has what it wants.
        """
        mine = _Asked(lines, asyncio.get_running_loop().create_future())
        self._asked.append(mine)
        async with self._one_at_a_time:
            if not mine.answer.done():
                await self._serve()
        return await mine.answer

    async def _serve(self) -> None:
        asked, self._asked = self._asked, []
        answer: Look | NoLook = NoLook("given up before vtysh had answered")
        try:
            begun_s = asyncio.get_running_loop().time()
            answer = await self._run([line for one in asked for line in one.lines])
            self._seen, self._seen_s = answer, begun_s
        finally:
            for one in asked:
                if not one.answer.done():  # not given up meanwhile
                    one.answer.set_result(answer)

    async def _run(self, lines: Sequence[str]) -> Look | NoLook:
        change = ["\n".join(["configure terminal", *lines, "end"])] if lines else []
        commands = [part for each in (*change, *_SHOWS) for part in ("-c", each)]
        access = self._access
        ended = await run(
            [str(access.vtysh), "--vty_socket", str(access.sockets), "-d", "bgpd", *commands],
            limit_s=access.limit_s,
            environment=BARE,
        )
        return self._read(ended)

    def _read(self, ended: Ended) -> Look | NoLook:
        said = _NOISE.sub("", ended.output)
        if not ended.begun:
            return NoLook(ended.output)
        if ended.code is None:
            return NoLook(f"vtysh has no answer of bgpd after {self._access.limit_s:g} s")
        if _NOBODY in said:
            return _nobody(self._access.sockets / "bgpd.vty")
        if ended.code != 0:
            return NoLook(f"vtysh: {_last(said)}")
        if len(ended.output) >= OUTPUT_BYTES_MAX:
            return NoLook("vtysh said more than is kept of it: too many routes or route maps")
        try:
            return look_of(said)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            return NoLook(f"vtysh said what is not understood ({error}): {_last(said)}")


def _nobody(door: Path) -> NoLook:
    """Nobody answers there: because nobody is there, or because we may not knock."""
    if door.exists() and not os.access(door, os.R_OK | os.W_OK):
        return NoLook(f"{door} may not be opened: this user must be of the group frrvty")
    return NoLook(f"bgpd does not run: nobody answers at {door}", down=True)


def look_of(said: str) -> Look:
    """Reads what the shell printed: two JSON documents, then the tables of both families.

    Raises:
        ValueError, KeyError, TypeError, AttributeError: it is not that.
    """
    decoder = json.JSONDecoder()
    summary, end = decoder.raw_decode(said.lstrip())
    rest = said.lstrip()[end:].lstrip()
    route_maps, end = decoder.raw_decode(rest)
    return Look(
        sessions={
            address: str(peer["state"])
            for family in summary.values()
            for address, peer in family["peers"].items()
        },
        routes={
            address: int(metric)
            for address, length, metric in _OWN_ROUTE.findall(rest[end:])
            if length in _SINGLE
        },
        entries=tuple(_entries(route_maps)),
    )


def _entries(document: Mapping[str, Any]) -> Iterator[Entry]:
    for maps in document.values():
        for name, route_map in maps.items():
            for rule in route_map["rules"]:
                metrics = [
                    int(clause.removeprefix("metric "))
                    for clause in rule["setClauses"]
                    if clause.startswith("metric ")
                ]
                yield Entry(
                    name,
                    int(rule["sequenceNumber"]),
                    frozenset(rule["matchClauses"]),
                    metrics[0] if metrics else None,
                )


def _last(said: str) -> str:
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    return lines[-1][:WORDS_MAX] if lines else "it said nothing"
