"""A Ruijie switch's text, port by port."""

from __future__ import annotations

from dataclasses import replace

import pytest

from telemed_infra.compile.config import PortConfig, PortUse, Servers, SwitchConfig, VlanConfig
from telemed_infra.management_plane import Listener, Method
from telemed_infra.plan.prefix import prefix
from telemed_infra.render.platforms import switch_text
from tests.render.planes import able, written
from tests.render.policies import templates


def config(*ports: PortConfig, ipv6: bool = False) -> SwitchConfig:
    return SwitchConfig(
        hostname="QX-ZF-LC-ASW01",
        platform="ruijie_rgos",
        vlans=(
            VlanConfig(number=10, name="MGMT", origins=("b:3",)),
            VlanConfig(number=999, name="PARKING", origins=("b:1",)),
        ),
        ports=ports,
        management_vlan=10,
        management=prefix("10.147.0.4/32")._replace(length=28),
        management6=prefix("2001:db8::4/128")._replace(length=64) if ipv6 else None,
        gateway=prefix("10.147.0.1/32"),
        gateway6=prefix("2001:db8::1/128") if ipv6 else None,
        servers=Servers(ntp=(), origins=()),
        origins=("s:1",),
        plane=able("ruijie_rgos"),
        plane_origins=("n:1",),
    )


def block(text: str, head: str) -> list[str]:
    """The lines below the one line that begins so."""
    (found,) = [one for one in text.split("!\n") if one.startswith(f"{head}\n")]
    return found.splitlines()[1:]


@pytest.mark.parametrize(
    ("port", "expected"),
    [
        (
            PortConfig(number=4, use=PortUse.ACCESS, vlan=20, description="zone VIDEO"),
            [" switchport access vlan 20", " description zone VIDEO"],
        ),
        (
            PortConfig(
                number=4, use=PortUse.TRUNK, vlan=999, vlans=(80, 20, 21, 22), description="up"
            ),
            [
                " switchport mode trunk",
                " switchport trunk allowed vlan only 20-22,80",
                " switchport trunk native vlan 999",
                " description up",
            ],
        ),
        (
            PortConfig(number=4, use=PortUse.PARKED, vlan=999, description="parked"),
            [" switchport access vlan 999", " shutdown", " description parked"],
        ),
        (
            PortConfig(number=4, use=PortUse.SHUT, vlan=999, description="to IDS01:0"),
            [" shutdown", " description to IDS01:0"],
        ),
    ],
)
def test_a_port(port: PortConfig, expected: list[str]) -> None:
    text = switch_text(templates(), config(port)).text
    assert block(text, "interface GigabitEthernet 0/4") == expected


def test_a_trunk_without_a_vlan_has_no_words() -> None:
    """`only` needs a list; without the line a trunk carries every VLAN."""
    port = PortConfig(number=4, use=PortUse.TRUNK, vlan=999, description="nothing yet")
    with pytest.raises(ValueError, match=r"^ruijie_rgos: trunk: port 4 carries no VLAN"):
        switch_text(templates(), config(port))


def test_management() -> None:
    text = switch_text(templates(), config(ipv6=True)).text
    assert block(text, "interface VLAN 1") == [" shutdown"]
    assert block(text, "interface VLAN 10") == [
        " ip address 10.147.0.4 255.255.255.240",
        " ipv6 enable",
        " ipv6 address 2001:db8::4/64",
        " no shutdown",
        " description management",
    ]
    assert "\nip route 0.0.0.0 0.0.0.0 10.147.0.1\nipv6 route ::/0 2001:db8::1\n" in text
    assert "ipv6 address" not in switch_text(templates(), config()).text


def test_an_interface_stands_behind_its_vlan() -> None:
    """A device refuses `interface VLAN 10` before `vlan 10`."""
    lines = switch_text(templates(), config()).text.splitlines()
    assert lines.index("vlan 10") < lines.index("interface VLAN 10")


def test_the_spanning_tree_is_off_until_it_is_asked_for() -> None:
    lines = switch_text(templates(), config()).text.splitlines()
    assert lines.count("spanning-tree") == 1


def test_who_logs_in() -> None:
    text = switch_text(templates(), config()).text
    assert block(text, "ip access-list standard MANAGERS") == [
        " 10 permit host 10.0.150.10",
        " 20 permit host 10.4.150.10",
        " 30 deny any",
    ]
    assert block(text, "ipv6 access-list MANAGERS-v6") == [
        " 10 permit ipv6 host 2001:db8:a::a any",
        " 20 deny ipv6 any any",
    ]
    told = [
        " authorization exec default",
        " accounting exec default",
        " accounting commands 15 default",
    ]
    assert block(text, "line con 0") == [
        *told,
        " exec-timeout 4 0",
        "line vty 0 4",
        " access-class MANAGERS in",
        " ipv6 access-class MANAGERS-v6 in",
        *told,
        " transport input ssh",
        " exec-timeout 5 0",
    ]


def test_a_console_of_its_own() -> None:
    plane = able("ruijie_rgos")
    own = replace(plane, login=replace(plane.login, console=(Method.LOCAL,)))
    text = written("ruijie_rgos", own)
    assert "\naaa authentication login CONSOLE local\n" in text
    assert "\nline con 0\n login authentication CONSOLE\n" in text


def test_an_account_is_told_on_two_lines() -> None:
    text = written("ruijie_rgos", able("ruijie_rgos"))
    password = "username breakglass password vault:breakglass\n"
    assert f"\n{password}username breakglass privilege 15\n" in text


@pytest.mark.parametrize(
    ("listeners", "line"),
    [
        (frozenset({Listener.SSH}), "no enable service web-server"),
        (frozenset({Listener.SSH, Listener.HTTPS}), "enable service web-server https"),
    ],
)
def test_what_a_release_serves_by_itself_is_told(listeners: frozenset[Listener], line: str) -> None:
    lines = written("ruijie_rgos", replace(able("ruijie_rgos"), listeners=listeners)).splitlines()
    assert [one for one in lines if "web-server" in one] == [line]
    assert "no enable service telnet-server" in lines


def test_each_line_knows_where_it_comes_from() -> None:
    port = PortConfig(number=4, use=PortUse.ACCESS, vlan=20, description="x", origins=("b:9",))
    rendered = switch_text(templates(), config(port))
    origins = {
        line.strip(): rendered.origin(number)
        for number, line in enumerate(rendered.text.splitlines(), start=1)
    }
    assert origins["name MGMT"] == "b:3"
    assert origins["switchport access vlan 20"] == "b:9"
    assert origins["ip route 0.0.0.0 0.0.0.0 10.147.0.1"] == "s:1"
    assert origins["spanning-tree"] == "s:1"
    assert origins["10 permit host 10.0.150.10"] == "n:1"
    assert origins["ntp server 10.4.150.20 source LoopBack0 key 1"] == "n:1"
