"""Profiles that search what a rule permits for intrusions and malware, and rules that bind them.

A profile never changes which packets a rule matches, and works on what is permitted alone. What
counts as a search: an intrusion prevention profile that looks for every signature, in every
protocol, and does not merely tell; and an anti-virus profile that looks into every protocol, both
ways, and stops files where the predefined one does. A profile that searches less is understood, and
the rule that binds it is not `inspected`. Source: docs/reference/platforms.md
"""

from __future__ import annotations

from collections.abc import Mapping

from telemed_infra.parse.behaviour import Action
from telemed_infra.parse.reading import Reading
from telemed_infra.parse.vrp.arguments import name, one
from telemed_infra.parse.vrp.engine import Effect, Reader, Unreadable, View, Words, inert, notes
from telemed_infra.parse.vrp.usg_state import (
    AvProfile,
    IpsProfile,
    PolicyRule,
    Profile,
    SignatureSet,
    Usg,
)

SEARCHES = "searches what a rule has permitted, opens nothing"
_TEXT = "a text for people"

IPS_PREDEFINED: Mapping[str, bool] = {
    **dict.fromkeys(("default", "strict"), True),
    **dict.fromkeys(
        (
            *("web_server", "file_server", "dns_server", "mail_server", "video_surveillance"),
            *("inside_firewall", "outside_firewall", "dmz"),
            "ids",  # merely tells
        ),
        False,
    ),
}
"""By name, whether it looks for everything and acts; no line defines them."""
AV_PREDEFINED: Mapping[str, bool] = {"default": True}

_WHOLE: Mapping[str, frozenset[str]] = {
    "severity": frozenset({"low", "medium", "high"}),
    "os": frozenset({"android", "ios", "unix-like", "windows", "other"}),
}
"""Values that leave no signature out, besides `all`."""
_LIMITS = ("target", "severity", "os", "application", "protocol", "category")
_STOPPED = ("http", "ftp", "smb")
"""Whose files are stopped where nothing is said; the others are told of."""
_DIRECTED = (*_STOPPED, "imap", "nfs")
_PROTOCOLS = (*_DIRECTED, "smtp", "pop3")
_AV_ACTIONS = ("block", "alert", "declare", "delete-attachment")
_NOT_IN_NAMES = frozenset('?,"-')


# Rules ------------------------------------------------------------------------------------------


def bind(kind: str) -> Reader[Usg]:
    """A reader of `profile {ips|av} <name>` in a rule; a second line takes the first one's place.

    `kind` is a field of `PolicyRule`.
    """

    def reader(words: Words) -> Effect[Usg]:
        title = one(words)

        def effect(state: Usg, line: int) -> None:
            setattr(state.rule, kind, (title, line))

        return effect

    return reader


def unbind(kind: str) -> Reader[Usg]:
    """A reader of `undo profile {ips|av} [<name>]`."""

    def reader(words: Words) -> Effect[Usg]:
        title = one(words) if words else ""

        def effect(state: Usg, _line: int) -> None:
            held: Profile | None = getattr(state.rule, kind)
            if held is None or title not in ("", held[0]):
                raise Unreadable("the rule has no such line")
            setattr(state.rule, kind, None)

        return effect

    return reader


class Inspection:
    """Which rules of a text have what they permit searched; remembers the profiles that it met."""

    def __init__(self, state: Usg, reading: Reading) -> None:
        self._reading = reading
        made = state.profiles
        sought = {key: _all_is_sought(one) for key, one in made.ips.items()}
        stopped = {key: not one.weak for key, one in made.av.items()}
        self._ips = {**IPS_PREDEFINED, **sought}
        self._av = {**AV_PREDEFINED, **stopped}
        self._whole: set[tuple[str, str]] = set()  # pairs that search everything, met before
        self._unused = {
            **{("ips", key): None for key in made.ips},
            **{("av", key): None for key in made.av},
        }

    def of(self, held: PolicyRule) -> bool:
        """Whether what the rule permits is searched; refuses a line that names no profile."""
        ips, av = held.ips, held.av
        if ips is None and av is None:
            return False
        if not (ips and av and (ips[0], av[0]) in self._whole):
            searched = [self._searches("ips", self._ips, ips), self._searches("av", self._av, av)]
            if not (ips and av and all(searched)):
                return False
            self._whole.add((ips[0], av[0]))
        return held.action is Action.PERMIT

    def unused(self) -> tuple[str, ...]:
        """The profiles that no rule binds."""
        return tuple(f"{kind} profile {title}" for kind, title in self._unused)

    def _searches(self, kind: str, known: Mapping[str, bool], bound: Profile | None) -> bool:
        if bound is None:
            return False
        title, line = bound
        self._unused.pop((kind, title), None)
        if title not in known:
            self._reading.refuse(line, f"there is no {kind} profile {title}")
        return known.get(title, False)


def _all_is_sought(profile: IpsProfile) -> bool:
    """Whether one of its sets leaves no signature out, and acts."""
    return any(
        one.action != "alert"
        and all(
            "all" in values or values >= _WHOLE.get(kind, {"all"})
            for kind, values in one.limits.items()
        )
        for one in profile.sets.values()
    )


# Profiles ---------------------------------------------------------------------------------------


def enter_ips(words: Words) -> Effect[Usg]:
    """`profile type ips name <name>`."""
    title = _self_made(words, IPS_PREDEFINED)

    def effect(state: Usg, line: int) -> None:
        state.profiles.open_ips = state.profiles.ips.setdefault(title, IpsProfile(line))

    return effect


def enter_av(words: Words) -> Effect[Usg]:
    """`profile type av name <name>`."""
    title = _self_made(words, AV_PREDEFINED)

    def effect(state: Usg, line: int) -> None:
        state.profiles.open_av = state.profiles.av.setdefault(title, AvProfile(line))

    return effect


def undo_enter(kind: str) -> Reader[Usg]:
    """A reader of `undo profile type {ips|av} name <name>`; its use is found to be undefined."""

    def reader(words: Words) -> Effect[Usg]:
        title = one(words)

        def effect(state: Usg, _line: int) -> None:
            if getattr(state.profiles, kind).pop(title, None) is None:
                raise Unreadable(f"there is no {kind} profile {title}")

        return effect

    return reader


def enter_set(words: Words) -> Effect[Usg]:
    """`signature-set name <name>` in an intrusion prevention profile."""
    title = one(words)

    def effect(state: Usg, _line: int) -> None:
        made = state.profiles
        made.open_set = made.open_ips.sets.setdefault(title, SignatureSet())

    return effect


def undo_set(words: Words) -> Effect[Usg]:
    """`undo signature-set name <name>`."""
    title = one(words)

    def effect(state: Usg, _line: int) -> None:
        if state.profiles.open_ips.sets.pop(title, None) is None:
            raise Unreadable(f"the profile has no signature set {title}")

    return effect


def set_action(words: Words) -> Effect[Usg]:
    """`action {alert|block|default}` of a signature set, and its `undo`."""
    action = one(words) if words else "default"
    if action not in ("alert", "block", "default"):
        raise Unreadable("`alert`, `block` or `default` is expected")

    def effect(state: Usg, _line: int) -> None:
        state.profiles.open_set.action = action

    return effect


def limit(kind: str) -> Reader[Usg]:
    """A reader of what a set's signatures must be of: values, or `all`; lines add up."""

    def reader(words: Words) -> Effect[Usg]:
        if not words:
            raise Unreadable("a value or `all` is expected")
        values = {"all"} if kind == "target" and words == ("both",) else {*map(str.lower, words)}

        def effect(state: Usg, _line: int) -> None:
            state.profiles.open_set.limits.setdefault(kind, set()).update(values)

        return effect

    return reader


def unlimit(kind: str) -> Reader[Usg]:
    """A reader of `undo <kind>`; of single values nothing is known."""

    def reader(words: Words) -> Effect[Usg]:
        if words:
            raise Unreadable("what this leaves of the set is not known")

        def effect(state: Usg, _line: int) -> None:
            state.profiles.open_set.limits.pop(kind, None)

        return effect

    return reader


def detect(protocol: str) -> Reader[Usg]:
    """A reader of `<protocol>-detect [direction D] [action A]`: both ways, as it comes."""

    def reader(words: Words) -> Effect[Usg]:
        weak = False
        if words[:1] == ("direction",) and protocol in _DIRECTED:
            if words[1:2] not in (("both",), ("download",), ("upload",)):
                raise Unreadable("`both`, `download` or `upload` is expected")
            weak, words = words[1] != "both", words[2:]
        if words:
            if len(words) != 2 or words[0] != "action" or words[1] not in _AV_ACTIONS:
                raise Unreadable("`action` and what is done with a file are expected")
            weak = weak or (words[1] == "alert" and protocol in _STOPPED)
        return _weakens(protocol, weak=weak)

    return reader


def undo_detect(protocol: str) -> Reader[Usg]:
    """A reader of `undo <protocol>-detect`: it is not looked into."""

    def reader(words: Words) -> Effect[Usg]:
        if words:
            raise Unreadable("nothing is expected behind it")
        return _weakens(protocol, weak=True)

    return reader


def _weakens(protocol: str, *, weak: bool) -> Effect[Usg]:
    def effect(state: Usg, _line: int) -> None:
        held = state.profiles.open_av.weak
        (held.add if weak else held.discard)(protocol)

    return effect


def _self_made(words: Words, predefined: Mapping[str, bool]) -> str:
    title = name(one(words))
    if title in predefined:
        raise Unreadable("a predefined profile cannot be changed")
    if _NOT_IN_NAMES.intersection(title):
        raise Unreadable("the name of a profile holds no `-`, `,`, `?` or quotation mark")
    return title


HEADS: View[Usg] = (
    notes(
        "profile type ips name", enter_ips, SEARCHES, undo=undo_enter("ips"), enters="ips-profile"
    ),
    notes("profile type av name", enter_av, SEARCHES, undo=undo_enter("av"), enters="av-profile"),
)
IN_RULE: View[Usg] = (
    *(notes(f"profile {kind}", bind(kind), SEARCHES, undo=unbind(kind)) for kind in ("ips", "av")),
    *inert(
        "profile url-filter | profile data-filter | profile file-block | profile mail-filter | "
        "profile app-control | profile dns-filter",
        "looks into what a rule has permitted, opens nothing",
    ),
)
VIEWS: Mapping[str, View[Usg]] = {
    "ips-profile": (
        notes("signature-set name", enter_set, SEARCHES, undo=undo_set, enters="signature-set"),
        *inert("description", _TEXT),
        *inert("exception ips-signature-id", "what is done on a single signature"),
        *inert("collect-attack-evidence", "keeps packets as evidence"),
    ),
    "signature-set": (
        notes("action", set_action, SEARCHES, undo=set_action),
        *(notes(kind, limit(kind), SEARCHES, undo=unlimit(kind)) for kind in _LIMITS),
    ),
    "av-profile": (
        *(
            notes(f"{kind}-detect", detect(kind), SEARCHES, undo=undo_detect(kind))
            for kind in _PROTOCOLS
        ),
        *inert("description", _TEXT),
        *inert("exception av-signature-id", "what is done on a single signature"),
        *inert("collect-attack-evidence", "keeps files as evidence"),
    ),
}
