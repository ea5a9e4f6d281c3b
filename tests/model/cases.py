"""Broken inventories by family: a name, what is written, and where the messages are kept."""

from __future__ import annotations

import re
from collections.abc import Mapping

from tests.model.small_province import FILES, changed

Files = Mapping[str, str]
BIJIE, QIANNAN, PROVINCE = "sites/5205-bijie.yml", "sites/5227-qiannan.yml", "sites/52-province.yml"
IMAGING, SERVICES, NETWORK = "policies/imaging.yml", "services.yml", "network.yml"
TOWNSHIP, CENTERS = "blueprints/township.yml", "data_centers.yml"
HEAD_FILE = "blueprints/county-center.yml"
PROVINCIAL_FILE = "blueprints/provincial-hospital.yml"
OPERATION, DATA_CENTER = "policies/network.yml", "blueprints/data-center.yml"
AGGREGATION_FILE = "blueprints/city-aggregation.yml"
FROM_CENTER = "{site: dc-a, zone: SECOPS}"


def without(*names: str) -> dict[str, str]:
    return {name: text for name, text in FILES.items() if name not in names}


def added(file: str, text: str) -> dict[str, str]:
    return {**FILES, file: FILES.get(file, "") + text}


CAOHAI = "weining-caohai: {num: 1, short: CH"
CASES: dict[str, dict[str, Files]] = {
    "keys": {
        "unknown, a word nearly right": changed(SERVICES, "rto: 30s", "rta: 30s"),
        "unknown, nothing is near": changed(SERVICES, "rto: 30s", "rto: 30s\n  colour: red"),
        "optional and misspelt": changed(IMAGING, "expires:", "expire:"),
        "missing": changed(IMAGING, "  owner: imaging-center\n", ""),
        "repeated": changed(SERVICES, "rto: 30s", "rto: 30s\n  rto: 40s"),
        "repeated item": changed(BIJIE, "weining-zhongshui:", "weining-caohai:"),
        "not an identifier": changed(SERVICES, "portal:", "Portal:"),
    },
    "types": {
        "duration": changed(SERVICES, "rto: 15s", "rto: 5 minutes"),
        "whole number": changed(SERVICES, "num: 4", "num: four"),
        "quoted number": changed(SERVICES, "num: 4", 'num: "4"'),
        "fraction": changed(SERVICES, "num: 4", "num: 4.5"),
        "choice": changed(SERVICES, "by: province", "by: provinz"),
        "choice in a list": changed(IMAGING, "[county-hospital,", "[county-hospitl,"),
        "choice without a list": changed(IMAGING, "kind: township", "kind: townshp"),
        "no value": changed(SERVICES, "name: 远程影像", "name:"),
        "list for one": changed(SERVICES, "apps: [https]", "apps: https"),
        "empty list": changed(SERVICES, "apps: [https]", "apps: []"),
        "text for a mapping": changed(
            SERVICES, "instances: {by: province, home: dc-a}", "instances: province"
        ),
        "home is no identifier": changed(SERVICES, "home: dc-a", "home: DC A"),
        "share": changed(SERVICES, "county: 0.6", "county: 60%"),
        "share above one": changed(SERVICES, "county: 0.6", "county: 1.6"),
        "share of nobody": changed(SERVICES, "county: 0.6", "countie: 0.6"),
        "neither true nor false": changed(BIJIE, "lte: false", "lte: maybe"),
        "quoted date": changed(IMAGING, "2026-03-01", '"2026-03-01"'),
        "port": changed(NETWORK, "tcp: [443]", "tcp: [70000, a-b]"),
        "one end": changed(CENTERS, "[dc-a, dc-b]", "[dc-a]"),
        "no text": changed(SERVICES, "name: 远程影像", "name: [a]"),
        "a number where a choice belongs": changed(SERVICES, "by: province", "by: 3"),
        "no number": changed(SERVICES, "num: 4", "num:"),
        "short sentence": changed("expectations.yml", "no township reaches another township", "no"),
        "empty name": changed(SERVICES, "name: 远程影像", 'name: ""'),
        "a list for a share": changed(SERVICES, "county: 0.6", "county: [1]"),
        "a long value": changed(SERVICES, "rto: 15s", "rto: " + "a" * 60),
        "two alternatives, neither": changed(IMAGING, "kind: township", "kind: {a: b}"),
        "three ends": changed(CENTERS, "[dc-a, dc-b]", "[dc-a, dc-b, dc-a]"),
        "too long": changed(SERVICES, "远程影像", "影" * 81),
        "a list for a mapping": {**FILES, SERVICES: "- portal\n"},
        "a text for a document": {**FILES, SERVICES: "portal\n"},
        "a mapping for a list": {**FILES, "expectations.yml": "E001: never\n"},
    },
    "yaml": {
        "number for a code": changed(BIJIE, '"520526"', "520526"),
        "octal": changed(BIJIE, '"520526001"', "0520526001"),
        "octal number": changed(SERVICES, "num: 4", "num: 010"),
        "no": changed(SERVICES, "name: 远程影像", "name: no"),
        "on as a key": changed("groups.yml", "stroke:", "on:"),
        "base 60": changed(SERVICES, "rto: 15s", "rto: 1:30"),
        "base 60 in a number": changed(SERVICES, "num: 4", "num: 1:30"),
        "date as a text": changed(
            IMAGING, "reason: township images to the archive", "reason: 2026-03-01"
        ),
        "no day of the calendar": changed(IMAGING, "2026-03-01", "2026-02-30"),
        "tab": changed(SERVICES, "  num: 4", "\tnum: 4"),
        "bracket": changed(SERVICES, "[dicom-tls]", "[dicom-tls"),
        "quote": changed(IMAGING, "ticket: CHG-0302", 'ticket: "CHG-0302'),
        "indentation": changed(SERVICES, "  zone: DMZ", "   zone: DMZ"),
        "colon": changed(SERVICES, "name: 远程影像", "name: images: far"),
        "two documents": added(SERVICES, "---\nmore: {}\n"),
        "alias": changed(SERVICES, "rto: 15s", "rto: *portal"),
        "anchor and alias": changed(SERVICES, "rto: 30s\n  rpo: 30s", "rto: &r 30s\n  rpo: *r"),
        "merge key": changed(SERVICES, "dispatch:\n", "dispatch:\n  <<: {zone: DMZ}\n"),
        "tag": changed(SERVICES, "rto: 15s", "rto: !vault abc"),
        "list as a key": changed("groups.yml", "stroke:", "[a, b]:"),
        "control character": changed(SERVICES, "远程影像", "a\x07b"),
        "nested deeply": {**FILES, "groups.yml": "a: " + "[" * 60 + "]" * 60 + "\n"},
        "nested beyond measure": {**FILES, "groups.yml": "[" * 200_000},
        "dashes beyond measure": {**FILES, "groups.yml": "- " * 200_000},
    },
    "files": {
        "empty": {**FILES, "groups.yml": ""},
        "comments only": {**FILES, "expectations.yml": "# later\n"},
        "missing": without("groups.yml"),
        "no policies": without(IMAGING, OPERATION, "policies/guests.yml"),
        "misspelt": {**without(SERVICES), "service.yml": FILES[SERVICES]},
        "folder in a folder": {**FILES, "policies/more/x.yml": "[]\n"},
        "misspelt folder": {**FILES, "polices/x.yml": "[]\n"},
        "other ending": {**FILES, "policies/x.yaml": "[]\n"},
        "byte order mark": {**FILES, "groups.yml": "\ufeff{}\n"},
        "broken, with references to it": changed(
            "people.yml", "roles:", "roles: {", changed(SERVICES, "num: 4", "num: x")
        ),
        "name of a site file": {**without(BIJIE), "sites/5206-bijie.yml": FILES[BIJIE]},
        "name of a blueprint": {**without(TOWNSHIP), "blueprints/x.yml": FILES[TOWNSHIP]},
        "no blueprint": without(TOWNSHIP),
    },
    "references": {
        "class of service": changed(NETWORK, "dscp: signaling", "dscp: signalling"),
        "application": changed(IMAGING, "apps: [dicom-tls]", "apps: [dicom]"),
        "role": changed(IMAGING, "owner: imaging-center", "owner: image-center"),
        "service": changed(IMAGING, "service: imaging", "service: imagin"),
        "partner": changed("policies/network.yml", "west-china", "east-china"),
        "group": changed("policies/network.yml", "group: stroke", "group: strokes"),
        "zone": changed(IMAGING, "zone: IMAGING}", "zone: IMAGE}"),
        "prefecture": changed("policies/network.yml", "prefecture: bijie", "prefecture: bije"),
        "site": changed("policies/network.yml", "site: dc-a", "site: dc-c"),
        "member": changed("groups.yml", "weining-h1", "weining-h2"),
        "home": changed(QIANNAN, "home: dc-b", "home: dc-c"),
        "home of a service": changed(SERVICES, "home: dc-a", "home: dc-c"),
        "zone of a service": changed(SERVICES, "zone: DMZ", "zone: VIDEO"),
        "aggregation": changed(QIANNAN, "aggregation_in: qiannan-h1", "aggregation_in: qiannan-h2"),
        "no aggregation": changed(QIANNAN, ",\n  aggregation_in: qiannan-h1", ""),
        "carrier": changed(PROVINCE, "carrier: unicom", "carrier: unikom"),
        "conduit": changed(PROVINCE, "conduit: west", "conduit: wets"),
        "circuit's site": changed(PROVINCE, "guizhou-h1.FW02", "guizhou-h2.FW02"),
        "circuit's device": changed(BIJIE, "bijie-h1.AR02", "bijie-h1.AR03"),
        "rule set": changed("ids.yml", "city-hospital: [hygiene]", "city-hospital: [hygine]"),
        "sensor without rules": changed("ids.yml", "  county-center: [hygiene]\n", ""),
        "after": changed(SERVICES, "after: [portal]", "after: [portals]"),
        "management zone of others": changed(NETWORK, "zone: SECOPS", "zone: VIDEO"),
        "aggregation of the province": changed(
            PROVINCE, "home: dc-a", "home: dc-a, aggregation_in: x"
        ),
        "fibre to itself": changed(CENTERS, "[dc-a, dc-b]", "[dc-a, dc-a]"),
        "circuit to itself": changed(
            PROVINCE, "[guizhou-h1.FW01, dc-a.CR01]", "[dc-a.CR01, dc-a.CR01]"
        ),
        "management zone": changed(NETWORK, "zone: SECOPS", "zone: SENSORS"),
        "fibre's conduit": changed(PROVINCE, "conduit: east", "conduit: dc-fibre"),
        "services in a circle": changed(SERVICES, "rpo: 30s\n", "rpo: 30s\n  after: [imaging]\n"),
    },
    "numbers": {
        "twice": changed(BIJIE, "weining-zhongshui: {num: 3", "weining-zhongshui: {num: 1"),
        "retired": changed(BIJIE, "weining-zhongshui: {num: 3", "weining-zhongshui: {num: 2"),
        "short twice": changed(BIJIE, "short: ZS", "short: CH"),
        "short of a hospital": changed(BIJIE, "short: ZS", "short: H1"),
        "short of a prefecture": changed(QIANNAN, "short: QN", "short: BJ"),
        "townships full": changed(BIJIE, "zhongshui: {num: 3", "zhongshui: {num: 57"),
        "counties full": changed(BIJIE, "num: 8\n", "num: 25\n"),
        "hospital replaced": changed(BIJIE, "nayong-h2: {num: 1", "nayong-h2: {num: 2"),
        "city hospital": changed(BIJIE, "bijie-h1: {num: 48", "bijie-h1: {num: 64"),
        "provincial hospital": changed(PROVINCE, "{num: 1,", "{num: 16,"),
        "prefecture": changed(BIJIE, "num: 5, ", "num: 16, "),
        "service": changed(SERVICES, "num: 4", "num: 16"),
        "service twice": changed(SERVICES, "num: 4", "num: 1"),
        "site id": changed(QIANNAN, "guiding-changming", "weining-caohai"),
        "county id": changed(QIANNAN, "  guiding:", "  weining:"),
        "policy id": changed(IMAGING, "id: P0302", "id: P0401"),
        "expectation id": changed("expectations.yml", "E002", "E001"),
        "circuit id": changed(BIJIE, "id: bijie-a2", "id: guizhou-a"),
        "centre's number": changed(BIJIE, "{id: weining-c,", "{id: weining-c, num: 1,"),
        "name of devices": changed(PROVINCE, "short: H1", "short: DCA"),
        "county of the province": added(
            PROVINCE,
            FILES[QIANNAN][FILES[QIANNAN].index("counties:") :].replace("guiding", "guian"),
        ),
        "third data centre": changed(
            CENTERS,
            "fibre:",
            (
                "  dc-c: {num: 2, name: c, short: DCC, v4: 10.16.0.0/14, as_number: 64516, "
                "service_edge_as: 64514, service_edge_key: 'vault:c'}\nfibre:"
            ),
        ),
    },
    "blueprints": {
        "overlap": changed(TOWNSHIP, "IMAGING: {vlan: 40, at: 64", "IMAGING: {vlan: 40, at: 32"),
        "leaves the block": changed(TOWNSHIP, "at: 64, length: 27", "at: 512, length: 27"),
        "not aligned": changed(TOWNSHIP, "at: 64, length: 27", "at: 72, length: 27"),
        "no place": changed(TOWNSHIP, "at: 64, length: 27", "at: 64"),
        "guest with a place": changed(TOWNSHIP, "guest: true", "guest: true, at: 128, length: 27"),
        "VLAN": changed(TOWNSHIP, "vlan: 40", "vlan: 20"),
        "parking VLAN": changed(TOWNSHIP, "block: 23", "block: 23\nparking_vlan: 20"),
        "host outside": changed(TOWNSHIP, "host: 4", "host: 15"),
        "host twice": changed("blueprints/data-center.yml", "host: 70", "host: 11"),
        "host of the gateway": changed("blueprints/data-center.yml", "host: 10}", "host: 2}"),
        "host of the hospital": changed("blueprints/city-aggregation.yml", "host: 41", "host: 40"),
        "port twice": changed(TOWNSHIP, '"9-23"', '"8-23"'),
        "port of the hospital": changed("blueprints/city-aggregation.yml", "CSW02:19", "CSW02:18"),
        "device of a link": changed(TOWNSHIP, "b: ASW01:24", "b: ASW02:24"),
        "trunk and access": changed(
            TOWNSHIP, "b: ASW01:24", "b: ASW01:24, zone: VIDEO, zones: [VIDEO]"
        ),
        "link of the hospital": changed("blueprints/city-aggregation.yml", "link: 12", "link: 2"),
        "no loopbacks": changed(TOWNSHIP, "loopbacks: {at: 32, length: 28}\n", ""),
        "management host outside": changed(
            "blueprints/data-center.yml",
            "SECOPS: {vlan: 150, at: 38400, length: 24}",
            "SECOPS: {vlan: 150, at: 38400, length: 27}",
        ),
        "link twice": changed("blueprints/data-center.yml", "CR01, link: 0", "CR01, link: 2"),
        "link outside": changed("blueprints/data-center.yml", "CR01, link: 0", "CR01, link: 128"),
        "peer": changed("blueprints/city-hospital.yml", "peer: AR02", "peer: AR03"),
        "enforcing": changed(TOWNSHIP, "enforcing: GW", "enforcing: FW"),
        "zone of a link": changed(TOWNSHIP, "zone: VIDEO}", "zone: VIDEOS}"),
        "management host": changed(NETWORK, "dns: 60", "dns: 50"),
        "management host of the gateway": changed(NETWORK, "bastion: 10", "bastion: 3"),
        "management host of a device": changed(
            NETWORK, "bastion: 10", "bastion: 11", changed(NETWORK, "zone: SECOPS", "zone: MGMT")
        ),
        "second trunk": changed(
            DATA_CENTER,
            "  - {a: CSW01:24, b: CSW02:24}\n",
            "  - {a: CSW01:24, b: CSW02:24, zones: [MGMT]}\n"
            "  - {a: CSW02:23, b: CSW01:23, zones: [PARTNER]}\n"
            "  - {a: FW01:4, b: CSW01:22, zones: [DMZ]}\n",  # it routes: no loop
        ),
        "second trunk beside the hospital's": changed(
            "blueprints/city-aggregation.yml",
            "links:\n",
            "links:\n  - {a: CSW01:21, b: CSW02:21, zones: [MGMT]}\n",
        ),
    },
    "cables": {
        "routed link without a number": changed(DATA_CENTER, "zone: WAN, link: 8", "zone: WAN"),
        "cable of a zone without a place": changed(
            DATA_CENTER, "SE01:0, zone: DMZ", "SE01:0, zone: HA"
        ),
        "trunk": changed(TOWNSHIP, "b: ASW01:24", "b: ASW01:24, zones: [MGMT, IMAGNG, DMZ]"),
        "access ports": changed(TOWNSHIP, "zone: IMAGING}", "zone: DMZ}"),
        "zone of the hospital": changed(
            AGGREGATION_FILE, "AR01:3, zone: MGMT", "AR01:3, zone: SECOPS"
        ),
        "host without management": changed(DATA_CENTER, "SE02:1, zone: MGMT", "SE02:1, zone: DMZ"),
        "host of the aggregation": changed(
            AGGREGATION_FILE,
            "AR02:3, zone: MGMT",
            "AR02:3, zone: DMZ",
            changed(
                AGGREGATION_FILE,
                "AR: {count: 2, platform: {huawei: huawei_vrp, h3c: huawei_vrp, linux: frr}",
                "AR: {count: 2, platform: nftables",
            ),
        ),
    },
    "enforcing": {
        "member without an uplink": changed(HEAD_FILE, "port: FW02:0", "port: CSW01:21"),
        "zones on no cable": changed(
            TOWNSHIP, "{a: GW01:1, b: ASW01:24}", "{a: GW01:1, b: ASW01:24, zones: [MGMT]}"
        ),
        "tunnels from below": changed(HEAD_FILE, "tunnels_from_below: true\n", ""),
        "downlinks": changed(HEAD_FILE, "first_downlink_port: 3\n", ""),
        "no line between members": changed(
            PROVINCIAL_FILE, "zone: WAN, link: 3", "zone: HA, link: 3"
        ),
    },
    "own_network": {
        "applications": {
            **FILES,
            NETWORK: re.sub(r"  bgp:.*(?=tunnels:)", "", FILES[NETWORK], flags=re.DOTALL),
        },
        "one that a policy names too": changed(NETWORK, "  ping: {", "  pong: {"),
        "time": changed(NETWORK, "ntp: 20, ", ""),
    },
    "addresses": {
        "not a prefix": changed(CENTERS, "10.4.0.0/14", "10.4.0.0/33"),
        "bits beyond": changed(CENTERS, "10.4.0.0/14", "10.4.0.1/14"),
        "centres overlap": changed(CENTERS, "10.4.0.0/14", "10.0.0.0/14"),
        "outside the province": changed(CENTERS, "10.4.0.0/14", "10.20.0.0/14"),
        "size": changed(CENTERS, "10.4.0.0/14", "10.4.0.0/15"),
        "witness": changed(CENTERS, "10.8.0.17/32", "10.12.0.17/32"),
        "partner in the plan": changed("partners.yml", "198.51.100.0/24", "10.80.0.0/16"),
        "partner and guest": changed("partners.yml", "198.51.100.0/24", "172.31.0.0/16"),
        "core outside": changed(NETWORK, "core: 10.8.0.0/14", "core: 10.16.0.0/14"),
        "pool": changed(NETWORK, "10.12.0.0/20", "10.12.0.0/24"),
        "local NAT is shorter": changed(BIJIE, "192.168.20.0/26", "192.168.20.0/24"),
        "local NAT without a zone": changed(BIJIE, "{video: 192", "{lab: 192"),
        "ports upside down": changed(NETWORK, "10000-10499", "10499-10000"),
        "no traffic": changed(NETWORK, ", udp: [123]", ""),
    },
    "policies": {
        "approves the own request": changed(
            IMAGING, "requester: county-imaging", "requester: security-office"
        ),
        "expired": changed(IMAGING, "expires: 2027-03-01", "expires: 2026-11-21"),
        "review too old": changed(IMAGING, "reviewed: 2026-03-01", "reviewed: 2025-11-21"),
        "review to come": changed(IMAGING, "reviewed: 2026-03-01", "reviewed: 2026-11-23"),
        "ends before its review": changed(IMAGING, "expires: 2027-03-01", "expires: 2026-02-01"),
        "two senses": changed(IMAGING, "{service: imaging}", "{service: imaging, zone: DMZ}"),
        "no sense": changed(IMAGING, "{service: imaging}", "{prefecture: bijie}"),
        "service of a county": changed(
            IMAGING, "{service: imaging}", "{service: imaging, county: nayong}"
        ),
        "within in from": changed(
            IMAGING,
            "{kind: township, zone: IMAGING}",
            "{kind: township, zone: IMAGING, within: county}",
        ),
        "kind without the zone": changed(IMAGING, "zone: IMAGING}", "zone: SECOPS}"),
        "kind of two without the zone": changed(
            IMAGING,
            "[county-hospital, county-center], zone: IMAGING",
            "[county-hospital, data-center], zone: IMAGING",
        ),
        "within with a partner": changed(
            "policies/network.yml",
            "to: {service: dispatch}",
            "to: {partner: west-china, within: county}",
        ),
        "role that a site lacks": changed(
            "policies/network.yml", "{devices: FW, prefecture: bijie}", "{devices: GW, site: dc-a}"
        ),
        "partner without an end": changed(OPERATION, "  expires: 2027-06-30\n", ""),
        "partner as a target without an end": changed(
            IMAGING, "{service: imaging}", "{partner: west-china}"
        ),
        "management and devices": changed(
            OPERATION, "{devices: all}", "{devices: all, management: [ntp]}"
        ),
        "management and a zone": changed(
            OPERATION, FROM_CENTER, "{zone: SECOPS, management: [bastion]}"
        ),
        "management, service and partner": changed(
            OPERATION,
            FROM_CENTER,
            "{management: [bastion], service: imaging, partner: west-china}",
        ),
        "failover and a site": changed(
            OPERATION, FROM_CENTER, "{failover: [register], site: dc-a}"
        ),
        "failover host that is none": changed(
            OPERATION, FROM_CENTER, "{failover: [register, members]}"
        ),
        "failover within a site": changed(
            IMAGING, "{service: imaging}", "{failover: [register], within: site}"
        ),
        "management server that is none": changed(
            OPERATION, FROM_CENTER, "{management: [bastion, nsm]}"
        ),
        "management server without a number": changed(
            NETWORK,
            ", dns: 60",
            "",
            changed(OPERATION, FROM_CENTER, "{management: [bastion, dns]}"),
        ),
        "management server twice": changed(
            OPERATION, FROM_CENTER, "{management: [nms, bastion, nms]}"
        ),
        "no management server": changed(OPERATION, FROM_CENTER, "{management: []}"),
        "management of a hospital": changed(
            OPERATION, FROM_CENTER, "{management: [bastion], kind: city-hospital}"
        ),
        "management within a county": changed(
            OPERATION,
            "to: {kind: data-center, zone: SECOPS}",
            "to: {management: [ntp], within: county}",
        ),
        "management of one centre": changed(
            OPERATION, FROM_CENTER, "{site: dc-b, management: [bastion, nms]}"
        ),
        "guests": changed(IMAGING, "zone: IMAGING}", "zone: GUEST}"),
        "matches nothing": changed(
            IMAGING,
            "{kind: township, zone: IMAGING}",
            "{kind: township, prefecture: province, zone: IMAGING}",
        ),
        "role of nobody": changed(
            "policies/network.yml", "devices: FW, prefecture: bijie", "devices: GW, site: dc-a"
        ),
        "never about nothing": changed(
            "expectations.yml",
            "{kind: township, zone: VIDEO}",
            "{kind: township, group: stroke, zone: VIDEO}",
        ),
    },
    "secrets": {
        "password": changed(SERVICES, "rto: 15s", "rto: 15s\n  password: hunter2"),
        "community in a comment": added(SERVICES, "# snmp community = pub1ic\n"),
        "reference": added(SERVICES, "# password: vault:portal\n"),
        "private key": changed(
            SERVICES, "name: 绿色通道", 'name: "-----BEGIN OPENSSH PRIVATE KEY-----"'
        ),
        "hash": changed("groups.yml", "title: 胸痛中心专科联盟", "title: $6$abcdefgh$XyZabc123456"),
    },
}
