"""The report on checkpoints: which weights moved from one to the next, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from gan_core.diagnosis.detector import Condition, Evidence
from gan_core.files.errors import DataError, shown
from gan_core.files.weights_files import WeightsFile
from gan_core.uploads import weight_measures
from gan_core.uploads.faults import OF_LOGS
from gan_core.uploads.networks import BroughtNetwork, networks
from gan_core.uploads.report import Mended, NotJudged, Report, Seems, SeenWeights
from gan_core.uploads.weight_faults import WEIGHT_FAULTS, WeightFault

# Names of tensors that a sentence shows.
_NAMED = 4
# Failures that samples tell.
_OF_SAMPLES = ("blank-grey", "identical-samples", "mode-collapse", "noise", "out-of-range")
_OTHER = {"g": "d", "d": "g"}


@dataclass(frozen=True)
class _Seen:
    """One network and what was measured of it."""

    network: BroughtNetwork
    last: dict[str, float]  # of its last moment, and from the one before to it
    whole: dict[str, float]  # from its first moment to the last
    since: int  # the moment since which its weights are as they are at last, by index
    changes: list[weight_measures.TensorChange]
    key: str  # how its measurements end: g, g_a of two generators, nothing for the first of neither, then 2


def diagnose_weights(checkpoints: Sequence[WeightsFile], name: str, against: str) -> Report:
    """The report on the weights of one or several networks, in one or several files.

    Raises DataError, whose sentence begins with `name`, where there is no network in them.
    """
    found = networks(checkpoints)
    unknown = [network for network in found if not network.role]
    seen = [_measured(network, _key(network, unknown)) for network in found]
    if not seen:
        raise DataError(f"{name} holds no weights of a network: save its state_dict().")
    looked_for, not_judged = _judged(seen)
    steps = [moment.step for one in seen for moment in one.network.moments if moment.step is not None]
    return Report(
        name=name,
        against=against,
        seems=Seems(
            kind="weights", count=len(checkpoints), steps=(int(min(steps)), int(max(steps))) if steps else None
        ),
        measurements={_called(base, one): value for one in seen for base, value in one.last.items()},
        findings=_findings(seen),
        untold=[sentence for one in seen for sentence in _said(one)] + _of_all(seen),
        looked_for=looked_for,
        not_judged=not_judged,
        pictures=None,
        first=None,
        weights=[
            SeenWeights(
                one.network.title, [moment.file for moment in one.network.moments], one.whole | one.last, one.changes
            )
            for one in seen
        ],
    )


def _key(network: BroughtNetwork, unknown: Sequence[BroughtNetwork]) -> str:
    if network.role:
        return "_".join(network.title.lower().replace("(", "").replace(")", "").split())
    return str(unknown.index(network) + 1) if network is not unknown[0] else ""


def _measured(network: BroughtNetwork, key: str) -> _Seen:
    moments = network.moments
    last = weight_measures.alone(moments[-1].tensors)
    if moments[-1].step == 0:  # before the first step, statistics are fresh and layers may begin at 0
        last = {"broken": last["broken"]}
    pairs = [weight_measures.changes(one.tensors, other.tensors) for one, other in pairwise(moments)]
    if not pairs:
        return _Seen(network, last, {}, 0, [], key)
    several = [weight_measures.moved(pair) for pair in pairs]
    changes = pairs[0] if len(pairs) == 1 else weight_measures.changes(moments[0].tensors, moments[-1].tensors)
    since = len(several)
    while since > 0 and several[since - 1].get("still", 0.0) == 1.0:
        since -= 1
    return _Seen(network, last | several[-1], weight_measures.moved(changes), since, changes, key)


def _called(base: str, of: _Seen) -> str:
    return f"{base}_{of.key}" if of.key else base


def _findings(seen: Sequence[_Seen]) -> list[Mended]:
    found: list[Mended] = []
    for fault in WEIGHT_FAULTS:
        for one in seen:
            broken = one.last["broken"] > 0 and fault.failure != "non-finite"
            if fault.role not in ("", one.network.role) or broken:
                continue
            measured = one.last | _beside(one, seen)
            way = next((way for way in fault.ways if all(condition.holds(measured) for condition in way)), None)
            if way is not None:
                found.append(_finding(fault, one, [_evidence(condition, measured, one, seen) for condition in way]))
    return found


def _finding(fault: WeightFault, of: _Seen, evidence: list[Evidence]) -> Mended:
    moments = of.network.moments
    first = moments[of.since] if fault.needs == "still" else moments[-1]
    why = fault.why.format(of.network.title)
    if fault.failure == "zero-layer":
        why = f"{why} They are {_some(weight_measures.zero_layers(moments[-1].tensors))}."
    return Mended(
        fault.failure, int(first.step or 0), evidence, f"{why[0].upper()}{why[1:]}", dict(fault.fix), code=fault.code
    )


def _beside(of: _Seen, seen: Sequence[_Seen]) -> dict[str, float]:
    """What tells whether the last two moments of a network differ, beside its own weights."""
    others = [one for one in seen if one.network.role == _OTHER.get(of.network.role, "-")]
    found = {"moved_other": max((one.last.get("moved", 0.0) for one in others), default=0.0)}
    compared = [one for one in others if "still" in one.last]
    steps = [moment.step for moment in of.network.moments[-2:] if moment.step is not None]
    if not compared and len(steps) == 2:
        found["steps_apart"] = abs(steps[1] - steps[0])
    return found


def _evidence(condition: Condition, measured: Mapping[str, float], of: _Seen, seen: Sequence[_Seen]) -> Evidence:
    base = condition.measurement
    if base == "moved_other":
        mover = max(
            (one for one in seen if one.network.role == _OTHER[of.network.role]),
            key=lambda one: one.last.get("moved", 0.0),
        )
        name = _called("moved", mover)
    else:
        name = base if base == "steps_apart" else _called(base, of)
    return Evidence(name, measured[base], condition.threshold, condition.comparison)


def _judged(seen: Sequence[_Seen]) -> tuple[list[str], list[NotJudged]]:
    """The failures that were looked for, and those that could not be judged with what would be needed."""
    looked_for, missing = [], []
    for fault in WEIGHT_FAULTS:
        fitting = [one for one in seen if fault.role in ("", one.network.role)]
        if any(fault.needs in one.last and not _copies(one, seen) for one in fitting):
            looked_for.append(fault.failure)
        elif not fitting and any(not one.network.role for one in seen):
            which = "netG" if fault.role == "g" else "netD"
            missing.append(NotJudged(fault.failure, f"to know which network it is: call its file or key {which}"))
        else:
            missing.append(NotJudged(fault.failure, fault.needed))
    known = {*looked_for, *(one.failure for one in missing)}
    missing += [NotJudged(name, "a training log") for name in OF_LOGS if name not in known]
    return looked_for, missing + [NotJudged(name, "some samples") for name in _OF_SAMPLES]


def _copies(of: _Seen, seen: Sequence[_Seen]) -> bool:
    """Whether a network's last two moments may be one and the same: all is equal, and nothing says that time passed."""
    if of.last.get("still", 0.0) < 1:
        return False
    measured = _beside(of, seen) | of.last
    return not any(
        condition.holds(measured) for way in WEIGHT_FAULTS if way.role for apart in way.ways for condition in apart[1:]
    )


def _said(of: _Seen) -> list[str]:
    """What one network did, in sentences, and what could not be told."""
    title, moments = of.network.title, of.network.moments
    named = f"{title[0].upper()}{title[1:]}"
    if len(moments) < 2:
        return [f"{named} was brought once: what moves is seen in a second checkpoint of a later step."]
    first, last = moments[0], moments[-1]
    sentences = []
    weights = [one for one in of.changes if one.trained]
    equal = [one.name for one in weights if one.equal]
    if weights:
        far = f", all together by {of.whole['moved']:.2%} of their norm" if "moved" in of.whole else ""
        sentences.append(
            f"{named}, from {shown(first.file)} to {shown(last.file)}: {len(weights) - len(equal)} of {len(weights)} "
            f"weights moved{far if len(equal) < len(weights) else ''}."
        )
    if 0 < len(equal) < len(weights):
        sentences.append(
            f"Exactly as before are {_some(equal)}: they are frozen, in no optimiser, or no part of the loss."
        )
    if of.whole.get("still") == 1 and of.whole.get("statistics_still", 1.0) < 1:
        sentences.append(f"BatchNorm's running statistics of {title} moved all the same: it ran in train mode.")
    if strange := weight_measures.others(first.tensors, last.tensors):
        sentences.append(
            f"{len(strange)} tensors are not in both files with the same shape ({_some(strange)}), so these are left "
            f"out: bring two checkpoints of one network."
        )
    if any(moment.step is None for moment in moments):
        sentences.append("The files count no steps, so they are taken in the order in which they were brought.")
    return sentences


def _of_all(seen: Sequence[_Seen]) -> list[str]:
    sentences = []
    unknown = [one.network.title for one in seen if not one.network.role]
    if unknown:
        sentences.append(
            f"Whether {_some(unknown)} is a generator or a discriminator is not said: call files or keys netG and netD."
        )
    if any(_copies(one, seen) for one in seen):
        sentences.append(
            "All weights are equal, and nothing says that the files are of different steps: these may be copies of one "
            "moment. Bring two that are some steps apart, with the step in their names."
        )
    return sentences


def _some(names: Sequence[str]) -> str:
    few = ", ".join(shown(name) for name in names[:_NAMED])
    return few if len(names) <= _NAMED else f"{few} and {len(names) - _NAMED} more"
