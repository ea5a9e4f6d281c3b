"""Lines that vrp-ir 0.9 does not know and that a person has looked at: data, with reasons.

A line of a configuration that vrp-ir does not know refuses the configuration unless it stands here.
Each entry was compared with the platform's command reference; what it does is judged by our own
parser. `*` stands for one word, `**` at the end for all that follow. An entry that no rendered text
needs any more is removed: tests/native says which.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True, slots=True)
class Reviewed:
    """One line that may stay unknown, and why."""

    line: str
    why: str
    after: str = ""  # it is unknown only behind this one


UNKNOWN_SHARE_MAX: dict[str, float] = {
    "huawei_usg": 0.10,
    # Half of what administers a switch and guards its ports: two of the five lines of a port for
    # hosts, two of each trunk, and three of the six of a router's port that speaks both families.
    "huawei_vrp": 0.55,
}
"""Share of a text's lines that may be unknown; above it vrp-ir has read too little to judge."""

SERVERS = "which AAA servers are asked; our parser reads them and the proof compares them"
SCHEMES = "how administrators are asked, and what is told of them; compared by the proof"
ACCOUNT = "the one account on the device; compared by the proof"
TIME = "signed time; compared by the proof"
SNMP = "SNMPv3 alone, from known addresses; compared by the proof"
LOG = "the log over TLS, with its dates; compared by the proof"
HOSTS = "how hosts behind ports are asked; compared by the proof"
ALIVE = "whether a server answers at all; the account need not exist, so this is no secret"
GUARDS = "what a port does against hosts that misbehave; compared by the proof"
OFF = "takes off what some release has on"
TUNNELS = "which tunnels end at an interface; it knows none, our parser reads them"
MANY = "what is forwarded to many; vrp-ir knows nothing of it, our parser reads it"

FORWARDING: tuple[Reviewed, ...] = (
    Reviewed("multicast routing-enable", MANY),
    Reviewed("pim sm", MANY),
    Reviewed("pim", MANY),
    Reviewed("ssm-policy 2020", MANY),
)

CIRCUITS: tuple[Reviewed, ...] = (
    Reviewed("mtu *", TUNNELS, after="interface Tunnel100"),
    Reviewed("tunnel-protocol gre", TUNNELS),
    Reviewed("source *", TUNNELS, after="interface Tunnel100"),
    Reviewed("destination *", TUNNELS, after="interface Tunnel100"),
    Reviewed("ipsec policy *", TUNNELS, after="interface Tunnel100"),
)

ADMINISTRATION: tuple[Reviewed, ...] = (
    Reviewed("header login information **", "one line before a login; lets nobody in"),
    Reviewed("undo telnet ipv6 server enable", OFF),
    Reviewed("undo lldp enable", OFF),
    Reviewed("clock timezone * add *", "the offset of the clock; compared by the proof"),
    Reviewed("hwtacacs-server template TACACS", SERVERS),
    Reviewed("hwtacacs-server authentication *", SERVERS),
    Reviewed("hwtacacs-server authentication * secondary", SERVERS),
    Reviewed("hwtacacs-server authorization *", SERVERS),
    Reviewed("hwtacacs-server authorization * secondary", SERVERS),
    Reviewed("hwtacacs-server accounting *", SERVERS),
    Reviewed("hwtacacs-server accounting * secondary", SERVERS),
    Reviewed("hwtacacs-server source-ip *", SERVERS),
    Reviewed("hwtacacs-server shared-key cipher *", "a reference in a secret's place"),
    Reviewed("undo hwtacacs-server user-name domain-included", "names go as they are typed"),
    Reviewed("ssl policy SYSLOG", LOG),
    Reviewed("trusted-ca load pem-ca syslog-ca.pem", LOG),
    Reviewed("info-center timestamp log date precision-time millisecond", LOG),
    Reviewed("authentication-scheme ADMINISTRATORS", SCHEMES),
    Reviewed("authentication-mode hwtacacs local", SCHEMES),
    Reviewed("authorization-scheme ADMINISTRATORS", SCHEMES),
    Reviewed("authorization-mode hwtacacs local", SCHEMES),
    Reviewed("accounting-scheme ADMINISTRATORS", SCHEMES),
    Reviewed("accounting-mode hwtacacs", SCHEMES),
    Reviewed("accounting start-fail online", "who logs in stays, though nobody could be told"),
    Reviewed("recording-scheme ADMINISTRATORS", SCHEMES),
    Reviewed("recording-mode hwtacacs TACACS", SCHEMES),
    Reviewed("cmd recording-scheme ADMINISTRATORS", SCHEMES),
    Reviewed("ssh authentication-type default password", SCHEMES),
    Reviewed("hwtacacs-server TACACS", SCHEMES),
    Reviewed("ntp-service authentication enable", TIME),
    Reviewed("ntp-service authentication-keyid * authentication-mode hmac-sha256 cipher *", TIME),
    Reviewed("ntp-service reliable authentication-keyid *", TIME),
    Reviewed("snmp-agent", SNMP),
    Reviewed("snmp-agent acl 2011", SNMP),
    Reviewed("undo snmp-agent sys-info version v1 v2c", SNMP),
    Reviewed("snmp-agent group v3 * privacy read-view ALL notify-view ALL", SNMP),
    Reviewed(
        "snmp-agent target-host trap address udp-domain * source * params securityname * v3"
        " privacy",
        SNMP,
    ),
    Reviewed("snmp-agent mib-view included ALL iso", SNMP),
    Reviewed("snmp-agent trap enable", SNMP),
    Reviewed("stelnet server enable", "SSH in place of telnet; from where is compared"),
    Reviewed(
        "user-interface vty 0 4",
        "the lines of the network; compared by the proof",
        after="user-interface con 0",
    ),
    Reviewed("idle-timeout * *", "when a silent session ends; compared by the proof"),
)

REVIEWED: dict[str, tuple[Reviewed, ...]] = {
    "huawei_usg": (
        Reviewed(
            "undo service-manage enable",
            "hands access to the box itself back to the security policy, which is proven",
        ),
        Reviewed(
            "default packet-filter intrazone enable",
            "closes traffic within a zone; without it the proof finds every zone open",
        ),
        Reviewed("default policy logging", "logs what falls to the default action"),
        Reviewed("policy logging", "logs what a rule decides; lets nothing pass or stop"),
        Reviewed("log type policy enable", "without it `policy logging` writes nothing"),
        Reviewed("ipv6", "switches the second family on; its rules are in the same list"),
        Reviewed("ipv6 enable", "the same on an interface"),
        Reviewed("ipv6 address *", "read by our parser; vrp-ir knows one family only"),
        Reviewed("ipv6 route-static * * *", "static routes of the second family"),
        Reviewed("ipv6 route-static * * NULL0 preference 250", "throws away, in the second family"),
        Reviewed(
            "vrrp vrid * virtual-ip * active",
            "the pair's address in a zone; vrp-ir knows virtual routers without a rank",
        ),
        Reviewed("vrrp vrid * virtual-ip * standby", "the same, at the other member"),
        Reviewed("vrrp6 vrid * virtual-ip * link-local active", "the same, in the second family"),
        Reviewed("vrrp6 vrid * virtual-ip * link-local standby", "the same"),
        Reviewed("vrrp6 vrid * virtual-ip *", "the address that hosts know, after its link's own"),
        Reviewed("undo web-manager enable", OFF),
        Reviewed("undo web-manager security enable", OFF),
        Reviewed("service-type administrator-access", SCHEMES),
        Reviewed("manager-user *", ACCOUNT),
        Reviewed("password cipher *", ACCOUNT),
        Reviewed("service-type terminal ssh", ACCOUNT),
        Reviewed("level *", ACCOUNT),
        Reviewed("ssh authentication-type password", ACCOUNT),
        Reviewed("ssh service-type stelnet", ACCOUNT),
        Reviewed("domain default", "the domain of administrators; vrp-ir knows zones alone"),
        Reviewed("tunnel-protocol ipsec", TUNNELS),
        Reviewed("firewall tcp-mss *", "TCP's segments; lets nothing pass or stop"),
        *CIRCUITS,
        Reviewed("pim hello-option dr-priority 10", MANY),
        Reviewed("igmp enable", MANY),
        Reviewed("igmp version 3", MANY),
        *FORWARDING,
        *ADMINISTRATION,
    ),
    "huawei_vrp": (
        Reviewed("domain default_admin", "the domain of administrators; vrp-ir knows zones alone"),
        Reviewed("undo portswitch", "a routed port; our parser reads it"),
        Reviewed(
            "ipv4-family", "a family of the table of management; which routes it has is known"
        ),
        Reviewed("ipv6-family", "the same"),
        Reviewed("ipv6 route-static * * *", "static routes of the second family"),
        Reviewed("ipv6 route-static * * NULL0 preference 250", "throws away, in the second family"),
        Reviewed(
            "ipv6 route-static vpn-instance MGMT :: 0 *", "the way back of a router's management"
        ),
        Reviewed("ipv6", "switches the second family on, for management"),
        Reviewed("ipv6 enable", "the same on an interface"),
        Reviewed("ipv6 address *", "read by our parser; vrp-ir knows one family only"),
        Reviewed(
            "undo port trunk allow-pass vlan 1",
            "VLAN 1 passes a trunk unless this is said; our parser reads it",
        ),
        Reviewed("port trunk pvid vlan *", "where untagged frames of a trunk go: the parking VLAN"),
        Reviewed("undo http secure-server enable", OFF),
        Reviewed("hwtacacs-server authentication * vpn-instance MGMT", SERVERS),
        Reviewed("hwtacacs-server authentication * vpn-instance MGMT secondary", SERVERS),
        Reviewed("hwtacacs-server authorization * vpn-instance MGMT", SERVERS),
        Reviewed("hwtacacs-server authorization * vpn-instance MGMT secondary", SERVERS),
        Reviewed("hwtacacs-server accounting * vpn-instance MGMT", SERVERS),
        Reviewed("hwtacacs-server accounting * vpn-instance MGMT secondary", SERVERS),
        Reviewed("radius-server template RADIUS", SERVERS),
        Reviewed("radius-server shared-key cipher *", "a reference in a secret's place"),
        Reviewed("radius-server authentication * 1812 weight *", SERVERS),
        Reviewed("radius-server accounting * 1813 weight *", SERVERS),
        Reviewed("authentication-scheme HOSTS", HOSTS),
        Reviewed("authentication-mode radius", HOSTS),
        Reviewed("domain hosts", HOSTS),
        Reviewed("radius-server RADIUS", HOSTS),
        Reviewed("radius-server testuser username probe password cipher probe", ALIVE),
        Reviewed("undo authentication pre-authen-access enable", HOSTS),
        Reviewed("authentication event authen-server-down action authorize vlan *", HOSTS),
        Reviewed("authentication event authen-server-up action re-authen", HOSTS),
        Reviewed("local-aaa-user password policy administrator", ACCOUNT),
        Reviewed("password history record number *", ACCOUNT),
        Reviewed("password expire *", ACCOUNT),
        Reviewed(
            "local-aaa-user wrong-password retry-interval * retry-time * block-time *", ACCOUNT
        ),
        Reviewed(
            "snmp-agent target-host trap address udp-domain * source * vpn-instance MGMT params"
            " securityname * v3 privacy",
            SNMP,
        ),
        Reviewed("snmp-agent protocol source-interface *", "SNMP answers on that leg alone"),
        Reviewed("ssh authorization-type default aaa", "the level of who comes with a key"),
        Reviewed("ssh server-source -i *", "SSH answers on the leg of management alone"),
        Reviewed("tcp adjust-mss *", "TCP's segments; lets nothing pass or stop"),
        *CIRCUITS,
        Reviewed("stp disable", "a router takes no part in the switches' tree"),
        Reviewed("stp bpdu-protection", GUARDS),
        Reviewed("stp edged-port enable", GUARDS),
        Reviewed("dhcp enable", "DHCP cannot be watched without; the switch serves none"),
        Reviewed("dhcp snooping enable", GUARDS),
        Reviewed("igmp-snooping enable", MANY),
        Reviewed("igmp-snooping version 3", MANY),
        *FORWARDING,
        Reviewed("dhcp snooping trusted", GUARDS),
        Reviewed("port-security enable", GUARDS),
        Reviewed("port-security max-mac-num *", GUARDS),
        Reviewed("authentication-profile *", GUARDS),
        Reviewed("authentication-profile name *", HOSTS),
        Reviewed("dot1x-access-profile name HOSTS", HOSTS),
        Reviewed("dot1x authentication-method eap", HOSTS),
        Reviewed("mac-access-profile name HOSTS", HOSTS),
        Reviewed("dot1x-access-profile HOSTS", HOSTS),
        Reviewed("mac-access-profile HOSTS", HOSTS),
        Reviewed("access-domain hosts force", HOSTS),
        Reviewed("authentication dot1x-mac-bypass", HOSTS),
        Reviewed("authentication mode multi-authen max-user *", HOSTS),
        *ADMINISTRATION,
    ),
}


@lru_cache(maxsize=1 << 12)
def reason(platform: str, line: str) -> str | None:
    """Why a line may stay unknown to vrp-ir, or None."""
    words = line.split()
    return next(
        (one.why for one in REVIEWED.get(platform, ()) if _is_of(one.line.split(), words)), None
    )


def _is_of(wanted: list[str], words: list[str]) -> bool:
    """Whether a line is one of those that an entry stands for."""
    if wanted[-1] == "**":
        wanted, words = wanted[:-1], words[: len(wanted) - 1]
    return len(wanted) == len(words) and all(
        mine in ("*", theirs) for mine, theirs in zip(wanted, words, strict=True)
    )
