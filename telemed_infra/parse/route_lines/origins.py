"""What the lines do that take routes into BGP: networks, aggregates, imports, default routes.

Source: Huawei command references, `network`, `aggregate`, `import-route`,
`peer default-route-advertise`, `filter-policy`; see docs/reference/platforms.md.
"""

from __future__ import annotations

from ipaddress import ip_network

from telemed_infra.packets import Family
from telemed_infra.parse.route_lines.process import sets
from telemed_infra.parse.route_lines.state import (
    ACL,
    PREFIX_LISTS,
    ROUTE_POLICY,
    Routes,
    Setting,
    Source,
)
from telemed_infra.parse.vrp.arguments import address, interface_address, name, number
from telemed_infra.parse.vrp.engine import Effect, Reader, Unreadable, Words

IMPORTED = ("direct", "static")
CONDITIONS = {"conditional-route-match-all": "all", "conditional-route-match-any": "any"}
CONDITIONS_MAX = 4
CLASSES = ((0x80000000, 8), (0xC0000000, 16), (0xE0000000, 24))
"""Lengths of networks without a mask: those of the classes A, B and C."""


def prefix(family: Family, words: Words, *, by_class: bool = False) -> tuple[str, Words]:
    """`<ip> {<mask>|<len>}`, `<ip6> <len>`, and what follows; bits behind the length are dropped.

    By class, an IPv4 network needs no mask.
    """
    if not words:
        raise Unreadable("an address is expected")
    if "/" in words[0] and family is Family.V6:
        words = (*words[0].split("/", 1), *words[1:])
    found, value = address(words[0])
    if found is not family:
        raise Unreadable(f"{words[0]} is not of this address family")
    if len(words) > 1 and words[1][:1].isdigit():
        text, rest = interface_address(words[:2]), words[2:]
    elif family is Family.V4 and by_class:
        length = next((bits for below, bits in CLASSES if value < below), 32)
        text, rest = f"{words[0]}/{length}", words[1:]
    else:
        raise Unreadable("a mask or a length is expected")
    return str(ip_network(text, strict=False)), rest


def network(family: Family) -> Reader[Routes]:
    """`network <ip> [<mask>|<len>] [route-policy p]`: told while the very route is there."""

    def reader(words: Words) -> Effect[Routes]:
        text, rest = prefix(family, words, by_class=True)
        options = _options(rest, ("route-policy",))
        policy = options.get("route-policy", "")

        def effect(state: Routes, line: int) -> None:
            _use(state, policy, line)
            found = Source(line, "network", text, policy)
            state.process().sources[family]["network", text] = found

        return effect

    return reader


def undo_source(family: Family, source: str) -> Reader[Routes]:
    """`undo network …`, `undo aggregate …`."""

    def reader(words: Words) -> Effect[Routes]:
        text, _ = prefix(family, words, by_class=source == "network")

        def effect(state: Routes, _line: int) -> None:
            if state.process().sources[family].pop((source, text), None) is None:
                raise Unreadable(f"there is no {source} {text}")

        return effect

    return reader


def aggregate(family: Family) -> Reader[Routes]:
    """`aggregate <ip> {<mask>|<len>} [as-set] [detail-suppressed] [… -policy p]`.

    Made while a longer prefix inside it is in BGP; a route to NULL0 comes with it.
    """

    def reader(words: Words) -> Effect[Routes]:
        text, rest = prefix(family, words)
        flags = {word for word in rest if word in ("as-set", "detail-suppressed")}
        named = tuple(word for word in rest if word not in flags)
        options = _options(named, ("attribute-policy", "origin-policy", "suppress-policy"))
        found = Source(
            0,
            "aggregate",
            text,
            options.get("attribute-policy", ""),
            suppresses="detail-suppressed" in flags,
            suppress_policy=options.get("suppress-policy", ""),
            origin_policy=options.get("origin-policy", ""),
        )

        def effect(state: Routes, line: int) -> None:
            for policy in options.values():
                _use(state, policy, line)
            state.process().sources[family]["aggregate", text] = found._replace(line=line)

        return effect

    return reader


def import_route(family: Family) -> Reader[Routes]:
    """`import-route {direct|static} [med m] [route-policy p]`."""

    def reader(words: Words) -> Effect[Routes]:
        protocol = _protocol(words)
        options = _options(words[1:], ("med", "route-policy"))
        policy = options.get("route-policy", "")
        med = str(number(options["med"], 0, 0xFFFFFFFF)) if "med" in options else ""

        def effect(state: Routes, line: int) -> None:
            _use(state, policy, line)
            found = Source(line, protocol, "", policy, med)
            state.process().sources[family][protocol, ""] = found

        return effect

    return reader


def undo_import_route(family: Family) -> Reader[Routes]:
    """`undo import-route {direct|static}`."""

    def reader(words: Words) -> Effect[Routes]:
        protocol = _protocol(words)

        def effect(state: Routes, _line: int) -> None:
            if state.process().sources[family].pop((protocol, ""), None) is None:
                raise Unreadable(f"{protocol} is not imported")

        return effect

    return reader


def filter_policy(family: Family) -> Reader[Routes]:
    """`filter-policy {<acl>|acl-name <n>|ip-prefix <n>} {import|export [direct|static]}`."""

    def reader(words: Words) -> Effect[Routes]:
        kind, bound, rest = _filter(family, words)
        key = _direction(rest)

        def effect(state: Routes, line: int) -> None:
            state.use(kind, f"ipv6 {bound}" if kind == ACL and family is Family.V6 else bound, line)
            state.process().families[family][key] = Setting((kind, bound), line)

        return effect

    return reader


def undo_filter_policy(family: Family) -> Reader[Routes]:
    """`undo filter-policy [<acl>|ip-prefix <n>] {import|export [direct|static]}`."""

    def reader(words: Words) -> Effect[Routes]:
        at = next((i for i, word in enumerate(words) if word in ("import", "export")), len(words))
        key = _direction(words[at:])

        def effect(state: Routes, _line: int) -> None:
            state.process().families[family].pop(key, None)

        return effect

    return reader


def in_family(key: str, family: Family) -> Reader[Routes]:
    """A bare setting of an address family."""

    def reader(words: Words) -> Effect[Routes]:
        if words:
            raise Unreadable(f"{words[0]} is not expected here")

        def effect(state: Routes, line: int) -> None:
            state.process().families[family][key] = Setting((), line)

        return effect

    return reader


def forget(key: str, family: Family) -> Reader[Routes]:
    """Back to the default of a setting of an address family."""

    def reader(_words: Words) -> Effect[Routes]:
        def effect(state: Routes, _line: int) -> None:
            state.process().families[family].pop(key, None)

        return effect

    return reader


def default_route(who: str, args: Words, family: Family) -> Effect[Routes]:
    """`default-route-advertise [route-policy p] [conditional-route-match-{all|any} {<ip> m}&1-4]`.

    Kept as the policy, `all` or `any`, and the routes of the condition.
    """
    policy = ""
    if args[:1] == ("route-policy",):
        if len(args) < 2:
            raise Unreadable("a route policy is expected")
        policy, args = name(args[1]), args[2:]
    kind, routes = _conditions(family, args) if args else ("", ())
    keep = sets(who, "default-route-advertise", (policy, kind, *routes), family)

    def effect(state: Routes, line: int) -> None:
        keep(state, line)
        _use(state, policy, line)

    return effect


def _conditions(family: Family, args: Words) -> tuple[str, tuple[str, ...]]:
    if args[0] not in CONDITIONS:
        raise Unreadable(f"{args[0]} is not expected here")
    routes: list[str] = []
    rest = args[1:]
    while rest:
        if len(rest) < 2 or not rest[1][:1].isdigit():
            raise Unreadable("a route of the condition is an address and a mask")
        text, rest = prefix(family, rest)
        routes.append(text)
    if not 1 <= len(routes) <= CONDITIONS_MAX:
        raise Unreadable(f"a condition names 1 to {CONDITIONS_MAX} routes")
    return CONDITIONS[args[0]], tuple(routes)


def _protocol(words: Words) -> str:
    if words[:1] not in tuple((word,) for word in IMPORTED):
        raise Unreadable("only direct and static routes are modelled")
    return words[0]


def _options(words: Words, known: tuple[str, ...]) -> dict[str, str]:
    """`<word> <value>` in any order."""
    found = dict(zip(words[::2], words[1::2], strict=False))
    if len(words) != 2 * len(found) or not set(found) <= set(known):
        raise Unreadable(f"{' '.join(words)} is not expected here")
    return {key: name(value) for key, value in found.items()}


def _filter(family: Family, words: Words) -> tuple[str, str, Words]:
    kind = PREFIX_LISTS[family]
    if words[:1] == (kind,) and len(words) > 1:
        return kind, name(words[1]), words[2:]
    if words[:1] == ("acl-name",) and len(words) > 1:
        return ACL, name(words[1]), words[2:]
    if not words or not words[0].isdigit():
        raise Unreadable(f"a list's number, or `{kind}` with a name, is expected")
    return ACL, words[0], words[1:]


def _direction(words: Words) -> str:
    if words not in (("import",), ("export",), *(("export", one) for one in IMPORTED)):
        raise Unreadable("import or export is expected")
    return f"filter-policy {' '.join(words)}"


def _use(state: Routes, policy: str, line: int) -> None:
    if policy:
        state.use(ROUTE_POLICY, policy, line)
