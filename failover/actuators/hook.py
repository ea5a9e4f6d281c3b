"""A hook: an executable that does at a move what only the place itself knows.

It is run without arguments, without a shell, without standard input, in `/`, with this environment
and no other:

    TELEMED_CONTRACT      1: the version of what is said here
    TELEMED_VERB          observe, prepare, take, release, relax or tighten
    TELEMED_GROUP         the move group, `imaging@dc-a`
    TELEMED_CENTRE        the centre that this runs in, `dc-b`
    TELEMED_INSTANCES     the group's instances, names with blanks between them
    TELEMED_ADDRESSES_V4  their service addresses in that order
    TELEMED_ADDRESSES_V6  the same; `-` for one that has none
    TELEMED_GENERATION    the term, two numbers: the greater generation is the later one, and in
    TELEMED_EPOCH         one generation the greater epoch; empty for observe
    TELEMED_LIMIT_S       so many seconds after it was begun it is ended, with all that it started
    PATH, LANG, LC_ALL    a plain path, and C.UTF-8

    exit code   means
    0           done; of observe: this centre serves
    3           of observe: this centre stands by
    64          the verb is nothing to it: as if done
    75          not yet: to be run again in a second
    any other   failed: to be run again in a second, and a person reads the last line of its output

Every verb may come twice in a row, after a crash in the middle of itself, and after another verb
that never came to its end: it looks what is there and does what is missing. A lower term than one
that it has carried out is a word of the past; it fails. Its last line is written into journals: no
secrets. It belongs to root or to this process's user, and nobody else may write to it.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from failover.actuators.port import DONE, Observation, Result, Role, done, not_done
from failover.actuators.programs import BARE, Ended, run
from failover.core.cells import Term
from failover.core.effects import Verb
from failover.plan_file.content import MoveGroup

CONTRACT = "1"
OBSERVE = "observe"
# Exit codes; the last two as in sysexits.h.
SERVES, STANDS_BY, NOTHING_TO_IT, NOT_YET = 0, 3, 64, 75
ROLES: Mapping[int | None, Role] = {
    SERVES: Role.SERVES,
    STANDS_BY: Role.STANDS_BY,
    NOTHING_TO_IT: Role.STANDS_BY,
}
LIMIT_S = 3.0
WORDS_MAX = 300
OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH


@dataclass(frozen=True, slots=True, kw_only=True)
class Hook:
    """An executable of this machine by the name that the plan gives it."""

    name: str
    program: Path
    limit_s: float = LIMIT_S  # of one run; below the group's


class HookActuator:
    """`Actuator` by an executable. It can be asked again and again; what it does is its own."""

    def __init__(self, hook: Hook, group: MoveGroup, centre: str) -> None:
        self._hook = hook
        self._facts = _facts(hook, group, centre)

    @property
    def name(self) -> str:
        """See `Actuator.name`."""
        return f"hook {self._hook.name}"

    async def observe(self) -> Observation:
        """See `Actuator.observe`. Runs the program: not for every beat."""
        ended = await self._run(OBSERVE, None)
        role = ROLES.get(ended.code)
        if role is None:
            return Observation(role=Role.UNKNOWN, fit=False, why=self._failed(ended))
        return Observation(role=role, fit=True, why=ended.words[:WORDS_MAX])

    async def prepare(self, term: Term) -> Result:
        """See `Actuator.prepare`."""
        return await self._act(Verb.PREPARE, term)

    async def take(self, term: Term) -> Result:
        """See `Actuator.take`."""
        return await self._act(Verb.TAKE, term)

    async def release(self, term: Term) -> Result:
        """See `Actuator.release`."""
        return await self._act(Verb.RELEASE, term)

    async def relax(self, term: Term) -> Result:
        """See `Actuator.relax`."""
        return await self._act(Verb.RELAX, term)

    async def tighten(self, term: Term) -> Result:
        """See `Actuator.tighten`."""
        return await self._act(Verb.TIGHTEN, term)

    async def close(self) -> None:
        """See `Actuator.close`. Nothing is kept open."""

    async def _act(self, verb: Verb, term: Term) -> Result:
        ended = await self._run(verb.value, term)
        if ended.code == SERVES:
            return DONE
        if ended.code == NOTHING_TO_IT:
            return done(f"{verb.value} is nothing to it")
        if ended.code == NOT_YET:
            return not_done(f"not yet: {ended.words[:WORDS_MAX]}")
        return not_done(self._failed(ended))

    async def _run(self, verb: str, term: Term | None) -> Ended:
        words = distrust(self._hook.program)
        if words:
            return Ended(None, words, begun=False)
        environment = {**BARE, **self._facts, "TELEMED_VERB": verb}
        environment["TELEMED_GENERATION"] = "" if term is None else str(term.generation)
        environment["TELEMED_EPOCH"] = "" if term is None else str(term.epoch)
        program = str(self._hook.program)
        return await run([program], limit_s=self._hook.limit_s, environment=environment)

    def _failed(self, ended: Ended) -> str:
        words = ended.words[:WORDS_MAX]
        if ended.code is None and ended.begun:
            return f"no end after {self._hook.limit_s:g} s; its last words: {words}"
        if ended.code is None:
            return words
        how = f"signal {-ended.code}" if ended.code < 0 else f"exit code {ended.code}"
        return f"{how}: {words}"


def distrust(program: Path) -> str:
    """Why an executable must not be run; empty: it may."""
    try:
        found = program.stat()
        folder = program.parent.stat()
    except OSError as error:
        return f"{program}: {error.strerror}"
    if not program.is_absolute() or not stat.S_ISREG(found.st_mode):
        return f"{program} is no file with an absolute path"
    if not os.access(program, os.X_OK):
        return f"{program} is not executable: chmod 755 {program}"
    for place, of in ((program, found), (program.parent, folder)):
        if of.st_uid not in (0, os.geteuid()):
            return f"{place} belongs to somebody else: chown root {place}"
        if of.st_mode & OTHERS_WRITE:
            return f"{place} may be written to by others: chmod go-w {place}"
    return ""


def _facts(hook: Hook, group: MoveGroup, centre: str) -> Mapping[str, str]:
    instances = group.instances
    return {
        "TELEMED_CONTRACT": CONTRACT,
        "TELEMED_GROUP": group.group.name,
        "TELEMED_CENTRE": centre,
        "TELEMED_INSTANCES": " ".join(each.name for each in instances),
        "TELEMED_ADDRESSES_V4": " ".join(each.v4 for each in instances),
        "TELEMED_ADDRESSES_V6": " ".join(each.v6 or "-" for each in instances),
        "TELEMED_LIMIT_S": f"{hook.limit_s:g}",
    }
