"""`administration` of `network.yml`: how devices are administered, watched and kept in time.

Where platforms differ in what they know, a list says what is wanted, the best first; a platform
does the first that it knows. What a platform cannot do at all is a gap with a reason.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from telemed_infra.model.schema.base import Item, Title

Reference = Annotated[str, StringConstraints(pattern=r"^(vault|env):[A-Za-z0-9_./-]{1,60}$")]
UdpOrTcpPort = Annotated[int, Field(ge=1, le=65535, strict=True)]
UserName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9-]{0,30}$")]
Line = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9 ,.;:()/-]{7,119}$")]

Digest = Literal["sha-512", "sha-384", "sha-256", "sha"]
Cipher = Literal["aes-256", "aes-192", "aes-128"]
NtpDigest = Literal["hmac-sha-256", "cmac-aes-128", "sha1", "md5"]
Transport = Literal["tls", "tcp", "udp"]
PlatformName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{1,30}$")]


class Account(Item):
    """For the day on which no AAA server answers."""

    name: UserName
    secret: Reference


class PasswordRules(Item):
    """For passwords of accounts on the device."""

    length: Annotated[int, Field(ge=8, le=32, strict=True)]  # characters
    kinds: Annotated[int, Field(ge=1, le=4, strict=True)]  # capital, small, digit, other
    history: Annotated[int, Field(ge=0, le=12, strict=True)]  # last ones that are refused
    lifetime_days: Annotated[int, Field(ge=0, le=365, strict=True)]  # 0: for ever


class LockoutRule(Item):
    """Who fails to log in so often waits so long."""

    attempts: Annotated[int, Field(ge=1, le=10, strict=True)]
    seconds: Annotated[int, Field(ge=60, le=86_400, strict=True)]


class SnmpRule(Item):
    """SNMPv3, encrypted; queries only, from the network management servers."""

    user: UserName
    group: UserName
    authentication: Annotated[tuple[Digest, ...], Field(min_length=1, strict=False)]
    privacy: Annotated[tuple[Cipher, ...], Field(min_length=1, strict=False)]
    authentication_secret: Reference
    privacy_secret: Reference


class NtpRule(Item):
    """Signed time."""

    key: Annotated[int, Field(ge=1, le=65_535, strict=True)]
    algorithms: Annotated[tuple[NtpDigest, ...], Field(min_length=1, strict=False)]
    secret: Reference


Lack = Literal[
    "command accounting",
    "session accounting",
    "password length",
    "password kinds",
    "password history",
    "password lifetime",
    "lockout",
    "flow records",
    "log",
    "port authentication",
    "MAC authentication alone",
    "admission without a server",
    "port security",
    "DHCP snooping",
    "source guard",
    "threat inspection",
    "tunnel selectors",
]


class Gap(Item):
    """Something that platforms cannot do, and why that is borne."""

    platforms: Annotated[tuple[PlatformName, ...], Field(min_length=1, strict=False)]
    lacks: Lack
    reason: Title


class Administration(Item):
    """The whole section."""

    account: Account
    tacacs: Reference
    radius: Reference
    passwords: PasswordRules
    lockout: LockoutRule
    idle_s: Annotated[int, Field(ge=60, le=3600, multiple_of=60, strict=True)]
    banner: Line
    snmp: SnmpRule
    ntp: NtpRule
    syslog: dict[Transport, UdpOrTcpPort]  # the first that a platform knows
    flow_port: UdpOrTcpPort
    utc_offset_minutes: Annotated[int, Field(ge=-720, le=840, strict=True)]
    gaps: Annotated[tuple[Gap, ...], Field(strict=False)] = ()
