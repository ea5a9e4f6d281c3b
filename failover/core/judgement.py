"""One judgement: evidence in, the speaking row of each table out. Pure, so it can be replayed."""

from typing import NamedTuple

from failover.core.evidence import Evidence, instance_facts, link_facts, site_facts
from failover.core.facts import (
    Action,
    InstanceFacts,
    InstanceVerdict,
    LinkFacts,
    LinkVerdict,
    SiteFacts,
    SiteVerdict,
)
from failover.core.plan import Plan
from failover.core.rows import Row
from failover.core.tables import ACTION, INSTANCE, LINK, SITE, Verdicts


class Facts(NamedTuple):
    """What the tables are asked: equal facts, equal judgement."""

    link: LinkFacts
    site: SiteFacts
    groups: tuple[tuple[str, InstanceFacts], ...]  # by name, in the order of the evidence


class GroupJudgement(NamedTuple):
    """What one move group is at this centre, and what to do about it."""

    name: str
    instance: Row[InstanceVerdict]
    action: Row[Action]


class Judgement(NamedTuple):
    """The rows that speak; each has an id, a verdict and a sentence."""

    link: Row[LinkVerdict]
    site: Row[SiteVerdict]
    groups: tuple[GroupJudgement, ...]  # in the order of the evidence


def judge(evidence: Evidence, plan: Plan) -> Judgement:
    """What the tables make of this evidence. The plan gives the times and thresholds."""
    return decide(facts_of(evidence, plan))


def facts_of(evidence: Evidence, plan: Plan) -> Facts:
    """What the evidence amounts to."""
    groups = tuple([(group.name, instance_facts(group)) for group in evidence.groups])
    return Facts(link_facts(evidence, plan), site_facts(evidence, plan), groups)


def decide(facts: Facts) -> Judgement:
    """The rows that speak about these facts."""
    link, site = LINK.decide(facts.link), SITE.decide(facts.site)
    groups = []
    for name, of_group in facts.groups:
        instance = INSTANCE.decide(of_group)
        action = ACTION.decide(Verdicts(link.verdict, site.verdict, instance.verdict))
        groups.append(GroupJudgement(name, instance, action))
    return Judgement(link, site, tuple(groups))
