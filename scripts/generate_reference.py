"""Writes the generated parts of docs/reference/: inventory keys, commands' options, platforms.

    python scripts/generate_reference.py            write
    python scripts/generate_reference.py --check    exit code 1 if something is not current

Types, needs and defaults come from the program itself. What a key means stands in
docs/reference/meanings.yml; a key without a meaning, or a meaning without a key, is an error.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import typer
import yaml

from telemed_infra.cli.main import app
from telemed_infra.model.documents import DOCUMENTS, Document
from telemed_infra.model.json_schema import schema_of
from telemed_infra.plan.platforms import NO_LIMIT, PLATFORMS, Algorithms, PlatformFacts

REFERENCE = Path(__file__).resolve().parent.parent / "docs" / "reference"
BEGIN, END = "<!-- generated: begin -->", "<!-- generated: end -->"
TUNNEL_HEADS = (
    "platform",
    "negotiation",
    "packets",
    "digests",
    "groups",
    "IPv6 inside",
    "over circuits",
)
NAMED_PATTERNS = {
    r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$": "id",
    r"^[A-Z][A-Z0-9]{0,5}$": "short name",
    r"^[A-Z][A-Z0-9]{1,9}$": "zone",
    r"^[0-9a-fA-F.:]+/[0-9]{1,3}$": "prefix",
    r"^[0-9]{1,5}-[0-9]{1,5}$": "range of ports",
    r"^[A-Z]{2,3}$": "device role",
    r"^[A-Z]{2,3}[0-9]{2}$": "device",
    r"^[A-Z]{2,3}[0-9]{2}:[0-9]{1,2}$": "port of a device",
    r"^[0-9]{1,2}(-[0-9]{1,2})?$": "port numbers",
    r"^[1-9][0-9]*(s|m|h|d)$": "duration",
    r"^[1-9][0-9]*(ms|s|m|h)$": "short duration",
    r"^[PN][0-9]{4}$": "policy id",
    r"^E[0-9]{3}$": "expectation id",
    r"^[0-9]{2,11}$": "official code",
    r"^(vault|env):[A-Za-z][A-Za-z0-9_-]{0,59}$": "reference to a secret",
    r"^(vault|env):[A-Za-z0-9_./-]{1,30}$": "beginning of references to secrets",
}

Schema = Mapping[str, Any]


def main(arguments: list[str]) -> int:
    """Writes or checks every page."""
    stale = []
    pages = {"inventory-files.md": files, "commands.md": options, "platforms.md": limits}
    for name, content in pages.items():
        page = REFERENCE / name
        before = page.read_text("utf-8")
        head, _, rest = before.partition(BEGIN)
        after = f"{head}{BEGIN}\n\n{content()}\n{END}{rest.partition(END)[2]}"
        if before != after:
            stale.append(name)
            if "--check" not in arguments:
                page.write_text(after, "utf-8")
    if stale and "--check" in arguments:
        print(f"not current: {', '.join(stale)}; run scripts/generate_reference.py")
        return 1
    return 0


# ---- keys of the inventory ----------------------------------------------------------------------


def files() -> str:
    """One section for each document, one table for each mapping in it."""
    meanings = yaml.safe_load((REFERENCE / "meanings.yml").read_text("utf-8"))
    unused = {(table, key) for table, keys in meanings.items() for key in keys}
    shown: set[str] = set()
    parts = []
    for document in DOCUMENTS:
        schema = schema_of(document.name)
        file = f"{document.name}/*.yml" if document.folder else f"{document.name}.yml"
        parts.append(f"## `{file}`\n\n{document.title}. {_whole(document, schema)}".rstrip() + "\n")
        tables = {document.name: schema, **schema.get("$defs", {})}
        for name, table in tables.items():
            if name in shown or "properties" not in table:
                continue
            shown.add(name)
            if name != document.name:
                parts.append(f"### {name}\n\n{table.get('description', '')}\n")
            parts.append(_table(name, table, meanings.get(name, {})))
            unused -= {(name, key) for key in table["properties"]}
    if unused:
        raise SystemExit(f"meanings.yml speaks of keys that are not: {sorted(unused)}")
    return "\n".join(parts)


def _whole(document: Document, schema: Schema) -> str:
    if schema.get("type") == "array":
        return f"A list of {_type(schema['items'])}."
    below = next(iter(schema.get("patternProperties", {}).values()), None)
    if below:
        return f"A mapping from id to {_type(below)}."
    return "One for each file." if document.folder else ""


def _table(name: str, table: Schema, meanings: Mapping[str, str]) -> str:
    rows = ["| key | type | default | meaning |", "|---|---|---|---|"]
    for key, value in table["properties"].items():
        if key not in meanings:
            raise SystemExit(f"meanings.yml says nothing of {name}.{key}")
        needed = key in table.get("required", ())
        default = "needed" if needed else _default(value.get("default"))
        rows.append(f"| `{key}` | {_type(value)} | {default} | {meanings[key]} |")
    return "\n".join(rows) + "\n"


def _default(value: object) -> str:
    if value is None or value in ([], {}):
        return "–"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def _type(node: Schema) -> str:
    if "$ref" in node:
        name = node["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    if "anyOf" in node:
        return " or ".join(_type(one) for one in node["anyOf"] if one.get("type") != "null")
    if "enum" in node or "const" in node:
        return ", ".join(f"`{one}`" for one in node.get("enum", [node.get("const")]))
    match node.get("type"):
        case "array":
            return f"list of {_type(node.get('items') or node['prefixItems'][0])}"
        case "object":
            below = [*node.get("patternProperties", {}).values(), node.get("additionalProperties")]
            return f"mapping to {_type(below[0])}" if below[0] else "mapping"
        case "integer" | "number" as kind:
            return _number(kind, node)
        case "string":
            return _text(node)
        case other:
            return str(other or "any")


def _number(kind: str, node: Schema) -> str:
    low = node.get("minimum", node.get("exclusiveMinimum"))
    high = node.get("maximum")
    bounds = f" {low}–{high}" if high is not None else f" ≥ {low}" if low is not None else ""
    return f"{'number' if kind == 'number' else 'integer'}{bounds}"


def _text(node: Schema) -> str:
    if node.get("format") == "date":
        return "date"
    pattern = node.get("pattern")
    return NAMED_PATTERNS.get(pattern, f"text like `{pattern}`") if pattern else "text"


# ---- options of the commands --------------------------------------------------------------------


def options() -> str:
    """One section for each command, from the program's own definitions."""
    group: Any = typer.main.get_command(app)
    return "\n".join(_command(f"telemed {name}", one) for name, one in _commands(group))


def _commands(group: Any) -> Iterator[tuple[str, Any]]:
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from ((f"{name} {below}", one) for below, one in _commands(command))
        else:
            yield name, command


def _command(name: str, command: Any) -> str:
    given = [one for one in command.params if one.name != "help"]
    usage = " ".join(_usage(one) for one in given if one.param_type_name == "argument")
    rows = [f"## `{' '.join((name, usage)).strip()}`\n", f"{_joined(command.help)}\n"]
    if given:
        rows += ["| argument | meaning |", "|---|---|"]
        rows += [f"| {_parameter(one)} | {_joined(one.help)} |" for one in given]
    return "\n".join(rows) + "\n"


def _usage(parameter: Any) -> str:
    name = parameter.metavar or parameter.name.upper()
    return name if parameter.required else f"[{name}]"


def _parameter(parameter: Any) -> str:
    if parameter.param_type_name == "argument":
        return f"`{parameter.metavar or parameter.name.upper()}`"
    names = ", ".join(f"`{one}`" for one in (*parameter.opts, *parameter.secondary_opts))
    return f"{names}{' (needed)' if parameter.required else ''}"


def _joined(text: str | None) -> str:
    return " ".join((text or "").split()).replace("|", "\\|")


# ---- limits of the platforms --------------------------------------------------------------------


def limits() -> str:
    """One row for each platform, from its row of facts."""
    heads = (
        "platform", "command line", "ports", "loopback", "tunnels", "mobile network",
        "own leg in a VLAN", "filters", "routing", "session again", "state of a pair",
        "name", "lines of a set", "rules",
    )  # fmt: skip
    rows = [_row(heads), "|---" * len(heads) + "|"]
    rows += [_row((f"`{name}`", *_facts(facts))) for name, facts in PLATFORMS.items()]
    rows += ["", "What each knows of IPsec:", ""]
    rows += [_row(TUNNEL_HEADS), "|---" * len(TUNNEL_HEADS) + "|"]
    rows += [
        _row((f"`{name}`", *_tunnel_facts(facts, facts.ipsec)))
        for name, facts in PLATFORMS.items()
        if facts.ipsec
    ]
    return "\n".join(rows) + "\n"


def _facts(facts: PlatformFacts) -> Iterator[str]:
    yield facts.network_os
    yield f"`{facts.port.format('N')}` from {facts.first_port}"
    ends = facts.tunnels
    tunnels = f"{re.sub('{.*}', 'N', ends.by_line)}`, `{ends.by_lte}" if ends else ""
    for name in (facts.loopback, tunnels, facts.lte, facts.vlan_interface.format("N")):
        yield f"`{name}`" if name else "–"
    yield "yes" if facts.filters else "no"
    yield ("yes" if facts.ibgp else "no iBGP") if facts.routing else "no"
    yield f"≤ {facts.retry_s} s" if facts.retry_s else "as told" if facts.routing else "–"
    yield facts.sync.value if facts.sync else "not shared" if facts.filters else "–"
    for most in (facts.name_max, facts.set_lines_max, facts.rules_max):
        yield "–" if most == NO_LIMIT else f"{most:,}"


def _tunnel_facts(facts: PlatformFacts, known: Algorithms) -> Iterator[str]:
    for some in (known.ike, known.esp, known.digests, known.groups):
        yield ", ".join(map(str, sorted(some)))
    yield ("yes" if facts.tunnels.inner6 else "no") if facts.tunnels else "–"
    yield f"`{facts.circuit.replace('{:02}', 'NN').replace('{}', 'N')}`" if facts.circuit else "–"


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
