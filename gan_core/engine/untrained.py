"""The generator as initialised: what it draws, and where on the way from noise to picture the signal is lost.

An untrained generator is grey where its last layer gives numbers near 0: every output activation turns these into
one tone. It is not tanh that makes them small: a sigmoid, drawn from 0 to 1, halves the contrast again. The layers
before do, each by a factor, unless BatchNorm in train mode brings every one back to 1. In eval mode BatchNorm's
running statistics are still those of the start, 0 and 1, so it passes on what it gets.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import partial
from itertools import count
from typing import Any, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from gan_core.data.images import Images
from gan_core.data.points import Points
from gan_core.engine import noise, take_frame
from gan_core.engine.device import precision
from gan_core.engine.initialise import SCHEMES, initialise
from gan_core.engine.measure import Probe
from gan_core.engine.network_parts import OUTPUT
from gan_core.engine.networks import Enlarge, build_generator, memory_layout
from gan_core.engine.random_sources import PICTURES, source
from gan_core.engine.trainer import Trainer
from gan_core.messages.untrained_report import Contrast, Layer, Tone, Untrained
from gan_core.pixels import tiles
from gan_core.pixels.range_map import RangeMap
from gan_core.settings.experiment import Experiment
from gan_core.settings.mistakes import normalises_batches
from gan_core.settings.points import POINT_SETS
from gan_core.settings.problems import Problem, SettingsError

MAX_GAIN = 100.0

# In eval mode each image is made without the others. Where each has thousands of values in every layer, a few images
# are enough for the numbers: 64 of document 002's network take a tenth of a second.
FEW = 16

# The data range that each output activation is made for, in which the map compares them.
FITTING_RANGE = {"tanh": "[-1,1]", "sigmoid": "[0,1]", "linear": "[-1,1]", "hardtanh": "[-1,1]", "relu": "[0,1]"}

# Layers that change the signal, by their names for people.
_NAMES: dict[type[nn.Module], str] = {
    nn.Linear: "linear",
    nn.Conv2d: "convolution",
    nn.ConvTranspose2d: "transposed convolution",
    Enlarge: "enlargement",  # a mean of neighbours, which are not alike yet
    nn.BatchNorm1d: "batch norm",
    nn.BatchNorm2d: "batch norm",
    nn.LayerNorm: "layer norm",
    nn.GroupNorm: "layer norm",
    nn.InstanceNorm2d: "instance norm",
    nn.LeakyReLU: "leaky relu",
    nn.ReLU: "relu",
    nn.ELU: "elu",
    nn.Tanh: "tanh",
    nn.Sigmoid: "sigmoid",
}

Floats = NDArray[np.float32]
Seen = TypeVar("Seen")


def untrained(e: Experiment, gain: float = 1.0, images: Images | Points | None = None) -> Untrained:
    """The generator of an experiment before its first step, its weights (not its biases) multiplied by `gain`.

    With gain 1, the picture is that of step 0 of a run. `images` are the experiment's, where they are loaded
    already. Raises SettingsError for a gain that is not 0 to MAX_GAIN and for points, DataError and DeviceError as a
    Trainer.
    """
    _check(e, gain)
    trainer = Trainer(e, images)
    _multiply(trainer.g, gain)

    def draw(mode: str) -> tuple[Floats, list[tuple[str, float]]]:
        z = trainer.probe.z if mode in ("train", e.sample_mode) else trainer.probe.z[: _counted(e, mode)]
        with precision(e, trainer.device):
            fake, deviations = _followed(trainer.g.train(mode == "train"), z, _counted(e, mode))
        return fake.cpu().numpy(), [("noise", _deviation(trainer.probe.z)), *deviations]

    drawn = _in_both_modes(e, draw)
    opening = take_frame.opening(trainer)
    fake_shown, _ = drawn[e.sample_mode]
    (fake_train, by_batch), (fake_eval, by_running) = drawn["train"], drawn["eval"]
    return Untrained(
        opening=opening,
        fake_png=tiles.picture(fake_shown, trainer.range_map),
        histogram=tiles.histogram(fake_shown, opening.low, opening.high),
        layers=tuple(
            Layer(_output_name(e) if name == "output" else name, train, eval_)
            for (name, train), (_, eval_) in zip(by_batch, by_running, strict=True)
        ),
        train=_tone(fake_train, trainer.range_map),
        eval=_tone(fake_eval[: _counted(e, "eval")], trainer.range_map),
        real=_tone(trainer.probe.real.cpu().numpy(), trainer.range_map),
    )


def contrast_map(
    e: Experiment,
    activations: Sequence[str] = tuple(OUTPUT),
    inits: Sequence[str] = tuple(SCHEMES),
    gain: float = 1.0,
) -> tuple[Contrast, ...]:
    """The contrast of the untrained generator for each output activation and initialisation.

    All else is as in the experiment. Each activation is drawn in the data range that it is made for: see FITTING_RANGE.
    Needs no data, and one generator for each initialisation: the activations share what comes before them.
    Raises SettingsError as `untrained` does.
    """
    _check(e, gain)
    cpu = torch.device("cpu")
    ranges = {name: RangeMap.of(range_) for name, range_ in FITTING_RANGE.items()}
    z = noise.draw(e.noise, e.noise_scale, Probe.COUNT, e.latent_dim, source(e.seed, PICTURES))
    cells = []
    for init in inits:
        g = build_generator(e)
        initialise(g, init, e.init_std, e.seed)
        g = g.to(memory_format=memory_layout(e))  # type: ignore[call-overload]
        _multiply(g, gain)
        _layers(g)[-1] = nn.Identity()
        with torch.no_grad(), precision(e, cpu):
            logits = _in_both_modes(e, partial(_logits, e, g, z))
        for activation in activations:
            tones = {
                mode: _tone(OUTPUT[activation]()(value).numpy(), ranges[activation]).contrast
                for mode, value in logits.items()
            }
            cells.append(Contrast(activation, init, tones["train"], tones["eval"]))
    return tuple(cells)


def _logits(e: Experiment, g: nn.Module, z: Tensor, mode: str) -> Tensor:
    logits: Tensor = g.train(mode == "train")(z[: _counted(e, mode)])
    return logits.float()


def _in_both_modes(e: Experiment, look: Callable[[str], Seen]) -> dict[str, Seen]:
    """What is seen in eval and in train mode, by one look where the two are the same: only BatchNorm has modes.
    Drawing in train mode moves the statistics that eval mode draws with, so that comes last."""
    if not normalises_batches(e.norm_g, e.mistake):
        return dict.fromkeys(("eval", "train"), look("train"))
    return {mode: look(mode) for mode in ("eval", "train")}


def _counted(e: Experiment, mode: str) -> int:
    """Of how many images the numbers of this mode are."""
    few = mode == "eval" and normalises_batches(e.norm_g, e.mistake) and "dcgan" in e.architecture
    return FEW if few else Probe.COUNT


def _check(e: Experiment, gain: float) -> None:
    if e.dataset in POINT_SETS:
        why = "is points of a plane, and Untrained looks at images; choose images, or open it on Points"
        raise SettingsError([Problem("dataset", e.dataset, why)])
    if not 0 <= gain <= MAX_GAIN:  # NaN is not
        raise SettingsError([Problem("gain", gain, f"must be 0 to {MAX_GAIN:g}")])


@torch.no_grad()
def _multiply(network: nn.Module, gain: float) -> None:
    for module in network.modules():
        if isinstance(module, nn.Linear | nn.Conv2d | nn.ConvTranspose2d):
            module.weight.mul_(gain)


@torch.no_grad()
def _followed(g: nn.Module, z: Tensor, first: int) -> tuple[Tensor, list[tuple[str, float]]]:
    """The images g makes of z, float32 (N, C, H, W), and the standard deviation after each named layer, of the
    `first` images."""
    signal: list[tuple[str, float]] = []
    layers = _layers(g)
    numbers: dict[str, Any] = {}
    hooks = []
    for place, layer in enumerate(layers):
        kind = next((name for type_, name in _NAMES.items() if isinstance(layer, type_)), None)
        if place == len(layers) - 1:
            label = "output"
        elif kind is None:
            continue  # it only moves or repeats values
        else:
            label = f"{kind} {next(numbers.setdefault(kind, count(1)))}"

        def note(_: nn.Module, __: Any, output: Tensor, label: str = label) -> None:
            signal.append((label, _deviation(output[:first])))

        hooks.append(layer.register_forward_hook(note))
    try:
        return g(z).float(), signal
    finally:
        for hook in hooks:
            hook.remove()


def _layers(g: nn.Module) -> nn.Sequential:
    layers = g.layers
    assert isinstance(layers, nn.Sequential)
    return layers


def _output_name(e: Experiment) -> str:
    return f"output: {e.output_activation}"


def _deviation(values: Tensor) -> float:
    # Twice as quick as Tensor.std, which works in double precision.
    centred = values.float() - values.float().mean()
    return centred.norm().item() / math.sqrt(values.numel())


def _tone(images: Floats, range_map: RangeMap) -> Tone:
    """Of images (N, C, H, W) in the data range, clipped but not rounded."""
    levels = range_map.decode(images).clip(0, 255).reshape(len(images), -1)
    return Tone(contrast=float(levels.std(axis=1).mean()), level=float(levels.mean()))
