"""A province small enough to read: two centres, two prefectures, three counties, six townships.

folder = write(tmp_path, changed("services.yml", "rto: 15s", "rto: 5 minutes"))  # …/inventory
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from tests.model.small_blueprints import BLUEPRINTS
from tests.model.small_policies import POLICIES

FILES: dict[str, str] = BLUEPRINTS | POLICIES

FILES["network.yml"] = """\
province: guizhou
name: 贵州省远程医疗网络
short: GZ
review_months: 12

addresses:
  v4: 10.0.0.0/12
  v6: "2001:db8::/32"
  core: 10.8.0.0/14
  service_pool: {v4: 10.12.0.0/20, v6: "2001:db8:c00::/116"}
  guest: 172.31.0.0/23
  lte_pool: 100.64.0.0/10
  as_base: 4200000000
  not_public: [0.0.0.0/8, 10.0.0.0/8, 100.64.0.0/10, 172.16.0.0/12, 198.51.100.0/24, 224.0.0.0/3]

management:
  zone: SECOPS
  hosts: {bastion: 10, ntp: 20, syslog: 30, tacacs: 40, nms: 50, dns: 60}

administration:
  account: {name: breakglass, secret: "vault:breakglass"}
  tacacs: "vault:tacacs"
  radius: "vault:radius"
  passwords: {length: 12, kinds: 4, history: 5, lifetime_days: 90}
  lockout: {attempts: 5, seconds: 900}
  idle_s: 300
  banner: Administrators only.
  snmp:
    user: nms
    group: G-NMS
    authentication: [sha-256, sha]
    privacy: [aes-256, aes-128]
    authentication_secret: "vault:snmp-auth"
    privacy_secret: "vault:snmp-priv"
  ntp: {key: 1, algorithms: [hmac-sha-256, md5], secret: "vault:ntp-1"}
  syslog: {tls: 6514, udp: 514}
  flow_port: 4739
  utc_offset_minutes: 480

zones:
  MGMT: {title: management of network devices}
  VIDEO: {title: conference terminals}
  IMAGING: {title: modalities and archives}
  GUEST: {title: patients and visitors, selectable: false}
  DMZ: {title: front-end servers}
  SECOPS: {title: "bastion, logs, time"}
  SENSOR: {title: event feed of sensors}
  WAN: {title: towards the next tier up, transit: true}
  VPN: {title: tunnels of the townships, transit: true}
  DOWN: {title: hospitals behind a head, transit: true}
  LINE: {title: a township's lines, transit: true}
  CIRCUIT: {title: a circuit below its tunnel, transit: true}
  PARTNER: {title: extranet of a data centre, transit: true}
  HA: {title: heartbeat inside a pair, transit: true}
  LOCAL: {title: the enforcing device itself, transit: true}
dscp:
  signaling: {value: 40, title: CS5}
  conferencing: {value: 34, title: AF41}
  oam: {value: 16, title: CS2}
  high-throughput: {value: 10, title: AF11}
  network-control: {value: 48, title: CS6}

apps:
  https: {title: platform in the browser, dscp: high-throughput, tcp: [443]}
  dicom-tls: {title: DICOM over TLS, dscp: high-throughput, tcp: [2762]}
  sips: {title: SIP over TLS, dscp: signaling, tcp: [5061]}
  conference-media: {title: sound and picture, dscp: conferencing, udp: ["10000-10499"]}
  heartbeat: {title: heartbeats, dscp: oam, udp: [7947]}
  etcd: {title: register, dscp: oam, tcp: [2379]}
  ntp: {title: time, dscp: oam, udp: [123]}
  ssh: {title: command line, dscp: oam, tcp: [22]}
  ping: {title: echo request, dscp: oam, icmp: [8], icmp6: [128]}
  bgp: {title: bgp, dscp: network-control, tcp: [179]}
  bfd: {title: bfd, dscp: network-control, udp: [3784, 4784]}
  ike: {title: ike, dscp: network-control, udp: [500, 4500]}
  esp: {title: esp, dscp: network-control, protocol: [50]}
  vrrp: {title: vrrp, dscp: network-control, protocol: [112]}
  hrp: {title: hrp, dscp: network-control, udp: [18514]}
  rbm: {title: rbm, dscp: network-control, tcp: [60064]}
  conntrackd: {title: conntrackd, dscp: network-control, udp: [3780]}
  nd: {title: nd, dscp: network-control, icmp6: [135, 136]}
  router-solicit: {title: router-solicit, dscp: network-control, icmp6: [133]}
  router-advert: {title: router-advert, dscp: network-control, icmp6: [134]}
  too-big: {title: too-big, dscp: network-control, icmp6: [2]}
  gre: {title: gre, dscp: network-control, protocol: [47]}
tunnels: {ike: [aes-256], esp: [aes-256-gcm, aes-256], digests: [sha-256], groups: [19, 14],
  ike_lifetime_s: 28800, esp_lifetime_s: 3600, liveness_s: 10, secrets: "vault:t-"}
"""

FILES["data_centers.yml"] = """\
data_centers:
  dc-a: {num: 0, name: 平台, short: DCA, v4: 10.0.0.0/14, as_number: 64512, service_edge_as: 64514,
    service_edge_key: "vault:a"}
  dc-b: {num: 1, name: 系统, short: DCB, v4: 10.4.0.0/14, as_number: 64513, service_edge_as: 64515,
    service_edge_key: "vault:b"}
fibre: {ends: [dc-a, dc-b], carrier: telecom, mbps: 10000, conduit: dc-fibre}
witnesses:
  witness-1: {name: 见证点, v4: 10.8.0.17/32}
carriers: {telecom: 电信, unicom: 联通}
conduits:
  dc-fibre: {title: fibre between the data centres}
  east: {title: eastern route}
  west: {title: western route}
"""

FILES["sites/52-province.yml"] = """\
prefecture: {id: province, num: 0, code: "52", name: 贵州省, short: GZ, home: dc-a}
hospitals:
  guizhou-h1: {num: 1, short: H1, name: 省级医院, uplink_mbps: 5000, roles: [dispatch]}
circuits:
  - {id: guizhou-a, ends: [guizhou-h1.FW01, dc-a.CR01], carrier: telecom, mbps: 5000, conduit: east}
  - {id: guizhou-b, ends: [guizhou-h1.FW02, dc-b.CR02], carrier: unicom, mbps: 5000, conduit: west}
"""

FILES["sites/5205-bijie.yml"] = """\
# 毕节市: two counties.
prefecture: {id: bijie, num: 5, code: "5205", name: 毕节市, short: BJ, home: dc-a,
  aggregation_in: bijie-h1}
hospitals:
  bijie-h1: {num: 48, short: H1, name: 市人民医院, uplink_mbps: 1000, roles: [receiving]}
circuits:
  - {id: bijie-a1, ends: [bijie-h1.AR01, dc-a.CR01], carrier: telecom, mbps: 10000, conduit: east}
  - {id: bijie-b1, ends: [bijie-h1.AR01, dc-b.CR01], carrier: telecom, mbps: 10000, conduit: east}
  - {id: bijie-a2, ends: [bijie-h1.AR02, dc-a.CR02], carrier: unicom, mbps: 10000, conduit: west}
  - {id: bijie-b2, ends: [bijie-h1.AR02, dc-b.CR02], carrier: unicom, mbps: 10000, conduit: west}
counties:
  weining:
    num: 8
    code: "520526"
    name: 威宁彝族回族苗族自治县
    short: WN
    vendor: huawei
    center: {id: weining-c, uplink_mbps: 500}
    hospitals:
      weining-h1: {num: 0, short: H1, name: 县人民医院, uplink_mbps: 200}
    townships:
      weining-caohai: {num: 1, short: CH, code: "520526001", name: 草海镇卫生院, uplink_mbps: 20}
      # the second one stands on the border
      weining-zhongshui: {num: 3, short: ZS, code: "520526106", name: 中水镇卫生院, uplink_mbps: 20}
    retired: {townships: [2]}
  nayong:
    num: 5
    code: "520525"
    name: 纳雍县
    short: NY
    center: {id: nayong-c, uplink_mbps: 500}
    hospitals:
      nayong-h1:
        num: 0
        short: H1
        name: 县人民医院
        uplink_mbps: 200
        vendor: linux
        local_nat: {video: 192.168.20.0/26}
      nayong-h2: {num: 1, short: H2, name: 中医院, uplink_mbps: 100}
    townships:
      nayong-yongxi: {num: 1, short: YX, code: "520525100", name: 雍熙镇卫生院, uplink_mbps: 20,
        lte: false}
      nayong-shuidong: {num: 2, short: SD, code: "520525109", name: 水东镇卫生院, uplink_mbps: 20}
"""

FILES["sites/5227-qiannan.yml"] = """\
prefecture: {id: qiannan, num: 8, code: "5227", name: 黔南州, short: QN, home: dc-b,
  aggregation_in: qiannan-h1}

hospitals:
  qiannan-h1: {num: 48, short: H1, name: 州人民医院, uplink_mbps: 1000}

counties:

  guiding:
    num: 3
    code: "522723"
    name: 贵定县
    short: GD
    center: {id: guiding-c, uplink_mbps: 500}
    hospitals:
      guiding-h1: {num: 0, short: H1, name: 县人民医院, uplink_mbps: 200}
    townships:
      guiding-changming: {num: 1, short: CM, code: "522723102", name: 昌明镇卫生院, uplink_mbps: 20}
      guiding-panjiang: {num: 2, short: PJ, code: "522723103", name: 盘江镇卫生院, uplink_mbps: 20}

circuits:
  - {id: qiannan-a1, ends: [qiannan-h1.AR01, dc-a.CR01], carrier: telecom, mbps: 900, conduit: east}
  - {id: qiannan-b1, ends: [qiannan-h1.AR01, dc-b.CR01], carrier: telecom, mbps: 900, conduit: east}
  - {id: qiannan-a2, ends: [qiannan-h1.AR02, dc-a.CR02], carrier: unicom, mbps: 900, conduit: west}
  - {id: qiannan-b2, ends: [qiannan-h1.AR02, dc-b.CR02], carrier: unicom, mbps: 900, conduit: west}
"""

FILES["services.yml"] = """\
portal:
  num: 0
  name: 统一门户
  apps: [https]
  instances: {by: province, home: dc-a}
  zone: DMZ
  priority: 2
  rto: 30s
  rpo: 30s
  demand: {bulk_mbps: 1, busy_share: {county: 0.6, township: 0.3}}
dispatch:
  num: 1
  name: 绿色通道
  apps: [sips, conference-media]
  instances: {by: prefecture, home: prefecture.home}
  zone: DMZ
  priority: 1
  rto: 15s
  rpo: 5s
  demand: {live_mbps: 4, busy_share: {province: 0.6}}
imaging:
  num: 4
  name: 远程影像
  apps: [dicom-tls]
  instances: {by: prefecture, home: prefecture.home}
  zone: DMZ
  priority: 30
  rto: 60s
  rpo: 30s
  demand: {bulk_mbps: 40, busy_share: {county: 0.5, township: 0.1}}
  after: [portal]
"""

FILES["failover.yml"] = """\
profile: default
profiles:
  default:
    lease: {length: 2s, drift: 0.01, margin: 150ms}
    renewal: 400ms
    beat: 200ms
    silence: 1s
    patience: 10s
    register: {heartbeat: 50ms, election: 500ms}
witness: witness-1
heartbeats:
  port: 7947
  fibre: {zone: SENSOR, host: 70}
  health: {zone: DMZ, host: 70}
register: {zone: SECOPS, host: 70, port: 2379}
observers:
  zone: MGMT
  host: 60
  sites:
    - {kind: [provincial-hospital, city-hospital]}
    - {group: stroke}
panel: {observers_min: 3, reach_share: 0.6, lost_share: 0.1, slow_share: 0.5, fresh: 3s}
damping:
  penalty: 1000
  half_life: 15m
  suppress: 2000
  brake_moves: 3
  brake_window: 10m
  flap_changes: 6
  flap_window: 1m
move_groups: {by: service}
services:
  portal: {durability: asynchronous, log_kbytes_s: 200, postgresql: true}
  dispatch: {durability: synchronous, log_kbytes_s: 100, postgresql: true, resource_check: true}
  imaging: {durability: stateless, hooks: [archive]}
"""

FILES["groups.yml"] = """\
stroke: {title: 健联体医院共防脑卒中, members: [weining-h1, guiding-h1, bijie-h1], outside: 57}
chest-pain: {title: 胸痛中心专科联盟, members: [guizhou-h1]}
"""

FILES["partners.yml"] = """\
west-china:
  title: a hospital in another province
  prefixes: [198.51.100.0/24, "3fff:1::/48"]
"""

FILES["ids.yml"] = """\
rule_sets:
  hygiene: {title: what every sensor reads, owner: security-office}
sensors:
  provincial-hospital: [hygiene]
  city-hospital: [hygiene]
  city-aggregation: [hygiene]
  county-center: [hygiene]
  county-hospital: [hygiene]
"""

FILES["people.yml"] = """\
roles:
  security-office: approves
  imaging-center: provincial imaging centre
  county-imaging: radiology of the counties
  network-operations: operation of the network
"""

FILES["expectations.yml"] = """\
- id: E001
  says: no township reaches another township
  from: {kind: township, zone: VIDEO}
  to: {kind: township, zone: VIDEO}
  verdict: never
- id: E002
  says: images of each township reach the archive
  from: {kind: township, zone: IMAGING}
  to: {service: imaging}
  apps: [dicom-tls]
  verdict: always
"""


def changed(file: str, old: str, new: str, files: Mapping[str, str] = FILES) -> dict[str, str]:
    """The files with the first `old` in one of them replaced; `old` must be there."""
    assert old in files[file], f"{file} has no {old!r}"
    return {**files, file: files[file].replace(old, new, 1)}


def write(folder: Path, files: Mapping[str, str] = FILES) -> Path:
    """Writes the inventory below a folder and returns its path."""
    inventory = folder / "inventory"
    for name, text in files.items():
        (inventory / name).parent.mkdir(parents=True, exist_ok=True)
        (inventory / name).write_text(text, encoding="utf-8")
    return inventory
