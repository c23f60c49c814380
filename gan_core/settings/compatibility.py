"""Which settings follow which, and which cannot go together, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from gan_core.settings.fields import Fields, defaults
from gan_core.settings.mistakes import BUILT_IN, IN_STEP_OF_D, IN_STEP_OF_G, NONE, normalises_batches
from gan_core.settings.points import ARCHITECTURE, OF_IMAGES, OF_POINTS, POINT_SETS, read

# What belongs to the networks that came before `mlp`: a DCGAN's optimiser (Radford 2016, section 4), neither penalty
# nor average.
_EARLIER: dict[str, Any] = {
    "latent_dim": 64, "lr_g": 1e-3, "lr_d": 1e-3, "beta1": 0.5, "beta2": 0.999,
    "penalty": "none", "penalty_weight": 10.0, "penalty_every": 1, "ema": 0.0, "ema_warm_up": False,
}  # fmt: skip

# What finds every mode of points in a plane (notes on them are in engine/point_networks.py): noise that is spread over
# a square and folded, no momentum, a small penalty on the gradient.
_POINTS: dict[str, Any] = {
    "architecture": ARCHITECTURE, "latent_dim": 2, "noise": "uniform", "skip": 1.2, "fourier_g": 16,
    "norm_g": "none", "hidden_activation": "relu", "output_activation": "linear",
    "penalty": "r1", "penalty_weight": 0.01, "penalty_every": 1, "lr_g": 4e-3, "lr_d": 4e-3,
    "batch_size": 128, "ema": 0.99, "steps": 1500,
}  # fmt: skip
# One number against one number: Mescheder 2018, section 3.
_DIRAC: dict[str, Any] = _POINTS | {
    "latent_dim": 1, "noise": "constant", "skip": 0.0, "fourier_g": 0, "optimiser": "sgd", "penalty": "none",
    "penalty_weight": 1.0, "lr_g": 0.1, "lr_d": 0.1, "batch_size": 1, "ema": 0.0, "steps": 500, "measure_every": 5,
}  # fmt: skip

# (setting, value) -> the settings that take another default under it. The documents' networks come with
# the documents' own settings. document-mlp: Keras' BatchNormalization(momentum=0.1) keeps 10 % of the old
# statistics, which PyTorch writes as momentum 0.9.
FOLLOWERS: dict[tuple[str, str], dict[str, Any]] = {
    ("architecture", "mlp-plain"): _EARLIER,
    ("architecture", "dcgan-light"): {"batch_size": 32, "lr_g": 4e-3, "lr_d": 4e-3, "penalty_every": 16},
    ("architecture", "dcgan"): _EARLIER,
    ("architecture", "document-mlp"): _EARLIER | {
        "latent_dim": 100, "bn_eps": 0.8, "bn_momentum": 0.9, "init": "he_uniform",
        "lr_g": 2e-4, "lr_d": 2e-4,
    },
    ("architecture", "document-dcgan"): _EARLIER | {
        "latent_dim": 100, "image_size": 32, "channels": 3, "upsample": "transpose4",
        "hidden_activation": "relu", "lr_g": 2e-4, "lr_d": 2e-4,
    },
    **{("dataset", name): _POINTS for name in sorted(POINT_SETS)},
    ("dataset", "grid"): _POINTS | {
        "fourier_g": 32, "fourier_d": 32, "fourier_scale": 2.0, "penalty_weight": 0.03,
    },
    ("dataset", "dirac"): _DIRAC,
    ("penalty", "gradient_penalty"): {"penalty_weight": 10.0, "penalty_every": 1},
    ("penalty", "clip"): {"penalty_weight": 0.01},
}  # fmt: skip


def followers(given: Mapping[str, Any]) -> dict[str, Any]:
    """The defaults that the given settings bring along."""
    brought: dict[str, Any] = {}
    for (leader, value), following in FOLLOWERS.items():
        if given.get(leader) == value:
            brought |= following
    return brought


def usual(given: Mapping[str, Any]) -> dict[str, Any]:
    """Each setting's default beside the given ones."""
    return {**defaults(), **followers(given)}


def change(current: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """`current` with `changes`; a setting that still had the default its leader brought gets the new one."""
    if "dataset" in changes and (changes["dataset"] in POINT_SETS) != (current["dataset"] in POINT_SETS):
        # No network is for both kinds of data, so that of the other kind gives way even where somebody chose it.
        changes = {"architecture": usual(changes)["architecture"], **changes}
    before, after = usual(current), usual({**current, **changes})
    followed = {name: after[name] for name in after if before[name] != after[name] and current[name] == before[name]}
    return {**current, **followed, **changes}


def matters(name: str, values: Mapping[str, Any]) -> bool:
    """Whether a setting has any effect beside the others: the controls leave out those that have none."""
    points = values["dataset"] in POINT_SETS
    if name in (OF_IMAGES if points else OF_POINTS) or (values["dataset"] == "dirac" and name in _NOT_OF_DIRAC):
        return False
    if name == "drawn":
        return bool(values["dataset"] == "drawn")
    if name == "fourier_scale":
        return bool(values["fourier_g"] or values["fourier_d"])
    if name in ("bn_momentum", "bn_eps"):
        return normalises_batches(values["norm_g"], values["mistake"]) or values["norm_d"] == "batch"
    if name == "width":
        return not values["architecture"].startswith("document-")
    if name == "upsample":
        return "dcgan" in values["architecture"]
    if name == "folder":
        return values["dataset"] == "folder"
    if name == "init_std":
        return values["init"] == "normal"
    if name == "penalty_weight":
        return values["penalty"] != "none"
    if name == "penalty_every":
        return values["penalty"] not in ("none", "clip")
    if name == "ema_warm_up":
        return values["ema"] > 0
    return True


# One number each has no layers.
_NOT_OF_DIRAC = frozenset(
    {"mode_std", "drawn", "skip", "fourier_g", "fourier_d", "fourier_scale", "width", "norm_g", "norm_d", "init",
     "hidden_activation", "output_activation", "dropout_d", "minibatch_std", "noise", "noise_scale", "latent_dim"}
)  # fmt: skip


def conflicts(e: Fields) -> Iterator[tuple[str, Any, str]]:
    """Settings that cannot go together: (field to change, its value, the reason and the remedy)."""
    if e.n_dis == 0 and e.n_gen == 0 and e.steps > 0:
        yield "n_dis", 0, "with n_gen=0 too nothing would train; set one of them to 1, or steps to 0"
    if e.pack > 1 and e.batch_size % e.pack:
        yield "pack", e.pack, f"does not divide batch_size={e.batch_size}; choose a batch size it divides"
    if e.batch_size == 1 and "batch" in (e.norm_g, e.norm_d):
        yield (
            "batch_size",
            1,
            "BatchNorm needs at least 2 images a batch; raise it, or set the norm to 'none'",
        )
    if e.batch_size == 1 and e.minibatch_std:
        yield "batch_size", 1, "minibatch_std compares the images of a batch, so it needs at least 2"
    if e.batch_size == e.pack > 1 and (e.norm_d == "batch" or e.minibatch_std):
        why = "D would see a single pack a batch, and BatchNorm and minibatch_std compare several"
        yield "pack", e.pack, f"{why}; choose a larger batch_size or a smaller pack"
    if e.norm_d == "spectral" and (e.init == "zeros" or (e.init == "normal" and e.init_std == 0)):
        yield (
            "norm_d",
            "spectral",
            "spectral norm divides by the weights' norm, which starts at 0; choose another init",
        )
    if e.label_smoothing > 0 and e.loss in ("hinge", "wasserstein"):
        yield "label_smoothing", e.label_smoothing, f"the {e.loss} loss has no labels to smooth; set it to 0"
    if e.penalty == "clip" and e.norm_d == "spectral":
        yield (
            "penalty",
            "clip",
            "spectral norm rescales the weights, so clipping them does nothing; use one of the two",
        )
    for field in ("norm_g", "norm_d"):
        if getattr(e, field) == "instance" and "dcgan" not in e.architecture:
            yield (
                field,
                "instance",
                f"{e.architecture} has no feature maps to normalise one by one; use 'layer'",
            )
    if e.dataset == "folder" and not e.folder:
        yield "folder", "", "give the path of a folder or zip file of pictures, or choose another dataset"
    yield from _of_points(e)
    yield from _of_mistakes(e)
    if e.architecture == "document-mlp" and (e.image_size, e.channels) != (28, 1):
        field = "image_size" if e.image_size != 28 else "channels"
        yield field, getattr(e, field), "document-mlp ends in 784 pixels: image_size 28 and channels 1"
    if e.architecture == "document-dcgan" and e.image_size != 32:
        yield "image_size", e.image_size, "document-dcgan doubles 4 px three times: image_size 32"
    if e.architecture.startswith("document-") and e.width != 1:
        yield "width", e.width, f"the layers of {e.architecture} are given; width 1, or choose mlp or dcgan"


def _of_points(e: Fields) -> Iterator[tuple[str, Any, str]]:
    points = e.dataset in POINT_SETS
    if points and e.architecture != ARCHITECTURE:
        yield "architecture", e.architecture, f"{e.dataset} consists of points in a plane, not images; choose points"
    if not points and e.architecture == ARCHITECTURE:
        yield "architecture", e.architecture, f"{e.dataset} is images, not points of a plane; choose mlp or dcgan"
    if e.dataset == "drawn":
        try:
            read(e.drawn)
        except ValueError as error:
            yield "drawn", e.drawn, str(error)
    if e.dataset == "dirac" and e.pack > 1:
        yield "pack", e.pack, "dirac has a single number for D to judge; set it to 0"
    if e.dataset == "dirac" and e.norm_d == "spectral":
        yield "norm_d", e.norm_d, "dirac has a single weight, which spectral norm would fix; choose none"


def _of_mistakes(e: Fields) -> Iterator[tuple[str, Any, str]]:
    """What a mistake needs to be one; the remedy besides is always to make none."""
    for words in _missing(e):
        yield "mistake", e.mistake, f"{words}, or set mistake to {NONE}"


def _missing(e: Fields) -> Iterator[str]:
    mistake = e.mistake
    if e.dataset == "dirac" and mistake in ("other_noise_for_d", BUILT_IN):
        yield "dataset=dirac is one number without noise or layers; choose another dataset"
    if mistake == BUILT_IN and e.batch_size == 1:
        yield "BatchNorm needs a batch_size of at least 2; raise batch_size"
    if e.steps and mistake in IN_STEP_OF_D and e.n_dis == 0:
        yield "it is in D's step, and n_dis=0 takes none; set n_dis to 1"
    if e.steps and mistake in IN_STEP_OF_G and e.n_gen == 0:
        yield "it is in G's step, and n_gen=0 takes none; set n_gen to 1"
    if mistake == "double_sigmoid" and e.loss not in ("non_saturating", "minimax"):
        yield f"loss={e.loss} has no sigmoid that could be applied twice; set loss to non_saturating or minimax"
    if mistake == "d_not_frozen" and e.update == "simultaneous":
        yield "with update=simultaneous D would move before its own gradient is taken; set update to alternating"
    if mistake == "d_in_eval" and e.norm_d not in ("batch", "spectral") and not e.dropout_d:
        yield "D has nothing that eval mode changes; set norm_d to batch, or dropout_d above 0"
    if mistake == "smoothing_sign" and not e.label_smoothing:
        yield "label_smoothing=0 has no sign; raise label_smoothing"
