"""Which column of a training log is which measurement, by the names people give them and by what stands beside."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise

from gan_core.diagnosis.row import Row
from gan_core.files.logs import LogRow

# What detectors know by these very names, as this project's own logs have them. Not how large logits are, which means
# nothing without the range of the data.
KNOWN = frozenset({
    "loss_d", "loss_g", "d_accuracy", "d_accuracy_real", "d_accuracy_fake", "d_real", "d_fake", "grad_norm_g",
    "grad_norm_d", "logit_gap", "contrast", "pixel_mean", "diversity", "duplicates", "out_of_range",
    "excess", "finite", "neighbours", "nyquist",
})  # fmt: skip

# What a column may be said to be, with the words for it.
MEANINGS = {
    "step": "the step or epoch",
    "loss_d": "D's loss",
    "loss_d_real": "D's loss on real images",
    "loss_d_fake": "D's loss on generated images",
    "loss_g": "G's loss",
    "d_accuracy": "D's accuracy",
    "d_accuracy_real": "D's accuracy on real images",
    "d_accuracy_fake": "D's accuracy on generated images",
    "d_real": "D(x), a probability",
    "d_fake": "D(G(z)), a probability",
    "logit_real": "D's score of real images",
    "logit_fake": "D's score of generated images",
    "sign_real": "the sign of D's score of real images",
    "sign_fake": "the sign of D's score of generated images",
    "penalty": "a penalty on D's gradients",
    "grad_norm_d": "D's gradient norm",
    "grad_norm_g": "G's gradient norm",
}

_D = {"d", "dis", "disc", "discriminator", "critic", "netd"}
_G = {"g", "gen", "generator", "netg"}
_LOSS = {"loss", "losses", "err", "error", "cost", "l"}
_ACCURACY = {"acc", "accuracy"}
_GRADIENT = {"grad", "gradient", "gradnorm"}
_PENALTY = {"gp", "penalty", "r1"}
_SCORE = {"score", "scores", "logit", "logits", "prob", "output", "out"}
_STEPS = {"step", "steps", "iter", "iters", "iteration", "iterations", "it", "itr", "kimg", "nimg"}
_EPOCHS = {"epoch", "epochs", "tick"}
# Of a measurement, not the measurement itself; and what is set, not measured.
_ASIDE = {"std", "num", "min", "max", "var", "count", "lambda", "weight", "lr", "val"}
# Of the adversarial game, and of what else a loss is added up from.
_ADVERSARIAL = {"gan", "adv", "adversarial"}
_BESIDES = {
    "cls", "rec", "recon", "reconstruction", "cycle", "cyc", "idt", "identity", "pix", "pixel", "vgg", "feat", "fm",
    "content", "perc", "percep", "perceptual", "lpips", "kl", "mel", "tv", "style", "mask", "aux", "ppl", "pl", "mse",
    "mae",
}  # fmt: skip
# Words of other languages that people name columns by.
_TRANSLATED = {
    "判别器": " discriminator ", "鉴别器": " discriminator ", "生成器": " generator ", "损失": " loss ",
    "准确率": " acc ", "步数": " step ", "轮次": " epoch ", "第": " epoch ",
    "diskriminator": "discriminator", "discriminador": "discriminator",
    "discriminateur": "discriminator", "générateur": "generator", "generador": "generator", "gerador": "generator",
    "verlust": "loss", "perte": "loss", "pérdida": "loss", "perda": "loss", "schritt": "step", "epoche": "epoch",
    "époque": "epoch", "paso": "step",
}  # fmt: skip
_FOREIGN = re.compile("|".join(_TRANSLATED), re.IGNORECASE)
# Names that are only understood beside the other: of one letter, or what is a loss here and a probability elsewhere.
_BESIDE = (
    {"g": "loss_g", "d": "loss_d"},
    {"g": "loss_g", "d1": "loss_d_real", "d2": "loss_d_fake"},
    {"g": "loss_g", "c1": "loss_d_real", "c2": "loss_d_fake"},
    {"g": "loss_g", "dr": "loss_d_real", "df": "loss_d_fake"},
    {"gan": "loss_g", "d_real": "loss_d_real", "d_fake": "loss_d_fake"},
    {"netg": "loss_g", "netd": "loss_d"},
    {"lg": "loss_g", "ld": "loss_d"},
    {"gl": "loss_g", "dl": "loss_d"},
    {"g_a": "loss_g", "d_a": "loss_d"},
    {"g_gan": "loss_g", "d_real": "loss_d_real", "d_fake": "loss_d_fake"},
    {"gen": "loss_g", "disc": "loss_d"},
    {"generator": "loss_g", "discriminator": "loss_d"},
    {"generator": "loss_g", "critic": "loss_d"},
)


def recognised(rows: Sequence[LogRow]) -> dict[str, str]:
    """Column -> measurement, of those that are known; the first column for each measurement."""
    columns = dict.fromkeys(column for row in rows for column in row)
    beside = _known_beside(list(columns))
    found: dict[str, str] = {}
    for column in sorted(columns, key=_adversarial_first):
        name = beside.get(column) or (column if column in KNOWN else _measurement(column))
        if name in ("d_real", "d_fake") and _beyond_1(column, rows):
            name = name.replace("d_", "logit_")
        if name and name not in found.values():
            found[column] = name
    _complete(found, columns)
    return {column: found[column] for column in columns if column in found}


def _adversarial_first(column: str) -> int:
    """G's loss is often a sum, with a part that is of the game alone: that comes first. D's is as it is."""
    words = set(_words(column))
    return 0 if words & _ADVERSARIAL and words & _G else 2 if words & _G and "fake" in words else 1


def _complete(found: dict[str, str], columns: Iterable[str]) -> None:
    """A loss that is only named by its player, or as adversarial, beside the other's."""
    for name, other, plain in (("loss_g", "loss_d", _G), ("loss_d", "loss_g", _D)):
        if name not in found.values() and other in found.values():
            for column in columns:
                words = set(_words(column))
                adversarial = name == "loss_g" and words & _ADVERSARIAL and words & _LOSS and not words & _D
                if column not in found and ((words and words <= plain) or adversarial):
                    found[column] = name
                    break


def corrected(rows: Sequence[LogRow], chosen: Mapping[str, str]) -> dict[str, str]:
    """The same with what somebody says of some columns: a measurement, or "" for none of them."""
    left = {column: name for column, name in recognised(rows).items() if column not in chosen}
    said = {column: name for column, name in chosen.items() if name and name != "step"}
    return {column: name for column, name in left.items() if name not in said.values()} | said


def measured(rows: Sequence[LogRow], columns: Mapping[str, str], steps: str = "") -> tuple[list[Row], str]:
    """The rows of measurements, and which column the steps are from; "" for the rows' own numbers.

    `finite` is 0 where a recognised column holds NaN or infinity; such values are left out. A loss of D in two parts
    is their sum. Rows that take turns, each with a part of the columns, are put together.
    """
    rows = _together(rows, set(columns))
    steps = steps or _steps(rows)
    found: list[Row] = []
    for number, row in enumerate(rows):
        values = {name: row[column] for column, name in columns.items() if column in row}
        _derive(values)
        whole = {name: value for name, value in values.items() if math.isfinite(value)}
        if len(whole) < len(values):
            whole["finite"] = 0.0
        if whole:
            found.append(Row(_whole(row.get(steps, number)) if steps else number, whole))
    return found, steps


def rates(rows: Sequence[LogRow]) -> dict[str, float]:
    """The last learning rates that a log holds: of "lr_d" and "lr_g", or of both by one column."""
    found: dict[str, float] = {}
    for row in rows:
        for column, value in row.items():
            words = set(_words(column))
            if not words & {"lr", "rate"} or not 0 < value < 10:
                continue
            of_d, of_g = bool(words & _D), bool(words & _G)
            if of_d or not of_g:
                found["lr_d"] = value
            if of_g or not of_d:
                found["lr_g"] = value
    return found


def _whole(value: float) -> int:
    return int(value) if math.isfinite(value) else 0


def _derive(values: dict[str, float]) -> None:
    if "loss_d" not in values and {"loss_d_real", "loss_d_fake"} <= values.keys():
        values["loss_d"] = values["loss_d_real"] + values["loss_d_fake"]
    for part, right in (("real", 1), ("fake", -1)):
        if (sign := values.pop(f"sign_{part}", None)) is not None and f"d_accuracy_{part}" not in values:
            values[f"d_accuracy_{part}"] = min(max((1 + right * sign) / 2, 0.0), 1.0)
    for name in [name for name in values if name.startswith("d_accuracy") and 1 < values[name] <= 100]:
        values[name] /= 100  # in percent
    if "d_accuracy" not in values and {"d_accuracy_real", "d_accuracy_fake"} <= values.keys():
        values["d_accuracy"] = (values["d_accuracy_real"] + values["d_accuracy_fake"]) / 2
    if "logit_gap" not in values and {"logit_real", "logit_fake"} <= values.keys():
        values["logit_gap"] = values["logit_real"] - values["logit_fake"]


def _together(rows: Sequence[LogRow], wanted: set[str]) -> list[LogRow]:
    """Rows with something wanted; where none has all of it, those that follow each other without naming anything
    twice as one: losses that are logged, or printed, in turn."""
    counts = {column for row in rows for column in row if _counts(column)}
    parts = [row for row in rows if row.keys() & (wanted | counts)]
    if len(wanted) < 2 or any(wanted <= row.keys() for row in parts):
        return [row for row in parts if row.keys() & wanted]
    found: list[LogRow] = []
    for row in parts:
        before = found[-1] if found else None
        if before is None or row.keys() & before.keys() & wanted or _apart(before, row, counts & row.keys()):
            if before is not None and not before.keys() & wanted:
                found.pop()
                row = before | row
            found.append(dict(row))
        else:
            # The first is when it began.
            found[-1] = row | found[-1]
    return [row for row in found if row.keys() & wanted]


def _apart(before: LogRow, row: LogRow, counts: set[str]) -> bool:
    """Whether a row begins anew: it counts only, where the one before has something measured already, or the columns
    of one are those that the other has, one of them at another step."""
    if row.keys() <= counts:
        return bool(before.keys() - counts)
    same = [column for column in counts if column in before]
    # Where each row has its own step, as where each loss is logged by a call of its own, it says nothing.
    return bool(same) and all(abs(row[column] - before[column]) > 1 for column in same)


def _counts(column: str) -> bool:
    return bool((_STEPS | _EPOCHS) & set(_words(column)))


def _steps(rows: Sequence[LogRow]) -> str:
    """The first column of steps, or else of epochs, that only ever grows and is in every row."""
    for names in (_STEPS, _EPOCHS):
        for column in dict.fromkeys(column for row in rows[:1] for column in row):
            if not names & set(_words(column)):
                continue
            values = [row.get(column, math.nan) for row in rows]
            if all(0 <= value < 1e15 for value in values) and all(a < b for a, b in pairwise(values)):
                return column
    return ""


def _known_beside(columns: list[str]) -> dict[str, str]:
    plain = {re.sub(r"[^a-z0-9]+", "_", column.lower()).strip("_"): column for column in reversed(columns)}
    for together in _BESIDE:
        if together.keys() <= plain.keys():
            return {plain[name]: measurement for name, measurement in together.items()}
    return {}


def _beyond_1(column: str, rows: Sequence[LogRow]) -> bool:
    return any(not -1e-3 <= row[column] <= 1 + 1e-3 for row in rows if column in row and math.isfinite(row[column]))


def _measurement(column: str) -> str:
    """The measurement a column's name means, or ""."""
    column = column.rpartition(" - ")[2] or column  # W&B puts the run's name before it
    words = set(_words(column))
    if words & _ASIDE:
        return ""
    part = "_real" if "real" in words else "_fake" if "fake" in words else ""
    if words & _PENALTY:
        return "penalty"
    if words & {"signs", "sign"} and part:
        return f"sign{part}"
    if words & _SCORE and part:
        return f"d{part}"
    if words & _LOSS:
        if words & _BESIDES or re.search(r"(?<![A-Za-z])l[12](?![0-9])", column, re.IGNORECASE):
            return ""
        if words & _G:
            # "G/loss_fake" of generated images; "D_loss_G" of neither.
            return "loss_g" if part != "_real" and not words & _D else ""
        return f"loss_d{part}" if words & _D else ""
    if words & _ACCURACY and not words & _G:
        return f"d_accuracy{part}"
    if words & _GRADIENT and not part:
        return "grad_norm_g" if words & _G else "grad_norm_d" if words & _D else ""
    if re.fullmatch(r"D[(_ ]?x\)?", column):
        return "d_real"
    return "d_fake" if re.fullmatch(r"D[(_ ]?G[(_ ]?z[1]?\)*", column) else ""


@lru_cache(1000)  # each row of a log has the same columns
def _words(column: str) -> tuple[str, ...]:
    """`lossD`, `D_loss`, `critic/loss`, `dloss` -> their words in lower case."""
    column = _FOREIGN.sub(lambda found: _TRANSLATED[found[0].lower()], column)
    words = [word.lower() for word in re.findall("[A-Z]?[a-z]+|[A-Z]+|[0-9]+", column)]
    # "R1" is one word.
    words += ["r1"] if re.search(r"(?<![A-Za-z])r1(?![0-9])", column, re.IGNORECASE) else []
    glued = {f"{who}{what}": [who, what] for who in "dg" for what in ("loss", "acc", "err")}
    return tuple(part for word in words for part in glued.get(word, [word]))
