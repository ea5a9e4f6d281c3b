"""Asks the platforms' own programs about a build's texts."""
from __future__ import annotations
from dataclasses import dataclass
from typing import Any, Literal
NativeMode = Literal["none", "shape", "all"]
@dataclass
class R:
    findings: tuple = ()
    def as_json(self) -> dict[str, Any]:
        return {"lines": []}
def check_native(*a, **k): return R()
