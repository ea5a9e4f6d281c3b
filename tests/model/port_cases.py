"""Broken inventories: what zones say of ports for hosts."""

from __future__ import annotations

from tests.model.cases import NETWORK, Files
from tests.model.small_province import changed

ZONE = "{title: modalities and archives"

CASES: dict[str, dict[str, Files]] = {
    "ports": {
        "let in, and not asked": changed(
            NETWORK, ZONE, f"{ZONE}, ports: {{addresses_max: 2, admits: true}}"
        ),
    },
}
