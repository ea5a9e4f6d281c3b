"""A Comware switch's text, port by port."""

from __future__ import annotations

import pytest

from telemed_infra.compile.config import PortConfig, PortUse, Servers, SwitchConfig, VlanConfig
from telemed_infra.management_plane import ManagementPlane
from telemed_infra.plan.prefix import prefix
from telemed_infra.render.platforms import switch_text
from tests.render.planes import able
from tests.render.policies import templates


def config(
    *ports: PortConfig, ipv6: bool = False, plane: ManagementPlane | None = None
) -> SwitchConfig:
    return SwitchConfig(
        hostname="QN-GD-C-CSW01",
        platform="h3c_comware",
        vlans=(VlanConfig(number=10, name="MGMT", origins=("b:3",)),),
        ports=ports,
        management_vlan=10,
        management=prefix("10.147.0.10/32")._replace(length=25),
        management6=prefix("2001:db8::a/128")._replace(length=64) if ipv6 else None,
        gateway=prefix("10.147.0.1/32"),
        gateway6=prefix("2001:db8::1/128") if ipv6 else None,
        servers=Servers(ntp=(), origins=()),
        origins=("s:1",),
        plane=plane,
        plane_origins=("n:1",),
    )


@pytest.mark.parametrize(
    ("port", "written"),
    [
        (
            PortConfig(number=4, use=PortUse.ACCESS, vlan=20, description="zone VIDEO"),
            [" description zone VIDEO", " port access vlan 20"],
        ),
        (
            PortConfig(
                number=24, use=PortUse.TRUNK, vlan=999, vlans=(80, 20, 21, 22), description="up"
            ),
            [
                " description up",
                " port link-type trunk",
                " undo port trunk permit vlan 1",
                " port trunk permit vlan 20 to 22 80",
                " port trunk pvid vlan 999",
            ],
        ),
        (
            PortConfig(number=9, use=PortUse.PARKED, vlan=999, description="parked"),
            [" description parked", " port access vlan 999", " shutdown"],
        ),
        (
            PortConfig(number=1, use=PortUse.SHUT, vlan=999, description="to IDS01:0"),
            [" description to IDS01:0", " shutdown"],
        ),
        (
            PortConfig(number=2, use=PortUse.ROUTED, vlan=999, description="to GZ-DCB-CR01"),
            [" description to GZ-DCB-CR01", " shutdown"],  # no routing here, and no bridge either
        ),
    ],
)
def test_a_port(port: PortConfig, written: list[str]) -> None:
    text = switch_text(templates(), config(port)).text
    (block,) = [block for block in text.split("#\n") if block.startswith("interface Gigabit")]
    assert block.splitlines() == [
        f"interface GigabitEthernet1/0/{port.number}",
        " port link-mode bridge",
        *written,
    ]


def test_a_trunk_of_many_vlans_takes_several_lines() -> None:
    many = tuple(range(10, 40, 2))
    port = PortConfig(number=1, use=PortUse.TRUNK, vlan=999, vlans=many, description="x")
    permitted = [
        line.split()[4:]
        for line in switch_text(templates(), config(port)).text.splitlines()
        if line.startswith(" port trunk permit")
    ]
    assert [len(numbers) for numbers in permitted] == [10, 5]
    assert [int(number) for numbers in permitted for number in numbers] == list(many)


@pytest.mark.parametrize("ipv6", [False, True])
def test_management(ipv6: bool) -> None:
    blocks = switch_text(templates(), config(ipv6=ipv6)).text.split("#\n")
    interface = "interface Vlan-interface10\n description management\n"
    interface += " ip address 10.147.0.10 255.255.255.128\n"
    routes = " ip route-static 0.0.0.0 0 10.147.0.1\n"
    if ipv6:
        interface += " ipv6 address 2001:db8::a/64\n"
        routes += " ipv6 route-static :: 0 2001:db8::1\n"
    assert blocks == [
        "",
        " sysname QN-GD-C-CSW01\n",
        "vlan 10\n name MGMT\n",
        interface,
        routes,
        "return\n",
    ]


def test_each_line_knows_where_it_comes_from() -> None:
    port = PortConfig(number=4, use=PortUse.ACCESS, vlan=20, description="x", origins=("b:9",))
    rendered = switch_text(templates(), config(port, plane=able("h3c_comware")))
    origins = {
        line.strip(): rendered.origin(number)
        for number, line in enumerate(rendered.text.splitlines(), start=1)
    }
    assert origins["name MGMT"] == "b:3"
    assert origins["port access vlan 20"] == "b:9"
    assert origins["ip route-static 0.0.0.0 0 10.147.0.1"] == "s:1"
    assert origins["ssh server enable"] == "n:1"
    assert origins["return"] == "s:1"
