"""Every sentence that a reader sees, by key, from one file per language; ``english.toml`` is the one there is."""

import tomllib
from datetime import date
from functools import cache
from pathlib import Path

LANGUAGE = "en"
_FILE = Path(__file__).with_name("english.toml")


@cache
def sentences() -> dict[str, str]:
    """Return all sentences by key; a key inside a section is written ``section.key``."""
    found: dict[str, str] = {}
    for section, entries in tomllib.loads(_FILE.read_text(encoding="utf-8")).items():
        for key, sentence in entries.items():
            found[f"{section}.{key}"] = " ".join(sentence.split())
    return found


def t(key: str, **values: object) -> str:
    """Return the sentence with this key, its gaps filled with `values`; KeyError if there is none.

    Examples
    --------
    >>> t("common.minutes_left", minutes=3)
    '3 min'
    """
    return sentences()[key].format(**values)


def t_or(key: str, otherwise: str) -> str:
    """Return the sentence with this key, or `otherwise` if there is none: for what configs may add."""
    return sentences().get(key, otherwise)


def month(start: str, months: float) -> str:
    """Return the month so many months after the ISO date `start`.

    Examples
    --------
    >>> month("2018-10-20", 10)
    'Aug 2019'
    """
    first = date.fromisoformat(start[:10])
    whole = first.month - 1 + int(months)
    names = t("common.months").split()
    return f"{names[whole % 12]} {first.year + whole // 12}"
