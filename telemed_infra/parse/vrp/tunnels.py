"""The tunnels of a USG, from what is bound to interfaces: policy, peer, proposals, selectors.

What a line leaves out holds by default; where the default is none of ours, or differs between
releases, the part's first line is unread and says what to write. A part that is shut or switched
off carries no tunnel, and is no fault of the text. Source: docs/reference/platforms.md, "Tunnels,
as they are read".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from ipaddress import IPv4Address
from typing import NamedTuple

from telemed_infra.packets import Family
from telemed_infra.parse.tunnels import EVERYTHING, Flow, group_number, selectors
from telemed_infra.parse.virtual_routers import Refuse
from telemed_infra.parse.vrp.tunnels_selectors import NotASelector, flow
from telemed_infra.parse.vrp.tunnels_state import Part, Policy, Said
from telemed_infra.parse.vrp.usg_state import Port, Usg
from telemed_infra.tunnels import AEAD, EspSuite, IkeSuite, Selector, Tunnel

IKE_S, ESP_S, IDLE_S, PREFERENCE = 86_400, 3600, 30, 60
"""Lifetimes, silence and the preference of routes where no line sets them."""
ESP_DEFAULTS = {"esp encryption-algorithm": "aes-256", "esp authentication-algorithm": "sha-256"}
_CIPHERS = {
    "aes-256": "aes-256", "aes-cbc-256": "aes-256", "aes-192": "aes-192", "aes-cbc-192": "aes-192",
    "aes-128": "aes-128", "aes-cbc-128": "aes-128", "3des": "3des", "des": "des", "sm4": "sm4",
    "sm1": "sm1", "aes-256-gcm": "aes-256-gcm", "aes-256-gcm-128": "aes-256-gcm",
    "aes-gcm-256": "aes-256-gcm", "aes-128-gcm-128": "aes-128-gcm", "aes-gcm-128": "aes-128-gcm",
}  # fmt: skip
_COMBINED = AEAD | {"aes-128-gcm"}
_DIGESTS = {
    "sha2-256": "sha-256", "sha2-384": "sha-384", "sha2-512": "sha-512", "sm3": "sm3",
    "sha1": "sha", "md5": "md5",
}  # fmt: skip
_HMACS = {
    **{f"hmac-{word}": plain for word, plain in _DIGESTS.items()},
    "hmac-sha1-96": "sha", "hmac-md5-96": "md5",
}  # fmt: skip


class TunnelsRead(NamedTuple):
    """The tunnels of a text, where each begins, and what nothing uses."""

    tunnels: tuple[Tunnel, ...]
    lines: Mapping[str, int]
    unused: tuple[str, ...]


class _Lack(Exception):
    """What a tunnel needs, and the line that should say it."""

    def __init__(self, line: int, why: str) -> None:
        super().__init__(why)
        self.line = line
        self.why = why


class _Off(Exception):
    """A part is switched off, so there is no tunnel."""


def tunnels_of(state: Usg, refuse: Refuse) -> TunnelsRead:
    """What is bound, and whole."""
    reader = _Reader(state)
    found: list[Tunnel] = []
    bound: dict[str, str] = {}
    for name, port in state.ports.items():
        if port.bound.policy is None:
            continue
        group, line = port.bound.policy.words[0], port.bound.policy.line
        if group in bound:
            refuse(line, f"{bound[group]} has the policy already, and one interface alone may")
            continue
        bound[group] = name
        for entry, answers in reader.entries(group, line, refuse):
            try:
                found.append(reader.tunnel(name, entry, answers=answers))
            except _Lack as lack:
                refuse(lack.line, lack.why)
            except _Off:
                continue
    lines = {
        _remote_name(peer): peer.line for peer in state.ipsec.peers.values() if _remote_name(peer)
    }
    return TunnelsRead(tuple(found), lines, tuple(reader.unused(bound)))


def _remote_name(peer: Part) -> str:
    typed = peer.said.get("remote-id-type")
    return peer.first("remote-id") or (typed.words[1] if typed and len(typed.words) > 1 else "")


class _Reader:
    """Looks parts up, and remembers which were asked for."""

    def __init__(self, state: Usg) -> None:
        self._state = state
        self._ipsec = state.ipsec
        self._used: set[str] = set()

    def entries(self, group: str, line: int, refuse: Refuse) -> Iterator[tuple[Policy, bool]]:
        """The policies of a group in their order, and whether each only answers."""
        known = self._ipsec.policies.get(group)
        if not known:
            refuse(line, f"there is no ipsec policy {group}")
            return
        templates = 0
        for _, entry in sorted(known.items()):
            if not entry.template:
                yield entry, False
                continue
            templates += 1
            self._used.add(f"ipsec policy-template {entry.template}")
            answering = self._ipsec.templates.get(entry.template)
            if entry.said or templates > 1 or not answering:
                refuse(entry.line, "a policy has one template, which exists, and no lines of it")
                continue
            for _, template in sorted(answering.items()):
                yield template, True

    def unused(self, bound: Mapping[str, str]) -> Iterator[str]:
        """Parts that no bound policy leads to; `default` is always printed."""
        parts = (
            *(f"ipsec policy {name}" for name in self._ipsec.policies if name not in bound),
            *(f"ipsec policy-template {name}" for name in self._ipsec.templates),
            *(f"ike peer {name}" for name in self._ipsec.peers),
            *(f"ike proposal {name}" for name in self._ipsec.proposals if name != "default"),
            *(f"ipsec proposal {name}" for name in self._ipsec.transforms),
        )
        yield from (one for one in parts if one not in self._used)

    def tunnel(self, interface: str, entry: Policy, *, answers: bool) -> Tunnel:
        """One entry's tunnel.

        Raises:
            _Lack: a part that it needs is not there, or is not modelled.
            _Off: it is switched off.
        """
        peer = self._part("ike peer", self._ipsec.peers, entry, "ike-peer")
        proposal = self._part("ike proposal", self._ipsec.proposals, peer, "ike-proposal")
        transform = self._part("ipsec proposal", self._ipsec.transforms, entry, "proposal")
        port = self._state.ports[interface]
        if "policy enable" in entry.off or port.shut or self._shut(interface):
            raise _Off
        if interface.startswith("Tunnel") and port.bound.protocol != "ipsec":
            raise _Lack(port.line, "the interface is no tunnel of IPsec: `tunnel-protocol`")
        own_address = self._own_address(port, entry, peer)
        own, other = self._selectors(entry, answers=answers)
        esp = _esp(transform, entry)
        self._check_digest(esp)
        return Tunnel(
            interface=interface,
            below=self._below(interface, own_address, entry),
            own_address=own_address,
            peer_address=_peer_address(peer, answers=answers),
            own_identity=self._identity(peer),
            peer_identity=_peer_identity(peer),
            secret=_needed(peer, "pre-shared-key", "a secret"),
            starts=not answers and _begins(port, entry),
            own=own,
            peer=other,
            preference=_preference(entry),
            ike=_ike(proposal, peer),
            esp=esp,
            ike_lifetime_s=int(proposal.first("sa duration") or IKE_S),
            esp_lifetime_s=int(
                entry.first("sa duration time-based")
                or self._ipsec.system.first("ipsec sa global-duration time-based")
                or ESP_S
            ),
            liveness_s=self._liveness(peer),
        )

    def _part(self, kind: str, table: Mapping[str, Part], of: Part, head: str) -> Part:
        names = of.said.get(head, Said((), of.line))
        if len(names.words) > 1:
            raise _Lack(names.line, f"of several, the other end takes its choice: one {kind}")
        name = of.first(head)
        self._used.add(f"{kind} {name}")
        if name not in table:
            raise _Lack(names.line, f"there is no {kind} {name or 'named'}")
        return table[name]

    def _shut(self, interface: str) -> bool:
        parent = self._state.ports.get(interface.partition(".")[0])
        return parent is not None and parent.shut

    def _own_address(self, port: Port, entry: Policy, peer: Part) -> int:
        said = [one.said[head] for one, head in ((entry, "tunnel local"), (peer, "local-address"))
                if head in one.said and one.said[head].words != ("applied-interface",)]  # fmt: skip
        source = port.bound.source
        if source and source.words[0][:1].isdigit():
            said.append(source)
        found = {int(IPv4Address(one.words[0])) for one in said}
        if len(found) > 1:
            raise _Lack(said[-1].line, "two addresses of its own: one would not be answered")
        if not found:
            holder = self._state.ports.get(source.words[0]) if source else port
            found = {_plain(one) for one in (holder.addresses if holder else ()) if ":" not in one}
        if len(found) != 1:
            raise _Lack(entry.line, "its own address is not said: write `tunnel local`")
        return found.pop()

    def _below(self, interface: str, address: int, entry: Policy) -> str:
        """The interface that answers at the address, by itself or by a virtual router."""
        if not interface.startswith("Tunnel"):
            return interface
        for name, port in self._state.ports.items():
            own = {_plain(one) for one in port.addresses if ":" not in one}
            shared = {one for group in port.groups.values() for one in group.addresses}
            if address in own | shared and name != interface:
                return name
        place = entry.place("tunnel local")
        raise _Lack(place, f"no interface answers at {IPv4Address(address)}")

    def _selectors(self, entry: Policy, *, answers: bool) -> tuple[Selector, Selector]:
        """What the access list pairs; an answering end without one takes what it is offered."""
        title, line = entry.first("security acl"), entry.place("security acl")
        if not title:
            if answers:
                return EVERYTHING, EVERYTHING
            raise _Lack(line, "it selects no packets: write `security acl`")
        held = self._state.management.lists.get(title)
        if held is None or not held.rules:
            raise _Lack(line, f"there is no acl {title}, or it is empty")
        flows: list[Flow] = []
        for rule, place in held.rules.values():
            try:
                flows.append(flow(rule, self._ipsec.rules.get(place, ())))
            except NotASelector as error:
                raise _Lack(place, str(error)) from None
        if held.family is not Family.V4:
            raise _Lack(line, "selectors of IPv6 are not modelled here")
        try:
            return selectors(flows)
        except ValueError as error:
            raise _Lack(line, str(error)) from None

    def _identity(self, peer: Part) -> str:
        typed = peer.said.get("local-id-type", Said(("ip",), peer.line))
        if typed.words[0] not in ("fqdn", "name"):
            raise _Lack(typed.line, "it is known by its address: write `local-id-type fqdn`")
        name = (*typed.words[1:], peer.first("local-id"))[0]
        name = name or self._ipsec.system.first("ike local-name")
        if not name:
            raise _Lack(peer.line, "it has no name: write `local-id`")
        return name

    def _liveness(self, peer: Part) -> int:
        """After how much silence it asks by itself; 0: only if it has something to send."""
        system = self._ipsec.system
        if (peer.first("dpd type") or system.first("ike dpd type")) != "periodic":
            return 0
        said = (
            peer.first("dpd idle-time")
            or system.first("ike dpd idle-time")
            or system.first("ike dpd interval")
        )
        return int(said or IDLE_S)

    def _check_digest(self, esp: EspSuite) -> None:
        said = self._ipsec.system.said.get("ipsec sha2 compatible enable")
        if said and esp.integrity.startswith("sha-"):
            raise _Lack(said.line, "digests of SHA-2 are cut as older releases cut them")


# Parts --------------------------------------------------------------------------------------------


def _needed(part: Part, head: str, what: str) -> str:
    found = part.first(head)
    if not found:
        raise _Lack(part.line, f"it needs {what}: write `{head}`")
    return found


def _peer_address(peer: Part, *, answers: bool) -> int | None:
    found = peer.first("remote-address")
    if found:
        return int(IPv4Address(found))
    if not answers:
        raise _Lack(peer.line, "to begin, it needs the other end's `remote-address`")
    if "nat traversal" in peer.off:
        raise _Lack(peer.place("nat traversal"), "from behind a translation nobody comes in")
    return None


def _peer_identity(peer: Part) -> str:
    typed = peer.said.get("remote-id-type", Said(("any",), peer.line))
    name = _remote_name(peer)
    if typed.words[0] not in ("fqdn", "name") or not name:
        raise _Lack(typed.line, "any name would do: `remote-id-type fqdn` and `remote-id`")
    return name


def _begins(port: Port, entry: Policy) -> bool:
    assert port.bound.policy is not None  # that brought us here
    if "auto-neg" in port.bound.policy.words or entry.first("sa trigger-mode") == "auto":
        return True
    raise _Lack(entry.line, "it begins with the first packet: a template only answers")


def _preference(entry: Policy) -> int:
    said = entry.said.get("route inject", Said((), entry.line))
    if said.words[:1] != ("dynamic",):
        raise _Lack(
            said.line, "no route stands just while the tunnel does: write `route inject dynamic`"
        )
    return int(said.words[1]) if len(said.words) > 1 else PREFERENCE


def _ike(proposal: Part, peer: Part) -> IkeSuite:
    if "version 1" not in peer.off:
        raise _Lack(peer.line, "IKEv1 is answered, too: write `undo version 1`")
    if "version 2" in peer.off:
        raise _Lack(peer.place("version 2"), "IKEv2 is off")
    if proposal.first("authentication-method") not in ("", "pre-share"):
        line = proposal.place("authentication-method")
        raise _Lack(line, "a shared secret is what is modelled: `pre-share`")
    cipher = _algorithm(proposal, "encryption-algorithm", _CIPHERS)
    combined = cipher in _COMBINED
    integrity = "" if combined else _algorithm(proposal, "integrity-algorithm", _HMACS)
    return IkeSuite(
        cipher, integrity, _algorithm(proposal, "prf", _HMACS), _group(proposal, "dh", "group")
    )


def _esp(transform: Part, entry: Policy) -> EspSuite:
    if transform.first("transform") not in ("", "esp"):
        raise _Lack(transform.place("transform"), "ESP alone is modelled")
    if transform.first("encapsulation-mode") not in ("", "tunnel"):
        line = transform.place("encapsulation-mode")
        raise _Lack(line, "the inner addresses may show: write `encapsulation-mode tunnel`")
    cipher = _of_esp(transform, "esp encryption-algorithm", _CIPHERS)
    combined = cipher in _COMBINED
    digest = "" if combined else _of_esp(transform, "esp authentication-algorithm", _DIGESTS)
    return EspSuite(cipher, digest, _group(entry, "pfs", "dh-group") if "pfs" in entry.said else 0)


def _of_esp(transform: Part, head: str, known: Mapping[str, str]) -> str:
    """As a line says, or the platform's default, which is documented."""
    return _algorithm(transform, head, known) if head in transform.said else ESP_DEFAULTS[head]


def _algorithm(part: Part, head: str, known: Mapping[str, str]) -> str:
    word = _single(part, head)
    if word not in known:
        raise _Lack(part.place(head), f"{word} is no algorithm that is known here")
    return known[word]


def _group(part: Part, head: str, prefix: str) -> int:
    try:
        return group_number(_single(part, head), prefix)
    except ValueError as error:
        raise _Lack(part.place(head), str(error)) from None


def _single(part: Part, head: str) -> str:
    said = part.said.get(head)
    if said is None:
        raise _Lack(part.line, f"the default differs between releases: write `{head}`")
    if len(said.words) != 1:
        raise _Lack(said.line, "of several algorithms, the other end takes its choice")
    return said.words[0]


def _plain(text: str) -> int:
    """The address of `a/len`."""
    return int(IPv4Address(text.partition("/")[0]))
