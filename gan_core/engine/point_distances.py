"""Distances between sets of points, each against its definition and none on a histogram."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

DIRECTIONS = 64  # of the sliced Wasserstein distance, evenly over half a turn
NEIGHBOUR = 3  # the nearest neighbour that bounds a point's surroundings, for precision and recall
SIGMAS = 3.0  # a point is of high quality within so many standard deviations of its mode

_Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Modes:
    """How points are spread over the modes of their data (Lin 2018, PacGAN, section 4.1)."""

    covered: int  # modes with at least one point of high quality
    high_quality: float  # share of the points that are within SIGMAS standard deviations of the nearest mode
    reverse_kl: float  # KL divergence of the modes' shares among the points from equal shares, in nats
    shares: list[float]  # of the points, nearest to each mode


def modes(points: Tensor, centres: Tensor, mode_std: float) -> Modes:
    """Of points (N, 2) around modes at centres (M, 2). Each point counts for the nearest mode."""
    distance, nearest = _distances(points, centres).min(dim=1)
    good = distance < SIGMAS * mode_std
    shares = torch.bincount(nearest, minlength=len(centres)).double() / len(points)
    met = shares[shares > 0]
    return Modes(
        covered=int(torch.bincount(nearest[good], minlength=len(centres)).count_nonzero()),
        high_quality=good.double().mean().item(),
        reverse_kl=max(0.0, (met * (met * len(centres)).log()).sum().item()),
        shares=shares.tolist(),
    )


def energy_distance(one: Tensor, other: Tensor) -> float:
    """2 E|x - y| - E|x - x'| - E|y - y'| (Székely 2013, equation 2) without bias.

    Of samples (N, 2) and (M, 2) of one distribution it is 0 on average, and may be below.
    """
    across = _distances(one, other).mean().item()
    # Not pdist: all pairs twice and each point with itself, which is 0, take a third of its time.
    within = (_distances(points, points).sum().item() / (len(points) * (len(points) - 1)) for points in (one, other))
    return 2 * across - sum(within)


def sliced_wasserstein(one: Tensor, other: Tensor) -> float:
    """Wasserstein-1 along a line, averaged over DIRECTIONS of it (Rabin 2011); of samples (N, 2) of equal size."""
    angles = np.arange(DIRECTIONS) * np.pi / DIRECTIONS
    directions = np.stack([np.cos(angles), np.sin(angles)])
    first, second = (np.sort(points.double().numpy() @ directions, axis=0) for points in (one, other))
    return float(np.abs(first - second).mean())


def wasserstein_2(one: Tensor, other: Tensor) -> float:
    """Wasserstein-2 of two samples (N, 2) of equal size, exactly: by the pairs that together are nearest."""
    costs = _distances(one, other).square().numpy()
    return math.sqrt(max(0.0, float(costs[np.arange(len(costs)), assignment(costs)].mean())))


def assignment(costs: _Floats) -> NDArray[np.intp]:
    """Which column each row of costs (N, N) gets, every one once, so that the sum is least: shortest augmenting paths
    with potentials (Jonker & Volgenant 1987)."""
    n = len(costs)
    of_column = costs.min(axis=0)
    of_row = (costs - of_column).min(axis=1)
    column_of, row_of = np.full(n, -1), np.full(n, -1)
    for row, column in enumerate((costs - of_column - of_row[:, None]).argmin(axis=1)):
        if row_of[column] < 0:
            row_of[column], column_of[row] = row, column
    for free in np.flatnonzero(column_of < 0):
        reduced = costs - of_column - of_row[:, None]
        nearest = reduced[free].copy()  # by the shortest way found yet; of passed columns nothing is nearer
        open_yet = nearest.copy()  # the same, without passed columns
        before = np.full(n, free)
        passed, reached = [], []
        while row_of[end := int(open_yet.argmin())] >= 0:
            passed.append(end)
            reached.append(open_yet[end])
            nearest[end], open_yet[end] = -np.inf, np.inf
            row = row_of[end]
            by_way = reduced[row] + (reached[-1] - reduced[row, end])
            better = (by_way < nearest).nonzero()[0]  # mostly few
            nearest[better] = open_yet[better] = by_way[better]
            before[better] = row
        slack = open_yet[end] - np.array(reached)
        of_column[passed] -= slack
        of_row[row_of[passed]] += slack
        of_row[free] += open_yet[end]
        column = end
        while True:  # each row on the path gives its column to the one before
            row = before[column]
            row_of[column] = row
            column_of[row], column = column, column_of[row]
            if row == free:
                break
    return column_of


def precision_and_recall(real: Tensor, made: Tensor) -> tuple[float, float]:
    """The share of made points within the real ones' surroundings, and of real points within the made ones'
    (Kynkäänniemi 2019): a point's surroundings reach to its third nearest neighbour in its own set."""
    around_real, around_made = (  # a tenth of kthvalue's time
        _distances(points, points).topk(NEIGHBOUR + 1, dim=1, largest=False).values[:, -1] for points in (real, made)
    )
    apart = _distances(made, real)
    precise = (apart <= around_real).any(dim=1)
    recalled = (apart <= around_made[:, None]).any(dim=0)
    return precise.double().mean().item(), recalled.double().mean().item()


def _distances(one: Tensor, other: Tensor) -> Tensor:
    """(N, M) in float64. By differences: by products, those of close points would be rounding."""
    return torch.cdist(one.double(), other.double(), compute_mode="donot_use_mm_for_euclid_dist")
