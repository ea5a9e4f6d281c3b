"""A province small enough to build in a second: the sites of the model's, on shipped blueprints."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from telemed_infra.pipeline.build import BuildRequest
from telemed_infra.pipeline.verify import VerifyRequest, VerifyResult, verify
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
    # The shipped blueprints have a smaller zone there, and no Linux firewall.
    sites = changed("sites/5205-bijie.yml", "192.168.20.0/26", "192.168.20.0/27")
    sites = changed("sites/5205-bijie.yml", "vendor: linux", "vendor: huawei", sites)
    own_roles = whole["people.yml"] + "  county-imaging: radiology of the counties\n"
    return {**sites, **whole, "people.yml": own_roles}


def write_province(folder: Path, files: Mapping[str, str] | None = None) -> Path:
    """Writes the province below a folder and returns the inventory's path."""
    return write(folder, buildable() if files is None else files)


@dataclass(frozen=True)
class Place:
    """An inventory and where its build goes."""

    inventory: Path
    out: Path

    def request(self, **other: Any) -> BuildRequest:
        """To build all of it here, by one process and without the platforms' programs."""
        return replace(
            BuildRequest(
                inventory=self.inventory, out=self.out, as_of=AS_OF, native="none", jobs=1
            ),
            **other,
        )

    def verify(self, **other: Any) -> VerifyResult:
        return verify(
            replace(
                VerifyRequest(inventory=self.inventory, build=self.out, as_of=AS_OF, jobs=1),
                **other,
            )
        )

    def edit(self, file: str, old: str, new: str) -> None:
        """Changes one place of a document; it must be there."""
        path = self.inventory / file
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), "utf-8")

    def break_an_expectation(self) -> None:
        """Demands what no policy allows: every build of this has a finding."""
        self.edit("expectations.yml", "verdict: never", "verdict: always")

    def content(self) -> dict[str, bytes]:
        """Every file of the build."""
        return content(self.out)


def content(folder: Path) -> dict[str, bytes]:
    """Every file below a folder by its path there."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
