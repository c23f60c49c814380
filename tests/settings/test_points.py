"""Settings of runs on points: what they bring, what they refuse, and that runs on images are as before."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gan_core.settings import points
from gan_core.settings.compatibility import matters
from gan_core.settings.experiment import Experiment, nearest
from gan_core.settings.link import from_query, to_query
from gan_core.settings.points import LIMIT, MOST_DRAWN, OF_POINTS, SIDE
from gan_core.settings.problems import SettingsError


def test_runs_on_images_are_written_as_before() -> None:
    """The digests and settings of a time without points."""
    assert Experiment().digest == "3c9f0d546c26f2cf"
    for e in (Experiment(), Experiment(architecture="dcgan", dataset="mnist")):
        assert not OF_POINTS & json.loads(e.json_text()).keys()
        assert not any(matters(name, e.model_dump()) for name in OF_POINTS)
        assert Experiment.from_json(e.json_text()) == e


def test_data_bring_their_network_and_back() -> None:
    ring = Experiment(architecture="dcgan", loss="hinge").replace(dataset="ring")
    assert (ring.architecture, ring.latent_dim, ring.loss) == ("points", 2, "hinge")
    images = ring.replace(dataset="mnist")
    assert (images.architecture, images.latent_dim, images.loss) == ("mlp", 32, "hinge")
    assert from_query({"d": "grid"}) == Experiment(dataset="grid")
    assert from_query(to_query(Experiment(dataset="grid", seed=3))) == Experiment(dataset="grid", seed=3)


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        ({"dataset": "ring", "architecture": "mlp"}, "architecture"),
        ({"architecture": "points"}, "architecture"),
        ({"dataset": "drawn", "drawn": ""}, "drawn"),
        ({"dataset": "drawn", "drawn": "AB?"}, "drawn"),
        ({"dataset": "drawn", "drawn": "A" * (2 * MOST_DRAWN + 2)}, "drawn"),
        ({"dataset": "dirac", "pack": 2, "batch_size": 2}, "pack"),
        ({"dataset": "dirac", "norm_d": "spectral"}, "norm_d"),
    ],
    ids=["images' network", "points' network", "nothing drawn", "no points", "too many", "packed", "spectral"],
)  # fmt: skip
def test_what_cannot_be_is_said_with_its_remedy_and_has_a_neighbour_that_can(
    settings: dict[str, object], field: str
) -> None:
    with pytest.raises(SettingsError) as caught:
        Experiment(**settings)
    assert [problem.field for problem in caught.value.problems] == [field]
    assert nearest(settings)


coordinates = st.floats(-LIMIT, LIMIT, exclude_max=True)


@given(st.lists(st.tuples(coordinates, coordinates), min_size=1, max_size=50))
def test_drawn_points_come_back_to_half_a_place(drawn: list[tuple[float, float]]) -> None:
    text = points.written(drawn)
    came = points.read(text)
    half = LIMIT / SIDE + 1e-9
    for x, y in drawn:
        assert any(abs(x - a) <= half and abs(y - b) <= half for a, b in came)
    assert points.written(came) == text
    assert len(text) % 2 == 0 and len(came) == len(text) // 2


def test_a_drawing_of_too_many_points_is_cut_and_those_outside_come_to_the_edge() -> None:
    many = [(x / 10 - 1.5, y / 10 - 1.5) for x in range(31) for y in range(31)]
    assert len(points.read(points.written(many))) == MOST_DRAWN
    ((x, y),) = points.read(points.written([(9.0, -9.0)]))
    assert x == pytest.approx(LIMIT, abs=LIMIT / SIDE) and y == pytest.approx(-LIMIT, abs=LIMIT / SIDE)
