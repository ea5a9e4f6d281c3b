"""The design's rules once more, as questions in their order: each row of the tables agrees.

The tables are what is read and printed; this is what they are held against, all combinations of it.
Links and instances: see test_tables.
"""

from __future__ import annotations

from itertools import product

from failover.core.facts import (
    Action,
    Hearing,
    Indirect,
    InstanceVerdict,
    LinkVerdict,
    Observers,
    Punctuality,
    Session,
    SiteFacts,
    SiteVerdict,
    Steadiness,
)
from failover.core.tables import ACTION, SITE, Verdicts

NO_REGISTER = (LinkVerdict.REGISTER_SILENT, LinkVerdict.CUT_OFF)
SERVED = (InstanceVerdict.SERVING, InstanceVerdict.EXPOSED)
BARRED = (InstanceVerdict.HELD, InstanceVerdict.GATED, InstanceVerdict.UNFIT)


def test_the_other_centre() -> None:
    for combination in product(*SITE.domains.values()):
        facts = SiteFacts._make(combination)
        assert SITE.decide(facts).verdict is site(facts), facts


def test_the_action() -> None:
    for combination in product(*ACTION.domains.values()):
        verdicts = Verdicts._make(combination)
        assert ACTION.decide(verdicts).verdict is action(verdicts), verdicts


def site(facts: SiteFacts) -> SiteVerdict:
    if facts.punctuality is Punctuality.LATE:
        return SiteVerdict.PAUSED
    if facts.session is Session.LIVE:
        return living(facts)
    if facts.hearing is Hearing.IDLE:
        return SiteVerdict.STOOD_DOWN
    objections = (
        facts.hearing is Hearing.HEARD,
        facts.observers is not Observers.NONE,
        facts.indirect is Indirect.REACHES,
    )
    return SiteVerdict.ISOLATED if any(objections) else SiteVerdict.LOST


def living(facts: SiteFacts) -> SiteVerdict:
    """A centre that renews its lease."""
    if facts.steadiness is Steadiness.FLAPPING:
        return SiteVerdict.FLAPPING
    unheard = facts.hearing is Hearing.SILENT
    return {
        Observers.REACH: SiteVerdict.NORMAL,
        Observers.BLIND: SiteVerdict.NORMAL,
        Observers.SLOW: SiteVerdict.GRAY,
        Observers.SOME: SiteVerdict.PARTIAL,
        Observers.NONE: SiteVerdict.PARTIAL if unheard else SiteVerdict.ACCESS_LOST,
    }[facts.observers]


def action(verdicts: Verdicts) -> Action:
    link, _, instance = verdicts
    if instance in SERVED:
        return Action.RUN_OUT if link is LinkVerdict.CUT_OFF else Action.SERVE
    if instance is InstanceVerdict.FAILED:
        return Action.CLOSE if link in NO_REGISTER else Action.SURRENDER
    if link in NO_REGISTER:
        return Action.STAY
    if instance is InstanceVerdict.STRANDED:
        return Action.PAGE
    if instance is InstanceVerdict.ORPHAN:
        return Action.STAY if verdicts.site is SiteVerdict.PAUSED else Action.TAKE
    return owned_by_the_other(verdicts)


def owned_by_the_other(verdicts: Verdicts) -> Action:
    """A group that the other centre owns, while the register answers."""
    silent = verdicts.link is LinkVerdict.PEER_SILENT
    takes = {
        SiteVerdict.LOST: Action.TAKE if silent else Action.STAY,
        SiteVerdict.ISOLATED: Action.TAKE_AFTER_PATIENCE if silent else Action.STAY,
        SiteVerdict.STOOD_DOWN: Action.TAKE_AFTER_PATIENCE,
        SiteVerdict.NORMAL: Action.STAY,
        SiteVerdict.PAUSED: Action.STAY,
    }
    taken = takes.get(verdicts.site, Action.PAGE)
    if verdicts.instance not in BARRED:
        return taken
    wanted = taken in (Action.TAKE, Action.TAKE_AFTER_PATIENCE)
    return Action.PAGE if wanted else Action.STAY
