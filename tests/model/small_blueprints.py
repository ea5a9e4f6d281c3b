"""The blueprints of the small province: what each kind of site has, cut to the bone."""

from __future__ import annotations

BLUEPRINTS: dict[str, str] = {}

BLUEPRINTS["blueprints/data-center.yml"] = """\
kind: data-center
title: data centre
ipv6: true
block: 14
enforcing: FW
router: CR
downlinks: {firewall: 0, prefecture: 10, hospital: 30}
loopbacks: {at: 256, length: 24}
links_block: {at: 512, length: 24}
zones:
  MGMT: {vlan: 10, at: 2560, length: 24}
  DMZ: {vlan: 100, at: 25600, length: 24}
  SECOPS: {vlan: 150, at: 38400, length: 24}
  SENSOR: {vlan: 190, at: 48640, length: 24}
  PARTNER: {vlan: 200, at: 51200, length: 28}
devices:
  CR: {count: 2, platform: {huawei: huawei_vrp, h3c: huawei_vrp, linux: frr}, host: 50}
  FW: {count: 2, platform: {huawei: huawei_usg, h3c: h3c_secpath, linux: nftables}, host: 1}
  CSW: {count: 2, platform: {huawei: huawei_vrp, h3c: h3c_comware, linux: huawei_vrp}, host: 10}
  SE: {count: 2, platform: nftables, host: 70, virtual: 79}
links:
  - {a: CR01:1, b: CR02:1, zone: WAN, link: 8}
  - {a: FW01:1, b: CSW01:1}
  - {a: FW02:1, b: CSW02:1}
  - {a: FW01:2, b: FW02:2, zone: HA, link: 2}
  - {a: FW01:3, b: CSW01:2, zone: PARTNER}
  - {a: FW02:3, b: CSW02:2, zone: PARTNER}
  - {a: CSW01:24, b: CSW02:24}
  - {a: CSW01:7, b: SE01:0, zone: DMZ}
  - {a: CSW02:7, b: SE02:0, zone: DMZ}
  - {a: CSW01:8, b: SE01:1, zone: MGMT}
  - {a: CSW02:8, b: SE02:1, zone: MGMT}
  - {a: CSW01:9, b: CR01:4, zone: MGMT}
  - {a: CSW02:9, b: CR02:4, zone: MGMT}
access:
  - {device: CSW01, ports: "10-14", zone: SECOPS}
  - {device: CSW02, ports: "10-14", zone: null}
uplinks:
  - {name: core-1, port: FW01:0, to: core, peer: CR01, link: 0}
  - {name: core-2, port: FW02:0, to: core, peer: CR02, link: 1}
  - {name: fibre-1, port: CR01:5, to: fibre, peer: CR01, link: 13}
  - {name: fibre-2, port: CR02:5, to: fibre, peer: CR02, link: 14}
"""

_HOSPITAL = """\
kind: {kind}
title: {kind}
ipv6: true
block: 20
enforcing: FW
loopbacks: {{at: 3296, length: 28}}
links_block: {{at: 3328, length: 26}}
zones:
  MGMT: {{vlan: 10, at: 0, length: 25}}
  VIDEO: {{vlan: 20, at: 128, length: 26}}
  IMAGING: {{vlan: 40, at: 256, length: 24}}
  GUEST: {{vlan: 80, guest: true}}
  DMZ: {{vlan: 100, at: 192, length: 26}}
  SENSOR: {{vlan: 190, at: 3264, length: 28}}
devices:
  FW: {{count: 2, platform: {{huawei: huawei_usg, h3c: h3c_secpath, linux: nftables}}, host: 1}}
  CSW:
    {{count: 2, platform: {{huawei: huawei_vrp, h3c: h3c_comware, linux: huawei_vrp}}, host: 10}}
  IDS: {{count: 1, platform: suricata, host: 40}}
links:
  - {{a: FW01:1, b: CSW01:1}}
  - {{a: FW02:1, b: CSW02:1}}
  - {{a: FW01:2, b: FW02:2, zone: HA, link: 2}}
  - {{a: CSW01:24, b: CSW02:24}}
  - {{a: CSW01:23, b: IDS01:0, mirror: true}}
  - {{a: CSW01:22, b: IDS01:1, zone: SENSOR}}
access:
  - {{device: CSW01, ports: "4-9", zone: VIDEO}}
  - {{device: CSW02, ports: "4-9", zone: IMAGING}}
  - {{device: CSW02, ports: "10-18", zone: null}}
uplinks:
  - {{name: up-1, port: FW01:0, to: {to}, peer: {peer}01, link: 0}}
  - {{name: up-2, port: FW02:0, to: {to}, peer: {peer}02, link: 1}}
"""
_HEARTBEAT = "  - {a: FW01:2, b: FW02:2, zone: HA, link: 2}\n"
_LINES = """\
  - {name: lines-1, port: FW01:8, to: carrier}
  - {name: lines-2, port: FW02:8, to: carrier}
lines: {at: 3392, length: 29}
"""
BLUEPRINTS["blueprints/provincial-hospital.yml"] = (
    _HOSPITAL.format(kind="provincial-hospital", to="core", peer="CR").replace(
        _HEARTBEAT, f"{_HEARTBEAT}  - {{a: FW01:3, b: FW02:3, zone: WAN, link: 3}}\n"
    )
    + _LINES
)
BLUEPRINTS["blueprints/city-hospital.yml"] = (
    _HOSPITAL.format(kind="city-hospital", to="aggregation", peer="AR") + _LINES
)
BLUEPRINTS["blueprints/county-hospital.yml"] = (
    _HOSPITAL.format(kind="county-hospital", to="head", peer="FW")
    + """\
  - {name: up-3, port: FW01:3, to: head, peer: FW02, link: 3}
  - {name: up-4, port: FW02:3, to: head, peer: FW01, link: 4}
"""
    + _LINES
)
BLUEPRINTS["blueprints/county-center.yml"] = (
    _HOSPITAL.format(kind="county-center", to="aggregation", peer="AR")
    + _LINES
    + """\
tunnels_from_below: true
first_downlink_port: 3
"""
)

BLUEPRINTS["blueprints/city-aggregation.yml"] = """\
kind: city-aggregation
title: aggregation of a prefecture
block: 20
router: AR
downlinks: {county: 10, hospital: 40}
devices:
  AR: {count: 2, platform: {huawei: huawei_vrp, h3c: huawei_vrp, linux: frr}, host: 90}
  IDS: {count: 1, platform: suricata, host: 41}
links:
  - {a: AR01:2, b: AR02:2, zone: WAN, link: 12}
  - {a: CSW01:19, b: AR01:3, zone: MGMT}
  - {a: CSW02:19, b: AR02:3, zone: MGMT}
  - {a: AR01:4, b: IDS02:0, mirror: true}
uplinks:
  - {name: core-a1, port: AR01:0, to: core, peer: CR01, link: 8}
  - {name: core-b1, port: AR01:1, to: core, peer: CR01, link: 9}
  - {name: core-a2, port: AR02:0, to: core, peer: CR02, link: 10}
  - {name: core-b2, port: AR02:1, to: core, peer: CR02, link: 11}
"""

BLUEPRINTS["blueprints/township.yml"] = """\
kind: township
title: township health centre
block: 23
enforcing: GW
loopbacks: {at: 32, length: 28}
links_block: {at: 48, length: 28}
zones:
  MGMT: {vlan: 10, at: 0, length: 28}
  VIDEO: {vlan: 20, at: 16, length: 28}
  IMAGING: {vlan: 40, at: 64, length: 27}
  GUEST: {vlan: 80, guest: true}
devices:
  GW: {count: 1, platform: nftables, host: 1}
  ASW: {count: 1, platform: {huawei: huawei_vrp, h3c: h3c_comware}, host: 4}
links:
  - {a: GW01:1, b: ASW01:24}
access:
  - {device: ASW01, ports: "1-2", zone: VIDEO}
  - {device: ASW01, ports: "3-8", zone: IMAGING}
  - {device: ASW01, ports: "9-23", zone: null}
uplinks:
  - {name: line, port: GW01:0, to: tunnel, link: 0}
  - {name: lte, port: GW01:2, to: tunnel, medium: lte}
"""
