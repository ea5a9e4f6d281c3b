"""What switches write of their ports' guards, port by port and once for all."""

from __future__ import annotations

from dataclasses import replace

import pytest
from msgspec import structs

from telemed_infra.compile.config import PortConfig
from telemed_infra.management_plane import OPEN_PORT, PortGuards
from tests.render.guarded import (
    ASKED,
    ASKED_IF_HEARD,
    EDGE,
    HOST,
    KNOWN,
    KNOWN_IF_HEARD,
    SWITCHES,
    access,
    block,
    own_lines,
    rendered,
    trunk,
)

ACCESS = {
    ("huawei_vrp", EDGE): [" stp edged-port enable"],
    ("huawei_vrp", HOST): [
        " stp edged-port enable",
        " port-security enable",
        " port-security max-mac-num 2",
    ],
    ("huawei_vrp", ASKED): [
        " stp edged-port enable",
        " authentication-profile HOSTS-DOT1X-MAC-2",
    ],
    ("huawei_vrp", KNOWN): [" stp edged-port enable", " authentication-profile HOSTS-MAC-2"],
    ("huawei_vrp", replace(ASKED, mac_bypass=False, addresses_max=None)): [
        " stp edged-port enable",
        " authentication-profile HOSTS-DOT1X",
    ],
    ("huawei_vrp", replace(EDGE, snooped=True, source_guard=True)): [
        " stp edged-port enable",
        " ip source check user-bind enable",
    ],
    ("huawei_vrp", ASKED_IF_HEARD): [
        " stp edged-port enable",
        " authentication-profile HOSTS-DOT1X-MAC-2-V20",
    ],
    ("h3c_comware", EDGE): [" stp edged-port"],
    ("h3c_comware", HOST): [
        " stp edged-port",
        " port-security max-mac-count 2",
        " port-security mac-address dynamic",
        " port-security port-mode autolearn",
    ],
    ("h3c_comware", ASKED): [
        " stp edged-port",
        " undo dot1x handshake",
        " port-security max-mac-count 2",
        " port-security port-mode userlogin-secure-or-mac-ext",
    ],
    ("h3c_comware", KNOWN): [
        " stp edged-port",
        " port-security max-mac-count 2",
        " port-security port-mode mac-authentication",
    ],
    ("h3c_comware", replace(ASKED, mac_bypass=False, addresses_max=None)): [
        " stp edged-port",
        " undo dot1x handshake",
        " port-security port-mode userlogin-secure-ext",
    ],
    ("h3c_comware", replace(EDGE, snooped=True, source_guard=True)): [
        " stp edged-port",
        " ip verify source ip-address mac-address",
    ],
    ("h3c_comware", ASKED_IF_HEARD): [
        " port link-type hybrid",
        " undo port hybrid vlan 1",
        " port hybrid vlan 20 untagged",
        " port hybrid pvid vlan 20",
        " mac-vlan enable",
        " stp edged-port",
        " undo dot1x handshake",
        " dot1x critical vlan 20",
        " dot1x critical eapol",
        " mac-authentication critical vlan 20",
        " port-security max-mac-count 2",
        " port-security port-mode userlogin-secure-or-mac-ext",
    ],
    ("h3c_comware", KNOWN_IF_HEARD): [
        " port link-type hybrid",
        " undo port hybrid vlan 1",
        " port hybrid vlan 20 untagged",
        " port hybrid pvid vlan 20",
        " mac-vlan enable",
        " stp edged-port",
        " mac-authentication critical vlan 20",
        " port-security max-mac-count 2",
        " port-security port-mode mac-authentication",
    ],
    ("cisco_ios", EDGE): [" spanning-tree portfast"],
    ("cisco_ios", HOST): [
        " switchport port-security maximum 2",
        " switchport port-security violation restrict",
        " switchport port-security",
        " spanning-tree portfast",
    ],
    ("cisco_ios", ASKED): [
        " switchport port-security maximum 2",
        " switchport port-security violation restrict",
        " switchport port-security",
        " authentication host-mode multi-auth",
        " authentication port-control auto",
        " mab",
        " dot1x pae authenticator",
        " spanning-tree portfast",
    ],
    ("cisco_ios", replace(KNOWN, addresses_max=1)): [
        " switchport port-security maximum 1",
        " switchport port-security violation restrict",
        " switchport port-security",
        " authentication port-control auto",
        " mab",
        " spanning-tree portfast",
    ],
    ("cisco_ios", replace(ASKED, mac_bypass=False, addresses_max=None)): [
        " authentication host-mode multi-auth",
        " authentication port-control auto",
        " dot1x pae authenticator",
        " spanning-tree portfast",
    ],
    ("cisco_ios", replace(EDGE, snooped=True, source_guard=True)): [
        " spanning-tree portfast",
        " ip verify source",
    ],
    ("cisco_ios", ASKED_IF_HEARD): [
        " switchport port-security maximum 2",
        " switchport port-security violation restrict",
        " switchport port-security",
        " authentication event server dead action reinitialize vlan 20",
        " authentication event server alive action reinitialize",
        " authentication host-mode multi-auth",
        " authentication port-control auto",
        " mab",
        " dot1x pae authenticator",
        " spanning-tree portfast",
    ],
    ("cisco_ios", replace(KNOWN_IF_HEARD, addresses_max=1)): [
        " switchport port-security maximum 1",
        " switchport port-security violation restrict",
        " switchport port-security",
        " authentication event server dead action authorize vlan 20",
        " authentication event server alive action reinitialize",
        " authentication port-control auto",
        " mab",
        " spanning-tree portfast",
    ],
    ("ruijie_rgos", EDGE): [" spanning-tree portfast", " spanning-tree bpduguard enable"],
    ("ruijie_rgos", HOST): [
        " switchport port-security",
        " switchport port-security maximum 2",
        " switchport port-security violation restrict",
        " spanning-tree portfast",
        " spanning-tree bpduguard enable",
    ],
    ("ruijie_rgos", ASKED): [
        " switchport port-security",
        " switchport port-security maximum 2",
        " switchport port-security violation restrict",
        " spanning-tree portfast",
        " spanning-tree bpduguard enable",
        " dot1x port-control auto",
        " dot1x mac-auth-bypass",
    ],
    ("ruijie_rgos", replace(ASKED, mac_bypass=False, addresses_max=None)): [
        " spanning-tree portfast",
        " spanning-tree bpduguard enable",
        " dot1x port-control auto",
    ],
    ("ruijie_rgos", replace(EDGE, snooped=True, source_guard=True)): [
        " ip verify source",
        " spanning-tree portfast",
        " spanning-tree bpduguard enable",
    ],
}


@pytest.mark.parametrize(("platform", "guards"), ACCESS)
def test_a_port_for_hosts(platform: str, guards: PortGuards) -> None:
    assert own_lines(platform, access(guards)) == ACCESS[platform, guards]


@pytest.mark.parametrize(
    ("platform", "line"),
    [
        ("huawei_vrp", " dhcp snooping trusted"),
        ("h3c_comware", " dhcp snooping trust"),
        ("cisco_ios", " ip dhcp snooping trust"),
        ("ruijie_rgos", " ip dhcp snooping trust"),
    ],
)
def test_a_trunk_leads_to_the_dhcp_server(platform: str, line: str) -> None:
    port = trunk(PortGuards(snooped=True, trusted=True), 20)
    assert own_lines(platform, port) == [line]


def watched(platform: str, *ports: PortConfig) -> list[str]:
    """The lines that say where DHCP is watched, without the ports'."""
    text = rendered(platform, *ports).text.splitlines()
    return [line.strip() for line in text if "dhcp snooping" in line and "trust" not in line]


WATCHED = {
    "huawei_vrp": ["dhcp snooping enable"] * 3,  # the switch, and two VLANs
    "h3c_comware": ["dhcp snooping enable vlan 20 30"],
    "cisco_ios": [
        "ip dhcp snooping vlan 20,30",
        "no ip dhcp snooping information option",
        "ip dhcp snooping",
    ],
    "ruijie_rgos": ["ip dhcp snooping", "no ip dhcp snooping vlan 10"],
}


@pytest.mark.parametrize("platform", SWITCHES)
def test_dhcp_is_watched_by_vlan(platform: str) -> None:
    """In VLANs of ports that ask for it, and in those of a trunk of such alone."""
    up = trunk(PortGuards(snooped=True, trusted=True), 20, 30)
    mixed = structs.replace(trunk(PortGuards(trusted=True), 10, 20, 30), number=23)
    ports = (access(HOST, 20), access(EDGE, 10, 2), up, mixed)
    assert watched(platform, *ports) == WATCHED[platform]
    assert watched(platform, access(EDGE), trunk(OPEN_PORT, 10, 20)) == []


def test_a_huawei_switch_watches_in_these_vlans_alone() -> None:
    text = rendered("huawei_vrp", access(HOST, 20), access(EDGE, 30, 2)).text
    assert "#\nvlan 20\n description V20\n dhcp snooping enable\n#\n" in text
    assert "#\nvlan 30\n description V30\n#\n" in text


GLOBALS = {
    "huawei_vrp": ("stp bpdu-protection", "authentication-profile name HOSTS-DOT1X-MAC-2"),
    "h3c_comware": (" stp bpdu-protection", " dot1x authentication-method eap"),
    "cisco_ios": ("spanning-tree portfast bpduguard default", "dot1x system-auth-control"),
}


@pytest.mark.parametrize("platform", GLOBALS)
def test_what_is_told_once(platform: str) -> None:
    shut, asks = GLOBALS[platform]
    guarded = rendered(platform, access(ASKED)).text.splitlines()
    assert guarded.count(shut) == guarded.count(asks) == 1
    plain = rendered(platform, access(replace(EDGE, bpdu_guard=False))).text.splitlines()
    assert not {shut, asks, " port-security enable"} & set(plain)


def test_an_h3c_switch_speaks_spanning_tree_where_hosts_are() -> None:
    """By default it does not, and then an edge port is none."""
    for guards in (EDGE, replace(EDGE, bpdu_guard=False)):
        assert " stp global enable" in rendered("h3c_comware", access(guards)).text.splitlines()
    assert "stp" not in rendered("h3c_comware", access(OPEN_PORT)).text


def test_a_huawei_profile_says_how_a_port_asks() -> None:
    text = rendered("huawei_vrp", access(ASKED), access(KNOWN, 30, 2)).text
    assert (
        "#\nauthentication-profile name HOSTS-DOT1X-MAC-2\n dot1x-access-profile HOSTS\n"
        " mac-access-profile HOSTS\n access-domain hosts force\n authentication dot1x-mac-bypass\n"
        " authentication mode multi-authen max-user 2\n"
        "#\nauthentication-profile name HOSTS-MAC-2\n mac-access-profile HOSTS\n"
        " access-domain hosts force\n authentication mode multi-authen max-user 2\n#\n"
    ) in text


def test_a_huawei_profile_names_the_vlan_in_which_hosts_are_unasked() -> None:
    """So ports of two VLANs have two; the line before all lets it be another than at first."""
    ports = (access(KNOWN_IF_HEARD), access(KNOWN_IF_HEARD, 30, 2), access(KNOWN, 10, 3))
    text = rendered("huawei_vrp", *ports).text
    for vlan in (20, 30):
        assert (
            f"#\nauthentication-profile name HOSTS-MAC-2-V{vlan}\n mac-access-profile HOSTS\n"
            " access-domain hosts force\n"
            f" authentication event authen-server-down action authorize vlan {vlan}\n"
            " authentication event authen-server-up action re-authen\n"
            " authentication mode multi-authen max-user 2\n"
        ) in text
    assert text.count("authentication-profile name ") == 3
    assert text.count("#\nundo authentication pre-authen-access enable\n#\n") == 1
    assert "pre-authen" not in rendered("huawei_vrp", access(KNOWN)).text


def test_an_h3c_port_is_a_hybrid_one_only_where_its_guards_ask_for_it() -> None:
    port = access(KNOWN_IF_HEARD)
    assert not [line for line in block("h3c_comware", port) if "port access vlan" in line]
    assert " port access vlan 20" in block("h3c_comware", access(KNOWN))


def test_a_cisco_switch_tells_hosts_of_802_1x_that_they_are_in() -> None:
    line = "dot1x system-auth-control\ndot1x critical eapol\n"
    assert line in rendered("cisco_ios", access(ASKED_IF_HEARD)).text
    for guards in (ASKED, KNOWN_IF_HEARD):
        assert "eapol" not in rendered("cisco_ios", access(guards)).text


@pytest.mark.parametrize(
    ("platform", "lines"),
    [
        ("huawei_vrp", [" radius-server testuser username probe password cipher probe"]),
        ("cisco_ios", ["radius-server dead-criteria time 10 tries 3", "radius-server deadtime 60"]),
    ],
)
def test_a_switch_knows_which_servers_are_dead(platform: str, lines: list[str]) -> None:
    text = rendered(platform, access(KNOWN_IF_HEARD)).text.splitlines()
    assert [line for line in text if line in lines] == lines


REFUSED = {
    "guards bpdu_guard": (access(EDGE), access(replace(EDGE, bpdu_guard=False), 20, 2)),
    "guards snooped": (access(HOST), access(EDGE, 20, 2)),
}
PORT_BY_PORT = {("ruijie_rgos", "guards bpdu_guard")}


@pytest.mark.parametrize(
    ("platform", "asked"),
    [(p, asked) for p in SWITCHES for asked in REFUSED if (p, asked) not in PORT_BY_PORT],
)
def test_ports_that_differ_where_they_cannot_are_refused(platform: str, asked: str) -> None:
    with pytest.raises(ValueError, match=rf"^{platform}: {asked}: "):
        rendered(platform, *REFUSED[asked])


@pytest.mark.parametrize("platform", GLOBALS)
def test_a_guard_that_needs_an_edge_is_refused(platform: str) -> None:
    with pytest.raises(ValueError, match=rf"^{platform}: guards bpdu_guard: only edge ports"):
        rendered(platform, access(PortGuards(bpdu_guard=True)))


@pytest.mark.parametrize("platform", SWITCHES)
def test_ports_that_ask_need_a_server(platform: str) -> None:
    with pytest.raises(ValueError, match=rf"^{platform}: radius: "):
        rendered(platform, access(ASKED), radius=False)


def test_a_ruijie_switch_has_one_list_for_all_ports_that_ask() -> None:
    """Behind the servers `none` stands for: let in who comes while no server answers."""
    open_ = replace(ASKED, admits=True)
    for guards, methods in ((ASKED, "group radius"), (open_, "group radius none")):
        text = rendered("ruijie_rgos", access(guards)).text
        assert f"\naaa authentication dot1x HOSTS {methods}\ndot1x authentication HOSTS\n" in text
    assert "dot1x" not in rendered("ruijie_rgos", access(HOST)).text
    with pytest.raises(ValueError, match=r"^ruijie_rgos: guards admits: all ports"):
        rendered("ruijie_rgos", access(ASKED), access(open_, 20, 2))


def test_a_ruijie_switch_asks_by_8021x_before_it_knows_an_address() -> None:
    with pytest.raises(ValueError, match=r"^ruijie_rgos: guards mac_bypass: "):
        rendered("ruijie_rgos", access(KNOWN))


@pytest.mark.parametrize("platform", SWITCHES)
def test_ports_that_ask_nobody_do_not_do_without_an_answer(platform: str) -> None:
    with pytest.raises(ValueError, match=rf"^{platform}: guards admits: only ports that ask"):
        rendered(platform, access(replace(HOST, admits=True)))


@pytest.mark.parametrize("platform", SWITCHES)
def test_the_guards_come_from_the_ports_line(platform: str) -> None:
    one = rendered(platform, access(ASKED))
    mine = ACCESS[platform, ASKED]
    found = [n for n, line in enumerate(one.text.splitlines(), start=1) if line in mine]
    assert len(found) == len(mine)
    assert {one.origin(n) for n in found} == {"b:9"}
