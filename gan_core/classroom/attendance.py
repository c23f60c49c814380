"""What the visitors of a lesson have done on this server: answers as counts, and the steps each has trained.

No names: a visitor is a random word in the browser, and of network addresses only how many answers came from each is
kept, under what they cannot be told from. All of it ends with the process.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
import time
from collections import Counter, OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

MOST_LESSONS = 100
MOST_VISITORS = 500  # remembered for each lesson; their answers stay counted when they are forgotten
MOST_RUNS = 5  # told apart for each visitor
LIFETIME_S = 12 * 3600.0  # after the last visit


@dataclass(frozen=True)
class MeasuredAnswer:
    """What a run of the lesson, with its own settings, has shown at its end."""

    choices: tuple[str, ...]  # those that are right; none where it cannot be told
    words: str


@dataclass
class _Visitor:
    answer: str | None = None  # the first one given
    before: int = 0  # steps of runs that are no longer told apart
    runs: OrderedDict[str, tuple[int, int]] = field(default_factory=OrderedDict)  # id -> (before a rewind, now)


@dataclass
class _Class:
    """All visitors of one lesson."""

    seen_at: float  # when one was last seen, by the clock of Attendance
    counts: dict[str, int] = field(default_factory=dict)  # answer -> how many gave it
    origins: Counter[bytes] = field(default_factory=Counter)  # answers from each network address
    measured: MeasuredAnswer | None = None  # of a run with the lesson's own settings
    visitors: OrderedDict[str, _Visitor] = field(default_factory=OrderedDict)  # the one seen last at the end


class Attendance:
    """The classes of this process, by their lessons' digests. Every method may be called from any thread."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._classes: OrderedDict[str, _Class] = OrderedDict()
        self._secret = secrets.token_bytes(16)

    def answer(self, digest: str, visitor: str, choice: str, address: str = "") -> None:
        """Count a visitor's answer, which came from this network address; only the first one counts."""
        with self._lock:
            room = self._class(digest)
            person = self._visitor(room, visitor)
            if person.answer is None:
                person.answer = choice
                room.counts[choice] = room.counts.get(choice, 0) + 1
                room.origins[hmac.digest(self._secret, address.encode(), "sha256")] += 1

    def answered(self, digest: str, visitor: str) -> str | None:
        """What a visitor has answered."""
        with self._lock:
            room = self._classes.get(digest)
            person = room.visitors.get(visitor) if room else None
            return person.answer if person else None

    def counts(self, digest: str) -> dict[str, int]:
        """How often each choice was the answer; those that never were are missing."""
        with self._lock:
            self._expire()
            room = self._classes.get(digest)
            return dict(room.counts) if room else {}

    def most_from_one(self, digest: str) -> int:
        """How many answers came from one network address, the one with the most: a browser without its cookie may
        answer again."""
        with self._lock:
            room = self._classes.get(digest)
            return max(room.origins.values(), default=0) if room else 0

    def keep_measured(self, digest: str, measured: MeasuredAnswer) -> None:
        """A run with the lesson's own settings has ended; the same settings give the same."""
        with self._lock:
            self._class(digest).measured = measured

    def measured(self, digest: str) -> MeasuredAnswer | None:
        """What such a run has shown; None before one has ended."""
        with self._lock:
            room = self._classes.get(digest)
            return room.measured if room else None

    def ask_again(self, digest: str) -> None:
        """Forget the answers, not the steps."""
        with self._lock:
            room = self._class(digest)
            room.counts = {}
            room.origins.clear()
            for person in room.visitors.values():
                person.answer = None

    def trained(self, digest: str, visitor: str, run_id: str, step: int) -> None:
        """A visitor's run stands at this step; an earlier one than before means that it was begun again."""
        with self._lock:
            person = self._visitor(self._class(digest), visitor)
            before, now = person.runs.pop(run_id, (0, 0))
            person.runs[run_id] = (before + now, step) if step < now else (before, step)
            if len(person.runs) > MOST_RUNS:
                person.before += sum(person.runs.popitem(last=False)[1])

    def spent(self, digest: str, visitor: str, going_on: str = "") -> int:
        """How many steps a visitor has trained; without those that the run `going_on` has done since it began."""
        with self._lock:
            room = self._classes.get(digest)
            person = room.visitors.get(visitor) if room else None
            if person is None:
                return 0
            runs = person.runs.items()
            return person.before + sum(before + (0 if run_id == going_on else now) for run_id, (before, now) in runs)

    def teacher(self, digest: str) -> str:
        """A word that only who made the link can have, 12 hexadecimal digits; another after each start."""
        return hmac.new(self._secret, digest.encode(), hashlib.sha256).hexdigest()[:12]

    def is_teacher(self, digest: str, word: str) -> bool:
        """Whether it is that word."""
        return hmac.compare_digest(self.teacher(digest).encode(), word.encode())

    # -------------------------------------------------------------------------------- under the lock

    def _class(self, digest: str) -> _Class:
        self._expire()
        room = self._classes.pop(digest, None) or _Class(self._clock())
        room.seen_at = self._clock()
        self._classes[digest] = room
        if len(self._classes) > MOST_LESSONS:
            # Not the oldest: anybody can make up lessons, and would push out a class's answers with them.
            others = [other for other in self._classes if other != digest]
            del self._classes[min(others, key=lambda other: len(self._classes[other].visitors))]
        return room

    def _visitor(self, room: _Class, visitor: str) -> _Visitor:
        person = room.visitors.pop(visitor, None) or _Visitor()
        room.visitors[visitor] = person
        if len(room.visitors) > MOST_VISITORS:
            room.visitors.popitem(last=False)
        return person

    def _expire(self) -> None:
        """Drop the classes that nobody has visited for long, the longest unvisited first."""
        while self._classes:
            oldest = next(iter(self._classes))
            if self._clock() - self._classes[oldest].seen_at <= LIFETIME_S:
                return
            del self._classes[oldest]


_ATTENDANCE = Attendance()


def attendance() -> Attendance:
    """That of this process."""
    return _ATTENDANCE
