"""The shipped units as they are read: section, key, and every value that a key is given."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import failover

FOLDER = Path(failover.__file__).parent / "systemd"
PROCESSES = ("guard", "agent", "witness", "observer")
PROGRAM = "/opt/telemed/bin/telemed-failover"


def unit(process: str) -> Path:
    """The unit of a process."""
    return FOLDER / f"telemed-failover-{process}.service"


def settings(path: Path) -> dict[str, list[str]]:
    """`Section.Key` and its values, in their order."""
    found: dict[str, list[str]] = defaultdict(list)
    section = ""
    for line in path.read_text("utf-8").splitlines():
        if line.startswith("["):
            section = line.strip("[]")
        elif line and not line.startswith("#"):
            key, _, value = line.partition("=")
            found[f"{section}.{key}"].append(value)
    return dict(found)


def one(process: str, key: str) -> str:
    """The only value of a key of `[Service]`."""
    (value,) = settings(unit(process))[f"Service.{key}"]
    return value


def capabilities(process: str) -> list[str]:
    """What the bounding set leaves, as setpriv(1) writes it."""
    names = one(process, "CapabilityBoundingSet").split()
    assert names == one(process, "AmbientCapabilities").split(), "what is left is also given"
    return [name.lower().removeprefix("cap_") for name in names]
