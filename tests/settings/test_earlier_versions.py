"""Settings of files that an earlier version wrote."""

from __future__ import annotations

import json

import pytest

from gan_core.settings.earlier_versions import LATER, brought_up
from gan_core.settings.experiment import Experiment


def before(**settings: object) -> dict[str, object]:
    """All settings of an experiment, as they were written before the later ones were there."""
    written = Experiment(**{"architecture": "mlp-plain", **settings}).model_dump(mode="json")
    return {name: value for name, value in written.items() if name not in LATER}


def test_the_mlp_of_before_is_the_plain_one() -> None:
    written = {**before(lr_g=0.01, ema=0.9), "architecture": "mlp"}
    read = Experiment.from_json(json.dumps(written))
    assert read == Experiment(architecture="mlp-plain", lr_g=0.01, ema=0.9)
    assert (read.penalty, read.penalty_every, read.ema_warm_up, read.latent_dim) == ("none", 1, False, 64)


@pytest.mark.parametrize("architecture", ["dcgan", "document-mlp", "document-dcgan"])
def test_other_networks_are_what_they_were(architecture: str) -> None:
    assert Experiment.from_json(json.dumps(before(architecture=architecture))) == Experiment(architecture=architecture)


def test_whoever_names_a_few_settings_means_those_of_now() -> None:
    assert Experiment.from_json('{"architecture": "mlp"}') == Experiment(architecture="mlp")
    assert Experiment.from_json(Experiment(architecture="mlp").json_text()) == Experiment(architecture="mlp")
    assert brought_up({}) == {}
