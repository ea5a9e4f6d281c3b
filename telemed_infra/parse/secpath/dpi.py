"""Application profiles, which search what a rule permits, and the rules that bind them.

A profile never changes which packets a rule matches, and works on what is permitted alone. What
counts as a search: a profile that applies an IPS and an anti-virus policy, both in mode `protect`;
policies that leave nothing out, as the predefined ones; and an engine that nothing bypasses. What
searches less is understood, and the rule that binds it is not `inspected`.
Source: docs/reference/platforms.md
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from telemed_infra.parse.behaviour import Action
from telemed_infra.parse.reading import Reading
from telemed_infra.parse.secpath.arguments import limited
from telemed_infra.parse.secpath.dpi_state import Applied, AppProfile, SearchPolicy
from telemed_infra.parse.secpath.state import PolicyRule, SecPath
from telemed_infra.parse.vrp.arguments import one
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

SEARCHES = "searches what a rule has permitted, opens nothing"
_TEXT = "a text for people"
NAME_MAX = 63
PREDEFINED = "default"
"""The policy of each kind that no line defines: it looks for everything, and acts."""
KINDS = ("ips", "anti-virus")

_NAME = re.compile(r"\w+\Z", re.ASCII)
_WHOLE: Mapping[str, frozenset[str]] = {
    "severity-level": frozenset({"critical", "high", "medium", "low"}),
    "object-dir": frozenset({"client", "server"}),
    "action": frozenset({"block-source", "drop", "permit", "reset"}),
    "protect-target": frozenset({"all"}),
    "attack-category": frozenset({"all"}),
}
"""Values that leave no signature out."""
_STOPPED = ("ftp", "http", "nfs", "smb")
"""Whose files are stopped where nothing is said; the others are told of."""
_PROTOCOLS = (*_STOPPED, "imap", "pop3", "smtp")


# Rules ------------------------------------------------------------------------------------------


def bind(words: Words) -> Effect[SecPath]:
    """`profile <name>` in a rule; a second line takes the first one's place."""
    title = limited(one(words), NAME_MAX).lower()

    def effect(state: SecPath, line: int) -> None:
        state.rule.profile = title, line

    return effect


def unbind(words: Words) -> Effect[SecPath]:
    """`undo profile [<name>]`."""
    title = one(words).lower() if words else ""

    def effect(state: SecPath, _line: int) -> None:
        held = state.rule.profile
        if held is None or title not in ("", held[0]):
            raise Unreadable("the rule has no such line")
        state.rule.profile = None

    return effect


class Inspection:
    """Which rules of a text have what they permit searched; remembers the profiles that it met."""

    def __init__(self, state: SecPath, reading: Reading) -> None:
        self._dpi = state.dpi
        self._reading = reading
        self._used: set[tuple[str, str]] = set()
        self._profiles = {
            title: self._searches(profile) for title, profile in state.dpi.profiles.items()
        }

    def of(self, held: PolicyRule) -> bool:
        """Whether what the rule permits is searched; refuses a line that names no profile."""
        if held.profile is None:
            return False
        title, line = held.profile
        if title not in self._profiles:
            self._reading.refuse(line, f"there is no app-profile {title}")
            return False
        self._used.add(("app-profile", title))
        return self._profiles[title] and held.action is Action.PERMIT

    def unused(self) -> tuple[str, ...]:
        """The profiles that no rule binds, and the policies that no profile applies."""
        return (
            *(f"app-profile {one.name}" for key, one in self._dpi.profiles.items()
              if ("app-profile", key) not in self._used),
            *(f"{kind} policy {one.name}" for kind, made in self._dpi.policies.items()
              for key, one in made.items() if (kind, key) not in self._used),
        )  # fmt: skip

    def _searches(self, profile: AppProfile) -> bool:
        applied = [self._applies(kind, profile.applied.get(kind)) for kind in KINDS]
        return all(applied) and not self._dpi.bypass

    def _applies(self, kind: str, applied: Applied | None) -> bool:
        if applied is None:
            return False
        policy = self._dpi.policies[kind].get(applied.policy)
        self._used.add((kind, applied.policy))
        if policy is None and applied.policy != PREDEFINED:
            self._reading.refuse(applied.line, f"there is no {kind} policy {applied.policy}")
            return False
        return applied.mode == "protect" and (policy is None or _leaves_nothing_out(policy))


def _leaves_nothing_out(policy: SearchPolicy) -> bool:
    return not policy.weak and all(values >= _WHOLE[kind] for kind, values in policy.limits.items())


# Profiles and policies --------------------------------------------------------------------------


def enter_profile(words: Words) -> Effect[SecPath]:
    """`app-profile <name>`."""
    title = limited(one(words), NAME_MAX)
    if not _NAME.match(title):
        raise Unreadable("the name of an app-profile is of letters, digits and `_`")

    def effect(state: SecPath, line: int) -> None:
        made = state.dpi
        made.profile = made.profiles.setdefault(title.lower(), AppProfile(title, line))

    return effect


def undo_profile(words: Words) -> Effect[SecPath]:
    """`undo app-profile <name>`; its use is found to be undefined."""
    title = one(words)

    def effect(state: SecPath, _line: int) -> None:
        if state.dpi.profiles.pop(title.lower(), None) is None:
            raise Unreadable(f"there is no app-profile {title}")

    return effect


def apply(kind: str) -> Reader[SecPath]:
    """A reader of `{ips|anti-virus} apply policy <name> mode {protect|alert}`; the last holds."""

    def reader(words: Words) -> Effect[SecPath]:
        if len(words) != 3 or words[1] != "mode" or words[2] not in ("protect", "alert"):
            raise Unreadable("a policy, and `mode protect` or `mode alert`, are expected")
        title, mode = limited(words[0], NAME_MAX).lower(), words[2]

        def effect(state: SecPath, line: int) -> None:
            state.dpi.profile.applied[kind] = Applied(title, mode, line)

        return effect

    return reader


def undo_apply(kind: str) -> Reader[SecPath]:
    """A reader of `undo {ips|anti-virus} apply policy`."""

    def reader(_words: Words) -> Effect[SecPath]:
        def effect(state: SecPath, _line: int) -> None:
            if state.dpi.profile.applied.pop(kind, None) is None:
                raise Unreadable("the profile has no such line")

        return effect

    return reader


def enter_policy(kind: str) -> Reader[SecPath]:
    """A reader of `{ips|anti-virus} policy <name>`; the predefined one cannot be changed."""

    def reader(words: Words) -> Effect[SecPath]:
        title = limited(one(words), NAME_MAX)
        if title.lower() == PREDEFINED:
            raise Unreadable("the predefined policy cannot be changed")

        def effect(state: SecPath, line: int) -> None:
            made = state.dpi.policies[kind]
            state.dpi.policy = made.setdefault(title.lower(), SearchPolicy(title, line))

        return effect

    return reader


def undo_policy(kind: str) -> Reader[SecPath]:
    """A reader of `undo {ips|anti-virus} policy <name>`; its use is found to be undefined."""

    def reader(words: Words) -> Effect[SecPath]:
        title = one(words)

        def effect(state: SecPath, _line: int) -> None:
            if state.dpi.policies[kind].pop(title.lower(), None) is None:
                raise Unreadable(f"there is no {kind} policy {title}")

        return effect

    return reader


def limit(kind: str) -> Reader[SecPath]:
    """A reader of what a policy's signatures must be of; a line takes the place of one before."""

    def reader(words: Words) -> Effect[SecPath]:
        if not words:
            raise Unreadable("a value is expected")

        def effect(state: SecPath, _line: int) -> None:
            state.dpi.policy.limits[kind] = set(words)

        return effect

    return reader


def unlimit(kind: str) -> Reader[SecPath]:
    """A reader of `undo <kind>`; of single values nothing is known."""

    def reader(words: Words) -> Effect[SecPath]:
        if words not in ((), ("all",)):
            raise Unreadable("what this leaves of the policy is not known")

        def effect(state: SecPath, _line: int) -> None:
            state.dpi.policy.limits.pop(kind, None)

        return effect

    return reader


def override_all(words: Words) -> Effect[SecPath]:
    """`signature override all <action>…`: what is done whatever is found; or its `undo`."""
    return _weakens("signature override all", weak="permit" in words)


def from_severity(words: Words) -> Effect[SecPath]:
    """`signature severity <least> enable`: less severe ones are left out."""
    return _weakens("signature severity", weak=bool(words) and words != ("low", "enable"))


def look_into(words: Words) -> Effect[SecPath]:
    """`inspect <protocol> [direction D] [cache-file-size N] [action A]`: both ways, as it comes."""
    if words[:1] not in [(protocol,) for protocol in _PROTOCOLS] or len(words) % 2 == 0:
        raise Unreadable("a protocol, and what is done with its files, are expected")
    said = dict(zip(words[1::2], words[2::2], strict=True))
    if said.keys() - {"direction", "cache-file-size", "action"}:
        raise Unreadable("`direction`, `cache-file-size` or `action` is expected")
    one_way = said.get("direction", "both") != "both"
    return _weakens(
        words[0], weak=one_way or (words[0] in _STOPPED and said.get("action") == "alert")
    )


def look_not_into(words: Words) -> Effect[SecPath]:
    """`undo inspect <protocol>`."""
    if one(words) not in _PROTOCOLS:
        raise Unreadable("a protocol is expected")
    return _weakens(words[0], weak=True)


def _weakens(what: str, *, weak: bool) -> Effect[SecPath]:
    def effect(state: SecPath, _line: int) -> None:
        held = state.dpi.policy.weak
        (held.add if weak else held.discard)(what)

    return effect


# The engine -------------------------------------------------------------------------------------


def bypass(words: Words) -> Effect[SecPath]:
    """`inspect bypass [protocol …]`: packets pass without a look at them."""
    what = " ".join(words)

    def effect(state: SecPath, _line: int) -> None:
        state.dpi.bypass.add(what)

    return effect


def undo_bypass(words: Words) -> Effect[SecPath]:
    """`undo inspect bypass [protocol …]`; without it nothing is bypassed."""
    what = " ".join(words)

    def effect(state: SecPath, _line: int) -> None:
        if what and what not in state.dpi.bypass:
            raise Unreadable("what this leaves of the protocols is not known")
        state.dpi.bypass.discard(what)

    return effect


def _heads() -> View[SecPath]:
    return (
        notes("app-profile", enter_profile, SEARCHES, undo=undo_profile, enters="app-profile"),
        *(
            notes(
                f"{kind} policy",
                enter_policy(kind),
                SEARCHES,
                undo=undo_policy(kind),
                enters=f"{kind}-policy",
            )
            for kind in KINDS
        ),
        notes("inspect bypass", bypass, SEARCHES, undo=undo_bypass),
    )


def _limits() -> tuple[Command[SecPath], ...]:
    return tuple(notes(kind, limit(kind), SEARCHES, undo=unlimit(kind)) for kind in _WHOLE)


HEADS: View[SecPath] = _heads()
IN_RULE: View[SecPath] = (notes("profile", bind, SEARCHES, undo=unbind),)
VIEWS: Mapping[str, View[SecPath]] = {
    "app-profile": (
        *(
            notes(f"{kind} apply policy", apply(kind), SEARCHES, undo=undo_apply(kind))
            for kind in KINDS
        ),
        *inert(
            "url-filter apply policy | data-filter apply policy | file-filter apply policy | "
            "waf apply policy | apt apply policy",
            "looks into what a rule has permitted, opens nothing",
        ),
        *inert("description", _TEXT),
    ),
    "ips-policy": (
        *_limits(),
        notes("signature override all", override_all, SEARCHES, undo=override_all),
        *inert(
            "signature override pre-defined | signature override user-defined",
            "what is done on a single signature",
        ),
        *inert("description", _TEXT),
        *inert("ips parameter-profile", "how it is told"),
    ),
    "anti-virus-policy": (
        notes("inspect", look_into, SEARCHES, undo=look_not_into),
        notes("signature severity", from_severity, SEARCHES, undo=from_severity),
        *inert("exception signature | exception application", "what is done on a single find"),
        *inert("cloud-query enable", "asks another server too"),
        *inert("description", _TEXT),
        *inert("warning parameter-profile", "how it is told"),
    ),
}
