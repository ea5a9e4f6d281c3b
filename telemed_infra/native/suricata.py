"""Asks `suricata -T` about sensors: configuration, rules, thresholds and classes together.

Its warnings refuse too: an unknown class of a rule is one. Source: the Suricata 7.0 user guide.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from telemed_infra.native.nftables import Map
from telemed_infra.native.process import find, run, version_of
from telemed_infra.native.report import Answer, Available, Missing, NativeFile, Refusal, Unit

NAME = "suricata"
PLATFORMS = ("suricata",)
CONFIGURATION = "suricata.yaml"
RULES = ".rules"
# Option → file: given each time, so that nothing is read from the machine's own /etc/suricata.
SETTINGS = {
    "classification-file": "classification.config",
    "reference-config-file": "reference.config",
    "threshold-file": "threshold.config",
}
# Tables for packets, and patterns for all rules at once, are half of the time. All they tell of a
# text is that these settings of it are valid, and that is found out first: see `_settings`.
SMALL = (
    *("flow.prealloc=0", "flow.hash-size=1", "luajit.states=1", "detect.sgh-mpm-context=full"),
    *("defrag.hash-size=1", "defrag.trackers=1", "defrag.max-frags=1"),
)
# A sensor's name and variables, as far as they are plain words: they cannot change what follows.
OWN = re.compile(
    r"^(?:# [\w-]+|sensor-name: [\w-]+|vars:(?:\n +[][\w:$!.,/> -]+)+)\n", re.MULTILINE
)
# `E: detect: error parsing …` on a console without colours, `Error: …` before the log is open.
SPOKEN = re.compile(r"^(?:E|W|Error|Warning): (?P<module>[\w-]+): (?P<words>.*)$")
# Warnings of other modules speak of the machine: its processors, interfaces, rights.
MODULES = ("detect", "classification", "reference", "threshold", "conf", "rule", "app-layer")
PLACE = re.compile(r" from file (?P<file>\S+) at line (?P<line>\d+)\s*$")
CONFIGURATION_LINE = re.compile(r"configuration file at line (\d+)")
SIGNATURE = re.compile(r"\bsid:(\d+)")
WORDS_MAX = 400  # characters: Suricata repeats whole rules


def available() -> Available | Missing:
    """Whether Suricata can be asked here; it needs no rights."""
    path = find(NAME)
    if path is None:
        return Missing(why=f"{NAME} is not installed")
    return Available(version=version_of([path, "-V"]), command=(path,))


def check(program: Available, units: Sequence[Unit], spread: Map) -> Answer:
    """What Suricata says about sensors; `spread` maps a function over them, several at once."""

    def ask(units: Sequence[Unit]) -> Answer:
        return Answer(refusals=tuple(chain.from_iterable(_refusals(program, one) for one in units)))

    answers = spread(ask, [[unit] for unit in units])
    return Answer(refusals=tuple(chain.from_iterable(one.refusals for one in answers)))


class _Sensor(NamedTuple):
    """The files of one sensor."""

    by_name: dict[str, NativeFile]
    configuration: NativeFile
    rules: NativeFile


def _refusals(program: Available, unit: Unit) -> Sequence[Refusal]:
    by_name = {file.path.name: file for file in unit.files}
    configuration = by_name.get(CONFIGURATION)
    rules = [file for file in unit.files if file.path.suffix == RULES]
    if configuration is None or len(rules) != 1:
        words = f"a sensor has one {CONFIGURATION} and one *{RULES}"
        return [_refusal(unit.files[0], 0, words)]
    sensor = _Sensor(by_name, configuration, rules[0])
    settings = _settings(configuration)
    if settings in program.accepted and not _asked(program, sensor, SMALL):
        return ()
    found = _asked(program, sensor)
    if not found:
        program.accepted.add(settings)
    return found


def _asked(program: Available, sensor: _Sensor, small: Sequence[str] = ()) -> Sequence[Refusal]:
    with TemporaryDirectory(prefix="telemed-suricata-") as name:
        folder = Path(name)
        for file in sensor.by_name.values():
            (folder / file.path.name).write_text(file.text, "utf-8")
        ended = run([*program.command, *_arguments(folder, sensor.rules.path.name, small)])
    found = list(_spoken(ended.words, sensor))
    if ended.code != 0 and not found:
        words = ended.words.strip() or f"ended with code {ended.code}"
        found = [_refusal(sensor.configuration, 0, words)]
    return found


def _settings(configuration: NativeFile) -> str:
    """A configuration without name and variables: what many sensors have in common.

    Once Suricata has accepted these lines as they stand, tables of another size hide nothing.
    """
    return OWN.sub("", configuration.text)


def _arguments(folder: Path, rules: str, small: Sequence[str]) -> Iterator[str]:
    yield from ("-T", "-c", str(folder / CONFIGURATION), "-S", str(folder / rules))
    yield from ("-l", str(folder))
    for option, file in SETTINGS.items():
        yield from ("--set", f"{option}={folder / file}")
    # Building Hyperscan's tables is three quarters of the time, and says nothing about the rules.
    for setting in ("mpm-algo=ac", "spm-algo=bm", *small):
        yield from ("--set", setting)
    # What it says must come here and not into the sensor's own log.
    yield from ("--set", "logging.outputs.0.console.enabled=yes")


def _spoken(words: str, sensor: _Sensor) -> Iterator[Refusal]:
    """Errors and warnings; what says where comes after what says why, so they are joined."""
    by_name, configuration, rules = sensor
    before: list[str] = []
    placed = False
    for line in words.splitlines():
        spoken = SPOKEN.match(line)
        if not spoken or not spoken["module"].startswith(MODULES):
            continue
        place = PLACE.search(spoken["words"])
        signature = SIGNATURE.search(spoken["words"])
        yaml_line = CONFIGURATION_LINE.search(spoken["words"])
        if place:
            file = by_name.get(Path(place["file"]).name, rules)
            yield _refusal(file, int(place["line"]), "; ".join(before) or spoken["words"])
        elif yaml_line:
            yield _refusal(configuration, int(yaml_line[1]), spoken["words"])
        elif signature:
            yield _refusal(rules, _line_of(rules, signature[0]), spoken["words"])
        else:
            before.append(spoken["words"])
            continue
        before, placed = [], True
    if before and not placed:
        yield _refusal(_spoken_of(before, by_name, configuration), 0, "; ".join(before))


def _spoken_of(
    words: list[str], by_name: dict[str, NativeFile], configuration: NativeFile
) -> NativeFile:
    """The file that a message names, else the configuration."""
    text = " ".join(words)
    return next((file for name, file in by_name.items() if f"/{name}" in text), configuration)


def _line_of(rules: NativeFile, signature: str) -> int:
    for number, line in enumerate(rules.text.splitlines(), start=1):
        if f"{signature};" in line:
            return number
    return 0


def _refusal(file: NativeFile, line: int, words: str) -> Refusal:
    return Refusal(
        device=file.device, path=file.path, line=line, words=words[:WORDS_MAX], program=NAME
    )
