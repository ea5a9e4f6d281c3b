r"""Templates to text, and which inventory lines each line of it comes from.

A template writes `{{ x.mark }}` at the head of a stanza: a mark is `\x02origins\x03`, and what
follows it, up to the next mark, comes from those origins. The marks are taken out again here.
Source: ADR-0005.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from operator import itemgetter

import jinja2

START, END = "\x02", "\x03"


@dataclass(frozen=True, slots=True)
class Rendered:
    """A configuration text and its origins: (first line, origins) pairs, each up to the next."""

    text: str
    origins: tuple[tuple[int, str], ...]

    def origin(self, line: int) -> str:
        """The origins of one line, "" for a line that nothing but its template wrote."""
        place = bisect_right(self.origins, line, key=itemgetter(0)) - 1
        return self.origins[place][1] if line and place >= 0 else ""


def environment(loader: jinja2.BaseLoader) -> jinja2.Environment:
    """The one environment of a run: compiled templates are kept, nothing undefined passes."""
    return jinja2.Environment(
        loader=loader,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # device configurations, not HTML
        auto_reload=False,
        cache_size=100,
    )


def mark(origins: Iterable[str]) -> str:
    """The mark of a stanza that comes from these inventory lines."""
    return f"{START}{' '.join(origins)}{END}"


def section(env: jinja2.Environment, template: str, view: Mapping[str, object]) -> str:
    """One template's text, marks still inside."""
    return env.get_template(template).render(view)


def finish(*sections: str) -> Rendered:
    """Takes the marks out of sections that follow each other."""
    head, *stanzas = "".join(sections).split(START)
    parts = [head]
    origins: list[tuple[int, str]] = []
    line = 1 + head.count("\n")
    before = None
    for stanza in stanzas:
        origin, text = stanza.split(END, 1)
        if origin != before:
            if origins and origins[-1][0] == line:
                origins.pop()
            origins.append((line, origin))
            before = origin
        line += text.count("\n")
        parts.append(text)
    return Rendered("".join(parts), tuple(origins))
