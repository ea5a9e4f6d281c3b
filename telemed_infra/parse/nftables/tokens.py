"""Words of an nftables text, cut by one expression over the whole text, with their lines.

Statements end at a line's end, a semicolon or the brace that closes their block; line ends inside
braces count for nothing. Source: nft(8), "Lexical conventions".

Most lines of a ruleset are rules that begin with an address. The end of a line that reads so is
one token at first, a *line* (see `is_line`): no semicolon, at most one pair of braces, a quoted
text only as its last word. Wherever it turns out not to be a whole statement it is cut into words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from msgspec import Struct

NEWLINE = "\n"
CONTINUATION = "\\\n"
END = ""
"""Stands behind the last token, so that a look ahead is always there."""

# A word may hold one colon or more if it is an IPv6 address: two colons with hex digits between.
_WORD = r"""
      [\w@$.*/-]+(?: :(?=[0-9a-fA-F]*:)[0-9a-fA-F:./-]* )?
    | \n
    | "[^"\n]*"
    | ::[0-9a-fA-F:./-]*
    | [!=<>]=|<<|>>
    | \\\n
    | [^ \t\n]
"""
_PLAIN = r"""[^"{};\\\n]{0,400}"""  # longer ones are cut at once: no text takes long
_LINE = rf"""
      ip6?[ ][sd]addr[ ]{_PLAIN} (?: \{{{_PLAIN}\}}{_PLAIN} )? (?: "[^"\n]{{0,400}}" )? (?=\n)
"""
_CUT = re.compile(_WORD, re.VERBOSE | re.ASCII)
_TOKEN = re.compile(f"{_LINE}|{_WORD}", re.VERBOSE | re.ASCII)
_COMMENT = re.compile(r'("[^"\n]*")|#[^\n]*')


class Unreadable(Exception):
    """What a statement says is not modelled; the message is the `why` of an `Unread`."""


class Statement(Struct, frozen=True):
    """The words of one statement, without the line ends inside its braces."""

    line: int
    last: int  # number of its last line
    words: list[str]  # or a single line, not cut yet


def is_line(token: str) -> bool:
    """Whether a token is the uncut end of a line."""
    return " " in token and token[0] != '"'


def cut(line: str) -> list[str]:
    """The words of an uncut line; a word stays as it is."""
    return _CUT.findall(line)


def without_comments(text: str) -> list[str]:
    """The same lines, without what stands behind a `#` outside quotes."""
    lines = text.split("\n")
    if "#" in text:
        return [_COMMENT.sub(r"\1", line) if "#" in line else line for line in lines]
    return lines


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

    def lines(self) -> list[Statement]:
        """The uncut line that `peek` has found and those that follow it, each a statement."""
        tokens, at, number = self.tokens, self.at, self.line
        found = []
        while is_line(line := tokens[at]):
            found.append(Statement(number, number, [line]))
            at += 2  # a line's end is the next token (see `_LINE`)
            number += 1
        self.at, self.line = at, number
        return found

    def statement(self) -> Statement:
        """The words up to the statement's end, which stays; Unreadable if there are none."""
        tokens, start, line = self.tokens, self.at, self.line
        end = tokens.index(NEWLINE, start)
        words = tokens[start:end]
        if words and " " in words[-1]:
            words[-1:] = _words(words[-1])
        if not _is_plain(words):
            end = _statement_end(tokens, start)
            words = [token for token in tokens[start:end] if token != NEWLINE]
            self.line += end - start - len(words)
            if any(map(is_line, words)):
                words = [word for token in words for word in _words(token)]
        self.at = end
        if not words:
            raise Unreadable("nothing, where a statement should be")
        return Statement(line, self.line, words)

    def block(self) -> Sequence[str]:
        """The words before the brace that opens a block, passed with it; () if none opens."""
        tokens = self.tokens
        end = tokens.index(NEWLINE, self.at)
        if is_line(tokens[end - 1]) and end > self.at:
            tokens[end - 1 : end] = words = cut(tokens[end - 1])
            end += len(words) - 1
        if "{" not in tokens[self.at : end]:
            return ()
        brace = tokens.index("{", self.at)
        words = tokens[self.at : brace]
        if ";" in words or "}" in words:
            return ()
        self.at = brace + 1
        return words


def _words(token: str) -> list[str]:
    return cut(token) if is_line(token) else [token]


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
