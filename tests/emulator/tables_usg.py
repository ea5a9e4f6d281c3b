"""What Huawei's USG firewalls take besides: the notation is that of `grammar.py`."""

FIREWALL = """
[system]
firewall defend @
firewall packet-filter basic-protocol enable
firewall session @
firewall blacklist @
firewall log @
firewall detect @
firewall dataplane @
detect @
log type <what> enable
hrp enable
hrp standby-device
hrp interface <name> *
hrp preempt ^
hrp auto-sync @
hrp mirror @
hrp track @
hrp timer @
hrp authentication-key +
hrp adjust @
hrp ospf-cost adjust-enable ; on
hrp bgp-cost adjust-enable ; on
hrp ospfv3-cost adjust-enable ; on
hrp configuration @
hrp standby config enable
hrp escape @
ip-link check enable
ip-link name <name> > iplink | -iplink-{0}
firewall zone local > zone | -zone-local
firewall zone trust > zone | -zone-trust
firewall zone untrust > zone | -zone-untrust
firewall zone dmz > zone | -zone-dmz
firewall zone name <name> / * > zone | -zone-{0}
firewall interzone <a> <b> > interzone | -interzone-{0}-{1}
nat server <name> / +
nat address-group <name> / * > natgroup | -address-group-{0}
ip address-set <name> type / + > addresses | -object-address-set-{0}
ip service-set <name> type / + > services | -object-service-set-{0}
profile type @
security-policy > security | -policy-security
traffic-policy > security | -policy-traffic
policy-based-route > security | -policy-pbr
nat-policy > nat | -policy-nat
[iplink]
destination @
source-ip @
tx-interval @
[zone]
set priority <int>
description +
detect @
add interface @
[interzone]
detect @
[natgroup]
mode <mode>
route enable
section @
[addresses]
description +
address <int> / + ; sort
address +
[services]
description +
service <int> / + ; sort
service +
[security]
default action <action>
default packet-filter intrazone enable
rule name <name> > rule | -rule-{0}
group name <name> / *
[nat]
rule name <name> > natrule | -rule-{0}
[rule natrule]
description +
disable
policy logging
session logging
session aging-time <int>
source-zone @
destination-zone @
egress-interface <name>
source-address @
source-address-exclude @
destination-address @
destination-address-exclude @
service @
application @
user @
url @
time-range <name>
profile <kind> <name>
[rule]
action <action>
[natrule]
action +
"""
