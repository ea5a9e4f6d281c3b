"""Words of an nftables text, cut by one expression over the whole text, with their lines.

Statements end at a line's end, a semicolon or the brace that closes their block; line ends inside
braces count for nothing. Source: nft(8), "Lexical conventions".
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

NEWLINE = "\n"
CONTINUATION = "\\\n"
END = ""
"""Stands behind the last token, so that a look ahead is always there."""

# A word may hold one colon or more if it is an IPv6 address: two colons with hex digits between.
_TOKEN = re.compile(
    r"""
      [\w@$.*/-]+(?: :(?=[0-9a-fA-F]*:)[0-9a-fA-F:./-]* )?
    | \n
    | "[^"\n]*"
    | ::[0-9a-fA-F:./-]*
    | [!=<>]=|<<|>>
    | \\\n
    | [^ \t\n]
    """,
    re.VERBOSE | re.ASCII,
)
_COMMENT_LINE = re.compile(r"^[ \t]*#.*", re.MULTILINE)
_COMMENT = re.compile(r'("[^"\n]*")|#[^\n]*')


class Unreadable(Exception):
    """What a statement says is not modelled; the message is the `why` of an `Unread`."""


class Statement(NamedTuple):
    """The words of one statement, without the line ends inside its braces."""

    line: int
    last: int  # number of its last line
    words: list[str]


def without_comments(text: str) -> str:
    """The same lines, without what stands behind a `#` outside quotes."""
    if "#" in text:
        text = _COMMENT_LINE.sub("", text)
    if "#" in text:
        text = _COMMENT.sub(r"\1", text)
    return text


class Cursor:
    """A place in the tokens of a text. The text must be without comments."""

    def __init__(self, text: str) -> None:
        tokens: list[str] = _TOKEN.findall(text)
        tokens.append(NEWLINE)
        self.continued: dict[int, int] = {}
        """Number of a line that continues another (backslash) → where that one begins."""
        if CONTINUATION in tokens:
            tokens = self._joined(tokens)
        tokens.append(END)
        self.tokens = tokens
        self.at = 0
        self.line = 1

    def _joined(self, tokens: list[str]) -> list[str]:
        """Continued lines as one; their line ends follow it, so that numbers stay right."""
        joined: list[str] = []
        line, waiting = 1, 0
        for token in tokens:
            if token == CONTINUATION:
                waiting += 1
                self.continued[line + waiting] = line
            elif token == NEWLINE:
                joined += [NEWLINE] * (waiting + 1)
                line, waiting = line + waiting + 1, 0
            else:
                joined.append(token)
        return joined

    def peek(self) -> str:
        """The next token that is neither a line end nor a semicolon, or END."""
        tokens = self.tokens
        while True:
            token = tokens[self.at]
            if token == NEWLINE:
                self.line += 1
            elif token != ";":
                return token
            self.at += 1

    def skip(self, count: int = 1) -> None:
        """Pass tokens that are no line ends."""
        self.at += count

    def statement(self) -> Statement:
        """The words up to the statement's end, which stays; Unreadable if there are none."""
        tokens, start, line = self.tokens, self.at, self.line
        end = tokens.index(NEWLINE, start)
        words = tokens[start:end]
        if not _is_plain(words):
            end = _statement_end(tokens, start)
            words = tokens[start:end]
            self.line += words.count(NEWLINE)
            words = [word for word in words if word != NEWLINE]
        self.at = end
        if not words:
            raise Unreadable("nothing, where a statement should be")
        return Statement(line, self.line, words)

    def block(self) -> Sequence[str]:
        """The words before the brace that opens a block, passed with it; () if none opens."""
        tokens = self.tokens
        end = tokens.index(NEWLINE, self.at)
        if "{" not in tokens[self.at : end]:
            return ()
        brace = tokens.index("{", self.at)
        words = tokens[self.at : brace]
        if ";" in words or "}" in words:
            return ()
        self.at = brace + 1
        return words


def _is_plain(words: list[str]) -> bool:
    """Whether a line is one statement: no semicolon, and braces only as one pair."""
    closing = words.count("}")
    if ";" in words or words.count("{") != closing or closing > 1:
        return False
    return closing == 0 or words.index("{") < words.index("}")


def _statement_end(tokens: list[str], start: int) -> int:
    depth = 0
    for at in range(start, len(tokens)):
        token = tokens[at]
        if token == "{":
            depth += 1
        elif token == "}":
            if depth == 0:
                return at
            depth -= 1
        elif depth == 0 and token in {NEWLINE, ";"}:
            return at
    return len(tokens) - 1
