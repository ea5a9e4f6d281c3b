"""Mistakes about routers and their ports."""

from __future__ import annotations

from collections.abc import Mapping

from tests.model.small_province import changed

DATA_CENTER = "blueprints/data-center.yml"
AGGREGATION_FILE = "blueprints/city-aggregation.yml"

CASES: dict[str, dict[str, Mapping[str, str]]] = {
    "routers": {
        "no router": changed(DATA_CENTER, "router: CR\n", ""),
        "a router of no role": changed(AGGREGATION_FILE, "router: AR\n", "router: RA\n"),
        "no port for prefectures": changed(DATA_CENTER, "prefecture: 10, ", ""),
        "hospitals on ports of prefectures": changed(DATA_CENTER, "hospital: 30", "hospital: 14"),
        "counties on the other router's port": changed(
            AGGREGATION_FILE, "county: 10, hospital: 40", "county: 10, hospital: 2"
        ),
        "the edges' own address": changed(DATA_CENTER, "virtual: 79", "virtual: 71"),
    },
}
