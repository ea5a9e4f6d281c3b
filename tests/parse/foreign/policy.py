"""The policy that Aerleon and Capirca are asked to write: overlaps, both families, types."""

from __future__ import annotations

from tests.parse.foreign.terms import Term

LAN, DMZ, WAN = "GigabitEthernet0/0", "GigabitEthernet0/1", "GigabitEthernet0/2"
CLINICS = ("10.1.0.0/24", "10.1.1.0/25", "10.1.1.128/26", "2001:db8:1::/48")
ARCHIVE = ("10.9.0.7/32", "10.9.0.16/29", "2001:db8:9::7/128")
HIGH = ((1024, 65535),)

TERMS = (
    Term(name="broken", permits=False, sources=("10.1.0.64/27",), destinations=ARCHIVE,
         protocol="tcp", ports=((104, 104), (11112, 11112)), logs=True),
    Term(name="images", sources=CLINICS, destinations=ARCHIVE, protocol="tcp", source_ports=HIGH,
         ports=((104, 104), (2761, 2762), (11112, 11112)), logs=True),
    Term(name="web", sources=CLINICS, destinations=ARCHIVE, protocol="tcp", ports=((443, 443),)),
    Term(name="clock", destinations=ARCHIVE, protocol="udp", source_ports=((123, 123),),
         ports=((123, 123),)),
    Term(name="ping", sources=("10.0.0.0/8",), protocol="icmp",
         types=("echo-request", "timestamp-request")),
    Term(name="ping-6", sources=("2001:db8::/32",), protocol="icmpv6",
         types=("echo-request", "echo-reply")),
    Term(name="tunnel", sources=CLINICS, destinations=ARCHIVE, protocol="esp"),
    Term(name="closed", permits=False, destinations=("10.9.0.0/24", "2001:db8:9::/64")),
    Term(name="calls", sources=CLINICS, protocol="udp", ports=((5060, 5062),)),
    Term(name="rest", permits=False, logs=True),
)  # fmt: skip

ROUTER = f"""\
ipv6 unicast-routing
interface {LAN}
 ip address 10.1.0.1 255.255.255.0
 ipv6 address 2001:db8:1::1/64
 ip access-group clinics in
 ipv6 traffic-filter ipv6-clinics in
interface {WAN}
 ip address 192.0.2.1 255.255.255.0
 ipv6 address 2001:db8:2::1/64
"""
"""A router whose LAN takes what the two generated lists permit."""
