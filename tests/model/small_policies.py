"""The policies of the small province."""

from __future__ import annotations

POLICIES: dict[str, str] = {}

POLICIES["policies/guests.yml"] = """\
- id: P1701
  from: {kind: [township, county-center, county-hospital, city-hospital, provincial-hospital],
    zone: GUEST}
  to: {internet: true}
  apps: [https]
  owner: network-operations
  requester: county-imaging
  approved_by: security-office
  reason: guests read the web
  ticket: CHG-1701
  reviewed: 2026-03-01
"""

POLICIES["policies/imaging.yml"] = """\
# Images travel to the archive of the own prefecture.
- id: P0301
  from: {kind: township, zone: IMAGING}
  to: {service: imaging}
  apps: [dicom-tls]
  owner: imaging-center
  requester: county-imaging
  approved_by: security-office
  reason: township images to the archive
  ticket: CHG-0301
  reviewed: 2026-03-01
- id: P0302
  from: {kind: [county-hospital, county-center], zone: IMAGING}
  to: {kind: township, zone: IMAGING, within: county}
  apps: [dicom-tls]
  owner: imaging-center
  requester: county-imaging
  approved_by: security-office
  reason: county hospitals read images of their townships
  ticket: CHG-0302
  reviewed: 2026-03-01
  expires: 2027-03-01
"""

POLICIES["policies/network.yml"] = """\
- id: N0001
  from: {devices: all}
  to: {kind: data-center, zone: SECOPS}
  apps: [ntp]
  owner: network-operations
  requester: network-operations
  approved_by: security-office
  reason: devices take the time from the centres
  ticket: CHG-0001
  reviewed: 2026-06-30
- id: N0002
  from: {site: dc-a, zone: SECOPS}
  to: {devices: FW, prefecture: bijie}
  apps: [ssh, ping]
  owner: network-operations
  requester: network-operations
  approved_by: security-office
  reason: operators reach the firewalls
  ticket: CHG-0002
  reviewed: 2026-06-30
- id: P0401
  from: {partner: west-china}
  to: {service: dispatch}
  apps: [sips, conference-media]
  owner: network-operations
  requester: imaging-center
  approved_by: security-office
  reason: consultation with another province
  ticket: CHG-0401
  reviewed: 2026-06-30
  expires: 2027-06-30
- id: P0402
  from: {group: stroke, zone: VIDEO}
  to: {service: dispatch}
  apps: [sips]
  owner: network-operations
  requester: imaging-center
  approved_by: security-office
  reason: the alliance's hospitals call
  ticket: CHG-0402
  reviewed: 2026-06-30
"""
