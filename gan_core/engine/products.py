"""Products of float32 matrices, by the library that is the faster one on this processor.

PyTorch multiplies float32 matrices by the BLAS it was built with: on a PC that is MKL, which uses half of the vector
unit of some processors of AMD. There oneDNN, which it multiplies bfloat16 by, is twice as fast. On others, and for
small matrices, it is slower. The two round differently, so a run records which of them it uses.

A run on points multiplies by the BLAS everywhere: its matrices are so small that a call of oneDNN, which PyTorch cannot
differentiate without Python, costs more than the product. A step takes 2.1 ms instead of 3.7 on one core of an AMD EPYC
(Zen 5), and at four times the width as long as with oneDNN.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import platform
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, Literal, cast

import torch
from torch import Tensor
from torch.nn.functional import linear

from gan_core.files.atomic_write import writing_whole
from gan_core.files.cache_folder import cache_folder
from gan_core.settings.experiment import Experiment
from gan_core.settings.points import POINT_SETS

_log = logging.getLogger(__name__)

Library = Literal["blas", "onednn"]

# Runs of versions that recorded none were computed by oneDNN where it was there.
ONEDNN_IS_HERE = torch.backends.mkl.is_available() and hasattr(torch.ops.mkldnn, "_linear_pointwise")
UNRECORDED: Library = "onednn" if ONEDNN_IS_HERE else "blas"

# What is tried out: (images, inputs, units) of layers of the default networks, from the smallest to the largest.
TRIED = ((64, 64, 128), (64, 256, 784), (128, 784, 256))
ROUNDS = 7
# oneDNN has to be so much faster before it is taken: two that are equally fast must not take turns.
CLEARLY = 1.15


class _ByOneDNN(torch.autograd.Function):
    """`a @ b.T + bias`. Its gradients are such products themselves, so it can be differentiated again, as the gradient
    penalties ask."""

    @staticmethod
    def forward(ctx: Any, a: Tensor, b: Tensor, bias: Tensor | None) -> Tensor:
        ctx.save_for_backward(a, b)
        return torch.ops.mkldnn._linear_pointwise(a, b, bias, "none", [], "")

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor | None, Tensor | None, Tensor | None]:
        a, b = ctx.saved_tensors
        for_a, for_b, for_bias = ctx.needs_input_grad
        return (
            _ByOneDNN.apply(gradient, b.t(), None) if for_a else None,
            _ByOneDNN.apply(gradient.t(), a.t(), None) if for_b else None,
            gradient.sum(0) if for_bias else None,
        )


def product(x: Tensor, weight: Tensor, bias: Tensor | None, library: Library) -> Tensor:
    """(N, inputs) and (outputs, inputs) to (N, outputs)."""
    if library == "blas" or not ONEDNN_IS_HERE or not x.is_cpu:
        return linear(x, weight, bias)
    if x.dtype != torch.float32 or torch.is_autocast_enabled("cpu"):
        return linear(x, weight, bias)
    return cast(Tensor, _ByOneDNN.apply(x, weight, bias))


def library_for(e: Experiment) -> Library:
    """The one to use for a new run on this processor."""
    return "blas" if e.dataset in POINT_SETS else faster_library()


def faster_library() -> Library:
    """The one to use for images on this processor. It is tried out once, for some milliseconds, and kept in the cache
    folder by processor and version of PyTorch: all runs of a machine use the same."""
    if not ONEDNN_IS_HERE:
        return "blas"
    name = hashlib.sha256(f"{_processor()} {torch.__version__} {TRIED}".encode()).hexdigest()[:16]
    return _kept(cache_folder() / f"products-{name}.json")


@cache
def _kept(file: Path) -> Library:
    """What stands in the file, or else is tried out now; of several processes that try, the first one decides."""
    if (found := _read(file)) is not None:
        return found
    seconds = {library: try_out(library) for library in ("blas", "onednn")}
    faster: Library = "onednn" if seconds["onednn"] * CLEARLY < seconds["blas"] else "blas"
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with writing_whole(own := file.with_name(f"{file.name}.{os.getpid()}")) as written:
            written.write(json.dumps({"faster": faster, "seconds": seconds}).encode())
        if file.exists() and _read(file) is None:
            file.unlink()  # damaged
        try:
            os.link(own, file)  # unlike a rename, never replaces what another process has decided
        finally:
            own.unlink()
    except FileExistsError:
        pass
    except OSError as error:
        _log.warning("%s cannot be kept (%s): each process tries by itself which products are faster.", file, error)
    return _read(file) or faster


def _read(file: Path) -> Library | None:
    try:
        found = json.loads(file.read_bytes())["faster"]
    except (OSError, ValueError, LookupError, TypeError):
        return None
    return found if found in ("blas", "onednn") else None


def try_out(library: Library) -> float:
    """Seconds of one core for a layer's output and gradients, of all sizes in TRIED together; the best of several
    rounds, since others may use the processor too."""
    source = torch.Generator().manual_seed(0)
    total = 0.0
    for images, inputs, units in TRIED:
        x, weight = (torch.randn(rows, inputs, generator=source).requires_grad_() for rows in (images, units))
        bias = torch.zeros(units, requires_grad=True)

        def layer(x: Tensor = x, weight: Tensor = weight, bias: Tensor = bias) -> None:
            with torch.enable_grad():
                output = product(x, weight, bias, library)
                torch.autograd.grad(output, [x, weight, bias], torch.ones_like(output))

        total += min(_timed(layer) for _ in range(ROUNDS))
    return total


def _timed(work: Callable[[], None]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


@cache
def _processor() -> str:
    """What tells one kind of processor from another."""
    try:
        lines = Path("/proc/cpuinfo").read_text().partition("\n\n")[0].splitlines()
    except OSError:
        return f"{platform.machine()} {platform.processor()}"
    told = {"vendor_id", "cpu family", "model", "stepping", "flags", "CPU implementer", "CPU part", "Features"}
    fields = (line.partition(":") for line in lines)
    return " ".join(value.strip() for name, _, value in fields if name.strip() in told)
