"""The commands of IPsec on SecPath (Comware 7): what each says of a tunnel.

IKEv2 alone is read; a line of IKEv1 is told. Names of policies, profiles and keychains know no
case. Lists of algorithms stand in one line, which replaces what an earlier one said.

Source: docs/reference/platforms.md, "Tunnels, as they are read".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial

from telemed_infra.packets import Ranges
from telemed_infra.parse.ipsec import (
    IkePolicy,
    IkeProfile,
    Ipsec,
    KeyPeer,
    Keyring,
    Named,
    Proposal,
    Protection,
    TransformSet,
)
from telemed_infra.parse.secpath.ipsec_arguments import (
    DIGESTS,
    ESP_CIPHERS,
    IKE_CIPHERS,
    bounded,
    end,
    fqdn,
    group,
    ike_groups,
    is_tunnel,
    list_name,
    listed,
    liveness,
    place,
    remote,
    title,
    yes,
)
from telemed_infra.parse.secpath.state import SecPath
from telemed_infra.parse.vrp.arguments import ipv4, nothing, number, one, set_address
from telemed_infra.parse.vrp.engine import (
    Command,
    Effect,
    Reader,
    Unreadable,
    View,
    Words,
    inert,
    notes,
)

WHY = "a tunnel's ends, keys and algorithms; what comes out is judged by its interface's zone"
IKEV1 = "IKEv1 is accepted: its keys and modes are not modelled"
_MANUAL = "keys that nobody negotiates are not modelled"
_SAME = "it changes no tunnel"
_PRIORITY_MAX, _ENTRY_MAX, _SIZE_MAX = 65535, 65535, 65535

Change = Callable[[Ipsec, int], None]


def _does(change: Change) -> Effect[SecPath]:
    def effect(state: SecPath, line: int) -> None:
        change(state.ipsec, line)

    return effect


def _sets(part: str, field: str, value: Callable[[Words], object]) -> Reader[SecPath]:
    """A line that sets one field of an open object."""

    def reader(words: Words) -> Effect[SecPath]:
        found = value(words)
        return _does(lambda ipsec, _line: setattr(getattr(ipsec, part), field, found))

    return reader


def _adds(part: str, field: str, key: Callable[[Words], object]) -> Reader[SecPath]:
    """A line that adds to what an open object holds, with its own number."""

    def reader(words: Words) -> Effect[SecPath]:
        found = key(words)
        return _does(
            lambda ipsec, line: getattr(getattr(ipsec, part), field).setdefault(found, line)
        )

    return reader


def _names(part: str, field: str, title: Callable[[Words], str]) -> Reader[SecPath]:
    """A line that names another object."""

    def reader(words: Words) -> Effect[SecPath]:
        found = title(words)
        return _does(lambda ipsec, line: setattr(getattr(ipsec, part), field, Named(found, line)))

    return reader


def _all_of(field: str, value: Callable[[Words], object]) -> Reader[SecPath]:
    """A line that holds for every tunnel which does not say its own."""

    def reader(words: Words) -> Effect[SecPath]:
        found = value(words)
        return _does(lambda ipsec, _line: setattr(ipsec, field, found))

    return reader


# Heads -------------------------------------------------------------------------------------------


def _opens(held: str, part: str, make: Callable[[str, int], object]) -> Reader[SecPath]:
    """The head of an object that its name makes."""

    def reader(words: Words) -> Effect[SecPath]:
        name = title(words)

        def change(ipsec: Ipsec, line: int) -> None:
            things = getattr(ipsec, held)
            setattr(ipsec, part, things.setdefault(name, make(name, line)))

        return _does(change)

    return reader


def _peer(words: Words) -> Effect[SecPath]:
    """`peer <name>` in a keychain."""
    name = one(words)

    def change(ipsec: Ipsec, line: int) -> None:
        ipsec.peer = ipsec.keyring.peers.setdefault(name, KeyPeer(name, line))

    return _does(change)


def _protection(words: Words) -> Effect[SecPath]:
    """`ipsec profile <name> [isakmp]`."""
    if words[1:] not in ((), ("isakmp",)):
        raise Unreadable(_MANUAL)
    return _opens("protections", "protection", Protection)(words[:1])


def _entry(held: str, words: Words) -> Effect[SecPath]:
    """The head of an entry: `<name> <number>`."""
    name, place = title(words[:1]), number(one(words[1:2]), 1, _ENTRY_MAX)

    def change(ipsec: Ipsec, line: int) -> None:
        entries = getattr(ipsec, held).setdefault(name, {})
        ipsec.protection = entries.setdefault(place, Protection(name, line))

    return _does(change)


def _policy(words: Words) -> Effect[SecPath]:
    """`ipsec policy <name> <n> {[isakmp] | isakmp template <template> | local-address <port>}`."""
    rest = words[2:]
    if rest[:2] == ("isakmp", "template"):
        template = title(rest[2:])
        enter = _entry("entries", words[:2])

        def effect(state: SecPath, line: int) -> None:
            enter(state, line)
            state.ipsec.protection.template = Named(template, line)

        return effect
    if rest not in ((), ("isakmp",)):
        raise Unreadable(_MANUAL)
    return _entry("entries", words[:2])


def _remote_address(words: Words) -> Effect[SecPath]:
    """`remote-address <ip>`; a device takes several, one of which it speaks to."""
    found = ipv4(one(words))

    def change(ipsec: Ipsec, _line: int) -> None:
        if ipsec.protection.peer_address not in (None, found):
            raise Unreadable("several other ends of one tunnel are not modelled")
        ipsec.protection.peer_address = found

    return _does(change)


# Keys --------------------------------------------------------------------------------------------


def _key(words: Words) -> Effect[SecPath]:
    """`pre-shared-key [local|remote] {ciphertext|plaintext} <secret>`."""
    side = words[0] if words[:1] in (("local",), ("remote",)) else ""
    form, secret = (words[1:] if side else words)[:2] if len(words) == 2 + bool(side) else ("", "")
    if form not in ("ciphertext", "plaintext"):
        raise Unreadable("a form and a secret are expected")

    def change(ipsec: Ipsec, _line: int) -> None:
        if side != "remote":
            ipsec.peer.own = secret
        if side != "local":
            ipsec.peer.peer = secret

    return _does(change)


def _key_address(words: Words) -> Effect[SecPath]:
    """`address <ip> [<mask>|<length>]` of a peer in a keychain."""
    found: Ranges
    if len(words) == 1:
        found = ((ipv4(words[0]), ipv4(words[0])),)
    else:
        found = set_address((words[0], "mask", *words[1:])).v4

    def change(ipsec: Ipsec, _line: int) -> None:
        ipsec.peer.addresses = found

    return _does(change)


def _esp_alone(words: Words) -> Effect[SecPath]:
    """`protocol esp`, as without it."""
    if words != ("esp",):
        raise Unreadable("headers that authenticate alone are not modelled")
    return _does(lambda _ipsec, _line: None)


# Interfaces --------------------------------------------------------------------------------------


def _of_port(field: str, value: Callable[[Words], object]) -> Reader[SecPath]:
    """A line of an interface about its tunnel."""

    def reader(words: Words) -> Effect[SecPath]:
        found = value(words)

        def effect(state: SecPath, line: int) -> None:
            named = Named(found, line) if isinstance(found, str) else found
            setattr(state.port.tunnel, field, named)

        return effect

    return reader


def _protected(words: Words) -> Effect[SecPath]:
    """`tunnel protection ipsec profile <profile> [acl [ipv6] {<n> | name <list>}]`."""
    profile = title(words[:1])
    flows = list_name(words[2:]) if words[1:2] == ("acl",) else ""
    if words[1:] and not flows:
        raise Unreadable(f"{words[1]} is not expected here")

    def effect(state: SecPath, line: int) -> None:
        state.port.tunnel.profile = Named(profile, line)
        state.port.tunnel.flows = Named(flows, line) if flows else None

    return effect


def _size(field: str) -> Command[SecPath]:
    """`mtu <n>` and its like: how long packets may be, and what holds without a line."""
    head = {"mtu": "mtu", "mtu6": "ipv6 mtu", "segment": "tcp mss"}[field]

    def undo(words: Words) -> Effect[SecPath]:
        nothing(words)
        return _of_port(field, lambda _words: 0)(words)

    return notes(head, _of_port(field, bounded(64, _SIZE_MAX)), WHY, undo=undo)


# Tables ------------------------------------------------------------------------------------------


def _row(head: str, reader: Reader[SecPath], enters: str | None = None) -> Command[SecPath]:
    return notes(head, reader, WHY, enters=enters)


def _refuses(heads: str, why: str) -> Iterable[Command[SecPath]]:
    def reader(_words: Words) -> Effect[SecPath]:
        raise Unreadable(why)

    for head in heads.split(" | "):
        yield _row(head, reader)


_PROTECTS: View[SecPath] = (
    _row("transform-set", _adds("protection", "sets", title)),
    _row("ikev2-profile", _names("protection", "profile", title)),
    _row(
        "sa duration time-based",
        _sets("protection", "lifetime_s", bounded(180, 604_800)),
    ),
    _row("reverse-route dynamic", _sets("protection", "injects", yes)),
    _row(
        "reverse-route preference",
        _sets("protection", "preference", bounded(1, 255)),
    ),
    _row("responder-only enable", _sets("protection", "answers_only", yes)),
    *inert("description | sa duration traffic-based | reverse-route tag", _SAME),
    *inert("sa trigger-mode", "it begins at once, or when routing speaks, which is at once, too"),
    *inert("qos pre-classify | redundancy replay-interval | sa df-bit", _SAME),
    *_refuses("ike-profile", IKEV1),
)
_SELECTS: View[SecPath] = (
    _row("security acl", _names("protection", "flows", list_name)),
    _row("remote-address", _remote_address),
    _row("local-address", _sets("protection", "own_address", lambda words: ipv4(one(words)))),
)

VIEWS: Mapping[str, View[SecPath]] = {
    "ikev2-proposal": (
        _row("encryption", _sets("proposal", "ciphers", partial(listed, IKE_CIPHERS))),
        _row("integrity", _sets("proposal", "digests", partial(listed, DIGESTS))),
        _row("prf", _sets("proposal", "prfs", partial(listed, DIGESTS))),
        _row("dh", _sets("proposal", "groups", ike_groups)),
    ),
    "ikev2-policy": (
        _row("proposal", _adds("policy", "proposals", title)),
        _row("priority", _sets("policy", "priority", bounded(1, _PRIORITY_MAX))),
        _row("match local", _adds("policy", "places", place)),
    ),
    "ikev2-keychain": (_row("peer", _peer, enters="ikev2-peer"),),
    "ikev2-peer": (
        _row("identity", _names("peer", "identity", fqdn)),
        _row("address", _key_address),
        _row("pre-shared-key", _key),
    ),
    "ikev2-profile": (
        _row("authentication-method local", _adds("profile", "own_proofs", one)),
        _row("authentication-method remote", _adds("profile", "peer_proofs", one)),
        _row("keychain", _names("profile", "keyring", title)),
        _row("identity local", _sets("profile", "own_identity", fqdn)),
        _row("match remote", _adds("profile", "remote", remote)),
        _row("match local", _adds("profile", "places", place)),
        _row("dpd", _sets("profile", "liveness_s", liveness)),
        _row("sa duration", _sets("profile", "lifetime_s", bounded(120, 86_400))),
        *inert("description | nat-keepalive | priority", _SAME),
    ),
    "ipsec-set": (
        _row(
            "esp encryption-algorithm", _sets("transforms", "ciphers", partial(listed, ESP_CIPHERS))
        ),
        _row(
            "esp authentication-algorithm",
            _sets("transforms", "digests", partial(listed, DIGESTS)),
        ),
        _row("encapsulation-mode", _sets("transforms", "tunnels", is_tunnel)),
        _row("protocol", _esp_alone),
        _row("pfs", _sets("transforms", "group", lambda words: group(one(words), "dh-group"))),
        *inert("description | esn enable | tfc enable", _SAME),
    ),
    "ipsec-policy": (*_PROTECTS, *_SELECTS),
    "ipsec-profile": _PROTECTS,
}

SYSTEM_ROWS: tuple[Command[SecPath], ...] = (
    _row("ikev2 proposal", _opens("proposals", "proposal", Proposal), enters="ikev2-proposal"),
    _row("ikev2 policy", _opens("policies", "policy", IkePolicy), enters="ikev2-policy"),
    _row("ikev2 keychain", _opens("keyrings", "keyring", Keyring), enters="ikev2-keychain"),
    _row("ikev2 profile", _opens("profiles", "profile", IkeProfile), enters="ikev2-profile"),
    _row("ikev2 dpd", _all_of("liveness_s", liveness)),
    _row("ipsec transform-set", _opens("sets", "transforms", TransformSet), enters="ipsec-set"),
    _row("ipsec policy", _policy, enters="ipsec-policy"),
    _row("ipsec policy-template", partial(_entry, "templates"), enters="ipsec-policy"),
    _row("ipsec profile", _protection, enters="ipsec-profile"),
    _row("ipsec sa global-duration time-based", _all_of("lifetime_s", bounded(180, 604_800))),
    *inert("ikev2 nat-keepalive | ikev2 cookie-challenge | ike nat-keepalive | ike logging", _SAME),
    *inert("ipsec sa global-duration traffic-based | ipsec logging | ipsec anti-replay", _SAME),
    *inert("ipsec global-df-bit | ipsec fragmentation | ipsec redundancy | ipsec limit", _SAME),
    *inert("ipsec decrypt-check enable", "it drops what no selector selects", may_undo=False),
    *_refuses("ike", IKEV1),
)
PORT_ROWS: tuple[Command[SecPath], ...] = (
    _row("source", _of_port("source", end)),
    _row("destination", _of_port("destination", one)),
    _row("tunnel protection ipsec profile", _protected),
    _row("ipsec apply policy", _of_port("applied", title)),
    *inert("ipsec df-bit | ipsec no-nat-process | tunnel dfbit enable | tunnel tos", _SAME),
    *inert("tunnel ttl | tunnel bandwidth | tunnel discard", _SAME),
    *(_size(field) for field in ("mtu", "mtu6", "segment")),
    *inert("ip mtu", _SAME),
    *_refuses("keepalive | gre key | gre checksum", "whether the other end does so, too"),
)
