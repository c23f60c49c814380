"""Settings of files and links that an earlier version wrote."""

from __future__ import annotations

import json

import pytest

from gan_core.settings.comparison import read_base
from gan_core.settings.earlier_versions import LATER, brought_up, brought_up_link
from gan_core.settings.experiment import Experiment
from gan_core.settings.link import from_query, read_query, to_query


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


@pytest.mark.parametrize("query", [{"lg": "0.01"}, {"dataset": "mnist", "loss": "hinge"}, {"st": "500", "run": "x"}])
def test_a_link_without_an_architecture_means_the_network_of_its_time(query: dict[str, str]) -> None:
    read = from_query(query)
    assert read == Experiment(**{**read_query(query)[0], "architecture": "mlp-plain"})
    assert (read.beta1, read.penalty, read.ema, read.latent_dim) == (0.5, "none", 0, 64)
    assert from_query(to_query(read)) == read


def test_a_link_with_no_setting_is_the_default_of_now() -> None:
    assert from_query({}) == from_query({"run": "x", "utm_source": "mail"}) == Experiment()


def test_a_link_that_names_its_architecture_is_taken_at_its_word() -> None:
    assert from_query({"a": "mlp", "lg": "0.01"}) == Experiment(lr_g=0.01)
    assert brought_up_link({}, ["a", "lg"]) == {"architecture": "mlp-plain"}  # an architecture that could not be read


def test_a_comparison_of_before_has_the_network_of_its_time() -> None:
    assert read_base({"v1": "lg:0.001", "v2": "lg:0.01;o:tanh", "runs": "x"}) == ({"architecture": "mlp-plain"}, [])
    assert read_base({"a": "mlp", "v1": "lg:0.001", "v2": "lg:0.01"}) == ({"architecture": "mlp"}, [])
    assert read_base({"runs": "x"}) == ({}, [])
