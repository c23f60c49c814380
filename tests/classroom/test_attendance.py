"""Counts of a class: one answer each, no names, bounded, safe among threads."""

from __future__ import annotations

import threading

from gan_core.classroom import attendance
from gan_core.classroom.attendance import Attendance, MeasuredAnswer


def test_only_the_first_answer_of_a_visitor_counts() -> None:
    room = Attendance()
    room.answer("a", "one", "grey")
    room.answer("a", "one", "none")
    room.answer("a", "two", "none")
    assert room.counts("a") == {"grey": 1, "none": 1}
    assert (room.answered("a", "one"), room.answered("a", "two"), room.answered("a", "three")) == ("grey", "none", None)
    assert room.counts("b") == {}
    assert room.answered("b", "one") is None


def test_a_second_vote_forgets_answers_and_not_steps() -> None:
    room = Attendance()
    room.answer("a", "one", "grey")
    room.trained("a", "one", "run", 30)
    room.ask_again("a")
    assert room.counts("a") == {}
    room.answer("a", "one", "none")
    assert room.counts("a") == {"none": 1}
    assert room.spent("a", "one") == 30


def test_steps_add_up_over_rewinds_and_runs() -> None:
    room = Attendance()
    for step in (0, 10, 10, 40, 0, 5, 20):  # begun again after 40
        room.trained("a", "one", "first", step)
    assert room.spent("a", "one") == 60
    assert room.spent("a", "one", going_on="first") == 40
    room.trained("a", "one", "second", 7)
    room.trained("a", "one", "first", 21)  # both in two tabs
    room.trained("a", "one", "second", 8)
    assert room.spent("a", "one") == 69
    assert room.spent("a", "two") == 0


def test_runs_that_are_no_longer_told_apart_stay_counted() -> None:
    room = Attendance()
    for run in range(3 * attendance.MOST_RUNS):
        room.trained("a", "one", str(run), 10)
    assert room.spent("a", "one") == 30 * attendance.MOST_RUNS


def test_visitors_that_are_forgotten_stay_counted() -> None:
    room = Attendance()
    many = attendance.MOST_VISITORS + 20
    for visitor in range(many):
        room.answer("a", str(visitor), "grey")
    assert room.counts("a") == {"grey": many}
    assert room.answered("a", "0") is None
    assert room.answered("a", str(many - 1)) == "grey"


def test_lessons_are_bounded_and_the_one_visited_last_is_kept() -> None:
    room = Attendance()
    room.answer("first", "one", "grey")
    for lesson in range(attendance.MOST_LESSONS):
        room.answer("first", f"more {lesson}", "grey")
        room.answer(str(lesson), "one", "grey")
    assert room.counts("0") == {}
    assert room.counts("1") == {"grey": 1}
    assert room.counts("first") == {"grey": attendance.MOST_LESSONS + 1}


def test_made_up_lessons_do_not_push_out_a_class() -> None:
    room = Attendance()
    for visitor in range(30):
        room.answer("class", f"student {visitor}", "grey")
    for lesson in range(3 * attendance.MOST_LESSONS):
        room.answer(f"made up {lesson}", "somebody", "grey")
    assert room.counts("class") == {"grey": 30}


def test_answers_of_one_address_are_counted() -> None:
    room = Attendance()
    assert room.most_from_one("class") == 0
    for visitor in range(5):
        room.answer("class", f"new cookie {visitor}", "grey", "192.0.2.1")
        room.answer("class", f"student {visitor}", "grey", f"192.0.2.{visitor + 2}")
    room.answer("class", "new cookie 0", "black", "192.0.2.9")  # no second answer
    assert room.most_from_one("class") == 5
    room.ask_again("class")
    assert room.most_from_one("class") == 0


def test_what_nobody_visits_is_dropped_in_time() -> None:
    now = 0.0
    room = Attendance(clock=lambda: now)
    room.answer("old", "one", "grey")
    now = attendance.LIFETIME_S - 1
    room.answer("new", "one", "grey")
    assert room.counts("old") == {"grey": 1}
    now = attendance.LIFETIME_S + 1
    assert room.counts("old") == {}
    assert room.counts("new") == {"grey": 1}


def test_a_class_that_answers_all_at_once_is_counted_right() -> None:
    room = Attendance()
    ready = threading.Barrier(8)

    def pupil(number: int) -> None:
        ready.wait()
        for visitor in range(100):  # each visitor's answer comes twice, from two threads
            room.answer("a", f"{number // 2} {visitor}", "grey" if visitor % 4 else "none")

    threads = [threading.Thread(target=pupil, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert room.counts("a") == {"none": 100, "grey": 300}


def test_the_teachers_word_is_of_one_lesson_and_one_process() -> None:
    room, restarted = Attendance(), Attendance()
    word = room.teacher("a")
    assert room.is_teacher("a", word)
    assert not room.is_teacher("b", word)
    assert not restarted.is_teacher("a", word)
    assert not room.is_teacher("a", "")
    assert not room.is_teacher("a", "grün")


def test_what_was_measured_stays_when_the_class_is_asked_again() -> None:
    here = Attendance()
    assert here.measured("lesson") is None
    here.keep_measured("lesson", MeasuredAnswer(("below",), "It is 0.1."))
    here.answer("lesson", "ada", "above")
    here.ask_again("lesson")
    assert here.counts("lesson") == {} and here.measured("other") is None
    assert here.measured("lesson") == MeasuredAnswer(("below",), "It is 0.1.")
