"""Views and lines of Cisco's IOS, and what Ruijie's RGOS has besides."""

IOS = """
[system]
version +
service @
hostname <name>
boot-start-marker
boot-end-marker
logging buffered *
logging @
enable secret +
aaa new-model
aaa group server <kind> <name> > aaagroup | config-sg-{0}
aaa @
clock timezone +
vtp @
ip routing ; on
ip cef ; on
ip domain name <name>
ip domain lookup ; on
ip domain-lookup ; on
ip dhcp @
ip multicast-routing *
ip arp @
ip device @
vrf definition <name> > vrf | config-vrf
ip vrf <name> > vrf | config-vrf
multilink @
crypto @ > crypto | config-crypto
time-range <name> > timerange | config-time-range
archive > archive | config-archive
username <name> *
spanning-tree @
errdisable @
lldp run
dot1x system-auth-control
mls @
vlan internal +
vlan <int> > vlan | config-vlan ; sort
track <int> / + > track | config-track
object-group network <name> > netgroup | config-network-group
object-group service <name> > svcgroup | config-service-group
class-map type inspect match-any <name> > class | config-cmap
class-map type inspect match-all <name> > class | config-cmap
class-map match-any <name> > class | config-cmap
class-map match-all <name> > class | config-cmap
class-map <name> > class | config-cmap
policy-map type inspect <name> > policymap | config-pmap
policy-map <name> > policymap | config-pmap
zone security <name> > zone | config-sec-zone
zone-pair security <name> source <a> destination <b> > zonepair | config-sec-zone-pair
parameter-map @ > params | config-profile
interface <name> * > interface | config-if
router bgp <int> > bgp | config-router
router ospf <int> * > ospf | config-router
ip forward-protocol @
ip http server ; on
ip http secure-server ; on
ip http @
ip tacacs source-interface +
ip radius source-interface +
ip ssh @
ip scp server enable
ip sla <int> > sla | config-ip-sla
ip sla schedule <int> / +
ip as-path access-list @
ip community-list @
ip route @
ipv6 unicast-routing
ipv6 route @
ip access-list standard <name> > acl | config-std-nacl
ip access-list extended <name> > acl | config-ext-nacl
ipv6 access-list <name> > acl | config-ipv6-acl
access-list @
ip prefix-list <name> seq <int> / + ; sort
ip prefix-list <name> permit + ; same
ip prefix-list <name> deny + ; same
ipv6 prefix-list <name> seq <int> / + ; sort
ip pim @
ip igmp @
route-map <name> permit <int> > routemap | config-route-map
route-map <name> deny <int> > routemap | config-route-map
snmp-server @
tacacs server <name> > server | config-server-tacacs
radius server <name> > server | config-radius-server
radius-server @
tacacs-server @
control-plane > control | config-cp
banner @
line <kind> <int> * > line | config-line
event manager applet <name> > applet | config-applet
ntp @
sntp @
privilege @
[vrf]
rd <rd>
route-target @
address-family <family> > vrfaf | config-vrf-af
[timerange]
absolute +
periodic @
[archive]
path <path>
write-memory
time-period <int>
log config > archivelog | config-archive-log-cfg
[archivelog]
logging enable
hidekeys
notify @
[aaagroup]
server @
server-private @
[vlan]
name <name>
shutdown
[track]
delay @
[netgroup]
description +
host @
range @
group-object @
<ip> <ip>
[svcgroup]
description +
group-object @
tcp ^
udp ^
icmp ^
ip
esp
[class]
description +
match @
[policymap]
description +
class type inspect <name> > policyclass | config-pmap-c
class <name> > policyclass | config-pmap-c
[policyclass]
set @
priority *
bandwidth *
police *
fair-queue *
random-detect *
queue-limit *
service-policy *
inspect *
pass *
drop *
[zone]
description +
[zonepair]
description +
service-policy type inspect <name>
[interface]
description +
switchport mode <mode>
switchport access vlan <int>
switchport voice vlan <int>
switchport trunk encapsulation <kind>
switchport trunk native vlan <int>
switchport trunk allowed vlan +
switchport nonegotiate
switchport port-security
switchport @
switchport ; on
encapsulation @
bandwidth <int>
vrf forwarding <name>
ip vrf forwarding <name>
ip address / <ip> <ip>
ip address <ip> <ip> secondary
ip unnumbered +
ip mtu <int>
mtu <int>
ip access-group / <name> in
ip access-group <name> out
ip helper-address <ip>
ip nat @
ip ospf @
ip pim @
ip igmp @
ip arp @
ip dhcp @
ip verify @
ip source @
ip tcp adjust-mss <int>
ip redirects ; on
ip proxy-arp ; on
ip unreachables ; on
ip virtual-reassembly *
ip flow @
ipv6 @
zone-member security <name>
shutdown
vrrp <int> ip <ip> *
vrrp <int> priority <int>
vrrp <int> preempt *
vrrp <int> timers advertise +
vrrp <int> track +
vrrp @
standby version <int>
standby <int> ip <ip>
standby @
bfd @
bfd interval +
tunnel @
keepalive *
channel-group <int> *
load-interval <int>
duplex <mode>
speed <mode>
negotiation auto
media-type +
authentication @
mab *
dot1x @
storm-control @
spanning-tree @
mls @
trust @
srr-queue @
service-policy input <name>
service-policy output <name>
service-policy @
crypto map <name>
lldp @
cdp @
[bgp family]
bgp @
neighbor <peer> remote-as <int>
neighbor <peer> description + ; same
neighbor <peer> password + ; same
neighbor <peer> update-source + ; same
neighbor <peer> ebgp-multihop * ; same
neighbor <peer> ttl-security hops <int> ; same
neighbor <peer> timers + ; same
neighbor <peer> fall-over bfd * ; same
neighbor <peer> advertisement-interval <int> ; same
neighbor <peer> peer-group * ; same
neighbor <peer> shutdown ; same
neighbor <peer> activate ; same
neighbor <peer> send-community * ; same
neighbor <peer> next-hop-self * ; same
neighbor <peer> route-reflector-client ; same
neighbor <peer> soft-reconfiguration inbound ; same
neighbor <peer> default-originate * ; same
neighbor <peer> prefix-list <name> in ; same
neighbor <peer> prefix-list <name> out ; same
neighbor <peer> route-map <name> in ; same
neighbor <peer> route-map <name> out ; same
neighbor <peer> maximum-prefix + ; same
neighbor <peer> remove-private-as * ; same
network @
aggregate-address @
redistribute @
maximum-paths +
timers @
distance @
synchronization ; on
auto-summary ; on
default-information @
[bgp]
address-family ipv4 * > family | config-router-af
address-family ipv6 * > family | config-router-af
[ospf]
router-id <ip>
network @
passive-interface @
area @
redistribute @
default-information @
[sla]
icmp-echo + > slatype | config-ip-sla-echo
frequency <int>
timeout <int>
threshold <int>
[slatype]
frequency <int>
timeout <int>
threshold <int>
tag +
[acl]
remark @
<int> / permit + ; sort
<int> / deny + ; same sort
permit + ; same
deny + ; same
[routemap]
description +
match @
set @
continue *
[server]
address ipv4 <ip> *
address ipv6 <ip> *
key +
timeout <int>
single-connection
[line]
access-class <name> in *
exec-timeout +
privilege level <int>
password +
logging synchronous
login @
login
authorization @
accounting @
transport @
stopbits <int>
length <int>
[applet]
event @
action <label> / +
[crypto]
encryption +
integrity +
group +
hash +
authentication @
proposal @
match @
identity @
keyring @
lifetime @
peer @ > crypto | config-peer
address @
pre-shared-key @
mode @
set @
dpd @
description +
keyring @
[params]
tcp @
udp @
icmp @
max-incomplete @
audit-trail +
alert +
[control]
service-policy @
"""

RGOS = """
[system]
enable service <name>
dot1x @
spanning-tree
lldp enable
sntp @
sntp enable
expert access-list extended <name> > acl | config-exp-nacl
mac access-list extended <name> > acl | config-mac-nacl
class-map <name> > class | config-cmap
nfpp > nfpp | config-nfpp
port-security @
errdisable @
rldp @
monitor @
web-server @
install @
sysmac +
install @
[interface]
arp-check
rldp @
nfpp @
anti-arp-spoofing @
medium-type <type>
security @
[nfpp]
arp-guard @
icmp-guard @
dhcp-guard @
ip-guard @
log-buffer @
"""
