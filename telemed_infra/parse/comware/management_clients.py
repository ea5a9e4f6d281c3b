"""What a Comware device speaks to, where the words differ from Huawei's: the log, NTP, LLDP.

Each reader takes the words after a command's head and returns the effect on the state.
Source: docs/reference/platforms.md.
"""

from __future__ import annotations

from typing import Any

from telemed_infra.parse.comware.abbreviations import keyword
from telemed_infra.parse.comware.interfaces import interface
from telemed_infra.parse.vrp.arguments import nothing
from telemed_infra.parse.vrp.engine import Effect, Reader, Unreadable, Words
from telemed_infra.parse.vrp.management_clients import (
    LOG_PORT,
    TLS_LOG_PORT,
    log_stamps,
    logs_to,
    synchronizes,
    talks,
)
from telemed_infra.parse.vrp.options import does, host, options, value

BANNERS = ("login", "legal", "motd", "shell", "incoming")
NTP_OPTIONS = {
    "version": 1, "authentication-keyid": 1, "source": 1, "priority": 0, "maxpoll": 1,
    "minpoll": 1, "vpn-instance": 1,
}  # fmt: skip
_LOG_OPTIONS = {
    "port": 1, "facility": 1, "dscp": 1, "ssl-client-policy": 1, "transport": 1,
    "vpn-instance": 1,
}  # fmt: skip


def ntp_server(words: Words) -> Effect[Any]:
    """`ntp-service unicast-server <a> [vpn-instance <v>] [authentication-keyid <k>] […]`."""
    address, rest = host(words)
    return synchronizes(address, rest, NTP_OPTIONS, "source", interface)


def log_target(words: Words) -> Effect[Any]:
    """`info-center loghost [vpn-instance <v>] <a> [port <p>] [ssl-client-policy <p>] […]`."""
    before: Words = ()
    if len(words) > 2 and len(words[0]) > 1 and "vpn-instance".startswith(words[0].lower()):
        before, words = words[:2], words[2:]
    address, rest = host(words)
    found = options((*before, *rest), _LOG_OPTIONS)
    policy = value(found, "ssl-client-policy")
    transport = (value(found, "transport") or "udp").lower()
    if transport not in ("udp", "tcp"):
        raise Unreadable(f"a log over {transport} is not modelled")
    usual = TLS_LOG_PORT if policy else LOG_PORT
    return logs_to(address, "tls" if policy else transport, usual, policy, found)


def log_time(words: Words) -> Effect[Any]:
    """`info-center timestamp loghost {date|iso|no-year-date|none} [with-timezone] […]`."""
    if not words:
        raise Unreadable("a form is expected")
    form = keyword(words[0], ("date", "iso", "no-year-date", "none"))
    more = [keyword(word, ("with-milliseconds", "with-timezone")) for word in words[1:]]
    return log_stamps(dated=form != "none", zoned=form == "iso" and "with-timezone" in more)


def log_rule(words: Words) -> Effect[Any]:
    """`info-center source {default|<module>} {loghost|…} {deny | level <s>}`."""
    lower = tuple(word.lower() for word in words)
    if "loghost" in lower and lower[-1:] == ("deny",):
        raise Unreadable("what is kept from the log servers is not modelled")
    return does(lambda _state, _line: None)


def port_discovers(words: Words) -> Effect[Any]:
    """`lldp [agent …] admin-status {disable|rx|tx|txrx}`: whether the port tells of itself."""
    status = keyword((*words, "")[0], ("disable", "rx", "tx", "txrx"))
    return talks(lambda talk: setattr(talk, "discovery", status in ("tx", "txrx")))


def no_admin_status(_words: Words) -> Effect[Any]:
    """Its undo."""
    return talks(lambda talk: setattr(talk, "discovery", None))


def banner(words: Words) -> Effect[Any]:
    """`header <when> <sign>text<sign>` on one line; one over several might hide commands."""
    if len(words) > 2 and words[1] == "information":  # as on older releases
        words = (words[0], *words[2:])
    text = " ".join(words[1:])
    if len(words) == 2 and " " in text:  # it stood in quotes, which are no part of a word
        return _shows(words[0], text)
    if len(text) < 3 or text[0] != text[-1] or text[0].isalnum() or text[0] in text[1:-1]:
        raise Unreadable("a banner is read if its text begins and ends with one sign, on one line")
    return _shows(words[0], text[1:-1].strip())


def no_banner(words: Words) -> Effect[Any]:
    """`undo header <when>`."""
    when = keyword((*words, "")[0], BANNERS)
    nothing(words[1:])
    return does(lambda state, _line: state.banners.pop(when, None))


def names_tls_policy(*, on: bool) -> Reader[Any]:
    """`ssl client-policy <p>`, or its undo."""

    def reader(words: Words) -> Effect[Any]:
        if len(words) != 1:
            raise Unreadable("one name is expected")
        title = words[0]

        def change(state: Any, _line: int) -> None:
            (state.tls_policies.add if on else state.tls_policies.discard)(title)

        return does(change)

    return reader


def refuses_role(reader: Reader[Any]) -> Reader[Any]:
    """A reader of a user or community, unless a role says what it may do."""

    def checked(words: Words) -> Effect[Any]:
        if any(word.lower() == "user-role" for word in words):
            raise Unreadable("what a role lets SNMP do is not modelled")
        return reader(words)

    return checked


def _shows(when: str, text: str) -> Effect[Any]:
    kind = keyword(when, BANNERS)
    return does(lambda state, line: state.banners.__setitem__(kind, (text, line)))
