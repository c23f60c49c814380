"""Codes to join a lesson by: short, told apart, the same while they are known."""

from __future__ import annotations

from itertools import chain, repeat

from gan_core.classroom.join_codes import LENGTH, LETTERS, MOST_CODES, Destination, JoinCodes

TRAIN = Destination("train", {"title": "x"})


def test_a_code_leads_to_its_lesson_as_it_is_typed() -> None:
    codes = JoinCodes()
    assert not codes.any()
    code = codes.code(TRAIN)
    assert codes.any()
    assert len(code) == LENGTH and set(code) <= set(LETTERS)
    assert codes.code(Destination("train", {"title": "x"})) == code
    assert codes.destination(f" {code.lower()} ") == TRAIN
    assert codes.destination("") is None


def test_no_letter_is_taken_for_another() -> None:
    assert not set(LETTERS) & set("IL1O0")
    assert len(f"/?j={'A' * LENGTH}") <= 12


def test_two_lessons_never_share_a_code() -> None:
    letters = chain("A" * LENGTH, "A" * LENGTH, repeat("B"))
    codes = JoinCodes(draw=lambda _: next(letters))
    assert codes.code(TRAIN) == "A" * LENGTH
    assert codes.code(Destination("course")) == "B" * LENGTH


def test_the_code_asked_for_the_longest_ago_is_forgotten() -> None:
    codes = JoinCodes()
    first, second = codes.code(TRAIN), codes.code(Destination("course"))
    for number in range(MOST_CODES - 2):
        codes.code(Destination("train", {"title": str(number)}))
    codes.code(TRAIN)
    codes.code(Destination("train", {"title": "one more"}))
    assert codes.destination(first) == TRAIN
    assert codes.destination(second) is None
