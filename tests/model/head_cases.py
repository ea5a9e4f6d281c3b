"""Mistakes about how townships' tunnels and hospitals' lines come to the head of their county."""

from __future__ import annotations

from collections.abc import Mapping

from tests.model.small_province import changed

HEAD, HOSPITAL = "blueprints/county-center.yml", "blueprints/county-hospital.yml"
LINES = "lines: {at: 3392, length: 29}"

CASES: dict[str, dict[str, Mapping[str, str]]] = {
    "heads": {
        "no address for tunnels": changed(HEAD, f"{LINES}\n", ""),
        "no room for tunnels": changed(HEAD, "at: 3392, length: 29", "at: 3392, length: 30"),
        "lines over links": changed(HEAD, "lines: {at: 3392", "lines: {at: 3328"),
        "no carrier": changed(HEAD, "FW02:8, to: carrier", "FW02:8, to: fibre"),
        "the carrier alone": changed(HEAD, "port: FW01:0, to: agg", "port: CSW01:21, to: agg"),
        "no rule for tunnels": changed("network.yml", "liveness_s: 10, ", ""),
        "a cipher that nobody knows": changed("network.yml", "ike: [aes-256]", "ike: [rot-13]"),
        "a group that is too small": changed("network.yml", "[19, 14]", "[2]"),
        "a secret itself": changed("network.yml", '"vault:t-"', "swordfish"),
    },
    "downlinks": {
        "on the carrier's port": changed(HEAD, "first_downlink_port: 3", "first_downlink_port: 5"),
        "on two ports of the head's own": changed(
            HEAD, "first_downlink_port: 3", "first_downlink_port: 1"
        ),
        "straight cables alone": changed(
            HOSPITAL,
            "  - {name: up-3, port: FW01:3, to: head, peer: FW02, link: 3}\n"
            "  - {name: up-4, port: FW02:3, to: head, peer: FW01, link: 4}\n",
            "",
        ),
        "two cables of one member to one": changed(
            HOSPITAL, "peer: FW02, link: 3}", "peer: FW01, link: 3}"
        ),
    },
}
