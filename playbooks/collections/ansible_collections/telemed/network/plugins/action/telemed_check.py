"""Validates the inventory, as `telemed check` does. A task says `run_once: true`."""

from __future__ import annotations

from typing import Any

from ansible.plugins.action import ActionBase
from ansible_collections.telemed.network.plugins.plugin_utils.action import (
    SHARED_ARGUMENTS,
    day,
    inventory_folder,
    refusal,
    stopped,
)


class ActionModule(ActionBase):
    """Result: `counts`, and `findings` where it fails. Changes nothing."""

    _requires_connection = False
    _supports_check_mode = True

    def run(
        self, tmp: str | None = None, task_vars: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        # Not above: whoever lists Ansible's plugins need not have the library.
        from telemed_infra.model.load import load  # noqa: PLC0415
        from telemed_infra.pipeline.readiness import assert_buildable  # noqa: PLC0415
        from telemed_infra.pipeline.summary import counts  # noqa: PLC0415
        from telemed_infra.plan.network import network_plan  # noqa: PLC0415
        from telemed_infra.problem import InputError  # noqa: PLC0415

        result: dict[str, Any] = super().run(tmp, task_vars)
        _, arguments = self.validate_argument_spec(argument_spec=SHARED_ARGUMENTS)
        folder = inventory_folder(arguments, task_vars or {})
        try:
            network = load(folder, as_of=day(arguments), environment=arguments["environment"])
            assert_buildable(network)
        except InputError as error:
            return result | refusal(error.problems)
        except OSError as error:
            return result | stopped(error)
        numbers = counts(network, network_plan(network))
        text = ", ".join(f"{number} {what.replace('_', ' ')}" for what, number in numbers.items())
        return result | {"changed": False, "counts": numbers, "findings": [], "msg": text}
