"""Run with Ansible: reads groups and patterns as JSON, prints what Ansible's own manager makes of each.

A process of its own, because importing Ansible reads configuration and makes folders at home.
"""

from __future__ import annotations

import json
import sys

from ansible.errors import AnsibleError
from ansible.inventory.manager import InventoryManager
from ansible.parsing.dataloader import DataLoader


def main() -> None:
    given = json.load(sys.stdin)
    answers: list[list[str] | None] = []
    for pattern in given["patterns"]:
        # A new one each time: it remembers the parts of earlier patterns.
        manager.subset(pattern)
        manager.clear_pattern_cache()


main()
