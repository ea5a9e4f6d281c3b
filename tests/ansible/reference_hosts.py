"""What Ansible itself makes of patterns: `[inventory, patterns]` as JSON in, its answers out.

An answer is what `summary` in test_pattern.py gives of the hosts; null where Ansible refuses. A
process of its own, because importing Ansible reads configuration and makes folders at home.
"""

from __future__ import annotations

import hashlib
import json
import sys

from ansible.errors import AnsibleError  # type: ignore[import-untyped]
from ansible.inventory.manager import InventoryManager  # type: ignore[import-untyped]
from ansible.parsing.dataloader import DataLoader  # type: ignore[import-untyped]
from ansible.plugins.loader import init_plugin_loader  # type: ignore[import-untyped]


def main() -> None:
    inventory, patterns = json.load(sys.stdin)
    init_plugin_loader()
    manager = InventoryManager(DataLoader(), sources=[inventory])
    json.dump([answer(manager, pattern) for pattern in patterns], sys.stdout)


def answer(manager: InventoryManager, pattern: str) -> list[object] | None:
    try:
        names = [str(host.name) for host in manager.get_hosts(pattern)]
    except AnsibleError:
        return None
    return [len(names), *names[:2], hashlib.sha256("\n".join(names).encode()).hexdigest()]


main()
