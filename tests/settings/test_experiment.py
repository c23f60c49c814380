from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gan_core.settings.experiment import Experiment, diff, nearest
from gan_core.settings.fields import SETTINGS
from gan_core.settings.link import from_query, read_query, to_query
from gan_core.settings.points import OF_POINTS, POINT_SETS
from gan_core.settings.problems import SettingsError

# The contract (DESIGN.md, section 4). First choice: the default.
CHOICES: dict[str, tuple[Any, ...]] = {
    "background": ("black", "white"),
    "dataset": ("digits", "fashion-mnist", "mnist", "folder",
                "ring", "grid", "line", "two-moons", "spiral", "gaussian", "drawn", "dirac"),
    "channels": (1, 3),
    "data_range": ("[-1,1]", "[0,1]", "raw", "standardised"),
    "augment": ("crop", "flip"),
    "architecture": ("mlp", "mlp-plain", "dcgan-light", "dcgan", "document-mlp", "document-dcgan", "points"),
    "norm_g": ("batch", "none", "layer", "instance"),
    "norm_d": ("none", "batch", "layer", "instance", "spectral"),
    "upsample": ("resize", "transpose4", "transpose3"),
    "hidden_activation": ("leaky_relu", "relu", "elu", "tanh", "sigmoid"),
    "output_activation": ("tanh", "sigmoid", "linear", "hardtanh", "relu"),
    "init": ("pytorch", "dcgan", "xavier_normal", "xavier_uniform", "he_normal", "he_normal_fan_out",
             "he_uniform", "orthogonal", "normal", "zeros"),
    "noise": ("normal", "uniform", "truncated_normal", "bernoulli", "sphere", "constant"),
    "loss": ("non_saturating", "minimax", "wasserstein", "hinge", "least_squares"),
    "penalty": ("none", "gradient_penalty", "r1", "r2", "clip"),
    "optimiser": ("adam", "rmsprop", "sgd"),
    "update": ("alternating", "simultaneous"),
    "precision": ("float32", "bfloat16"),
    "device": ("auto", "cpu", "cuda", "mps"),
    "sample_mode": ("train", "eval"),
    "mistake": ("none", "detached_generator", "no_zero_grad", "double_sigmoid", "swapped_labels", "fake_label_for_g",
                "d_not_frozen", "other_noise_for_d", "d_in_eval", "batchnorm_before_tanh", "smoothing_sign"),
}  # fmt: skip
BOUNDS = {
    "image_size": (28, 8, 64),
    "outliers": (0, 0, 0.5),
    "lr_g": (None, 1e-6, 1),
    "lr_d": (None, 1e-6, 1),
    "batch_size": (64, None, None),
    "n_dis": (1, 0, 10),
    "n_gen": (1, 0, 10),
    "latent_dim": (32, None, None),
    "bn_momentum": (0.1, None, None),
    "steps": (2000, 0, None),
    "seed": (0, 0, None),
    "measure_every": (50, 1, None),
    "threads": (1, 1, None),
    "label_smoothing": (0, 0, None),
    "instance_noise": (0, 0, None),
    "dropout_d": (0, 0, None),
    "ema": (0.995, 0, None),
    "penalty_every": (8, 1, 64),
    "pack": (0, 0, None),
}
OTHERS = {
    "folder", "width", "bn_eps", "init_std", "noise_scale", "penalty_weight", "beta1", "beta2",
    "minibatch_std", "ema_warm_up", *OF_POINTS,
}  # fmt: skip


def problems_of(**given: Any) -> dict[str, tuple[object, str]]:
    with pytest.raises(SettingsError) as caught:
        Experiment(**given)
    return {problem.field: (problem.value, problem.allowed) for problem in caught.value.problems}


def _values(name: str) -> st.SearchStrategy[Any]:
    row = SETTINGS[name]
    if row.kind == "choice":
        return st.sampled_from(row.choices)
    if row.kind == "set":
        return st.sets(st.sampled_from(row.choices)).map(lambda chosen: tuple(sorted(chosen)))
    if row.kind == "switch":
        return st.booleans()
    if row.kind == "text":
        return st.text(max_size=12)
    assert row.low is not None
    assert row.high is not None
    if row.kind == "integer":
        return st.integers(round(row.low), round(row.high))
    return st.floats(row.low, row.high)


def _in_bounds() -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional={name: _values(name) for name in SETTINGS})


JUNK = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
    | st.lists(st.integers() | st.sampled_from(["flip", "crop", "x"]), max_size=3)
    | st.just(10**400) | st.dictionaries(st.text(max_size=2), st.none(), max_size=2)
)  # fmt: skip


class TestTable:
    def test_fields_and_choices_are_the_contract(self) -> None:
        assert set(SETTINGS) == set(CHOICES) | set(BOUNDS) | OTHERS
        for name, choices in CHOICES.items():
            assert SETTINGS[name].choices == choices, name
            assert SETTINGS[name].default == {"augment": (), "penalty": "r1"}.get(name, choices[0]), name
        for name, (default, low, high) in BOUNDS.items():
            row = SETTINGS[name]
            assert default is None or row.default == default, name
            assert low is None or row.low == low, name
            assert high is None or row.high == high, name

    def test_every_field_has_words_and_a_key_of_its_own(self) -> None:
        keys = [row.url_key for row in SETTINGS.values()]
        assert len(set(keys)) == len(keys)
        # A hand-written link may use the field's name, so no key may be another field's name.
        assert not {row.url_key for name, row in SETTINGS.items() if row.url_key != name} & set(SETTINGS)
        labels = [row.label for row in SETTINGS.values()]
        assert len(set(labels)) == len(labels)
        for row in SETTINGS.values():
            assert row.label, row.name
            assert row.help.endswith("."), row.name
            assert row.group, row.name
            assert len(row.url_key) <= 3, row.name

    def test_numbers_are_bounded_and_their_marks_and_default_lie_within(self) -> None:
        for row in SETTINGS.values():
            if row.kind in ("integer", "number"):
                assert row.low is not None, row.name
                assert row.high is not None, row.name
                assert all(row.low <= value <= row.high for value in (*row.marks, row.default)), row.name  # type: ignore[operator]

    def test_at_most_ten_controls_are_in_front(self) -> None:
        places = sorted(row.front for row in SETTINGS.values() if row.front)
        assert places == list(range(1, len(places) + 1))
        assert 5 <= len(places) <= 10

    def test_every_default_is_a_valid_experiment(self) -> None:
        assert Experiment().model_dump() == {name: row.default for name, row in SETTINGS.items()}

    def test_frozen(self) -> None:
        with pytest.raises(ValueError, match="frozen"):
            Experiment().seed = 3  # type: ignore[misc]


class TestErrors:
    def test_one_error_lists_every_wrong_field_with_its_value_and_what_is_allowed(self) -> None:
        problems = problems_of(lr_g=5.0, image_size=7, loss="wgan", augment=["spin"], minibatch_std=1, colour=3)
        assert problems == {
            "lr_g": (5.0, "must be a number from 1e-06 to 1"),
            "image_size": (7, "must be a whole number from 8 to 64"),
            "loss": ("wgan", "must be one of non_saturating, minimax, wasserstein, hinge, least_squares"),
            "augment": (["spin"], "must be any of crop, flip, or none"),
            "minibatch_std": (1, "must be true or false"),
            "colour": (3, "there is no such setting"),
        }
        with pytest.raises(SettingsError) as caught:
            Experiment(lr_g=5.0, colour=3)
        assert str(caught.value) == ("lr_g=5.0: must be a number from 1e-06 to 1; colour=3: there is no such setting")

    def test_wrong_fields_and_conflicts_come_together(self) -> None:
        assert set(problems_of(lr_g=9.0, batch_size=1)) == {"lr_g", "batch_size"}

    @pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf"), True, "0.1", None, [0.1]])
    def test_what_is_no_number(self, value: object) -> None:
        assert set(problems_of(lr_g=value)) == {"lr_g"}

    @pytest.mark.parametrize("value", [True, 8.0, "8", 8.5, None])
    def test_what_is_no_whole_number(self, value: object) -> None:
        assert set(problems_of(image_size=value)) == {"image_size"}

    @pytest.mark.parametrize("value", [True, 1.0, "1", 2])
    def test_what_is_no_number_of_channels(self, value: object) -> None:
        assert set(problems_of(channels=value)) == {"channels"}

    def test_field_called_self(self) -> None:
        assert problems_of(self=1) == {"self": (1, "there is no such setting")}

    @pytest.mark.parametrize(
        ("given", "field", "words"),
        [
            ({"n_dis": 0, "n_gen": 0}, "n_dis", "nothing would train"),
            ({"pack": 3}, "pack", "does not divide batch_size=64"),
            ({"batch_size": 1}, "batch_size", "BatchNorm needs at least 2 images"),
            ({"batch_size": 1, "norm_g": "none", "norm_d": "batch"}, "batch_size", "BatchNorm"),
            ({"batch_size": 1, "norm_g": "none", "minibatch_std": True}, "batch_size", "compares"),
            ({"batch_size": 8, "pack": 8, "norm_d": "batch"}, "pack", "a single pack"),
            ({"batch_size": 4, "pack": 4, "minibatch_std": True}, "pack", "a single pack"),
            ({"norm_d": "spectral", "init": "zeros"}, "norm_d", "divides by"),
            ({"norm_d": "spectral", "init": "normal", "init_std": 0.0}, "norm_d", "divides by"),
            ({"label_smoothing": 0.1, "loss": "hinge"}, "label_smoothing", "no labels"),
            ({"label_smoothing": 0.1, "loss": "wasserstein"}, "label_smoothing", "no labels"),
            ({"penalty": "clip", "norm_d": "spectral"}, "penalty", "rescales"),
            ({"norm_g": "instance"}, "norm_g", "no feature maps"),
            ({"norm_d": "instance"}, "norm_d", "no feature maps"),
            ({"dataset": "folder"}, "folder", "give the path"),
            ({"architecture": "document-mlp", "image_size": 32}, "image_size", "784 pixels"),
            ({"architecture": "document-mlp", "channels": 3}, "channels", "784 pixels"),
            ({"architecture": "document-dcgan", "image_size": 28}, "image_size", "32"),
            ({"architecture": "document-dcgan", "width": 2.0}, "width", "choose mlp or dcgan"),
        ],
    )
    def test_conflicts_are_refused_in_words(self, given: dict[str, Any], field: str, words: str) -> None:
        problems = problems_of(**given)
        assert list(problems) == [field]
        assert words in problems[field][1]
        nearest(given)  # and can be put right

    def test_untrained_needs_no_player(self) -> None:
        assert Experiment(n_dis=0, n_gen=0, steps=0).steps == 0


class TestFollowing:
    def test_the_documents_networks_bring_the_documents_settings(self) -> None:
        mlp = Experiment(architecture="document-mlp")
        assert (mlp.latent_dim, mlp.bn_eps, mlp.bn_momentum) == (100, 0.8, 0.9)
        dcgan = Experiment(architecture="document-dcgan")
        assert (dcgan.latent_dim, dcgan.image_size, dcgan.channels) == (100, 32, 3)
        assert dcgan.upsample == "transpose4"
        assert Experiment(architecture="document-mlp", latent_dim=7).latent_dim == 7

    def test_the_mlp_brings_what_it_learns_fast_with(self) -> None:
        mlp = Experiment()
        assert mlp == Experiment(architecture="mlp")
        assert (mlp.lr_g, mlp.lr_d, mlp.beta1, mlp.beta2, mlp.latent_dim) == (2e-3, 2e-3, 0, 0.99, 32)
        assert (mlp.penalty, mlp.penalty_weight, mlp.penalty_every) == ("r1", 2, 8)
        assert (mlp.ema, mlp.ema_warm_up) == (0.995, True)
        other = mlp.replace(penalty="gradient_penalty")  # which has a usual weight of its own, in each step
        assert (other.penalty_weight, other.penalty_every) == (10, 1)
        assert mlp.replace(penalty="clip").penalty_weight == 0.01
        plain = mlp.replace(architecture="mlp-plain")
        assert plain == Experiment(architecture="mlp-plain")
        assert (plain.lr_g, plain.beta1, plain.beta2, plain.latent_dim, plain.penalty) == (1e-3, 0.5, 0.999, 64, "none")
        assert (plain.penalty_weight, plain.penalty_every, plain.ema, plain.ema_warm_up) == (10, 1, 0, False)

    def test_replace_follows_there_and_back_but_keeps_what_was_chosen(self) -> None:
        chosen = Experiment(lr_g=0.01)
        there = chosen.replace(architecture="document-mlp")
        assert (there.latent_dim, there.bn_eps, there.lr_d) == (100, 0.8, 2e-4)
        assert there.lr_g == 0.01
        assert there.replace(architecture="mlp") == chosen
        assert Experiment().replace(penalty="clip").penalty_weight == 0.01
        assert Experiment(penalty_weight=3.0).replace(penalty="clip").penalty_weight == 3.0
        assert Experiment().replace(penalty="clip", penalty_weight=2.0).penalty_weight == 2.0

    def test_replace_refuses_wrong_values(self) -> None:
        with pytest.raises(SettingsError, match="lr_g=7"):
            Experiment().replace(lr_g=7)

    def test_diff_names_both_values(self) -> None:
        first, second = Experiment(), Experiment(lr_g=0.1, augment=("flip",))
        assert diff(first, second) == {"augment": ((), ("flip",)), "lr_g": (2e-3, 0.1)}
        assert diff(second, second) == {}

    def test_digest_tells_experiments_apart_and_nothing_else(self) -> None:
        assert Experiment().digest == Experiment(seed=0).digest != Experiment(seed=1).digest
        assert Experiment(augment=("flip", "crop")).digest == Experiment(augment=["crop", "flip"]).digest


class TestRoundTrips:
    @settings(max_examples=150)
    @given(_in_bounds())
    def test_nearest_json_and_url(self, given: dict[str, Any]) -> None:
        e = nearest(given)
        assert nearest(e.model_dump()) == e
        assert Experiment.from_json(e.json_text()) == e
        query = to_query(e)
        assert query["a"] == e.architecture
        assert from_query(query) == e
        assert all(isinstance(text, str) for text in query.values())
        told = (
            {name for name in SETTINGS if getattr(e, name) != SETTINGS[name].default}
            if e.dataset not in POINT_SETS
            else OF_POINTS
        )
        later = OF_POINTS | {"background", "mistake"}
        told |= {name for name in ("background", "mistake") if getattr(e, name) != SETTINGS[name].default}
        assert list(json.loads(e.json_text())) == [name for name in SETTINGS if name not in later or name in told]

    @settings(max_examples=200)
    @given(st.fixed_dictionaries({}, optional={name: _values(name) | JUNK for name in SETTINGS}))
    def test_nearest_is_always_valid_and_keeps_what_was_right(self, given: dict[str, Any]) -> None:
        repaired = nearest({**given, "no such setting": 1})
        try:
            valid = Experiment(**given)
        except SettingsError:
            return
        assert repaired == valid

    def test_nearest_repairs_only_what_is_wrong(self) -> None:
        assert nearest({"lr_g": 50, "seed": 7, "loss": "Least Squares", "image_size": -3}) == Experiment(
            lr_g=1, seed=7, loss="least_squares", image_size=8
        )
        assert nearest({"dataset": "folder", "seed": 7}) == Experiment(seed=7)
        assert nearest({"dataset": "mnist", "folder": 5}) == Experiment(dataset="mnist")
        crowded = nearest({"architecture": "document-dcgan", "image_size": 28, "seed": 7})
        assert crowded == Experiment(architecture="document-dcgan", seed=7)

    def test_defaults_and_followers_need_no_mention_but_the_architecture_does(self) -> None:
        assert to_query(Experiment()) == {"a": "mlp"}
        assert from_query({}) == Experiment()
        assert to_query(Experiment(architecture="document-mlp")) == {"a": "document-mlp"}
        # A follower set back to the table's default has to be said.
        assert to_query(Experiment(architecture="document-mlp", latent_dim=32)) == {
            "a": "document-mlp", "z": "32",
        }  # fmt: skip

    def test_query_by_hand(self) -> None:
        by_hand = {"architecture": "mlp", "lr_g": "0.01", "au": "flip+crop", "mb": "on", "run": "xyz", "ld": "1e-4"}
        e = from_query(by_hand)
        assert e == Experiment(lr_g=0.01, lr_d=1e-4, augment=("crop", "flip"), minibatch_std=True)
        with pytest.raises(SettingsError) as caught:
            from_query({"lg": "fast", "sz": "9999", "mb": "perhaps"})
        assert {problem.field for problem in caught.value.problems} == {"lr_g", "image_size", "minibatch_std"}
        given, problems = read_query({"a": "mlp", "lg": "fast", "se": "3"})
        assert given == {"architecture": "mlp", "seed": 3}
        assert [problem.value for problem in problems] == ["fast"]

    @pytest.mark.parametrize("text", ["", "[1]", "{", '{"lr_g": NaN}', "[" * 100_000, '{"seed": ' + "9" * 5000 + "}"])
    def test_json_that_is_no_experiment(self, text: str) -> None:
        with pytest.raises(SettingsError):
            Experiment.from_json(text)
