"""The untrained generator, against closed forms and against what the study of the documents measured."""

from __future__ import annotations

import io
import math

import numpy as np
import pytest
import torch
from PIL import Image
from tiny import global_randomness_unchanged, tiny, tiny_images

from gan_core.engine import take_frame
from gan_core.engine.initialise import SCHEMES
from gan_core.engine.network_parts import OUTPUT
from gan_core.engine.trainer import Trainer
from gan_core.engine.untrained import contrast_map, untrained
from gan_core.settings.experiment import Experiment
from gan_core.settings.problems import SettingsError


def wide(**settings):
    """Enough units that their statistics are near what the formulas say."""
    return tiny(**{"image_size": 16, "width": 2.0, "latent_dim": 256, **settings})


def document(**settings) -> Experiment:
    """Document 002's network: three colours, 32 pixels, drawn as the document does."""
    return Experiment(
        **{"architecture": "document-dcgan", "channels": 3, "upsample": "transpose4", "device": "cpu", **settings}
    )


def seen(e: Experiment, gain: float = 1.0):
    return untrained(e, gain, tiny_images(e.image_size, e.channels))


ARCHITECTURES = [
    {},
    {"architecture": "dcgan"},
    {"architecture": "dcgan", "upsample": "transpose3", "norm_g": "instance", "channels": 3},
    {"norm_g": "layer", "hidden_activation": "elu", "output_activation": "linear"},
    {"norm_g": "none", "data_range": "raw", "sample_mode": "eval", "ema": 0.9},
    {"precision": "bfloat16", "noise": "uniform", "sample_mode": "eval"},
]


@pytest.mark.parametrize("settings", ARCHITECTURES)
def test_it_is_what_a_run_begins_with(settings) -> None:
    e = tiny(**settings)
    images = tiny_images(e.image_size, e.channels)
    found = untrained(e, images=images)
    trainer = Trainer(e, images)
    begun = take_frame.take(trainer)
    assert (found.fake_png, found.histogram) == (begun.fake_png, begun.histogram)
    assert found.opening == take_frame.opening(trainer)


@pytest.mark.parametrize("settings", ARCHITECTURES)
def test_the_same_each_time_and_no_global_randomness(settings) -> None:
    e = tiny(**settings)
    with global_randomness_unchanged():
        first, cells = seen(e, 0.7), contrast_map(e, gain=0.7)
    torch.manual_seed(1)
    assert (seen(e, 0.7), contrast_map(e, gain=0.7)) == (first, cells)
    assert seen(e.replace(seed=1), 0.7) != first


def test_layers_have_the_names_people_know() -> None:
    def names(e):
        return [layer.name for layer in seen(e).layers]

    assert names(tiny()) == [
        "noise", "linear 1", "batch norm 1", "leaky relu 1", "linear 2", "batch norm 2", "leaky relu 2",
        "linear 3", "enlargement 1", "output: tanh",
    ]  # fmt: skip
    assert names(tiny(architecture="mlp-plain")) == [
        "noise", "linear 1", "batch norm 1", "leaky relu 1", "linear 2", "batch norm 2", "leaky relu 2",
        "linear 3", "output: tanh",
    ]  # fmt: skip
    assert names(tiny(architecture="dcgan", norm_g="layer", hidden_activation="elu", output_activation="relu")) == [
        "noise", "linear 1", "layer norm 1", "elu 1", "convolution 1", "layer norm 2", "elu 2",
        "convolution 2", "output: relu",
    ]  # fmt: skip
    assert names(document(hidden_activation="tanh", norm_g="none")) == [
        "noise", "transposed convolution 1", "tanh 1", "transposed convolution 2", "tanh 2",
        "transposed convolution 3", "tanh 3", "transposed convolution 4", "output: tanh",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("init", "variance"),
    [
        ("normal", 256 * 0.05**2),  # fan_in times the weight's variance, biases 0
        ("dcgan", 256 * 0.02**2),
        ("he_normal", 2.0),
        ("xavier_normal", 2 * 256 / (256 + 128)),  # 64 units, twice as wide
        ("pytorch", (1 + 1 / 256) / 3),  # U(+-1/sqrt(fan_in)) for weights and biases alike
        ("zeros", 0.0),
    ],
)
def test_the_first_layer_has_the_closed_forms_deviation(init: str, variance: float) -> None:
    layers = seen(wide(init=init, init_std=0.05)).layers
    assert layers[0].train == pytest.approx(1, rel=0.03)
    assert layers[1].name == "linear 1"
    assert layers[1].train == layers[1].eval == pytest.approx(math.sqrt(variance), rel=0.05)


def test_batch_norm_brings_the_signal_back_to_one_in_train_mode_only() -> None:
    layers = {layer.name: layer for layer in seen(wide(init="normal", init_std=0.01)).layers}
    for number in (1, 2):
        before, after = layers[f"linear {number}"], layers[f"batch norm {number}"]
        assert after.train == pytest.approx(1, abs=0.01)
        assert after.eval == pytest.approx(before.eval, rel=1e-4)
    assert layers["linear 2"].eval < layers["linear 1"].eval < layers["linear 1"].train * 1.01


def test_gain_multiplies_the_signal_of_linear_layers() -> None:
    plain = wide(norm_g="none", hidden_activation="relu", output_activation="linear", init="he_normal")
    once, twice = seen(plain).layers, seen(plain, 2.0).layers
    factors = {one.name: two.train / one.train for one, two in zip(once, twice, strict=True)}
    assert factors["linear 1"] == pytest.approx(2, rel=1e-4)
    assert factors["linear 2"] == pytest.approx(4, rel=1e-4)
    assert factors["output: linear"] == pytest.approx(8, rel=1e-4)
    assert seen(wide(), 0.0).train.contrast < 5  # only the biases are left, the same for every image


def test_what_the_enlargement_takes_is_not_put_down_to_the_output() -> None:
    """A linear output changes nothing, so that the signal before it is the picture's."""
    layers = {layer.name: layer for layer in seen(wide(output_activation="linear")).layers}
    assert layers["output: linear"].train == layers["enlargement 1"].train < 0.8 * layers["linear 3"].train


@pytest.mark.parametrize("gain", [-1.0, math.nan, math.inf, 101.0])
def test_a_gain_that_makes_no_sense_is_refused(gain: float) -> None:
    for look in (lambda: seen(tiny(), gain), lambda: contrast_map(tiny(), gain=gain)):
        with pytest.raises(SettingsError, match="gain"):
            look()


def test_tones_are_those_of_the_picture() -> None:
    e = tiny(image_size=16, channels=3)
    found = seen(e)
    picture = np.asarray(Image.open(io.BytesIO(found.fake_png)).convert("RGB")).astype(float)
    assert found.train.level == pytest.approx(picture.mean(), abs=4)
    assert found.real.contrast == pytest.approx(256 / math.sqrt(12), rel=0.02)  # the tests' images: all levels alike
    assert found.real.level == pytest.approx(127.5, rel=0.02)


def test_zeros_are_uniform_mid_grey() -> None:
    found = seen(tiny(init="zeros"))
    assert found.train.contrast == found.eval.contrast == 0
    assert found.train.level == pytest.approx(127.5)


# The study's ledger, rows 32 to 41: document 002's generator


def test_untrained_is_vivid_in_train_mode_and_grey_in_eval_mode_or_without_batch_norm() -> None:
    """Row 32: 89 levels against 0.88."""
    found, without = seen(document()), seen(document(norm_g="none"))
    assert 75 < found.train.contrast < 105
    assert found.eval.contrast < 1.5
    assert without.train.contrast == without.eval.contrast < 1.5


def test_tanh_is_not_what_makes_it_grey() -> None:
    """Rows 35 and 36: the same logits through a sigmoid have half the contrast or little more, around the same
    mid-grey; and BatchNorm in train mode restores either."""
    for activation, data_range in (("tanh", "[-1,1]"), ("sigmoid", "[0,1]")):
        found = seen(document(output_activation=activation, data_range=data_range))
        assert found.eval.level == pytest.approx(127.5, abs=1)
        assert found.train.contrast > 50 * found.eval.contrast
    tanh, sigmoid = contrast_map(document(), ["tanh", "sigmoid"], ["pytorch"])
    assert sigmoid.eval == pytest.approx(tanh.eval / 2, rel=0.01)
    assert 0.5 * tanh.train < sigmoid.train < 0.8 * tanh.train


def test_fan_in_helps_and_xavier_hardly() -> None:
    """Rows 37 and 38: without BatchNorm 27 levels for he_normal by fan_in, 1.3 for xavier_normal, 0.9 before."""
    cells = {cell.init: cell for cell in contrast_map(document(), ["tanh"], ["pytorch", "he_normal", "xavier_normal"])}
    assert cells["he_normal"].eval > 15 > 5 > cells["xavier_normal"].eval > cells["pytorch"].eval
    assert cells["he_normal"].train > cells["pytorch"].train


def test_weak_noise_matters_only_where_batch_norm_does_not_undo_it() -> None:
    """Row 40: 89.26 against 89.28 in train mode; 0.88 against 0.01 in eval mode or without."""
    strong, weak = seen(document()), seen(document(noise_scale=0.01))
    assert weak.train.contrast == pytest.approx(strong.train.contrast, rel=0.01)
    assert weak.eval.contrast == pytest.approx(strong.eval.contrast / 100, rel=0.01)


def test_uniform_noise_is_weaker_than_normal() -> None:
    """Row 41: no cure; with deviation 0.577, without BatchNorm it is worse by that factor."""
    normal, uniform = seen(document()), seen(document(noise="uniform"))
    assert uniform.train.contrast == pytest.approx(normal.train.contrast, rel=0.02)
    assert uniform.eval.contrast == pytest.approx(normal.eval.contrast / math.sqrt(3), rel=0.05)


# The map


@pytest.mark.parametrize("architecture", [{}, {"architecture": "dcgan", "image_size": 10}, {"precision": "bfloat16"}])
@pytest.mark.parametrize(("activation", "data_range"), [("tanh", "[-1,1]"), ("relu", "[0,1]"), ("linear", "[-1,1]")])
def test_a_cell_is_that_experiments_contrast(architecture, activation: str, data_range: str) -> None:
    e = tiny(**architecture)
    for cell in contrast_map(e, [activation], ["pytorch", "orthogonal"], 1.5):
        found = seen(e.replace(output_activation=activation, data_range=data_range, init=cell.init), 1.5)
        assert (cell.train, cell.eval) == pytest.approx((found.train.contrast, found.eval.contrast), rel=1e-3)


def test_the_map_has_every_activation_and_init() -> None:
    cells = contrast_map(tiny())
    assert [(cell.activation, cell.init) for cell in cells] == [(a, i) for i in SCHEMES for a in OUTPUT]
    assert all(cell.train == cell.eval == 0 for cell in cells if cell.init == "zeros")
