"""The GIF of a run: every kept picture in order, what it lost, and what it shows."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageSequence
from shown_pictures import decoded
from tiny import trainer

from gan_core.engine import take_frame
from gan_core.messages.frame import Frame
from gan_core.outputs.gif import FRAME_MS, LAST_MS, saved_animation

DRAWN = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)


def course(count: int, **settings: Any) -> tuple[Any, list[Frame]]:
    made = trainer(**settings)
    kept = [take_frame.take(made)]
    for _ in range(count - 1):
        made.train_step()
        kept.append(take_frame.take(made))
    return made.experiment, kept


def shown(gif: bytes) -> list[tuple[np.ndarray, int]]:
    """(pixels (H, W, 3), milliseconds) of each picture of the GIF."""
    with Image.open(io.BytesIO(gif)) as image:
        return [(np.array(frame.convert("RGB")), frame.info["duration"]) for frame in ImageSequence.Iterator(image)]


def test_grey_pictures_keep_every_pixel() -> None:
    e, kept = course(5)
    saved = saved_animation(kept, e, DRAWN)
    found = shown(saved.picture)
    assert len(found) == 5
    for (pixels, _), frame in zip(found, kept, strict=True):
        assert np.array_equal(pixels, np.broadcast_to(decoded(frame.fake_png), pixels.shape))
    assert [duration for _, duration in found] == [FRAME_MS] * 4 + [LAST_MS]
    assert "loss" not in json.loads(saved.text)


def test_colours_lose_what_the_json_says() -> None:
    e, kept = course(4, channels=3, init="normal", init_std=1.0)
    saved = saved_animation(kept, e, DRAWN)
    apart = [
        np.abs(pixels.astype(float) - decoded(frame.fake_png))
        for (pixels, _), frame in zip(shown(saved.picture), kept, strict=True)
    ]
    told = json.loads(saved.text)["loss"]
    assert told == {"mean": pytest.approx(np.mean(apart), abs=1e-4), "greatest": int(np.max(apart))}
    assert told["greatest"] > 0


def test_pictures_that_do_not_change_stay_for_as_long() -> None:
    e, kept = course(2)
    still = [kept[0], kept[0], kept[1], kept[1]]
    found = shown(saved_animation(still, e, DRAWN).picture)
    assert [duration for _, duration in found] == [2 * FRAME_MS, FRAME_MS + LAST_MS]


def test_a_run_of_one_picture_is_one() -> None:
    e, kept = course(1)
    assert np.array_equal(shown(saved_animation(kept, e, DRAWN).picture)[0][0][..., :1], decoded(kept[0].fake_png))


def test_the_origin_is_beside_and_inside_and_it_never_flashes() -> None:
    e, kept = course(3)
    saved = saved_animation(kept, e, DRAWN)
    with Image.open(io.BytesIO(saved.picture)) as image:
        assert image.info["comment"].decode() == saved.text
        assert image.info["loop"] == 0
    told = json.loads(saved.text)
    assert told["steps"] == [0, 1, 2]
    assert (told["experiment_hash"], told["time"]) == (e.digest, "2026-03-04T05:06:07+00:00")
    assert told["experiment"] == e.model_dump(mode="json")
    assert FRAME_MS > 1000 / 3
    assert str(saved.name) == f"run-{e.digest}/steps-000000-000002.gif"
