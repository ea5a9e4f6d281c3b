"""A running configuration without its secrets: for backups and differences.

Rather a word too many than one too few: whatever stands where a platform has a secret goes, be it
a cipher, a hash, a reference or what says that something is hidden.

Source: docs/concepts/deploy.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

SCRUBBED = "<secret>"

# A word, and what may stand before it and says how it is written: `password cipher V`, `key 7 V`.
_WORD = r"(?P<secret>[^\s]+)"
_REST = r"(?P<secret>[^\s][^\r\n]*)"
_KINDS = r"(?:(?:simple|plain|plaintext|cipher|ciphertext|irreversible-cipher|hash|sha256)[ \t]+)"
_LEVELS = r"(?:(?:encrypted|level[ \t]+[0-9]+|[0-9])[ \t]+)*"
_ALGORITHM = r"(?:md5|sha[\w-]*|hmac[\w-]*|des\w*|3des\w*|aes[\w-]*|sm[0-9][\w-]*)"


def _patterns(*texts: str) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(text, re.MULTILINE) for text in texts)


# What is a secret by its looks, wherever it stands.
_SHAPES = (
    re.compile(
        r"-----BEGIN [A-Z ]*PRIVATE KEY-----(?P<secret>(?:.|\n)*?)"
        r"(?=-----END [A-Z ]*PRIVATE KEY-----|\Z)"
    ),
    re.compile(r"(?P<secret>%\^%#\S*|%@%@\S*|%\$%\$\S*|%\+%#\S*|@%@%\S*)"),
    re.compile(r"(?P<secret>\$[0-9a-z]{1,3}\$\S{4,})"),
)

# VRP and Comware name the kind of what follows; the few places where they need not are by name.
_CHINESE = _patterns(
    # Before the general rule: `simple` or `cipher` here is followed by more than the secret.
    rf"\b(?:authentication|privacy)-mode[ \t]+{_ALGORITHM}[ \t]+"
    rf"(?:[0-9]{{1,3}}[ \t]+(?!privacy-mode\b|acl\b)(?=\S))?{_KINDS}*{_WORD}",
    r"^[ \t]*snmp-agent[ \t]+community[ \t]+(?:read|write)[ \t]+"
    rf"{_KINDS}*{_WORD}",
    rf"\bsecurityname[ \t]+{_KINDS}*(?!(?:\S+[ \t]+)?v3\b){_WORD}",
    r"(?<![\w-])(?:shared-key|authentication-key|auth-key|key-string|auth-password)[ \t]+"
    rf"{_KINDS}*{_WORD}",
    r"(?<![\w-])pre-shared-key[ \t]+(?:(?:local|remote)[ \t]+)?"
    rf"(?!address\b|hostname\b|local\b|remote\b){_KINDS}*{_WORD}",
    rf"(?<![\w-])key[ \t]+(?:authentication|authorization|accounting)[ \t]+{_KINDS}*{_WORD}",
    # `ssh server cipher` and `ssh2 algorithm cipher` begin a list of what is none.
    r"(?<![\w-])(?<!server )(?<!client )(?<!algorithm )"
    rf"{_KINDS}+(?!(?:authentication|privacy)-mode\b){_WORD}",
)

# IOS and RGOS: a digit says the kind; what may hold blanks stands at the line's end.
_CISCO = _patterns(
    r"(?<![\w-])(?:password|secret)[ \t]+"
    r"(?!policy[ \t]+(?:min-size|life-cycle|no-repeat-times|strong|printable|forced)\b)"
    rf"{_LEVELS}{_REST}",
    # Not the number of a key in a chain, whose own lines follow.
    rf"^[ \t]+key[ \t]+{_LEVELS}(?!\d+[ \t\r]*\n[ \t]+(?:key-string|cryptographic|accept|send)-?)"
    rf"{_REST}",
    rf"^(?:tacacs|radius)-server\b[^\r\n]*?[ \t]key[ \t]+{_LEVELS}{_REST}",
    r"(?<![\w-])(?:server-key|key-string|(?<!ntp )authentication-key|"
    r"server-private\b[^\r\n]*?[ \t]key)[ \t]+"
    rf"{_LEVELS}{_REST}",
    r"^[ \t]*snmp-server[ \t]+community[ \t]+(?:[0-9][ \t]+)?" + _WORD,
    r"^[ \t]*snmp-server[ \t]+host[ \t]+\S+[ \t]+(?:vrf[ \t]+\S+[ \t]+)?"
    r"(?:(?:traps|informs)[ \t]+)?(?:version[ \t]+(?:1|2c)[ \t]+)?"
    r"(?!version\b|traps\b|informs\b|vrf\b)" + _WORD,
    rf"^[ \t]*snmp-server[ \t]+user\b[^\r\n]*?[ \t]auth[ \t]+{_ALGORITHM}[ \t]+{_WORD}",
    r"^[ \t]*snmp-server[ \t]+user\b[^\r\n]*?[ \t]priv[ \t]+"
    rf"(?:aes[ \t]+(?:128|192|256)|{_ALGORITHM})[ \t]+{_WORD}",
    rf"^[ \t]*ntp[ \t]+authentication-key[ \t]+\d+[ \t]+{_ALGORITHM}[ \t]+{_LEVELS}{_WORD}",
    r"(?<![\w-])pre-shared-key[ \t]+(?:(?:local|remote|hex)[ \t]+)*"
    rf"(?!(?:address|hostname)\b){_LEVELS}{_REST}",
    rf"(?<![\w-])pre-shared-key[ \t]+(?:address|hostname)\b[^\r\n]*?[ \t]key[ \t]+{_LEVELS}{_REST}",
    rf"^[ \t]*crypto[ \t]+isakmp[ \t]+key[ \t]+{_LEVELS}{_WORD}",
    rf"(?<![\w-])message-digest-key[ \t]+\d+[ \t]+md5[ \t]+{_LEVELS}{_WORD}",
    rf"(?<![\w-])authentication[ \t]+mode[ \t]+hmac\S+[ \t]+{_LEVELS}{_WORD}",
    r"^[ \t]*(?:standby|vrrp|glbp)[ \t]+\d+[ \t]+authentication[ \t]+(?:text[ \t]+)?"
    rf"(?!md5\b){_LEVELS}{_WORD}",
    r"^[ \t]*ip[ \t]+nhrp[ \t]+authentication[ \t]+" + _WORD,
    r"(?<![\w-])(?:area|domain)-password[ \t]+" + _WORD,
    r"\bipsec[ \t]+spi[ \t]+\d+[ \t]+" + _REST,
)

_FRR = _patterns(
    rf"(?<![\w-])password[ \t]+(?:(?:clear|md5|[0-9])[ \t]+)*{_REST}",
    r"(?<![\w-])(?:area|domain)-password[ \t]+(?:(?:clear|md5)[ \t]+)?" + _WORD,
    r"(?<![\w-])(?:key-string|authentication-key)[ \t]+" + _REST,
    r"(?<![\w-])message-digest-key[ \t]+\d+[ \t]+md5[ \t]+" + _WORD,
    r"(?<![\w-])authentication[ \t]+string[ \t]+" + _WORD,
    r"^[ \t]*ip[ \t]+nhrp[ \t]+authentication[ \t]+" + _WORD,
)

_SWANCTL = _patterns(
    r'(?<![\w-])(?:secret|pin)[ \t]*=[ \t]*(?P<secret>"(?:\\.|[^"\\])*"|[^\s#}"]+)'
)
_KEEPALIVED = _patterns(
    r"(?<![\w-])(?:auth_pass|password)[ \t]+" + _REST,
)

PATTERNS: Mapping[str, tuple[re.Pattern[str], ...]] = {
    "huawei_vrp": _CHINESE,
    "huawei_usg": _CHINESE,
    "h3c_comware": _CHINESE,
    "h3c_secpath": _CHINESE,
    "cisco_ios": _CISCO,
    "cisco_ios_zbf": _CISCO,
    "ruijie_rgos": _CISCO,
    "frr": _FRR,
    "swanctl": _SWANCTL,
    "keepalived": _KEEPALIVED,
    # Of these no line is known to hold a secret.
    "conntrackd": (),
    "nftables": (),
}


def scrub(text: str, platform: str) -> str:
    """The text with `<secret>` in the place of each secret; of a scrubbed text, itself.

    Raises:
        KeyError: nobody knows where this platform's texts have secrets.
    """
    return _without(_without(text, PATTERNS[platform]), _SHAPES)


def _without(text: str, patterns: Iterable[re.Pattern[str]]) -> str:
    for pattern in patterns:
        text = pattern.sub(_scrubbed, text)
    return text


def _scrubbed(found: re.Match[str]) -> str:
    start = found.start("secret") - found.start()
    end = found.end("secret") - found.start()
    whole = found[0]
    return whole[:start] + SCRUBBED + whole[end:]
