"""An Experiment as one plain PyTorch script, to be read, run and changed without this program.

Only what the experiment uses is in its script. It computes what the Trainer computes, from the same random numbers,
but by PyTorch's own layers and optimisers. So the losses agree to rounding: the engine may multiply matrices by another
library, and updates all weights in one go. Training repeats every rounding in all that follows, so two long runs drift
apart in the last digits first and may differ visibly after some hundred steps. The networks for points are so small
that the fused optimisers cost no line more: where the engine multiplies by PyTorch's own library, their scripts make
the same points to the last bit.
"""

from __future__ import annotations

import re

from gan_core.outputs.script import constants, game, images, loop, networks
from gan_core.outputs.script.points import noun, of_numbers, of_points, plain, shape
from gan_core.outputs.script.text import Block
from gan_core.settings.experiment import Experiment

NAME = "train.py"
IMAGES, POINTS = "images.npy", "points.npy"
PICTURE = "generated.png"

# What a script may take from elsewhere, by the module; only the names that it uses are imported.
_IMPORTS = {
    "torch.nn.functional": ("normalize", "pad", "relu", "softplus"),
    "torch.nn.utils.parametrizations": ("spectral_norm",),
    "torch.optim.swa_utils": ("AveragedModel", "get_ema_multi_avg_fn"),
}


def script_of(e: Experiment) -> str:
    """The script of an experiment, under 200 lines.

    It reads IMAGES, or POINTS, from the folder that it is run in, and prints both losses of the steps that the engine
    measures. What the last one makes it saves as PICTURE, points in numbers too.
    """
    e = plain(e)
    blocks: list[Block] = [
        constants.block(e),
        constants.sources(),
        *images.blocks(e),
        *networks.blocks(e),
        *game.blocks(e),
        *loop.blocks(e),
    ]
    body = "\n\n\n".join("\n".join(block) for block in blocks)
    return f'"""{_docstring(e)}\n"""\n\n{_imports(body)}\n\n{body}\n'


def _docstring(e: Experiment) -> str:
    needs = "torch and numpy" if of_numbers(e) else "torch, numpy and Pillow"
    lines = [f"A GAN in plain PyTorch, as the GAN playground trains it; needs {needs} only.", ""]
    if images.needed(e):
        file, what = (POINTS, f"float32 {shape(e)}") if of_points(e) else (IMAGES, f"uint8 {_pixels(e)}")
        lines.append(f"Run it beside {file}, which was saved with it: {images.described(e)}, {what}.")
    if of_points(e):
        lines += _ends(e)
    elif e.steps:
        lines.append(
            f"It prints the losses, the same as the playground's up to rounding, and draws {PICTURE} at the end."
        )
    else:
        lines.append(f"It draws {PICTURE} with the untrained generator.")
    return "\n".join(lines)


def _pixels(e: Experiment) -> str:
    return f"(N, {e.image_size}, {e.image_size}, {e.channels})"


def _ends(e: Experiment) -> list[str]:
    """What comes of a run on points, in words."""
    if of_numbers(e):
        return (
            ["It prints the two numbers, as the playground has them."] if e.steps else ["It prints theta as it begins."]
        )
    untrained = "" if e.steps else " of the untrained generator"
    losses = "prints the losses, and " if e.steps else ""
    return [f"It {losses}saves the {noun(e)}{untrained} as generated.npy and {PICTURE}."]


def _imports(body: str) -> str:
    lines = ["import numpy as np", "import torch"]
    drawn = [name for name in ("Image", "ImageDraw") if f"{name}." in body]
    lines += [f"from PIL import {', '.join(drawn)}"] * bool(drawn) + ["from torch import nn"]
    for module, names in _IMPORTS.items():
        used = [name for name in names if re.search(rf"(?<![\w.]){name}\(", body)]
        if used:
            lines.append(f"from {module} import {', '.join(used)}")
    return "\n".join(lines)
