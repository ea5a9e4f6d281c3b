"""Broken inventories by family: lectures to many."""

from __future__ import annotations

from collections.abc import Mapping

from tests.model.small_province import FILES, changed

Files = Mapping[str, str]
NETWORK, IMAGING, EXPECTATIONS = "network.yml", "policies/imaging.yml", "expectations.yml"
PROTOCOLS = """\
  pim: {title: pim, dscp: network-control, protocol: [103]}
  igmp: {title: igmp, dscp: network-control, protocol: [2]}
"""
POLICY = """\
- id: P0901
  from: {kind: data-center, zone: DMZ}
  to: {kind: [county-hospital, county-center], multicast: true}
  apps: [conference-media]
  owner: imaging-center
  requester: county-imaging
  approved_by: security-office
  reason: a lecture to many rooms
  ticket: CHG-0901
  reviewed: 2026-03-01
"""


def lectures(
    groups: str = "232.52.0.0/16", zone: str = "DMZ", protocols: str = PROTOCOLS
) -> dict[str, str]:
    """The small province with lectures in a zone, and a policy for them."""
    text = FILES[NETWORK].replace("tunnels: {ike", f"{protocols}tunnels: {{ike")
    rule = f"multicast: {{zone: {zone}, groups: {groups}}}\n"
    return {**FILES, NETWORK: text + rule, IMAGING: FILES[IMAGING] + POLICY}


def to(selector: str) -> Files:
    """A policy to something else."""
    old = "to: {kind: [county-hospital, county-center], multicast: true}"
    return changed(IMAGING, old, f"to: {selector}", lectures())


CASES: dict[str, dict[str, Files]] = {
    "multicast": {
        "protocols are missing": lectures(protocols=""),
        "no zone": lectures(zone="DMX"),
        "a zone that no blueprint has": lectures(zone="DOWN"),
        "of any source": lectures("239.192.0.0/14"),
        "kept for nobody": lectures("232.0.0.0/16"),
        "bits beyond": lectures("232.52.0.1/16"),
        "another family": lectures("ff3e::/32"),
        "the network has none": {**FILES, IMAGING: FILES[IMAGING] + POLICY},
        "groups send": changed(
            IMAGING, "from: {kind: data-center, zone: DMZ}", "from: {multicast: true}", lectures()
        ),
        "with a zone": to("{zone: DMZ, multicast: true}"),
        "within": to("{multicast: true, within: county}"),
        "a kind without the zone": changed(
            NETWORK, "multicast: {zone: DMZ", "multicast: {zone: SECOPS", lectures()
        ),
        "more than UDP": changed(IMAGING, "apps: [conference-media]", "apps: [https]", lectures()),
        "not true": to("{multicast: false}"),
    }
}
