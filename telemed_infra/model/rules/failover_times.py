"""The times of `failover.yml`: a lease outlives what may be lost, and each RTO can be kept."""

from __future__ import annotations

from collections.abc import Iterator

from telemed_infra.model.draft import Draft
from telemed_infra.model.duration import milliseconds
from telemed_infra.model.finding import Finding, Path, did_you_mean, listed
from telemed_infra.model.schema.failover_file import FailoverFile, Profile

TRY_MS = 150  # one try of a call to the register
RENEWALS_MIN = 4  # in one lease
BEATS_MIN = 3  # in the silence after which a path counts as down
ETCD_BEATS_MIN = 5  # in one election timeout: with fewer, etcd does not start
DAY_MS = 86_400_000
YEAR_MS = 365 * DAY_MS
WRITTEN = {DAY_MS: "24h", YEAR_MS: "365d"}


def check_times(draft: Draft, failover: FailoverFile) -> Iterator[Finding]:
    """Every profile, the one that is chosen, and what judges the evidence."""
    file = draft.file("failover.yml")
    for name, profile in failover.profiles.items():
        yield from _profile(file, ("profiles", name), profile)
    if failover.profile in failover.profiles:
        yield from _outages(draft, failover.profiles[failover.profile])
    else:
        hint = did_you_mean(failover.profile, failover.profiles)
        yield Finding(
            file,
            ("profile",),
            f"no profile `{failover.profile}`",
            hint or f"there are: {listed(failover.profiles)}",
        )
    yield from _judgement(file, failover)


def _profile(file: str, path: Path, profile: Profile) -> Iterator[Finding]:
    lease = milliseconds(profile.lease.length)
    silence = milliseconds(profile.silence)
    members = profile.register_
    needed = 2 * milliseconds(members.election) + TRY_MS
    rules = (
        (
            ("renewal",),
            RENEWALS_MIN * milliseconds(profile.renewal) > lease,
            f"`{profile.renewal}` is more than a quarter of the lease, `{profile.lease.length}`",
            "one lost renewal must not end a lease: renew more often",
        ),
        (
            ("lease", "margin"),
            milliseconds(profile.lease.margin) >= lease,
            f"`{profile.lease.margin}` is not less than the lease, `{profile.lease.length}`",
            "the margin covers what drift does not: a fraction of a second",
        ),
        (
            ("silence",),
            silence > lease,
            f"`{profile.silence}` is longer than the lease, `{profile.lease.length}`",
            "a path must be known to be down when the lease ends",
        ),
        (
            ("beat",),
            BEATS_MIN * milliseconds(profile.beat) > silence,
            f"`{profile.beat}` is more than a third of the silence, `{profile.silence}`",
            "one lost heartbeat must not count as a cut: beat more often",
        ),
        (
            ("register", "election"),
            needed > lease,
            f"two elections and a try take {needed} ms, more than the lease",
            "a lost centre would cost the other one its leases: elect faster, or lengthen it",
        ),
        (
            ("register", "heartbeat"),
            ETCD_BEATS_MIN * milliseconds(members.heartbeat) > milliseconds(members.election),
            f"`{members.heartbeat}` is more than a fifth of the election's `{members.election}`",
            "etcd would not start",
        ),
    )
    for below, broken, problem, hint in rules:
        if broken:
            yield Finding(file, (*path, *below), problem, hint)
    yield from _at_most(file, (*path, "lease", "length"), profile.lease.length, DAY_MS)
    yield from _at_most(file, (*path, "patience"), profile.patience, DAY_MS)


def _outages(draft: Draft, profile: Profile) -> Iterator[Finding]:
    """A centre that is silently lost is taken over in a service's RTO, doubts and all."""
    lease = profile.lease
    wait = milliseconds(lease.length) * (1 + lease.drift) + milliseconds(lease.margin)
    longest = wait + milliseconds(profile.patience)
    file = draft.file("services.yml")
    for name, service in (draft.services or {}).items():
        yield from _at_most(file, (name, "rto"), service.rto, YEAR_MS)
        yield from _at_most(file, (name, "rpo"), service.rpo, YEAR_MS)
        if milliseconds(service.rto) < longest:
            yield Finding(
                file,
                (name, "rto"),
                f"`{service.rto}` cannot be kept: lease and patience of failover.yml take "
                f"{longest / 1000:.1f} s",
                "tolerate more, or choose a profile that is faster or less patient",
            )


def _judgement(file: str, failover: FailoverFile) -> Iterator[Finding]:
    panel, damping = failover.panel, failover.damping
    if panel.lost_share >= panel.reach_share:
        yield Finding(
            file,
            ("panel", "lost_share"),
            f"{panel.lost_share:g} is not less than reach_share, {panel.reach_share:g}",
            "a centre would be reached and lost at once",
        )
    if damping.penalty >= damping.suppress:
        yield Finding(
            file,
            ("damping", "penalty"),
            f"{damping.penalty} is not less than suppress, {damping.suppress}",
            "the first move of a group would hold it",
        )
    for path, text in (
        (("panel", "fresh"), panel.fresh),
        (("damping", "half_life"), damping.half_life),
        (("damping", "brake_window"), damping.brake_window),
        (("damping", "flap_window"), damping.flap_window),
    ):
        yield from _at_most(file, path, text, DAY_MS)


def _at_most(file: str, path: Path, text: str, most_ms: int) -> Iterator[Finding]:
    if milliseconds(text) > most_ms:
        hint = f"write `{WRITTEN[most_ms]}` or less"
        yield Finding(file, path, f"`{text}` is longer than agents take", hint)
