"""What H3C's SecPath firewalls take besides: the notation is that of `grammar.py`."""

FIREWALL = """
[system]
nat address-group <name> * > natgroup | -address-group-{0}
nat global-policy > nat | -nat-global-policy
nat static outbound @
nat @
session @
blacklist @
attack-defense policy <name> > attack | -attack-defense-policy-{0}
attack-defense local apply policy <name>
remote-backup group > rbm | -remote-backup-group
zone-pair security source <a> destination <b> > pair | -zone-pair-security-{0}-{1}
security-policy ip > security | -security-policy-ip
security-policy ipv6 > security | -security-policy-ipv6
security-policy disable
[natgroup]
address @
port-range @
[nat]
rule name <name> > natrule | -rule-{0}
[attack]
syn-flood @
udp-flood @
icmp-flood @
scan @
signature @
exempt @
[rbm]
backup-mode dual-active
device-role <role>
data-channel interface <name>
configuration auto-sync enable *
configuration sync-check interval <int>
adjust-cost <what> enable @
delay-time <int>
hot-backup enable
local-ip <ip>
remote-ip <ip> *
track @
[pair]
packet-filter @
aspf apply policy <int>
object-policy @
[security]
rule <int> / name <name> > rule | -{0}-{1}
rule name <name> > rule | -{0}
[rule natrule]
description +
action @
profile <name>
logging enable
counting enable *
source-zone @
destination-zone @
source-ip @
source-ip-host @
source-ip-subnet @
source-ip-range @
destination-ip @
destination-ip-host @
destination-ip-subnet @
destination-ip-range @
service @
service-port @
application @
user @
time-range <name>
track @
session @
disable
"""
