"""Where the data that comes with the package lies: in the checkout, or inside the wheel."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def shipped(name: str) -> Path:
    """The folder `name` (templates, inventory, playbooks), inside the package or beside it."""
    for base in (_PACKAGE / "_shipped", _PACKAGE.parent):
        if (base / name).is_dir():
            return base / name
    raise FileNotFoundError(
        f"{name}/ is neither inside the package nor beside it: reinstall telemed-infra"
    )
