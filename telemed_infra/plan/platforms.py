"""What each platform calls things and what it can hold: data, one row a platform.

Sources: docs/reference/platforms.md; the vendors' command references.
"""

from __future__ import annotations

from dataclasses import dataclass

NO_LIMIT = 1 << 31


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformFacts:
    """Names, abilities and limits of one platform."""

    extension: str  # of the configuration file
    network_os: str  # whose command line it has, for who talks to it
    port: str  # the name of physical port n
    first_port: int = 0  # the lowest n
    subinterface: str = "{port}.{vlan}"  # of a port, for an 802.1Q VLAN
    loopback: str
    vlan_interface: str = ""  # its own leg in a VLAN; "": it is no switch
    filters: bool = False  # can be an enforcement point
    routing: bool = False  # its routing between sites is written
    ibgp: bool = True  # that of sessions within one AS too
    retry_s: int = 0  # the longest wait before BGP tries a session again; 0: as a line says
    tunnel: str = ""  # the interface by which tunnelled packets come and go; "": it has none
    lte: str = ""  # of the mobile network; "": it has none
    reserved_vlans: tuple[tuple[int, int], ...] = ()  # first and last of what it keeps for itself
    name_max: int = 31  # characters in the name of a rule, set or ACL
    set_lines_max: int = NO_LIMIT  # of one address set; larger ones are written in parts
    rules_max: int = NO_LIMIT  # of its policy, both families together


PLATFORMS: dict[str, PlatformFacts] = {
    "huawei_usg": PlatformFacts(
        extension="usg",
        network_os="vrp",
        port="GigabitEthernet1/0/{}",
        loopback="LoopBack0",
        filters=True,
        routing=True,
        tunnel="Tunnel1",
        name_max=32,
        set_lines_max=4096,  # their numbers are 0–4095
        rules_max=15_000,
    ),
    "h3c_secpath": PlatformFacts(
        extension="secpath",
        network_os="comware",
        port="GigabitEthernet1/0/{}",
        loopback="LoopBack0",
        filters=True,
        routing=True,
        tunnel="Tunnel1",
        name_max=63,  # of an object group; a rule's is 127
        rules_max=15_000,
    ),
    "cisco_ios_zbf": PlatformFacts(
        extension="ios",
        network_os="cisco.ios.ios",
        port="GigabitEthernet0/0/{}",
        loopback="Loopback0",
        filters=True,
        routing=True,
        ibgp=False,
        retry_s=35,
        tunnel="Tunnel1",
        name_max=64,  # of an object group
    ),
    "nftables": PlatformFacts(
        extension="nft",
        network_os="linux",
        port="eth{}",
        loopback="lo",
        filters=True,
        routing=True,
        tunnel="ipsec0",
        lte="wwan0",
        name_max=64,
    ),
    "huawei_vrp": PlatformFacts(
        extension="vrp",
        network_os="vrp",
        port="GigabitEthernet0/0/{}",
        loopback="LoopBack0",
        vlan_interface="Vlanif{}",
        routing=True,
        tunnel="Tunnel0/0/1",
    ),
    "h3c_comware": PlatformFacts(
        extension="comware",
        network_os="comware",
        port="GigabitEthernet1/0/{}",
        first_port=1,
        loopback="LoopBack0",
        vlan_interface="Vlan-interface{}",
        tunnel="Tunnel1",
    ),
    "cisco_ios": PlatformFacts(
        extension="ios",
        network_os="cisco.ios.ios",
        port="GigabitEthernet1/0/{}",
        first_port=1,
        loopback="Loopback0",
        vlan_interface="Vlan{}",
        tunnel="Tunnel1",
        reserved_vlans=((1002, 1005),),  # of FDDI and token ring
        name_max=64,
    ),
    "frr": PlatformFacts(
        extension="frr",
        network_os="linux",
        port="eth{}",
        loopback="lo",
        routing=True,
    ),
    "suricata": PlatformFacts(
        extension="suricata",
        network_os="linux",
        port="eth{}",
        loopback="lo",
    ),
}
