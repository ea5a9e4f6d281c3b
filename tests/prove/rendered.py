"""Texts of the shipped province, rendered site by site, as a build writes them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import jinja2

from telemed_infra.model.load import load
from telemed_infra.pipeline.meaning import Meaning
from telemed_infra.pipeline.texts import DeviceText, Texts
from telemed_infra.render.text import environment
from telemed_infra.resources import shipped

INVENTORY = Path(__file__).resolve().parents[2] / "inventory"
SITES = (
    *("guanling-baihe", "guanling-dingyun", "pingba-baiyun", "weining-haila"),  # townships
    "tongren-h1",  # the hospital that has Linux for firewalls and routers
    "dc-a",
)
"""Sites that have a text of every shape of nftables and FRR; tests/test_province.py compares."""


@cache
def province() -> Meaning:
    """The shipped province."""
    return Meaning(load(INVENTORY, as_of=None))


@cache
def _texts() -> Texts:
    return Texts(province(), environment(jinja2.FileSystemLoader(shipped("templates"))))


@cache
def texts(site: str, platform: str) -> tuple[DeviceText, ...]:
    """The files of a site that speak a platform's words."""
    return tuple(_of(site, platform))


def _of(site: str, platform: str) -> Iterator[DeviceText]:
    for one in _texts().of(province().network.sites[site]):
        if one.platform == platform:
            yield one
