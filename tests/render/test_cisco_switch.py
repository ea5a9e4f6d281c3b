"""A Cisco switch's text, port by port."""

from __future__ import annotations

import pytest

from telemed_infra.compile.config import PortConfig, PortUse, Servers, SwitchConfig, VlanConfig
from telemed_infra.plan.prefix import prefix
from telemed_infra.render.platforms import switch_text
from telemed_infra.render.vlans import vlan_list
from tests.render.planes import able
from tests.render.policies import templates


def config(*ports: PortConfig, ipv6: bool = False) -> SwitchConfig:
    return SwitchConfig(
        hostname="ZY-CS-C-CSW01",
        platform="cisco_ios",
        vlans=(VlanConfig(number=10, name="MGMT", origins=("b:3",)),),
        ports=ports,
        management_vlan=10,
        management=prefix("10.147.0.10/32")._replace(length=25),
        management6=prefix("2001:db8::a/128")._replace(length=64) if ipv6 else None,
        gateway=prefix("10.147.0.1/32"),
        gateway6=prefix("2001:db8::1/128") if ipv6 else None,
        servers=Servers(ntp=(), origins=()),
        origins=("s:1",),
        plane=able("cisco_ios"),
        plane_origins=("n:1",),
    )


def block(text: str, head: str) -> list[str]:
    """The lines below the one line that begins so."""
    (found,) = [one for one in text.split("!\n") if one.startswith(f"{head}\n")]
    return found.splitlines()[1:]


@pytest.mark.parametrize(
    ("port", "written"),
    [
        (
            PortConfig(number=4, use=PortUse.ACCESS, vlan=20, description="zone VIDEO"),
            [
                " description zone VIDEO",
                " switchport access vlan 20",
                " switchport mode access",
                " switchport nonegotiate",
            ],
        ),
        (
            PortConfig(
                number=4, use=PortUse.TRUNK, vlan=999, vlans=(80, 20, 21, 22), description="up"
            ),
            [
                " description up",
                " switchport trunk native vlan 999",
                " switchport trunk allowed vlan 20-22,80",
                " switchport mode trunk",
                " switchport nonegotiate",
            ],
        ),
        (
            PortConfig(number=4, use=PortUse.TRUNK, vlan=999, description="nothing yet"),
            [
                " description nothing yet",
                " switchport trunk native vlan 999",
                " switchport trunk allowed vlan none",
                " switchport mode trunk",
                " switchport nonegotiate",
            ],
        ),
        (
            PortConfig(number=4, use=PortUse.PARKED, vlan=999, description="parked"),
            [
                " description parked",
                " switchport access vlan 999",
                " switchport mode access",
                " switchport nonegotiate",
                " shutdown",
            ],
        ),
        (
            PortConfig(number=4, use=PortUse.SHUT, vlan=999, description="to IDS01:0"),
            [" description to IDS01:0", " shutdown"],
        ),
        (
            PortConfig(number=4, use=PortUse.ROUTED, vlan=999, description="to GZ-DCB-CR01"),
            [" description to GZ-DCB-CR01", " shutdown"],  # no routing here, and no switching
        ),
    ],
)
def test_a_port(port: PortConfig, written: list[str]) -> None:
    text = switch_text(templates(), config(port)).text
    assert block(text, "interface GigabitEthernet1/0/4") == written


@pytest.mark.parametrize(
    ("numbers", "written"),
    [
        ((10,), "10"),
        ((11, 10), "10,11"),
        ((10, 11, 12, 20), "10-12,20"),
        ((4, 1, 2, 3, 90, 91), "1-4,90,91"),
    ],
)
def test_vlans_are_listed_as_the_device_prints_them(numbers: tuple[int, ...], written: str) -> None:
    assert vlan_list(numbers) == written


def test_management() -> None:
    text = switch_text(templates(), config(ipv6=True)).text
    assert block(text, "interface Vlan1") == [" no ip address", " shutdown"]
    assert block(text, "interface Vlan10") == [
        " description management",
        " ip address 10.147.0.10 255.255.255.128",
        " ipv6 address 2001:DB8::A/64",
    ]
    assert "\nip default-gateway 10.147.0.1\n" in text
    assert "\nipv6 route ::/0 2001:DB8::1\n" in text
    assert text.endswith("\nntp server 10.0.150.20 key 1\nntp server 10.4.150.20 key 1\n!\nend\n")


def test_the_quick_spanning_tree_is_asked_for_in_any_case() -> None:
    """Older models have the slow one by themselves, newer ones the quick one."""
    assert switch_text(templates(), config()).text.count("\nspanning-tree mode rapid-pvst\n") == 1


def test_a_switch_leads_nobody_from_vlan_to_vlan() -> None:
    """Some models route unless they are told not to; a default gateway counts only without."""
    lines = switch_text(templates(), config(ipv6=True)).text.splitlines()
    assert "no ip routing" in lines
    assert lines.index("no ip routing") < lines.index("interface Vlan10")
    assert not {"ip routing", "ipv6 unicast-routing"} & set(lines)


def test_no_ipv6_where_the_site_has_none() -> None:
    text = switch_text(templates(), config()).text
    assert "ipv6 address" not in text
    assert "ipv6 route" not in text


def test_only_the_bastions_log_in_and_others_are_logged() -> None:
    text = switch_text(templates(), config()).text
    assert block(text, "ip access-list standard MANAGERS") == [
        " permit 10.0.150.10",
        " permit 10.4.150.10",
        " deny   any log",
    ]
    assert block(text, "ipv6 access-list MANAGERS-v6") == [
        " permit ipv6 host 2001:DB8:A::A any",
        " deny ipv6 any any log",
    ]


def test_every_terminal_line_has_both_lists() -> None:
    """A switch has 16; a line without a list is open to everyone."""
    lines = block(switch_text(templates(), config()).text, "line con 0")
    own = [
        " access-class MANAGERS in",
        " ipv6 access-class MANAGERS-v6 in",
        " exec-timeout 5 0",
        " transport input ssh",
    ]
    assert lines == [" exec-timeout 4 0", "line vty 0 4", *own, "line vty 5 15", *own]


def test_each_line_knows_where_it_comes_from() -> None:
    port = PortConfig(number=4, use=PortUse.ACCESS, vlan=20, description="x", origins=("b:9",))
    rendered = switch_text(templates(), config(port))
    origins = {
        line.strip(): rendered.origin(number)
        for number, line in enumerate(rendered.text.splitlines(), start=1)
    }
    assert origins["name MGMT"] == "b:3"
    assert origins["switchport access vlan 20"] == "b:9"
    assert origins["ip default-gateway 10.147.0.1"] == "s:1"
    assert origins["permit 10.0.150.10"] == "n:1"
    assert origins["ntp server 10.4.150.20 key 1"] == "n:1"
