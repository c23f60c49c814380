"""An exported script against the engine: the same losses and pictures, over a covering set of settings."""

from __future__ import annotations

import functools
import itertools
import random
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import redirect_stdout
from importlib.metadata import PackageNotFoundError, distribution
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from clean_scripts import assert_clean
from PIL import Image
from tiny import SMALL, tiny_images

from gan_core.data.images import Images
from gan_core.engine.take_frame import take
from gan_core.engine.trainer import Trainer
from gan_core.outputs.script import script_of
from gan_core.settings.experiment import Experiment
from gan_core.settings.fields import SETTINGS
from gan_core.settings.points import ARCHITECTURE, OF_POINTS
from gan_core.settings.problems import SettingsError

Case = dict[str, Any]
Losses = dict[int, dict[str, float]]  # by step and name

STEPS = 4
# What a covering set tries of the settings that are no choices: one that adds no code, and one that does.
VALUES: dict[str, tuple[Any, ...]] = {
    "augment": ((), ("flip",), ("crop", "flip")),
    "outliers": (0.0, 0.3),
    "image_size": (8, 11),
    "bn_momentum": (0.1, 0.5),
    "bn_eps": (1e-5, 0.1),
    "init_std": (0.05,),
    "noise_scale": (1.0, 0.5),
    "penalty_weight": (0.5,),
    "label_smoothing": (0.0, 0.2),
    "instance_noise": (0.0, 0.3),
    "dropout_d": (0.0, 0.4),
    "minibatch_std": (False, True),
    "pack": (0, 2),
    "n_dis": (1, 0, 3),
    "n_gen": (1, 0, 3),
    "ema": (0.0, 0.7),
    "ema_warm_up": (False, True),
    "penalty_every": (1, 2),
}
# These change numbers, never the code, or cannot be tried everywhere.
FIXED = {
    "steps", "device", "threads", "folder", "seed", "width", "latent_dim", "batch_size", "lr_g", "lr_d", "beta1",
    "beta2", "measure_every", "mistake",
}  # fmt: skip
# Where bfloat16 is emulated this takes half a minute: once is enough.
SLOW = frozenset({("architecture", "document-dcgan"), ("precision", "bfloat16")})


def experiment(case: Case) -> Experiment:
    """A small one with these settings; the documents' networks keep their own sizes. Rates as high as they may be
    while a rounding in the last digit stays one: RMSprop's first steps are thirty times Adam's, bfloat16 rounds
    early digits, and the documents' networks and raw pixels have large gradients."""
    architecture = str(case.get("architecture", ""))
    own = ("image_size", "width", "latent_dim") if architecture.startswith("document-") else ()
    rate = {"sgd": 1e-2, "rmsprop": 1e-5}.get(str(case.get("optimiser")), 1e-3)
    if own or case.get("data_range") == "raw":
        rate /= 100
    if architecture == "document-dcgan" and case.get("optimiser") == "sgd":
        rate /= 100  # its losses are sums over thousands of pixels and maps
    if case.get("precision") == "bfloat16":
        rate /= 100
    rate = max(rate, 1e-6)  # the least that is allowed
    small = {**SMALL, "steps": STEPS, "lr_g": rate, "lr_d": 2 * rate}
    if architecture == "document-dcgan":  # a hundred times the work of the others; more in an emulated precision
        least = 2 if case.get("precision") == "bfloat16" and not case.get("pack") else 4
        small |= {"batch_size": least, "steps": 2}
    return Experiment(**{name: value for name, value in {**small, **case}.items() if name not in own})


def valid(case: Case) -> bool:
    """Whether the settings can go together, with some architecture."""
    for architecture in PARAMETERS["architecture"]:
        try:
            experiment({"architecture": architecture, **case})
        except SettingsError:
            continue
        return True
    return False


def covering(values: dict[str, tuple[Any, ...]]) -> Iterator[Case]:
    """Cases in which every two values of two settings that can go together do so once, chosen greedily."""
    rng = random.Random(0)
    fields = list(values)
    pairs = {
        frozenset([(a, x), (b, y)])
        for a, b in itertools.combinations(fields, 2)
        for x, y in itertools.product(values[a], values[b])
        if valid({a: x, b: y})
    }
    left = set(pairs)
    while left:
        case: Case = dict(min(left, key=lambda pair: sorted(map(str, pair))))
        rest = [field for field in fields if field not in case]
        rng.shuffle(rest)
        for field in rest:
            together = {x: [frozenset([(field, x), *[chosen]]) for chosen in case.items()] for x in values[field]}
            fitting = [x for x in values[field] if all(pair in pairs for pair in together[x])]
            fitting = [x for x in fitting if SLOW in left or SLOW not in together[x]] or fitting
            case[field] = max(fitting, key=lambda x: (sum(pair in left for pair in together[x]), rng.random()))
        left -= {frozenset(pair) for pair in itertools.combinations(case.items(), 2)}
        yield case


# A script is of images.
PARAMETERS = {
    name: VALUES.get(name, tuple(choice for choice in row.choices if choice != ARCHITECTURE))
    for name, row in SETTINGS.items()
    if name not in FIXED | {"dataset"} | OF_POINTS
}


@functools.cache
def cases_covering() -> list[Case]:
    return list(covering(PARAMETERS))


def run(e: Experiment, images: Images, folder: Path) -> tuple[Losses, np.ndarray]:
    """The script of an experiment, run in this process: the losses it prints by step, and its picture."""
    np.save(folder / "images.npy", np.ascontiguousarray(images.pixels.transpose(0, 2, 3, 1)))
    printed = StringIO()
    with redirect_stdout(printed), torch.random.fork_rng(devices=[]):
        exec(compile(script_of(e), "train.py", "exec"), {"__name__": "__main__"})
    return losses(printed.getvalue()), np.asarray(Image.open(folder / "generated.png"))


def losses(printed: str) -> Losses:
    """What a script printed."""
    lines = [re.findall(r"(step|loss_d|loss_g) (\S+)", line) for line in printed.splitlines()]
    return {int(step): {name: float(value) for name, value in rest} for (_, step), *rest in lines}


def engine(e: Experiment, images: Images) -> tuple[Losses, np.ndarray]:
    """What the Trainer has for the same."""
    trainer, found = Trainer(e, images), {}
    for _ in range(e.steps):
        trainer.train_step()
        if trainer.due():
            found[trainer.step] = {name: trainer.last[name] for name in ("loss_d", "loss_g") if name in trainer.last}
    return found, np.asarray(Image.open(BytesIO(take(trainer).fake_png)))


def test_every_value_and_pair_is_covered() -> None:
    cases = cases_covering()
    assert {(name, value) for case in cases for name, value in case.items()} == {
        (name, value) for name, values in PARAMETERS.items() for value in values
    }
    assert all(
        any(case["loss"] == loss and case["optimiser"] == "sgd" for case in cases) for loss in PARAMETERS["loss"]
    )


@pytest.mark.parametrize("case", cases_covering(), ids=lambda case: f"{case['architecture']}-{case['precision']}")
def test_prints_the_losses_of_the_engine(case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Other libraries multiply the script's matrices and update its weights, so the last digits differ; in bfloat16,
    which has two to three digits, these are early ones."""
    monkeypatch.chdir(tmp_path)
    e = experiment(case)
    images = tiny_images(e.image_size, e.channels)
    (expected, picture), (found, drawn) = engine(e, images), run(e, images, tmp_path)
    relative, absolute = (0.05, 0.01) if e.precision == "bfloat16" else (1e-4, 2e-5)
    if any(abs(loss) > 1e5 for losses in expected.values() for loss in losses.values()):
        relative = 0.02  # where the losses explode, so do the roundings
    assert found.keys() == expected.keys()
    for step, losses in expected.items():
        assert found[step] == pytest.approx(losses, rel=relative, abs=absolute)
    # A value between two levels falls to either side; BatchNorm makes whole values of the rounding of equal inputs.
    if e.precision == "float32" and e.noise != "constant":
        assert np.abs(picture.astype(int) - drawn).mean() <= 0.5


# A mistake in the loops of different kinds; what some need to be one.
KINDS: tuple[Case, ...] = (
    {},
    {"n_dis": 3, "n_gen": 3, "loss": "minimax", "noise_scale": 0.5, "ema": 0.9},
    {"update": "simultaneous", "n_dis": 2, "n_gen": 2, "penalty": "none", "instance_noise": 0.1, "optimiser": "sgd"},
    {"architecture": "mlp-plain", "sample_mode": "eval", "norm_g": "none", "bn_eps": 0.1},
)
NEEDED: dict[str, Case] = {
    "smoothing_sign": {"label_smoothing": 0.2},
    "d_in_eval": {"norm_d": "batch", "dropout_d": 0.3},
}


@pytest.mark.parametrize("mistake", [choice for choice in SETTINGS["mistake"].choices if choice != "none"])
def test_a_mistake_is_in_the_script_as_in_the_engine(
    mistake: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for kind in KINDS:
        if mistake == "d_not_frozen" and "update" in kind:
            continue  # they cannot go together
        e, images = experiment({**kind, "mistake": mistake, **NEEDED.get(mistake, {})}), tiny_images()
        (expected, picture), (found, drawn) = engine(e, images), run(e, images, tmp_path)
        assert found.keys() == expected.keys()
        for step, values in expected.items():
            assert found[step] == pytest.approx(values, rel=1e-4, abs=2e-5)
        assert np.abs(picture.astype(int) - drawn).mean() < 0.5
        right = script_of(e.replace(mistake="none")).splitlines()
        marked = [line.strip() for line in script_of(e).splitlines() if line not in right]
        assert any(line.startswith("# MISTAKE: ") for line in marked)


@pytest.mark.parametrize(
    "settings",
    [{}, {"norm_g": "none", "init": "orthogonal"}, {"architecture": "dcgan", "init": "dcgan", "sample_mode": "eval"},
     {"data_range": "standardised", "outliers": 0.3, "norm_d": "spectral"}],
)  # fmt: skip
def test_the_untrained_generator(settings: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No discriminator, no loop, no image unless the range depends on them."""
    monkeypatch.chdir(tmp_path)
    e = experiment({**settings, "steps": 0})
    images = tiny_images()
    (_, expected), (found, drawn) = engine(e, images), run(e, images, tmp_path)
    assert found == {}
    assert np.abs(expected.astype(int) - drawn).mean() < 0.05
    text = script_of(e)
    assert "iscriminator" not in text
    assert ("images.npy" in text) == (e.data_range == "standardised")


def test_a_set_smaller_than_a_batch_repeats_within_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    e = experiment({"dataset": "folder", "folder": "pictures", "batch_size": 16})
    images = tiny_images(count=5)
    assert run(e, images, tmp_path)[0][4] == pytest.approx(engine(e, images)[0][4], rel=1e-4)


# With these, everything that can be in a script is in it.
LONGEST: Case = {
    "minibatch_std": True, "norm_d": "spectral", "latent_dim": 2, "ema": 0.999, "update": "simultaneous",
    "instance_noise": 2.0, "penalty": "gradient_penalty", "dropout_d": 0.3, "bn_eps": 0.8, "bn_momentum": 0.9,
    "n_dis": 2, "n_gen": 10, "init": "dcgan", "label_smoothing": 0.1, "precision": "bfloat16", "outliers": 0.05,
    "augment": ("crop", "flip"), "sample_mode": "eval", "noise_scale": 0.1, "channels": 1, "pack": 8,
    "dataset": "folder", "folder": "pictures", "upsample": "transpose3",
}  # fmt: skip


def test_every_script_is_short_clean_and_on_its_own(tmp_path: Path) -> None:
    longest = [
        Experiment(**LONGEST, architecture=name)
        for name in ("document-dcgan", "document-mlp", "dcgan", "dcgan-light", "mlp", "mlp-plain")
    ]
    mistaken = [
        experiment({**kind, "mistake": mistake, **NEEDED.get(mistake, {})})
        for mistake in SETTINGS["mistake"].choices
        for kind in KINDS
        if mistake != "d_not_frozen" or "update" not in kind
    ]
    scripts = [script_of(e) for e in [*longest, Experiment(), *mistaken, *map(experiment, cases_covering())]]
    for number, text in enumerate(scripts):
        assert len(text.splitlines()) <= 200
        assert "gan_core" not in text
        (tmp_path / f"script_{number}.py").write_text(text)
    assert_clean(tmp_path)


def test_what_is_not_used_is_not_there() -> None:
    plain = script_of(Experiment(architecture="mlp-plain"))
    for word in (
        "Dropout",
        "penalty",
        "SMOOTHING",
        "average",
        "bfloat16",
        "spectral",
        "augment",
        "broken",
        "N_DIS",
        "init.",
    ):
        assert word not in plain


def test_a_change_of_one_setting_changes_few_lines() -> None:
    before, after = (script_of(Experiment(lr_g=rate)).splitlines() for rate in (1e-3, 1e-4))
    assert [line for line in after if line not in before] == ["LR_G, LR_D = 0.0001, 0.002  # learning rates"]


def test_runs_where_nothing_else_is_installed(tmp_path: Path) -> None:
    """In an interpreter that finds torch, numpy, Pillow, what these need, and no other package."""
    library = tmp_path / "library"
    library.mkdir()
    for name in needed_by("torch", "numpy", "pillow"):
        for file in distribution(name).files or ():
            place = library / file.parts[0]
            if file.parts[0] not in ("..", "__pycache__") and not place.exists():
                place.symlink_to(Path(str(distribution(name).locate_file(file.parts[0]))))
    e, images = experiment({}), tiny_images()
    np.save(tmp_path / "images.npy", images.pixels.transpose(0, 2, 3, 1))
    (tmp_path / "train.py").write_text(script_of(e))
    done = subprocess.run(
        [sys.executable, "-S", "train.py"], cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False,
        env={"PYTHONPATH": str(library), "OMP_NUM_THREADS": "1"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    expected = engine(e, images)[0]
    assert losses(done.stdout) == {step: pytest.approx(values, rel=1e-4) for step, values in expected.items()}


def needed_by(*names: str) -> set[str]:
    """Distributions and all that they require here."""
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        try:
            requires = distribution(name).requires or []
        except PackageNotFoundError:  # for another platform or an option
            continue
        found.add(name)
        waiting += [re.split(r"[^\w.-]", text)[0] for text in requires if "extra ==" not in text]
    return found
