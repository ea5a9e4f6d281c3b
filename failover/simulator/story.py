"""The story of one seed, in timed lines: what broke, what the agents did, what the judge found.

What happens all the time (beats, ticks, renewals that hold) is left out.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct
from msgspec.structs import astuple

from failover.core.effects import (
    Actuate,
    Actuated,
    Adopted,
    Answered,
    Commit,
    Effect,
    Event,
    Exit,
    Flush,
    GuardState,
    Leave,
    Page,
    Record,
    Remember,
    Shut,
)
from failover.core.transaction import Committed, Refused, Transaction
from failover.simulator.world import Recorder


class Story:
    """Gathers lines; the same seed always gathers the same."""

    def __init__(self, *, everything: bool = False) -> None:
        self._everything = everything
        self._digest = hashlib.sha256()
        self.lines: list[str] = []

    def recorder(self) -> Recorder:
        """What a world is given to tell its story."""
        return Recorder(note=self._note, told=self._told, done=self._done)

    def digest(self) -> str:
        """A hash of everything that happened, routine included."""
        return self._digest.hexdigest()

    def _note(self, at_s: float, who: str, text: str) -> None:
        self._digest.update(f"{at_s!r} {who} {text}\n".encode())
        self.lines.append(f"{at_s:9.4f}  {who:<8}  {text}")

    def _told(self, at_s: float, who: str, event: Event) -> None:
        self._digest.update(f"{at_s!r} {who} {_plain(event)}\n".encode())
        text = _event(event)
        if text or self._everything:
            self.lines.append(f"{at_s:9.4f}  {who:<8}  hears: {text or _plain(event)}")

    def _done(self, at_s: float, who: str, effect: Effect) -> None:
        self._digest.update(f"{at_s!r} {who} {_plain(effect)}\n".encode())
        text = _effect(effect)
        if text or self._everything:
            self.lines.append(f"{at_s:9.4f}  {who:<8}  {text or _plain(effect)}")


def _plain(value: object) -> str:
    """The same text in every process: sets in their order, transactions by their cells."""
    if isinstance(value, frozenset):
        return "{" + ", ".join(sorted(map(str, value))) + "}"
    if isinstance(value, Transaction):
        return _plain((value.compares, value.puts))
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {_plain(value[key])}" for key in sorted(value)) + "}"
    if isinstance(value, Struct):
        return f"{type(value).__name__}({', '.join(map(_plain, astuple(value)))})"
    if isinstance(value, tuple):
        return f"{type(value).__name__}({', '.join(map(_plain, value))})"
    return str(value)


def _names(instances: frozenset[str]) -> str:
    return ", ".join(sorted(instances)) or "nothing"


def _adopted(left_s: Mapping[str, float]) -> str:
    if not left_s:
        return "the guard obeys, every door is shut"
    return "the guard obeys, open: " + ", ".join(
        f"{each} for {left_s[each]:.3f} s" for each in sorted(left_s)
    )


def _puts(transaction: Transaction) -> str:
    texts = [
        f"{put.key} = {put.value.decode()}"
        for put in transaction.puts
        if not put.key.startswith("session/")
    ]
    return "; ".join(texts)


def _commit(effect: Commit) -> str:
    text = _puts(effect.transaction)
    return f"writes (request {effect.request}): {text}" if text else ""


def _answered(event: Answered) -> str:
    outcome = event.outcome
    if isinstance(outcome, Committed):
        return ""
    why = ", ".join(sorted(outcome.cells)) if isinstance(outcome, Refused) else outcome.why
    return f"request {event.request}: {type(outcome).__name__.lower()} ({why})"


def _actuate(effect: Actuate) -> str:
    term = f"{effect.term.generation}.{effect.term.epoch}"
    return f"actuators of {effect.group}: {effect.verb.value}, term {term}"


def _actuated(event: Actuated) -> str:
    return f"{event.verb.value} of {event.group}: {'done' if event.done else event.why}"


def _journal(text: str) -> str:
    """The verdicts of a record; the whole text if it has none."""
    judgement = json.loads(text).get("judgement")
    if not judgement:
        return text
    parts = [f"{about} {judgement[about]['verdict']}" for about in ("link", "site")]
    parts += [
        f"{group['name']} {group['instance']['verdict']} → {group['action']['verdict']}"
        f" ({group['action']['row']})"
        for group in judgement["groups"]
    ]
    return ", ".join(parts)


# What is not named here is routine.
_EFFECTS: Mapping[type[Effect], Callable[[Any], str]] = {
    Actuate: _actuate,
    Commit: _commit,
    Exit: lambda effect: f"ends itself: {effect.why}",
    Flush: lambda _: "flushes the guard",
    Leave: lambda _: "leaves its doors to its next life",
    Page: lambda effect: f"pages [{effect.key}]: {effect.text}",
    Record: lambda effect: f"journal: {_journal(effect.text)}",
    Remember: lambda effect: f"remembers {_plain(effect.memory)}",
    Shut: lambda effect: f"shuts {_names(effect.instances)}",
}
_EVENTS: Mapping[type[Event], Callable[[Any], str]] = {
    Actuated: _actuated,
    Answered: _answered,
    Adopted: lambda event: _adopted(event.left_s),
    GuardState: lambda event: f"the guard is {'well' if event.alive else 'broken'}",
}


def _effect(effect: Effect) -> str:
    tell = _EFFECTS.get(type(effect))
    return tell(effect) if tell else ""


def _event(event: Event) -> str:
    tell = _EVENTS.get(type(event))
    return tell(event) if tell else ""
