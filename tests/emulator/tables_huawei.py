"""Views and lines of Huawei's switches, routers and firewalls."""

SYSTEM = """
[system]
sysname <name>
header login information +
header shell information +
clock timezone +
info-center enable ; on
info-center source @
info-center loghost source <name>
info-center loghost <ip> *
info-center timestamp +
info-center channel @
dns resolve
dns server @
vlan batch + ; merge
authentication-profile name <name> > profile | -authen-profile-{0}
stp enable ; on
stp mode +
stp bpdu-protection
stp instance @
stp region-configuration > mst | -mst-region
lldp enable
lacp +
dhcp enable
dhcp snooping enable *
igmp-snooping enable
arp @
multicast routing-enable
ipv6
bfd > bfd | -bfd
nqa test-instance <name> <test> > nqa | -nqa-{0}-{1}
time-range @
ip vpn-instance <name> > vpn | -vpn-instance-{0}
radius-server template <name> > radius | -radius-{0}
hwtacacs-server template <name> > hwtacacs | -hwtacacs-{0}
hwtacacs enable ; on
dot1x-access-profile name <name> > dot1x | -dot1x-access-profile-{0}
mac-access-profile name <name> > dot1x | -mac-access-profile-{0}
acl number <int> / * > acl | -acl-adv-{0}
acl <int> / * > acl | -acl-adv-{0} ; same
acl name <name> / * > acl | -acl-adv-{0}
acl ipv6 number <int> > acl | -acl6-adv-{0}
acl ipv6 name <name> / * > acl | -acl6-adv-{0}
ike proposal <name> > ike | -ike-proposal-{0}
ike peer <name> > ike | -ike-peer-{0}
ike dpd @
ipsec proposal <name> > ipsec | -ipsec-proposal-{0}
ipsec policy <name> <int> isakmp > ipsec | -ipsec-policy-isakmp-{0}-{1}
ipsec sha2 compatible enable
traffic classifier <name> / * > classifier | -classifier-{0}
traffic behavior <name> > behavior | -behavior-{0}
traffic policy <name> / * > trafficpolicy | -trafficpolicy-{0}
traffic-filter @
drop-profile <name> > qos | -drop-profile-{0}
qos schedule-profile <name> > qos | -qos-schedule-profile-{0}
qos queue-profile <name> > qos | -qos-queue-profile-{0}
qos @
aaa > aaa | -aaa
vlan <int> > vlan | -vlan{0}
interface <name> > interface | -{0}
bfd <name> bind / + > bfdsession | -bfd-session-{0}
bgp <int> > bgp | -bgp
ospf <int> / * > ospf | -ospf-{0}
pim > pim | -pim
igmp > pim | -igmp
route-policy <name> permit node <int> > policy | -route-policy
route-policy <name> deny node <int> > policy | -route-policy
ip ip-prefix <name> index <int> / + ; sort
ip ip-prefix <name> permit + ; same
ip ip-prefix <name> deny + ; same
ip ipv6-prefix <name> index <int> / + ; same sort
ip community-filter @
ip as-path-filter @
ip route-static @
ipv6 route-static @
snmp-agent
snmp-agent local-engineid <id>
snmp-agent community +
snmp-agent sys-info version + ; on
snmp-agent sys-info contact +
snmp-agent sys-info location +
snmp-agent acl <acl>
snmp-agent group v3 <name> *
snmp-agent mib-view @
snmp-agent target-host @
snmp-agent usm-user v3 <user> group <name> *
snmp-agent usm-user v3 <user> authentication-mode <mode> * ; same
snmp-agent usm-user v3 <user> privacy-mode <mode> * ; same
snmp-agent usm-user v3 <user> acl <acl> ; same
snmp-agent trap enable ^
snmp-agent trap source <name>
snmp-agent protocol source-interface <name>
stelnet server enable
stelnet ipv4 server enable
sftp server enable
telnet server enable ; on
telnet ipv6 server enable ; on
http server enable ; on
http secure-server enable ; on
ssh server-source @
ssh server cipher +
ssh server hmac +
ssh server key-exchange +
ssh server acl <acl>
ssh server @
ssh user @
ssh client @
ssh authorization-type default <name>
user-interface maximum-vty <int>
user-interface con <int> > line | -ui-console{0}
user-interface vty <int> <int> > line | -ui-vty{0}-{1}
ntp-service authentication enable
ntp-service authentication-keyid @
ntp-service reliable authentication-keyid @
ntp-service source-interface <name>
ntp-service server disable
ntp-service ipv6 server disable
ntp-service access @
ntp-service unicast-server <ip> *
ntp authentication enable
ntp authentication-keyid @
ntp server disable
ntp unicast-server <ip> *
configuration checkpoint @
[bfd]
bind @
[profile]
dot1x-access-profile <name>
mac-access-profile <name>
access-domain <name> *
authentication @
[mst]
region-name <name>
revision-level <int>
instance <int> vlan +
active region-configuration
[vpn]
ipv4-family
route-distinguisher <rd>
vpn-target @
[nqa]
test-type <name>
destination-address ipv4 <ip>
source-address ipv4 <ip>
frequency <int>
interval seconds <int>
timeout <int>
probe-count <int>
start now
[radius hwtacacs]
radius-server shared-key cipher <secret>
radius-server authentication <ip> *
radius-server accounting <ip> *
radius-server @
hwtacacs-server authentication <ip> *
hwtacacs-server authorization <ip> *
hwtacacs-server accounting <ip> *
hwtacacs-server shared-key cipher <secret>
hwtacacs-server source-ip <ip>
hwtacacs-server user-name @
hwtacacs-server timer @
[dot1x]
dot1x @
authentication @
[ike]
version <int> ; on
exchange-mode +
pre-shared-key cipher <secret>
pre-shared-key <secret>
ike-proposal <name>
local-id-type +
local-id +
remote-id-type +
remote-id +
local-address <ip>
remote-address +
encryption-algorithm +
dh +
authentication-algorithm +
authentication-method +
integrity-algorithm +
prf +
sa duration +
dpd @
rsa @
[ipsec]
security acl <acl>
ike-peer <name>
proposal <name>
pfs <group>
tunnel local +
local-address +
transform <name>
encapsulation-mode <mode>
esp authentication-algorithm +
esp encryption-algorithm +
sa duration @
sa trigger-mode <mode>
route inject *
policy enable ; on
[classifier]
description +
if-match @
[behavior]
description +
permit
deny
remark <what> +
car +
queue <kind> *
statistic enable
redirect @
rule-deny skip-action
[trafficpolicy]
classifier <name> behavior <name> / *
[qos]
queue @
qos @
dscp @
schedule @
[aaa]
authentication-scheme <name> > scheme | -authen-{0}
authorization-scheme <name> > scheme | -author-{0}
accounting-scheme <name> > scheme | -accounting-{0}
recording-scheme <name> > scheme | -recording-{0}
cmd recording-scheme <name>
domain <name> > domain | -domain-{0}
local-user <name> password +
local-user <name> privilege level <int> ; same
local-user <name> level <int> ; same
local-user <name> service-type + ; same
local-user <name> @ ; same
local-aaa-user @
local-user @
manager-user <name> > manager | -manager-user-{0}
bind manager-user @
[scheme]
authentication-mode +
authorization-mode +
authorization-cmd @
accounting-mode +
accounting @
recording-mode @
[domain]
authentication-scheme <name>
authorization-scheme <name>
accounting-scheme <name>
radius-server <name>
hwtacacs-server <name>
service-type +
[manager]
password cipher <secret>
service-type +
level <int>
ssh authentication-type <type>
ssh service-type +
authentication-scheme <name>
acl-number <acl>
[vlan]
name <name>
description +
dhcp snooping enable
igmp-snooping @
igmp-snooping enable
traffic-policy <name> <way>
traffic-filter @
arp @
ip source check user-bind enable
[interface]
portswitch ; on
description +
mtu <int>
vlan-type dot1q <int>
dot1q termination vid <int>
shutdown
eth-trunk <int>
mode <mode>
ip binding vpn-instance <name>
ip address / <ip> <mask>
ip address <ip> <mask> sub
ip address unnumbered +
ipv6 enable *
ipv6 address @
tunnel-protocol <kind> *
source <name>
destination <ip>
keepalive *
port link-type <type>
port default vlan <int>
port trunk pvid vlan <int>
port trunk allow-pass vlan 1 ; on
port trunk allow-pass vlan + ; merge
port hybrid pvid vlan <int>
port hybrid tagged vlan + ; merge
port hybrid untagged vlan + ; merge
vrrp vrid <int> virtual-ip <ip> *
vrrp vrid <int> priority <int> ; same
vrrp vrid <int> preempt-mode ^ ; same
vrrp vrid <int> timer advertise <int> ; same
vrrp vrid <int> authentication-mode + ; same
vrrp vrid <int> track @ ; same
vrrp @ ; same
alias +
gateway +
service-manage enable ; on
service-manage <what> permit
service-manage <what> deny
ospf @
bfd @
stp edged-port <state>
stp root-protection
stp bpdu-filter <state>
stp disable
stp @
loopback-detect @
storm-control @
port-security enable
port-security max-mac-num <int>
port-security protect-action <action>
port-security mac-address @
port-isolate @
authentication-profile <name>
dot1x @
dhcp select +
dhcp relay @
dhcp snooping enable
dhcp snooping trusted
dhcp snooping @
ip source check user-bind enable
arp @
lldp @
pim @
igmp @
traffic-policy <name> inbound
traffic-policy <name> outbound
traffic-filter @
qos @
trust <what> *
negotiation auto ; on
ipsec policy <name> *
anti-ddos @
nat @
firewall @
hrp @
healthcheck @
redirect-reverse @
bandwidth @
[bfdsession]
discriminator local <int>
discriminator remote <int>
detect-multiplier <int>
min-tx-interval <int>
min-rx-interval <int>
process-interface-status
wtr <int>
commit
[ospf]
default-route-advertise *
import-route @
silent-interface @
bfd @
area <area> > area | -area-{0}
[area]
authentication-mode +
network @
stub *
[pim]
static-rp <ip> *
c-rp @
c-bsr @
ssm-policy @
igmp @
[line]
acl <acl> <way>
acl ipv6 <acl> <way>
authentication-mode <mode>
user privilege level <int>
idle-timeout +
screen-length <int>
history-command @
protocol inbound <what>
"""
