"""Which column of a training log is which measurement, by the names people give them."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from itertools import pairwise

from gan_core.diagnosis.row import Row
from gan_core.files.logs import LogRow

# What detectors know by these very names, as this project's own logs have them; not how large logits are, which
# means nothing without the range of the data.
KNOWN = frozenset({
    "loss_d", "loss_g", "d_accuracy", "d_accuracy_real", "d_accuracy_fake", "d_real", "d_fake", "grad_norm_g",
    "grad_norm_d", "logit_gap", "contrast", "pixel_mean", "diversity", "duplicates", "out_of_range",
    "excess", "finite",
})  # fmt: skip

_D = {"d", "dis", "disc", "discriminator", "critic", "netd"}
_G = {"g", "gen", "generator", "netg"}
_LOSS = {"loss", "losses", "err", "error", "cost"}
_ACCURACY = {"acc", "accuracy"}
_GRADIENT = {"grad", "gradient", "gradnorm"}
_STEPS = {"step", "steps", "iter", "iters", "iteration", "iterations", "it"}
_EPOCHS = {"epoch", "epochs"}


def recognised(rows: Sequence[LogRow]) -> dict[str, str]:
    """Column -> measurement, of those that are known; the first column for each measurement."""
    columns = dict.fromkeys(column for row in rows for column in row)
    found: dict[str, str] = {}
    for column in columns:
        name = column if column in KNOWN else _measurement(column)
        if name and name not in found.values():
            found[column] = name
    return found


def measured(rows: Sequence[LogRow], columns: dict[str, str]) -> tuple[list[Row], str]:
    """The rows of measurements, and which column the steps are from; "" for the rows' own numbers.

    `finite` is 0 where a recognised column holds NaN or infinity; such values are left out. A loss of D in two parts
    is their sum.
    """
    steps = _steps(rows)
    found: list[Row] = []
    for number, row in enumerate(rows):
        values = {name: row[column] for column, name in columns.items() if column in row}
        if "loss_d" not in values and {"loss_d_real", "loss_d_fake"} <= values.keys():
            values["loss_d"] = values["loss_d_real"] + values["loss_d_fake"]
        if "d_accuracy" not in values and {"d_accuracy_real", "d_accuracy_fake"} <= values.keys():
            values["d_accuracy"] = (values["d_accuracy_real"] + values["d_accuracy_fake"]) / 2
        for name in [name for name in values if name.startswith("d_accuracy") and 1 < values[name] <= 100]:
            values[name] /= 100  # in percent
        whole = {name: value for name, value in values.items() if math.isfinite(value)}
        if len(whole) < len(values):
            whole["finite"] = 0.0
        if whole:
            found.append(Row(int(row[steps]) if steps else number, whole))
    return found, steps


def _steps(rows: Sequence[LogRow]) -> str:
    """The first column of steps, or else of epochs, that only ever grows and is in every row."""
    for names in (_STEPS, _EPOCHS):
        for column in rows[0]:
            if not names & set(_words(column)):
                continue
            values = [row.get(column, math.nan) for row in rows]
            if all(0 <= value < 1e15 for value in values) and all(a < b for a, b in pairwise(values)):
                return column
    return ""


def _measurement(column: str) -> str:
    """The measurement a column's name means, or ""."""
    words = set(_words(column))
    part = "_real" if "real" in words else "_fake" if "fake" in words else ""
    if words & _LOSS:
        if words & _G:
            return "" if part else "loss_g"
        return f"loss_d{part}" if words & _D else ""
    if words & _ACCURACY and not words & _G:
        return f"d_accuracy{part}"
    if words & _GRADIENT and not part:
        return "grad_norm_g" if words & _G else "grad_norm_d" if words & _D else ""
    if re.fullmatch(r"D[(_ ]?x\)?", column):
        return "d_real"
    return "d_fake" if re.fullmatch(r"D[(_ ]?G[(_ ]?z[1]?\)*", column) else ""


def _words(column: str) -> list[str]:
    """`lossD`, `D_loss`, `critic/loss`, `dloss` -> their words in lower case."""
    words = [word.lower() for word in re.findall("[A-Z]?[a-z]+|[A-Z]+|[0-9]+", column)]
    glued = {f"{who}{what}": [who, what] for who in "dg" for what in ("loss", "acc", "err")}
    return [part for word in words for part in glued.get(word, [word])]
