"""What each platform calls things and what it can hold: data, one row a platform.

Sources: docs/reference/platforms.md; the vendors' command references.
"""

from __future__ import annotations

from dataclasses import dataclass

NO_LIMIT = 1 << 31


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformFacts:
    """Names and limits of one platform."""

    extension: str  # of the configuration file
    port: str  # the name of physical port n
    subinterface: str  # of a port, for an 802.1Q VLAN
    loopback: str
    filters: bool = False  # can be an enforcement point
    tunnel: str = ""  # the interface by which tunnelled packets come and go; "": it has none
    lte: str = ""  # of the mobile network; "": it has none
    name_max: int = 31  # characters in the name of a rule, set or ACL
    set_lines_max: int = NO_LIMIT  # of one address set; larger ones are written in parts


PLATFORMS: dict[str, PlatformFacts] = {
    "huawei_usg": PlatformFacts(
        extension="usg",
        port="GigabitEthernet1/0/{}",
        subinterface="{port}.{vlan}",
        loopback="LoopBack0",
        filters=True,
        tunnel="Tunnel1",
        name_max=32,
        set_lines_max=4096,  # their numbers are 0–4095
    ),
    "nftables": PlatformFacts(
        extension="nft",
        port="eth{}",
        subinterface="{port}.{vlan}",
        loopback="lo",
        filters=True,
        tunnel="ipsec0",
        lte="wwan0",
        name_max=64,
    ),
    "huawei_vrp": PlatformFacts(
        extension="vrp",
        port="GigabitEthernet0/0/{}",
        subinterface="{port}.{vlan}",
        loopback="LoopBack0",
        tunnel="Tunnel0/0/1",
    ),
    "frr": PlatformFacts(
        extension="frr",
        port="eth{}",
        subinterface="{port}.{vlan}",
        loopback="lo",
    ),
    "suricata": PlatformFacts(
        extension="suricata",
        port="eth{}",
        subinterface="{port}.{vlan}",
        loopback="lo",
    ),
}
