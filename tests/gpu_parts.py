"""What tests/gpu_check.py measures, part by part. Each part yields rows as they come, and fails row by row.

Written for a GPU; on a CPU everything is smaller, see `REDUCED`.
"""

from __future__ import annotations

import gc
import hashlib
import math
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial

import torch
from torch import Tensor

from gan_core.commands.plain_loop import plain_loop
from gan_core.commands.speed import DEFAULT, DOCUMENT_MLP, SMALL_DCGAN, engine
from gan_core.engine.device import resolve
from gan_core.engine.trainer import Trainer
from gan_core.settings.experiment import Experiment
from gan_core.settings.problems import SettingsError
from tests.gpu_variants import AlternatingStep, Form, backend_for, farthest, pictures


@dataclass(frozen=True)
class Row:
    """One line of the table: a number with its unit, or a sentence that says why there is none."""

    part: str
    what: str
    value: float | None = None
    unit: str = ""
    passed: bool | None = None  # None where there is nothing to pass
    words: str = ""
    more: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Scale:
    """How much is measured."""

    batch_size: int | None  # None: each experiment's own
    widths: tuple[float, float]
    runs: tuple[int, ...]  # side by side
    same_steps: int
    rounds: int
    longest: float  # seconds of one variant in one round


FULL = Scale(None, (1, 4), (1, 2, 4, 8, 16, 32), 100, 5, 0.35)
REDUCED = Scale(16, (0.25, 0.5), (1, 2, 4), 3, 2, 0.05)
TIMED = {"default": DEFAULT, "document-mlp": DOCUMENT_MLP, "dcgan transpose4": SMALL_DCGAN}  # what plain_loop.py knows
CHECKED = {**TIMED, "dcgan": DEFAULT.replace(architecture="dcgan")}
LATE = "Left out: the time for this part was up."
NO_GRAPHS = "CUDA graphs exist on CUDA only."

# Of outputs and losses, and of gradients, as shares of the largest number: see `_relative`. TF32 rounds the factors of
# products to 10 bits. Emulated on a CPU that changes these networks' gradients by up to a fifth, since BatchNorm takes
# away most of a gradient and leaves the rounding; it is the rows in float32 that tell a mistake.
TOLERANCE = {"float32": (1e-4, 5e-3), "TF32": (1e-2, 0.4)}
EXACT = 1e-6  # of weights in double precision, by one route and by another


def scale_of(device: str) -> Scale:
    return FULL if device == "cuda" else REDUCED


def sentence(error: BaseException) -> str:
    """An error in one line."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return f"{type(error).__name__}: {lines[0] if lines else 'no more is said'}"[:300]


def guarded(part: str, what: str, measure: Callable[[], Row]) -> Row:
    """The row, or one with what went wrong."""
    try:
        row = measure()
    except Exception as error:
        return Row(part, what, passed=False, words=f"Failed: {sentence(error)}")
    if row.value is not None and not math.isfinite(row.value):
        return Row(part, what, passed=False, words=f"Failed: the result is {row.value}.")
    return row


def experiment(name: str, device: str, width: float | None = None) -> Experiment:
    """One of CHECKED, of its own width where none is given. Raises `SettingsError` for a width that it cannot have."""
    scale = scale_of(device)
    e = CHECKED[name].replace(device=device)
    if scale.batch_size is not None:
        e = e.replace(batch_size=scale.batch_size)
        if width is None and name != "document-mlp":
            width = scale.widths[0]
    return e if width is None else e.replace(width=width)


# ---------------------------------------------------------------------------------------------- the same bytes


def same(device: str, until: float) -> Iterator[Row]:
    """Whether an Experiment gives the same weights twice, in the process as it is."""
    for name in CHECKED:
        yield guarded("same", name, partial(_same, name, device))


def _same(name: str, device: str) -> Row:
    steps = scale_of(device).same_steps
    e = experiment(name, device)
    digests = {_digest(e, steps) for _ in range(2)}
    words = f"The same bytes after {steps} steps." if len(digests) == 1 else f"Other bytes after {steps} steps."
    return Row("same", name, float(len(digests)), "distinct of 2 runs", len(digests) == 1, words)


def _digest(e: Experiment, steps: int) -> str:
    trainer = Trainer(e, pictures(e))
    for _ in range(steps):
        trainer.train_step()
    digest = hashlib.sha256()
    for network in (trainer.g, trainer.d):
        for tensor in network.state_dict().values():
            digest.update(tensor.detach().cpu().contiguous().numpy().tobytes())
    return digest.hexdigest()


# ---------------------------------------------------------------------------------------------- CPU against the device


def agreement(device: str, until: float) -> Iterator[Row]:
    """The device in float32 against the CPU in double precision, then each form of the step against the plain one."""
    modes = ("float32", "TF32") if device == "cuda" else ("float32",)
    for name in CHECKED:
        for mode in modes:
            yield guarded("agreement", f"{name}, {mode}", partial(_agreement, name, device, mode))
    forms: tuple[Form, ...] = ("side by side", "captured")
    for form in forms:
        for name in CHECKED:
            what = f"{name}, {form} against plain steps"
            if form == "captured" and device != "cuda":
                yield Row("agreement", what, words=NO_GRAPHS)
            elif time.monotonic() > until:
                yield Row("agreement", what, words=LATE)
            else:
                yield guarded("agreement", what, partial(_forms, name, device, form, what))


def _agreement(name: str, device: str, mode: str) -> Row:
    e = experiment(name, device)
    on_device = resolve(device)
    if device == "cuda":
        torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = mode == "TF32"
    exact = _quantities(AlternatingStep(e, torch.device("cpu"), dtype=torch.float64))
    found = _quantities(AlternatingStep(e, on_device))
    apart = {quantity: _relative(found[quantity], numbers) for quantity, numbers in exact.items()}
    of_outputs, of_gradients = TOLERANCE[mode]
    passed = all(value <= (of_gradients if "grad" in quantity else of_outputs) for quantity, value in apart.items())
    words = ", ".join(f"{quantity} {value:.1e}" for quantity, value in apart.items())
    words += f"; tolerance {of_outputs:g}, of gradients {of_gradients:g}"
    return Row("agreement", f"{name}, {mode}", max(apart.values()), "of the largest", passed, words, apart)


def _quantities(step: AlternatingStep) -> dict[str, list[Tensor]]:
    """What one step computes at the first weights, before any update, from the same images and noise on any device."""
    real, z = (tensor.to(step.real) for tensor in step.drawn(0))
    fake = step.generate(z)
    with torch.no_grad():
        logits = [step.d.forward(real), step.d.forward(fake)]
    loss_d, loss_g = step.loss_d(real, fake.detach()), step.loss_g(fake)
    if step.e.penalty == "r1":
        loss_d = loss_d + step.penalty(real)
    found = {
        "G": [fake], "D": logits, "losses": [loss_d, loss_g],
        "gradients of D": torch.autograd.grad(loss_d, step.d.parameters),
        "gradients of G": torch.autograd.grad(loss_g, step.g.parameters),
    }  # fmt: skip
    return {quantity: [tensor.detach().double().cpu() for tensor in tensors] for quantity, tensors in found.items()}


def _relative(found: list[Tensor], exact: list[Tensor]) -> float:
    """The greatest difference as a share of the tensor's largest number, or of a hundredth of the largest one of all
    where that is more: the gradient of a bias before BatchNorm is nothing but rounding."""
    largest = [float(tensor.abs().max()) for tensor in exact]
    least = max(largest) / 100
    apart = [float((a - b).abs().max()) for a, b in zip(found, exact, strict=True)]
    return max(difference / max(size, least) for difference, size in zip(apart, largest, strict=True))


def _forms(name: str, device: str, form: Form, what: str) -> Row:
    apart = farthest(experiment(name, device), resolve(device), form)
    words = f"In double precision, 9 steps; tolerance {EXACT:.0e}"
    return Row("agreement", what, apart, "greatest difference", apart <= EXACT, words)


# ---------------------------------------------------------------------------------------------- speed and memory


@dataclass
class Variant:
    """A loop that is being timed."""

    loop: Iterator[object]
    runs: int = 1  # that each of its steps advances
    steps: int = 1  # that fill a round's time
    megabytes: float = 0.0
    speeds: list[float] = field(default_factory=list)  # steps a second of all runs together, by round


def speed(device: str, until: float, *, compiled: bool) -> Iterator[Row]:
    """Every variant but the compiled one against the tutorial's loop; or `compiled`, that one alone, since nobody knows
    beforehand how long a compiler takes."""
    part = "compiled" if compiled else "speed"
    widths = {name: (1.0,) if name == "document-mlp" else scale_of(device).widths for name in TIMED}
    places = 1 if compiled and device == "cpu" else 2  # compiling takes most of a processor's time
    cases = [(name, width) for place in range(places) for name in TIMED for width in widths[name][place : place + 1]]
    for place, (name, width) in enumerate(cases):
        label = f"{name}, width {width:g}"
        now = time.monotonic()
        if now > until:
            yield Row(part, label, words=LATE)
            continue
        own_until = now + (until - now) / (len(cases) - place)
        try:
            yield from _compare(part, label, experiment(name, device, width), own_until)
        except Exception as error:
            yield Row(part, label, passed=False, words=f"Failed: {sentence(error)}")
        _forget(device)
    if not compiled:
        try:
            experiment("document-mlp", device, scale_of(device).widths[1])
        except SettingsError as error:
            yield Row(part, f"document-mlp, width {scale_of(device).widths[1]:g}", words=f"Left out: {error}")


def _makers(part: str, e: Experiment, device: torch.device) -> dict[str, Callable[[], Variant]]:
    """The variants by name, not made yet."""
    images = pictures(e)

    def stepping(form: str = "", runs: int | None = None) -> Variant:
        step = AlternatingStep(e, device, runs)
        if form == "captured":
            step.capture()
        elif form == "compiled":
            step.compile(backend_for(device))
        return Variant(step.loop(images), runs or 1)

    makers: dict[str, Callable[[], Variant]] = {"plain loop": lambda: Variant(plain_loop(e, images, device))}
    if part == "compiled":
        makers[f"compiled ({backend_for(device)})"] = partial(stepping, "compiled")
        return makers
    makers["engine, eager"] = lambda: Variant(engine(e, images))
    makers["plain step"] = stepping
    for runs in scale_of(device.type).runs:
        makers[f"{runs} side by side"] = partial(stepping, "", runs)
    makers["CUDA graphs"] = partial(stepping, "captured")  # last: a capture that fails may spoil what comes after it
    return makers


def _compare(part: str, label: str, e: Experiment, until: float) -> Iterator[Row]:
    """All variants of an experiment in turn, so that each round's ratios are of the same moment."""
    device, scale = resolve(e.device), scale_of(e.device)
    makers = _makers(part, e, device)
    seconds = min(scale.longest, 0.7 * (until - time.monotonic()) / (len(makers) * (scale.rounds + 2)))
    variants: dict[str, Variant] = {}
    torch.ones(8, 8, device=device).mm(torch.ones(8, 8, device=device))  # cuBLAS' memory is not the first variant's
    for what, make in makers.items():
        if what == "CUDA graphs" and device.type != "cuda":
            yield Row(part, f"{label}: {what}", words=NO_GRAPHS)
            continue
        if time.monotonic() > until:
            yield Row(part, f"{label}: {what}", words=LATE)
            continue
        try:
            variants[what] = _warmed(make, device, max(seconds, 0.01))
        except Exception as error:
            yield Row(part, f"{label}: {what}", passed=False, words=f"Failed: {sentence(error)}")
            gc.collect()  # what a failed one holds of the device's memory
    for done in range(scale.rounds):
        if done and time.monotonic() > until:
            break
        for what, variant in list(variants.items()):
            try:
                variant.speeds.append(variant.runs * variant.steps / _timed(variant, variant.steps, device))
            except Exception as error:
                del variants[what]
                yield Row(part, f"{label}: {what}", passed=False, words=f"Failed: {sentence(error)}")
    plain = variants.get("plain loop")
    for what, variant in variants.items():
        yield _ratio(part, f"{label}: {what}", variant, plain)
        if device.type == "cuda":
            yield Row("memory", f"{label}: {what}", variant.megabytes, "MB at its peak")
    if device.type != "cuda" and part == "speed":
        yield Row("memory", label, words="Peak memory is counted on CUDA only.")


def _warmed(make: Callable[[], Variant], device: torch.device, seconds: float) -> Variant:
    """The variant made, its first steps done, and the steps counted that fill a round; with the most memory that it
    had beyond what there was before."""
    before = 0
    if device.type == "cuda":
        torch.cuda.synchronize()
        before = torch.cuda.memory_allocated()
        torch.cuda.reset_peak_memory_stats()
    variant = make()
    _timed(variant, 1, device)
    while (taken := _timed(variant, variant.steps, device)) < seconds / 3:
        variant.steps = math.ceil(variant.steps * min(4.0, max(1.5, seconds / 2 / taken)))
    variant.steps = max(1, round(variant.steps * seconds / taken))
    if device.type == "cuda":
        variant.megabytes = (torch.cuda.max_memory_allocated() - before) / 1e6
    return variant


def _timed(variant: Variant, steps: int, device: torch.device) -> float:
    """Seconds of so many steps, until the device has done the last of them."""
    wait_for_device = torch.cuda.synchronize if device.type == "cuda" else torch.cpu.synchronize
    wait_for_device()
    begun = time.perf_counter()
    for _ in range(steps):
        next(variant.loop)
    wait_for_device()
    return time.perf_counter() - begun


def _ratio(part: str, what: str, variant: Variant, plain: Variant | None) -> Row:
    rate = statistics.median(variant.speeds)
    if plain is None:
        return Row(part, what, rate, "steps/s", words="There is no plain loop to compare it with.")
    ratios = [speed / unit for speed, unit in zip(variant.speeds, plain.speeds, strict=True)]
    spread = {"lowest": min(ratios), "highest": max(ratios), "steps_per_second": rate}
    words = f"{spread['lowest']:.2f}-{spread['highest']:.2f}, {rate:.1f} steps/s"
    return Row(part, what, statistics.median(ratios), "x plain loop", words=words, more=spread)


def _forget(device: str) -> None:
    """Give back what one experiment's variants held."""
    gc.collect()
    if device == "cuda":
        torch.cuda.empty_cache()
    torch.compiler.reset()


PARTS: dict[str, Callable[[str, float], Iterator[Row]]] = {
    "same": same,
    "agreement": agreement,
    "speed": partial(speed, compiled=False),
    "compiled": partial(speed, compiled=True),
}
