"""The demonstration: a centre is killed, the other takes over, it comes back, a person moves back.

    outcome = play(folder, tell, check)     `tell` gets each step as it becomes known

Everything is real: register, agents, guards, kernel, witness, observer, client. The client asks
each service by both centres' lines every 10 ms: an answer means an open door.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from operator import itemgetter
from pathlib import Path
from time import monotonic
from typing import NamedTuple

from failover.laboratory.judged import acts, first_judged
from failover.laboratory.lab import Lab, go_on, laboratory
from failover.laboratory.network import CENTRES, HOSPITAL
from failover.laboratory.places import HOMES, SERVICES, plan_document
from failover.laboratory.problem import Stranded
from failover.laboratory.traffic import BOTH_CENTRES, Traffic, start_service

LOST, TAKER = CENTRES
MOVED, STAYING = "portal", "archive"
BY = "demonstration"  # who orders the move back
STEADY_S = 1.5  # shown before and after each act
STEP_S_MAX = 20.0
CLOSELY_S = 0.001  # between two looks whether the doors are open

Tell = Callable[["Moment"], None]


class Moment(NamedTuple):
    """A step of the scene."""

    at_s: float  # since the start
    step: str  # for programs
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What was measured, in seconds. A pause is the longest time between two answers."""

    takeover_s: float  # from the kill to the first answer of the other centre
    takeover_pause_s: float
    survivor_pause_s: float  # of the service at home in the other centre, meanwhile
    switchover_pause_s: float
    answered_by_both: int  # answers of an old owner after a new one's first: must be 0
    timeline: tuple[Moment, ...]

    @property
    def as_json(self) -> dict[str, object]:
        """For programs."""
        return {
            "takeover_s": round(self.takeover_s, 3),
            "takeover_pause_s": round(self.takeover_pause_s, 3),
            "survivor_pause_s": round(self.survivor_pause_s, 3),
            "switchover_pause_s": round(self.switchover_pause_s, 3),
            "answered_by_both": self.answered_by_both,
            "timeline": [each._asdict() for each in self.timeline],
        }


def play(folder: Path, tell: Tell, check: Callable[[], None] = go_on) -> Outcome:
    """Play it whole, some 20 s. Raises NoLaboratory, Stranded, and what `check` raises."""
    stage = _Stage(tell)
    with laboratory(folder, plan_document(), check, lambda text: stage.tell("start", text)) as lab:
        return _Scene(lab, stage).play()


class _Stage:
    """Tells moments, and keeps them."""

    def __init__(self, tell: Tell) -> None:
        self._tell = tell
        self._began_s = monotonic()
        self.moments: list[Moment] = []

    def tell(self, step: str, text: str, at_s: float | None = None) -> None:
        at_s = (monotonic() if at_s is None else at_s) - self._began_s
        told = Moment(round(at_s, 3), step, text)
        self.moments.append(told)
        self._tell(told)


class _Scene:
    """The acts, in their order."""

    def __init__(self, lab: Lab, stage: _Stage) -> None:
        self._lab = lab
        self._stage = stage
        for centre in CENTRES:
            start_service(lab, centre)
        self._traffic = Traffic(lab, HOSPITAL, list(SERVICES.values()), marks=BOTH_CENTRES)

    def play(self) -> Outcome:
        self._serve()
        killed_s = self._kill()
        taken_s = self._take_over(killed_s)
        self._lab.pause(STEADY_S)
        calm_s = monotonic()
        staying_s = self._traffic.pause_s(SERVICES[STAYING], killed_s - 1, calm_s)
        self._stage.tell(
            "survivor",
            f"{STAYING}, at home in {TAKER}, was answered all the time: "
            f"its longest pause was {staying_s:.2f} s",
        )
        self._come_back()
        ordered_s, back_s = self._switch_over()
        address, traffic = SERVICES[MOVED], self._traffic
        return Outcome(
            takeover_s=taken_s - killed_s,
            takeover_pause_s=traffic.pause_s(address, killed_s - 1, calm_s),
            survivor_pause_s=staying_s,
            switchover_pause_s=traffic.pause_s(address, ordered_s, monotonic()),
            answered_by_both=traffic.count(address, LOST, taken_s, ordered_s)
            + traffic.count(address, TAKER, back_s, monotonic()),
            timeline=tuple(sorted(self._stage.moments)),
        )

    def _serve(self) -> None:
        first = {
            name: self._when(
                f"{home} answers", partial(self._traffic.first, SERVICES[name], home, 0.0)
            )
            for name, home in HOMES.items()
        }
        for name in sorted(first, key=lambda each: first[each]):
            self._stage.tell("serving", f"{HOMES[name]} answers for {name}", first[name])
        for name, home in HOMES.items():
            self._lab.wait_until(
                f"{name} could be taken", partial(self._could_be_taken, name, home), STEP_S_MAX
            )
        self._lab.pause(STEADY_S)

    def _could_be_taken(self, group: str, owner: str) -> bool:
        """Whether the owner has heard that the other centre could serve a group."""
        status = self._lab.status(owner)
        return bool(status) and group in status["peer"]["ready"]

    def _kill(self) -> float:
        at_s = monotonic()
        self._lab.lose_power(LOST)
        text = f"{LOST} loses power: its links, its member of the register, all its processes"
        self._stage.tell("killed", text, at_s)
        return at_s

    def _take_over(self, killed_s: float) -> float:
        """When the taker first answered. Told in the order in which it happened."""
        lab, address, traffic = self._lab, SERVICES[MOVED], self._traffic
        failed_s = self._when("an error", lambda: traffic.first_failed(address, killed_s))
        text = f"the client's first request that gets no answer, to {MOVED}"
        self._stage.tell("first error", text, failed_s)
        opened = f"{TAKER} opens its doors"
        lab.wait_until(
            opened,
            lambda: address in lab.service_addresses(TAKER),
            STEP_S_MAX,
            every_s=CLOSELY_S,
        )
        opened_s = monotonic()
        answered_s = self._when("an answer", lambda: traffic.first(address, TAKER, killed_s))
        lost, taken = f"{LOST}'s lease is over, nothing speaks for it", f"the register has {MOVED}"
        steps = (
            (self._judged(killed_s, "take"), "lease over", f"{lost}: {TAKER} takes"),
            (self._judged(killed_s, "serve"), "taken", f"{taken} at {TAKER}, in the next epoch"),
            (min(opened_s, answered_s), "doors open", opened),  # it may be answered between looks
            (answered_s, "first answer", f"the client's first answer from {TAKER}"),
        )
        for at_s, step, text in sorted(steps, key=itemgetter(0)):
            self._stage.tell(step, f"{text} (+{at_s - killed_s:.2f} s)", at_s)
        return answered_s

    def _judged(self, since_s: float, action: str) -> float:
        """When the taker's agent first decided so: its journal is written a little later."""
        fits = acts(MOVED, action)
        return self._when(action, lambda: first_judged(self._lab, TAKER, since_s, fits))

    def _when(self, name: str, found: Callable[[], float | None]) -> float:
        """The moment that is found, once it is known. Raises Stranded."""
        self._lab.wait_until(name, lambda: found() is not None, STEP_S_MAX)
        at_s = found()
        assert at_s is not None
        return at_s

    def _come_back(self) -> None:
        self._lab.regain_power(LOST)
        start_service(self._lab, LOST)
        self._stage.tell("back", f"{LOST} has power again and starts; it finds {MOVED} taken")
        self._lab.wait_until("its agent lives", lambda: self._lab.supervised(LOST), STEP_S_MAX)
        self._lab.wait_until(
            f"{LOST} could serve", lambda: self._could_be_taken(MOVED, TAKER), STEP_S_MAX
        )
        self._stage.tell("standby", f"{LOST} stands by: nothing comes back by itself")
        self._lab.pause(STEADY_S)

    def _switch_over(self) -> tuple[float, float]:
        """When it was ordered, and when the old home first answered again."""
        lab, traffic, address = self._lab, self._traffic, SERVICES[MOVED]
        ordered_s = monotonic()
        self._stage.tell("ordered", f"a person says: `switchover {MOVED} --to {LOST}`", ordered_s)
        word = lab.say(LOST, "switchover", MOVED, "--to", LOST, "--by", BY, "--watch")
        lab.wait_until("the switchover ends", lambda: word.poll() is not None, STEP_S_MAX)
        if word.returncode:
            raise Stranded(f"the switchover failed\n{lab.log(LOST, 'words')}")
        back_s = self._when(f"{LOST} answers", lambda: traffic.first(address, LOST, ordered_s))
        after = f" (+{back_s - ordered_s:.2f} s)"
        self._stage.tell("moved back", f"the client's first answer from {LOST}{after}", back_s)
        lab.pause(STEADY_S)
        return ordered_s, back_s
