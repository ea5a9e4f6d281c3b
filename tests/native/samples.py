"""Texts as devices have them, small, and files made of them."""

from __future__ import annotations

from pathlib import Path

from telemed_infra.native.report import NativeFile

GATEWAY = """\
table inet telemed
delete table inet telemed
table inet telemed {
	set HOSPITALS-v4 {
		type ipv4_addr
		flags interval
		elements = {
			10.16.0.128/27,
			10.16.16.128/27,
		}
	}
	chain VIDEO-WAN {
		ip saddr 10.20.16.16/28 ip daddr @HOSPITALS-v4 tcp dport 5061 accept comment "P0201-ad65"
	}
	chain forward {
		type filter hook forward priority filter; policy drop;
		iifname . oifname vmap { "eth1.20" . "ipsec0" : jump VIDEO-WAN, }
	}
}
"""
GATEWAY_RULE_LINE = 13

FIREWALL = """\
#
sysname BJ-WN-C-FW01
#
ntp-service unicast-server 10.0.150.20
#
interface GigabitEthernet1/0/1.20
 vlan-type dot1q 20
 ip address 10.20.0.130 255.255.255.224
 undo service-manage enable
#
firewall zone name Z-VIDEO id 4
 set priority 10
 add interface GigabitEthernet1/0/1.20
#
firewall zone name Z-WAN id 5
 set priority 11
#
ip address-set TERMINALS type object
 address 0 10.20.0.128 mask 27
 address 1 10.20.16.16 mask 28
#
ip service-set A-sips type object
 service 0 protocol tcp destination-port 5061
#
security-policy
 default action deny
 rule name P0201-VIDEO-WAN-2007
  source-zone Z-VIDEO
  destination-zone Z-WAN
  source-address address-set TERMINALS
  service A-sips
  session logging
  action permit
#
return
"""

SWITCH = """\
#
sysname BJ-WN-CH-ASW01
#
vlan batch 10 20 999
#
interface Vlanif10
 ip address 10.20.16.4 255.255.255.240
#
interface GigabitEthernet0/0/1
 description zone VIDEO
 port link-type access
 port default vlan 20
#
interface GigabitEthernet0/0/24
 description to GW01:1
 port link-type trunk
 undo port trunk allow-pass vlan 1
 port trunk pvid vlan 999
 port trunk allow-pass vlan 10 20
#
ntp-service unicast-server 10.0.150.20
#
undo telnet server enable
#
return
"""


def file(name: str, text: str, platform: str = "nftables") -> NativeFile:
    """A file of a device that has the file's name."""
    path = Path("configs") / name
    return NativeFile(path=path, platform=platform, device=path.stem, text=text)


def gateways(count: int) -> list[NativeFile]:
    """So many gateways that differ in names and addresses."""
    return [
        file(f"GW{number:03d}.nft", GATEWAY.replace("10.20.16.16", f"10.20.{number}.16"))
        for number in range(count)
    ]
