"""The commands of IPsec on IOS XE: what each says of a tunnel.

IKEv2 alone is read; a line that gives IKEv1 a key or a mode is told. Certificates are left to
those who read management: a profile that proves itself by one makes no tunnel.

Source: docs/reference/platforms.md, "Tunnels, as they are read".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from telemed_infra.parse.frr.engine import Args, Row, Unreadable, View
from telemed_infra.parse.ios.ipsec_arguments import (
    CIPHERS,
    DIGESTS,
    always,
    first_number,
    groups,
    listed,
    liveness,
    pfs,
    place,
    transforms,
)
from telemed_infra.parse.ios.management import ROUTES, TEXT, inert
from telemed_infra.parse.ios.state import Does, Ios, refused
from telemed_infra.parse.ios.values import interface, ipv4, is_ipv4, mask_length, netmasked, number
from telemed_infra.parse.ipsec import (
    IkePolicy,
    IkeProfile,
    Ipsec,
    KeyPeer,
    Keyring,
    Match,
    Named,
    Proposal,
    Protection,
)

Rows = tuple[Row[Ios], ...]

WHY = "a tunnel's ends, keys and algorithms; what comes out is judged by the tunnel's own interface"
IKEV1 = "IKEv1 is accepted: its keys and modes are not modelled"
_SAME = "it changes no tunnel"
_NO_NAME = "an identity that is no name is not modelled"
_TABLE = "a table of its own"
Change = Callable[[Ipsec, Args, int], None]


def _of(change: Change) -> Does:
    def effect(state: Ios, args: Args, line: int) -> None:
        change(state.ipsec, args, line)

    return effect


def _row(pattern: str, change: Change, enters: str = "") -> Row[Ios]:
    return Row(pattern, _of(change), enters=enters, inert=True, why=WHY)


def _refused(*patterns: str, why: str) -> Iterator[Row[Ios]]:
    for pattern in patterns:
        yield Row(pattern, refused(why), inert=True, why=WHY)


def _sets(part: str, field: str, value: Callable[[Args], object]) -> Change:
    """A line that sets one field of an open object."""
    return lambda ipsec, args, _line: setattr(getattr(ipsec, part), field, value(args))


def _names(part: str, field: str) -> Change:
    """A line whose last word names another object."""
    return lambda ipsec, args, line: setattr(getattr(ipsec, part), field, Named(args[-1], line))


def _adds(part: str, field: str, keys: Callable[[Args], tuple[object, ...]]) -> Change:
    """A line that adds to what an open object holds, with its own number."""

    def change(ipsec: Ipsec, args: Args, line: int) -> None:
        held = getattr(getattr(ipsec, part), field)
        for key in keys(args):
            held.setdefault(key, line)

    return change


def _opens(held: str, part: str, make: Callable[[str, int], object]) -> Change:
    """The head of an object that its name makes."""

    def change(ipsec: Ipsec, args: Args, line: int) -> None:
        things = getattr(ipsec, held)
        setattr(ipsec, part, things.setdefault(args[0], make(args[0], line)))

    return change


def _drops(held: str) -> Change:
    """`no` and the head: nothing of it remains."""

    def change(ipsec: Ipsec, args: Args, _line: int) -> None:
        if getattr(ipsec, held).pop(args[0], None) is None and args[0] != "default":
            raise Unreadable(f"there is no {args[0]} to remove")

    return change


# Keys --------------------------------------------------------------------------------------------


def _peer(ipsec: Ipsec, args: Args, line: int) -> None:
    """`peer NAME` in a keyring."""
    ipsec.peer = ipsec.keyring.peers.setdefault(args[0], KeyPeer(args[0], line))


def _key_address(ipsec: Ipsec, args: Args, _line: int) -> None:
    """`address A [MASK]` of a peer."""
    length = mask_length(args[1]) if args[1] else 32
    ipsec.peer.addresses = netmasked(args[0], length)


def _key(ipsec: Ipsec, args: Args, _line: int) -> None:
    """`pre-shared-key [local|remote] [0|6] KEY`."""
    side, _, secret = args
    if secret.split()[0].lower() == "hex" or " " in secret:
        raise Unreadable("a key in this form is not modelled")
    if side != "remote":
        ipsec.peer.own = secret
    if side != "local":
        ipsec.peer.peer = secret


# Maps --------------------------------------------------------------------------------------------


def _map_entry(held: str) -> Change:
    """`crypto map NAME N ipsec-isakmp [dynamic TEMPLATE]`, `crypto dynamic-map NAME N`."""

    def change(ipsec: Ipsec, args: Args, line: int) -> None:
        name, place = args[0], int(args[1])
        entries = getattr(ipsec, held).setdefault(name, {})
        ipsec.protection = entries.setdefault(place, Protection(name, line))
        if len(args) > 2:
            ipsec.protection.template = Named(args[2], line)

    return change


def _map_peer(ipsec: Ipsec, args: Args, _line: int) -> None:
    """`set peer A`; a device takes several, one of which it speaks to."""
    found = ipv4(args[0])
    if ipsec.protection.peer_address not in (None, found):
        raise Unreadable("several other ends of one tunnel are not modelled")
    ipsec.protection.peer_address = found


def _map_address(ipsec: Ipsec, args: Args, line: int) -> None:
    """`crypto map NAME local-address NAME`."""
    ipsec.sources[args[0]] = Named(interface(args[1]), line)


# Routes ------------------------------------------------------------------------------------------


def _route(ipsec: Ipsec, args: Args, _line: int) -> None:
    """`ip route A MASK TUNNEL [NEXT-HOP] [DISTANCE] …`; one to elsewhere says nothing here."""
    words = args[2].split()
    if words[0].lower().startswith("tu") and len(words[0]) > 2:
        distance = next((number(word, 1, 255) for word in words[1:] if word.isdigit()), 1)
        port = interface(words[0])
        ipsec.routes.setdefault(port, {})[" ".join(args[:2])] = distance


def _no_route(ipsec: Ipsec, args: Args, _line: int) -> None:
    for held in ipsec.routes.values():
        held.pop(" ".join(args[:2]), None)


# Interfaces --------------------------------------------------------------------------------------


def _of_port(field: str, value: Callable[[Args, int], object]) -> Does:
    def effect(state: Ios, args: Args, line: int) -> None:
        for port in state.open_ports:
            setattr(port.tunnel, field, value(args, line))

    return effect


def _source(args: Args, line: int) -> Named:
    return Named(args[0] if is_ipv4(args[0]) else interface(args[0]), line)


def _mode(args: Args, line: int) -> Named:
    return Named(args[0].lower(), line)


def _last(args: Args, line: int) -> Named:
    return Named(args[-1], line)


def _size(args: Args, _line: int) -> int:
    return int(args[0])


def _port(
    pattern: str, field: str, value: Callable[[Args, int], object], without: object = None
) -> Iterator[Row[Ios]]:
    """A line of an interface, and its `no` form."""
    yield Row(pattern, _of_port(field, value), inert=True, why=WHY)
    head = " ".join(word for word in pattern.split() if word.islower())
    off = _of_port(field, lambda _args, _line: without)
    yield Row(f"no {head} [LINE]", off, inert=True, why=WHY)


PORT_ROWS: Rows = (
    *_port("tunnel source LINE", "source", _source),
    *_port("tunnel destination LINE", "destination", _last),
    *_port("tunnel mode LINE", "mode", _mode),
    *_port("tunnel protection ipsec profile WORD", "profile", _last),
    *_port("tunnel protection ipsec policy ipv4 WORD", "flows", _last),
    *_port("crypto map WORD", "map", _last),
    *_port("ip mtu (68-9976)", "mtu", _size, 0),
    *_port("ipv6 mtu (1280-9976)", "mtu6", _size, 0),
    *_port("ip tcp adjust-mss (500-1460)", "segment", _size, 0),
    *_refused("tunnel vrf LINE", "tunnel protection LINE", why="what this protects is not known"),
    *_refused("tunnel key LINE", "tunnel checksum", "tunnel sequence-datagrams",
              why="whether the other end does so, too"),
    *inert(_SAME, "tunnel path-mtu-discovery | tunnel bandwidth"),
)  # fmt: skip
"""What an interface says of tunnels. What inner packets do in a GRE tunnel, its zone says."""

_LIFETIME = "security-association lifetime"
HEADS: Rows = (
    _row("crypto ikev2 proposal WORD", _opens("proposals", "proposal", Proposal),
         enters="ike-proposal"),
    _row("no crypto ikev2 proposal WORD", _drops("proposals")),
    _row("crypto ikev2 policy WORD", _opens("policies", "policy", IkePolicy), enters="ike-policy"),
    _row("no crypto ikev2 policy WORD", _drops("policies")),
    _row("crypto ikev2 keyring WORD", _opens("keyrings", "keyring", Keyring), enters="ike-keys"),
    _row("no crypto ikev2 keyring WORD", _drops("keyrings")),
    _row("crypto ikev2 profile WORD", _opens("profiles", "profile", IkeProfile),
         enters="ike-profile"),
    _row("no crypto ikev2 profile WORD", _drops("profiles")),
    _row("crypto ikev2 dpd (10-3600) (2-60) <periodic|on-demand>",
         lambda ipsec, args, _line: setattr(ipsec, "liveness_s", liveness(args))),
    _row("crypto ipsec transform-set WORD LINE", transforms, enters="transform-set"),
    _row("no crypto ipsec transform-set WORD", _drops("sets")),
    _row("crypto ipsec profile WORD", _opens("protections", "protection", Protection),
         enters="ipsec-profile"),
    _row("no crypto ipsec profile WORD", _drops("protections")),
    _row(f"crypto ipsec {_LIFETIME} seconds (120-2592000)",
         lambda ipsec, args, _line: setattr(ipsec, "lifetime_s", first_number(args))),
    _row("crypto map WORD (1-65535) ipsec-isakmp dynamic WORD", _map_entry("entries"),
         enters="map-of-template"),
    _row("crypto map WORD (1-65535) ipsec-isakmp", _map_entry("entries"), enters="crypto-map"),
    _row("crypto map WORD (1-65535)", _map_entry("entries"), enters="crypto-map"),
    _row("crypto dynamic-map WORD (1-65535)", _map_entry("templates"), enters="crypto-map"),
    _row("crypto map WORD local-address WORD", _map_address),
    Row("ip route A.B.C.D A.B.C.D LINE", _of(_route), inert=True, why=ROUTES),
    Row("no ip route A.B.C.D A.B.C.D [LINE]", _of(_no_route), inert=True, why=ROUTES),
    *inert(_SAME, f"crypto ipsec {_LIFETIME} kilobytes | crypto ipsec security-association replay"),
    *inert(_SAME, "crypto ipsec df-bit | crypto ipsec fragmentation | crypto engine"),
    *inert(_SAME, "crypto ikev2 nat keepalive | crypto ikev2 cookie-challenge"),
    *inert(_SAME, "crypto ikev2 fragmentation | crypto ikev2 limit | crypto ikev2 http-url"),
    *inert(_SAME, "crypto ikev2 diagnose | crypto ikev2 certificate-cache | crypto logging"),
    *inert(_SAME, "crypto key"),
    *inert("no IKEv1 is spoken", "no crypto isakmp"),
    *_refused(
        "crypto isakmp policy LINE", "crypto isakmp key LINE", "crypto isakmp profile LINE",
        "crypto isakmp client LINE", "crypto keyring LINE", why=IKEV1,
    ),
    *inert(_SAME, "crypto isakmp"),
)  # fmt: skip
"""What opens a view of IPsec, and what holds for every tunnel."""

_PROTECTS: Rows = (
    _row("set transform-set LINE",
         _adds("protection", "sets", lambda args: tuple(args[0].split()))),
    _row("set pfs WORD", _sets("protection", "group", pfs)),
    _row("set ikev2-profile WORD", _names("protection", "profile")),
    _row(f"set {_LIFETIME} seconds (120-2592000)", _sets("protection", "lifetime_s", first_number)),
    _row("set reverse-route distance (1-255)", _sets("protection", "preference", first_number)),
    _row("reverse-route", _sets("protection", "injects", always(value=True))),
    *_refused("set isakmp-profile LINE", why=IKEV1),
    *inert(TEXT, "description"),
    *inert(_SAME, f"set {_LIFETIME} kilobytes | set security-association replay"),
    *inert(_SAME, "set security-association dfbit | set reverse-route tag | set security-policy"),
)  # fmt: skip

VIEWS: Mapping[str, View[Ios]] = {
    "ike-proposal": View((
        _row("encryption LINE", _sets("proposal", "ciphers", listed(CIPHERS))),
        _row("integrity LINE", _sets("proposal", "digests", listed(DIGESTS))),
        _row("prf LINE", _sets("proposal", "prfs", listed(DIGESTS))),
        _row("group LINE", _sets("proposal", "groups", groups)),
    )),
    "ike-policy": View((
        _row("proposal WORD", _adds("policy", "proposals", lambda args: args)),
        _row("match address local LINE", _adds("policy", "places", place)),
        *_refused("match fvrf LINE", why=_TABLE),
    )),
    "ike-keys": View((_row("peer WORD", _peer, enters="ike-peer"),)),
    "ike-peer": View((
        _row("address A.B.C.D [A.B.C.D]", _key_address),
        _row("identity fqdn WORD", _names("peer", "identity")),
        *_refused("identity LINE", "hostname LINE", why=_NO_NAME),
        _row("pre-shared-key [<local|remote>] [<0|6>] LINE", _key),
        *inert(TEXT, "description"),
    )),
    "ike-profile": View((
        _row("match identity remote fqdn domain WORD",
             _adds("profile", "remote", lambda args: (Match("domain", args[0]),))),
        _row("match identity remote fqdn WORD",
             _adds("profile", "remote", lambda args: (Match("name", args[0]),))),
        _row("match identity remote any",
             _adds("profile", "remote", lambda _args: (Match("any", ""),))),
        _row("match identity remote LINE",
             _adds("profile", "remote", lambda args: (Match("other", args[0]),))),
        *_refused("match certificate LINE", why=_NO_NAME),
        *_refused("match fvrf LINE", "ivrf LINE", why=_TABLE),
        _row("match address local LINE", _adds("profile", "places", place)),
        _row("identity local fqdn WORD", _sets("profile", "own_identity", lambda args: args[0])),
        *_refused("identity local LINE", why=_NO_NAME),
        _row("authentication local LINE", _adds("profile", "own_proofs", lambda args: args)),
        _row("authentication remote LINE", _adds("profile", "peer_proofs", lambda args: args)),
        _row("keyring [local] WORD", _names("profile", "keyring")),
        _row("lifetime (120-86400)", _sets("profile", "lifetime_s", first_number)),
        _row("dpd (10-3600) (2-60) <periodic|on-demand>",
             _sets("profile", "liveness_s", liveness)),
        _row("virtual-template (1-4096)",
             lambda ipsec, args, line: setattr(
                 ipsec.profile, "template", Named(f"Virtual-Template{args[0]}", line))),
        *inert(_SAME, "nat keepalive | no config-exchange request"),
        *inert(TEXT, "description"),
    )),
    "transform-set": View((
        _row("mode tunnel", _sets("transforms", "tunnels", always(value=True))),
        _row("mode transport [LINE]", _sets("transforms", "tunnels", always(value=False))),
    )),
    "ipsec-profile": View((
        *_PROTECTS,
        _row("responder-only", _sets("protection", "answers_only", always(value=True))),
    )),
    "crypto-map": View((
        *_PROTECTS,
        _row("set peer A.B.C.D", _map_peer),
        _row("match address WORD", _names("protection", "flows")),
    )),
    "map-of-template": View(()),
}  # fmt: skip
