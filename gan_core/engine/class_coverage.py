"""Mode coverage: which of the data's classes a generator makes, as a small classifier of the data sees it.

Coverage says nothing about quality. The classifier answers one question, "which of the classes is this, if
any?", and a smudge in the shape of a 1 is a 1 to it. To tell "none of them" it is shown noise of several kinds
besides the data; without these it finds all ten digits, most of them with confidence, in plain static.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple, cast
from weakref import WeakKeyDictionary

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F

from gan_core.data import cache
from gan_core.data.images import Images
from gan_core.engine.initialise import initialise
from gan_core.engine.layers import Linear
from gan_core.engine.measure import Probe, untouched
from gan_core.engine.network_parts import Dropout
from gan_core.pixels.range_map import RangeMap
from gan_core.settings.experiment import Experiment

# Generated images that are classified for one row: a class that should have a tenth of them is then never missed by
# chance, and a share of them is known to 2 in a hundred.
COUNT = 512

# A class is covered from this part of its share among the real images on: 2 % of all where there are ten equal
# classes. The classifier errs on a few images in a hundred, and its errors must not count as classes.
COVERED = 0.2

# An image counts for a class whose probability is at least this: more likely that class than all else together.
SURE = 0.5
# And from this on it is recognisable: the classifier has hardly a doubt. Of real images 88 to 97 in a hundred are.
RECOGNISED = 0.9

# More classes than this cannot be told apart by COUNT images, nor drawn on a page.
MAX_CLASSES = 50

# How the classifier is trained: 95 % right on MNIST in half a second of one core, since the first picture of a
# run waits for it where it is not in the cache. Images are first reduced to SIDE pixels, so that the time is
# the same for all sizes. Convolutions were tried: two points better, four times slower.
SIDE = 14
UNITS = 256
STEPS = 400
BATCH = 128
NOTHING = 48  # images of nothing in a batch, besides
DROPPED = 0.3  # of the units: against learning 750 clothes by heart
LEARNING_RATE = 1e-2
MOST_IMAGES = 10_000  # of larger sets, so many evenly spaced ones are used
HELD_OUT = 1_000  # at most, and at most a sixth
SEED = 1

# Part of the cache's file name: raise it with every change that makes another classifier of the same images.
VERSION = 3


class Answers(NamedTuple):
    """What a classifier takes images for: (N,) each."""

    certainty: Tensor  # the probability of the likeliest class, 0 to 1
    classes: Tensor  # its number; that of no class at all is the last


class Classifier:
    """Tells the classes of one data set apart.

    `accuracy` is its share of right answers on images held out from its training. `real_shares` (classes,) are the
    classes' shares among all images of the data set.
    """

    def __init__(
        self, network: nn.Module, shape: tuple[int, ...], accuracy: float, real_shares: NDArray[np.float64]
    ) -> None:
        self._network = network.eval()
        self.shape = shape  # (C, H, W) of its images
        self.accuracy = accuracy
        self.real_shares = real_shares

    @torch.no_grad()
    def shares(self, images: NDArray[np.uint8] | Tensor, least: float = SURE) -> NDArray[np.float64]:
        """The share of images (N, C, H, W) that are of each class with a probability of at least `least`, (classes,).

        What they lack of 1 is the share of which it is not so sure, or sure that it is none.

        Images are in units of bytes, 0 to 255, uint8 or floats (clipped); an image that is not finite is of no
        class. Raises ValueError for images of another shape than the classifier's own.
        """
        return self.shares_of(self.answers(images), least)

    @torch.no_grad()
    def answers(self, images: NDArray[np.uint8] | Tensor) -> Answers:
        """What it takes each image for, and how surely. Images and errors as in `shares`."""
        return Answers(*self._asked(images, self._network).softmax(dim=1).max(dim=1))

    def shares_of(self, answers: Answers, least: float) -> NDArray[np.float64]:
        """`shares` of images that were asked about already."""
        classes = len(self.real_shares)
        counted = answers.classes[(answers.certainty >= least) & (answers.classes < classes)]
        counts: NDArray[np.int64] = torch.bincount(counted, minlength=classes).cpu().numpy()
        return counts / len(answers.classes)

    @torch.no_grad()
    def features(self, images: NDArray[np.uint8] | Tensor) -> NDArray[np.float64]:
        """What it makes of images (N, C, H, W) before its last layer, (N, UNITS), 0 or more. Images and errors as
        in `shares`."""
        without_answers = cast(nn.Sequential, self._network)[:-1]
        found: NDArray[np.float64] = self._asked(images, without_answers).double().cpu().numpy()
        return found

    def _asked(self, images: NDArray[np.uint8] | Tensor, network: nn.Module) -> Tensor:
        tensor = torch.tensor(images) if isinstance(images, np.ndarray) else images
        if tensor.dim() != 4 or len(tensor) == 0 or tuple(tensor.shape[1:]) != self.shape:
            raise ValueError(f"images must be (N, {self.shape}), but are {tuple(tensor.shape)}.")
        with torch.autocast(tensor.device.type, enabled=False):
            answers: Tensor = network.to(tensor.device)(_reduced(tensor))
        return answers

    def covered(self, shares: NDArray[np.float64]) -> int:
        """How many classes have at least the part COVERED of their real share."""
        return int(((shares > 0) & (shares >= COVERED * self.real_shares)).sum())


def measure_modes(
    e: Experiment, generator: nn.Module, classifier: Classifier, z: Tensor, range_map: RangeMap
) -> dict[str, float]:
    """`modes_covered`, `recognised` and `class_share_0`, `class_share_1`… of the images that `generator` makes.

    They are made of noise `z` (COUNT, latent_dim); empty where an image is not finite.
    """
    fake = drawn(e, generator, z, range_map)
    if not fake.isfinite().all():
        return {}
    return classes_among(classifier, fake)


def classes_among(classifier: Classifier, images: Tensor) -> dict[str, float]:
    """The same of finite images (N, C, H, W) in units of bytes, whoever made them."""
    answers = classifier.answers(images)
    shares = classifier.shares_of(answers, SURE)
    return {
        "modes_covered": float(classifier.covered(shares)),
        "recognised": float(classifier.shares_of(answers, RECOGNISED).sum()),
        **{f"class_share_{number}": float(share) for number, share in enumerate(shares)},
    }


@torch.no_grad()
def drawn(e: Experiment, generator: nn.Module, z: Tensor, range_map: RangeMap) -> Tensor:
    """(N, C, H, W) images of noise (N, latent_dim) in units of bytes, not clipped, in batches as large as the one that
    is shown. The generator's buffers and mode are put back."""
    with untouched(generator):
        generator.train(e.sample_mode == "train")
        made = torch.cat([generator(part).float() for part in z.split(Probe.COUNT)])
    return made * range_map.std + range_map.mean


_known: WeakKeyDictionary[Images, Classifier | None] = WeakKeyDictionary()
_lock = threading.Lock()


def classifier_of(images: Images) -> Classifier | None:
    """The classifier of a labelled data set: of this process's memory, of the cache on disk, or trained now.

    It depends on the images alone: no global random state, no number of threads. None where there are no labels,
    or fewer than 2 or more than MAX_CLASSES classes. None also where the classes could not be told apart well enough:
    less than half of what guessing the commonest class leaves wrong was put right.
    """
    with _lock:
        if images not in _known:
            _known[images] = _made(images)
        return _known[images]


def _made(images: Images) -> Classifier | None:
    if images.labels is None or not 2 <= len(images.class_names) <= MAX_CLASSES:
        return None
    counts = np.bincount(images.labels, minlength=len(images.class_names))
    real_shares = counts / len(images)
    if (counts > 0).sum() < 2:
        return None
    used = images.probe(MOST_IMAGES) if len(images) > MOST_IMAGES else images
    shape = used.pixels.shape[1:]
    network = _network(shape, len(counts) + 1)
    name = f"classifier-v{VERSION}-{_digest(used)}.npz"
    state = network.state_dict()
    kept = cache.read_arrays(name, {"accuracy": ()} | {key: tuple(state[key].shape) for key in state})
    if kept is None:
        with _one_thread():
            accuracy = _train(network, used)
        arrays = {key: value.numpy() for key, value in network.state_dict().items()}
        cache.write_arrays(name, {**arrays, "accuracy": np.array(accuracy)}, keep="classifier-*.npz")
    else:
        accuracy = float(kept["accuracy"])
        network.load_state_dict({key: torch.from_numpy(kept[key]) for key in state})
    guessing = float(real_shares.max())
    if accuracy < (1 + guessing) / 2:
        return None
    return Classifier(network, shape, accuracy, real_shares)


def _digest(images: Images) -> str:
    """Of the very bytes, so that a changed file, another seed or size is another data set without more ado."""
    state = hashlib.blake2b(repr((images.pixels.shape, len(images.class_names))).encode(), digest_size=12)
    state.update(np.ascontiguousarray(images.pixels).data)
    state.update(np.ascontiguousarray(images.labels).data)
    return state.hexdigest()


def _network(shape: tuple[int, ...], answers: int) -> nn.Module:
    """(N, C, S, S) reduced images to (N, answers) logits, the last answer being "none of the classes"."""
    channels, size = shape[0], min(shape[1], SIDE)
    return nn.Sequential(
        nn.Flatten(),
        Linear(channels * size**2, UNITS, bias=False),
        nn.BatchNorm1d(UNITS),
        nn.ReLU(),
        Dropout(DROPPED),
        Linear(UNITS, answers),
    )


@torch.enable_grad()
def _train(network: nn.Module, images: Images) -> float:
    """Train the network whose memory is still empty; returns its accuracy on the images held out."""
    generator = torch.Generator().manual_seed(SEED)
    initialise(network, "he_uniform", 0.0, SEED)
    for module in network.modules():
        if isinstance(module, Dropout):
            module.generator = generator
    x = torch.cat([_reduced(torch.tensor(part)) for part in np.array_split(images.pixels, 10)])
    y = torch.tensor(images.labels)
    mixed = torch.randperm(len(x), generator=generator)
    held_out, taught = mixed.split([min(HELD_OUT, len(x) // 6), len(x) - min(HELD_OUT, len(x) // 6)])

    nothing = _nothing(x[taught[: 3 * BATCH]], generator)
    no_class = torch.full((NOTHING,), len(images.class_names))
    optimiser = torch.optim.Adam(network.parameters(), LEARNING_RATE, betas=(0.9, 0.99), fused=True)
    network.train()
    for step, chosen in enumerate(_batches(taught, generator)):
        strange = torch.randint(len(nothing), (NOTHING,), generator=generator)
        logits = network(torch.cat([x[chosen], nothing[strange]]))
        loss = F.cross_entropy(logits, torch.cat([y[chosen], no_class]))
        optimiser.param_groups[0]["lr"] = LEARNING_RATE * (1 - step / STEPS)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    network.eval()
    with torch.no_grad():
        right = network(x[held_out]).argmax(dim=1) == y[held_out]
    return right.float().mean().item() if len(held_out) else 0.0


def _batches(taught: Tensor, generator: torch.Generator) -> Iterator[Tensor]:
    """STEPS batches of indices, all of them shuffled anew in each pass; a small set gives smaller batches."""
    done = 0
    while True:
        for batch in taught[torch.randperm(len(taught), generator=generator)].split(BATCH):
            if done == STEPS:
                return
            done += 1
            yield batch


def _nothing(x: Tensor, generator: torch.Generator) -> Tensor:
    """(6 N, C, S, S) images of no class for N of the data.

    The same pixels in another order; noise in cells of 1, 2 and 4 pixels, from flat grey to saturated. Also blobs where
    the data has ink, as generators begin: mosaics of many images, and several images on top of each other.
    """
    count, channels, size, _ = x.shape
    order = torch.randperm(size * size, generator=generator)
    made = [x.flatten(2)[:, :, order].unflatten(2, (size, size))]
    for cell in (1, 2, 4):
        deviation = 1.5 * torch.rand(count, 1, 1, 1, generator=generator)
        mean = 2 * torch.rand(count, 1, 1, 1, generator=generator) - 1
        cells = -(-size // cell)
        noise = mean + deviation * torch.randn(count, channels, cells, cells, generator=generator)
        made.append(_enlarged(noise, cell, size).clamp(-1, 1))
    cell = max(1, size // 5)
    cells = -(-size // cell)
    owner = torch.randint(count, (count, 1, cells, cells), generator=generator)
    made.append(x.gather(0, _enlarged(owner, cell, size).expand(-1, channels, -1, -1)))
    several = torch.stack([x[torch.randperm(count, generator=generator)] for _ in range(5)]).mean(dim=0)
    brightness = 1 + 3 * torch.rand(count, 1, 1, 1, generator=generator)
    made.append(((several + 1) * brightness - 1).clamp(-1, 1))
    return torch.cat(made)


def _enlarged(cells: Tensor, cell: int, size: int) -> Tensor:
    """(N, C, c, c) to (N, C, size, size), each value a square of `cell` pixels."""
    return cells.repeat_interleave(cell, dim=2).repeat_interleave(cell, dim=3)[:, :, :size, :size]


def _reduced(images: Tensor) -> Tensor:
    """(N, C, H, W) in units of bytes to float32 in [-1, 1], at most SIDE pixels high and wide."""
    x = images.float().clamp(0, 255) / 127.5 - 1
    return x if x.shape[-1] <= SIDE else F.adaptive_avg_pool2d(x, SIDE)


@contextmanager
def _one_thread() -> Iterator[None]:
    """Several threads add up in another order, which would make another classifier."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)
