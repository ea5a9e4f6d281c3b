"""No secret survives, whatever it is; lines without one stay as they are."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from telemed_infra.deploy.scrub import PATTERNS, SCRUBBED, scrub
from telemed_infra.deploy.secrets import REFERENCE, Missing, Secret, references, resolve

GOLDEN = Path(__file__).parents[1] / "golden"
PLATFORMS = {
    ".vrp": ("huawei_vrp",),
    ".usg": ("huawei_usg",),
    ".comware": ("h3c_comware",),
    ".secpath": ("h3c_secpath",),
    ".ios": ("cisco_ios", "cisco_ios_zbf"),
    ".rgos": ("ruijie_rgos",),
    ".frr": ("frr",),
    ".nft": ("nftables",),
    ".swanctl": ("swanctl",),
    ".keepalived": ("keepalived",),
    ".conntrackd": ("conntrackd",),
}


def texts() -> list[tuple[str, str, str]]:
    """Name, text and platform; of a text that is kept as a difference, its new lines."""
    found = []
    for path in filter(Path.is_file, sorted(GOLDEN.glob("*/*"))):
        name = path.name.removesuffix(".diff")
        text = path.read_text("utf-8")
        if name != path.name:
            new = [line[1:] for line in text.splitlines() if line.startswith(("+", " "))]
            text = "\n".join(new)
        found += [
            (f"{path.parent.name}/{path.name}", text, platform)
            for platform in PLATFORMS.get(Path(name).suffix, ())
        ]
    return found


TEXTS = texts()
WITH_SECRETS = [at for at, one in enumerate(TEXTS) if references(one[1])]


class Drawn:
    """A store whose values are drawn when they are asked for."""

    def __init__(self, values: dict[str, str]) -> None:
        self._values = values

    def find(self, name: str) -> Secret | Missing:
        return Secret(self._values[name])


def test_every_platform_has_a_golden_text() -> None:
    assert {platform for _, _, platform in TEXTS} == set(PATTERNS)
    without = {"nftables", "keepalived", "conntrackd"}
    assert {platform for _, text, platform in TEXTS if references(text)} == set(PATTERNS) - without


PROBE = f"username probe password cipher {SCRUBBED}"


@pytest.mark.parametrize(("name", "text", "platform"), TEXTS, ids=[one[0] for one in TEXTS])
def test_only_secrets_go(name: str, text: str, platform: str) -> None:
    expected = REFERENCE.sub(SCRUBBED, text)
    # Not a secret, and the device shows it in the place of one.
    expected = expected.replace("username probe password cipher probe", PROBE)
    assert scrub(text, platform).splitlines() == expected.splitlines()


FIT = "ABCDEFabcdefgz0123456789!$%&()*+,-./:;<=>@[]^_|~"
VALUES = st.text(FIT, min_size=8, max_size=80).filter(
    lambda value: not value.startswith(("0x", "0s"))
)
OF_DEVICES = st.one_of(
    VALUES,
    VALUES.map(lambda value: f"%^%#{value}#'\"!%^%#"),
    VALUES.map(lambda value: f"$c$3${value}=="),
)


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_no_value_survives(data: st.DataObject) -> None:
    name, text, platform = TEXTS[data.draw(st.sampled_from(WITH_SECRETS))]
    names = [one.partition(":")[2] for one in references(text)]
    some = data.draw(st.lists(VALUES, min_size=1, max_size=4))
    values = [some[at % len(some)] for at in range(len(names))]
    drawn = dict(zip(names, values, strict=True))
    resolved = resolve(text, {"vault": Drawn(drawn)}, name)
    assert all(value in resolved for value in drawn.values())
    scrubbed = scrub(resolved, platform)
    assert [value for value in drawn.values() if value in scrubbed and value not in text] == []
    assert scrubbed == scrub(text, platform)
    assert scrub(scrubbed, platform) == scrubbed


@settings(max_examples=100, deadline=None)
@given(st.data(), OF_DEVICES)
def test_no_value_survives_as_a_device_shows_it(data: st.DataObject, value: str) -> None:
    _, text, platform = TEXTS[data.draw(st.sampled_from(WITH_SECRETS))]
    if platform == "swanctl":  # a file, which no device writes anew
        value = '"' + value.replace("\\", "").replace('"', "") + '"'
    shown = REFERENCE.sub(lambda _: value, text)
    assert scrub(shown, platform) == scrub(text, platform)


@pytest.mark.parametrize("platform", sorted(PATTERNS))
@given(text=st.text(st.sampled_from(' \n\t=7"$%^#{}akey'), max_size=60))
def test_twice_is_once(platform: str, text: str) -> None:
    once = scrub(text, platform)
    assert scrub(once, platform) == once


V = "S3cr.et!x"

LINES = {
    "huawei_vrp": [
        f"snmp-agent community read cipher {V}",
        f"snmp-agent community write {V}",
        f"snmp-agent target-host trap address udp-domain 10.0.0.1 params securityname cipher {V}",
        f"snmp-agent target-host trap address udp-domain 10.0.0.1 params securityname {V} v2c",
        f"radius-server shared-key {V}",
        f"radius-server authorization 10.0.0.1 shared-key cipher {V}",
        f" ospf authentication-mode md5 1 cipher {V}",
        f" ospf authentication-mode simple cipher {V}",
        f" authentication-mode hmac-sha256 1 plain {V}",
        f" isis authentication-mode md5 {V}",
        f" vrrp vrid 1 authentication-mode md5 {V}",
        f" vrrp vrid 1 authentication-mode simple key cipher {V}",
        f"  key-string cipher {V}",
        f" local-user a password irreversible-cipher $1c${V}$x#y!$",
        f" ppp chap password simple {V}",
        f"super password level 3 cipher {V}",
        f" description x %^%#{V}%^%#",
    ],
    "huawei_usg": [
        f" pre-shared-key {V}",
        f" pre-shared-key cipher %^%#{V}%^%#",
        f"hrp authentication-key {V}",
    ],
    "h3c_comware": [
        f"snmp-agent community read simple {V}",
        f"snmp-agent community write {V} acl 2011",
        f"snmp-agent usm-user v3 u g cipher authentication-mode sha {V} privacy-mode aes128 {V}",
        f"snmp-agent usm-user v3 u g authentication-mode md5 {V} privacy-mode des56 {V}",
        f" password hash $h$6${V}==",
        f"super password role network-admin hash $h$6${V}",
        f" primary authentication 10.0.0.1 key cipher {V}",
        f" key accounting {V}",
        f" pre-shared-key address 10.0.0.1 255.255.255.255 key cipher $c$3${V}",
        f" ospf authentication-mode md5 1 cipher $c$3${V}==",
    ],
    "h3c_secpath": [
        f"  pre-shared-key ciphertext $c$3${V}",
        f"  pre-shared-key local plaintext {V}",
    ],
    "cisco_ios": [
        f"enable secret 9 $9${V}$abc",
        f"enable password level 7 7 {V}",
        f"enable password {V} with blanks",
        f"username a privilege 15 password 7 {V}",
        f"username a secret 5 $1${V}",
        f" password 7 {V}",
        f" ppp chap password 0 {V}",
        f" key 7 {V}",
        " key 123456789",
        f" key 6 {V}\n!",
        f"tacacs-server key {V}",
        f"radius-server host 10.0.0.1 auth-port 1812 acct-port 1813 key 7 {V}",
        f" server-private 10.0.0.1 key 7 {V}",
        f" client 10.0.0.1 server-key 7 {V}",
        f"snmp-server community {V} RO 10",
        f"snmp-server host 10.0.0.1 {V}",
        f"snmp-server host 10.0.0.1 vrf M informs version 2c {V} bgp",
        f"snmp-server user u g v3 encrypted auth md5 {V} priv des {V}",
        f"ntp authentication-key 1 md5 {V} 7",
        f"crypto isakmp key 6 {V} address 10.0.0.1",
        f"  pre-shared-key local 6 {V}",
        f"  pre-shared-key address 0.0.0.0 0.0.0.0 key {V}",
        f"  key-string 7 {V}",
        f" ip ospf message-digest-key 1 md5 7 {V}",
        f" ip ospf authentication-key 7 {V}",
        f" ospfv3 authentication ipsec spi 256 sha1 0 {V}",
        f" standby 1 authentication md5 key-string 7 {V}",
        f" standby 1 authentication {V}",
        f" vrrp 1 authentication text {V}",
        f" authentication mode hmac-sha-256 7 {V}",
        f" ip nhrp authentication {V}",
        f" isis password {V}",
        f" area-password {V}",
        f" neighbor 10.0.0.1 password 7 {V}",
    ],
    "ruijie_rgos": [
        f"username a password 7 {V}",
        f"radius-server host 10.0.0.1 test username u idle-time 5 key 7 {V}",
        f"snmp-server user u g v3 encrypted auth md5 {V} priv des56 {V}",
    ],
    "frr": [
        f"password 8 {V}",
        f"enable password {V}",
        f" ip ospf message-digest-key 1 md5 {V}",
        f" ip ospf authentication-key {V}",
        f"  key-string {V}",
        f" isis password md5 {V}",
        f" area-password clear {V}",
        f" neighbor PEERS password {V}",
    ],
    "swanctl": [
        f'  secret = "{V} }} # more"',
        f'secret = "a\\"{V}"',
        f"  secret={V}",
        f"  pin = {V} # of a card",
        f"# secret = {V}",
    ],
    "keepalived": [f"    auth_pass {V}"],
    "nftables": [f"# -----BEGIN PRIVATE KEY-----\n# {V}\n# -----END PRIVATE KEY-----"],
}


@pytest.mark.parametrize(
    ("platform", "line"), [(name, one) for name, lines in LINES.items() for one in lines]
)
def test_secrets_that_the_golden_texts_have_not(platform: str, line: str) -> None:
    scrubbed = scrub(f"first\n{line}\nlast\n", platform)
    assert V not in scrubbed
    assert "123456789" not in scrubbed
    assert SCRUBBED in scrubbed
    assert scrubbed.startswith("first\n")
    assert scrubbed.endswith("\nlast\n")
    assert scrub(scrubbed, platform) == scrubbed


@pytest.mark.parametrize(
    ("platform", "text"),
    [
        ("huawei_vrp", "ssh server cipher aes256_ctr aes128_ctr"),
        ("h3c_comware", "ssh2 algorithm cipher aes256-ctr aes128-ctr"),
        ("huawei_usg", "ssh authentication-type default password"),
        ("cisco_ios", "service password-encryption"),
        ("cisco_ios", "key chain OSPF\n key 1\n  key-string <secret>\n key 2\n  accept-lifetime x"),
        ("cisco_ios", "snmp-server host 10.0.0.1 vrf MGMT version 3 priv nms"),
        ("cisco_ios", "interface Tunnel1\n tunnel key 7"),
        ("cisco_ios", "security passwords min-length 12"),
    ],
)
def test_what_is_no_secret_stays(platform: str, text: str) -> None:
    assert scrub(text, platform) == text


def test_a_platform_that_nobody_knows() -> None:
    with pytest.raises(KeyError, match="pigeon"):
        scrub("", "pigeon")
