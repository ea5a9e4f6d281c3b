"""What the collection's actions share: they run in Ansible's own process and touch no device."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from ansible.errors import AnsibleActionFail

SHARED_ARGUMENTS = {
    "inventory": {"type": "path"},  # default: the folder of the inventory that Ansible reads
    "environment": {"type": "str"},  # overlay in environments/
    "as_of": {"type": "str"},  # YYYY-MM-DD for which reviews are judged; default: today
}


def inventory_folder(arguments: Mapping[str, Any], task_vars: Mapping[str, Any]) -> Path:
    """The inventory that a task speaks of."""
    folder = arguments["inventory"] or task_vars.get("inventory_dir")
    if not folder:
        raise AnsibleActionFail(
            "no inventory",
            help_text="hint: run with `-i inventory/telemed.yml`, or name `inventory`",
        )
    return Path(folder)


def day(arguments: Mapping[str, Any]) -> date:
    """The day for which reviews and expiries are judged."""
    if not arguments["as_of"]:
        return datetime.now(UTC).astimezone().date()
    try:
        return date.fromisoformat(arguments["as_of"])
    except ValueError:
        raise AnsibleActionFail(f"as_of: `{arguments['as_of']}` is not a day, YYYY-MM-DD") from None


def refusal(problems: tuple[Any, ...]) -> dict[str, Any]:
    """The result of a task that found the inventory wrong."""
    count = f"{len(problems)} problem{'s' if len(problems) > 1 else ''}"
    return {
        "failed": True,
        "msg": "\n".join([f"the inventory has {count}", *map(str, problems)]),
        "findings": [str(problem) for problem in problems],
        "counts": {},
    }


def stopped(error: Any) -> dict[str, Any]:
    """The result of a task that something stood in the way of; `problem` and `hint` are shown."""
    if isinstance(error, OSError):
        text, hint = f"{error.filename or 'output'}: {error.strerror}", ""
    else:
        text, hint = error.problem, error.hint
    return {
        "failed": True,
        "msg": f"{text}\nhint: {hint}" if hint else text,
        "findings": [],
        "counts": {},
    }
