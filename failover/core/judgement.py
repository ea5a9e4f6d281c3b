"""One judgement: evidence in, the speaking row of each table out. Pure, so it can be replayed."""

from typing import NamedTuple

from failover.core.evidence import Evidence, instance_facts, link_facts, site_facts
from failover.core.facts import Action, InstanceVerdict, LinkVerdict, SiteVerdict
from failover.core.plan import Plan
from failover.core.rows import Row
from failover.core.tables import ACTION, INSTANCE, LINK, SITE, Verdicts


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
    link = LINK.decide(link_facts(evidence, plan))
    site = SITE.decide(site_facts(evidence, plan))
    groups = []
    for group in evidence.groups:
        instance = INSTANCE.decide(instance_facts(group))
        action = ACTION.decide(Verdicts(link.verdict, site.verdict, instance.verdict))
        groups.append(GroupJudgement(group.name, instance, action))
    return Judgement(link, site, tuple(groups))
