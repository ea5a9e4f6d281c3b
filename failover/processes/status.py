"""What an agent shows of itself: one JSON document in a file, replaced each second.

Only facts with their age: who reads it judges by the time in it whether they are still so.
"""

from __future__ import annotations

import json
import os
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from msgspec.structs import asdict

from failover.core.agent import Agent
from failover.core.cells import EVERY_GROUP, exposed_key
from failover.core.damping import Cause
from failover.core.groups import GroupState
from failover.core.judging import gate_of
from failover.core.lease import wait_s
from failover.core.messages import PATHS
from failover.core.permission import refusal
from failover.core.state import State
from failover.wire.refusal import Counts

NAME = "status.json"
VERSION = 1
EVERY_S = 1.0  # between two writings of the file
FILE_MODE = 0o640  # its group is monitoring's
FLAGS = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC


class StatusFile:
    """The file in the run folder; it is gone after a restart of the machine."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / NAME
        self._part = folder / f".{NAME}"

    def write(self, document: dict[str, Any]) -> None:
        """Replace it; a folder that is full leaves the old one, whose time tells."""
        line = json.dumps(document).encode("ascii") + b"\n"
        with suppress(OSError):
            with os.fdopen(os.open(self._part, FLAGS, FILE_MODE), "wb") as file:
                os.fchmod(file.fileno(), FILE_MODE)  # whatever the umask is
                file.write(line)
            self._part.replace(self._path)


class Exposures:
    """Since when a group is exposed, as far as this life of the agent has seen."""

    def __init__(self) -> None:
        self._since: dict[str, tuple[int, float]] = {}  # by group: the cell's revision, and when

    def age_s(self, state: State, group: str, now_s: float) -> float | None:
        """For how long at least; None: it is not exposed."""
        if not state.view.exposed_at(group):
            self._since.pop(group, None)
            return None
        revision = state.view.revision(exposed_key(group))
        known = self._since.get(group)
        if known is None or known[0] != revision:
            known = self._since[group] = (revision, now_s)
        return round(now_s - known[1], 3)


def status_of(
    agent: Agent,
    now_s: float,
    looked_s: float | None = None,
    exposures: Exposures | None = None,
) -> dict[str, Any]:
    """An agent's facts at a time of the boot-time clock.

    `looked_s`: when the register last showed its cells; `exposures`: kept between two calls.
    """
    state, exposures = agent.state, exposures or Exposures()
    return {
        "version": VERSION,
        "at": time.time(),
        "at_boot_s": now_s,
        "centre": state.me.site,
        "boot": state.me.boot,
        "life": state.me.life,
        "plan": state.plan.hash,
        "halted": agent.halted,
        "site": state.site.value,
        "register": {
            "answered_s_ago": _ago(state.answered_s, now_s),
            "looked": state.view.looked,
            "looked_s_ago": _ago(looked_s, now_s),
            "went_back": state.view.back,
            "unreadable": dict(state.view.unreadable),
            "generation": state.view.generation(),
        },
        "lease": _lease(state, now_s),
        "obeyed": state.doors.alive,
        "peer": _peer(state, now_s),
        "late": state.senses.late(now_s),
        "paths": {
            path: {
                "heard_s_ago": _ago(state.senses.paths[path].heard_s, now_s),
                "echoed_s_ago": _ago(state.senses.paths[path].echoed_s, now_s),
            }
            for path in PATHS
        },
        "witness_s_ago": _ago(state.senses.witness_s, now_s),
        "witness_reaches": state.senses.witness_reaches,
        "groups": {
            name: _group(agent, name, now_s)
            | {"exposed_for_s": exposures.age_s(state, name, now_s)}
            for name in state.groups
        },
    }


def _lease(state: State, now_s: float) -> dict[str, Any]:
    """This centre's own lease, and what is known of the other's."""
    closes_s = state.doors.first_deadline_s - now_s if state.doors.standing() else None
    return {
        "confirmed_s_ago": _ago(state.session.confirmed_s, now_s),
        "peer_over_in_s": state.view.over_s(state.peer) - now_s,
        "peer_wait_s": wait_s(state.peer_lease()),
        "peer_unseen_for_s": _unseen_for_s(state, now_s),
        "doors_close_in_s": closes_s,
    }


def _unseen_for_s(state: State, now_s: float) -> float:
    """How long this centre takes nothing yet, as it has not seen the other one renew."""
    if not state.view.looked:
        return state.plan.profile.patience_s
    return max(0.0, state.unseen_until_s() - now_s)


def _group(agent: Agent, name: str, now_s: float) -> dict[str, Any]:
    state = agent.state
    group = state.groups[name]
    standing = state.standing(group.group)
    verdict, action = state.verdicts.get(name), state.actions.get(name)
    hold = state.view.hold(name, now_s)
    position = state.senses.positions.get(name)
    return {
        "owner": state.owners[name].value,
        "verdict": verdict.value if verdict else "",
        "action": action.value if action else "",
        "term": list(standing.term),
        "theirs": standing.theirs,
        "open": sorted(frozenset(group.group.instances) & state.doors.standing()),
        "taken": group.taken(standing.term),
        "stage": group.stage.value,
        "fit": name not in state.senses.unfit,
        "exposed_at": state.view.exposed_at(name),
        "held_by": f"{hold.by}: {hold.reason}" if hold else "",
        "held_for_s": _held_for_s(state, name, now_s),
        "damped_by": _damped_by(state, group, now_s),
        "position": list(position) if position else None,
        "gate": asdict(gate_of(state, group.group)),
        "refused": _refused(state, group),
        "promised_for_s": max(0.0, state.given.until_s(name) - now_s),
        "order": _order(state, group, now_s),
    }


def _peer(state: State, now_s: float) -> dict[str, Any]:
    """What is known of the other centre."""
    fresh, reach, slow = state.senses.observers(state.peer, now_s)
    newest, session = state.senses.newest, state.view.session(state.peer)
    return {
        "centre": state.peer,
        "heard_s_ago": _ago(newest.heard_s if newest else None, now_s),
        "asks": newest is not None and newest.beat.asks,
        "ready": {name: list(at) if at else None for name, at in newest.beat.ready}
        if newest
        else {},
        "plan": session.plan if session else "",
        "positions": {name: list(at) for name, at in session.positions} if session else {},
        "changes": state.senses.changes(now_s),
        "observers": {"fresh": fresh, "reach": reach, "slow": slow},
    }


def _refused(state: State, group: GroupState) -> str:
    """Why the group must not be taken, for other reasons than time; empty: it may be."""
    if state.session.pending is None or not state.session.is_mine(state.view):
        return refusal(state, group.group, float("inf"))
    # A renewal is on its way, as now and then: nothing is written meanwhile, and that will pass.
    if state.view.unreadable:
        return next(iter(state.view.unreadable.values()))
    agreed = state.view.plan_hash() == state.plan.hash
    return "" if agreed else "this centre's plan is not the one in force"


def _damped_by(state: State, group: GroupState, now_s: float) -> str:
    if not state.theirs(group.group) or state.damper.at_rest:
        return ""
    cause, key = state.cause(group.group)
    return "" if cause is Cause.ORPHAN else state.damper.holds(group.group.name, cause, key, now_s)


def _held_for_s(state: State, name: str, now_s: float) -> float | None:
    holdings = state.view.holdings()
    ends = [holdings[each].ends_s for each in (name, EVERY_GROUP) if each in holdings]
    left_s = [end_s - now_s for end_s in ends if end_s > now_s]
    return left_s[0] if left_s else None


def _order(state: State, group: GroupState, now_s: float) -> dict[str, Any] | None:
    """A person's order that is in force, and whether this centre gave it up."""
    order = state.view.order(group.group.name, now_s)
    if order is None:
        return None
    return {
        "kind": order.kind.value,
        "to": order.to,
        "by": order.by,
        "nonce": order.nonce,
        "rolled_back": order.nonce == group.failed_order,
        "done": all(
            cell is not None and cell.order == order.nonce
            for cell in state.view.owners(group.group)
        ),
    }


def _ago(since_s: float | None, now_s: float) -> float | None:
    return None if since_s is None else round(now_s - since_s, 3)


def counted(counts: Counts) -> dict[str, dict[str, dict[str, int]]]:
    """What went through an endpoint's sockets since its start: path → kind or reason → how many."""
    found: dict[str, dict[str, dict[str, int]]] = {}
    for name, counter in (
        ("received", counts.received),
        ("refused", {(path, why.value): n for (path, why), n in counts.refused.items()}),
        ("sent", counts.sent),
        ("unsent", counts.unsent),
    ):
        of_path = found[name] = {}
        for (path, kind), number in counter.items():
            of_path.setdefault(path, {})[kind] = number
    return found
