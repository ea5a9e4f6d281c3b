"""What each role does, written by hand from the design, for each platform that stands in the role.

`tests/test_province.py` compares it with what the readers counted in the texts of the shipped
province: a function that a text lost, or one that stands where it does not belong, is told.
"""

from __future__ import annotations

from collections.abc import Mapping

LINUX = frozenset({"nftables", "frr"})  # administered by its operating system's own files
HUAWEI = frozenset({"huawei_usg", "huawei_vrp"})
H3C = frozenset({"h3c_secpath", "h3c_comware"})
RUIJIE = frozenset({"ruijie_rgos"})
NONE: frozenset[str] = frozenset()

Missing = dict[str, frozenset[str]]  # function → platforms that do it otherwise, or cannot

ADMINISTERED: Missing = {
    "SNMPv3, encrypted, from known addresses": LINUX,
    "SSH alone, from the bastions alone": LINUX,
    "TACACS+, then the own account": LINUX,
    "VLANs": LINUX,
    "banner": LINUX,
    "idle timeout": LINUX,
    "lockout": LINUX | {"huawei_usg"},
    "log over TLS, with date and offset": LINUX | H3C | RUIJIE,
    "logins and commands accounted": LINUX,
    "nothing else listens, nothing is told to neighbours": LINUX,
    "password rules": LINUX | HUAWEI,
    "signed time": LINUX,
}
FILTERS: Missing = {"filter that denies and logs the rest": NONE, "replies by state": NONE}
SPEAKS: Missing = {
    "BFD on each session": NONE,
    "BGP with keys, filters both ways and a limit of prefixes": NONE,
    "changes told at once": NONE,
}
TELLS_ITS_BLOCK: Missing = {"own block, the rest of it thrown away": NONE}
IN_PAIR: Missing = {
    "virtual routers": NONE,
    "state synchronised with the other member": frozenset({"cisco_ios_zbf"}),
}
FIREWALL = (
    ADMINISTERED
    | FILTERS
    | IN_PAIR
    | {
        "flow records": LINUX | {"huawei_usg"},
        "intrusions and malware looked for at the boundary": LINUX | {"cisco_ios_zbf"},
    }
)
FORWARDS: Missing = {"multicast routing": NONE}  # whoever stands between studios and lecture rooms
STATIC: Missing = {"static routes": NONE}
GUESTS: Missing = {"guests' break-out": NONE}
TUNNELS: Missing = {"IPsec tunnels, by IKEv2 alone": NONE}
CIRCUITS: Missing = {"IPsec on circuits": NONE}
SITE_FIREWALL = FIREWALL | SPEAKS | TELLS_ITS_BLOCK | CIRCUITS | FORWARDS
SHUT: Missing = {"unused ports shut": LINUX}
SWITCH = ADMINISTERED | SHUT | {"host ports that shut when a switch answers": NONE, "trunks": NONE}
HOSTS: Missing = {
    "DHCP answers from the trunk alone": NONE,
    "known by MAC address": NONE,
    "limit of MAC addresses": NONE,
}
ASKED: Missing = HOSTS | {"802.1X": NONE}
LECTURES: Missing = {"IGMP snooping": NONE}  # where the VLAN of the lectures is carried

ROLES: Mapping[str, Missing] = {
    "city-aggregation AR": ADMINISTERED
    | SHUT
    | SPEAKS
    | TELLS_ITS_BLOCK
    | CIRCUITS
    | STATIC
    | FORWARDS
    | {"default route on condition": NONE},
    "city-hospital ASW": SWITCH | ASKED | LECTURES,
    "city-hospital CSW": SWITCH | LECTURES,
    "city-hospital FW": SITE_FIREWALL | GUESTS,
    "county-center CSW": SWITCH | ASKED | LECTURES,
    "county-center FW": SITE_FIREWALL | TUNNELS | GUESTS | STATIC,  # to the carrier
    "county-hospital ASW": SWITCH | ASKED | LECTURES,
    "county-hospital CSW": SWITCH | HOSTS | LECTURES,
    "county-hospital FW": SITE_FIREWALL | GUESTS,
    "data-center ADS": FILTERS,
    "data-center ASW": SWITCH | HOSTS | LECTURES,
    "data-center CR": ADMINISTERED | SHUT | SPEAKS | CIRCUITS | STATIC | FORWARDS,
    "data-center CSW": SWITCH | LECTURES,
    "data-center FW": FIREWALL | STATIC | FORWARDS,
    "data-center OOB": SWITCH,
    "data-center SE": FILTERS
    | SPEAKS
    | STATIC
    | {"doors of services": NONE, "virtual routers": NONE},
    "provincial-hospital ASW": SWITCH | ASKED | LECTURES,
    "provincial-hospital CSW": SWITCH | LECTURES,
    "provincial-hospital FW": SITE_FIREWALL | GUESTS | STATIC,
    "township ASW": SWITCH | ASKED,
    "township GW": FILTERS | TUNNELS | GUESTS,
}
ONE_OF: Mapping[tuple[str, str], int] = {
    **{("data-center ASW", function): 4 for function in HOSTS | LECTURES},
    ("city-hospital ASW", "IGMP snooping"): 2,
    ("provincial-hospital ASW", "IGMP snooping"): 2,
}
"""Of how many one does it: conference terminals, modalities and studios of a centre stand at one
access switch, a lecture room of a larger hospital at the first of two."""
OF_SOME: Mapping[tuple[str, str], int] = {
    ("city-hospital FW", "own addresses of the site, changed one to one"): 2,
    ("county-hospital FW", "own addresses of the site, changed one to one"): 6,
}
"""How many do what no platform and no role alone decides: the pairs of sites with `local_nat`."""
