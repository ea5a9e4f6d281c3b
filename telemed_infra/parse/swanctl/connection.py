"""`connections.<conn>` and `secrets.ike<suffix>`: what their settings say.

Source: swanctl.conf(5) of strongSwan 5.9.8.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from telemed_infra.parse.braces import (
    Reading,
    Statement,
    Table,
    Unreadable,
    inside,
    number,
    walk,
)
from telemed_infra.parse.swanctl.proposals import esp_proposal, ike_proposal
from telemed_infra.parse.swanctl.settings import (
    Check,
    Section,
    address,
    identity,
    one_of,
    only,
    seconds,
    traffic,
    yes_no,
)

IF_ID_MAX = 0xFFFF_FFFF
_ROUTES = re.compile(r"/(?:[\w.-]+/)*tunnel-route\Z")
_OWN_SCRIPT = "only the project's own script, and the preference of its routes, are modelled"
_PREFERENCE_MAX = 0x7FFF_FFFF


@dataclass(slots=True)
class Connection:
    """A section of `connections`, with the sections in it."""

    name: str
    said: Section
    ends: dict[str, list[Section]] = field(default_factory=lambda: {"local": [], "remote": []})
    children: list[Section] = field(default_factory=list)

    @property
    def broken(self) -> bool:
        """A value somewhere in it is not understood, and is told already."""
        parts = (self.said, *self.ends["local"], *self.ends["remote"], *self.children)
        return any(one.broken for one in parts)


@dataclass(slots=True)
class Secret:
    """A section `ike…` of `secrets`: whose it is. It is everybody's if it names nobody."""

    said: Section
    owners: list[str] = field(default_factory=list)


def _interface_id(value: str) -> int:
    if value.startswith("%"):
        raise Unreadable("an interface for each tunnel is not modelled: write its number")
    return number(value, 0, IF_ID_MAX) if len(value) < 10 else _too_large(value)


def _too_large(value: str) -> int:
    raise Unreadable(f"{value} is larger than any number of an interface here")


def _routes(value: str) -> tuple[str, int]:
    """`<script> [<interface>] <preference>`."""
    script, *arguments = value.split()
    if not _ROUTES.match(script) or not 1 <= len(arguments) <= 2:
        raise Unreadable(_OWN_SCRIPT)
    if any(not re.fullmatch(r"[\w.-]+", one) for one in arguments):
        raise Unreadable(_OWN_SCRIPT)
    interface = arguments[0] if len(arguments) == 2 else ""
    return interface, number(arguments[-1], 0, _PREFERENCE_MAX)


def _nothing(what: str) -> Check:
    return only("0", f"{what} is not modelled")


def _no(what: str) -> Check:
    def check(value: str) -> bool:
        if yes_no(value):
            raise Unreadable(f"{what} is not modelled")
        return False

    return check


def _never(what: str) -> Check:
    def check(_value: str) -> None:
        raise Unreadable(f"{what} is not modelled")

    return check


def _any(_value: str) -> None:
    """Nothing depends on it."""


def _version(value: str) -> int:
    if value != "2":
        raise Unreadable("IKEv1 is spoken or answered: write `version = 2`")
    return 2


def _mobike(value: str) -> bool:
    if yes_no(value):
        raise Unreadable("the tunnel may move to the other way: write `mobike = no`")
    return False


_CONNECTION: Mapping[str, Check] = {
    "version": _version,
    "local_addrs": address,
    "remote_addrs": address,
    "proposals": ike_proposal,
    "mobike": _mobike,
    "dpd_delay": seconds,
    "keyingtries": lambda value: number(value, 0, 1000),
    "unique": one_of("no", "replace"),
    "rekey_time": seconds,
    "over_time": seconds,
    "reauth_time": lambda value: _nothing("what re-authentication interrupts")(str(seconds(value))),
    "if_id_in": _interface_id,
    "if_id_out": _interface_id,
    "local_port": only("500", "the filters let port 500 pass, and 4500 behind a translation"),
    "remote_port": only("500", "the filters let port 500 pass, and 4500 behind a translation"),
    "vips": _never("an address inside the tunnel"),
    "pools": _never("a pool of addresses inside the tunnel"),
    "mediation": _no("mediation"),
    "ppk_required": _no("a post-quantum secret"),
    "ppk_id": _never("a post-quantum secret"),
}
_CONNECTION_HARMLESS: Mapping[str, Check] = {
    "aggressive": yes_no,  # of IKEv1
    "dpd_timeout": seconds,  # of IKEv1
    "pull": yes_no,
    "dscp": _any,
    "encap": yes_no,  # both forms of ESP pass the filters
    "fragmentation": one_of("yes", "accept", "no", "force"),
    "childless": one_of("allow", "prefer", "never"),
    "send_certreq": yes_no,
    "send_cert": one_of("always", "never", "ifasked"),
    "rand_time": seconds,
}
_END: Mapping[str, Check] = {
    "auth": only("psk", "a shared secret is what is modelled: write `auth = psk`"),
    "id": identity,
    "round": _nothing("a second round"),
}
_CHILD: Mapping[str, Check] = {
    "esp_proposals": esp_proposal,
    "local_ts": traffic,
    "remote_ts": traffic,
    "start_action": one_of("none", "start", "trap", "trap|start", "start|trap"),
    "dpd_action": one_of("clear", "trap", "restart", "none"),
    "close_action": one_of("none", "trap", "start"),
    "rekey_time": seconds,
    "life_time": seconds,
    "updown": _routes,
    "mode": one_of("tunnel", "transport"),
    "policies": lambda value: _no("a tunnel without policies")("no" if yes_no(value) else "yes"),
    "if_id_in": _interface_id,
    "if_id_out": _interface_id,
    "sha256_96": _no("a digest cut short"),
    "ipcomp": _no("compression"),
    "inactivity": lambda value: _nothing("an end for want of traffic")(str(seconds(value))),
    "ah_proposals": _never("AH"),
    "interface": _never("an interface of the policy"),
    "replay_window": lambda value: number(value, 1, 4096),
    **dict.fromkeys(
        ("rekey_bytes", "life_bytes", "rekey_packets", "life_packets"),
        _nothing("an end by volume"),
    ),
    **dict.fromkeys(
        ("mark_in", "mark_out", "set_mark_in", "set_mark_out", "label"), _never("a mark")
    ),
}
_CHILD_HARMLESS: Mapping[str, Check] = {
    "rand_time": seconds,
    "hostaccess": yes_no,
    "policies_fwd_out": yes_no,
    "hw_offload": one_of("no", "yes", "auto", "crypto", "packet"),
    "copy_df": yes_no,
    "copy_ecn": yes_no,
    "copy_dscp": one_of("out", "in", "yes", "no"),
    "tfc_padding": _any,
    "reqid": _any,
    "priority": _any,
    "rand_bytes": _any,
    "rand_packets": _any,
}


def read_connections(found: list[Connection], reading: Reading) -> Callable[[Statement], None]:
    """`connections { … }`."""

    def reader(statement: Statement) -> None:
        names = [one.words[0] for one in inside(statement)]
        walk(inside(statement), dict.fromkeys(names, _connection(found, reading)), reading)

    return reader


def _connection(found: list[Connection], reading: Reading) -> Callable[[Statement], None]:
    def reader(statement: Statement) -> None:
        body = inside(statement)
        connection = Connection(statement.words[0], Section(statement.line))
        found.append(connection)

        def end(side: str) -> Callable[[Statement], None]:
            def read(words: Statement) -> None:
                said = Section(words.line)
                connection.ends[side].append(said)
                _walk(said, words, said.table(_END, {}), reading)

            return read

        def children(words: Statement) -> None:
            names = [one.words[0] for one in inside(words)]
            walk(inside(words), dict.fromkeys(names, child), reading)

        def child(words: Statement) -> None:
            said = Section(words.line)
            connection.children.append(said)
            _walk(said, words, said.table(_CHILD, _CHILD_HARMLESS), reading)

        ends = {
            one.words[0]: end(side)
            for one in body
            for side in ("local", "remote")
            if one.body is not None and one.words[0].startswith(side)
        }
        table = connection.said.table(_CONNECTION, _CONNECTION_HARMLESS)
        _walk(connection.said, statement, {**table, **ends, "children": children}, reading)

    return reader


def read_secrets(found: list[Secret], reading: Reading) -> Callable[[Statement], None]:
    """`secrets { ike<suffix> { id<suffix> = … secret = … } … }`."""

    def ike(statement: Statement) -> None:
        secret = Secret(Section(statement.line))
        found.append(secret)

        def owner(value: str) -> None:
            secret.owners.append("" if value == "%any" else identity(value))

        names = [one.words[0] for one in inside(statement) if one.words[0].startswith("id")]
        kept: dict[str, Check] = {**dict.fromkeys(names, owner), "secret": _not_empty}
        _walk(secret.said, statement, secret.said.table(kept, {}), reading)

    def reader(statement: Statement) -> None:
        names = [one.words[0] for one in inside(statement) if one.words[0].startswith("ike")]
        walk(inside(statement), dict.fromkeys(names, ike), reading)

    return reader


def _not_empty(value: str) -> str:
    if not value:
        raise Unreadable("a secret is expected")
    return value


def _walk(said: Section, statement: Statement, table: Table, reading: Reading) -> None:
    """Reads a section; what is not known in it breaks it, too."""
    body = inside(statement)
    if any(one.words[0] not in table for one in body):
        said.broken = True
    walk(body, table, reading)
