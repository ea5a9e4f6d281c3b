"""The inventory as Ansible sees it: every device as a host, with its groups and a few variables."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import Any

from ansible.errors import AnsibleParserError
from ansible.plugins.inventory import BaseInventoryPlugin
from ansible.template import trust_as_template

DOCUMENTATION = r"""
name: telemed
short_description: The devices of a telemedicine network
description:
  - Reads the inventory of C(telemed_infra) that lies in the folder of the named file.
  - A wrong inventory yields every problem with its file and line, and no host.
options:
  plugin:
    description: Says that the file is for this plugin.
    required: true
    choices: [telemed.network.telemed]
  environment:
    description: Name of the overlay in C(environments/) that is applied.
    type: str
    vars:
      - name: telemed_environment
"""

EXAMPLES = r"""
# inventory/telemed.yml
plugin: telemed.network.telemed
"""

ENTRY = "telemed.yml"


class InventoryModule(BaseInventoryPlugin):
    NAME = "telemed.network.telemed"

    def verify_file(self, path: str) -> bool:
        """Takes `telemed.yml`, and each file beside or below one, only to say what to use."""
        return bool(super().verify_file(path) and _entry(Path(path)))

    def parse(self, inventory: Any, loader: Any, path: str, cache: Any = True) -> None:  # noqa: FBT002
        super().parse(inventory, loader, path, cache)
        entry = _entry(Path(path))
        if entry is not None and entry != Path(path):
            raise AnsibleParserError(
                f"{_shown(Path(path))} is a part of an inventory, not one that Ansible reads",
                help_text=f"hint: use `-i {_shown(entry)}`",
            )
        self._read_config_data(path)
        # Not above: whoever asks Ansible for its plugins' documentation need not have the library.
        from telemed_infra.model.load import load  # noqa: PLC0415
        from telemed_infra.problem import InputError  # noqa: PLC0415

        try:
            # Reviews that ran out are a finding of the check; they must not stop a night's work.
            network = load(
                Path(path).parent, as_of=None, environment=self.get_option("environment")
            )
        except InputError as error:
            # Ansible repeats a message for each cause, behind a prefix of its own; the help it
            # writes once, unchanged.
            count = len(error.problems)
            problems = "1 problem" if count == 1 else f"{count} problems"
            raise AnsibleParserError(
                f"the inventory has {problems}", help_text=str(error)
            ) from None
        _fill(self.inventory, network)
        # All of it stays to the end: without this, looking for garbage in it takes a twelfth.
        gc.freeze()


def _fill(inventory: Any, network: Any) -> None:
    from telemed_infra.model.hosts import hosts_of  # noqa: PLC0415
    from telemed_infra.pipeline.hosts import host_variables  # noqa: PLC0415
    from telemed_infra.plan.network import network_plan  # noqa: PLC0415

    hosts, plan = hosts_of(network), network_plan(network)
    for device in network.devices:
        # Into `all` by name, or its order were that of the groups.
        inventory.add_host(device.name, group="all")
        for name, value in host_variables(device, plan).items():
            inventory.set_variable(device.name, name, _plain(value))
    for group in hosts.groups:
        inventory.add_group(group)
    for group in hosts.groups:
        for child in hosts.children.get(group, ()):
            inventory.add_child(group, child)
        for name in hosts.own(group):
            inventory.add_child(group, name)


def _plain(value: str) -> str:
    """Trusts what no template can hide in: only distrusted text is listed as `__ansible_unsafe`."""
    return value if "{" in value else trust_as_template(value)


def _entry(path: Path) -> Path | None:
    """The file that Ansible should be given: this one, or the nearest above it."""
    if path.name == ENTRY:
        return path
    return next((folder / ENTRY for folder in path.parents if (folder / ENTRY).is_file()), None)


def _shown(path: Path) -> str:
    """As short as it can be written from here."""
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)
