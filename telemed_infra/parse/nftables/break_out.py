"""Guests' break-out in an nftables text: their packets are marked, and hidden where they leave.

A rule of a prerouting chain marks what comes in by the guests' interface; the host's own rules of
routing, which stand in no text here, send that mark by the carrier's line. A rule of a nat chain
gives what leaves there the device's own address (`masquerade`). Where the mark leads to, the line
of the second rule says. Once a text has such a mark, every other rule that sets marks is unread: it
might take the mark off again. Source: nft(8), "Meta expressions", "NAT statements".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from telemed_infra.break_out import MARK
from telemed_infra.packets import Family, Ranges, intersect, union
from telemed_infra.parse.break_out import BreakOuts, Cover, Way, whole
from telemed_infra.parse.nftables.ruleset import ChainText, Place, TableText
from telemed_infra.parse.nftables.statements import closing, past_counter
from telemed_infra.parse.nftables.tokens import END, Statement, Unreadable, cut
from telemed_infra.parse.nftables.values import read_values

_ENDS = (END,) * 6
_EVERY = Family.V4.every_address
_FLAGS = {"random", "fully-random", "persistent"}
_WAY = (
    "a mark that the host's routes look at, in another form than "
    "`iifname NAME ip saddr ADDRESSES meta mark set NUMBER`"
)
_COVER = (
    "`masquerade` is read behind `oifname NAME ip saddr ADDRESSES`, "
    "or behind the mark in place of the addresses"
)
_BEHIND = "rules stand before it, which may take its packets"
_PLACE = "a mark that the host's routes look at, set where it comes too late, or not always"
_OTHER_MARK = "beside the mark that the host's routes look at, it sets another"
_CHANGED = "another rule changes these addresses already"


class Hidden(NamedTuple):
    """One `masquerade` rule."""

    egress: frozenset[str]
    sources: Ranges | None  # None: whatever bears the mark
    marked: bool
    line: int
    last: int


class ReadBreakOuts(NamedTuple):
    """What marks and nat chains say of guests."""

    found: BreakOuts
    effective: frozenset[int]
    unread: tuple[Place, ...]


def hidden(rule: Statement) -> Hidden | None:
    """What a rule of a postrouting nat chain hides; None if it is no `masquerade`.

    Raises:
        Unreadable: it is one, and of a form that is not read.
    """
    words = _words(rule)
    if "masquerade" not in words:
        return None
    said = dict[str, tuple[str, ...]]()
    place = words.index("masquerade")
    for key, value in _parts([*words[:place], *_ENDS], "oifname", _COVER):
        if key in said:
            raise Unreadable(_COVER)
        said[key] = value
    if not _flags([*words[place + 1 :], *_ENDS]):
        raise Unreadable(_COVER)
    marked = "mark" in said
    if "name" not in said or not (marked or "sources" in said) or "set" in said:
        raise Unreadable(_COVER)
    if marked and _number(said["mark"][0]) != MARK:
        raise Unreadable(_COVER)
    sources = _ranges(said["sources"], _COVER) if "sources" in said else None
    return Hidden(_names(said["name"], _COVER), sources, marked, rule.line, rule.last)


def read_break_outs(
    tables: Iterable[TableText], covers: Iterable[Hidden], changed: Ranges
) -> ReadBreakOuts:
    """The break-outs of all tables; `changed`: sources that other nat rules change."""
    reader = _Reader()
    chains = [(table, chain) for table in tables for chain in table.chains.values()]
    for table, chain in chains:
        if not chain.is_nat:
            reader.chain(table.family, chain)
    return reader.result(covers, changed)


class _Reader:
    def __init__(self) -> None:
        self.ways: list[Way] = []
        self.others: list[Statement] = []
        """Rules that set marks of which routes know nothing."""
        self.effective: set[int] = set()
        self.unread: list[Place] = []

    def chain(self, family: str, chain: ChainText) -> None:
        """One chain, for what it marks."""
        early = chain.hook is not None and chain.hook.name == "prerouting" and family != "ip6"
        only_ways = early
        for rule in chain.rules:
            if not _sets_mark(rule):
                only_ways = False
                continue
            try:
                ways = self._ways(rule)
            except Unreadable as unreadable:
                self.unread.append(Place(rule.line, str(unreadable)))
                continue
            if not ways:
                self.others.append(rule)
            elif not early:
                self.unread.append(Place(rule.line, _PLACE))
            elif not only_ways:
                self.unread.append(Place(rule.line, _BEHIND))
            else:
                self.ways += ways
                self.effective.update(range(rule.line, rule.last + 1))

    def _ways(self, rule: Statement) -> list[Way]:
        """What a rule marks for the host's routes; none if it sets another mark."""
        words = _words(rule)
        place = words.index("set")
        if _number(words[place + 1]) != MARK:
            return []
        said = dict[str, tuple[str, ...]]()
        for key, value in _parts([*words, *_ENDS], "iifname", _WAY):
            if key in said:
                raise Unreadable(_WAY)
            said[key] = value
        if said.keys() - {"sources"} != {"name", "set"}:
            raise Unreadable(_WAY)
        sources = _ranges(said["sources"], _WAY) if "sources" in said else _EVERY
        names = sorted(_names(said["name"], _WAY))
        return [Way(name, None, sources, None, rule.line) for name in names]

    def result(self, covers: Iterable[Hidden], changed: Ranges) -> ReadBreakOuts:
        """Both halves together."""
        marked = union(part for way in self.ways for part in way.sources)
        found: list[Cover] = []
        for one in covers:
            sources = marked if one.sources is None else one.sources
            if one.marked:
                sources = intersect(sources, marked)
            if intersect(sources, changed):
                self.unread.append(Place(one.line, _CHANGED))
                continue
            self.effective.update(range(one.line, one.last + 1))
            found += (Cover(name, sources, one.line) for name in sorted(one.egress))
        for rule in self.others if self.ways else ():
            self.unread.append(Place(rule.line, _OTHER_MARK))
        whole_ones = whole(self.ways, found, lambda line, why: self.unread.append(Place(line, why)))
        self.effective -= {place.line for place in self.unread}
        return ReadBreakOuts(whole_ones, frozenset(self.effective), tuple(self.unread))


def _words(rule: Statement) -> list[str]:
    words = rule.words if len(rule.words) > 1 else cut(rule.words[0])
    return words[:-2] if words[-2:-1] == ["comment"] else words


def _sets_mark(rule: Statement) -> bool:
    if len(rule.words) == 1 and "mark" not in rule.words[0]:
        return False
    words = _words(rule)
    return any(words[at : at + 3] == ["meta", "mark", "set"] for at in range(len(words) - 2))


def _parts(words: list[str], interface: str, why: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """What a rule's words say, part after part, each with its value's words."""
    at = 0
    while words[at] != END:
        if words[at] == "counter":
            at = past_counter(words, at)
            continue
        if words[at] == interface:
            key, at = "name", at + 1
        elif words[at : at + 2] == ["ip", "saddr"]:
            key, at = "sources", at + 2
        elif words[at : at + 3] == ["meta", "mark", "set"]:
            key, at = "set", at + 3
        elif words[at : at + 2] == ["meta", "mark"]:
            key, at = "mark", at + 2
        else:
            raise Unreadable(why)
        end = closing(words, at) if words[at] == "{" else at
        yield key, tuple(_listed(words[at + 1 : end], why) if end > at else words[at : at + 1])
        at = end + 1


def _listed(words: list[str], why: str) -> list[str]:
    """The values between braces."""
    values, commas = words[::2], words[1::2]
    if set(commas) - {","} or "," in values or not values:
        raise Unreadable(why)
    return values


def _flags(words: list[str]) -> bool:
    """Whether nothing but how ports are chosen, and a counter, stands behind the statement."""
    at = 0
    while words[at] != END:
        if words[at] in _FLAGS or words[at] == ",":
            at += 1
        elif words[at] == "counter":
            at = past_counter(words, at)
        else:
            return False
    return True


def _number(word: str) -> int | None:
    try:
        return int(word, 0)
    except ValueError:
        return None


def _names(words: tuple[str, ...], why: str) -> frozenset[str]:
    names = read_values("ifname", words)
    if not isinstance(names, frozenset):
        raise Unreadable(why)
    return names


def _ranges(words: tuple[str, ...], why: str) -> Ranges:
    if words[0][:1] in {"@", "!", "=", "<", ">"} or not words[0]:
        raise Unreadable(why)
    found = read_values("ipv4_addr", words)
    if not isinstance(found, tuple):
        raise Unreadable(why)
    return found
