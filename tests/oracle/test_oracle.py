"""The oracle against verdicts worked out by hand from docs/concepts/policies.md.

The inventory in `small/` notes each site's block. A row gives one packet, the policies that need it
and the whole way: it must be allowed there, and nowhere else in the network.
"""

from __future__ import annotations

import shutil
from ipaddress import ip_address
from itertools import permutations, product
from pathlib import Path

import pytest

from tests.oracle.oracle import Crossing, Oracle
from tests.oracle.rows_of_guests import GUESTS

SMALL = Path(__file__).parent / "small"
PROTOCOLS = {"tcp": 6, "udp": 17, "icmp": 1, "icmp6": 58, "esp": 50}
BOTH = "dc-a WAN DMZ, dc-b WAN DMZ"
FROM_BOTH = "dc-a DMZ PARTNER, dc-b DMZ PARTNER, dc-a DMZ WAN, dc-b DMZ WAN"
BOTH_APP = "dc-a WAN APP, dc-b WAN APP"

# source, destination, protocol and port, policies, way
ENDS = [
    # a zone, by each condition
    ("10.23.16.64", "10.23.1.0", "tcp 2762", "P0001",
     "kaiyang-t1 IMAGING WAN, kaiyang-c VPN IMAGING"),
    ("10.23.16.63", "10.23.1.0", "tcp 2762", "", ""),  # one before the township's IMAGING
    ("10.23.16.95", "10.23.1.127", "tcp 2762", "P0001",
     "kaiyang-t1 IMAGING WAN, kaiyang-c VPN IMAGING"),
    ("10.23.16.96", "10.23.1.127", "tcp 2762", "", ""),  # one after it
    ("10.23.16.95", "10.23.1.128", "tcp 2762", "", ""),  # one after the centre's
    ("10.23.0.150", "10.23.2.9", "tcp 443", "P0012", "kaiyang-c VIDEO CLINICAL"),
    ("10.16.192.130", "10.23.2.9", "tcp 443", "P0012",
     "kaiyang-h1 VIDEO WAN, kaiyang-c DOWN CLINICAL"),
    ("10.23.20.17", "10.23.2.9", "tcp 443", "P0012",
     "kaiyang-t3 VIDEO WAN, kaiyang-c VPN CLINICAL"),
    ("10.20.16.17", "10.23.2.9", "tcp 443", "", ""),     # of another county
    ("10.23.0.150", "10.20.2.9", "tcp 443", "", ""),     # to another centre than the one named
    ("10.13.20.1", "10.23.16.20", "tcp 443", "", ""),    # kaiyang-t1 is not of the group stroke
    ("10.13.20.1", "10.16.192.140", "tcp 443", "P0007",
     "guizhou-h1 CLINICAL WAN, guizhou-h1 WAN WAN, kaiyang-c WAN DOWN, kaiyang-h1 WAN VIDEO"),
    ("10.58.146.130", "10.13.16.190", "tcp 443", "P0007",
     "renhuai-t2 CLINICAL WAN, renhuai-c VPN WAN, guizhou-h1 WAN VIDEO"),
    # an instance stands in both centres
    ("10.0.150.9", "10.12.1.3", "tcp 22", "N0005",
     "dc-a SECOPS DMZ, dc-a SECOPS WAN, dc-b WAN DMZ"),
    # partners: every prefix listed, at both centres
    ("192.0.2.15", "10.12.1.1", "tcp 1720", "P0010",
     "dc-a PARTNER DMZ, dc-b PARTNER DMZ, dc-a PARTNER WAN, dc-b PARTNER WAN, " + BOTH),
    ("192.0.2.16", "10.12.1.1", "tcp 1720", "", ""),
    ("2001:db8:ffff:10::9", "2001:db8:c00::100", "udp 3478", "P0010",
     "dc-a PARTNER DMZ, dc-b PARTNER DMZ, dc-a PARTNER WAN, dc-b PARTNER WAN, " + BOTH),
    ("10.12.1.3", "198.51.100.47", "tcp 443", "P0011",
     FROM_BOTH + ", dc-a WAN PARTNER, dc-b WAN PARTNER"),
    ("10.12.1.3", "198.51.100.16", "tcp 443", "", ""),   # between the partner's two prefixes
    ("10.12.1.3", "192.0.2.1", "tcp 443", "", ""),       # another partner
    # devices: the enforcing role's loopbacks, everything else in MGMT
    ("10.23.16.33", "10.0.150.9", "tcp 443", "N0003",
     "kaiyang-t1 LOCAL WAN, kaiyang-c VPN WAN, dc-a WAN SECOPS"),
    ("10.23.16.34", "10.0.150.9", "tcp 443", "", ""),    # there is one gateway
    ("10.23.16.4", "10.0.150.9", "tcp 443", "N0003",
     "kaiyang-t1 MGMT WAN, kaiyang-c VPN WAN, dc-a WAN SECOPS"),
    ("10.23.16.5", "10.0.150.9", "tcp 443", "", ""),     # in MGMT, but no device's
    ("10.0.1.2", "10.0.150.9", "tcp 443", "N0003", "dc-a LOCAL SECOPS"),
    ("10.0.10.11", "10.0.150.9", "tcp 443", "N0003", "dc-a MGMT SECOPS"),
    ("10.19.0.91", "10.0.150.9", "tcp 443", "N0003", "guiyang-h1 MGMT WAN, dc-a WAN SECOPS"),
    ("10.19.16.91", "10.0.150.9", "tcp 443", "", ""),    # guiyang-h2 houses no AR pair
    ("10.19.0.41", "10.4.150.9", "udp 3478", "N0009", "guiyang-h1 MGMT WAN, dc-b WAN SECOPS"),
    ("10.19.16.40", "10.4.150.9", "udp 3478", "", ""),   # the sensor of another site
    ("10.19.0.90", "10.23.20.33", "icmp 8", "N0006",
     "guiyang-h1 MGMT WAN, kaiyang-c WAN VPN, kaiyang-t3 WAN LOCAL"),
    ("10.19.0.90", "10.20.16.33", "icmp 8", "", ""),     # a gateway of another county
    # guests are nobody's end
    ("172.31.0.9", "10.12.0.0", "tcp 443", "", ""),
]  # fmt: skip
SCOPE = [
    # within
    ("10.23.16.70", "10.20.1.5", "tcp 2762", "", ""),    # county
    ("10.16.194.9", "10.16.193.9", "tcp 8443", "P0005", "kaiyang-h1 CLINICAL IMAGING"),
    ("10.16.194.9", "10.16.209.9", "tcp 8443", "", ""),  # site
    ("10.13.17.9", "10.13.33.9", "tcp 2762", "P0008",
     "guizhou-h1 IMAGING WAN, guizhou-h1 WAN WAN, guizhou-h2 WAN IMAGING"),
    ("10.19.1.9", "10.13.33.9", "tcp 2762", "", ""),     # prefecture
    ("10.19.4.9", "10.20.2.9", "udp 4500", "P0009",
     "guiyang-h1 CLINICAL WAN, xiuwen-c WAN CLINICAL"),
    ("10.19.4.9", "10.58.130.9", "udp 4500", "", ""),
    ("10.0.150.9", "10.4.100.9", "tcp 2762", "", ""),    # data centres have no prefecture
    # services by prefecture
    ("10.23.16.140", "10.12.4.1", "tcp 443", "P0002",
     "kaiyang-t1 CLINICAL WAN, kaiyang-c VPN WAN, " + BOTH_APP),
    ("10.23.16.140", "10.12.4.3", "tcp 443", "", ""),
    ("10.23.16.140", "10.12.4.0", "tcp 443", "", ""),
    ("10.13.36.9", "10.12.4.0", "tcp 443", "P0002",
     "guizhou-h2 CLINICAL WAN, guizhou-h2 WAN WAN, " + BOTH_APP),
    ("10.13.36.9", "10.12.4.1", "tcp 443", "", ""),
    ("10.51.4.9", "10.12.4.3", "tcp 443", "P0002", "zunyi-h1 CLINICAL WAN, " + BOTH_APP),
    ("10.51.4.9", "10.12.4.2", "tcp 443", "", ""),       # no prefecture has this number
    # between instances
    ("10.12.1.3", "10.12.4.3", "tcp 443", "N0001",
     "dc-a DMZ APP, dc-b DMZ APP, dc-a DMZ WAN, dc-b DMZ WAN, " + BOTH_APP),
    ("10.12.1.3", "10.12.4.1", "tcp 443", "", ""),
    ("10.12.4.3", "10.12.0.0", "tcp 443", "N0002",
     "dc-a APP DMZ, dc-b APP DMZ, dc-a APP WAN, dc-b APP WAN, " + BOTH),
    # by province: everybody
    ("10.58.146.17", "10.12.0.0", "tcp 443", "P0003",
     "renhuai-t2 VIDEO WAN, renhuai-c VPN WAN, " + BOTH),
    ("10.13.16.129", "10.12.0.0", "tcp 443", "P0003",
     "guizhou-h1 VIDEO WAN, guizhou-h1 WAN WAN, " + BOTH),
    ("10.13.16.129", "10.12.0.1", "tcp 443", "", ""),    # there is only group 0
    # nobody with itself
    ("10.12.1.3", "10.12.1.3", "tcp 22", "", ""),
    ("10.0.100.9", "10.0.100.10", "tcp 22", "", ""),
    ("10.23.16.20", "10.23.16.21", "udp 10000", "", ""),
]  # fmt: skip
ADDRESSES = [
    # IPv6 of each kind of block; IPv4 of each kind stands above
    ("2001:db8:410:14::1", "2001:db8:c00::", "tcp 443", "P0003",
     "guizhou-h1 VIDEO WAN, guizhou-h1 WAN WAN, " + BOTH),
    ("2001:db8:1310:14:ffff:ffff:ffff:ffff", "2001:db8:c00::", "tcp 443", "P0003",
     "guiyang-h2 VIDEO WAN, " + BOTH),
    ("2001:db8:1310:15::", "2001:db8:c00::", "tcp 443", "", ""),
    ("2001:db8:107f:1014::5", "2001:db8:c00::", "tcp 443", "P0003",
     "kaiyang-h2 VIDEO WAN, kaiyang-c DOWN WAN, " + BOTH),
    ("2001:db8:1070:3014::5", "2001:db8:1070:1e::5", "tcp 443", "P0012",
     "kaiyang-t3 VIDEO WAN, kaiyang-c VPN CLINICAL"),
    ("2001:db8:30e0:201e::5", "2001:db8:c00::403", "tcp 443", "P0002",
     "renhuai-t2 CLINICAL WAN, renhuai-c VPN WAN, " + BOTH_APP),
    ("2001:db8:a10:96::5", "2001:db8:c00::100", "tcp 22", "N0005",
     "dc-b SECOPS DMZ, dc-b SECOPS WAN, dc-a WAN DMZ"),
    ("2001:db8:1300:a::5b", "2001:db8:1070:3ffe::1", "icmp6 128", "N0006",
     "guiyang-h1 MGMT WAN, kaiyang-c WAN VPN, kaiyang-t3 WAN LOCAL"),
    ("2001:db8:a00:ffe::2", "2001:db8:a00:96::1", "tcp 443", "N0003", "dc-a LOCAL SECOPS"),
    ("2001:db8:a00:ffe::3", "2001:db8:a00:96::1", "tcp 443", "", ""),
    # IPv4 to IPv4 only
    ("10.0.150.9", "2001:db8:c00::100", "tcp 22", "", ""),
]  # fmt: skip
WAYS = [
    # each kind up and down stands above; here the turns
    ("10.23.16.17", "10.23.20.30", "udp 10499", "P0006",
     "kaiyang-t1 VIDEO WAN, kaiyang-c VPN VPN, kaiyang-t3 WAN VIDEO"),
    ("10.16.194.9", "10.16.208.140", "udp 10000", "P0004",
     "kaiyang-h1 CLINICAL WAN, kaiyang-c DOWN DOWN, kaiyang-h2 WAN VIDEO"),
    ("10.16.194.9", "10.16.192.140", "udp 10000", "P0004", "kaiyang-h1 CLINICAL VIDEO"),
    ("10.23.2.9", "10.23.16.20", "tcp 22", "P0013", "kaiyang-c CLINICAL VPN, kaiyang-t1 WAN VIDEO"),
    ("10.23.2.9", "10.16.192.140", "tcp 22", "P0013",
     "kaiyang-c CLINICAL DOWN, kaiyang-h1 WAN VIDEO"),
    ("10.20.2.9", "10.23.16.20", "tcp 22", "P0013",
     "xiuwen-c CLINICAL WAN, kaiyang-c WAN VPN, kaiyang-t1 WAN VIDEO"),
    ("10.0.100.9", "10.4.100.9", "tcp 22", "N0007", "dc-a DMZ WAN, dc-b WAN DMZ"),
    ("10.0.150.9", "10.23.0.194", "tcp 22", "N0004", "dc-a SECOPS WAN, kaiyang-c WAN LOCAL"),
    ("10.4.150.9", "10.16.192.193", "icmp 8", "N0004",
     "dc-b SECOPS WAN, kaiyang-c WAN DOWN, kaiyang-h1 WAN LOCAL"),
    ("10.4.150.9", "10.4.1.1", "icmp 8", "N0004", "dc-b SECOPS LOCAL"),
    # to one member of a pair, it may come by the other
    ("10.4.150.9", "10.13.28.225", "tcp 22", "N0004",
     "dc-b SECOPS WAN, guizhou-h1 WAN LOCAL, guizhou-h1 WAN WAN"),
]  # fmt: skip
APPS = [
    ("10.23.16.17", "10.23.20.30", "udp 9999", "", ""),
    ("10.23.16.17", "10.23.20.30", "udp 10500", "", ""),
    ("10.23.16.17", "10.23.20.30", "tcp 10000", "", ""),
    ("10.19.4.9", "10.20.2.9", "esp 0", "P0009", "guiyang-h1 CLINICAL WAN, xiuwen-c WAN CLINICAL"),
    ("10.19.4.9", "10.20.2.9", "esp 4711", "P0009",
     "guiyang-h1 CLINICAL WAN, xiuwen-c WAN CLINICAL"),
    ("10.4.150.9", "10.4.1.1", "icmp 0", "", ""),
    ("10.4.150.9", "10.4.1.1", "icmp6 128", "", ""),
    ("2001:db8:a00:96::1", "2001:db8:a00:ffe::1", "icmp 8", "", ""),
]  # fmt: skip
TO_T3 = "kaiyang-c WAN VPN, kaiyang-t3 WAN"
FROM_T3 = "kaiyang-t3 {} WAN, kaiyang-c VPN WAN, dc-{} WAN SECOPS"
MANAGEMENT = [
    # the bastion alone, of both centres, reaches a gateway itself and a switch in MGMT
    ("10.0.150.10", "10.23.20.33", "tcp 22", "N0011", f"dc-a SECOPS WAN, {TO_T3} LOCAL"),
    ("10.4.150.10", "10.23.20.33", "tcp 22", "N0011", f"dc-b SECOPS WAN, {TO_T3} LOCAL"),
    ("10.0.150.10", "10.23.20.4", "tcp 22", "N0011", f"dc-a SECOPS WAN, {TO_T3} MGMT"),
    ("10.4.150.10", "10.16.192.10", "tcp 22", "N0011",
     "dc-b SECOPS WAN, kaiyang-c WAN DOWN, kaiyang-h1 WAN MGMT"),
    ("10.0.150.10", "10.0.10.10", "tcp 22", "N0011", "dc-a SECOPS MGMT"),
    ("10.0.150.10", "10.4.10.11", "tcp 22", "N0011", "dc-a SECOPS WAN, dc-b WAN MGMT"),
    ("10.0.150.9", "10.23.20.33", "tcp 22", "", ""),     # one before the bastion
    ("10.0.150.11", "10.23.20.33", "tcp 22", "", ""),    # one after it
    ("10.4.150.9", "10.23.20.4", "tcp 22", "", ""),
    ("10.4.150.11", "10.23.20.4", "tcp 22", "", ""),
    ("10.0.150.20", "10.23.20.33", "tcp 22", "", ""),    # another server than the one named
    ("10.0.10.10", "10.23.20.33", "tcp 22", "", ""),     # this host number, but in MGMT
    ("10.23.20.10", "10.23.20.33", "tcp 22", "", ""),    # and of a township
    ("10.0.150.10", "10.23.20.34", "tcp 22", "", ""),    # there is one gateway
    ("10.0.150.10", "10.23.20.5", "tcp 22", "", ""),     # in MGMT, but no device's
    ("10.0.150.10", "10.23.20.33", "tcp 443", "", ""),
    ("10.23.20.33", "10.0.150.10", "tcp 22", "", ""),    # not the way back
    # a server is a host of its zone as well
    ("10.4.150.10", "10.4.1.1", "tcp 22", "N0004 N0011", "dc-b SECOPS LOCAL"),
    ("10.4.150.11", "10.4.1.1", "tcp 22", "N0004", "dc-b SECOPS LOCAL"),
    ("10.23.20.33", "10.0.150.20", "tcp 443", "N0003", FROM_T3.format("LOCAL", "a")),
    # IPv6: the zone's /64 and the same host number
    ("2001:db8:a00:96::a", "2001:db8:1070:3ffe::1", "tcp 22", "N0011",
     f"dc-a SECOPS WAN, {TO_T3} LOCAL"),
    ("2001:db8:a10:96::a", "2001:db8:1070:300a::4", "tcp 22", "N0011",
     f"dc-b SECOPS WAN, {TO_T3} MGMT"),
    ("2001:db8:a00:96::9", "2001:db8:1070:3ffe::1", "tcp 22", "", ""),
    ("2001:db8:a00:96::b", "2001:db8:1070:3ffe::1", "tcp 22", "", ""),
    ("2001:db8:a00:96::10", "2001:db8:1070:3ffe::1", "tcp 22", "", ""),  # 16, not 10
    ("2001:db8:a10:96::9", "2001:db8:1070:300a::4", "tcp 22", "", ""),
    ("2001:db8:a10:96::b", "2001:db8:1070:300a::4", "tcp 22", "", ""),
    ("10.0.150.10", "2001:db8:1070:3ffe::1", "tcp 22", "", ""),
    # several servers, as destinations
    ("10.23.20.33", "10.0.150.20", "udp 123", "N0012", FROM_T3.format("LOCAL", "a")),
    ("10.23.20.33", "10.4.150.30", "udp 123", "N0012", FROM_T3.format("LOCAL", "b")),
    ("10.23.20.4", "10.4.150.20", "udp 123", "N0012", FROM_T3.format("MGMT", "b")),
    ("10.23.20.33", "10.0.150.10", "udp 123", "", ""),   # not listed
    ("10.23.20.33", "10.0.150.19", "udp 123", "", ""),
    ("10.23.20.33", "10.0.150.21", "udp 123", "", ""),
    ("10.23.20.33", "10.0.150.29", "udp 123", "", ""),
    ("10.23.20.33", "10.0.150.31", "udp 123", "", ""),
    ("10.0.1.2", "10.0.150.30", "udp 123", "N0012", "dc-a LOCAL SECOPS"),
    ("2001:db8:1070:3ffe::1", "2001:db8:a00:96::14", "udp 123", "N0012",
     FROM_T3.format("LOCAL", "a")),
    ("2001:db8:1070:3ffe::1", "2001:db8:a10:96::1e", "udp 123", "N0012",
     FROM_T3.format("LOCAL", "b")),
    ("2001:db8:1070:3ffe::1", "2001:db8:a10:96::1d", "udp 123", "", ""),
    ("2001:db8:1070:3ffe::1", "2001:db8:a10:96::1f", "udp 123", "", ""),
    # within: site, at either end
    ("10.0.150.10", "10.0.110.9", "tcp 22", "N0013", "dc-a SECOPS APP"),
    ("10.4.150.10", "10.4.110.9", "tcp 22", "N0013", "dc-b SECOPS APP"),
    ("10.0.150.10", "10.4.110.9", "tcp 22", "", ""),
    ("10.4.150.10", "10.0.110.9", "tcp 22", "", ""),
    ("10.0.150.11", "10.0.110.9", "tcp 22", "", ""),
    ("2001:db8:a10:96::a", "2001:db8:a10:6e::9", "tcp 22", "N0013", "dc-b SECOPS APP"),
    ("2001:db8:a10:96::a", "2001:db8:a00:6e::9", "tcp 22", "", ""),
    ("10.4.10.11", "10.4.150.30", "tcp 8446", "N0015", "dc-b MGMT SECOPS"),
    ("10.4.10.11", "10.0.150.30", "tcp 8446", "", ""),
    ("10.23.0.10", "10.0.150.30", "tcp 8446", "", ""),   # a county centre has no such servers
    ("10.4.10.11", "10.4.150.29", "tcp 8446", "", ""),
    # within: prefecture: a data centre has none
    ("10.23.20.17", "10.0.150.20", "udp 123", "", ""),
    # a condition on the site
    ("10.4.150.10", "10.23.1.9", "tcp 443", "N0014", "dc-b SECOPS WAN, kaiyang-c WAN IMAGING"),
    ("10.0.150.10", "10.23.1.9", "tcp 443", "", ""),
    ("10.4.150.9", "10.23.1.9", "tcp 443", "", ""),
    ("10.4.150.11", "10.23.1.9", "tcp 443", "", ""),
    ("2001:db8:a10:96::a", "2001:db8:1070:28::9", "tcp 443", "N0014",
     "dc-b SECOPS WAN, kaiyang-c WAN IMAGING"),
    ("2001:db8:a00:96::a", "2001:db8:1070:28::9", "tcp 443", "", ""),
    # one server to another: never inside the zone
    ("10.0.150.10", "10.4.150.20", "tcp 8446", "N0016", "dc-a SECOPS WAN, dc-b WAN SECOPS"),
    ("10.4.150.10", "10.0.150.10", "tcp 8446", "N0016", "dc-b SECOPS WAN, dc-a WAN SECOPS"),
    ("10.0.150.10", "10.4.150.30", "tcp 8446", "", ""),
    ("10.0.150.10", "10.0.150.20", "tcp 8446", "", ""),
    ("10.0.150.10", "10.0.150.10", "tcp 8446", "", ""),
    # they stand in their own centre, instances in both; they belong to no group
    ("10.0.150.30", "10.12.4.3", "tcp 8446", "N0017",
     "dc-a SECOPS APP, dc-a SECOPS WAN, dc-b WAN APP"),
    ("10.0.150.30", "10.12.4.1", "tcp 8446", "N0017",
     "dc-a SECOPS APP, dc-a SECOPS WAN, dc-b WAN APP"),
    ("10.0.150.31", "10.12.4.3", "tcp 8446", "", ""),
    ("10.12.1.3", "10.0.150.30", "tcp 8446", "N0018",
     "dc-a DMZ SECOPS, dc-b DMZ WAN, dc-a WAN SECOPS"),
    ("10.12.1.3", "10.4.150.30", "tcp 8446", "", ""),
]  # fmt: skip
BEAT = "udp 7947"
FAILOVER = [
    # over the fibre, between the centres
    ("10.0.140.69", "10.4.140.69", BEAT, "N0020", "dc-a DRREPL WAN, dc-b WAN DRREPL"),
    ("10.4.140.69", "10.0.140.69", BEAT, "N0020", "dc-b DRREPL WAN, dc-a WAN DRREPL"),
    ("10.0.140.69", "10.0.140.69", BEAT, "", ""),        # never with itself
    ("10.0.140.68", "10.4.140.69", BEAT, "", ""),        # one before
    ("10.0.140.69", "10.4.140.70", BEAT, "", ""),        # one after; the number of `health`
    ("10.0.140.69", "10.4.140.69", "udp 7946", "", ""),
    ("10.0.140.69", "10.4.140.69", "tcp 7947", "", ""),
    ("10.0.140.69", "10.4.100.70", BEAT, "", ""),        # paths do not mix
    ("10.0.140.69", "10.0.100.70", BEAT, "", ""),
    ("10.0.100.69", "10.4.100.69", BEAT, "", ""),        # this host number, but in DMZ
    ("2001:db8:a00:8c::45", "2001:db8:a10:8c::45", BEAT, "", ""),  # IPv4 alone
    # over the health network; a host is one of its zone as well
    ("10.0.100.70", "10.4.100.70", BEAT, "N0021", "dc-a DMZ WAN, dc-b WAN DMZ"),
    ("10.0.100.70", "10.4.100.70", "tcp 22", "N0007", "dc-a DMZ WAN, dc-b WAN DMZ"),
    ("10.0.100.70", "10.4.100.71", BEAT, "", ""),
    ("2001:db8:a00:64::46", "2001:db8:a10:64::46", BEAT, "", ""),
    # observers: hospitals that some selector matches
    ("10.19.16.14", "10.0.100.70", BEAT, "N0022", "guiyang-h2 MGMT WAN, dc-a WAN DMZ"),
    ("10.13.16.14", "10.4.100.70", BEAT, "N0022",
     "guizhou-h1 MGMT WAN, guizhou-h1 WAN WAN, dc-b WAN DMZ"),
    ("10.51.0.14", "10.4.100.70", BEAT, "N0022", "zunyi-h1 MGMT WAN, dc-b WAN DMZ"),
    ("10.16.192.14", "10.0.100.70", BEAT, "N0022",
     "kaiyang-h1 MGMT WAN, kaiyang-c DOWN WAN, dc-a WAN DMZ"),
    ("10.16.208.14", "10.4.100.70", BEAT, "N0022",
     "kaiyang-h2 MGMT WAN, kaiyang-c DOWN WAN, dc-b WAN DMZ"),
    ("10.13.32.14", "10.0.100.70", BEAT, "", ""),        # guizhou-h2: no selector matches it
    ("10.23.0.14", "10.0.100.70", BEAT, "", ""),         # of Kaiyang, but its centre
    ("10.23.16.14", "10.0.100.70", BEAT, "", ""),        # and a township
    ("10.58.146.14", "10.0.100.70", BEAT, "", ""),       # of the group, but a township
    ("10.19.16.13", "10.0.100.70", BEAT, "", ""),
    ("10.19.16.15", "10.0.100.70", BEAT, "", ""),
    ("10.19.16.14", "10.0.140.69", BEAT, "", ""),        # not over the fibre
    ("10.19.16.14", "10.8.0.17", BEAT, "", ""),
    ("10.19.16.14", "10.0.150.71", "tcp 2379", "", ""),
    ("10.0.100.70", "10.19.16.14", BEAT, "", ""),        # not the way back
    ("2001:db8:1310:a::e", "2001:db8:a00:64::46", BEAT, "", ""),
    # the witness is beyond WAN: nobody's point but the other end's
    ("10.0.100.70", "10.8.0.17", BEAT, "N0023", "dc-a DMZ WAN"),
    ("10.4.100.70", "10.8.0.17", BEAT, "N0023", "dc-b DMZ WAN"),
    ("10.8.0.17", "10.0.100.70", BEAT, "N0024", "dc-a WAN DMZ"),
    ("10.8.0.17", "10.4.100.70", BEAT, "N0024", "dc-b WAN DMZ"),
    ("10.4.150.10", "10.8.0.17", "tcp 22", "N0028", "dc-b SECOPS WAN"),
    ("10.16.208.14", "10.8.0.17", "udp 123", "N0029",
     "kaiyang-h2 MGMT WAN, kaiyang-c DOWN WAN"),
    ("10.0.100.70", "10.8.0.16", BEAT, "", ""),
    ("10.0.100.70", "10.8.0.18", BEAT, "", ""),
    ("10.0.100.70", "10.8.0.33", BEAT, "", ""),          # another witness than the one named
    ("10.0.140.69", "10.8.0.17", BEAT, "", ""),
    ("10.8.0.17", "10.0.140.69", BEAT, "", ""),
    ("10.8.0.17", "10.19.16.14", BEAT, "", ""),
    # the register: a member in each centre and at the witness
    ("10.0.100.70", "10.0.150.71", "tcp 2379", "N0025", "dc-a DMZ SECOPS"),
    ("10.0.100.70", "10.4.150.71", "tcp 2379", "N0025", "dc-a DMZ WAN, dc-b WAN SECOPS"),
    ("10.4.100.70", "10.8.0.17", "tcp 2379", "N0025", "dc-b DMZ WAN"),
    ("10.8.0.17", "10.0.150.71", "tcp 2379", "", ""),
    ("10.0.100.70", "10.0.150.70", "tcp 2379", "", ""),
    ("10.0.100.70", "10.0.150.72", "tcp 2379", "", ""),
    ("10.0.150.71", "10.4.150.71", "tcp 2380", "N0026", "dc-a SECOPS WAN, dc-b WAN SECOPS"),
    ("10.4.150.71", "10.8.0.17", "tcp 2380", "N0026", "dc-b SECOPS WAN"),
    ("10.8.0.17", "10.4.150.71", "tcp 2380", "N0026", "dc-b WAN SECOPS"),
    ("10.8.0.17", "10.8.0.17", "tcp 2380", "", ""),
    ("10.0.150.71", "10.0.150.71", "tcp 2380", "", ""),
    ("10.0.100.70", "10.4.150.71", "tcp 2380", "", ""),
    # within: site: the witness has none
    ("10.4.100.70", "10.4.150.71", "tcp 8446", "N0027", "dc-b DMZ SECOPS"),
    ("10.4.100.70", "10.0.150.71", "tcp 8446", "", ""),
    ("10.4.100.70", "10.8.0.17", "tcp 8446", "", ""),
]  # fmt: skip
ROWS = [*ENDS, *GUESTS, *SCOPE, *ADDRESSES, *WAYS, *APPS, *MANAGEMENT, *FAILOVER]


@pytest.fixture(scope="module")
def oracle() -> Oracle:
    return Oracle(SMALL)


@pytest.mark.parametrize(
    ("source", "destination", "app", "policies", "way"),
    ROWS,
    ids=[f"{row[0]}-{row[1]}-{row[2].replace(' ', '')}" for row in ROWS],
)
def test_policies_and_way_of_a_packet(
    oracle: Oracle, source: str, destination: str, app: str, policies: str, way: str
) -> None:
    found = {
        crossing: " ".join(sorted(names))
        for crossing in crossings(oracle)
        if (names := reasons(oracle, crossing, source, destination, app))
    }
    assert found == dict.fromkeys(crossings_of(way), policies)


def test_allowed_is_having_a_reason(oracle: Oracle) -> None:
    clinical, imaging = ip_address("10.16.194.9"), ip_address("10.16.193.9")
    assert oracle.allowed("kaiyang-h1", "CLINICAL", "IMAGING", clinical, imaging, 6, 2762)
    assert not oracle.allowed("kaiyang-h1", "IMAGING", "CLINICAL", clinical, imaging, 6, 2762)
    assert not oracle.allowed("kaiyang-h1", "IMAGING", "CLINICAL", imaging, clinical, 6, 2762)


def test_a_kind_without_ipv6_has_no_ipv6_ends(tmp_path: Path) -> None:
    packet = "2001:db8:30e0:201e::5", "2001:db8:c00::403", "tcp 443"
    crossing = ("renhuai-t2", "CLINICAL", "WAN")
    inventory = tmp_path / "inventory"
    shutil.copytree(SMALL, inventory)
    assert reasons(Oracle(inventory), crossing, *packet)

    township = inventory / "blueprints" / "township.yml"
    township.write_text(township.read_text("utf-8").replace("ipv6: true\n", ""), "utf-8")
    assert not reasons(Oracle(inventory), crossing, *packet)


def reasons(oracle: Oracle, at: Crossing, source: str, destination: str, app: str) -> set[str]:
    protocol, port = app.split()
    ends = ip_address(source), ip_address(destination)
    return oracle.reasons(at, *ends, PROTOCOLS[protocol], int(port))


def crossings(oracle: Oracle) -> list[Crossing]:
    """Every point with every pair of zones, sensible or not."""
    zones = {end.zone for ends in oracle.ends.values() for end in ends}
    zones |= {"WAN", "VPN", "DOWN", "GUEST", "LINE"}
    points = [site.id for site in oracle.inventory.sites]
    pairs = [*permutations(sorted(zones), 2), *((one, one) for one in ("WAN", "VPN", "DOWN"))]
    return [(point, *pair) for point, pair in product(points, pairs)]


def crossings_of(way: str) -> list[Crossing]:
    steps = [step.split() for step in way.split(", ") if step]
    return [(point, zone_in, zone_out) for point, zone_in, zone_out in steps]
