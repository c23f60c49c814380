"""What every look at a run is taken of, the same throughout, and what classes or modes its generator makes."""

from __future__ import annotations

from contextlib import AbstractContextManager

import torch
from torch import Tensor, nn

from gan_core.data.images import Images
from gan_core.data.points import Points
from gan_core.engine import noise
from gan_core.engine.batches import Batches
from gan_core.engine.class_coverage import COUNT, classifier_of, measure_modes
from gan_core.engine.measure import Probe
from gan_core.engine.measure_points import PointProbe, spread
from gan_core.engine.random_sources import CLASSES, PICTURES, source
from gan_core.messages.frame import Classes
from gan_core.pixels.range_map import RangeMap
from gan_core.settings.experiment import Experiment


def probe_of(e: Experiment, data: Images | Points, batches: Batches, range_map: RangeMap) -> Probe | PointProbe:
    """Fixed noise, and real images or points beside what the generator makes of it."""
    if isinstance(data, Points):
        real = torch.tensor(data.probe(PointProbe.COUNT)).to(batches.pixels.device)
        return PointProbe(_fixed_noise(e, PICTURES, PointProbe.COUNT, batches.pixels.device), real)
    pixels = torch.tensor(data.probe(Probe.COUNT).pixels).to(batches.pixels.device)
    return Probe(_fixed_noise(e, PICTURES, Probe.COUNT, batches.pixels.device), batches.encode(pixels), range_map)


def modes_of(
    e: Experiment,
    generator: nn.Module,
    data: Images | Points,
    device: torch.device,
    range_map: RangeMap,
    precision: AbstractContextManager[object],
) -> dict[str, float]:
    """What classes, or modes, the generator makes, in the run's `precision`; too slow for every look, so it belongs to
    rows only."""
    if isinstance(data, Points):
        with precision:
            return spread(e, generator, _fixed_noise(e, CLASSES, PointProbe.MANY, device), data)
    classifier = classifier_of(data)  # which may be trained here, never in a run's precision
    if classifier is None:
        return {}
    with precision:
        return measure_modes(e, generator, classifier, _fixed_noise(e, CLASSES, COUNT, device), range_map)


def classes_of(data: Images | Points) -> Classes | None:
    """The classes of the data whose shares are measured; None where there are none to tell apart."""
    classifier = None if isinstance(data, Points) else classifier_of(data)
    if classifier is None:
        return None
    assert isinstance(data, Images)
    return Classes(list(data.class_names), classifier.real_shares.tolist(), classifier.accuracy)


def _fixed_noise(e: Experiment, purpose: int, count: int, device: torch.device) -> Tensor:
    """(count, latent_dim), the same each time."""
    return noise.draw(e.noise, e.noise_scale, count, e.latent_dim, source(e.seed, purpose)).to(device)
