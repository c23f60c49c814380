"""A training log, read by the detectors that read runs, as far as its columns allow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import log

from gan_core.diagnosis.detector import Condition, Detector, Evidence
from gan_core.diagnosis.failures import FAILURES
from gan_core.diagnosis.findings import detectors
from gan_core.diagnosis.row import Row
from gan_core.files import logs
from gan_core.files.errors import DataError, shown
from gan_core.settings.experiment import Experiment
from gan_core.uploads import log_columns, log_faults
from gan_core.uploads.log_cures import Cure, Known, cure, known
from gan_core.uploads.report import Mended, NotJudged, Report, Seems

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


class NoColumnError(DataError):
    """No column of a log is recognised; `columns` are those that there are."""

    def __init__(self, sentence: str, columns: list[str]) -> None:
        super().__init__(sentence)
        self.columns = columns


def diagnose_log(rows: list[logs.LogRow], name: str, against: str, chosen: Mapping[str, str] | None = None) -> Report:
    """The report on a log. `chosen` says of columns what they are, by a name of MEANINGS, or "" for none of them.

    Raises NoColumnError, whose sentence begins with `name`, if no column is recognised.
    """
    chosen = chosen or {}
    columns = log_columns.corrected(rows, chosen)
    counted = next((column for column, meaning in chosen.items() if meaning == "step"), "")
    measured, steps = log_columns.measured(rows, columns, counted)
    all_columns = list(dict.fromkeys(column for row in rows for column in row))
    if not measured:
        seen = shown(", ".join(all_columns[:8]))
        raise NoColumnError(
            f"{name} has no column that is recognised ({seen}): name them step, loss_d, loss_g, d_accuracy.",
            all_columns,
        )
    whole = [Row(row.step, _with_size(row.measurements)) for row in measured]
    looked_for, not_judged = _judged(whole)
    return Report(
        name=name,
        against=against,
        seems=Seems(
            kind="log",
            count=len(rows),
            columns=columns | ({steps: "step"} if steps else {}),
            others=[column for column in all_columns if column not in columns and column != steps],
            steps=(measured[0].step, measured[-1].step),
        ),
        measurements=dict(measured[-1].measurements),
        findings=_findings(whole, known(whole, log_columns.rates(rows))),
        untold=_untold(whole, steps),
        looked_for=looked_for,
        not_judged=not_judged,
        pictures=None,
        first=None,
    )


def _with_size(values: dict[str, float]) -> dict[str, float]:
    sizes = [abs(values[name]) for name in ("loss_d", "loss_g") if name in values]
    return values | ({"loss_size": max(sizes)} if sizes else {})


def _findings(rows: Sequence[Row], of: Known) -> list[Mended]:
    broken = next((row.step for row in rows if row.measurements.get("finite", 1) < 1), None)
    if broken is not None:
        return [_finding("non-finite", broken, [Evidence("finite", 0.0, 1.0, "<")], cure("non-finite", of))]
    found: list[Mended] = []
    explained: set[str] = set()
    for fault in log_faults.faults(rows):
        mends = cure(fault.failure, of)
        step = rows[fault.first].step
        found.append(Mended(fault.failure, step, fault.evidence, fault.why, mends.fix, code=mends.code))
        explained |= log_faults.EXPLAINS.get(fault.failure, set())
    for failure, detector in _detectors(rows):
        named = {finding.failure for finding in found}
        if failure in named | explained or named & FAILURES[failure].explained_by:
            continue
        if (spell := detector.spell(rows)) is not None:
            evidence = [one.evidence(rows[spell.shown].measurements) for one in spell.conditions]
            found.append(_finding(failure, rows[spell.first].step, evidence, cure(failure, of)))
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


def _finding(failure: str, step: int, evidence: list[Evidence], mends: Cure) -> Mended:
    why = f"{FAILURES[failure].why} {mends.why}".strip()
    return Mended(failure, step, evidence, why, mends.fix, code=mends.code)


# What detectors need, and how it is called where it is missing.
_NEEDS: dict[str, tuple[tuple[tuple[str, ...], ...], str]] = {
    "non-finite": ((("loss_d",), ("loss_g",)), "a loss"),
    "exploding": ((("loss_d",), ("loss_g",)), "a loss"),
    "discriminator-too-strong": ((("loss_d",), ("d_accuracy",), ("d_real", "d_fake")), "D's loss or accuracy"),
    "discriminator-too-weak": ((("loss_d", "loss_g"),), "both losses"),
    **log_faults.NEEDS,
    "blank-grey": ((("contrast", "pixel_mean"),), "some samples"),
    "identical-samples": ((("diversity", "duplicates"),), "some samples"),
    "mode-collapse": ((("duplicates",),), "64 samples"),
    "noise": ((("neighbours",),), "some samples"),
    "out-of-range": ((("out_of_range", "excess"),), "samples as numbers, .npy or .pt"),
}


def _judged(rows: Sequence[Row]) -> tuple[list[str], list[NotJudged]]:
    """The failures that were looked for, and those that could not be judged, with what would be needed for it."""
    names = {name for row in rows for name in row.measurements}
    critic = any(row.measurements.get("loss_d", 0) < 0 for row in rows)
    looked_for: list[str] = []
    missing: list[NotJudged] = []
    for failure, (any_of, needed) in _NEEDS.items():
        if not any(set(columns) <= names for columns in any_of):
            missing.append(NotJudged(failure, needed))
        elif failure in log_faults.NEEDS and len(rows) < log_faults.LEAST:
            missing.append(NotJudged(failure, f"at least {log_faults.LEAST} rows"))
        elif critic and failure.startswith("discriminator-too") and not names & {"d_accuracy"}:
            missing.append(NotJudged(failure, "D's accuracy, as a critic's loss may be any number"))
        else:
            looked_for.append(failure)
    return looked_for, missing


def _untold(rows: Sequence[Row], steps: str) -> list[str]:
    names = {name for row in rows for name in row.measurements}
    sentences = []
    if not steps:
        sentences.append("No column counts the steps, so rows are counted instead.")
    if not names & {"contrast", "pixel_mean"}:
        sentences.append("A log does not show blank, grey or out-of-range pictures: upload some samples too.")
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
