"""Statements of a rule beside its conditions and verdict: how far each reaches.

Each function gets a rule's words (with ends behind them) and where the statement begins, and
returns where the words go on. Source: nft(8), "Statements".
"""

from __future__ import annotations

from telemed_infra.parse.nftables.tokens import Unreadable

_LOG_OPTIONS = {"prefix", "level", "group", "snaplen", "queue-threshold"}
_SETTABLE = {
    "ip": {"dscp", "ecn", "ttl"},
    "ip6": {"dscp", "ecn", "hoplimit"},
    "meta": {"mark", "priority", "nftrace"},
    "ct": {"mark"},
}


def closing(words: list[str], at: int) -> int:
    """Where the brace closes that opens at a word."""
    depth = 0
    for index in range(at, len(words)):
        if words[index] == "{":
            depth += 1
        elif words[index] == "}":
            depth -= 1
            if depth == 0:
                return index
    raise Unreadable("a brace that does not close")


def past_counter(words: list[str], at: int) -> int:
    """`counter`, `counter packets 1 bytes 2`, `counter name x`."""
    if words[at + 1] == "name":
        return at + 3
    return at + 5 if words[at + 1] == "packets" and words[at + 3] == "bytes" else at + 1


def past_log(words: list[str], at: int) -> int:
    """`log` and its options in any order."""
    at += 1
    while True:
        if words[at] in _LOG_OPTIONS:
            at += 2
        elif words[at] == "flags":
            at = _past_list(words, at + (2 if words[at + 1] in {"tcp", "ip"} else 1))
        else:
            return at


def past_limit(words: list[str], at: int) -> int:
    """`limit rate over 5/second burst 10 packets`, `limit rate 1 mbytes/second`, `limit name x`."""
    if words[at + 1] == "name":
        return at + 3
    if words[at + 1] != "rate":
        raise Unreadable("`limit` without `rate`")
    at += 2
    if words[at] in {"over", "until"}:
        at += 1
    at += 1 if "/" in words[at] else 2
    if words[at] == "burst":
        at += 3 if words[at + 2].endswith(("packets", "bytes")) else 2
    return at


def past_quota(words: list[str], at: int) -> int:
    """`quota over 25 mbytes used 0 bytes`, `quota name x`."""
    if words[at + 1] == "name":
        return at + 3
    at += 2 if words[at + 1] in {"over", "until"} else 1
    at += 2
    return at + 3 if words[at] == "used" else at


def past_count(words: list[str], at: int) -> int:
    """`ct count over 20`."""
    return at + (4 if words[at + 2] == "over" else 3)


def past_set_update(words: list[str], at: int) -> int:
    """`add @flood { ip saddr limit rate over 50/second }`, `meter x size 9 { … }`."""
    begin = next((i for i in range(at, len(words)) if words[i] == "{"), None)
    if begin is None or begin - at > 4 or (words[at] != "meter" and words[at + 1][:1] != "@"):
        raise Unreadable(f"`{words[at]} {words[at + 1]}`")
    return closing(words, begin) + 1


def past_assignment(words: list[str], at: int) -> int:
    """`ip dscp set af41`, `meta mark set 1`, `ct mark set meta mark`: none is compared later."""
    head, key, verb, value = words[at : at + 4]
    if key not in _SETTABLE.get(head, ()) or verb != "set" or not value or value in "{@$(":
        raise Unreadable(f"`{head} {key}`")
    at += 5 if value in {"meta", "ct", "ip", "ip6"} else 4
    if words[at] in {"vmap", "map", "&", "|", "^", "<<", ">>", "."}:
        raise Unreadable(f"`{head} {key} set` with a computed value")
    return at


def past_segment_size(words: list[str], at: int) -> int:
    """`tcp option maxseg size set rt mtu`."""
    if words[at + 1 : at + 5] != ["option", "maxseg", "size", "set"]:
        raise Unreadable(f"`{words[at]} {words[at + 1]}`")
    return at + (7 if words[at + 5] == "rt" else 6)


def past_flags_of_segment_size(words: list[str], at: int) -> int:
    """`tcp flags syn / syn,rst` before a segment size: nothing else may depend on the flags."""
    for index in range(at + 2, len(words) - 1):
        if words[index] == "tcp" and words[index + 1] == "option":
            return index
    raise Unreadable("`tcp flags`")


def _past_list(words: list[str], at: int) -> int:
    while words[at + 1] == ",":
        at += 2
    return at + 1
