"""AAA servers: the groups that method lists name, and who stands in them."""

from __future__ import annotations

from typing import NamedTuple

from telemed_infra.management_plane import AaaServer, Method
from telemed_infra.parse.frr.engine import Unreadable
from telemed_infra.parse.ios.plane.context import Context, Words
from telemed_infra.parse.ios.plane.sayings import Block, Said

_GROUPS = {"tacacs+": Method.TACACS, "radius": Method.RADIUS}
_PORTS = {Method.TACACS: ("49",), Method.RADIUS: ()}


class Group(NamedTuple):
    """A group of servers: the protocol, the servers in order, the source that clients take."""

    method: Method
    servers: tuple[AaaServer, ...]
    source: Said | None


def group(context: Context, name: str, by: Said) -> Group | None:
    """The group of a name; None, and a complaint about the line, if nothing defines it."""
    if name in _GROUPS:
        return Group(_GROUPS[name], _all(context, name), _source(context, name, None))
    for kind, method in _GROUPS.items():
        block = context.plane.named(f"aaa group server {kind}").get(name)
        if block is not None:
            found = _members(context, kind, block)
            return Group(method, found, _source(context, kind, block))
    context.refuse(by, f"there is no group of servers {name}")
    return None


def check_clients(context: Context, servers: tuple[AaaServer, ...]) -> None:
    """Who may change what a port's host got: the servers that are asked about it, nobody else."""
    known = {one.address for one in servers}
    for block in context.plane.named("aaa server radius").values():
        for said in block.said.all("client").values():
            if context.value(lambda text: Words(text).address(), said) not in known:
                context.refuse(said, "no such server is asked about hosts, and it may open ports")


def _word(kind: str) -> str:
    """`tacacs` or `radius`, as commands begin."""
    return kind.removesuffix("+")


def _source(context: Context, kind: str, block: Block | None) -> Said | None:
    head = f"ip {_word(kind)} source-interface"
    own = block.said.one(head) if block else None
    return own or context.said.one(head)


def _all(context: Context, kind: str) -> tuple[AaaServer, ...]:
    """Every server of a protocol, in the order of the text."""
    blocks = context.plane.named(f"{_word(kind)} server")
    hosts = context.said.all(f"{_word(kind)}-server host")
    found = [(block.line, _server(context, kind, name)) for name, block in blocks.items()]
    found += [(said.line, _host(context, kind, said)) for said in hosts.values()]
    return tuple(one for _, one in sorted(found, key=lambda one: one[0]) if one is not None)


def _members(context: Context, kind: str, block: Block) -> tuple[AaaServer, ...]:
    found = []
    for head, said in block.said.in_order("server name", "server-private", "server"):
        if head == "server name":
            if said.text not in context.plane.named(f"{_word(kind)} server"):
                context.refuse(said, f"there is no {_word(kind)} server {said.text}")
                continue
            found.append(_server(context, kind, said.text))
        else:
            found.append(_host(context, kind, said, is_private=head == "server-private"))
    return tuple(one for one in found if one is not None)


def _server(context: Context, kind: str, name: str) -> AaaServer | None:
    """`tacacs server NAME`, `radius server NAME`."""
    block = context.plane.named(f"{_word(kind)} server")[name]
    address, key, port = (block.said.one(head) for head in ("address", "key", "port"))
    if address is None:
        context.refuse(Said("", block.line), "the server has no address")
        return None
    if port is not None and port.text not in _PORTS[_GROUPS[kind]]:
        context.refuse(port, "only the usual port is modelled")
    where = context.value(_address, address)
    secret = context.value(lambda text: Words(text).secret(), key) if key else None
    return AaaServer(where, secret or _shared(context, kind)) if where else None


def _address(text: str) -> str:
    """`ipv4 A [auth-port 1812] [acct-port 1813]`."""
    words = Words(text)
    words.one_of("ipv4", "ipv6")
    found = words.address()
    _usual_ports(words)
    words.end()
    return found


def _usual_ports(words: Words) -> None:
    while kind := words.take("auth-port", "acct-port", "port", "timeout", "retransmit",
                             "single-connection"):  # fmt: skip
        if kind in ("timeout", "retransmit"):
            words.number(1, 1000)
        elif kind != "single-connection":
            known = {"auth-port": (1812, 1645), "acct-port": (1813, 1646), "port": (49,)}[kind]
            if words.number(0, 65535) not in known:
                raise Unreadable("only the usual port is modelled")


def _host(context: Context, kind: str, said: Said, *, is_private: bool = True) -> AaaServer | None:
    """`tacacs-server host A …`, `server-private A … key K`; `server A` names one of the first."""

    def meaning(text: str) -> AaaServer:
        words = Words(text)
        where = words.address()
        _usual_ports(words)
        secret = words.secret() if words.take("key") else ""
        words.end()
        return AaaServer(where, secret or _shared(context, kind))

    found = context.value(meaning, said)
    if is_private or found is None:
        return found
    hosts = context.said.all(f"{_word(kind)}-server host").values()
    known = [one for host in hosts if (one := context.value(meaning, host))]
    same = [one for one in known if one.address == found.address]
    if not same:
        context.refuse(said, f"there is no {_word(kind)}-server host {found.address}")
    return same[-1] if same else None


def _shared(context: Context, kind: str) -> str:
    said = context.said.one(f"{_word(kind)}-server key")
    return (context.value(lambda text: Words(text).secret(), said) or "") if said else ""
