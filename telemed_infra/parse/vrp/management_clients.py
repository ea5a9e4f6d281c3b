"""What a Huawei device speaks to and keeps in time by: NTP, the log, flow records, LLDP.

Each reader takes the words after a command's head and returns the effect on the state.
Source: docs/reference/platforms.md.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from telemed_infra.management_plane import Collector, LogTarget, NtpKey, NtpServer
from telemed_infra.parse.management.state import Management, Place
from telemed_infra.parse.vrp.arguments import interface, name, nothing, number, one
from telemed_infra.parse.vrp.engine import Effect, Reader, Unreadable, Words
from telemed_infra.parse.vrp.options import (
    Options,
    does,
    host,
    joined,
    keyword,
    options,
    place_of,
    secret,
    value,
)

NTP_ALGORITHMS = {
    "md5": "md5", "hmac-sha256": "hmac-sha-256", "hmac-sha-256": "hmac-sha-256",
    "hmac-sha-1": "sha1", "hmac-sha-384": "hmac-sha-384", "hmac-sha-512": "hmac-sha-512",
}  # fmt: skip
LOG_PORT, TLS_LOG_PORT = 514, 6514
PortName = Callable[[Words], str]


def ntp_switch(*, on: bool) -> Reader[Any]:
    """`ntp-service {enable|disable}`, or its undo."""

    def reader(words: Words) -> Effect[Any]:
        nothing(words)
        return does(lambda state, _line: setattr(state.ntp, "on", on))

    return reader


def ntp_authenticates(*, on: bool) -> Reader[Any]:
    """`ntp-service authentication enable`, or its undo."""

    def reader(words: Words) -> Effect[Any]:
        nothing(words)
        return does(lambda state, _line: setattr(state.ntp, "authenticated", on))

    return reader


def ntp_key(words: Words) -> Effect[Any]:
    """`ntp-service authentication-keyid <k> authentication-mode <a> [cipher|…] <secret>`."""
    if len(words) < 4 or keyword(words[1], ("authentication-mode",)) == "":
        raise Unreadable("a key's number, its algorithm and its secret are expected")
    key = number(words[0], 1, 4294967295)
    algorithm = words[2].lower()
    if algorithm not in NTP_ALGORITHMS:
        raise Unreadable(f"the algorithm {algorithm} is not known")
    held, rest = secret(words[3:])
    nothing(rest)
    found = NtpKey(key, NTP_ALGORITHMS[algorithm], held)
    return does(lambda state, _line: state.ntp.keys.__setitem__(key, found))


def no_ntp_key(words: Words) -> Effect[Any]:
    """`undo ntp-service authentication-keyid <k>`."""
    key = number(words[0] if words else "", 1, 4294967295)
    return does(lambda state, _line: state.ntp.keys.pop(key, None))


def ntp_trusts(*, on: bool) -> Reader[Any]:
    """`ntp-service reliable authentication-keyid <k>`, or its undo."""

    def reader(words: Words) -> Effect[Any]:
        key = number(one(words), 1, 4294967295)

        def change(state: Management, _line: int) -> None:
            (state.ntp.trusted.add if on else state.ntp.trusted.discard)(key)

        return does(change)

    return reader


NTP_OPTIONS = {
    "version": 1, "authentication-keyid": 1, "source-interface": 1, "preference": 0,
    "vpn-instance": 1, "maxpoll": 1, "minpoll": 1, "burst": 0, "iburst": 0, "port": 1,
    "preempt": 0, "public-net": 0,
}  # fmt: skip


def ntp_server(words: Words) -> Effect[Any]:
    """`ntp-service unicast-server [ipv6] <a> [authentication-keyid <k>] […]`."""
    address, rest = host(words)
    return synchronizes(address, rest, NTP_OPTIONS, "source-interface", interface)


def synchronizes(
    address: str, words: Words, known: dict[str, int], source_word: str, port_name: PortName
) -> Effect[Any]:
    """A server of the time, with its options."""
    found = options(joined(words, source_word, port_name), known)
    if value(found, "port") not in ("", "123"):
        raise Unreadable("a server at another port than 123 is not modelled")
    key = number(value(found, "authentication-keyid") or "0", 0, 4294967295)
    instance, source = value(found, "vpn-instance"), value(found, source_word)

    def change(state: Management, line: int) -> None:
        place = Place(line, "the clock's servers", source, instance)
        state.ntp.servers[address, instance] = NtpServer(address, key), place

    return does(change)


def no_ntp_server(words: Words) -> Effect[Any]:
    """`undo ntp-service unicast-server <a> [vpn-instance <v>]`."""
    return _drops("ntp", "servers", words)


def ntp_source(port_name: PortName) -> Reader[Any]:
    """`ntp-service source-interface <i> [vpn-instance <v>]`, `ntp-service source <i>`."""

    def reader(words: Words) -> Effect[Any]:
        at = place_of(words, "vpn-instance", 3)
        where = port_name(words[:at])
        return does(lambda state, _line: setattr(state.ntp, "source", where))

    return reader


def no_ntp_source(_words: Words) -> Effect[Any]:
    """Its undo."""
    return does(lambda state, _line: setattr(state.ntp, "source", ""))


def log_switch(*, on: bool) -> Reader[Any]:
    """`info-center enable`, or its undo."""

    def reader(words: Words) -> Effect[Any]:
        nothing(words)
        return does(lambda state, _line: setattr(state.syslog, "on", on))

    return reader


_LOG_OPTIONS = {
    "channel": 1, "facility": 1, "language": 1, "vpn-instance": 1, "public-net": 0,
    "source-ip": 1, "local-time": 0, "log-counter": 1, "transport": 1, "ssl-policy": 1,
    "verify-dns-name": 1, "port": 1, "security-log": 0, "operation-log": 0, "level": 1,
}  # fmt: skip


def log_target(words: Words) -> Effect[Any]:
    """`info-center loghost <a> [transport {udp|tcp [ssl-policy <p>]}] [port <p>] […]`."""
    address, rest = host(words)
    found = options(rest, _LOG_OPTIONS)
    transport = value(found, "transport") or "udp"
    policy = value(found, "ssl-policy")
    if transport not in ("udp", "tcp") or (policy and transport == "udp"):
        raise Unreadable(f"a log over {transport} is not modelled")
    usual = TLS_LOG_PORT if policy else LOG_PORT
    return logs_to(address, "tls" if policy else transport, usual, policy, found)


def logs_to(address: str, transport: str, usual: int, policy: str, found: Options) -> Effect[Any]:
    """A log server, with its options; the usual port unless they tell one."""
    port = number(value(found, "port") or str(usual), 1, 65535)
    instance, source = value(found, "vpn-instance"), value(found, "source-ip")

    def change(state: Management, line: int) -> None:
        place = Place(line, "the log servers", source, instance)
        held = LogTarget(address, transport, port), place, policy
        state.syslog.targets[address, instance] = held

    return does(change)


def no_log_target(words: Words) -> Effect[Any]:
    """`undo info-center loghost <a> [vpn-instance <v>]`."""
    return _drops("syslog", "targets", words)


def log_source(port_name: PortName) -> Reader[Any]:
    """`info-center loghost source <i>`."""

    def reader(words: Words) -> Effect[Any]:
        where = port_name(words)
        return does(lambda state, _line: setattr(state.syslog, "source", where))

    return reader


def no_log_source(_words: Words) -> Effect[Any]:
    """Its undo."""
    return does(lambda state, _line: setattr(state.syslog, "source", ""))


def log_time(words: Words) -> Effect[Any]:
    """`info-center timestamp log {date|short-date|format-date|boot|none} […]`."""
    if not words:
        raise Unreadable("a form is expected")
    form = keyword(words[0], ("date", "short-date", "format-date", "boot", "none"))
    dated = form not in ("boot", "none")
    return log_stamps(dated=dated, zoned=dated and "without-timezone" not in words)


def no_log_time(_words: Words) -> Effect[Any]:
    """Back to the default."""
    return log_stamps(dated=None, zoned=None)


def flow_target(words: Words) -> Effect[Any]:
    """`{ip|ipv6} netstream export host <a> <port> [vpn-instance <v>]`."""
    address, rest = host(words)
    if not rest:
        raise Unreadable("a port is expected")
    port = number(rest[0], 1, 65535)
    instance = value(options(rest[1:], {"vpn-instance": 1}), "vpn-instance")

    def change(state: Management, line: int) -> None:
        place = Place(line, "flow records", "", instance)
        state.flows[address, port] = Collector(address, port), place

    return does(change)


def no_flow_target(words: Words) -> Effect[Any]:
    """`undo … netstream export host <a> [<port>]`."""
    address, rest = host(words)
    port = number(rest[0], 1, 65535) if rest and rest[0].isdigit() else 0

    def change(state: Management, _line: int) -> None:
        for key in list(state.flows):
            if key[0] == address and port in (0, key[1]):
                del state.flows[key]

    return does(change)


def flow_source(port_name: PortName) -> Reader[Any]:
    """`{ip|ipv6} netstream export source {<address> | [interface] <i>}`."""

    def reader(words: Words) -> Effect[Any]:
        if words and "interface".startswith(words[0].lower()):
            words = words[1:]
        where = port_name(words)
        return does(lambda state, _line: setattr(state, "flow_source", where))

    return reader


def no_flow_source(_words: Words) -> Effect[Any]:
    """Its undo."""
    return does(lambda state, _line: setattr(state, "flow_source", ""))


def counts_flows(*, on: bool) -> Reader[Any]:
    """`ip netstream {inbound|outbound}` on an interface."""

    def reader(_words: Words) -> Effect[Any]:
        return talks(lambda talk: setattr(talk, "flows", on))

    return reader


def discovers(*, on: bool) -> Reader[Any]:
    """LLDP for the whole device."""

    def reader(words: Words) -> Effect[Any]:
        nothing(words)
        return does(lambda state, _line: setattr(state, "discovery", on))

    return reader


def port_discovers(*, on: bool) -> Reader[Any]:
    """LLDP on an interface."""

    def reader(words: Words) -> Effect[Any]:
        nothing(words)
        return talks(lambda talk: setattr(talk, "discovery", on))

    return reader


def binds_instance(words: Words) -> Effect[Any]:
    """`ip binding vpn-instance <v>` on an interface."""
    title = one(words)
    return talks(lambda talk: setattr(talk, "instance", title))


def unbinds_instance(_words: Words) -> Effect[Any]:
    """Its undo."""
    return talks(lambda talk: setattr(talk, "instance", ""))


def makes_instance(words: Words) -> Effect[Any]:
    """`ip vpn-instance <v>`."""
    title = one(words)
    return does(lambda state, _line: state.instances.add(title))


def undo_instance(words: Words) -> Effect[Any]:
    """`undo ip vpn-instance <v>`."""
    title = one(words)
    return does(lambda state, _line: state.instances.discard(title))


def timezone(words: Words) -> Effect[Any]:
    """`clock timezone <name> {add|minus} <hh:mm:ss>`."""
    if len(words) != 3:
        raise Unreadable("a name, `add` or `minus`, and an offset are expected")
    ahead = keyword(words[1], ("add", "minus")) == "add"
    parts = words[2].split(":")
    if not all(part.isdigit() for part in parts) or not 1 <= len(parts) <= 3:
        raise Unreadable(f"{words[2]} is no offset")
    minutes = number(parts[0], 0, 14) * 60 + number((*parts, "0")[1], 0, 59)
    offset = minutes if ahead else -minutes
    return does(lambda state, _line: setattr(state, "zone_minutes", offset))


def no_timezone(_words: Words) -> Effect[Any]:
    """Back to UTC."""
    return does(lambda state, _line: setattr(state, "zone_minutes", 0))


def tls_policy(words: Words) -> Effect[Any]:
    """`ssl policy <name> […]`."""
    title = name(words[0]) if words else one(words)
    return does(lambda state, _line: state.tls_policies.add(title))


def no_tls_policy(words: Words) -> Effect[Any]:
    """`undo ssl policy <name>`."""
    title = one(words)
    return does(lambda state, _line: state.tls_policies.discard(title))


def talks(change: Any) -> Effect[Any]:
    """An effect on what the open interfaces say of management."""

    def effect(state: Management, _line: int) -> None:
        for talk in state.talk():
            change(talk)

    return does(effect)


def log_stamps(*, dated: bool | None, zoned: bool | None) -> Effect[Any]:
    """Whether entries carry date and offset; None: as the platform does by itself."""

    def change(state: Management, _line: int) -> None:
        state.syslog.dated, state.syslog.zoned = dated, zoned

    return does(change)


def _drops(owner: str, held: str, words: Words) -> Effect[Any]:
    address, rest = host(words)
    instance = rest[1] if rest[:1] == ("vpn-instance",) and len(rest) > 1 else ""

    def change(state: Management, _line: int) -> None:
        getattr(getattr(state, owner), held).pop((address, instance), None)

    return does(change)
