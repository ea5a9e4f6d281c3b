"""What is said of a platform: what it calls things, what it can and what it can hold."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from telemed_infra.model.schema.administration import Cipher, Digest, Lack, NtpDigest, Transport
from telemed_infra.model.schema.tunnels import DiffieHellman, TunnelCipher, TunnelDigest
from telemed_infra.redundancy import SyncKind

NO_LIMIT = 1 << 31


@dataclass(frozen=True, slots=True, kw_only=True)
class Abilities:
    """What a platform knows of administration: algorithms and transports, and what it lacks."""

    ntp: frozenset[NtpDigest]
    digests: frozenset[Digest]  # of SNMPv3
    ciphers: frozenset[Cipher]
    transports: frozenset[Transport]  # of the log
    lacks: frozenset[Lack] = frozenset()


class PolicyRouting(Enum):
    """How a platform sends some packets another way than its routes say."""

    BY_NEXT_HOP = "next hop"  # its text says where they go
    BY_MARK = "mark"  # its text marks them, and a rule of the host's routes looks at marks


@dataclass(frozen=True, slots=True, kw_only=True)
class Algorithms:
    """What a platform knows of IPsec."""

    ike: frozenset[TunnelCipher]
    esp: frozenset[TunnelCipher]
    digests: frozenset[TunnelDigest]
    groups: frozenset[DiffieHellman]


@dataclass(frozen=True, slots=True, kw_only=True)
class TunnelAbilities:
    """Tunnels of townships: what a platform calls them, and what it can."""

    by_line: str  # the interface of tunnels by line; {}: one for each site below, by its number
    by_lte: str  # of tunnels by mobile network
    pins: bool = True  # a head says itself which addresses are behind each peer
    waits: bool = True  # a head never begins a tunnel by line
    inner6: bool = False  # packets of IPv6 go through, too
    liveness_s_min: int = 0  # it waits no shorter before it asks whether the other end is there

    def line_interface(self, number: int) -> str:
        """The interface of the tunnel by line from the site of a number."""
        return self.by_line.format(number)


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
    ipsec: Algorithms | None = None  # None: it ends no tunnel
    tunnels: TunnelAbilities | None = None  # of townships; None: it ends none of these
    circuit: str = ""  # the tunnel over the circuit at port n; "": it encrypts none
    circuit_waits: bool = True  # the upper end of one does not begin by itself
    policy_routing: PolicyRouting | None = None  # None: every packet follows its routes
    lte: str = ""  # of the mobile network; "": it has none
    multicast: bool = False  # its source-specific multicast is written: PIM and IGMPv3
    snooping: bool = False  # its IGMP snooping is
    sync: SyncKind | None = None  # how a pair of firewalls keeps its state; None: is not written
    reserved_vlans: tuple[tuple[int, int], ...] = ()  # first and last of what it keeps for itself
    name_max: int = 31  # characters in the name of a rule, set or ACL
    set_lines_max: int = NO_LIMIT  # of one address set; larger ones are written in parts
    rules_max: int = NO_LIMIT  # of its policy, both families together
    # None: a host, which its operating system's own files administer.
    administration: Abilities | None = None

    @property
    def inspects(self) -> bool:
        """Whether it can look into what it permits, for intrusions and malware."""
        able = self.administration
        return self.filters and able is not None and "threat inspection" not in able.lacks
