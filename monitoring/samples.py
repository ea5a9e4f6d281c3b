"""What was read becomes samples: a metric, a value, and the values of its labels."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import Enum
from typing import NamedTuple

from failover.core.facts import Action, InstanceVerdict, Owner, SiteVerdict
from failover.core.groups import Stage
from monitoring import metrics as m
from monitoring.build import BuildReading, BuildState, Made, Proof
from monitoring.status import (
    Copying,
    Counted,
    GroupStatus,
    State,
    Status,
    StatusReading,
    Traffic,
    WitnessReading,
    WitnessStatus,
)


class Sample(NamedTuple):
    """One value of one series."""

    metric: m.Metric
    value: float
    labels: tuple[str, ...] = ()


def status_samples(reading: StatusReading) -> Iterator[Sample]:
    """Of a status file, whatever it is."""
    yield from _one_of(m.STATUS_STATE, reading.state.value, State)
    if reading.age_s is not None:
        yield Sample(m.STATUS_AGE, reading.age_s)
    if reading.status is not None:
        yield from _agent(reading.status)


def witness_samples(reading: WitnessReading) -> Iterator[Sample]:
    """Of a witness's file, whatever it is."""
    yield from _one_of(m.WITNESS_STATE, reading.state.value, State)
    if reading.age_s is not None:
        yield Sample(m.WITNESS_STATUS_AGE, reading.age_s)
    if reading.status is not None:
        yield from _witness(reading.status)


def build_samples(reading: BuildReading) -> Iterator[Sample]:
    """Of a build, whatever it is."""
    yield from _one_of(m.BUILD_STATE, reading.state.value, BuildState)
    if reading.made is not None:
        yield from _made(reading.made)
    if reading.plan:
        yield Sample(m.BUILD_PLAN, 1, (reading.plan,))
    if reading.proof is not None:
        yield from _proof(reading.proof)


def _agent(status: Status) -> Iterator[Sample]:
    yield Sample(m.AGENT_INFO, 1, (status.centre, status.boot, status.life))
    yield Sample(m.AGENT_PLAN, 1, (status.plan,))
    yield Sample(m.AGENT_HALTED, status.halted)
    yield from _one_of(m.PEER_VERDICT, status.peer, SiteVerdict)
    yield Sample(m.GUARD_OBEYS, status.guard_obeys)
    yield Sample(m.REGISTER_ANSWER_AGE, status.register_age_s)
    yield Sample(m.REGISTER_BACK, status.register_back)
    yield Sample(m.REGISTER_GENERATION, status.register_generation)
    yield Sample(m.REGISTER_UNREADABLE, status.register_unreadable)
    yield Sample(m.LEASE_AGE, status.lease_age_s)
    yield Sample(m.PEER_LEASE, status.peer_lease_s)
    if status.doors_close_s is not None:
        yield Sample(m.DOORS_CLOSE, status.doors_close_s)
    for which, count in status.observers.items():
        yield Sample(m.OBSERVERS, count, (which,))
    yield from _paths(status)
    yield Sample(m.WITNESS_AGE, status.witness_age_s)
    yield Sample(m.JOURNAL_WAITING, status.journal_waiting)
    yield Sample(m.JOURNAL_FAILING, status.journal_failing)
    if status.paging is not None:
        yield Sample(m.AGENT_PAGES, status.paging.has_command)
        yield Sample(m.AGENT_UNSAID, status.paging.unsaid)
    if status.copying is not None:
        yield from _copying(status.copying)
    if status.traffic is not None:
        yield from _traffic(status.traffic)
    for name, group in status.groups.items():
        yield from _group(name, group)


def _paths(status: Status) -> Iterator[Sample]:
    for path, age_s in status.heard_age_s.items():
        yield Sample(m.PATH_HEARD_AGE, age_s, (path,))
    for path, age_s in status.echoed_age_s.items():
        yield Sample(m.PATH_ECHOED_AGE, age_s, (path,))


def _copying(copying: Copying) -> Iterator[Sample]:
    yield Sample(m.COPY_ANSWER_AGE, copying.answer_age_s)
    if copying.behind_bytes is not None:
        yield Sample(m.COPY_BEHIND, copying.behind_bytes)
    yield Sample(m.KEPT_HEARD_AGE, copying.heard_age_s)
    if copying.missing_bytes is not None:
        yield Sample(m.KEPT_MISSING, copying.missing_bytes)
    yield Sample(m.KEPT_GAPS, copying.gaps)
    yield Sample(m.COPY_FAILING, copying.sent_failing, ("sent",))
    yield Sample(m.COPY_FAILING, copying.kept_failing, ("kept",))


def _witness(status: WitnessStatus) -> Iterator[Sample]:
    yield Sample(m.WITNESS_INFO, 1, (status.witness, status.boot))
    for name, centre in status.centres.items():
        if centre.reached is not None:
            yield Sample(m.WITNESS_REACHES, centre.reached, (name,))
        yield Sample(m.WITNESS_SILENCE, centre.silent_s, (name,))
        yield Sample(m.WITNESS_TOLD, centre.paged, (name,))
    yield Sample(m.WITNESS_PAGES, status.paging.has_command)
    yield Sample(m.WITNESS_UNSAID, status.paging.unsaid)


def _traffic(traffic: Traffic) -> Iterator[Sample]:
    counted: tuple[tuple[m.Metric, Counted], ...] = (
        (m.DATAGRAMS_RECEIVED, traffic.received),
        (m.DATAGRAMS_REFUSED, traffic.refused),
        (m.DATAGRAMS_SENT, traffic.sent),
        (m.DATAGRAMS_UNSENT, traffic.unsent),
    )
    for metric, counts in counted:
        for labels, count in counts.items():
            yield Sample(metric, count, labels)


def _group(name: str, group: GroupStatus) -> Iterator[Sample]:
    yield from _one_of(m.GROUP_OWNER, group.owner, Owner, name)
    yield from _one_of(m.GROUP_VERDICT, group.verdict, InstanceVerdict, name)
    yield from _one_of(m.GROUP_ACTION, group.action, Action, name)
    yield from _one_of(m.GROUP_STAGE, group.stage, Stage, name)
    yield Sample(m.GROUP_EPOCH, group.epoch, (name,))
    yield Sample(m.GROUP_OPEN, group.open_instances, (name,))
    yield Sample(m.GROUP_TAKEN, group.taken, (name,))
    yield Sample(m.GROUP_FIT, group.fit, (name,))
    yield Sample(m.GROUP_EXPOSED, group.exposed, (name,))
    yield Sample(m.GROUP_HELD, group.held, (name,))
    yield Sample(m.GROUP_DAMPED, group.damped, (name,))
    yield Sample(m.GROUP_GAP, group.gap_bytes, (name,))
    yield Sample(m.GROUP_GAP_ALLOWED, group.gap_allowed_bytes, (name,))
    if group.hold_remaining_s is not None:
        yield Sample(m.HOLD_REMAINING, group.hold_remaining_s, (name,))
    if group.position_bytes is not None:
        yield Sample(m.GROUP_POSITION, group.position_bytes, (name,))


def _made(made: Made) -> Iterator[Sample]:
    yield Sample(m.BUILD_TIME, made.made_s)
    yield Sample(m.BUILD_HOLDS_UNTIL, made.holds_until_s)
    yield Sample(m.BUILD_INFO, 1, (made.inputs, made.native))
    yield Sample(m.BUILD_FILES, made.files)
    yield Sample(m.BUILD_DEVICES, made.devices)
    for platform, lines in made.lines.items():
        yield Sample(m.BUILD_LINES, lines, (platform,))


def _proof(proof: Proof) -> Iterator[Sample]:
    yield Sample(m.PROOF_FINDINGS, proof.findings)
    yield Sample(m.PROOF_WHOLE, proof.whole)
    for platform, devices in proof.devices.items():
        yield Sample(m.PROOF_DEVICES, devices, (platform,))
    yield Sample(m.PROOF_OPENINGS, proof.openings_must, ("must",))
    yield Sample(m.PROOF_OPENINGS, proof.openings_may, ("may",))
    yield Sample(m.PROOF_RULES, proof.rules)
    yield Sample(m.PROOF_WAYS, proof.ways)
    yield Sample(m.PROOF_LINES, proof.lines)
    yield Sample(m.PROOF_EFFECTIVE, proof.lines_effective)
    yield Sample(m.PROOF_COVERAGE, proof.coverage)


def _one_of(metric: m.Metric, word: str, words: Iterable[Enum], *labels: str) -> Iterator[Sample]:
    """A series for each word, 1 for the one that holds; a newer agent's new word has one too."""
    known = [str(each.value) for each in words]
    for each in known if word in known or not word else [*known, word]:
        yield Sample(metric, each == word, (*labels, each))
