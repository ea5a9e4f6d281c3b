"""The status files of agent and witness as monitoring reads them: facts with their age, or none.

`failover.processes.status` and `.witness` write them. What an older or newer agent does not say is
not there; what it says beyond this is passed over.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Generic, NamedTuple, TypeVar

from monitoring.document import Absent, Fields, Unreadable, fields_of, read_bytes

VERSION = 1
BYTES_MAX = 4_000_000
OLD_S = 5.0  # an agent writes twice a second, a witness once

Counted = Mapping[tuple[str, str], float]  # (path, word) → how many


class Now(NamedTuple):
    """The clocks of this machine. The agent's age goes by the boot-time clock: nobody sets it."""

    wall_s: float  # since 1970
    boot_s: float
    boot: str  # which start of the machine


class State(Enum):
    """What the status file is."""

    FRESH = "fresh"
    OLD = "old"  # or of another start of the machine
    MISSING = "missing"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupStatus:
    """A move group at this centre. Words are the agent's; empty: not judged yet."""

    owner: str
    verdict: str
    action: str
    stage: str
    epoch: float
    open_instances: int
    taken: bool
    fit: bool
    exposed: bool
    held: bool
    hold_remaining_s: float | None
    damped: bool
    position_bytes: float | None
    gap_bytes: float  # infinite: nobody can tell
    gap_allowed_bytes: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Traffic:
    """What went through the agent's sockets since its start; by path and kind, reason or error."""

    received: Counted
    refused: Counted
    sent: Counted
    unsent: Counted


@dataclass(frozen=True, slots=True, kw_only=True)
class Copying:
    """Of the journals' copies: ours at the other centre, and its own here."""

    answer_age_s: float
    behind_bytes: float | None  # None: not known yet
    sent_failing: bool
    heard_age_s: float
    missing_bytes: float | None
    gaps: float  # marked since the agent's start
    kept_failing: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Paging:
    """Whether people can be told, and were."""

    has_command: bool
    unsaid: float  # pages that did not reach people, since the start


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """What an agent says of itself. An age is infinite where nothing came since its start."""

    at_s: float  # since 1970
    at_boot_s: float
    centre: str
    boot: str
    life: str
    plan: str
    halted: bool
    peer: str
    guard_obeys: bool
    register_age_s: float
    register_back: bool
    register_generation: float
    register_unreadable: int
    lease_age_s: float
    peer_lease_s: float
    doors_close_s: float | None  # None: none is open
    heard_age_s: Mapping[str, float]  # by path
    echoed_age_s: Mapping[str, float]
    witness_age_s: float
    journal_waiting: float
    journal_failing: bool
    observers: Mapping[str, float]  # of the other centre: fresh, reach, slow
    groups: Mapping[str, GroupStatus]
    traffic: Traffic | None  # None: the agent does not tell
    copying: Copying | None
    paging: Paging | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Centre:
    """A centre as the witness sees it."""

    reached: bool | None  # None: nobody has watched for long enough to say
    silent_s: float
    paged: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class WitnessStatus:
    """What a witness says."""

    at_s: float  # since 1970
    at_boot_s: float
    boot: str
    witness: str
    centres: Mapping[str, Centre]
    paging: Paging


Word = TypeVar("Word", Status, WitnessStatus)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading(Generic[Word]):
    """One look at a file. Facts that are old are no facts: `status` is there while fresh."""

    state: State
    why: str = ""
    age_s: float | None = None
    status: Word | None = None


StatusReading = Reading[Status]
WitnessReading = Reading[WitnessStatus]


def read_status(path: Path, now: Now) -> StatusReading:
    """Look at an agent's file. Never raises for what it finds."""
    return _read(path, now, status_of, "the agent")


def read_witness(path: Path, now: Now) -> WitnessReading:
    """Look at a witness's file. Never raises for what it finds."""
    return _read(path, now, witness_of, "the witness")


def _read(path: Path, now: Now, parse: Callable[[Fields], Word], who: str) -> Reading[Word]:
    try:
        status = parse(fields_of(read_bytes(path, BYTES_MAX)))
    except Absent as absent:
        return Reading(state=State.MISSING, why=str(absent))
    except Unreadable as unreadable:
        return Reading(state=State.UNREADABLE, why=str(unreadable))
    if status.boot != now.boot:
        why, age_s = "it is of another start of the machine", now.wall_s - status.at_s
        return Reading(state=State.OLD, why=why, age_s=age_s)
    age_s = now.boot_s - status.at_boot_s
    if abs(age_s) > OLD_S:
        return Reading(state=State.OLD, why=f"{who} does not write it", age_s=age_s)
    return Reading(state=State.FRESH, age_s=age_s, status=status)


def status_of(fields: Fields) -> Status:
    """The document, typed. Raises Unreadable."""
    if fields.number("version") != VERSION:
        raise Unreadable(f"its version is not {VERSION}")
    register, lease, journal = (fields.below(key) for key in ("register", "lease", "journal"))
    paths, groups = fields.below("paths"), fields.below("groups")
    return Status(
        at_s=fields.number("at"),
        at_boot_s=fields.number("at_boot_s"),
        centre=fields.text("centre"),
        boot=fields.text("boot"),
        life=fields.text("life"),
        plan=fields.text("plan"),
        halted=bool(fields.text("halted")),
        peer=fields.text("site"),
        guard_obeys=fields.flag("guard"),
        register_age_s=_age(register, "answered_s_ago"),
        register_back=register.flag("went_back"),
        register_generation=register.number("generation"),
        register_unreadable=len(register.below("unreadable").values),
        lease_age_s=_age(lease, "confirmed_s_ago"),
        peer_lease_s=lease.number("peer_over_in_s"),
        doors_close_s=lease.number_or_none("doors_close_in_s"),
        heard_age_s={path: _age(paths.below(path), "heard_s_ago") for path in paths},
        echoed_age_s={path: _age(paths.below(path), "echoed_s_ago") for path in paths},
        witness_age_s=_age(fields, "witness_s_ago"),
        journal_waiting=journal.number("waiting"),
        journal_failing=bool(journal.text("problem")),
        observers=fields.below("peer").below("observers").numbers(),
        groups={name: _group(groups.below(name)) for name in groups},
        traffic=_traffic(fields.below("wire")) if "wire" in fields else None,
        copying=_copying(fields.below("copy")) if "copy" in fields else None,
        paging=_paging(fields.below("paging")) if "paging" in fields else None,
    )


def witness_of(fields: Fields) -> WitnessStatus:
    """The witness's document, typed. Raises Unreadable."""
    if fields.number("version") != VERSION:
        raise Unreadable(f"its version is not {VERSION}")
    centres = fields.below("centres")
    return WitnessStatus(
        at_s=fields.number("at"),
        at_boot_s=fields.number("at_boot_s"),
        boot=fields.text("boot"),
        witness=fields.text("witness"),
        centres={name: _centre(centres.below(name)) for name in centres},
        paging=_paging(fields.below("paging")),
    )


def _centre(fields: Fields) -> Centre:
    return Centre(
        reached=fields.flag_or_none("reached"),
        silent_s=fields.number("silent_for_s"),
        paged=fields.flag("paged"),
    )


def _paging(fields: Fields) -> Paging:
    return Paging(has_command=fields.flag("command"), unsaid=fields.number("failures"))


def _copying(fields: Fields) -> Copying:
    sent, kept = fields.below("sent"), fields.below("kept")
    return Copying(
        answer_age_s=_age(sent, "answered_s_ago"),
        behind_bytes=sent.number_or_none("behind_bytes"),
        sent_failing=bool(sent.text("problem")),
        heard_age_s=_age(kept, "heard_s_ago"),
        missing_bytes=kept.number_or_none("left_bytes"),
        gaps=kept.number("gaps"),
        kept_failing=bool(kept.text("problem")),
    )


def _group(fields: Fields) -> GroupStatus:
    gate = fields.below("gate")
    gap_bytes = gate.number_or_none("gap_bytes")
    return GroupStatus(
        owner=fields.text("owner"),
        verdict=fields.text("verdict"),
        action=fields.text("action"),
        stage=fields.text("stage"),
        epoch=_item(fields, "term", 1),
        open_instances=len(fields.items("open")),
        taken=fields.flag("taken"),
        fit=fields.flag("fit"),
        exposed=bool(fields.text("exposed_at")),
        held=bool(fields.text("held_by")),
        hold_remaining_s=fields.number_or_none("held_for_s"),
        damped=bool(fields.text("damped_by")),
        position_bytes=(
            None if fields.values.get("position") is None else _item(fields, "position", 2)
        ),
        gap_bytes=math.inf if gap_bytes is None else gap_bytes,
        gap_allowed_bytes=gate.number("allowed_bytes"),
    )


def _item(fields: Fields, key: str, number: int) -> float:
    """One number of a list."""
    items = {f"{key}[{index}]": value for index, value in enumerate(fields.items(key))}
    return Fields(items, fields.place).number(f"{key}[{number}]")


def _age(fields: Fields, key: str) -> float:
    age_s = fields.number_or_none(key)
    return math.inf if age_s is None else age_s


def _traffic(fields: Fields) -> Traffic:
    return Traffic(
        received=_counted(fields, "received"),
        refused=_counted(fields, "refused"),
        sent=_counted(fields, "sent"),
        unsent=_counted(fields, "unsent"),
    )


def _counted(fields: Fields, key: str) -> Counted:
    paths = fields.below(key)
    return {
        (path, word): count for path in paths for word, count in paths.below(path).numbers().items()
    }
