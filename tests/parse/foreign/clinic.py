"""One policy of a clinic, as terms and as somebody might type it on each vendor's firewall.

The texts were typed after the vendors' documents, with other habits than this project's templates:
abbreviations where the reader takes them, inline addresses, groups in groups, names of ports,
second thoughts (`undo`, `no`, `rule move`), and rules that are switched off.
"""

from __future__ import annotations

from tests.parse.foreign.terms import Term

LAN, DMZ, WAN = "LAN", "DMZ", "WAN"
CLINIC = (
    "10.9.1.0/26",
    *("10.9.1.70/31", "10.9.1.72/30", "10.9.1.76/31"),  # 10.9.1.70 to 10.9.1.77
    "10.9.3.3/32",
)
RESOLVERS = ("10.0.100.0/28",)
IMAGES = ((104, 104), (2761, 2762))
HIGH = ((1024, 65535),)
DOMAIN = ((53, 53),)

TERMS = (
    Term(name="virus", permits=False, ingress=LAN, sources=("10.9.1.66/32",)),
    Term(name="images", ingress=LAN, egress=DMZ, sources=CLINIC, destinations=("10.9.8.0/24",),
         protocol="tcp", source_ports=HIGH, ports=IMAGES),
    Term(name="images-6", ingress=LAN, egress=DMZ, sources=("2001:db8:9:1::/64",),
         destinations=("2001:db8:9:8::/64",), protocol="tcp", source_ports=HIGH, ports=IMAGES),
    Term(name="web", ingress=LAN, egress=WAN, sources=CLINIC, protocol="tcp", ports=((443, 443),)),
    *(
        Term(name=f"names-{zone}-{protocol}", ingress=zone, egress=WAN, destinations=RESOLVERS,
             protocol=protocol, ports=DOMAIN)
        for zone in (LAN, DMZ) for protocol in ("tcp", "udp")
    ),
    Term(name="ping", ingress=DMZ, egress=LAN, protocol="icmp"),
    Term(name="clock", ingress=DMZ, egress=WAN, destinations=("10.0.0.0/8",), protocol="udp",
         ports=((123, 123),)),
)  # fmt: skip

USG = """\
system-view
sysname CLINIC-9
undo telnet server enable
interface GigabitEthernet 1/0/1
 undo service-manage enable
quit
firewall zone name LAN id 10
set priority 80
add interface GigabitEthernet 1/0/3
undo add interface GigabitEthernet 1/0/3
add interface GigabitEthernet 1/0/1
quit
firewall zone dmz
add interface GigabitEthernet 1/0/2
quit
firewall zone untrust
set priority 5
add interface GigabitEthernet 1/0/3
quit
ip address-set "ward and office" type object
address 10.9.1.0 mask 255.255.255.192
address 7 range 10.9.1.70 10.9.1.77
address 10.9.9.9 0
undo address 8
quit
ip address-set clinic type group
address 0 address-set "ward and office"
address 1 10.9.3.3 0
quit
ip service-set images type object
service 0 protocol tcp source-port 1024 to 65535 destination-port 104 2761 to 2762
quit
ip service-set names type group
service 0 service-set names-udp
service 1 service-set names-tcp
quit
ip service-set names-udp type object
service protocol 17 destination-port 53
quit
ip service-set names-tcp type object
service protocol 6 destination-port 53
quit
security-policy
default action deny
rule name images
 action permit
 service images
 source-zone LAN
 destination-zone dmz
 source-address address-set clinic
 destination-address 10.9.8.0 0.0.0.255
rule name images-6
 source-zone LAN
 destination-zone dmz
 source-address 2001:DB8:9:1:: 64
 destination-address 2001:DB8:9:8:: 64
 service images
 action permit
rule name web
 source-zone LAN
 destination-zone untrust
 source-address 10.9.1.0 26
 source-address range 10.9.1.70 10.9.1.77
 source-address 10.9.3.3 0.0.0.0
 service protocol tcp destination-port 443
 action permit
rule name everything
 disable
 action permit
rule name virus
 source-zone LAN
 source-address 10.9.1.66 mask 255.255.255.255
 action deny
rule move virus top
rule name resolvers
 source-zone LAN
 destination-zone untrust
 destination-address 10.0.100.0 mask 255.255.255.240
 service names
 action permit
rule name mistake
 source-zone dmz
 action permit
undo rule name mistake
rule name clock
 source-zone dmz
 destination-zone untrust
 destination-address 10.0.0.0 8
 service ntp
 action permit
rule name ping
 source-zone dmz untrust
 undo source-zone untrust
 destination-zone LAN
 service icmp
 action permit
rule name resolvers
 source-zone dmz
quit
return
"""
USG_PORTS = {LAN: "GigabitEthernet1/0/1", DMZ: "GigabitEthernet1/0/2", WAN: "GigabitEthernet1/0/3"}

SECPATH = """\
system-view
sysname CLINIC-9
interface g1/0/1
 ip address 10.9.1.1 18
interface g1/0/2
 ip address 10.9.8.1 255.255.255.0
interface g1/0/3
 ip address 192.0.2.2 30
quit
security-zone name Lan
import interface g1/0/1
security-zone name DMZ
import interface g1/0/2
security-zone name Untrust
import interface g1/0/3
object-group ip address wards
network range 10.9.1.77 10.9.1.70
network subnet 10.9.1.0 26
network host address 10.9.9.9
undo 20
quit
object-group ip address clinic
network group-object WARDS
network subnet 10.9.3.3 32
quit
object-group ip address archive
network subnet 10.9.8.0 255.255.255.0
quit
object-group service images
service tcp source gt 1023 destination eq 104
service tcp source range 65535 1024 destination range 2762 2761
quit
object-group service names
service udp destination range 53 53
service tcp destination eq 53
quit
security-policy ip
rule 50 name web
 source-zone lan
 destination-zone untrust
 source-ip clinic
 service-port tcp destination eq 443
 service-port tcp destination eq 80
 undo service-port tcp destination eq 80
 action pass
rule 7 name images
 source-zone lan
 destination-zone dmz
 source-ip clinic
 destination-ip archive
 service images
 action pass
rule 60 name virus
 source-zone lan
 source-ip-host 10.9.1.66
move rule name virus before name web
rule 61 name everything
 action pass
 disable
rule name names
 source-zone lan
 source-zone dmz
 destination-zone untrust
 destination-ip-range 10.0.100.0 10.0.100.15
 service NAMES
 action pass
rule name clock
 source-zone dmz
 destination-zone untrust
 destination-ip-subnet 10.0.0.0 8
 service-port udp destination eq 123
 action pass
rule name mistake
 source-zone dmz
 action pass
undo rule name mistake
rule name ping
 source-zone dmz
 destination-zone lan
 service-port icmp
 action drop
rule name ping
 action pass
quit
security-policy ipv6
rule name images
 source-zone lan
 destination-zone dmz
 source-ip-subnet 2001:DB8:9:1:: 64
 destination-ip-subnet 2001:DB8:9:8:: 64
 service images
 action pass
return
"""
SECPATH_PORTS = USG_PORTS

IOS = """\
en
conf t
host CLINIC-9
ipv6 unicast-routing
int gi0/0
 desc wards
 ip add 10.9.1.1 255.255.192.0
 ipv6 add 2001:DB8:9:1::1/64
 no shut
int gi0/1
 ip add 10.9.8.1 255.255.255.0
 ipv6 add 2001:DB8:9:8::1/64
int gi0/2
 ip add 192.0.2.2 255.255.255.252
 ipv6 en
exit
obj network WARDS
 10.9.1.0 255.255.255.192
 ra 10.9.1.70 10.9.1.77
 host 10.9.9.9
 no host 10.9.9.9
obj network CLINIC
 group-object WARDS
 host 10.9.3.3
obj serv IMAGES
 tcp source gt 1023 eq 104
 tcp source gt 1023 ra 2761 2762
ip access-l ext IMAGES
 20 per object-group IMAGES object-group CLINIC 10.9.8.0 0.0.0.255
 30 per ip any any
 5 den ip host 10.9.1.66 any
 no 30
ipv6 access-list IMAGES-6
 per tcp 2001:DB8:9:1::/64 gt 1023 2001:DB8:9:8::/64 eq 104
 per tcp 2001:DB8:9:1::/64 gt 1023 2001:DB8:9:8::/64 ra 2761 2762
ip access-l ext WEB
 per tcp object-group CLINIC any eq www
 per tcp object-group CLINIC any eq 443
 1 den ip host 10.9.1.66 any
 no per tcp object-group CLINIC any eq www
access-list 120 rem names
access-list 120 per udp any 10.0.100.0 0.0.0.15 eq domain
access-list 120 per tcp any 10.0.100.0 0.0.0.15 eq domain
access-list 121 den ip host 10.9.1.66 any
access-list 121 per udp any 10.0.100.0 0.0.0.15 eq domain
access-list 121 per tcp any 10.0.100.0 0.0.0.15 eq domain
access-list 122 per udp any 10.0.0.0 0.255.255.255 eq ntp
ip access-list ext PING
 per icmp any any
class-m type ins match-any IMAGES
 mat access-g name IMAGES
 mat access-g name IMAGES-6
class-m type ins match-any OUT
 mat access-g name WEB
 mat access-g 121
class-m type ins match-any OF-SERVERS
 mat access-g 120
 mat access-g 122
class-m type ins match-all PING
 mat access-g name PING
policy-m type ins LAN-DMZ
 class type ins IMAGES
  ins
policy-m type ins LAN-WAN
 class type ins OUT
  ins
 class class-default
  drop log
policy-m type ins DMZ-WAN
 class type ins OF-SERVERS
  ins
policy-m type ins DMZ-LAN
 class type ins PING
  ins
zone sec LAN
zone sec DMZ
zone sec WAN
zone-p sec A source LAN dest DMZ
 service-p type ins LAN-DMZ
zone-p sec B source LAN dest WAN
 service-p type ins LAN-WAN
zone-p sec C source DMZ dest WAN
 service-p type ins DMZ-WAN
zone-p sec D source DMZ dest LAN
 service-p type ins DMZ-LAN
zone-p sec E source WAN dest DMZ
 service-p type ins LAN-DMZ
no zone-p sec E source WAN dest DMZ
int gi0/0
 zone-m sec LAN
int gi0/1
 zone-m sec DMZ
int gi0/2
 zone-m sec WAN
end
wr
"""
IOS_PORTS = {LAN: "GigabitEthernet0/0", DMZ: "GigabitEthernet0/1", WAN: "GigabitEthernet0/2"}
