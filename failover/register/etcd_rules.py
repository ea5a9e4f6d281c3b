"""What the settings of a member must be like, one rule a setting. Pure.

pre-vote: without it the *heal* of a cut moves ownership. Election: the wait for a lease hides an
election only if two elections and one try fit into it. Compaction and quota: a full store refuses
every renewal of both centres at once. Source: design §6; the spike, §4 and §7.

A rule wants the setting to be *said*: etcd's defaults differ between its versions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from failover.register.etcd_settings import Settings
from failover.register.finding import Finding, Weight

ELECTION = "election-timeout"


@dataclass(frozen=True, slots=True)
class Rule:
    """What one setting must be like; `value` is one that would do, as JSON has it."""

    setting: str
    holds: Callable[[Settings], bool]
    otherwise: str
    value: str


RULES = (
    Rule(
        "pre-vote",
        lambda said: said.switch("pre-vote"),
        "a member that comes back from a cut upsets the others, and ownership moves",
        "true",
    ),
    Rule(
        "auto-compaction-mode",
        lambda said: said.word("auto-compaction-mode") in {"revision", "periodic"},
        "old revisions fill the store, until it refuses every renewal",
        '"revision"',
    ),
    Rule(
        "auto-compaction-retention",
        lambda said: any(one in said.word("auto-compaction-retention") for one in "123456789"),
        "old revisions fill the store, until it refuses every renewal",
        '"5000"',
    ),
    Rule(
        "quota-backend-bytes",
        lambda said: said.number("quota-backend-bytes") > 0,
        "how large the store may grow is left to the version of etcd",
        "268435456",
    ),
    Rule(
        "heartbeat-interval",
        lambda said: said.number("heartbeat-interval") > 0,
        "how soon a lost leader is noticed is left to the version of etcd",
        "50",
    ),
    Rule(
        "enable-grpc-gateway",
        # With flags it is on unless they say otherwise.
        lambda said: (
            said.switch("enable-grpc-gateway")
            or (said.from_flags and not said.word("enable-grpc-gateway"))
        ),
        "etcd 3.4 answers no JSON",
        "true",
    ),
)


def broken_rules(
    name: str, said: Settings, weight: Weight, *, lease_s: float, try_s: float
) -> Iterator[Finding]:
    """A finding for each rule that the settings of this member break."""
    for rule in RULES:
        if not rule.holds(said):
            yield _finding(name, said, rule.setting, weight, rule.otherwise, rule.value)
    yield from _election(name, said, weight, lease_s=lease_s, try_s=try_s)


def _election(
    name: str, said: Settings, weight: Weight, *, lease_s: float, try_s: float
) -> Iterator[Finding]:
    election_s = said.number(ELECTION) / 1000
    need_s = 2 * election_s + try_s
    fitting = str(max(50, int((lease_s - try_s) * 500) // 50 * 50))
    if election_s == 0:
        why = "whether a take-over outlasts an election is left to the version of etcd"
        yield _finding(name, said, ELECTION, weight, why, fitting)
    elif need_s > lease_s:
        why = f"two elections and one try take {need_s:g} s, the lease is {lease_s:g} s"
        yield _finding(name, said, ELECTION, weight, why, fitting)


def _finding(
    name: str, said: Settings, setting: str, weight: Weight, otherwise: str, value: str
) -> Finding:
    word = said.word(setting)
    if said.from_flags:
        bare = value.strip('"')
        mend = f"start the member with --{setting}={bare}"
    else:
        mend = f'write "{setting}": {value} into {said.source} and restart the member'
    return Finding(
        weight,
        f"etcd member {name}: {setting}",
        f"{f'it is {word}' if word else 'it is not set'}: {otherwise}",
        mend,
    )
