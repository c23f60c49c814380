"""The experiments on the claims of document 002: most are of generators before their first step."""

from __future__ import annotations

from functools import partial
from itertools import pairwise
from math import log10
from typing import Any

import numpy as np
import torch
from torch import nn

from gan_core.claims.first_pictures import (
    GREY,
    SEEDS,
    colour,
    contrast,
    contrast_of,
    for_each_seed,
    grey,
    levels,
    likeness_of_neighbours,
    shown,
    untrained,
)
from gan_core.claims.frechet import distance_to_real
from gan_core.claims.outcome import Outcome, Value, above, anywhere, equal, greater, opposite, verdict, verdict_if
from gan_core.claims.trained_runs import Training
from gan_core.engine import noise
from gan_core.engine.initialise import initialise
from gan_core.engine.layers import ConvTranspose2d
from gan_core.engine.trainer import Trainer
from gan_core.settings.experiment import Experiment

# Example 1: as it is printed, BatchNorm is in train mode; then in eval mode, and without BatchNorm.
DOCUMENT = Experiment(architecture="document-dcgan", steps=0)
EVAL = DOCUMENT.replace(sample_mode="eval")
BARE = DOCUMENT.replace(norm_g="none")
KAIMING = "he_normal_fan_out"  # kaiming_normal_ with mode fan_out, as in example 2
EXAMPLE_2 = DOCUMENT.replace(output_activation="sigmoid", data_range="[0,1]", init=KAIMING)

ALIKE = 0.1  # of the real pictures' diversity: below that, all the same
BLANK = 0.2  # of the real pictures' contrast: below that, all one tone to the eye


def both(**changes: Any) -> dict[str, list[float]]:
    """The contrast without BatchNorm, and with it in train mode, of example 1 with some settings changed."""
    places = {"without_batchnorm": BARE, "in_train_mode": DOCUMENT}
    return {place: contrast(e.replace(**changes)) for place, e in places.items()}


def figures(**contrasts: dict[str, list[float]]) -> dict[str, list[float]]:
    return {f"contrast_{name}_{place}": seen for name, each in contrasts.items() for place, seen in each.items()}


def grey_by_mode() -> Outcome:
    train, by_running, bare = contrast(DOCUMENT), contrast(EVAL), contrast(BARE)
    return Outcome(
        verdict_if(grey(by_running) and grey(bare), grey(train)),
        {"contrast_train_mode": train, "contrast_eval_mode": by_running, "contrast_without_batchnorm": bare},
    )


def one_channel_is_as_grey() -> Outcome:
    one, three = contrast(BARE.replace(channels=1)), contrast(BARE)
    return Outcome(verdict(opposite(grey(one))), {"contrast_1_channel": one, "contrast_3_channels": three})


def training_ends_the_grey(training: Training) -> Outcome:
    # A narrow DCGAN: document 002's own network would take a minute for these forty steps.
    small = {"architecture": "dcgan", "width": 0.25, "channels": 3, "image_size": 32, "init": "dcgan"}
    narrow = Experiment(**small, sample_mode="eval", steps=40, measure_every=40)
    kinds: dict[str, dict[str, Any]] = {
        "momentum_0.1": {}, "without_batchnorm": {"norm_g": "none"}, "momentum_0.001": {"bn_momentum": 0.001}
    }  # fmt: skip
    seen: dict[str, Value] = {}
    ended = []
    for name, changes in kinds.items():
        runs = [training.train(narrow.replace(seed=seed, **changes)) for seed in training.seeds]
        before, after = ([run.at(step)["contrast"] for run in runs] for step in (0, 40))
        seen |= {f"contrast_to_real_{name}_untrained": before, f"contrast_to_real_{name}_step_40": after}
        # Contrasts compare by how many times one is the other.
        ended.append(above(before, BLANK, below=True) and above([log10(value) for value in after], log10(BLANK)))
    return Outcome(verdict_if(ended[0] and ended[1], ended[2]), seen)


def noise_by_architecture() -> Outcome:
    kinds = [Experiment(architecture="mlp-plain", steps=0), Experiment(architecture="dcgan", steps=0), DOCUMENT]
    # A transposed convolution repeats a pattern every two pixels; whether neighbours are alike, its weights decide.
    flat, smooth, periodic = (
        {apart: for_each_seed(partial(likeness_of_neighbours, apart=apart), e) for apart in (1, 2)} for e in kinds
    )
    held = greater(smooth[1], flat[1]) and greater(periodic[2], flat[2]) and greater(smooth[1], periodic[1])
    names = {"fully_connected": flat, "enlarged_and_convolved": smooth, "transposed_convolutions": periodic}
    measured = {f"correlation_{apart}_apart_{name}": kind[apart] for name, kind in names.items() for apart in (1, 2)}
    return Outcome(verdict(held), measured)


def average_and_spread() -> Outcome:
    train, by_running = (for_each_seed(lambda made: (np.abs(made - 127.5) < GREY).mean(), e) for e in (DOCUMENT, EVAL))
    return Outcome(
        verdict(above(train, 0.5)),
        {"share_near_mid_grey_train_mode": train, "share_near_mid_grey_eval_mode": by_running,
         "mean_level_train_mode": for_each_seed(np.mean, DOCUMENT),
         "mean_level_eval_mode": for_each_seed(np.mean, EVAL)},
    )  # fmt: skip


def convolutions_lose_no_more() -> Outcome:
    same = {"norm_g": "none", "init": "normal", "init_std": 0.02, "hidden_activation": "relu", "steps": 0}
    flat = contrast(Experiment(architecture="mlp-plain", **same))
    small, document = (contrast(Experiment(architecture=name, **same)) for name in ("dcgan", "document-dcgan"))
    return Outcome(
        verdict(greater(flat, document)),
        {"contrast_fully_connected": flat, "contrast_small_dcgan": small, "contrast_document_002": document},
    )


def weights_of_little_variance() -> Outcome:
    tiny, usual = both(init="normal", init_std=0.001), both(init="normal", init_std=0.02)
    lively = anywhere([opposite(grey(contrasts)) for contrasts in tiny.values()])
    return Outcome(verdict(opposite(lively)), figures(std_0_001=tiny, std_0_02=usual))


@torch.no_grad()
def tanh_alone() -> Outcome:
    without = []
    for seed in SEEDS:
        layers, z = untrained(BARE.replace(seed=seed))
        for layer in layers:
            z = z if isinstance(layer, nn.ReLU) else layer(z)
        without.append(contrast_of(z.numpy() * 127.5))
    with_relu = contrast(BARE)
    return Outcome(
        verdict(greater(with_relu, without)),
        {"contrast_without_hidden_activations": without, "contrast_with_relu": with_relu},
    )


def size_of_example_1() -> Outcome:
    layers, z = untrained(DOCUMENT)
    _, channels, height, width = layers(z).shape
    return Outcome(
        verdict((height, width) == (64, 64)), {"channels": channels, "height_pixels": height, "width_pixels": width}
    )


def imshow_of_raw_tanh() -> Outcome:
    seen: dict[str, Value] = {}
    mid_grey = []
    for mode, e in {"train": DOCUMENT, "eval": EVAL}.items():
        pictures = [shown(levels(e.replace(seed=seed))) for seed in SEEDS]
        tones, contrasts = [float(made.mean()) for made in pictures], [contrast_of(made) for made in pictures]
        seen |= {f"mean_level_{mode}_mode": tones, f"contrast_{mode}_mode": contrasts}
        seen[f"share_black_{mode}_mode"] = [float((made == 0).mean()) for made in pictures]
        mid_grey.append(grey(contrasts) and above(tones, 64))
    return Outcome(verdict(anywhere(mid_grey)), seen)


def tanh_is_not_the_culprit() -> Outcome:
    outputs = {name: contrast(BARE.replace(output_activation=name)) for name in ("tanh", "linear", "sigmoid")}
    tanh, linear = outputs["tanh"], outputs["linear"]
    culprit = greater(linear, tanh) or (False if equal(linear, tanh, within=1) else None)
    return Outcome(verdict(culprit), {f"contrast_{name}": values for name, values in outputs.items()})


def grey_by_initialisation() -> Outcome:
    inits = ("pytorch", "dcgan", "xavier_normal", "xavier_uniform", "he_normal", KAIMING, "he_uniform")
    seen: dict[str, Value] = {}
    mostly = []
    for place, e in {"without_batchnorm": BARE, "in_train_mode": DOCUMENT}.items():
        contrasts = {f"contrast_{init}_{place}": contrast_of(levels(e.replace(init=init))) for init in inits}
        count = sum(value < GREY for value in contrasts.values())
        mostly.append(count > len(inits) / 2)
        seen |= {f"grey_of_{len(inits)}_{place}": count, **contrasts}
    return Outcome(verdict_if(*mostly), seen)


def ends(training: Training, e: Experiment, name: str) -> list[float]:
    """A measurement at the end of training, for each seed."""
    return [training.train(e.replace(seed=seed)).last[name] for seed in training.seeds]


def tanh_for_data_in_0_1(training: Training) -> Outcome:
    e = Experiment(data_range="[0,1]", steps=150)
    tanh, sigmoid = (ends(training, e.replace(output_activation=name), "out_of_range") for name in ("tanh", "sigmoid"))
    return Outcome(
        verdict(greater(tanh, sigmoid)), {"share_out_of_range_tanh": tanh, "share_out_of_range_sigmoid": sigmoid}
    )


def sigmoid_of_zero() -> Outcome:
    tones = for_each_seed(np.mean, BARE.replace(output_activation="sigmoid"))
    zero = torch.zeros(1).sigmoid().item() * 255
    return Outcome(verdict(above(tones, 64, below=True)), {"level_of_zero": zero, "mean_level": tones})


def sigmoid_is_narrower() -> Outcome:
    tanh, sigmoid = both(), both(output_activation="sigmoid")
    broader = anywhere([greater(sigmoid[place], tanh[place]) for place in tanh])
    return Outcome(verdict(broader), figures(tanh=tanh, sigmoid=sigmoid))


def default_weights() -> Outcome:
    with torch.random.fork_rng(devices=[]):  # a layer of PyTorch draws its weights from the global source
        torch.manual_seed(0)
        pytorch = nn.ConvTranspose2d(512, 256, 4, 2, 1, bias=False)
    keras = ConvTranspose2d(512, 256, 4, 2, 1, bias=False)
    initialise(keras, "xavier_uniform", 0.0, 0)  # known there as glorot_uniform
    weights = {"pytorch": pytorch.weight, "keras": keras.weight}
    stds = {f"std_{name}": weight.std().item() for name, weight in weights.items()}
    # A uniform distribution ends at the root of 3 of its standard deviations, a normal one goes on.
    greatest = {f"greatest_in_stds_{name}": (w.abs().max() / w.std()).item() for name, w in weights.items()}
    return Outcome(verdict(min(stds.values()) > 0.5), {**stds, **greatest, "std_standard_normal": 1.0})


def standard_normal_weights() -> Outcome:
    contrasts = both(init="normal", init_std=1.0)
    bare = BARE.replace(init="normal", init_std=1.0)
    saturated = for_each_seed(lambda made: (np.abs(made - 127.5) > 127).mean(), bare)  # black or white
    return Outcome(
        verdict(anywhere([grey(each) for each in contrasts.values()])),
        {**figures(std_1=contrasts), "share_black_or_white_without_batchnorm": saturated},
    )


@torch.no_grad()
def signal_through_layers() -> Outcome:
    stds: dict[str, float] = {}
    lost = []
    for name, e in {"without_batchnorm": BARE, "in_train_mode": DOCUMENT}.items():
        layers, z = untrained(e)
        number = 0
        for layer in layers:
            z = layer(z)
            if isinstance(layer, nn.ReLU | nn.Tanh):
                number += 1
                stds[f"std_after_layer_{number}_{name}"] = z.std().item()
        lost.append(stds[f"std_after_layer_{number}_{name}"] < GREY / 127.5)
    return Outcome(verdict_if(*lost), stds)


def kaiming_as_in_example_2() -> Outcome:
    fan_out, fan_in = contrast(BARE.replace(init=KAIMING)), contrast(BARE.replace(init="he_normal"))
    return Outcome(
        verdict(opposite(grey(fan_out))),
        {"contrast_default": contrast(BARE), "contrast_fan_out": fan_out, "contrast_fan_in": fan_in},
    )


def kaiming_against_the_default() -> Outcome:
    kaiming, default = both(init=KAIMING), both()
    return Outcome(
        verdict_if(*(greater(kaiming[place], default[place]) for place in default)),
        figures(kaiming=kaiming, default=default),
    )


def xavier_without_batchnorm() -> Outcome:
    xavier = contrast(BARE.replace(init="xavier_normal"))
    return Outcome(
        verdict(opposite(grey(xavier))), {"contrast_xavier_normal": xavier, "contrast_default": contrast(BARE)}
    )


def colour_of_example_2() -> Outcome:
    second = {mode: for_each_seed(colour, EXAMPLE_2.replace(sample_mode=mode)) for mode in ("train", "eval")}
    first = {
        mode: for_each_seed(lambda made: colour(shown(made)), DOCUMENT.replace(sample_mode=mode)) for mode in second
    }
    turned = anywhere([greater(second["train"], first["train"]), above(second["eval"], GREY)])
    return Outcome(
        verdict(turned),
        {f"colour_example_1_{mode}_mode": values for mode, values in first.items()}
        | {f"colour_example_2_{mode}_mode": values for mode, values in second.items()},
    )


def narrow_noise_after_training(training: Training) -> Outcome:
    narrow = Experiment(noise_scale=0.01, steps=200)
    bare, normalised = (ends(training, narrow.replace(norm_g=norm), "diversity") for norm in ("none", "batch"))
    return Outcome(
        verdict_if(above(bare, ALIKE, below=True), above(normalised, ALIKE, below=True)),
        {"diversity_to_real_without_batchnorm": bare, "diversity_to_real_with_batchnorm": normalised},
    )


def narrow_noise_is_not_grey(training: Training) -> Outcome:
    narrow = Experiment(noise_scale=0.01, norm_g="none", steps=300)
    runs = [training.train(narrow.replace(seed=seed)) for seed in training.seeds]
    # A single picture that changes all the time: the mean over what was seen of it in training.
    seen = [float(np.mean([row.measurements["contrast"] for row in run.rows if row.step >= 50])) for run in runs]
    return Outcome(verdict(above(seen, BLANK, below=True)), {"contrast_to_real": seen})


def narrow_noise_untrained() -> Outcome:
    narrow, usual = both(noise_scale=0.01), both()
    cause = anywhere([grey(narrow[place]) and opposite(grey(usual[place])) for place in usual])
    return Outcome(verdict(cause), figures(noise_0_01=narrow, noise_1=usual))


def uniform_is_no_broader() -> Outcome:
    drawn = {name: noise.draw(name, 1.0, 1000, 100, torch.Generator().manual_seed(0)) for name in ("uniform", "normal")}
    return Outcome(
        verdict(bool(drawn["uniform"].std() > drawn["normal"].std())),
        {f"std_{name}": z.std().item() for name, z in drawn.items()}
        | {f"greatest_{name}": z.abs().max().item() for name, z in drawn.items()}
        | {f"contrast_{name}_without_batchnorm": contrast(BARE.replace(noise=name)) for name in drawn},
    )


def usual_noises_are_good_enough(training: Training) -> Outcome:
    seen: dict[str, Value] = {}
    enough = []
    for name in ("normal", "uniform"):
        runs = [training.train(Experiment(noise=name, steps=200, seed=seed)) for seed in training.seeds]
        before = [distance_to_real(Trainer(run.trainer.experiment)) for run in runs]
        after, unlike = [distance_to_real(run.trainer) for run in runs], [run.last["diversity"] for run in runs]
        seen |= {f"distance_{name}_untrained": before, f"distance_{name}": after, f"diversity_{name}": unlike}
        enough += [greater(before, after), above(unlike, ALIKE)]
    return Outcome(verdict(None if None in enough else all(enough)), seen)


def each_execution() -> Outcome:
    changes = {}
    for name in ("normal", "uniform"):
        runs = [levels(EXAMPLE_2.replace(noise=name, seed=seed)) for seed in (*SEEDS, 3)]  # all is drawn anew
        changes[name] = [float(np.abs(now - before).mean()) for before, now in pairwise(runs)]
    return Outcome(
        verdict(opposite(above(changes["normal"], GREY))),  # whether it stays as it was without the broader noise
        {f"mean_change_{name}": values for name, values in changes.items()},
    )


def remedies_of_the_summary() -> Outcome:
    remedies: dict[str, dict[str, Any]] = {
        "sigmoid": {"output_activation": "sigmoid"}, "kaiming": {"init": KAIMING},
        "xavier": {"init": "xavier_normal"}, "uniform_noise": {"noise": "uniform"},
    }  # fmt: skip
    remedies["three_together"] = remedies["sigmoid"] | remedies["kaiming"] | remedies["uniform_noise"]
    seen = {name: contrast(EVAL.replace(**changes)) for name, changes in remedies.items()}
    cured = anywhere([opposite(grey(contrasts)) for contrasts in seen.values()])
    seen |= {"train_mode": contrast(DOCUMENT), "fan_in": contrast(EVAL.replace(init="he_normal"))}
    return Outcome(verdict(cured), {f"contrast_{name}": contrasts for name, contrasts in seen.items()})
