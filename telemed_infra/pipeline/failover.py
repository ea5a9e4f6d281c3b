"""The plan of the failover: made, proven and written beside the configurations."""

from __future__ import annotations

from telemed_infra.compile.failover_plan import failover_plan, plan_text
from telemed_infra.pipeline.layout import FAILOVER_PLAN
from telemed_infra.pipeline.manifest import content_hash
from telemed_infra.pipeline.meaning import Meaning
from telemed_infra.pipeline.summary import ProofTotals
from telemed_infra.pipeline.swap import Output, write_if_changed, writing
from telemed_infra.pipeline.work import BatchResult
from telemed_infra.prove.failover_plan import prove_plan


def make_plan(meaning: Meaning, output: Output) -> BatchResult:
    """Writes the plan; a limited build does so too, for it is one file of the whole network."""
    content = plan_text(failover_plan(meaning.network, meaning.plan)).encode()
    target = output.folder / FAILOVER_PLAN
    with writing(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        write_if_changed(target, content)
    findings = prove_plan(FAILOVER_PLAN, content, meaning.network, meaning.plan)
    return BatchResult(
        files={FAILOVER_PLAN: content_hash(content)}, proof=ProofTotals(findings=findings)
    )
