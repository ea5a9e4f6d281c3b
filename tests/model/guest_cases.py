"""Broken inventories about guests, who reach the Internet by their own site's line."""

from __future__ import annotations

from tests.model.cases import IMAGING, NETWORK, TOWNSHIP, Files
from tests.model.small_province import changed

GUESTS, HOSPITAL = "policies/guests.yml", "blueprints/county-hospital.yml"
OUT, FIRST = "to: {internet: true}", "- {name: lines-1, port: FW01:8, to: carrier}"

CASES: dict[str, dict[str, Files]] = {
    "guests": {
        "guests reach a service": changed(GUESTS, OUT, "to: {service: portal}"),
        "somebody reaches guests": changed(IMAGING, "zone: IMAGING, within", "zone: GUEST, within"),
        "others reach the Internet": changed(GUESTS, "zone: GUEST", "zone: VIDEO"),
        "without a zone": changed(GUESTS, "    zone: GUEST}", "    devices: all}"),
        "a zone that is nowhere": changed(GUESTS, "zone: GUEST", "zone: GEUST"),
        "the Internet begins": changed(
            IMAGING, "from: {kind: township, zone: IMAGING}", "from: {internet: true}"
        ),
        "the Internet of a kind": changed(GUESTS, OUT, "to: {internet: true, kind: township}"),
        "the Internet of a site": changed(GUESTS, OUT, "to: {internet: true, within: site}"),
        "no Internet": changed(GUESTS, OUT, "to: {internet: false}"),
        "no line": changed(TOWNSHIP, "  - {name: line, port: GW01:0, to: tunnel, link: 0}\n", ""),
        "a network of their own": changed(TOWNSHIP, "guest: true", "at: 128, length: 27"),
        "lines without addresses": changed(HOSPITAL, "lines: {at: 3392, length: 29}\n", ""),
        "lines without room": changed(
            HOSPITAL, "lines: {at: 3392, length: 29}", "lines: {at: 3392, length: 30}"
        ),
        "a member without a line": changed(HOSPITAL, f"  {FIRST}\n", ""),
        "own addresses are public": changed(NETWORK, "10.0.0.0/8, ", ""),
        "an IPv6 prefix is no part of it": changed(
            NETWORK, "10.0.0.0/8, ", '10.0.0.0/8, "fc00::/7", '
        ),
        "no prefix": changed(NETWORK, "10.0.0.0/8, ", "10.0.0.0/8, 127.0.0.1/8, "),
    },
}
