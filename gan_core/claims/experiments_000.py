"""The experiments on the claims of document 000."""

from __future__ import annotations

import io
import warnings

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from gan_core.claims.outcome import Outcome, above, equal, greater, raised, verdict, verdict_if
from gan_core.claims.trained_runs import Training
from gan_core.engine.trainer import Trainer
from gan_core.saving_mistakes.sample_tensors import SOURCES
from gan_core.settings.experiment import Experiment

LINEAR = Experiment(output_activation="linear", steps=200, measure_every=100)
PRECISIONS = (torch.float16, torch.bfloat16, torch.float32, torch.float64)
LAST_LINE = "Image.fromarray(image[0], 'L')"


def linear_output_leaves_the_range(training: Training) -> Outcome:
    rows = [training.train(LINEAR.replace(seed=seed)).last for seed in training.seeds]
    outside = [row["out_of_range"] for row in rows]
    lowest = [row["pixel_min"] for row in rows]  # black is -1
    held = above(outside, 0.02) and above(lowest, -1, below=True)
    return Outcome(verdict(held), {"share_out_of_range": outside, "lowest_value": lowest})


def early_or_late(training: Training) -> Outcome:
    early, late = {}, {}
    for data_range in ("[0,1]", "[-1,1]"):
        runs = [training.train(LINEAR.replace(data_range=data_range, seed=seed)) for seed in training.seeds]
        early[data_range] = [run.at(0)["out_of_range"] for run in runs]
        late[data_range] = [run.last["out_of_range"] for run in runs]
    return Outcome(
        verdict_if(*(greater(early[data_range], late[data_range]) for data_range in early)),
        {
            "share_out_of_range_0_1_untrained": early["[0,1]"],
            "share_out_of_range_0_1_step_200": late["[0,1]"],
            "share_out_of_range_minus_1_1_untrained": early["[-1,1]"],
            "share_out_of_range_minus_1_1_step_200": late["[-1,1]"],
        },
    )


def fromarray_takes_negatives() -> Outcome:
    kinds = ("float32", "float64", "int32", "int16", "int8")
    images = {kind: np.full((28, 28), -1, kind) for kind in kinds}
    errors = [name for name, image in images.items() if raised(Image.fromarray, image)]
    read = {f"minus_1_as_{name}": np.asarray(Image.fromarray(image)).flat[0].item() for name, image in images.items()}
    return Outcome(verdict(len(errors) > 0), {"exceptions": len(errors), **read})


def which_exception() -> Outcome:
    shapes = {"float32_28_28_1": (28, 28, 1), "float32_1_28_28": (1, 28, 28), "float32_28_28_3": (28, 28, 3)}
    arrays = {name: np.zeros(shape, np.float32) for name, shape in shapes.items()}  # not one negative value
    arrays |= {f"{kind}_28_28": np.zeros((28, 28), kind) for kind in ("float16", "int64")}
    arrays["uint8_28_28_1"] = np.zeros((28, 28, 1), np.uint8)
    messages = {name: raised(Image.fromarray, array) for name, array in arrays.items()}
    wrong_mode = raised(Image.fromarray, np.zeros((28, 28), np.uint8), mode="RGB")
    held = any(message.startswith("ValueError: Cannot handle") for message in messages.values())
    return Outcome(verdict(held), {**messages, "wrong_mode": wrong_mode})


def where_negative_floats_fail() -> Outcome:
    negative, positive = np.full((28, 28), -0.5, np.float32), np.full((28, 28), 0.5, np.float32)

    def saved(array: np.ndarray, kind: str) -> str:
        return raised(Image.fromarray(array).save, io.BytesIO(), kind)

    png, jpeg, tiff = (saved(negative, kind) for kind in ("PNG", "JPEG", "TIFF"))
    file = io.BytesIO()
    Image.fromarray(negative).save(file, "TIFF")
    kept = bool((np.asarray(Image.open(file)) == negative).all())
    return Outcome(
        verdict_if(bool(png and jpeg), bool(tiff)),
        {
            "png": png,
            "jpeg": jpeg,
            "tiff": tiff,
            "tiff_keeps_values": int(kept),
            "png_of_positives": saved(positive, "PNG"),
        },
    )


def tanh_is_bounded() -> Outcome:
    values = torch.cat([torch.linspace(-100, 100, 200_001), torch.tensor([float("-inf"), float("inf")])])
    greatest = {
        f"greatest_{kind}".replace("torch.", ""): values.to(kind).tanh().abs().max().item() for kind in PRECISIONS
    }
    return Outcome(verdict(max(greatest.values()) <= 1), {"values": len(values), **greatest})


def clip_after_tanh_changes_nothing() -> Outcome:
    values = torch.linspace(-30, 30, 200_001)
    changed = 0
    for kind in PRECISIONS:
        scaled = (values.to(kind).tanh() + 1) / 2
        changed += int((scaled.clip(0, 1) != scaled).sum())
    linear = (torch.linspace(-1.3, 1.3, 200_001) + 1) / 2
    by_clip = (linear.clip(0, 1) != linear).float().mean().item()
    return Outcome(
        verdict(changed > 0),
        {"values": len(values) * len(PRECISIONS), "changed_after_tanh": changed, "share_changed_after_linear": by_clip},
    )


def one_channel_axis_raises() -> Outcome:
    batch = np.zeros((64, 28, 28, 1), np.uint8)
    message = raised(Image.fromarray, batch[0], "L")
    without_axis = raised(Image.fromarray, batch[0, :, :, 0])
    return Outcome(verdict(not message), {"with_channel_axis": message, "without": without_axis or "no exception"})


def printed_code_lacks_a_name() -> Outcome:
    names = {"np": np, "image": np.zeros((1, 28, 28), np.uint8)}  # what its imports and lines before have defined
    message = raised(eval, LAST_LINE, names)
    with_import = raised(eval, LAST_LINE, names | {"Image": Image})
    return Outcome(verdict(not message), {"message": message, "with_image_imported": with_import or "no exception"})


def cast_ends_the_gradient() -> Outcome:
    x = torch.linspace(-1, 1, 9, requires_grad=True)
    scaled = (x.tanh() + 1) / 2 * 255
    message = raised(scaled.to(torch.uint8).sum().backward)
    scaled.sum().backward()
    gradient = x.grad
    assert gradient is not None
    return Outcome(
        verdict(not message), {"backward_through_cast": message, "gradient_before_cast": gradient.abs().mean().item()}
    )


def cast_without_rounding() -> Outcome:
    exact = np.linspace(0, 1, 100_001) * 255
    cut, rounded = exact.astype(np.uint8), exact.round().astype(np.uint8)
    levels = np.arange(256)
    as_tanh = (levels.astype(np.float32) - 127.5) / 127.5
    wrong = int((((as_tanh + 1) / 2 * 255).astype(np.uint8) != levels).sum())
    error_cut, error_rounded = float((cut - exact).mean()), float((rounded - exact).mean())
    return Outcome(
        verdict_if(abs(error_rounded) < 0.01, abs(error_cut) < 0.01),
        {
            "mean_error_levels_cut": error_cut,
            "mean_error_levels_rounded": error_rounded,
            "levels_wrong_of_256_after_tanh_range": wrong,
            "share_white_cut": float((cut == 255).mean()),
            "share_white_rounded": float((rounded == 255).mean()),
        },
    )


def unnormalised_data_blacken(training: Training) -> Outcome:
    raw, scaled = (
        [training.train(LINEAR.replace(data_range=data_range, seed=seed)).last["contrast"] for seed in training.seeds]
        for data_range in ("raw", "[-1,1]")
    )
    return Outcome(verdict(greater(scaled, raw)), {"contrast_to_real_raw": raw, "contrast_to_real_minus_1_1": scaled})


def unnormalised_data_outside_the_range(training: Training) -> Outcome:
    raw, scaled = (
        [
            training.train(LINEAR.replace(data_range=data_range, steps=400, seed=seed)).last["out_of_range"]
            for seed in training.seeds
        ]
        for data_range in ("raw", "[0,1]")
    )
    worse = False if equal(raw, scaled, within=0.1) else greater(raw, scaled)
    return Outcome(verdict(worse), {"share_out_of_range_raw": raw, "share_out_of_range_0_1": scaled})


def cast_wraps_around() -> Outcome:
    cases = {"minus_1": -1, "minus_a_half": -0.5, "minus_300": -300, "plus_256": 256, "plus_300": 300, "nan": np.nan}
    values = np.array(list(cases.values()), np.float32)
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        became = values.astype(np.uint8)
        message = raised(values.astype, np.uint8)
    figures = {f"byte_of_{name}": int(byte) for name, byte in zip(cases, became, strict=True)}
    return Outcome(
        verdict(bool(message)),
        {**figures, "raised": message or "nothing", "warned": str(warned[0].message) if warned else "nothing"},
    )


def bounded_outputs_are_negative_too() -> Outcome:
    made = SOURCES["tanh"].make().values  # of a generator of this project, with tanh, trained on clothes
    negative = float((made < 0).mean())
    return Outcome(
        verdict(negative < 0.01),
        {"share_negative": negative, "least": float(made.min()), "greatest": float(made.max())},
    )


def tanh_needs_its_range_map() -> Outcome:
    made = SOURCES["tanh"].make().values
    right = ((made + 1) / 2 * 255).round().astype(np.uint8)
    times_255 = (made * 255).astype(np.uint8)
    as_they_are = made.astype(np.uint8)
    wrong = [float((np.abs(right.astype(int) - other) > 1).mean()) for other in (times_255, as_they_are)]
    return Outcome(
        verdict(min(wrong) > 0.01), {"share_wrong_if_only_times_255": wrong[0], "share_wrong_as_they_are": wrong[1]}
    )


class BoundsInLoss(Trainer):
    """Adds to the generator's loss what lies outside [-1,1], squared."""

    def _loss_g(self, fake: Tensor) -> Tensor:
        return super()._loss_g(fake) + 10 * (fake.abs() - 1).relu().square().mean()


def a_loss_can_enforce_the_bounds(training: Training) -> Outcome:
    plain, bounded = (
        [training.train(LINEAR.replace(seed=seed), kind).last["out_of_range"] for seed in training.seeds]
        for kind in (Trainer, BoundsInLoss)
    )
    return Outcome(
        verdict(greater(plain, bounded)),
        {"share_out_of_range": plain, "share_out_of_range_with_bounds_in_loss": bounded},
    )


def plain_numpy_has_it_too() -> Outcome:
    random = np.random.default_rng(0)
    hidden = np.maximum(random.normal(size=(64, 100)) @ random.normal(0, 0.1, (100, 256)), 0)
    output = hidden @ random.normal(0, 0.1, (256, 784))  # no framework, no activation at the end
    negative = float((output < 0).mean())
    return Outcome(verdict(negative > 0.01), {"share_negative": negative, "least": float(output.min())})


def mode_is_best_left_out() -> Outcome:
    arrays = {"L": np.zeros((28, 28), np.uint8), "RGB": np.zeros((28, 28, 3), np.uint8)}
    left_out = sum(Image.fromarray(array).mode == mode for mode, array in arrays.items())
    kept = {
        f"{mode}_array_as_{given}".lower(): raised(Image.fromarray, array, mode=given) or "right"
        for mode, array in arrays.items()
        for given in arrays
    }
    return Outcome(verdict(left_out < len(arrays)), {"right_without_mode": left_out, "arrays": len(arrays), **kept})
