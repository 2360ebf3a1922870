"""The words of Gambit's file formats, each with its line."""

import re
from collections.abc import Sequence
from fractions import Fraction
from math import isfinite
from typing import NoReturn

from sim.errors import ParameterError

_WORD = re.compile(r'"(?:[^"\\]|\\.)*"|[{}]|[^\s{}",]+', re.DOTALL)
_SPACE = re.compile(r"[\s,]*")


class Tokens:
    r"""A reader that moves through `text` token by token and says where it stands when something is wrong.

    Examples
    --------
    >>> tokens = Tokens('NFG 1 R "two\nlines" { 1/4 }', "game.nfg")
    >>> tokens.literal("NFG")
    >>> tokens.header()
    >>> tokens.text("the title")
    'two\nlines'
    >>> tokens.numbers(2, "payoffs")
    Traceback (most recent call last):
        ...
    sim.errors.ParameterError: game.nfg, line 2: expected payoffs (2 numbers), got 1
    """

    def __init__(self, text: str, path: str) -> None:
        self.path = path
        self._words: list[str] = []
        self._lines: list[int] = []
        self._next = 0
        position, line = _SPACE.match(text).end(), 1  # type: ignore[union-attr]  # matches the empty string too
        line += text.count("\n", 0, position)
        while position < len(text):
            match = _WORD.match(text, position)
            if match is None:
                self._lines.append(line)
                self._words.append("")
                self.fail("a quoted text is not closed", line)
            self._words.append(match.group())
            self._lines.append(line)
            after = _SPACE.match(text, match.end()).end()  # type: ignore[union-attr]
            line += text.count("\n", position, after)
            position = after

    def line(self) -> int:
        """Return the line of the next token; at the end the last line that has one."""
        return self._lines[min(self._next, len(self._lines) - 1)] if self._lines else 1

    def kind(self) -> str:
        """Return ``"text"``, ``"{"``, ``"}"``, ``"word"`` or ``"end"``."""
        if self._next >= len(self._words):
            return "end"
        word = self._words[self._next]
        return "text" if word.startswith('"') else word if word in "{}" else "word"

    def fail(self, message: str, line: int | None = None) -> NoReturn:
        """Raise ParameterError with path and line."""
        raise ParameterError(f"{self.path}, line {self.line() if line is None else line}: {message}")

    def literal(self, expected: str) -> None:
        """Pass over exactly `expected`."""
        if self.kind() == "end" or self._words[self._next] != expected:
            self._expected(f"{expected!r}")
        self._next += 1

    def word(self, what: str, legal: Sequence[str]) -> str:
        """Return the next word, which must be one of `legal`."""
        if self.kind() != "word" or self._words[self._next] not in legal:
            self._expected(what)
        self._next += 1
        return self._words[self._next - 1]

    def header(self) -> None:
        """Pass over the version and the number type, R (rational) or D (double)."""
        self.integer("the format's version")
        self.word("R or D", ("R", "D"))

    def text(self, what: str) -> str:
        """Return a quoted text without its quotes."""
        if self.kind() != "text":
            self._expected(f"{what} in quotation marks")
        self._next += 1
        return re.sub(r"\\(.)", r"\1", self._words[self._next - 1][1:-1], flags=re.DOTALL)

    def texts(self, what: str) -> list[str]:
        """Return the texts in a pair of braces."""
        self.literal("{")
        result = []
        while self.kind() != "}":
            result.append(self.text(what))
        self.literal("}")
        return result

    def integer(self, what: str) -> int:
        """Return a whole number."""
        if self.kind() != "word" or not re.fullmatch(r"[+-]?\d+", self._words[self._next]):
            self._expected(f"{what} (a whole number)")
        self._next += 1
        return int(self._words[self._next - 1])

    def number(self, what: str) -> float:
        """Return a decimal number or a fraction as a float."""
        if self.kind() != "word":
            self._expected(f"{what} (a number)")
        word = self._words[self._next]
        try:
            value = float(Fraction(word)) if "/" in word else float(word)
        except (ValueError, ZeroDivisionError, OverflowError):
            self._expected(f"{what} (a number)")
        if not isfinite(value):
            self.fail(f"{what} must be a finite number, got {word}")
        self._next += 1
        return value

    def numbers(self, count: int, what: str) -> list[float]:
        """Return `count` numbers in a pair of braces."""
        self.literal("{")
        result = []
        line = self.line()
        while self.kind() not in ("}", "end"):
            result.append(self.number(what))
        self.literal("}")
        if len(result) != count:
            self.fail(f"expected {what} ({count} numbers), got {len(result)}", line)
        return result

    def end(self) -> None:
        """Require that nothing is left."""
        if self.kind() != "end":
            self._expected("the end of the file")

    def _expected(self, what: str) -> NoReturn:
        got = "the end of the file" if self.kind() == "end" else self._words[self._next]
        self.fail(f"expected {what}, got {got if len(got) <= 40 else got[:37] + '...'}")
