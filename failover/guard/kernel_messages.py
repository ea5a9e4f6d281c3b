"""What the guard tells nf_tables: elements into sets, sets emptied, the whole table made anew.

Pure: requests as values. Source: linux/netfilter/nf_tables.h, linux/netfilter/nfnetlink.h; what the
kernel makes of timeouts: `failover-spike.md` §1.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Sequence
from ipaddress import ip_address

from failover.guard.netlink import (
    APPEND,
    CREATE,
    Request,
    attribute,
    be32,
    be64,
    nested,
    text,
)
from failover.guard.ruleset import COUNTER, PRIORITY_RAW, TABLE, Chain, Family, Rule, Ruleset

INET, IPV4, IPV6 = 1, 2, 10  # protocol families of netfilter
SUBSYSTEM = 10  # nf_tables, among netfilter's subsystems

NEW_TABLE, GET_TABLE, DELETE_TABLE = 0, 1, 2
NEW_CHAIN, GET_CHAIN = 3, 4
NEW_RULE, GET_RULE = 6, 7
NEW_SET, GET_SET = 9, 10
NEW_ELEMENTS, GET_ELEMENTS, DELETE_ELEMENTS = 12, 13, 14
NEW_GENERATION, GET_GENERATION = 15, 16
NEW_OBJECT, GET_OBJECT = 18, 19

# Attributes by what they belong to.
TABLE_NAME, TABLE_FLAGS, TABLE_HANDLE = 1, 2, 4
CHAIN_TABLE, CHAIN_NAME, CHAIN_HOOK, CHAIN_POLICY, CHAIN_TYPE = 1, 3, 4, 5, 7
HOOK_NUMBER, HOOK_PRIORITY = 1, 2
RULE_TABLE, RULE_CHAIN, RULE_EXPRESSIONS = 1, 2, 4
SET_TABLE, SET_NAME, SET_FLAGS, SET_KEY_TYPE, SET_KEY_BYTES = 1, 2, 3, 4, 5
SET_DESCRIPTION, SET_ID, SET_TIMEOUT = 9, 10, 11
SET_SIZE = 1  # in its description
ELEMENTS_TABLE, ELEMENTS_SET, ELEMENTS_LIST = 1, 2, 3
ELEMENT_KEY, ELEMENT_FLAGS, ELEMENT_TIMEOUT = 1, 3, 4
OBJECT_TABLE, OBJECT_NAME, OBJECT_TYPE, OBJECT_DATA = 1, 2, 3, 4
GENERATION_ID = 1
ITEM = 1  # of any list
EXPRESSION_NAME, EXPRESSION_DATA = 1, 2
VALUE, VERDICT, VERDICT_CODE = 1, 2, 1
META_TO, META_KEY = 1, 2
COMPARE_FROM, COMPARE_BY, COMPARE_WITH = 1, 2, 3
PAYLOAD_TO, PAYLOAD_BASE, PAYLOAD_OFFSET, PAYLOAD_BYTES = 1, 2, 3, 4
LOOKUP_SET, LOOKUP_FROM, LOOKUP_TO, LOOKUP_FLAGS = 1, 2, 3, 5
IMMEDIATE_TO, IMMEDIATE_DATA = 1, 2
REFERENCE_TYPE, REFERENCE_NAME = 1, 2

RUNS_OUT = 0x10  # of a set's flags
COUNTER_TYPE = 1
REGISTER = 1
TO_VERDICT = 0
PROTOCOL_KEY = 15  # of `meta`
NETWORK_HEADER = 1
EQUAL = 0
DROP, ACCEPT = 0, 1

HOOKS = {"prerouting": 0, "output": 3}
PROTOCOLS = {Family.V4: IPV4, Family.V6: IPV6}
KEY_TYPES = {Family.V4: 7, Family.V6: 8}  # as nft names them to itself
KEY_BYTES = {Family.V4: 4, Family.V6: 16}
# Where an address begins in its family's header.
OFFSETS = {
    (Family.V4, "saddr"): 12,
    (Family.V4, "daddr"): 16,
    (Family.V6, "saddr"): 8,
    (Family.V6, "daddr"): 24,
}

_BATCH_BEGIN, _BATCH_END = 16, 17
_FAMILY_HEADER = struct.Struct(">BBH")  # family, version 0, resource


def message(kind: int, flags: int, *attributes: bytes) -> Request:
    """A message about a table of family inet."""
    header = _FAMILY_HEADER.pack(INET, 0, 0)
    return Request(SUBSYSTEM << 8 | kind, flags, header + b"".join(attributes))


def batch(messages: Iterable[Request]) -> list[Request]:
    """One transaction, framed: all of it or nothing."""
    frame = _FAMILY_HEADER.pack(0, 0, SUBSYSTEM)
    return [Request(_BATCH_BEGIN, 0, frame), *messages, Request(_BATCH_END, 0, frame)]


# --- elements ------------------------------------------------------------------------------


def element_key(address: str) -> bytes:
    """An element's key, ready for `fill`."""
    return nested(ELEMENT_KEY, attribute(VALUE, ip_address(address).packed))


def empty(name: str) -> Request:
    """Take all elements out of a set, those that have run out too."""
    return message(DELETE_ELEMENTS, 0, text(ELEMENTS_TABLE, TABLE), text(ELEMENTS_SET, name))


def fill(name: str, keys: Sequence[bytes], timeout_ms: int | None) -> Request:
    """Put elements into a set, each with this timeout. The kernel counts from when it reads this.

    Raises:
        ValueError: a timeout of 0, which would never end.
    """
    if timeout_ms is not None and timeout_ms <= 0:
        raise ValueError(f"a timeout of {timeout_ms} ms would never end")
    timeout = b"" if timeout_ms is None else be64(ELEMENT_TIMEOUT, timeout_ms)
    return message(
        NEW_ELEMENTS,
        CREATE,
        text(ELEMENTS_TABLE, TABLE),
        text(ELEMENTS_SET, name),
        nested(ELEMENTS_LIST, *[nested(ITEM, key, timeout) for key in keys]),
    )


# --- the table -----------------------------------------------------------------------------


def table_requests(ruleset: Ruleset) -> Iterator[Request]:
    """Make the table anew, whatever it was before: every door is shut."""
    named = text(TABLE_NAME, TABLE)
    yield message(NEW_TABLE, CREATE, named)
    yield message(DELETE_TABLE, 0, named)
    yield message(NEW_TABLE, CREATE, named)
    yield message(
        NEW_OBJECT,
        CREATE,
        text(OBJECT_TABLE, TABLE),
        text(OBJECT_NAME, COUNTER),
        be32(OBJECT_TYPE, COUNTER_TYPE),
        nested(OBJECT_DATA),
    )
    for number, each in enumerate(ruleset.sets, start=1):
        yield message(
            NEW_SET,
            CREATE,
            text(SET_TABLE, TABLE),
            text(SET_NAME, each.name),
            be32(SET_FLAGS, RUNS_OUT if each.runs_out else 0),
            be32(SET_KEY_TYPE, KEY_TYPES[each.family]),
            be32(SET_KEY_BYTES, KEY_BYTES[each.family]),
            be32(SET_ID, number),
        )
        if each.addresses:
            keys = [element_key(address) for address in sorted(each.addresses)]
            yield fill(each.name, keys, None)
    for chain in ruleset.chains:
        yield _chain_request(chain)
        for rule in chain.rules:
            yield message(
                NEW_RULE,
                CREATE | APPEND,
                text(RULE_TABLE, TABLE),
                text(RULE_CHAIN, chain.name),
                nested(RULE_EXPRESSIONS, *_expressions(rule)),
            )


def _chain_request(chain: Chain) -> Request:
    return message(
        NEW_CHAIN,
        CREATE,
        text(CHAIN_TABLE, TABLE),
        text(CHAIN_NAME, chain.name),
        text(CHAIN_TYPE, "filter"),
        nested(
            CHAIN_HOOK,
            be32(HOOK_NUMBER, HOOKS[chain.hook]),
            be32(HOOK_PRIORITY, PRIORITY_RAW),
        ),
        be32(CHAIN_POLICY, ACCEPT),
    )


def _expressions(rule: Rule) -> Iterator[bytes]:
    """The kernel's own words for a rule, the same that nft makes of its text."""
    family = rule.family
    yield _expression("meta", be32(META_TO, REGISTER), be32(META_KEY, PROTOCOL_KEY))
    yield _expression(
        "cmp",
        be32(COMPARE_FROM, REGISTER),
        be32(COMPARE_BY, EQUAL),
        nested(COMPARE_WITH, attribute(VALUE, bytes([PROTOCOLS[family]]))),
    )
    for name in rule.sets:
        yield _expression(
            "payload",
            be32(PAYLOAD_TO, REGISTER),
            be32(PAYLOAD_BASE, NETWORK_HEADER),
            be32(PAYLOAD_OFFSET, OFFSETS[family, rule.field]),
            be32(PAYLOAD_BYTES, KEY_BYTES[family]),
        )
        yield _expression("lookup", text(LOOKUP_SET, name), be32(LOOKUP_FROM, REGISTER))
    if not rule.passes:
        yield _expression(
            "objref", be32(REFERENCE_TYPE, COUNTER_TYPE), text(REFERENCE_NAME, COUNTER)
        )
    code = be32(VERDICT_CODE, ACCEPT if rule.passes else DROP)
    yield _expression(
        "immediate", be32(IMMEDIATE_TO, TO_VERDICT), nested(IMMEDIATE_DATA, nested(VERDICT, code))
    )


def _expression(name: str, *data: bytes) -> bytes:
    return nested(ITEM, text(EXPRESSION_NAME, name), nested(EXPRESSION_DATA, *data))
