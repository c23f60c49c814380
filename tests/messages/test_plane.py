"""What is shown of points, as text and back."""

from __future__ import annotations

import base64

import numpy as np
import pytest

from gan_core.messages.plane import SIDE, UNIT, Plane


def plane(count: int = 7, rows: int = 3) -> Plane:
    rng = np.random.default_rng(0)
    points = rng.normal(size=(count, 2)).astype(np.float32)
    return Plane(rng.random((SIDE, SIDE), np.float32), points, points + 0.1, rng.random((rows, 4, 2), np.float32))


@pytest.mark.parametrize("low_high", [(0.0, 1.0), (-3.0, 5.0)], ids=["probabilities", "logits"])
def test_there_and_back_to_rounding(low_high: tuple[float, float]) -> None:
    low, high = low_high
    first = plane()
    sent = Plane(low + (high - low) * first.answers, first.points, first.arrows, first.folded)
    came = Plane.of(sent.text())
    assert np.abs(came.answers - sent.answers).max() <= (high - low) / 255 / 2 + 1e-6
    for ours, theirs in ((came.points, sent.points), (came.arrows, sent.arrows), (came.folded, sent.folded)):
        assert ours.shape == theirs.shape
        assert np.abs(ours - theirs).max() <= 0.5 / UNIT + 1e-6


def test_what_is_not_finite_stays_so_and_what_is_far_comes_to_the_edge() -> None:
    first = plane()
    points = first.points.copy()
    points[0], points[1] = np.nan, (1e9, -1e9)
    came = Plane.of(Plane(first.answers, points, points, first.folded).text())
    assert np.isnan(came.points[0]).all()
    assert np.abs(came.points[1]).max() < 9
    assert np.isfinite(came.points[1:]).all()


def test_real_points_have_neither_answers_nor_folds() -> None:
    none = np.zeros((0, 0), np.float32)
    came = Plane.of(Plane(none, plane().points, none, np.zeros((0, 0, 2), np.float32)).text())
    assert came.answers.size == came.folded.size == 0
    assert len(came.points) == 7


@pytest.mark.parametrize(
    "text", ["", "x", "AAAA", base64.b64encode(b"PL1" + b"\0" * 20).decode(), plane().text()[:-8]],
    ids=["empty", "no base64", "short", "cut off", "without its end"],
)  # fmt: skip
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a plane of points"):
        Plane.of(text)
