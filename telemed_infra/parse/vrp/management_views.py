"""The views in which a Huawei device is told who may log in: AAA, templates, lines.

Source: docs/reference/platforms.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from telemed_infra.management_plane import Method
from telemed_infra.parse.vrp import management_aaa as aaa
from telemed_infra.parse.vrp import management_access as access
from telemed_infra.parse.vrp import management_passwords as passwords
from telemed_infra.parse.vrp.engine import Command, Reader, View, inert, notes
from telemed_infra.parse.vrp.options import bare, ignored

_ADMINISTRATORS = "who may log in, and how; judged after the packet is let in"
_TELLS = "tells others about the device, changes nothing"

Commands = tuple[Command[Any], ...]


def _pair(head: str, readers: tuple[Reader[Any], Reader[Any]], why: str) -> Command[Any]:
    return notes(head, readers[0], why, undo=readers[1])


_METHOD_LISTS = ("authentication", "authorization", "accounting")
_HISTORY = passwords.password_rule("history", 15, 5)
_AGING = passwords.password_rule("aging", 999, 90)

_AAA: Commands = (
    *(
        notes(
            f"{kind}-scheme",
            aaa.enter_methods(kind),
            _ADMINISTRATORS,
            undo=aaa.undo_methods(kind),
            enters=f"{kind}-scheme",
        )
        for kind in (*_METHOD_LISTS, "recording")
    ),
    notes(
        "cmd recording-scheme",
        aaa.record_commands,
        _ADMINISTRATORS,
        undo=aaa.no_record_commands,
    ),
    *inert("outbound recording-scheme | system recording-scheme", _ADMINISTRATORS),
    notes("domain", aaa.enter_domain, _ADMINISTRATORS, undo=aaa.undo_domain, enters="domain"),
    notes("local-user", access.local_user, _ADMINISTRATORS, undo=access.no_local_user),
    notes(
        "manager-user", access.manager, _ADMINISTRATORS, undo=access.no_manager, enters="manager"
    ),
    notes("bind", access.bind_manager, _ADMINISTRATORS),
    *inert("role", _ADMINISTRATORS, enters="role"),
    notes(
        "local-aaa-user password policy administrator",
        passwords.password_policy,
        _ADMINISTRATORS,
        undo=passwords.no_password_policy,
        enters="password-policy",
    ),
    *inert("local-aaa-user password policy access-user", _ADMINISTRATORS, enters="other-policy"),
    notes(
        "local-aaa-user wrong-password",
        passwords.wrong_password,
        _ADMINISTRATORS,
        undo=passwords.no_lockout,
    ),
    notes(
        "user-password complexity-check",
        passwords.complexity,
        _ADMINISTRATORS,
        undo=passwords.no_complexity,
    ),
    *(
        _pair(head, passwords.LENGTH, _ADMINISTRATORS)
        for head in ("user-password min-length", "user-password min-len")
    ),
    _pair("user-password history record number", _HISTORY, _ADMINISTRATORS),
    _pair("user-password expire", _AGING, _ADMINISTRATORS),
    *(
        notes(
            f"lock-authentication {subject}",
            passwords.lock(subject),
            _ADMINISTRATORS,
            undo=passwords.no_lockout if subject == "enable" else ignored,
        )
        for subject in ("enable", "failed-count", "timeout")
    ),
    *inert(
        "local-user policy | undo local-user policy | user-aging | ftp-directory | "
        "audit-admin | administrator remote",
        _ADMINISTRATORS,
    ),
)
_DOMAIN: Commands = (
    *(
        notes(
            f"{kind}-scheme",
            aaa.names_in_domain(kind),
            _ADMINISTRATORS,
            undo=aaa.unnames_in_domain(kind),
        )
        for kind in _METHOD_LISTS
    ),
    *(
        notes(head, aaa.names_in_domain(head), _ADMINISTRATORS, undo=aaa.unnames_in_domain(head))
        for head in ("hwtacacs-server", "radius-server")
    ),
    *inert(
        "service-type | access-limit | reference | internet-access | dashboard | state | "
        "description | new-user | user-group | recording-scheme | service-scheme | statistic",
        _ADMINISTRATORS,
    ),
)
_MANAGER: Commands = (
    notes("password", access.manager_password, _ADMINISTRATORS),
    notes("service-type", access.manager_services, _ADMINISTRATORS),
    notes("level", access.manager_level, _ADMINISTRATORS),
    *(
        notes(
            head,
            access.names_in_account(kind),
            _ADMINISTRATORS,
            undo=access.unnames_in_account(kind),
        )
        for head, kind in (
            ("authentication-scheme", "authentication"),
            ("hwtacacs-server", "hwtacacs-server"),
        )
    ),
    *inert(
        "ssh authentication-type | ssh service-type | ssh assign | "
        "access-limit | description | dashboard | ftp-directory",
        _ADMINISTRATORS,
    ),
)


def _template(word: str, method: Method) -> View[Any]:
    purposes = ["authentication", "accounting"]
    if method is Method.TACACS:
        purposes.append("authorization")
    return (
        *(
            notes(
                f"{word}-server {purpose}",
                aaa.server(method, purpose),
                _ADMINISTRATORS,
                undo=aaa.no_server(purpose),
            )
            for purpose in purposes
        ),
        notes(
            f"{word}-server shared-key",
            aaa.shared_key,
            _ADMINISTRATORS,
            undo=aaa.no_shared_key,
        ),
        notes(f"{word}-server source-ip", aaa.source, _ADMINISTRATORS, undo=aaa.no_source),
        *inert(
            f"{word}-server timer | {word}-server timeout | {word}-server user-name | "
            f"{word}-server traffic-unit | {word}-server retransmit | {word}-server attribute | "
            f"{word}-server dead-count | {word}-server dead-interval | {word}-server detect-server "
            f"| {word}-server testuser | {word}-server algorithm | {word}-server nas-identifier | "
            f"{word}-server nas-port-format | {word}-server calling-station-id | "
            f"{word}-server called-station-id | {word}-server format-attribute | "
            f"called-station-id | calling-station-id",
            _ADMINISTRATORS,
        ),
    )


PLANE_VIEWS: Mapping[str, View[Any]] = {
    "aaa": _AAA,
    **{
        f"{kind}-scheme": (
            notes(
                f"{kind}-mode",
                aaa.methods(kind),
                _ADMINISTRATORS,
                undo=aaa.no_methods(kind),
            ),
            *inert(
                "accounting start-fail | accounting realtime | accounting interim-fail | "
                "authorization-cmd | authentication-super | authentication-type | "
                "undo authorization-cmd",
                _ADMINISTRATORS,
            ),
        )
        for kind in _METHOD_LISTS
    },
    "recording-scheme": (
        notes("recording-mode", aaa.recording, _ADMINISTRATORS, undo=aaa.no_methods("recording")),
    ),
    "domain": _DOMAIN,
    "manager": _MANAGER,
    "role": tuple(inert("description | dashboard | monitor | policy | object", _ADMINISTRATORS)),
    "password-policy": (
        _pair("password history record number", _HISTORY, _ADMINISTRATORS),
        _pair("password expire", _AGING, _ADMINISTRATORS),
        *inert("password alert", _ADMINISTRATORS),
    ),
    "other-policy": tuple(inert("password", _ADMINISTRATORS)),
    "user-interface": (
        notes("acl", access.line_list, _ADMINISTRATORS, undo=access.no_line_list),
        notes(
            "authentication-mode",
            access.line_mode,
            _ADMINISTRATORS,
            undo=access.resets_line("mode"),
        ),
        notes(
            "protocol inbound",
            access.line_inbound,
            _ADMINISTRATORS,
            undo=access.resets_line("inbound"),
        ),
        notes("idle-timeout", access.line_idle, _ADMINISTRATORS, undo=access.resets_line("idle")),
        notes("shell", bare(lambda _state, _line: None), _ADMINISTRATORS, undo=access.no_shell),
        *inert(
            "user privilege | set authentication password | screen-length | history-command | "
            "speed | databits | stopbits | parity | flow-control",
            _ADMINISTRATORS,
        ),
    ),
    "hwtacacs-template": _template("hwtacacs", Method.TACACS),
    "radius-template": _template("radius", Method.RADIUS),
    "tls": tuple(
        inert(
            "pki-domain | version | cipher-suite | server-verify | certificate | "
            "trusted-ca | ssl minimum | ssl verify | renegotiation | session | ciphersuite | "
            "crl | binding cipher-suite-customization | type",
            _TELLS,
        )
    ),
}
"""Views by name."""
