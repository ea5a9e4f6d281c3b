"""Views and lines of H3C's switches and firewalls (Comware 7)."""

COMMON = """
[system]
version +
sysname <name>
clock timezone +
clock protocol @
telnet server enable
irf @
configuration auto-update @
time-range @
security-zone intra-zone default permit
ip vpn-instance <name> > vpn | -vpn-instance-{0}
track <int> / + ; sort
dhcp enable
dhcp snooping enable *
lldp global enable
stp global enable
stp mode <mode>
stp bpdu-protection
stp @
password-recovery enable
port-security enable
dot1x
dot1x authentication-method <way>
igmp-snooping > igmpsnooping | -igmp-snooping
multicast routing > multicast | -mrib
vlan 1 > vlan | -vlan1
vlan <int> > vlan | -vlan{0} ; sort
bgp <int> > bgp | -bgp-default
ospf <int> / * > ospf | -ospf-{0}
pim > pim | -pim
nqa entry <name> <test> > nqa | -nqa-{0}-{1}
nqa schedule <name> <test> / +
traffic classifier <name> / * > classifier | -classifier-{0}
traffic behavior <name> > behavior | -behavior-{0}
qos policy <name> > qospolicy | -qospolicy-{0}
qos @
interface <name> > interface | -{0}
object-group ip address <name> > addresses | -obj-grp-ip-{0}
object-group ipv6 address <name> > addresses | -obj-grp-ipv6-{0}
object-group service <name> > services | -obj-grp-service-{0}
security-zone name <name> > zone | -security-zone-{0}
scheduler logfile size <int>
scheduler job <name> > job | -job-{0}
scheduler schedule <name> > schedule | -schedule-{0}
line class <kind> > line | -line-class-{0}
line aux <int> * > line | -line-aux{0}
line con <int> * > line | -line-con{0}
line vty <int> <int> > line | -line-vty{0}-{1}
ip route-static @
ipv6 route-static @
ip prefix-list <name> index <int> / + ; sort
ip prefix-list <name> permit + ; same
ip prefix-list <name> deny + ; same
ipv6 prefix-list <name> index <int> / + ; same sort
route-policy <name> permit node <int> > policy | -route-policy-{0}-{1}
route-policy <name> deny node <int> > policy | -route-policy-{0}-{1}
ip community-list @
info-center enable ; on
info-center loghost source <name>
info-center loghost <ip> *
info-center source @
info-center timestamp @
snmp-agent
snmp-agent local-engineid <id>
snmp-agent community @
snmp-agent sys-info version + ; on
snmp-agent sys-info contact +
snmp-agent sys-info location +
snmp-agent group v3 <name> *
snmp-agent mib-view @
snmp-agent target-host @
snmp-agent usm-user v3 <user> <group> *
snmp-agent trap enable ^
snmp-agent trap source <name>
ssh server enable
ssh server acl <acl>
ssh server @
ssh user <name> *
ssh2 algorithm @
sftp server enable
ntp-service enable
ntp-service authentication enable
ntp-service authentication-keyid <int> *
ntp-service reliable authentication-keyid <int>
ntp-service source <name>
ntp-service unicast-server <ip> *
ntp-service @
arp @
bfd @
packet-filter default deny
packet-filter @
acl basic <int> / * > acl | -acl-ipv4-basic-{0} ; sort
acl basic name <name> / * > acl | -acl-ipv4-basic-{0}
acl advanced <int> / * > acl | -acl-ipv4-adv-{0} ; same sort
acl advanced name <name> / * > acl | -acl-ipv4-adv-{0}
acl ipv6 basic <int> / * > acl | -acl-ipv6-basic-{0}
acl ipv6 advanced <int> / * > acl | -acl-ipv6-adv-{0}
acl ipv6 advanced name <name> / * > acl | -acl-ipv6-adv-{0}
password-control enable
password-control @
hwtacacs scheme <name> > scheme | -hwtacacs-{0}
radius scheme <name> > scheme | -radius-{0}
radius @
domain default enable <name>
domain name <name> > domain | -isp-{0}
domain <name> > domain | -isp-{0}
role default-role enable *
role name <name> > role | -role-{0}
user-group <name> > group | -ugroup-{0}
local-user <name> class <class> > user | -luser-{1}-{0}
ike proposal <name> > ike | -ike-proposal-{0}
ike keychain <name> > ike | -ike-keychain-{0}
ike profile <name> > ike | -ike-profile-{0}
ike @
ikev2 @
ipsec transform-set <name> > ipsec | -ipsec-transform-set-{0}
ipsec policy <name> <int> isakmp > ipsec | -ipsec-policy-isakmp-{0}-{1}
ip http enable
ip https enable
[igmpsnooping multicast]
global-enable
[vpn]
route-distinguisher <rd>
vpn-target @
[acl]
description +
step <int>
rule <int> / permit * ; sort
rule <int> / deny * ; same sort
rule <int> comment / + ; same sort
rule permit * ; same
rule deny * ; same
[bgp]
router-id <ip>
graceful-restart *
timer keepalive +
group <name> *
peer <peer> as-number <int>
peer <peer> description + ; same
peer <peer> group <name> * ; same
peer <peer> connect-interface + ; same
peer <peer> route-update-interval <int> ; same
peer <peer> timer @ ; same
peer <peer> ebgp-max-hop * ; same
peer <peer> ttl-security hops <int> ; same
peer <peer> password cipher <secret> ; same
peer <peer> password simple <secret> ; same
peer <peer> bfd * ; same
peer <peer> ignore ; same
address-family ipv4 * > family | -ipv4
address-family ipv6 * > family | -ipv6
[family]
default local-preference <int>
preference +
balance <int>
import-route @
network @
aggregate <ip> <mask> *
peer <peer> enable
peer <peer> route-policy <name> import ; same
peer <peer> route-policy <name> export ; same
peer <peer> prefix-list <name> import ; same
peer <peer> prefix-list <name> export ; same
peer <peer> route-limit + ; same
peer <peer> default-route-advertise * ; same
peer <peer> advertise-community ; same
peer <peer> next-hop-local ; same
peer <peer> reflect-client ; same
peer <peer> preferred-value <int> ; same
peer <peer> public-as-only ; same
[policy]
if-match @
apply @
continue *
[ospf]
area <area> > area | -area-{0}
import-route @
silent-interface @
default-route-advertise *
[area]
network @
stub *
[pim]
static-rp <ip> *
c-rp @
c-bsr @
ssm-policy @
[nqa]
type icmp-echo > nqatype | -icmp-echo
[nqatype]
destination ip <ip>
frequency <int>
history-record @
next-hop ip <ip>
probe @
reaction <int> / +
source ip <ip>
[classifier]
if-match @
[behavior]
remark @
filter <action>
queue @
car +
accounting *
redirect @
[qospolicy]
classifier <name> behavior <name> / *
[vlan]
name <name>
description +
igmp-snooping @
dhcp snooping @
arp @
[interface]
port link-mode <mode>
description +
mtu <int>
speed <speed>
duplex <mode>
shutdown
vlan-type dot1q @
port link-type <type>
port access vlan <int>
port trunk permit vlan 1 ; on
port trunk permit vlan + ; merge
port trunk pvid vlan <int>
port hybrid @
port link-aggregation group <int> *
port-isolate @
link-aggregation @
ip binding vpn-instance <name>
ip address / <ip> <mask>
ip address <ip> <mask> sub
ip address unnumbered +
ipv6 address @
ospf @
bfd @
dhcp select +
dhcp relay @
dhcp snooping trust
dhcp snooping binding record
dhcp snooping @
ip verify source *
arp @
stp edged-port
stp root-protection
stp @
loopback-detection @
storm-constrain @
broadcast-suppression +
multicast-suppression +
port-security max-mac-count <int>
port-security port-mode <mode>
port-security @
dot1x
dot1x @
mac-authentication
mac-authentication @
pim @
igmp @
vrrp version <int>
vrrp vrid <int> virtual-ip <ip> *
vrrp vrid <int> priority <int> ; same
vrrp vrid <int> preempt-mode ^ ; same
vrrp vrid <int> timer advertise <int> ; same
vrrp vrid <int> authentication-mode + ; same
vrrp vrid <int> track <int> * ; same
vrrp @ ; same
packet-filter <acl> <way> *
packet-filter name <acl> <way> *
packet-filter ipv6 <acl> <way> *
qos @
session log enable @
nat @
ipsec apply policy <name>
source <name>
destination <ip>
keepalive *
tunnel @
lldp @
manage <what> inbound
manage <what> outbound
gateway @
attack-defense apply policy <name>
[addresses services]
description +
security-zone <name>
[addresses]
<int> / network + ; sort
network + ; same
[services]
<int> / service + ; sort
service + ; same
[zone]
import interface @
import ip @
import vlan @
attack-defense apply policy <name>
[line]
authentication-mode <mode>
user-role <role>
protocol inbound <what>
idle-timeout +
screen-length <int>
acl @
command accounting
command authorization
[job]
command <int> / + ; sort
[schedule]
user-role <role>
job <name>
time once at +
time once delay <delay>
time at +
time repeating +
[scheme]
primary authentication @
primary authorization @
primary accounting @
secondary @
key <which> <form> <secret>
user-name-format <format>
nas-ip <ip>
timer @
[domain]
authentication @
authorization @
accounting @
state <state>
[role]
rule @
description +
[group]
authorization-attribute @
[user]
password <form> <secret>
service-type +
authorization-attribute user-role <role>
authorization-attribute @
password-control @
access-limit @
[ike]
encryption-algorithm <name>
dh <group>
authentication-algorithm <name>
authentication-method <name>
sa duration <int>
pre-shared-key @
keychain <name>
exchange-mode <mode>
local-identity @
match @
proposal +
dpd @
[ipsec]
encapsulation-mode <mode>
esp encryption-algorithm +
esp authentication-algorithm +
pfs <group>
transform-set <name>
security acl @
local-address +
remote-address +
ike-profile <name>
ikev2-profile <name>
sa duration @
sa trigger-mode <mode>
reverse-route *
"""
