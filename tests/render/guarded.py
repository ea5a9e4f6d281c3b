"""A switch of each platform with ports for hosts, and what it writes of them."""

from __future__ import annotations

from dataclasses import replace

from msgspec import structs

from telemed_infra.compile.config import PortConfig, PortUse, Servers, SwitchConfig, VlanConfig
from telemed_infra.management_plane import OPEN_PORT, PortGuards
from telemed_infra.plan.prefix import prefix
from telemed_infra.render.platforms import switch_text
from telemed_infra.render.text import Rendered
from tests.render.planes import able
from tests.render.policies import templates

EDGE = PortGuards(edge=True, bpdu_guard=True)
HOST = replace(EDGE, snooped=True, addresses_max=2)
ASKED = replace(HOST, dot1x=True, mac_bypass=True)
KNOWN = replace(HOST, mac_bypass=True)
ASKED_IF_HEARD = replace(ASKED, admits=True)
KNOWN_IF_HEARD = replace(KNOWN, admits=True)
SWITCHES = ("huawei_vrp", "h3c_comware", "cisco_ios", "ruijie_rgos")
HEADS = {
    "huawei_vrp": ("#\n", "interface GigabitEthernet0/0/"),
    "h3c_comware": ("#\n", "interface GigabitEthernet1/0/"),
    "cisco_ios": ("!\n", "interface GigabitEthernet1/0/"),
    "ruijie_rgos": ("!\n", "interface GigabitEthernet 0/"),
}


def rendered(platform: str, *ports: PortConfig, radius: bool = True) -> Rendered:
    plane = able(platform)
    return switch_text(
        templates(),
        SwitchConfig(
            hostname="QN-GD-C-CSW01",
            platform=platform,
            vlans=tuple(VlanConfig(number=n, name=f"V{n}", origins=()) for n in (10, 20, 30)),
            ports=ports,
            management_vlan=10,
            management=prefix("10.147.0.10/32")._replace(length=25),
            management6=None,
            gateway=prefix("10.147.0.1/32"),
            gateway6=None,
            servers=Servers(ntp=(), origins=()),
            origins=("s:1",),
            plane=plane if radius else replace(plane, radius=()),
            plane_origins=("n:1",),
        ),
    )


def access(guards: PortGuards, vlan: int = 20, number: int = 1) -> PortConfig:
    return PortConfig(
        number=number,
        use=PortUse.ACCESS,
        vlan=vlan,
        description="x",
        guards=guards,
        origins=("b:9",),
    )


def trunk(guards: PortGuards, *vlans: int) -> PortConfig:
    return PortConfig(
        number=24, use=PortUse.TRUNK, vlan=999, vlans=vlans, description="up", guards=guards
    )


def own_lines(platform: str, port: PortConfig) -> list[str]:
    """What the guards of a port add to its lines."""
    return [line for line in block(platform, port) if line not in block(platform, bare(port))]


def bare(port: PortConfig) -> PortConfig:
    return structs.replace(port, guards=OPEN_PORT)


def block(platform: str, port: PortConfig) -> list[str]:
    mark, head = HEADS[platform]
    text = rendered(platform, port).text
    (found,) = [one for one in text.split(mark) if one.startswith(f"{head}{port.number}\n")]
    return found.splitlines()
