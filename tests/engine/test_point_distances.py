"""Distances between sets of points, each against something that knows better."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
import torch
from torch import Tensor

from gan_core.engine import point_distances as distances


def drawn(count: int, seed: int, *, shift: float = 0.0, scale: float = 1.0) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    return shift + scale * torch.randn(count, 2, generator=generator)


def test_the_assignment_is_the_best_of_all() -> None:
    rng = np.random.default_rng(3)
    for n in range(1, 7):
        for _ in range(20):
            # Whole numbers: many ties.
            costs = rng.integers(0, 6, (n, n)).astype(float)
            best = min(
                sum(costs[row, column] for row, column in enumerate(p)) for p in itertools.permutations(range(n))
            )
            found = distances.assignment(costs)
            assert sorted(found) == list(range(n))
            assert costs[np.arange(n), found].sum() == best


def test_wasserstein_2_of_points_on_a_line_pairs_them_in_order() -> None:
    """Where all lie on one line, sorting is the best assignment (Villani 2003, theorem 2.18)."""
    one, other = drawn(200, 1), drawn(200, 2, shift=0.3, scale=2.0)
    one[:, 1] = other[:, 1] = 0.0
    apart = one[:, 0].double().sort().values - other[:, 0].double().sort().values
    assert distances.wasserstein_2(one, other) == pytest.approx(apart.square().mean().sqrt().item(), rel=1e-9)


def test_what_is_only_moved_is_as_far_as_it_was_moved() -> None:
    one = drawn(256, 3)
    moved = one + torch.tensor([3.0, 4.0])
    assert distances.wasserstein_2(one, moved) == pytest.approx(5.0, rel=1e-5)
    # The mean of |cos| over all directions is 2 / pi.
    assert distances.sliced_wasserstein(one, moved) == pytest.approx(5 * 2 / math.pi, rel=1e-3)
    assert distances.wasserstein_2(one, one) == distances.sliced_wasserstein(one, one) == 0


def test_the_energy_distance_of_two_normal_distributions() -> None:
    """Along one line it is in closed form: E|X - Y| of normal X - Y with mean m and deviation s."""

    def mean_distance(m: float, s: float) -> float:
        return s * math.sqrt(2 / math.pi) * math.exp(-(m**2) / (2 * s**2)) + m * math.erf(m / (s * math.sqrt(2)))

    expected = 2 * mean_distance(1.0, math.sqrt(2)) - 2 * mean_distance(0.0, math.sqrt(2))
    # Quantiles instead of draws: a sample without chance.
    normal = torch.special.ndtri((torch.arange(800) + 0.5) / 800)
    one, other = (torch.stack([normal + shift, torch.zeros(800)], dim=1) for shift in (0.0, 1.0))
    assert distances.energy_distance(one, other) == pytest.approx(expected, rel=0.01)
    assert abs(distances.energy_distance(one, one.flip(0))) < 0.005


def test_modes_by_hand() -> None:
    centres = torch.tensor([[0.0, 0.0], [1.0, 0.0], [2.0, 0.0], [3.0, 0.0]])
    # Two close to the first mode, one close to the second, one nearest to the third but four deviations off.
    points = torch.tensor([[0.0, 0.1], [0.05, 0.0], [1.0, 0.29], [2.0, 0.4]])
    found = distances.modes(points, centres, mode_std=0.1)
    assert (found.covered, found.high_quality) == (2, 0.75)
    assert found.shares == [0.5, 0.25, 0.25, 0.0]
    expected = 0.5 * math.log(2)  # and log 1 twice
    assert found.reverse_kl == pytest.approx(expected)


def test_points_of_the_data_themselves_have_the_best_of_everything() -> None:
    """Three standard deviations of a normal distribution in the plane hold 1 - exp(-9 / 2) of it."""
    centres = torch.tensor(list(itertools.product((-1.0, 0.0, 1.0), repeat=2)))
    generator = torch.Generator().manual_seed(1)
    owner = torch.randint(9, (20_000,), generator=generator)
    points = centres[owner] + 0.05 * torch.randn(20_000, 2, generator=generator)
    found = distances.modes(points, centres, mode_std=0.05)
    assert found.covered == 9
    assert found.high_quality == pytest.approx(1 - math.exp(-4.5), abs=0.003)
    assert found.reverse_kl < 0.001


def test_precision_and_recall() -> None:
    real = drawn(300, 8)
    assert distances.precision_and_recall(real, real) == (1.0, 1.0)
    far = real + 100
    assert distances.precision_and_recall(real, far) == (0.0, 0.0)
    # A few copies of one real point are all precise, and recall little.
    copies = real[:1] + 1e-4 * drawn(300, 9)
    precise, recalled = distances.precision_and_recall(real, copies)
    assert precise == 1.0
    assert recalled < 0.1
    # Half of them far away: half precise.
    mixed = torch.cat([real[:150], far[:150]])
    assert distances.precision_and_recall(real, mixed)[0] == 0.5


def test_precision_and_recall_by_their_definition() -> None:
    """Kynkäänniemi 2019, equations 1 and 2, a pair at a time."""
    real, made = drawn(40, 11).double(), drawn(40, 12, shift=0.8, scale=0.5).double()

    def reach(points: Tensor) -> list[float]:
        return [sorted(math.dist(one, other) for other in points)[distances.NEIGHBOUR] for one in points]

    def inside(points: Tensor, others: Tensor) -> float:
        around = list(zip(others, reach(others), strict=True))
        return sum(any(math.dist(point, centre) <= far for centre, far in around) for point in points) / len(points)

    expected = inside(made, real), inside(real, made)
    assert min(expected) > 0 and max(expected) < 1 and expected[0] != expected[1]
    assert distances.precision_and_recall(real, made) == pytest.approx(expected)


def test_the_energy_distance_by_its_definition() -> None:
    """Székely 2013, equation 2: means over all pairs, of one set over pairs of different points."""
    one, other = drawn(15, 13).double(), drawn(20, 14, shift=0.5).double()
    across = np.mean([math.dist(a, b) for a in one for b in other])
    within = sum(np.mean([math.dist(a, b) for a, b in itertools.combinations(points, 2)]) for points in (one, other))
    assert distances.energy_distance(one, other) == pytest.approx(2 * across - within)


def test_the_sliced_distance_of_a_scaled_circle() -> None:
    """Along every direction a ring of radius r casts r cos(t): two of them are |r - s| times 2 / pi apart."""
    turn = torch.arange(1024) * (2 * math.pi / 1024)
    ring = torch.stack([turn.cos(), turn.sin()], dim=1)
    assert distances.sliced_wasserstein(ring, 0.25 * ring) == pytest.approx(0.75 * 2 / math.pi, rel=1e-4)


@pytest.mark.parametrize("met", [1, 2, 5, 10])
def test_the_reverse_kl_of_equal_shares_of_some_modes(met: int) -> None:
    """Of `met` of ten modes, as often each: log(10 / met); beyond three deviations a point still counts for a mode."""
    centres = torch.stack([torch.arange(10.0), torch.zeros(10)], dim=1)
    points = centres[torch.arange(200) % met] + torch.tensor([0.0, 0.4])
    found = distances.modes(points, centres, mode_std=0.1)
    assert found.reverse_kl == pytest.approx(math.log(10 / met), abs=1e-12)
    assert (found.covered, found.high_quality) == (0, 0.0)
