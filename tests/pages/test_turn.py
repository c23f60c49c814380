"""Whose turn it is to draw."""

from __future__ import annotations

import threading

import pytest

from pages.parts.shared import turn


def drawing(inside: threading.Event, until: threading.Event) -> threading.Thread:
    """Somebody who draws until told otherwise; `inside` is set once he does."""

    def draw() -> None:
        with turn.turn():
            inside.set()
            assert until.wait(60)

    thread = threading.Thread(target=draw)
    thread.start()
    return thread


@pytest.mark.parametrize("patience_s", [60.0, 0.01])
def test_one_draws_after_the_other_but_nobody_is_held_up_for_long(
    patience_s: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turn, "PATIENCE_S", patience_s)
    first, second, done = threading.Event(), threading.Event(), threading.Event()
    threads = [drawing(first, done)]
    assert first.wait(60)
    threads.append(drawing(second, done))
    assert second.wait(0.1 if patience_s > 1 else 60) == (patience_s < 1)  # while the first one still draws
    done.set()
    assert second.wait(60)
    for thread in threads:
        thread.join(60)


def test_a_turn_within_a_turn_is_the_same_and_an_error_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turn, "PATIENCE_S", 60.0)
    with pytest.raises(ZeroDivisionError), turn.turn(), turn.turn():
        raise ZeroDivisionError
    inside, done = threading.Event(), threading.Event()
    done.set()
    thread = drawing(inside, done)
    assert inside.wait(60)
    thread.join(60)


def test_others_draw_while_one_waits_for_something_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turn, "PATIENCE_S", 60.0)
    inside, done, after = threading.Event(), threading.Event(), threading.Event()
    with turn.turn(), turn.turn():
        with turn.aside():
            thread = drawing(inside, done)
            assert inside.wait(60)
            done.set()
            thread.join(60)
        later = drawing(after, done)
        assert not after.wait(0.1)  # it is this one's turn again
    assert after.wait(60)
    later.join(60)
