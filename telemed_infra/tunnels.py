"""Tunnels of IPsec between sites: facts in words of no platform.

The plan says them for each end, renderers write them, parsers read them back, and the proof
compares. A parser fills in what the platform does where the text says nothing.

Source: docs/concepts/tunnels.md; RFC 7296 (IKEv2), RFC 4303 (ESP).
"""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

from telemed_infra.packets import Ranges

AEAD = frozenset({"aes-256-gcm"})  # ciphers that bring their own integrity


class Mode(Enum):
    """What a tunnel's interface is, and what ESP wraps."""

    TUNNEL = "the inner packets"  # RFC 4303 tunnel mode
    GRE = "GRE between the two ends"  # RFC 2784 in transport mode: carries both families


class IkeSuite(NamedTuple):
    """What protects the negotiation."""

    cipher: str  # words of `tunnels` in network.yml
    integrity: str  # "": the cipher brings it
    prf: str
    group: int  # Diffie–Hellman, by its number at IANA


class EspSuite(NamedTuple):
    """What protects the packets."""

    cipher: str
    integrity: str  # "": the cipher brings it
    group: int  # of perfect forward secrecy; 0: none


class Selector(NamedTuple):
    """Addresses at one end: a packet is the tunnel's if both its addresses are selected."""

    v4: Ranges
    v6: Ranges


class Tunnel(NamedTuple):
    """One end's part in one tunnel. IKEv2 with a shared secret."""

    interface: str  # by which the inner packets come and go, in its own zone
    below: str  # the interface by which the outer packets come and go
    own_address: int | None  # outer IPv4; None: whatever the carrier gives
    peer_address: int | None  # None: whoever proves the identity
    own_identity: str  # a name (ID_FQDN)
    peer_identity: str
    secret: str  # a reference
    starts: bool  # begins by itself; else it answers, or waits for a packet of its own
    own: Selector
    peer: Selector
    preference: int  # of the routes to the peer's addresses, which stand while it does; 0: none
    ike: IkeSuite
    esp: EspSuite
    ike_lifetime_s: int
    esp_lifetime_s: int
    liveness_s: int  # silence after which the other end is asked whether it is there
    mtu: int = 0  # of `interface`, in octets, TCP's segments 40 less; 0: its text does not say
    mode: Mode = Mode.TUNNEL  # of GRE, `own` and `peer` are the two ends' outer addresses alone
