"""Who may do what: unguessable tokens, of which only hashes are kept, and codes short enough to read aloud."""

import hashlib
import secrets
from dataclasses import dataclass
from enum import StrEnum

TOKEN_BYTES = 24
CODE_LETTERS = "BCDFGHJKMNPQRSTVWXZ"
"""No vowels, so that no code is a word, and no letter that looks like a digit."""

CODE_LENGTH = 5


class Role(StrEnum):
    """What a token opens."""

    SEAT = "seat"
    DESK = "desk"
    PROJECTOR = "projector"


@dataclass(frozen=True)
class Grant:
    """What a token stands for: a role, in a lesson (0 for every lesson), for a participant (0 for none)."""

    role: Role
    lesson: int
    participant: int = 0


def new_token() -> str:
    """Return a token with 192 random bits."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def new_code() -> str:
    """Return a code to join with."""
    return "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))


def normalised_code(typed: str) -> str:
    """Return a code as typed on a phone in its one spelling.

    Examples
    --------
    >>> normalised_code(" bcd fg ")
    'BCDFG'
    """
    return "".join(letter for letter in typed.upper()[:40] if letter in CODE_LETTERS)


def fingerprint(token: str) -> str:
    """Return the hash under which a token is kept."""
    return hashlib.sha256(token.encode()).hexdigest()
