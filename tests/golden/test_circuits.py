"""What changes in a text when circuits are encrypted: a person reads it."""

from __future__ import annotations

from collections.abc import Callable
from difflib import unified_diff
from functools import cache
from pathlib import Path

import pytest

from telemed_infra.pipeline.meaning import Meaning
from tests.plan.building import texts
from tests.plan.variants import Documents, encrypted, mixed, network, small, with_cisco
from tests.routing.province import on_linux

FOLDER = Path(__file__).resolve().parent / "circuits"
KEPT = (
    "BJ-WN-C-FW01.usg",  # a county's head, with tunnels of townships besides
    "GZ-H1-FW02.usg",  # a provincial hospital's firewall, with IPv6
    "BJ-H1-AR01.vrp",  # a prefecture's router
)
KEPT_OF_H3C = (
    "QN-GD-C-FW02.secpath",  # the second of a county's heads, with tunnels of townships besides
    "QN-H1-FW01.secpath",  # a city hospital's firewall, with IPv6
)
KEPT_OF_CISCO = (
    "QN-GD-C-FW01.ios",  # a county's head, with tunnels of townships besides
    "QN-H1-FW01.ios",  # a city hospital's firewall, with IPv6
)
ON_LINUX = (
    "BJ-H1-AR01.swanctl",  # a prefecture's router
    "BJ-WN-C-FW01.swanctl",  # a county's head, with tunnels of townships besides
)


def changed(files: Documents) -> dict[str, str]:
    """The lines that differ in each text, by its name."""
    plain, other = (
        {name: text for _, name, text in texts(Meaning(network(one)))}
        for one in (files, encrypted(files))
    )
    return {
        name: "".join(
            unified_diff(
                plain.get(name, "").splitlines(keepends=True), text.splitlines(keepends=True), n=1
            )
        )
        for name, text in other.items()
    }


@cache
def on_devices() -> dict[str, str]:
    return changed(small())


@cache
def of_h3c() -> dict[str, str]:
    return changed(mixed())


@cache
def of_cisco() -> dict[str, str]:
    return changed(with_cisco())


@cache
def on_hosts() -> dict[str, str]:
    return changed(on_linux())


@pytest.mark.parametrize("name", KEPT)
def test_what_a_device_says_of_encrypted_circuits(
    golden: Callable[[Path, str], None], name: str
) -> None:
    golden(FOLDER / f"{name}.diff", on_devices()[name])


@pytest.mark.parametrize("name", KEPT_OF_H3C)
def test_what_h3c_says_of_encrypted_circuits(
    golden: Callable[[Path, str], None], name: str
) -> None:
    golden(FOLDER / f"{name}.diff", of_h3c()[name])


@pytest.mark.parametrize("name", KEPT_OF_CISCO)
def test_what_cisco_says_of_encrypted_circuits(
    golden: Callable[[Path, str], None], name: str
) -> None:
    golden(FOLDER / f"{name}.diff", of_cisco()[name])


@pytest.mark.parametrize("name", ON_LINUX)
def test_what_linux_says_of_encrypted_circuits(
    golden: Callable[[Path, str], None], name: str
) -> None:
    golden(FOLDER / f"{name}.diff", on_hosts()[name])
