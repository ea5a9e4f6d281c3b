"""Policies and expectations: who answers for them, how long they hold, what they refer to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from telemed_infra.model.draft import Draft
from telemed_infra.model.finding import Finding, Path
from telemed_infra.model.rules.break_out import check_internet
from telemed_infra.model.rules.known import Known
from telemed_infra.model.rules.selectors import Reach, check_selector
from telemed_infra.model.schema.policy_file import Expectation, Policy


def check_policies(draft: Draft, known: Known, as_of: date | None) -> Iterator[Finding]:
    """All policies and expectations. Reviews and expiries only if a day is given."""
    reach = Reach(draft)
    months = draft.network.review_months if draft.network else None
    for file, policies in draft.policies.items():
        for index, policy in enumerate(policies):
            yield from _names(file, (index,), policy, known)
            yield from _approval(file, (index,), policy)
            yield from _partner(file, (index,), policy)
            if as_of and months:
                yield from _age(file, (index,), policy, as_of, months)
            yield from _ends(file, (index,), policy, reach, known)
    file = draft.file("expectations.yml")
    for index, item in enumerate(draft.expectations or ()):
        for number, app in enumerate(item.apps or ()):
            yield from known.refer(file, (index, "apps", number), "application", app)
        yield from _ends(file, (index,), item, reach, known)


def _ends(
    file: str, path: Path, one: Policy | Expectation, reach: Reach, known: Known
) -> Iterator[Finding]:
    guests = bool(one.to.internet)
    yield from check_selector(file, (*path, "from"), one.source, reach, known, guests=guests)
    yield from check_selector(file, (*path, "to"), one.to, reach, known)
    yield from check_internet(file, path, one.source, one.to, reach)


def _names(file: str, path: Path, policy: Policy, known: Known) -> Iterator[Finding]:
    for number, app in enumerate(policy.apps):
        yield from known.refer(file, (*path, "apps", number), "application", app)
    for key in ("owner", "requester", "approved_by"):
        yield from known.refer(file, (*path, key), "role", getattr(policy, key))


def _approval(file: str, path: Path, policy: Policy) -> Iterator[Finding]:
    if policy.approved_by == policy.requester:
        yield Finding(
            file,
            (*path, "approved_by"),
            "the requester approves the own request",
            "another role approves: four eyes",
        )
    if policy.expires and policy.expires <= policy.reviewed:
        yield Finding(
            file, (*path, "expires"), "ends before it was reviewed", "correct one of the two dates"
        )


def _partner(file: str, path: Path, policy: Policy) -> Iterator[Finding]:
    """Agreements end, and people forget: what is open to others closes by itself."""
    partner = policy.source.partner or policy.to.partner
    if partner and policy.expires is None:
        yield Finding(
            file,
            (*path, "expires"),
            f"is missing: what is open to a partner (`{partner}`) ends on a day",
            "write the last day of the agreement with it, for example `expires: 2027-08-31`",
        )


def _age(file: str, path: Path, policy: Policy, as_of: date, months: int) -> Iterator[Finding]:
    due = _later(policy.reviewed, months)
    if policy.expires and policy.expires < as_of:
        yield Finding(
            file,
            (*path, "expires"),
            f"expired on {policy.expires}",
            "remove the policy, or let its owner extend it",
        )
    if policy.reviewed > as_of:
        yield Finding(
            file, (*path, "reviewed"), f"is after {as_of}", "a review has happened, or it has not"
        )
    elif due < as_of:
        yield Finding(
            file,
            (*path, "reviewed"),
            f"the review of {policy.reviewed} held {months} months, until {due}",
            f"`{policy.owner}` looks at it again and writes the new date",
        )


def _later(day: date, months: int) -> date:
    """The same day of a later month, or the month's last one."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, last)
        except ValueError:
            continue
    raise AssertionError(day)


def holds_until(policies: Iterable[Policy], review_months: int) -> date:
    """The last day on which no review is overdue and no policy has expired."""
    return min(
        (
            min(_later(policy.reviewed, review_months), policy.expires or date.max)
            for policy in policies
        ),
        default=date.max,
    )
