"""compare without a browser, once it is started: lock-step, the scrubber, the table at the end, and what comes then."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

import pytest
from comparing import SMALL, compared, runs, shown_steps, until
from live_runs import PATIENCE_S
from streamlit.testing.v1 import AppTest
from visiting import SHARED_RUNS, Open, html, words, wrongs

from gan_core.diagnosis.measurements import MEASUREMENTS
from gan_core.diagnosis.recipes import find
from gan_core.live.registry import registry
from gan_core.settings.comparison import vary
from gan_core.settings.experiment import Experiment
from pages.parts.compare import panel


@pytest.fixture(scope="module")
def ended() -> Iterator[dict[str, str]]:
    """The link of a comparison whose runs have ended: a good one and one that leaves the range."""
    base = Experiment(width=0.5, steps=300)
    comparison = vary(base, "output_activation", ("tanh", "linear"))
    ids = registry().start_together(comparison.experiments)
    SHARED_RUNS.update(ids)
    assert registry().wait_until(lambda: all(registry().snapshot(run).state == "finished" for run in ids), PATIENCE_S)
    yield comparison.to_query() | {"runs": "~".join(ids)}
    for run in ids:
        registry().forget(run)


def table(at: AppTest) -> list[list[str]]:
    """The cells of the final table, row by row, with a star at the winner's."""
    (found,) = [text for text in html(at) if 'class="final"' in text]
    rows = [re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row) for row in re.findall(r"<tr>(.*?)</tr>", found)]
    return [[re.sub(r"<[^>]*>", "", cell) for cell in row] for row in rows]


def test_the_runs_show_the_same_step_and_one_slider_moves_all(open_page: Open, ended: dict[str, str]) -> None:
    at = open_page("compare", **ended)
    histories = [[frame.step for frame in run.frames] for run in runs(at)]
    assert histories[0] == histories[1]
    assert shown_steps(at) == [300, 300]
    at.slider(key="scrub").set_value(61).run()
    at_61 = max(step for step in histories[0] if step <= 61)
    assert shown_steps(at) == [at_61, at_61]
    at.button(key="previous_picture").click().run()
    assert shown_steps(at) == [histories[0][histories[0].index(at_61) - 1]] * 2
    at.button(key="next_picture").click().run()
    assert shown_steps(at) == [at_61, at_61]


def test_play_goes_through_every_kept_picture_and_holds(open_page: Open, ended: dict[str, str]) -> None:
    at = open_page("compare", **ended)
    kept = [frame.step for frame in runs(at)[0].frames]
    at.button(key="play").click().run()
    assert shown_steps(at) == [kept[0]] * 2
    for step in kept[1:3]:
        at.session_state["played_at"] = 0.0  # its time has come
        at.run()
        assert shown_steps(at) == [step, step]
    at.button(key="play").click().run()  # hold
    at.run()
    assert shown_steps(at) == [kept[2]] * 2
    at.button(key="play").click().run()
    for _ in kept[3:]:
        at.session_state["played_at"] = 0.0
        at.run()
    assert shown_steps(at) == [kept[-1]] * 2
    assert "played_at" not in at.session_state


def test_the_diagnosis_is_what_it_was_at_that_moment(open_page: Open, ended: dict[str, str]) -> None:
    """An output that cannot leave the range is never accused of it; a linear one is, but not at once."""
    at = open_page("compare", **ended)

    def accused() -> list[str]:
        return [text for text in html(at) if "Pixels out of range, since step" in text]

    assert len(accused()) == 1
    since = int(re.findall(r"since step (\d+)", accused()[0])[0])
    assert since > 0
    before = max(frame.step for frame in runs(at)[1].frames if frame.step < since)
    at.slider(key="scrub").set_value(before).run()
    assert not accused()


def test_after_equal_time_no_run_is_shown_later_than_that(open_page: Open, ended: dict[str, str]) -> None:
    at = open_page("compare", **ended)
    at.segmented_control(key="by").set_value("time").run()
    assert not at.exception
    middle = runs(at)[0].frames[-1].trained_s / 2
    at.slider(key="scrub").set_value(middle).run()
    for run, step in zip(runs(at), shown_steps(at), strict=True):
        moment = max(frame.trained_s for frame in run.frames if frame.trained_s <= middle)
        assert step == next(frame.step for frame in run.frames if frame.trained_s == moment)


def test_the_pixels_over_time_are_drawn_with_words(open_page: Open, ended: dict[str, str]) -> None:
    at = open_page("compare", **ended)
    at.segmented_control(key="pixels").set_value("past").run()
    assert not at.exception
    assert sum("Nine in ten values lie at step 0 from" in text for text in html(at)) == 2


def test_the_table_at_the_end_marks_the_winners(open_page: Open, ended: dict[str, str]) -> None:
    at = open_page("compare", **ended)
    head, diagnosed, *rows = table(at)
    assert "Output activation: tanh" in head[1] and "step 300" in head[1]
    assert diagnosed[1:3] == ["Learning slowly", "Pixels out of range"]
    last = [run.rows[-1].measurements for run in runs(at)]
    labels = {measurement.label: name for name, measurement in MEASUREMENTS.items()}
    assert {labels[row[0]] for row in rows} >= {"histogram_distance", "contrast", "loss_d"}
    for label, one, other, _ in rows:
        name = labels[label]
        first, second = (float(f"{m[name]:.3g}") for m in last)
        stars = [cell.startswith("★") for cell in (one, other)]
        if name in ("loss_d", "loss_g", "grad_norm_d", "grad_norm_g", "d_accuracy") or first == second:
            assert stars == [False, False], label
        elif name in ("out_of_range", "histogram_distance", "duplicates"):
            # The second leaves the range: what it is best in is no merit.
            assert stars == [first < second, False], label


def test_before_the_end_there_is_no_table(open_page: Open) -> None:
    at = open_page("compare", **{**SMALL, "st": "1000000"}, v1="o:tanh", v2="o:linear")
    at.button(key="start").click().run()
    assert registry().wait_until(lambda: all(run.step > 0 for run in runs(at)), PATIENCE_S)
    at.run()
    assert not [text for text in html(at) if 'class="final"' in text]
    at.button(key="pause").click().run()
    until(at, "paused")
    assert at.button(key="start").label == "Resume all"
    steps = [run.step for run in runs(at)]
    at.button(key="start").click().run()
    assert registry().wait_until(
        lambda: all(run.step > step for run, step in zip(runs(at), steps, strict=True)), PATIENCE_S
    )


def test_a_reload_comes_back_to_the_runs(open_page: Open, ended: dict[str, str]) -> None:
    at = open_page("compare", **ended)
    assert not at.exception and not wrongs(at)
    assert {key: "".join(at.query_params[key]) for key in at.query_params} == ended
    assert "~".join(at.session_state["compared"].values()) == ended["runs"]
    assert shown_steps(at) == [300, 300]
    lost = open_page("compare", **{**ended, "runs": "gone~gone"})
    assert "no longer here" in wrongs(lost)[0]
    assert compared(lost).experiments == compared(at).experiments


def test_other_runs_to_compare_end_the_last_ones(open_page: Open) -> None:
    at = open_page("compare", **SMALL, v1="o:tanh", v2="o:linear")
    at.button(key="start").click().run()
    ids = list(at.session_state["compared"].values())
    at.multiselect(key="values_output_activation").set_value(["tanh", "sigmoid"]).run()
    assert not at.exception
    assert [registry().snapshot(run) for run in ids] == [None, None]


def test_a_run_goes_on_in_train_with_its_settings(open_page: Open) -> None:
    at = open_page("compare", **SMALL, v1="o:tanh", v2="o:linear")
    at.button(key="open_B").click().run()
    assert not at.exception
    assert at.session_state["experiment"] == Experiment(
        architecture=SMALL["a"],
        width=0.125,
        image_size=8,
        latent_dim=4,
        batch_size=8,
        steps=120,
        output_activation="linear",
    )


def test_a_run_goes_on_in_train_as_it_is_trained(open_page: Open, ended: dict[str, str]) -> None:
    at = open_page("compare", **ended)
    at.button(key="open_B").click().run()
    copy, original = (registry().snapshot(run) for run in (at.session_state["run"], ended["runs"].split("~")[1]))
    assert copy.run_id != original.run_id and original.state == "finished"
    assert registry().wait_until(lambda: registry().snapshot(copy.run_id).state == "finished", PATIENCE_S)
    copy = registry().snapshot(copy.run_id)
    assert (copy.step, copy.rows, copy.experiment) == (300, original.rows, original.experiment)
    assert copy.frame.fake_png == original.frame.fake_png


def test_more_steps_let_the_same_runs_go_on(open_page: Open) -> None:
    at = open_page("compare", **{**SMALL, "st": "40"}, v1="o:tanh", v2="o:linear")
    assert "Steps 40, Data digits" in words(at)
    at.button(key="start").click().run()
    until(at, "finished")
    ids = list(at.session_state["compared"].values())
    at.selectbox(key="for_all").set_value("steps").run()
    at.selectbox(key="for_all_steps").set_value("200").run()
    assert list(at.session_state["compared"].values()) == ids and "Steps 200, Data digits" in words(at)
    until(at, "paused")
    assert [run.step for run in runs(at)] == [40, 40] and at.button(key="start").label == "Resume all"
    at.button(key="start").click().run()
    until(at, "finished")
    assert [run.step for run in runs(at)] == [200, 200] and shown_steps(at)[0] == 200


def test_a_run_without_a_picture_yet_says_what_it_waits_for(open_page: Open, ended: dict[str, str]) -> None:
    assert words(open_page("compare", **SMALL, v1="o:tanh", v2="o:linear")).count("Not started yet") == 2
    trains = replace(runs(open_page("compare", **ended))[0], state="running", step=14)
    assert [panel.awaited(run) for run in (None, replace(trains, frame=None), trains)] == [
        "Not started yet", "The first picture is on its way", "Waiting for the first picture of every run",
    ]  # fmt: skip


def test_the_fix_is_compared_from_the_same_start(open_page: Open) -> None:
    """From Train: the finding's button leaves for the comparison of the run and the mended one, and starts it."""
    broken = find("out-of-range:broken")
    at = open_page("train", o="linear", st="300", w="0.5")
    at.button(key="start").click().run()
    run = at.session_state["run"]
    assert registry().wait_until(lambda: registry().snapshot(run).state == "finished", PATIENCE_S)
    at.run()  # the end of the run is drawn
    at.session_state["evidence-diagnosis"] = True
    at.run()
    at.button(key="compare_diagnosis_out-of-range").click().run()
    assert not at.exception
    one, other = compared(at).experiments
    assert (one.output_activation, other.output_activation) == ("linear", "tanh")
    assert broken.output_activation == one.output_activation
    assert [run.experiment for run in runs(at)] == [one, other]
    until(at, "finished")
    assert all(a == b for a, b in pairwise(shown_steps(at)))
