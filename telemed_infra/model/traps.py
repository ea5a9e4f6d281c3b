"""What YAML would do behind the writer's back, told in the writer's words."""

from __future__ import annotations

from collections.abc import Iterator

import yaml

from telemed_infra.model.finding import WHOLE, Finding, Path
from telemed_infra.model.places import walk
from telemed_infra.model.yaml_text import DEPTH_MAX, STR, compose, kind, plain

_SYNTAX: tuple[tuple[str, str, str], ...] = (
    # what libyaml says,                  our words,                        the way out
    (
        "cannot start any token",
        "a character that cannot begin a value",
        "indent with spaces, never tabs; quote a value that begins with @, % or `",
    ),
    (
        "mapping values are not allowed",
        "a `:` where none can stand",
        "quote a text that contains `: `, or look at the indentation",
    ),
    ("could not find expected ':'", "a key without `:`", "write `key: value`"),
    (
        "did not find expected key",
        "this line does not go on from the one above",
        "look at the indentation, and for a missing quote or bracket above",
    ),
    (
        "did not find expected ','",
        "a `{` or `[` that is not closed, or a comma is missing",
        "look for the missing `,`, `}` or `]` here or above",
    ),
    (
        "did not find expected '-'",
        "this line is not an item of the list above",
        "begin it with `- `, or look at the indentation",
    ),
    ("did not find the next", "a character that cannot stand here", ""),
    ("unexpected end of stream", "a quote that is never closed", "close it with the same quote"),
    ("unknown escape", "a `\\` in double quotes", "use single quotes, or write `\\\\`"),
    ("expected a single document", "a second document", "one document a file: remove the `---`"),
    ("another document", "a second document", "one document a file: remove the `---`"),
    ("undefined alias", "a text that begins with `*`", "quote it; aliases are not used here"),
    ("duplicate anchor", "an anchor", "write the value out; anchors are not used here"),
    ("nested too deeply", "nested too deeply", "no document of the inventory needs it"),
    (
        "an unusual line break",
        "a line break that editors do not count (CR, NEL, LS or PS)",
        "end lines with LF or CR LF",
    ),
)


def syntax_error(file: str, text: str, error: yaml.YAMLError) -> Finding:
    """The one error after which the parser could not go on."""
    line, said = 1, "not YAML"
    if isinstance(error, yaml.MarkedYAMLError):
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        said = error.problem or said
    elif isinstance(error, yaml.reader.ReaderError):
        # libyaml counts bytes.
        line = text.encode()[: error.position].count(b"\n") + 1
        said = "a control character"
    else:
        line, said = getattr(error, "line", 1), str(error)
    for part, words, hint in _SYNTAX:
        if part in said:
            return Finding(file, WHOLE, f"not YAML: {words}", hint, min(line, last_line(text)))
    return Finding(file, WHOLE, f"not YAML: {said}", "", min(line, last_line(text)))


def last_line(text: str) -> int:
    """The number of a text's last line."""
    return max(1, len(text.split("\n")) - text.endswith("\n"))


def traps(file: str, text: str) -> Iterator[Finding]:
    """Repeated keys, aliases, tags, and scalars that YAML reads as something else."""
    aliases = list(_aliases(file, text))
    yield from aliases
    root = compose(text)
    if root is None or aliases:
        return
    for path, key, node in walk(root):
        if len(path) > DEPTH_MAX:
            yield Finding(file, path[:1], "nested too deeply", "no document here needs it")
            return
        if isinstance(node, yaml.MappingNode):
            yield from _keys(file, path, node)
        if isinstance(node, yaml.ScalarNode) and node.tag == STR and not node.style:
            yield from _scalar(file, path, node.value)
        elif node.tag not in (STR, "tag:yaml.org,2002:map", "tag:yaml.org,2002:seq"):
            yield Finding(
                file,
                path,
                f"tags such as `{node.tag[:40]}` are not used here",
                "for a secret write a reference: `vault:name` or `env:NAME`",
            )
        del key


def _aliases(file: str, text: str) -> Iterator[Finding]:
    """Anchors and aliases hide where a value comes from."""
    for event in yaml.parse(text, yaml.CBaseLoader):
        anchor = getattr(event, "anchor", None)
        if anchor:
            sign = "*" if isinstance(event, yaml.AliasEvent) else "&"
            what = "alias" if sign == "*" else "anchor"
            yield Finding(
                file,
                WHOLE,
                f"the {what} `{sign}{anchor[:40]}` is not allowed",
                "write the value out: each value has one place",
                event.start_mark.line + 1 if event.start_mark else 1,
            )


def _keys(file: str, path: Path, node: yaml.MappingNode) -> Iterator[Finding]:
    first: dict[str, int] = {}
    for key, _ in node.value:
        line = key.start_mark.line + 1
        if not isinstance(key, yaml.ScalarNode):
            yield Finding(file, path, "a key is no single word", "write `key: value`", line)
            continue
        name = key.value
        if name in first:
            yield Finding(
                file,
                (*path, name),
                f"the key is repeated (first on line {first[name]})",
                "keep one of them",
                line,
            )
        first.setdefault(name, line)
        if not key.style:
            yield from _key(file, (*path, name), name, line)


def _key(file: str, path: Path, name: str, line: int) -> Iterator[Finding]:
    if name == "<<":
        yield Finding(
            file,
            path,
            "merge keys are not allowed",
            "write the values out: each value has one place",
            line,
        )
    elif kind(name) != STR:
        yield Finding(
            file,
            path,
            f"YAML reads the key `{name[:40]}` as {_reading(name)}",
            f'quote it: "{name[:40]}"',
            line,
        )


def _scalar(file: str, path: Path, text: str) -> Iterator[Finding]:
    """Only what `plain` leaves as text; the others are wrong only where a text belongs."""
    tag = kind(text)
    if tag == STR or not isinstance(plain(text), str):
        return
    shown = text[:40]
    hint = f'if it is a text, quote it: "{shown}"'
    if tag.endswith("timestamp"):
        hint = "write a day of the calendar as 2026-03-01"
    elif tag.endswith("int"):
        hint = f"write a number in plain decimal digits; {hint}"
    yield Finding(file, path, f"YAML reads `{shown}` as {_reading(text)}", hint)


def _reading(text: str) -> str:
    tag = kind(text).rpartition(":")[2]
    if tag in ("int", "float") and ":" in text:
        return "a number of base 60"
    return {
        "int": "a number",
        "float": "a number",
        "bool": "yes or no",
        "null": "nothing",
        "timestamp": "a date",
    }.get(tag, "something else than a text")
