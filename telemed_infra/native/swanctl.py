"""Asks strongSwan's `swanctl` about texts: does charon take each connection and each secret?

The daemon runs for it in a network namespace of its own, with a socket in a folder of its own: it
reaches nobody, the machine's tunnels are out of reach, and it ends with the question. It needs no
ESP in the kernel: a connection is loaded, and no key is ever agreed on. It does not resolve
addresses that it reads, nor look up interfaces, nor ask whether its plugins bring an algorithm that
it has a word for: a false address or version passes.
Source: swanctl(8), strongswan.conf(5), unshare(1).
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory

from telemed_infra.native.nftables import Map
from telemed_infra.native.process import Ended, find, run, version_of
from telemed_infra.native.report import Answer, Available, Missing, Refusal, Unit

NAME = "swanctl"
PLATFORMS = ("swanctl",)
NEEDED = (NAME, "charon-systemd", "unshare")
BATCH_TEXTS = 20  # a daemon starts in 50 ms and takes a text in 10
SETTINGS = """\
charon-systemd {
    load = random nonce aes sha1 sha2 hmac kdf gmp kernel-netlink socket-default vici updown
    port = 0
    port_nat_t = 0
    plugins {
        vici {
            socket = unix://vici
        }
    }
}
swanctl {
    load = random nonce
}
"""
# In the folder that is its argument: the daemon, then text by text, and what is said of each.
ASK = """\
cd "$1"
export STRONGSWAN_CONF="$PWD/strongswan.conf"
charon-systemd >charon.log 2>&1 &
daemon=$!
turns=0
until swanctl --stats --uri unix://vici >stats.log 2>&1; do
  turns=$((turns + 1))
  if [ $turns -gt 100 ] || ! kill -0 $daemon 2>/dev/null; then
    cat charon.log stats.log
    kill $daemon
    exit 1
  fi
  sleep 0.05
done
for text in *.conf.asked; do
  [ -e "$text" ] || continue
  echo "=== $text"
  swanctl --load-all --noprompt --uri unix://vici --file "$text" 2>&1 || echo "refused"
done
kill $daemon
wait $daemon 2>/dev/null || true
"""
SAID = re.compile(r"^=== (\d+)\.conf\.asked\n(.*?)(?=^=== |\Z)", re.MULTILINE | re.DOTALL)
OF_A_SECTION = re.compile(
    r"^(?:loading \w+ '([^'\n]+)' failed: |missing secret in '([^'\n]+)')[^\n]*", re.MULTILINE
)
OF_THE_TEXT = re.compile(r"^[^\n]*(?:syntax error|no connections found|invalid config)[^\n]*", re.M)


def available() -> Available | Missing:
    """Whether strongSwan is here, and its daemon starts in a namespace."""
    for name in NEEDED:
        if find(name) is None:
            return Missing(why=f"{name} is not installed")
    rights = () if os.geteuid() == 0 else ("--map-root-user",)
    command = ("unshare", *rights, "--net", "--", "sh", "-c", ASK, NAME)
    if run(["unshare", *rights, "--net", "--", "true"]).code != 0:
        return Missing(why="neither root nor allowed to make a namespace of its own")
    with TemporaryDirectory(prefix="telemed-swanctl-") as folder:
        ended = _ask(command, Path(folder), ())
    if ended.code != 0:
        return Missing(why=f"charon-systemd does not start: {_last_line(ended.words)}")
    return Available(version=version_of([NAME, "--version"]), command=command)


def check(program: Available, units: Sequence[Unit], spread: Map) -> Answer:
    """What strongSwan says about texts, some to a daemon; `spread` maps over them."""

    def ask(batch: Sequence[Unit]) -> Answer:
        return Answer(refusals=tuple(_refusals(program, batch)))

    batches = [units[at : at + BATCH_TEXTS] for at in range(0, len(units), BATCH_TEXTS)]
    answers = spread(ask, batches)
    return Answer(refusals=tuple(chain.from_iterable(one.refusals for one in answers)))


def _refusals(program: Available, batch: Sequence[Unit]) -> Iterator[Refusal]:
    with TemporaryDirectory(prefix="telemed-swanctl-") as folder:
        ended = _ask(program.command, Path(folder), batch)
    said = {int(number): words for number, words in SAID.findall(ended.words)}
    for number, unit in enumerate(batch):
        file = unit.files[0]
        for line, words in _against(file.text, said.get(number), ended.words):
            yield Refusal(device=file.device, path=file.path, line=line, words=words, program=NAME)


def _ask(command: Sequence[str], folder: Path, batch: Sequence[Unit]) -> Ended:
    (folder / "strongswan.conf").write_text(SETTINGS, "utf-8")
    for number, unit in enumerate(batch):
        (folder / f"{number:02d}.conf.asked").write_text(unit.files[0].text, "utf-8")
    return run([*command, str(folder)])


def _against(text: str, said: str | None, all_said: str) -> Iterator[tuple[int, str]]:
    """What is said against one text, each with its line: that of the section it is about."""
    if said is None:
        yield 0, f"no answer: {_last_line(all_said)}"
        return
    found = False
    for one in OF_A_SECTION.finditer(said):
        found = True
        yield _line_of(text, one[1] or one[2]), one[0]
    for words in OF_THE_TEXT.findall(said):
        found = True
        number = re.search(r":(\d+):", words)
        yield int(number[1]) if number else 0, words
    if not found and said.endswith("refused\n"):
        yield 0, _last_line(said.removesuffix("refused\n"))


def _line_of(text: str, section: str) -> int:
    head = re.search(rf"^\s*{re.escape(section)}\s*{{", text, re.MULTILINE)
    return 1 + text.count("\n", 0, head.end()) if head else 0


def _last_line(words: str) -> str:
    return words.strip().rpartition("\n")[2] or "it says nothing"
