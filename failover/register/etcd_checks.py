"""What must be so before an agent trusts its life to a cluster; asked at the start.

The API does not tell pre-vote and election timeout (see `failover.register.etcd_cluster`). What
counts is the command line of the running process, or the file that it names: that of the own member
is read and must be older than the process. Another member's file is judged by its own agent.

A finding that cannot wait refuses the start. What is another member's, or could not be asked now,
only warns: a lost centre must not keep the survivor from starting again.
"""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from failover.register.etcd_cluster import Alarm, EtcdCluster, Member, Status
from failover.register.etcd_rules import broken_rules
from failover.register.etcd_settings import (
    Settings,
    Unreadable,
    settings_of_file,
    settings_of_flags,
)
from failover.register.finding import Finding, Weight
from failover.register.hedging import Failure

MEMBERS = 3
VERSION_MIN = (3, 4)  # the first with pre-vote and with `/v3` paths
START_METRIC = "process_start_time_seconds"
START_SLACK_S = 1.0  # the kernel counts a process's start in hundredths since a rounded boot time

# What a person can do about a member that does not answer, by a word of its reason.
MENDS_OF_SILENCE = (
    ("HTTP 404", '"enable-grpc-gateway": true belongs into its configuration file'),
    ("HTTP 503", "its certificate needs both purposes, serverAuth and clientAuth"),
    ("certificate has expired", "renew its `cert-file`, which etcd reads at each connection"),
    (
        "certificate is not yet valid",
        "see the clocks of both machines, and the date from which its certificate counts",
    ),
    (
        "bad certificate",
        "it refuses ours: see its date, and which authority the member trusts",
    ),
    ("certificate", "see which authority and which name or address each certificate has"),
    ("", "see whether it runs and whether the way to it is open"),
)
MENDS_OF_ALARMS = {
    "NOSPACE": "compact, defragment each member, then `etcdctl alarm disarm`",
    "CORRUPT": "the members disagree: keep their data, set the wrong one up anew",
}


@dataclass(frozen=True, slots=True)
class ConfigFile:
    """A configuration file as it lies on the disk: text, and time of the last change, epoch s."""

    path: str
    text: str
    changed_at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """All that was asked, by the names of the plan's endpoints; `own` is this agent's member."""

    own: str
    statuses: Mapping[str, Status | Failure]
    members: tuple[Member, ...] | Failure
    alarms: tuple[Alarm, ...] | Failure
    command_lines: Mapping[str, tuple[str, ...] | Failure]
    metrics: Mapping[str, float] | Failure  # of the own member
    config_file: ConfigFile | Failure

    @property
    def answers(self) -> Mapping[str, Status]:
        """The members that answered."""
        return {name: one for name, one in self.statuses.items() if isinstance(one, Status)}


async def check_cluster(
    cluster: EtcdCluster, *, lease_s: float, try_s: float, config_file: Path | None = None
) -> tuple[Finding, ...]:
    """Asks the members (the first endpoint is the own one) and judges; nothing is changed.

    `lease_s` is the shortest lease of any profile in use, `try_s` that of the register's pace,
    `config_file` what the own member was started with.
    """
    return judged(await observed(cluster, config_file), lease_s=lease_s, try_s=try_s)


async def observed(cluster: EtcdCluster, config_file: Path | None) -> Observed:
    """Asks everything at once."""
    own, *_ = names = [endpoint.name for endpoint in cluster.endpoints]
    lines = asyncio.gather(*(cluster.command_line(endpoint) for endpoint in cluster.endpoints))
    statuses, members, alarms, metrics = await asyncio.gather(
        cluster.statuses(),
        cluster.members(),
        cluster.alarms(),
        cluster.metrics(cluster.endpoints[0]),
    )
    return Observed(
        own=own,
        statuses=statuses,
        members=members,
        alarms=alarms,
        command_lines=dict(zip(names, await lines, strict=True)),
        metrics=metrics,
        config_file=read_config_file(config_file),
    )


def read_config_file(path: Path | None) -> ConfigFile | Failure:
    """The file, or why there is none."""
    if path is None:
        return Failure("the agent was not told which")
    try:
        return ConfigFile(str(path), path.read_text("utf-8"), path.stat().st_mtime)
    except (OSError, UnicodeDecodeError) as error:
        return Failure(f"{path} cannot be read ({error})")


def judged(seen: Observed, *, lease_s: float, try_s: float) -> tuple[Finding, ...]:
    """Every finding, the refusing ones first. Pure."""
    found = [
        *_silence(seen),
        *_strangers(seen),
        *_members(seen),
        *_alarms(seen),
        *_versions(seen),
        *_settings(seen, lease_s=lease_s, try_s=try_s),
    ]
    return tuple(sorted(found, key=lambda finding: finding.weight is Weight.WARN))


def _silence(seen: Observed) -> Iterator[Finding]:
    for name, status in seen.statuses.items():
        if isinstance(status, Failure):
            mend = next(mend for word, mend in MENDS_OF_SILENCE if word in status.why)
            sentence = f"not checked, it does not answer: {status.why}"
            yield Finding(Weight.WARN, f"etcd member {name}", sentence, mend)


def _strangers(seen: Observed) -> Iterator[Finding]:
    clusters = {name: one.cluster for name, one in seen.answers.items()}
    if len(set(clusters.values())) > 1:
        shown = ", ".join(f"{name} {cluster:x}" for name, cluster in clusters.items())
        yield Finding(
            Weight.REFUSE,
            "etcd",
            f"the members belong to several clusters: {shown}",
            "set the ones up anew that are in the wrong one",
        )
    for member, count in Counter(one.member for one in seen.answers.values()).items():
        if count > 1:
            places = ", ".join(name for name, one in seen.answers.items() if one.member == member)
            yield Finding(
                Weight.REFUSE,
                "etcd",
                f"one and the same member answers at {places}",
                "give each member its own address in the plan",
            )


def _members(seen: Observed) -> Iterator[Finding]:
    if isinstance(seen.members, Failure):
        sentence = f"the list of members was not checked: {seen.members.why}"
        yield Finding(Weight.WARN, "etcd", sentence, "check again when a member answers")
        return
    listed = sorted(one.name for one in seen.members)
    if listed != sorted(seen.statuses) or len(listed) != MEMBERS:
        yield Finding(
            Weight.REFUSE,
            "etcd",
            f"its members are {_list(listed)}; the plan has {_list(sorted(seen.statuses))}",
            f"there are {MEMBERS}, with the names that the plan gives them",
        )
    names = {one.id: one.name for one in seen.members}
    for name, status in seen.answers.items():
        if status.member in names and names[status.member] != name:
            yield Finding(
                Weight.REFUSE,
                f"etcd member {name}",
                f"at its address answers {names[status.member]}",
                "see the addresses in the plan",
            )
    for one in seen.members:
        if one.learner:
            sentence = "it is a learner, without a vote"
            yield Finding(
                Weight.REFUSE, f"etcd member {one.name}", sentence, "`etcdctl member promote` it"
            )


def _alarms(seen: Observed) -> Iterator[Finding]:
    """A full store only warns: the agent cannot write, but its peer's promise may carry it."""
    if isinstance(seen.alarms, Failure):
        sentence = f"alarms were not checked: {seen.alarms.why}"
        yield Finding(Weight.WARN, "etcd", sentence, "check again when a quorum answers")
        return
    listed = () if isinstance(seen.members, Failure) else seen.members
    names = {one.id: one.name for one in listed}
    for alarm in seen.alarms:
        yield Finding(
            Weight.WARN if alarm.kind == "NOSPACE" else Weight.REFUSE,
            f"etcd member {names.get(alarm.member, f'{alarm.member:x}')}",
            f"the alarm {alarm.kind} stands",
            MENDS_OF_ALARMS.get(alarm.kind, "see `etcdctl alarm list`"),
        )


def _versions(seen: Observed) -> Iterator[Finding]:
    for name, status in seen.answers.items():
        found = re.match(r"(\d+)\.(\d+)\.", status.version)
        if not found or (int(found[1]), int(found[2])) < VERSION_MIN:
            yield Finding(
                _weight(seen, name),
                f"etcd member {name}",
                f"its version is {status.version or 'not told'}",
                f"install {'.'.join(map(str, VERSION_MIN))} or newer",
            )
    versions = {name: one.version for name, one in seen.answers.items()}
    if len(set(versions.values())) > 1:
        shown = ", ".join(f"{name} {version}" for name, version in versions.items())
        yield Finding(
            Weight.WARN,
            "etcd",
            f"the versions differ: {shown}",
            "finish the upgrade, one member at a time",
        )


def _settings(seen: Observed, *, lease_s: float, try_s: float) -> Iterator[Finding]:
    for name, line in seen.command_lines.items():
        if isinstance(line, Failure):
            if name in seen.answers:
                sentence = f"its settings were not checked: {line.why}"
                yield Finding(
                    Weight.WARN, f"etcd member {name}", sentence, "check again when it answers"
                )
            continue
        said = settings_of_flags(line)
        if not said.config_file:
            yield from broken_rules(name, said, _weight(seen, name), lease_s=lease_s, try_s=try_s)
        elif name == seen.own:
            yield from _own_file(seen, said.config_file, lease_s=lease_s, try_s=try_s)


def _own_file(
    seen: Observed, started_with: str, *, lease_s: float, try_s: float
) -> Iterator[Finding]:
    place = f"etcd member {seen.own}"
    file = seen.config_file
    if isinstance(file, Failure):
        sentence = f"it was started with {started_with}, which was not checked: {file.why}"
        yield Finding(Weight.REFUSE, place, sentence, "let the agent read that file")
        return
    if file.path != started_with:
        sentence = f"it was started with {started_with}, and {file.path} was to be checked"
        yield Finding(Weight.REFUSE, place, sentence, "write the same absolute path for both")
        return
    started_at = {} if isinstance(seen.metrics, Failure) else seen.metrics
    if not file.changed_at <= started_at.get(START_METRIC, 0.0) + START_SLACK_S:
        sentence = f"{file.path} was changed after etcd started, or nobody knows when that was"
        yield Finding(Weight.WARN, place, sentence, "restart this member when the others are well")
    try:
        said: Settings = settings_of_file(file.path, file.text)
    except Unreadable as error:
        mend = "render it again: JSON is YAML too"
        yield Finding(Weight.REFUSE, f"{place}: {file.path}", str(error), mend)
        return
    yield from broken_rules(seen.own, said, Weight.REFUSE, lease_s=lease_s, try_s=try_s)


def _weight(seen: Observed, name: str) -> Weight:
    return Weight.REFUSE if name == seen.own else Weight.WARN


def _list(names: list[str]) -> str:
    return ", ".join(name or "one without a name" for name in names) or "none"
