"""The tunnels of a USG or an AR router, from what is bound to interfaces.

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
from telemed_infra.parse.management.lists import AccessList
from telemed_infra.parse.tunnels import EVERYTHING, Flow, selectors
from telemed_infra.parse.virtual_routers import Refuse
from telemed_infra.parse.vrp.tunnels_gre import Wrapped, plain, plain_gre, wrapped
from telemed_infra.parse.vrp.tunnels_selectors import GRE, NotASelector, flow
from telemed_infra.parse.vrp.tunnels_state import (
    EndsTunnels,
    Lack,
    Off,
    Part,
    Policy,
    Said,
    TunnelPort,
)
from telemed_infra.parse.vrp.tunnels_suites import esp_suite, ike_suite
from telemed_infra.tunnels import EspSuite, Mode, Selector, Tunnel

IKE_S, ESP_S, IDLE_S, PREFERENCE = 86_400, 3600, 30, 60
"""Lifetimes, silence and the preference of routes where no line sets them."""
NO_ROUTE = "no route stands just while the tunnel does: write `route inject dynamic`"


class TunnelsRead(NamedTuple):
    """The tunnels of a text, where each begins, and what nothing uses."""

    tunnels: tuple[Tunnel, ...]
    lines: Mapping[str, int]
    unused: tuple[str, ...]


class Selected(NamedTuple):
    """What a policy's access list selects, and where it is named."""

    own: Selector
    peer: Selector
    line: int
    gre: bool  # GRE alone; else every packet


def tunnels_of(state: EndsTunnels, refuse: Refuse, esp_defaults: Mapping[str, str]) -> TunnelsRead:
    """What is bound, and whole.

    `esp_defaults`: the platform's algorithms where no line sets them, by the head of such a line.
    """
    reader = _Reader(state, esp_defaults)
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
            except Lack as lack:
                refuse(lack.line, lack.why)
            except Off:
                continue
    wrapping = {one.interface for one in found if one.mode is Mode.GRE}
    for line in plain_gre(state.ports, wrapping):
        refuse(line, "it is GRE in plain, or in what is no tunnel: what it carries can be read")
    lines = {
        _remote_name(peer): peer.line for peer in state.ipsec.peers.values() if _remote_name(peer)
    }
    return TunnelsRead(tuple(found), lines, tuple(reader.unused(bound)))


def _remote_name(peer: Part) -> str:
    typed = peer.said.get("remote-id-type")
    return peer.first("remote-id") or (typed.words[1] if typed and len(typed.words) > 1 else "")


class _Reader:
    """Looks parts up, and remembers which were asked for."""

    def __init__(self, state: EndsTunnels, esp_defaults: Mapping[str, str]) -> None:
        self._esp_defaults = esp_defaults
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
            Lack: a part that it needs is not there, or is not modelled.
            Off: it is switched off.
        """
        peer = self._part("ike peer", self._ipsec.peers, entry, "ike-peer")
        proposal = self._part("ike proposal", self._ipsec.proposals, peer, "ike-proposal")
        transform = self._part("ipsec proposal", self._ipsec.transforms, entry, "proposal")
        port = self._state.ports[interface]
        if "policy enable" in entry.off or port.shut or self._shut(interface):
            raise Off
        if interface.startswith("Tunnel") and port.bound.protocol != "ipsec":
            raise Lack(port.line, "the interface is no tunnel of IPsec: `tunnel-protocol`")
        own_address = self._own_address(port, entry, peer)
        peer_address = _peer_address(peer, answers=answers)
        selected = self._selectors(entry, answers=answers)
        esp = esp_suite(transform, entry, self._esp_defaults)
        self._check_digest(esp)
        found = Tunnel(
            interface=interface,
            below=self._below(interface, own_address, entry),
            own_address=own_address,
            peer_address=peer_address,
            own_identity=self._identity(peer),
            peer_identity=_peer_identity(peer),
            secret=_needed(peer, "pre-shared-key", "a secret"),
            starts=not answers and _at_once(port, entry),
            own=selected.own,
            peer=selected.peer,
            preference=_preference(entry),
            ike=ike_suite(proposal, peer),
            esp=esp,
            ike_lifetime_s=int(proposal.first("sa duration") or IKE_S),
            esp_lifetime_s=int(
                entry.first("sa duration time-based")
                or self._ipsec.system.first("ipsec sa global-duration time-based")
                or ESP_S
            ),
            liveness_s=self._liveness(peer),
            mode=_mode(transform, selected),
        )
        if found.mode is Mode.GRE:
            return self._over_circuit(found, entry, selected, answers=answers)
        if not answers and not found.starts:
            raise Lack(entry.line, "it begins with the first packet: a template only answers")
        if "route inject" not in entry.said:
            raise Lack(entry.line, NO_ROUTE)
        return found

    def _over_circuit(
        self, found: Tunnel, entry: Policy, selected: Selected, *, answers: bool
    ) -> Tunnel:
        """With the tunnel of GRE that it wraps, in place of the port.

        GRE that is watched always has a packet, which begins what nothing else does.
        """
        if answers:
            raise Lack(entry.line, "GRE is wrapped by a policy of its own, not by a template")
        ends = Wrapped(found.below, _both(found), selected.line)
        most = self._ipsec.system.said.get("firewall tcp-mss")
        interface, mtu = wrapped(self._state.ports, ends, (found.own, found.peer), most)
        return found._replace(interface=interface, mtu=mtu, starts=True)

    def _part(self, kind: str, table: Mapping[str, Part], of: Part, head: str) -> Part:
        names = of.said.get(head, Said((), of.line))
        if len(names.words) > 1:
            raise Lack(names.line, f"of several, the other end takes its choice: one {kind}")
        name = of.first(head)
        self._used.add(f"{kind} {name}")
        if name not in table:
            raise Lack(names.line, f"there is no {kind} {name or 'named'}")
        return table[name]

    def _shut(self, interface: str) -> bool:
        parent = self._state.ports.get(interface.partition(".")[0])
        return parent is not None and parent.shut

    def _own_address(self, port: TunnelPort, entry: Policy, peer: Part) -> int:
        said = [one.said[head] for one, head in ((entry, "tunnel local"), (peer, "local-address"))
                if head in one.said and one.said[head].words != ("applied-interface",)]  # fmt: skip
        source = port.bound.source
        if source and source.words[0][:1].isdigit():
            said.append(source)
        found = {int(IPv4Address(one.words[0])) for one in said}
        if len(found) > 1:
            raise Lack(said[-1].line, "two addresses of its own: one would not be answered")
        if not found:
            holder = self._state.ports.get(source.words[0]) if source else port
            found = {plain(one) for one in (holder.addresses if holder else ()) if ":" not in one}
        if len(found) != 1:
            raise Lack(entry.line, "its own address is not said: write `tunnel local`")
        return found.pop()

    def _below(self, interface: str, address: int, entry: Policy) -> str:
        """The interface that answers at the address, by itself or by a virtual router."""
        if not interface.startswith("Tunnel"):
            return interface
        for name, port in self._state.ports.items():
            own = {plain(one) for one in port.addresses if ":" not in one}
            shared = {one for group in port.groups.values() for one in group.addresses}
            if address in own | shared and name != interface:
                return name
        place = entry.place("tunnel local")
        raise Lack(place, f"no interface answers at {IPv4Address(address)}")

    def _selectors(self, entry: Policy, *, answers: bool) -> Selected:
        """What the access list pairs; an answering end without one takes what it is offered."""
        title, line = entry.first("security acl"), entry.place("security acl")
        if not title:
            if answers:
                return Selected(EVERYTHING, EVERYTHING, line, gre=False)
            raise Lack(line, "it selects no packets: write `security acl`")
        held = self._state.management.lists.get(title)
        if held is None or not held.rules:
            raise Lack(line, f"there is no acl {title}, or it is empty")
        if held.family is not Family.V4:
            raise Lack(line, "selectors of IPv6 are not modelled here")
        protocols = {rule.protocol for rule, _ in held.rules.values()}
        if len(protocols) > 1:
            raise Lack(line, "its rules select more than one protocol")
        try:
            return Selected(*selectors(self._flows(held)), line, gre=protocols == {GRE})
        except ValueError as error:
            raise Lack(line, str(error)) from None

    def _flows(self, held: AccessList) -> Iterator[Flow]:
        for rule, place in held.rules.values():
            try:
                yield flow(rule, self._ipsec.rules.get(place, ()))
            except NotASelector as error:
                raise Lack(place, str(error)) from None

    def _identity(self, peer: Part) -> str:
        typed = peer.said.get("local-id-type", Said(("ip",), peer.line))
        if typed.words[0] not in ("fqdn", "name"):
            raise Lack(typed.line, "it is known by its address: write `local-id-type fqdn`")
        name = (*typed.words[1:], peer.first("local-id"))[0]
        name = name or self._ipsec.system.first("ike local-name")
        if not name:
            raise Lack(peer.line, "it has no name: write `local-id`")
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
            raise Lack(said.line, "digests of SHA-2 are cut as older releases cut them")


# Parts --------------------------------------------------------------------------------------------


def _needed(part: Part, head: str, what: str) -> str:
    found = part.first(head)
    if not found:
        raise Lack(part.line, f"it needs {what}: write `{head}`")
    return found


def _peer_address(peer: Part, *, answers: bool) -> int | None:
    found = peer.first("remote-address")
    if found:
        return int(IPv4Address(found))
    if not answers:
        raise Lack(peer.line, "to begin, it needs the other end's `remote-address`")
    if "nat traversal" in peer.off:
        raise Lack(peer.place("nat traversal"), "from behind a translation nobody comes in")
    return None


def _peer_identity(peer: Part) -> str:
    typed = peer.said.get("remote-id-type", Said(("any",), peer.line))
    name = _remote_name(peer)
    if typed.words[0] not in ("fqdn", "name") or not name:
        raise Lack(typed.line, "any name would do: `remote-id-type fqdn` and `remote-id`")
    return name


def _at_once(port: TunnelPort, entry: Policy) -> bool:
    """Whether it begins without a packet to send."""
    assert port.bound.policy is not None  # that brought us here
    return "auto-neg" in port.bound.policy.words or entry.first("sa trigger-mode") == "auto"


def _preference(entry: Policy) -> int:
    """Of its routes; 0: it makes none."""
    said = entry.said.get("route inject")
    if said is None:
        return 0
    if said.words[0] != "dynamic":
        raise Lack(said.line, NO_ROUTE)
    return int(said.words[1]) if len(said.words) > 1 else PREFERENCE


def _mode(transform: Part, selected: Selected) -> Mode:
    """GRE goes in transport mode, and nothing else does."""
    wraps = transform.first("encapsulation-mode") or "tunnel"
    place = transform.place("encapsulation-mode")
    if selected.gre and wraps != "transport":
        raise Lack(place, "GRE needs no third pair of addresses: `encapsulation-mode transport`")
    if not selected.gre and wraps != "tunnel":
        raise Lack(place, "the inner addresses may show: write `encapsulation-mode tunnel`")
    return Mode.GRE if selected.gre else Mode.TUNNEL


def _both(tunnel: Tunnel) -> tuple[int, int]:
    assert tunnel.own_address is not None  # a policy's interface has one
    assert tunnel.peer_address is not None  # who begins knows it
    return tunnel.own_address, tunnel.peer_address
