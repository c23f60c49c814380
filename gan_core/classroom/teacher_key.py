"""The key that makes whoever opens a link with it the teacher of this server."""

from __future__ import annotations

import functools
import hashlib
import hmac
import os
import secrets
from collections.abc import Mapping

LEAST = 8  # characters


class TeacherKeyError(ValueError):
    """GAN_TEACHER_KEY is no key; one sentence."""


class TeacherKey:
    """The key, and what a browser keeps in its place."""

    def __init__(self, text: str, *, generated: bool) -> None:
        self.text = text
        self.generated = generated

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> TeacherKey:
        """The one that GAN_TEACHER_KEY sets, else a new one that nobody can guess. Raises TeacherKeyError."""
        text = environment.get("GAN_TEACHER_KEY", "")
        if text and len(text) < LEAST:
            raise TeacherKeyError(f"GAN_TEACHER_KEY has {len(text)} characters and can be guessed: give it {LEAST}.")
        return cls(text or secrets.token_urlsafe(16), generated=not text)

    def fits(self, given: str) -> bool:
        """Whether it is this key; how long that takes tells nothing."""
        return hmac.compare_digest(_digest(given), _digest(self.text))

    def token(self, visitor: str) -> str:
        """What says of this visitor, and of no other, that he had the key; the key cannot be told from it."""
        return hmac.new(self.text.encode(), visitor.encode(), hashlib.sha256).hexdigest()

    def is_token(self, visitor: str, given: str) -> bool:
        """Whether it is this visitor's."""
        return hmac.compare_digest(_digest(given), _digest(self.token(visitor)))


@functools.cache
def teacher_key() -> TeacherKey:
    """That of this process. Raises TeacherKeyError."""
    return TeacherKey.from_environment()


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode(errors="replace")).digest()
