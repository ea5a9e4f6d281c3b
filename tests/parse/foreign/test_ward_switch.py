"""One switch, typed in the manner of each vendor: every VLAN on every port is asked for.

Typed flat or indented, with abbreviations where the reader takes them, ranges in pieces, and second
thoughts. What untagged and tagged frames do is worked out by hand, VLAN by VLAN.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from telemed_infra.parse.behaviour import PortMode, SwitchBehaviour, SwitchPort
from telemed_infra.parse.comware import parse_comware
from telemed_infra.parse.ios import parse_ios_switch
from telemed_infra.parse.vrp import parse_vrp
from tests.parse.lines import accounted

VRP = """\
system-view
sysname WARD-4
vlan batch 10 20 to 23
vlan batch 40 999
undo vlan batch 23
vlan 40
name IMAGING
quit
interface Vlanif10
ip address 10.9.10.2 26
quit
interface GigabitEthernet 0/0/1
description bed 1
port link-type access
port default vlan 22
port default vlan 20
quit
interface GigabitEthernet 0/0/2
port link-type access
quit
interface GigabitEthernet 0/0/3
shutdown
undo shutdown
port link-type trunk
port trunk allow-pass vlan 20 to 22 40
port trunk allow-pass vlan 10
undo port trunk allow-pass vlan 21
quit
interface Eth-Trunk 1
port link-type trunk
undo port trunk allow-pass vlan 1
port trunk pvid vlan 999
port trunk allow-pass vlan all
undo port trunk allow-pass vlan 1 23 to 39
undo port trunk allow-pass vlan 41 to 998
undo port trunk allow-pass vlan 1000 to 4094
undo port trunk allow-pass vlan 2 to 9 11 to 19
mode lacp
quit
interface GigabitEthernet 0/0/23
eth-trunk 1
quit
interface GigabitEthernet 0/0/24
shutdown
quit
return
"""
COMWARE = """\
sys
sysname WARD-4
vlan 10
vlan 20 to 23
vlan 999
vlan 40
 name IMAGING
und vlan 23
int vlan-int 10
 ip add 10.9.10.2 26
int g1/0/1
 port link-m bridge
 desc bed 1
 port acc vlan 22
 port acc vlan 20
int g1/0/2
 port link-mode bridge
int g1/0/3
 port link-mode bridge
 shut
 und shut
 port link-type tr
 port trunk permit vlan 20 to 22 40
 port trunk permit vlan 10
 und port trunk permit vlan 21
int bridge-agg 1
 port link-type trunk
 port trunk permit vlan all
 port trunk pvid vlan 999
 und port trunk permit vlan 1 to 9 11 to 19 23 to 39 41 to 998 1000 to 4094
int g1/0/23
 port link-mode bridge
 port link-type trunk
 port trunk permit vlan 10 20 to 22 40 999
 und port trunk permit vlan 1
 port trunk pvid vlan 999
 port link-agg group 1
int g1/0/24
 port link-mode bridge
 shut
ret
"""
IOS = """\
en
conf t
host WARD-4
vtp mode transparent
vl 10,20-23,999
vlan 40
 name IMAGING
no vlan 23
int vlan10
 ip add 10.9.10.2 255.255.255.192
int gi1/0/1
 desc bed 1
 sw mo ac
 sw ac vl 22
 sw ac vl 20
int gi1/0/2
 sw mo access
int gi1/0/3
 shut
 no shut
 sw mo tr
 sw tr al vl 1,20-22,40
 sw tr al vl add 10
 sw tr al vl rem 21
int port-channel 1
 sw mo tr
 sw tr nat vl 999
 sw tr al vl 10,20-22,40,999
int gi1/0/23
 sw mo tr
 sw tr nat vl 999
 sw tr al vl all
 sw tr al vl 10,20-22,40,999
 channel-g 1 mode active
int gi1/0/24
 sh
end
wr mem
"""
# Port → mode, untagged VLAN, VLANs that pass tagged or untagged, of those that the switch has.
VLANS = frozenset({10, 20, 21, 22, 40, 999})
PORTS: dict[int, tuple[PortMode, int | None, frozenset[int]]] = {
    1: (PortMode.ACCESS, 20, frozenset({20})),
    2: (PortMode.ACCESS, 1, frozenset({1})),
    3: (PortMode.TRUNK, 1, frozenset({1, 10, 20, 22, 40})),
    23: (PortMode.TRUNK, 999, VLANS),
    24: (PortMode.SHUTDOWN, None, frozenset()),
}
Reader = Callable[[str], SwitchBehaviour]
TYPED = (
    (parse_vrp, VRP, "GigabitEthernet0/0/{}"),
    (parse_comware, COMWARE, "GigabitEthernet1/0/{}"),
    (parse_ios_switch, IOS, "GigabitEthernet1/0/{}"),
)


@pytest.mark.parametrize(("reader", "text", "name"), TYPED, ids=["vrp", "comware", "ios"])
def test_every_vlan_on_every_port(reader: Reader, text: str, name: str) -> None:
    read = reader(text)
    assert [one.text for one in read.unread] == []
    accounted(read)
    assert read.vlans == VLANS
    assert [one for one in read.addresses.values() if one] == [("10.9.10.2/26",)]
    for number, (mode, untagged, passing) in PORTS.items():
        port = read.ports[name.format(number)]
        assert (number, port.mode) == (number, mode)
        assert [vlan for vlan in range(4096) if passes(read, port, vlan)] == sorted(passing)
        assert port.access_vlan == (untagged if mode is PortMode.ACCESS else None)
        assert port.native_vlan == (untagged if mode is PortMode.TRUNK else None)


def passes(read: SwitchBehaviour, port: SwitchPort, vlan: int) -> bool:
    """Whether frames of a VLAN pass a port: it carries them, and the switch has that VLAN."""
    carried = {port.access_vlan} if port.mode is PortMode.ACCESS else port.trunk_vlans
    return vlan in carried and (vlan in read.vlans or vlan == 1)
