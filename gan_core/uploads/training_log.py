"""A training log, read by the detectors that read runs, as far as its columns allow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log
from typing import Any

from gan_core.diagnosis.detector import Condition, Detector, Evidence
from gan_core.diagnosis.failures import FAILURES
from gan_core.diagnosis.findings import detectors
from gan_core.diagnosis.row import Row
from gan_core.files import logs
from gan_core.files.errors import DataError, shown
from gan_core.settings.experiment import Experiment
from gan_core.uploads import log_columns
from gan_core.uploads.report import Mended, Report, Seems

# What is known of a run whose settings are not: with the architecture that learns slowest, so that nothing is said
# too soon, and pictures of which nobody knows the classes.
_ANY = Experiment(architecture="mlp-plain", norm_g="none", dataset="folder", folder="a log")

# Losses alone, of a discriminator that is trained on logits or probabilities, loss_d being the sum of its two halves.
# As a mean it is lower still where D is too strong, and nothing is said where D is too weak. The thresholds were
# measured on 50 kinds of runs on digits, mnist and fashion-mnist, as medians of the second half.
#
# - loss_d: healthy 0.5 to 1.9, early and uneven ones from 0.06; where D never errs, 0.0008 and less.
# - loss_d with loss_g: healthy not beyond 1.6 with below 0.4 for long; where D hardly learns, 2.3 with 0.2.
# - The greater of the two: healthy to 30 for a moment (wasserstein the most); exploding, 150 to 1e9.
_STRONG = (Condition("loss_d", "<", 0.01),)
_SURE = (Condition("d_accuracy", ">", 0.97),)
_CERTAIN = (Condition("d_real", ">", 0.99), Condition("d_fake", "<", 0.01))
_WEAK = (Condition("loss_d", ">", 1.6), Condition("loss_g", "<", 0.4))
_LARGE = (Condition("loss_size", ">", 100.0),)


@dataclass(frozen=True)
class _Mend:
    """What mends a failure that a log shows."""

    fix: dict[str, Any]  # settings
    code: str = ""


_OPTIMISER = (
    "from torch.optim import Adam\n\n"
    "def optimiser_d(discriminator):\n"
    "    return Adam(discriminator.parameters(), lr=1e-3, betas=(0.5, 0.999))"
)
_MENDS = {
    "non-finite": _Mend(
        {"lr_d": 1e-3, "lr_g": 1e-3},
        "from torch.nn.functional import softplus\n\n"
        "# Find the first broken number, and train on logits: no log of a probability of 0.\n"
        "def loss_d(logits_real, logits_fake):\n"
        "    return softplus(-logits_real).mean() + softplus(logits_fake).mean()",
    ),
    "exploding": _Mend({"lr_d": 1e-3}, f"# Shorter steps for the discriminator:\n{_OPTIMISER}"),
    "discriminator-too-strong": _Mend(
        {"loss": "non_saturating"},
        "from torch.nn.functional import softplus\n\n"
        "# A loss whose gradient stays when D is sure, in place of log(1 - D):\n"
        "def loss_g(logits_fake):\n"
        "    return softplus(-logits_fake).mean()",
    ),
    "discriminator-too-weak": _Mend({"lr_d": 1e-3}, f"# Longer steps for the discriminator:\n{_OPTIMISER}"),
    "out-of-range": _Mend({"output_activation": "tanh"}),
    "identical-samples": _Mend({"noise_scale": 1.0}),
    "mode-collapse": _Mend({"beta1": 0.5}),
}


def diagnose_log(rows: list[logs.LogRow], name: str, against: str) -> Report:
    """The report on a log. Raises DataError, whose sentence begins with `name`, if no column is recognised."""
    known = log_columns.recognised(rows)
    measured, steps = log_columns.measured(rows, known)
    if not measured:
        seen = shown(", ".join(list(dict.fromkeys(column for row in rows for column in row))[:8]))
        raise DataError(
            f"{name} has no column that is recognised ({seen}): name them step, loss_d, loss_g, d_accuracy."
        )
    whole = [Row(row.step, _with_size(row.measurements)) for row in measured]
    return Report(
        name=name,
        against=against,
        seems=Seems(
            kind="log",
            count=len(rows),
            columns=known | ({steps: "step"} if steps else {}),
            steps=(measured[0].step, measured[-1].step),
        ),
        measurements=dict(measured[-1].measurements),
        findings=_findings(whole),
        untold=_untold(whole, steps),
        pictures=None,
        first=None,
    )


def _with_size(values: dict[str, float]) -> dict[str, float]:
    sizes = [abs(values[name]) for name in ("loss_d", "loss_g") if name in values]
    return values | ({"loss_size": max(sizes)} if sizes else {})


def _findings(rows: Sequence[Row]) -> list[Mended]:
    broken = next((row.step for row in rows if row.measurements.get("finite", 1) < 1), None)
    if broken is not None:
        return [_finding("non-finite", broken, [Evidence("finite", 0.0, 1.0, "<")])]
    found: list[Mended] = []
    for failure, detector in _detectors(rows):
        named = {finding.failure for finding in found}
        if failure in named or named & FAILURES[failure].explained_by:
            continue
        if (spell := detector.spell(rows)) is not None:
            evidence = [one.evidence(rows[spell.shown].measurements) for one in spell.conditions]
            found.append(_finding(failure, rows[spell.first].step, evidence))
    return found


def _detectors(rows: Sequence[Row]) -> list[tuple[str, Detector]]:
    """Those of runs, and those on losses alone, which must hold over the last quarter of the log."""
    hits = max(3, len(rows) // 4)
    on_losses = [("exploding", Detector(_LARGE, hits=hits, lasting=0))]
    if all(row.measurements.get("loss_d", 0) >= 0 for row in rows):
        signs: list[tuple[Condition, ...]] = [_STRONG]
        if not any("grad_norm_g" in row.measurements for row in rows):
            # Early in a healthy run D may be sure too; the generator's gradient, where it is there, says more.
            signs += [_SURE, _CERTAIN]
        on_losses += [("discriminator-too-strong", Detector(sign, hits=hits, lasting=0)) for sign in signs]
        if all(row.measurements.get("loss_g", 0) >= 0 for row in rows):
            on_losses.append(("discriminator-too-weak", Detector(_WEAK, hits=hits, lasting=0)))
    return [*detectors(_ANY).items(), *on_losses]


def _finding(failure: str, step: int, evidence: list[Evidence]) -> Mended:
    mend = _MENDS.get(failure, _Mend({}))
    return Mended(failure, step, evidence, FAILURES[failure].why, mend.fix, code=mend.code)


def _untold(rows: Sequence[Row], steps: str) -> list[str]:
    names = {name for row in rows for name in row.measurements}
    sentences = []
    if not steps:
        sentences.append("No column counts the steps, so the rows are counted.")
    if not names & {"contrast", "pixel_mean"}:
        sentences.append("Blank, grey or unbounded pictures cannot be told from a log: bring some samples too.")
    if any(row.measurements.get("loss_d", 0) < 0 for row in rows):
        sentences.append(
            "A negative loss_d is that of a critic: whether that is too strong or too weak cannot be told from losses."
        )
    elif "grad_norm_g" not in names:
        sentences.append(
            f"Losses near {2 * log(2):.2f} and {log(2):.2f}, or an accuracy near 0.5, mean success or a discriminator "
            f"that learns nothing: only samples, or the generator's gradient, tell which."
        )
    return sentences
