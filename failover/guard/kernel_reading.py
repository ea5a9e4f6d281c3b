"""What nf_tables holds of the guard's table, read back place by place.

The same places as `ruleset.places_of`, so that the two can be compared. Whatever is there and is
not of our make gets a place too, and a word that is never ours.
"""

from __future__ import annotations

import errno
from collections.abc import Iterator
from ipaddress import ip_address
from typing import NamedTuple

from failover.guard import kernel_messages as nf
from failover.guard.netlink import (
    DUMP,
    Interrupted,
    NetlinkBroken,
    NetlinkRefusal,
    NetlinkSocket,
    Reply,
    Request,
    attributes,
    listed,
    name,
    number,
    text,
)
from failover.guard.ruleset import (
    COUNTER,
    PRIORITY_RAW,
    TABLE,
    Family,
    Rule,
    rule_text,
    set_text,
)

_TRIES_MAX = 20  # of one list; others may be changing their own tables all the while
_HEADER_BYTES = 4
_HOOK_NAMES = {hook: word for word, hook in nf.HOOKS.items()}
_FAMILIES = {protocol: family for family, protocol in nf.PROTOCOLS.items()}
_KEYS = {key: family for family, key in nf.KEY_TYPES.items()}
_FIELDS = {(offset, nf.KEY_BYTES[family]): (family, field)
           for (family, field), offset in nf.OFFSETS.items()}  # fmt: skip
_DORMANT = 1


class TableFound(NamedTuple):
    """The table, and at which generation of the kernel's rules it was begun to be read.

    Whatever changed while it was read belongs to a later generation: who compares reads it again.
    """

    generation: int
    handle: int  # another one each time the table is made; 0: there is none
    places: dict[str, str]


def read_generation(netlink: NetlinkSocket) -> int:
    """The number that grows by one with each transaction of anyone in this namespace.

    Raises:
        NetlinkBroken, NetlinkRefusal: the kernel does not say.
    """
    (reply,) = netlink.read(nf.message(nf.GET_GENERATION, 0))
    return number(attributes(reply.body[_HEADER_BYTES:]).get(nf.GENERATION_ID, b""))


def read_table(netlink: NetlinkSocket) -> TableFound:
    """The whole table.

    Raises:
        NetlinkBroken, NetlinkRefusal: the kernel does not say, or others change their rules faster
            than one list of ours can be read.
    """
    generation = read_generation(netlink)
    try:
        (reply,) = netlink.read(nf.message(nf.GET_TABLE, 0, text(nf.TABLE_NAME, TABLE)))
    except NetlinkRefusal as refusal:
        if refusal.code != errno.ENOENT:
            raise
        return TableFound(generation, 0, {})
    table = attributes(reply.body[_HEADER_BYTES:])
    flags = number(table.get(nf.TABLE_FLAGS, b""))
    state = "active" if flags == 0 else "dormant" if flags == _DORMANT else f"flags {flags:#x}"
    places = {f"table inet {TABLE}": state}
    for part in (_objects, _sets, _chains):
        places.update(part(netlink))
    return TableFound(generation, number(table.get(nf.TABLE_HANDLE, b"")), places)


def _of_table(
    netlink: NetlinkSocket, kind: int, table_attribute: int, *asked: bytes
) -> Iterator[dict[int, bytes]]:
    """Attributes of each thing of one kind in our table."""
    request = nf.message(kind, DUMP, text(table_attribute, TABLE), *asked)
    for reply in _undisturbed(netlink, request):
        found = attributes(reply.body[_HEADER_BYTES:])
        if name(found.get(table_attribute, b"")) == TABLE and reply.body[0] == nf.INET:
            yield found


def _undisturbed(netlink: NetlinkSocket, request: Request) -> list[Reply]:
    for _ in range(_TRIES_MAX):
        try:
            return netlink.read(request)
        except Interrupted:
            continue
    raise NetlinkBroken(f"the rules of this machine changed in each of {_TRIES_MAX} readings")


def _objects(netlink: NetlinkSocket) -> Iterator[tuple[str, str]]:
    for found in _of_table(netlink, nf.GET_OBJECT, nf.OBJECT_TABLE):
        kind = number(found.get(nf.OBJECT_TYPE, b""))
        called = name(found.get(nf.OBJECT_NAME, b""))
        if kind == nf.COUNTER_TYPE:
            yield f"counter {called}", "a counter"
        else:
            yield f"object {called}", f"type {kind}"


def _sets(netlink: NetlinkSocket) -> Iterator[tuple[str, str]]:
    for found in _of_table(netlink, nf.GET_SET, nf.SET_TABLE):
        called = name(found.get(nf.SET_NAME, b""))
        what = _set_text(found)
        yield f"set {called}", what
        if called.startswith("services_"):
            for element in _elements(netlink, called):
                yield f"set {called}, {element[0]}", element[1]


def _set_text(found: dict[int, bytes]) -> str:
    key, flags = number(found.get(nf.SET_KEY_TYPE, b"")), number(found.get(nf.SET_FLAGS, b""))
    family = _KEYS.get(key)
    if family is None or flags & ~nf.RUNS_OUT:
        return f"of key type {key} with flags {flags:#x}"
    what = set_text(family, runs_out=bool(flags & nf.RUNS_OUT))
    size = number(attributes(found.get(nf.SET_DESCRIPTION, b"")).get(nf.SET_SIZE, b""))
    timeout_ms = number(found.get(nf.SET_TIMEOUT, b""))
    if size:
        what += f"; size {size}"
    if timeout_ms:
        what += f"; timeout {timeout_ms}ms"
    return what


def _elements(netlink: NetlinkSocket, called: str) -> Iterator[tuple[str, str]]:
    asked = text(nf.ELEMENTS_SET, called)
    for found in _of_table(netlink, nf.GET_ELEMENTS, nf.ELEMENTS_TABLE, asked):
        for _, item in listed(found.get(nf.ELEMENTS_LIST, b"")):
            element = attributes(item)
            key = attributes(element.get(nf.ELEMENT_KEY, b"")).get(nf.VALUE, b"")
            address = str(ip_address(key)) if len(key) in (4, 16) else "an element without address"
            plain = not number(element.get(nf.ELEMENT_FLAGS, b""))
            lasting = nf.ELEMENT_TIMEOUT not in element
            yield address, "guarded" if plain and lasting else "not for ever, or more than one"


def _chains(netlink: NetlinkSocket) -> Iterator[tuple[str, str]]:
    for found in _of_table(netlink, nf.GET_CHAIN, nf.CHAIN_TABLE):
        called = name(found.get(nf.CHAIN_NAME, b""))
        yield f"chain {called}", _chain_text(found)
        asked = text(nf.RULE_CHAIN, called)
        rules = (
            rule
            for rule in _of_table(netlink, nf.GET_RULE, nf.RULE_TABLE, asked)
            if name(rule.get(nf.RULE_CHAIN, b"")) == called
        )
        for position, rule in enumerate(rules, start=1):
            yield f"chain {called}, rule {position}", _rule_text(rule)


def _chain_text(found: dict[int, bytes]) -> str:
    hook = attributes(found.get(nf.CHAIN_HOOK, b""))
    if not hook:
        return "not at any hook"
    where = number(hook.get(nf.HOOK_NUMBER, b""))
    priority = int.from_bytes(hook.get(nf.HOOK_PRIORITY, b""), "big", signed=True)
    policy = number(found.get(nf.CHAIN_POLICY, b""))
    return (
        f"type {name(found.get(nf.CHAIN_TYPE, b''))} hook {_HOOK_NAMES.get(where, where)} "
        f"priority {'raw' if priority == PRIORITY_RAW else priority}; "
        f"policy {'accept' if policy == nf.ACCEPT else 'drop'};"
    )


# --- rules ---------------------------------------------------------------------------------


class _Foreign(Exception):
    """An expression that none of our rules has."""


class _RuleReader:
    """Follows the expressions of a rule as the kernel does, in the one register that we use."""

    def __init__(self) -> None:
        self.register = ""  # what it holds: "protocol", "daddr", "saddr"
        self.family: Family | None = None
        self.field = ""
        self.sets: list[str] = []
        self.counts = False
        self.passes: bool | None = None

    def take(self, expression: str, data: dict[int, bytes]) -> None:
        """Read one expression."""
        reader = _READERS.get(expression)
        if reader is None or self.passes is not None:
            raise _Foreign
        reader(self, data)

    def rule(self) -> Rule:
        """What they were together."""
        if self.family is None or self.passes is None or self.counts is self.passes:
            raise _Foreign
        return Rule(self.family, self.field, tuple(self.sets), self.passes)

    def meta(self, data: dict[int, bytes]) -> None:
        """The packet's protocol."""
        _expect(data, {nf.META_TO: nf.REGISTER, nf.META_KEY: nf.PROTOCOL_KEY})
        self.register = "protocol"

    def compare(self, data: dict[int, bytes]) -> None:
        """It is IPv4, or IPv6."""
        _expect(data, {nf.COMPARE_FROM: nf.REGISTER, nf.COMPARE_BY: nf.EQUAL})
        value = attributes(data.get(nf.COMPARE_WITH, b"")).get(nf.VALUE, b"")
        if self.register != "protocol" or self.family is not None:
            raise _Foreign
        self.family = _FAMILIES.get(number(value))

    def payload(self, data: dict[int, bytes]) -> None:
        """One of its addresses."""
        _expect(data, {nf.PAYLOAD_TO: nf.REGISTER, nf.PAYLOAD_BASE: nf.NETWORK_HEADER})
        where = number(data.get(nf.PAYLOAD_OFFSET, b"")), number(data.get(nf.PAYLOAD_BYTES, b""))
        family, field = _FIELDS.get(where, (None, ""))
        if family is None or family is not self.family or self.field not in ("", field):
            raise _Foreign
        self.register = self.field = field

    def lookup(self, data: dict[int, bytes]) -> None:
        """It is in a set."""
        _expect(data, {nf.LOOKUP_FROM: nf.REGISTER, nf.LOOKUP_FLAGS: 0})
        if self.register != self.field or not self.field or nf.LOOKUP_TO in data:
            raise _Foreign
        self.sets.append(name(data.get(nf.LOOKUP_SET, b"")))

    def reference(self, data: dict[int, bytes]) -> None:
        """It is counted."""
        _expect(data, {nf.REFERENCE_TYPE: nf.COUNTER_TYPE})
        if name(data.get(nf.REFERENCE_NAME, b"")) != COUNTER:
            raise _Foreign
        self.counts = True

    def immediate(self, data: dict[int, bytes]) -> None:
        """It passes, or not."""
        _expect(data, {nf.IMMEDIATE_TO: nf.TO_VERDICT})
        verdict = attributes(attributes(data.get(nf.IMMEDIATE_DATA, b"")).get(nf.VERDICT, b""))
        code = number(verdict.get(nf.VERDICT_CODE, b""))
        if code not in (nf.ACCEPT, nf.DROP):
            raise _Foreign
        self.passes = code == nf.ACCEPT


_READERS = {
    "meta": _RuleReader.meta,
    "cmp": _RuleReader.compare,
    "payload": _RuleReader.payload,
    "lookup": _RuleReader.lookup,
    "objref": _RuleReader.reference,
    "immediate": _RuleReader.immediate,
}


def _expect(data: dict[int, bytes], wanted: dict[int, int]) -> None:
    if any(number(data.get(kind, b"")) != value for kind, value in wanted.items()):
        raise _Foreign


def _rule_text(found: dict[int, bytes]) -> str:
    """The rule in nft's words; of a rule that is not of our make, what its expressions are."""
    reader, names = _RuleReader(), list[str]()
    ours = True
    for _, item in listed(found.get(nf.RULE_EXPRESSIONS, b"")):
        expression = attributes(item)
        names.append(name(expression.get(nf.EXPRESSION_NAME, b"")))
        try:
            reader.take(names[-1], attributes(expression.get(nf.EXPRESSION_DATA, b"")))
        except _Foreign:
            ours = False
    try:
        return rule_text(reader.rule()) if ours else f"a rule of another make: {', '.join(names)}"
    except _Foreign:
        return f"a rule of another make: {', '.join(names)}"
