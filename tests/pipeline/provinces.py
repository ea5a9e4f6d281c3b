"""A province small enough to build in a second: the model's own sites, on the shipped blueprints."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path

from telemed_infra.resources import shipped
from tests.model.small_province import changed, write

AS_OF = date(2026, 7, 1)
SHIPPED = ("network.yml", "people.yml", "ids.yml", "blueprints/*.yml")


@cache
def buildable() -> Mapping[str, str]:
    """The files of the small province, such that each device can be built."""
    inventory = shipped("inventory")
    whole = {
        path.relative_to(inventory).as_posix(): path.read_text("utf-8")
        for pattern in SHIPPED
        for path in inventory.glob(pattern)
    }
    # The shipped blueprints have a smaller zone there; a USG has no second line.
    sites = changed("sites/5205-bijie.yml", "192.168.20.0/26", "192.168.20.0/27")
    sites = changed("sites/5205-bijie.yml", "vendor: huawei", "vendor: linux", sites)
    own_roles = whole["people.yml"] + "  county-imaging: radiology of the counties\n"
    return {**sites, **whole, "people.yml": own_roles}


def write_province(folder: Path, files: Mapping[str, str] | None = None) -> Path:
    """Writes the province below a folder and returns the inventory's path."""
    return write(folder, buildable() if files is None else files)
