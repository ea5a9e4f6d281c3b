"""Mistakes about circuits that are to be encrypted."""

from __future__ import annotations

from collections.abc import Mapping

from tests.model.small_province import changed

DATA_CENTER = "blueprints/data-center.yml"
HOSPITAL = "blueprints/city-hospital.yml"
TOWNSHIP = "blueprints/township.yml"
UP = "peer: AR01, link: 0}"

CASES: dict[str, dict[str, Mapping[str, str]]] = {
    "circuits": {
        "no number of the tunnel": changed(HOSPITAL, UP, "peer: AR01, over: 16}"),
        "the number of another line": changed(HOSPITAL, UP, "peer: AR01, link: 0, over: 1}"),
        "beyond the links": changed(HOSPITAL, UP, "peer: AR01, link: 0, over: 99}"),
        "a township's line": changed(
            TOWNSHIP, "to: tunnel, link: 0}", "to: tunnel, link: 0, over: 1}"
        ),
        "a mobile network": changed(TOWNSHIP, "medium: lte}", "medium: lte, over: 1}"),
        "a carrier": changed(
            "blueprints/county-center.yml",
            "port: FW01:8, to: carrier}",
            "port: FW01:8, to: carrier, over: 9}",
        ),
        "inside of a centre": changed(
            DATA_CENTER,
            "to: core, peer: CR01, link: 0}",
            "to: core, peer: CR01, link: 0, over: 40}",
        ),
        "the fibre": changed(
            DATA_CENTER, "peer: CR01, link: 13}", "peer: CR01, link: 13, over: 40}"
        ),
    },
}
HARMLESS = {"the fibre"}
