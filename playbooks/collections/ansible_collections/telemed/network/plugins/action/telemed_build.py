"""Builds and proves the configurations of the play's hosts, as `telemed build` does.

A task says `run_once: true`: the library does all hosts at once. In check mode it writes nothing.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ansible.plugins.action import ActionBase
from ansible_collections.telemed.network.plugins.plugin_utils.action import (
    SHARED_ARGUMENTS,
    day,
    inventory_folder,
    refusal,
    stopped,
)

ARGUMENTS = SHARED_ARGUMENTS | {
    "out": {"type": "path"},  # default: build/ beside the inventory
    "jobs": {"type": "int"},  # processes; default: the library's
    "native": {"type": "str"},  # what the platforms' own programs read; default: the library's
}
FINDINGS_SHOWN_MAX = 20


class ActionModule(ActionBase):
    """Result: `counts`, `files`, `files_changed`, `lines`, `proven`, `findings`, `seconds`."""

    _requires_connection = False
    _supports_check_mode = True

    def run(
        self, tmp: str | None = None, task_vars: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        # Not above: whoever lists Ansible's plugins need not have the library.
        from telemed_infra.model.pattern import PatternError  # noqa: PLC0415
        from telemed_infra.pipeline.build import BuildRequest, build  # noqa: PLC0415
        from telemed_infra.pipeline.errors import OutputError, WorkerLost  # noqa: PLC0415
        from telemed_infra.problem import InputError  # noqa: PLC0415

        result: dict[str, Any] = super().run(tmp, task_vars)
        _, arguments = self.validate_argument_spec(argument_spec=ARGUMENTS)
        folder = inventory_folder(arguments, task_vars or {})
        chosen = {key: arguments[key] for key in ("jobs", "native") if arguments[key] is not None}
        request = BuildRequest(
            inventory=folder,
            out=Path(arguments["out"] or folder.parent / "build"),
            limit=_limit(task_vars or {}),
            environment=arguments["environment"],
            as_of=day(arguments),
            check_only=bool(self._task.check_mode),
            **chosen,
        )
        try:
            built = build(request)
        except InputError as error:
            return result | refusal(error.problems)
        except (OutputError, PatternError, WorkerLost, OSError) as error:
            return result | stopped(error)
        return result | _report(built)


def _limit(task_vars: dict[str, Any]) -> frozenset[str] | None:
    """The hosts that the play is about; None for all of the inventory."""
    hosts = frozenset(map(str, task_vars["ansible_play_hosts_all"]))
    return None if hosts >= set(task_vars["groups"]["all"]) else hosts


def _report(built: Any) -> dict[str, Any]:
    findings = [str(finding) for finding in built.findings]
    left = len(findings) - FINDINGS_SHOWN_MAX
    shown = [
        *findings[:FINDINGS_SHOWN_MAX],
        *([f"and {left} more: `findings`"] if left > 0 else []),
    ]
    files = f"{built.files} files, {built.changed} changed"
    return {
        # With a finding the build before stays where it stood.
        "changed": built.proven and built.changed > 0,
        "failed": not built.proven,
        "msg": f"{files}, proven" if built.proven else "\n".join(["not proven", *shown]),
        "counts": built.counts,
        "files": built.files,
        "files_changed": built.changed,
        "lines": built.lines,
        "proven": built.proven,
        "findings": findings,
        "seconds": round(built.seconds, 3),
    }
