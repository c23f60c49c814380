"""compare without a browser, before it starts: the link, one setting varied."""

from __future__ import annotations

import pytest
from comparing import SMALL, compared
from visiting import Open, html, words, wrongs

from gan_core.settings.experiment import Experiment

# ------------------------------------------------------------------------------------------ the link


def test_a_link_shows_each_difference_on_top_and_the_rest_once(open_page: Open) -> None:
    at = open_page("compare", a="mlp", d="mnist", w="0.125", v1="o:tanh", v2="o:linear;lg:0.01", v3="o:relu")
    assert not at.exception and not wrongs(at)
    assert [e.output_activation for e in compared(at).experiments] == ["tanh", "linear", "relu"]
    tops = [text for text in html(at) if 'class="apart"' in text]
    assert len(tops) == 3
    for top, value in zip(tops, ("tanh", "linear", "relu"), strict=True):
        assert f"Output activation: {value}" in top
        assert "Learning rate of G" in top
    said = words(at)
    assert "Steps 2000, Data mnist, Architecture mlp, Width 0.125" in said
    (folded,) = [text for text in html(at) if 'class="shared"' in text]
    assert "Seed <b>0</b>" in folded
    assert "Output activation" not in folded
    assert "compared" not in at.session_state  # a link starts nothing by itself


def test_every_bad_key_gets_one_sentence_and_the_rest_is_used(open_page: Open) -> None:
    at = open_page("compare", lg="7", xx="1", bs="many", v1="o:tanh", v2="o:linear", v3="o:cubic", v4="nonsense")
    assert not at.exception
    told = wrongs(at)
    assert len(told) == 5
    for key in ("lg", "xx", "bs", "v3", "v4"):
        assert sum(text.startswith(f"`{key}` is ignored.") for text in told) == 1, key
    assert [e.output_activation for e in compared(at).experiments] == ["tanh", "linear"]
    assert compared(at).base.batch_size == 64
    assert at.query_params["v2"] == "o:linear" and "v3" not in at.query_params


def test_without_a_link_there_is_something_to_compare(open_page: Open) -> None:
    at = open_page("compare")
    assert not at.exception and not wrongs(at)
    assert len(compared(at).experiments) == 2
    assert compared(at).base == Experiment()
    assert at.query_params["a"] == "mlp"


@pytest.mark.parametrize(
    "query", [{"v1": "o:tanh", "v2": "o:linear"}, {"v1": "output_activation:tanh", "v2": "o:linear"}], ids=str
)
def test_a_comparison_of_before_has_the_network_of_its_time(open_page: Open, query: dict[str, str]) -> None:
    """All its settings stand within the runs' changes; written anew, it says which network that was."""
    at = open_page("compare", **query)
    assert not at.exception and not wrongs(at)
    plain = Experiment(architecture="mlp-plain")
    assert compared(at).experiments == (plain, plain.replace(output_activation="linear"))
    assert at.query_params["a"] == "mlp-plain"
    assert at.query_params["v2"] == "o:linear"


def test_train_has_a_way_to_compare_its_settings(open_page: Open) -> None:
    at = open_page("train", a="mlp", d="mnist", w="0.125")
    at.button(key="compare_with").click().run()
    assert not at.exception
    assert compared(at).base == Experiment(dataset="mnist", width=0.125)


# ------------------------------------------------------------------------------------------ one setting varied


def test_a_field_and_its_values_give_the_runs(open_page: Open) -> None:
    at = open_page("compare", **SMALL)
    at.selectbox(key="vary").set_value("lr_g").run()
    assert not at.exception
    assert [e.lr_g for e in compared(at).experiments] == [2e-3, 4e-3]
    at.multiselect(key="values_lr_g").set_value(["0.001", "0.0001", "0.1"]).run()
    assert [e.lr_g for e in compared(at).experiments] == [1e-3, 1e-4, 0.1]
    assert len([text for text in html(at) if 'class="apart"' in text]) == 3
    assert at.query_params["v3"] == "lg:0.1"
    assert compared(at).differing == ("lr_g",)


@pytest.mark.parametrize("name", ["dataset", "augment", "minibatch_std", "norm_d", "seed", "pack", "init", "channels"])
def test_any_kind_of_setting_can_be_varied(open_page: Open, name: str) -> None:
    at = open_page("compare", **SMALL)
    at.selectbox(key="vary").set_value(name).run()
    assert not at.exception and not wrongs(at)
    assert compared(at).differing == (name,)
    assert len(at.multiselect(key=f"values_{name}").value) == 2


@pytest.mark.parametrize("values", [["0.001"], ["0.001", "fast"], ["0.001", "7"]])
def test_values_that_cannot_be_are_refused_and_change_nothing(open_page: Open, values: list[str]) -> None:
    at = open_page("compare", **SMALL, v1="lg:0.001", v2="lg:0.01")
    at.multiselect(key="values_lr_g").set_value(values).run()
    assert not at.exception
    assert [e.lr_g for e in compared(at).experiments] == [1e-3, 1e-2]
    assert sum('class="said"' in text and "#d1495b" in text for text in html(at)) == 1


def test_a_setting_that_all_share_is_changed_in_all(open_page: Open) -> None:
    at = open_page("compare", **SMALL, v1="lg:0.001", v2="lg:0.01")
    at.selectbox(key="for_all").set_value("loss").run()
    at.selectbox(key="for_all_loss").set_value("hinge").run()
    assert not at.exception
    assert [(e.lr_g, e.loss) for e in compared(at).experiments] == [(0.001, "hinge"), (0.01, "hinge")]
    assert at.query_params["l"] == "hinge"
    for name, value in (("norm_d", "spectral"), ("penalty", "clip")):
        at.selectbox(key="for_all").set_value(name).run()
        at.selectbox(key=f"for_all_{name}").set_value(value).run()
    assert [(e.norm_d, e.penalty) for e in compared(at).experiments] == [("spectral", "r1")] * 2
    assert at.selectbox(key="for_all_penalty").value == "r1"
    assert any("spectral norm rescales the weights" in text and "#d1495b" in text for text in html(at))


@pytest.mark.parametrize(
    ("dataset", "differing", "values"),
    [("ring", "penalty", ["none", "r1"]), ("dirac", "penalty", ["none", "r1"]),
     ("digits", "output_activation", ["tanh", "sigmoid"])],
)  # fmt: skip
def test_what_is_compared_at_first_means_something_for_the_data(
    open_page: Open, dataset: str, differing: str, values: list[str]
) -> None:
    at = open_page("compare", d=dataset)
    assert not at.exception
    assert compared(at).differing == (differing,)
    assert [getattr(e, differing) for e in compared(at).experiments] == values


def test_what_is_the_same_at_the_start_is_said(open_page: Open) -> None:
    at = open_page("compare", v1="o:tanh", v2="o:linear")
    assert "Byte for byte the same: initial weights, data order, noise, probe." in words(at)
    at = open_page("compare", v1="z:8", v2="z:64")
    assert "initial weights (except in layers whose shape or scale depends on Latent dimensions), data order" in words(
        at
    )
    assert "Not the same: noise (by Latent dimensions); probe (by Latent dimensions)." in words(at)
