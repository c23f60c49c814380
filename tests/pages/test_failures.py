"""failures without a browser: the cards, every failure opened, its two runs."""

from __future__ import annotations

import re

import pytest
from live_runs import PATIENCE_S
from streamlit.testing.v1 import AppTest
from visiting import Open, as_read, cited, html, words

from gan_core.claims.cited import of_recipe
from gan_core.diagnosis.documents import DOCUMENTS
from gan_core.diagnosis.failures import FAILURES
from gan_core.diagnosis.recipes import RECIPES, find
from gan_core.diagnosis.titles import title_of
from gan_core.live.registry import registry
from gan_core.saving_mistakes.known_mistakes import PLAINEST
from gan_core.saving_mistakes.link import of_mistake
from gan_core.settings.experiment import diff
from gan_core.settings.fields import SETTINGS


def keys(at: AppTest) -> set[str]:
    return {button.key for button in at.button}


def pair(at: AppTest) -> dict[str, str]:
    """The two runs of the failure that is open, by side."""
    return at.session_state["pair"]


def finished(at: AppTest) -> bool:
    """Wait until both runs are done, as far as they get."""

    def over() -> bool:
        return all(registry().snapshot(run).state in ("finished", "broken") for run in pair(at).values())

    return registry().wait_until(over, PATIENCE_S)


def lamp(at: AppTest, side: str) -> str:
    """What is lit, or not, above one side."""
    return [text for text in html(at) if 'class="lamp' in text][["broken", "fixed"].index(side)]


def test_every_failure_has_a_card_and_every_document_its_setups(open_page: Open) -> None:
    at = open_page("failures")
    assert not at.exception
    assert {key for key in keys(at) if key.startswith("open-")} == {f"open-{name}" for name in (*RECIPES, *PLAINEST)}
    shown = html(at)
    for name, failure in FAILURES.items():
        assert any(failure.title in text and RECIPES[name].words in text for text in shown), name
        (pictures,) = [text for text in shown if f'alt="{RECIPES[name].words}: broken"' in text]
        assert len(set(re.findall(r"base64,([^\"]+)", pictures))) == 2, f"{name}: the two pictures are the same"
    with_setups = {recipe.document for recipe in RECIPES.values()} - {""}
    assert with_setups < set(DOCUMENTS)
    assert all((title in words(at)) == (document in with_setups) for document, title in DOCUMENTS.items())


@pytest.mark.parametrize("name", RECIPES)
def test_a_link_opens_the_failure(open_page: Open, name: str) -> None:
    recipe = RECIPES[name]
    at = open_page("failures", f=name)
    assert not at.exception
    said = words(at)
    if recipe.failure:
        said = as_read(at)
        failure = FAILURES[recipe.failure]
        for told in (failure.looks, failure.reason, failure.tell, failure.reported):
            assert told.replace("`", "") in said
        assert [failure.formula] == [text.value.strip("$\n") for text in at.latex]
        (table,) = [text for text in html(at) if 'class="measured"' in text]
        for sign in failure.signs(recipe.broken):
            assert sign.measurement in table
    else:
        assert ("It does no harm here" if recipe.mistake else "Nothing is wrong with this setup") in said
    assert recipe.seen in words(at)
    assert cited(at) == [claim.id for claim in of_recipe(recipe)]
    ((setting, values),) = diff(recipe.broken, recipe.fixed).items()
    (differs,) = [text for text in html(at) if 'class="differs"' in text]
    assert SETTINGS[setting].label in differs
    assert len(set(re.findall(r"</i>([^<]*)</span>", differs))) == len(values)
    assert "Not started" in lamp(at, "broken")


def test_an_unknown_failure_gets_one_sentence_and_the_cards(open_page: Open) -> None:
    at = open_page("failures", f="no-such-failure")
    assert not at.exception
    assert sum("no-such-failure" in text for text in html(at)) == 1
    assert "open-blank-grey" in keys(at)


def test_a_card_starts_both_runs_and_the_way_back_ends_them(open_page: Open) -> None:
    at = open_page("failures")
    at.button(key="open-blank-grey").click().run()
    assert not at.exception
    assert "blank-grey" in at.query_params["f"]
    runs = pair(at)
    for side, run in runs.items():
        assert registry().snapshot(run).experiment == find(f"blank-grey:{side}")
    assert registry().wait_until(lambda: all(registry().snapshot(run).step > 0 for run in runs.values()), PATIENCE_S)

    at.run()
    at.button(key="all_failures").click().run()
    assert not at.exception
    assert "f" not in at.query_params
    assert "open-blank-grey" in keys(at)
    assert [registry().snapshot(run) for run in runs.values()] == [None, None]


@pytest.mark.parametrize("failure", PLAINEST)
def test_a_failure_of_saving_opens_where_it_is_shown(open_page: Open, failure: str) -> None:
    at = open_page("failures")
    at.button(key=f"open-{failure}").click().run()
    assert not at.exception
    assert at.session_state["asked"] == of_mistake(*PLAINEST[failure])
    assert any(title_of(failure) in text for text in html(at))


def test_a_link_starts_nothing_by_itself_and_the_button_both(open_page: Open) -> None:
    at = open_page("failures", f="untrained-grey")
    assert "pair" not in at.session_state or not pair(at)
    at.button(key="start").click().run()
    assert set(pair(at)) == {"broken", "fixed"}


def test_the_lamp_lights_up_on_the_broken_side_only(open_page: Open) -> None:
    at = open_page("failures", f="untrained-grey")
    at.button(key="start").click().run()
    assert finished(at)
    at.run()
    assert not at.exception
    assert "lit" in lamp(at, "broken")
    assert "Untrained and grey" in lamp(at, "broken")
    assert "lit" not in lamp(at, "fixed")
    assert "No failure found" in lamp(at, "fixed")


def test_again_begins_at_the_same_start_in_the_same_runs(open_page: Open) -> None:
    at = open_page("failures", f="untrained-grey")
    at.button(key="start").click().run()
    assert finished(at)
    runs = dict(pair(at))
    first = {side: registry().snapshot(run).frame for side, run in runs.items()}
    at.run()
    at.button(key="start").click().run()
    assert pair(at) == runs
    assert finished(at)
    for side, run in runs.items():
        again = registry().snapshot(run).frame
        assert again is not first[side]
        assert again == first[side]


def test_pause_and_resume_hold_for_both(open_page: Open) -> None:
    at = open_page("failures", f="identical-samples")
    at.button(key="start").click().run()
    runs = list(pair(at).values())

    def states() -> set[str]:
        return {registry().snapshot(run).state for run in runs}

    assert registry().wait_until(lambda: states() <= {"running", "waiting"}, PATIENCE_S)
    at.run()
    at.button(key="pause").click().run()
    assert registry().wait_until(lambda: states() == {"paused"}, PATIENCE_S)
    at.run()
    assert at.button(key="pause").disabled
    assert at.button(key="start").label == "Resume"
    steps = [registry().snapshot(run).step for run in runs]
    at.button(key="start").click().run()
    assert registry().wait_until(
        lambda: all(registry().snapshot(run).step > step for run, step in zip(runs, steps, strict=True)), PATIENCE_S
    )


def test_a_reload_comes_back_to_both_runs(open_page: Open) -> None:
    at = open_page("failures", f="untrained-grey")
    at.button(key="start").click().run()
    assert finished(at)
    at.run()
    ids = "~".join(pair(at).values())
    assert ids in at.query_params["pair"]
    again = open_page("failures", f="untrained-grey", pair=ids)
    assert not again.exception
    assert pair(again) == pair(at)
    assert "lit" in lamp(again, "broken")


@pytest.mark.parametrize("lost", ["gone~gone", "gone", "", "~", "a~b~c"])
def test_runs_that_are_no_longer_here_are_said_to_be_lost(open_page: Open, lost: str) -> None:
    at = open_page("failures", f="untrained-grey", pair=lost)
    assert not at.exception
    assert sum("These two runs ended" in text for text in html(at)) == 1
    assert "Not started" in lamp(at, "broken")
    assert "pair" not in at.query_params
    at.button(key="start").click().run()
    assert set(pair(at)) == {"broken", "fixed"}


def test_the_runs_of_another_failure_are_not_taken_for_this_ones(open_page: Open) -> None:
    at = open_page("failures", f="untrained-grey")
    at.button(key="start").click().run()
    ids = list(pair(at).values())
    other = open_page("failures", f="002-wide-noise", pair="~".join(ids))
    assert not other.exception
    assert "Not started" in lamp(other, "broken")
    swapped = open_page("failures", f="untrained-grey", pair="~".join(reversed(ids)))
    assert "Not started" in lamp(swapped, "broken")
    assert None not in [registry().snapshot(run) for run in ids]  # they are another visitor's


@pytest.mark.parametrize("side", ["broken", "fixed"])
def test_open_in_train_carries_the_settings_over(open_page: Open, side: str) -> None:
    at = open_page("failures", f="blank-grey")
    at.button(key="start").click().run()
    runs = list(pair(at).values())
    at.button(key=f"open_{side}").click().run()
    assert not at.exception
    assert at.session_state["experiment"] == find(f"blank-grey:{side}")
    assert registry().snapshot(at.session_state["run"]).experiment == find(f"blank-grey:{side}")
    assert [registry().snapshot(run) for run in runs] == [None, None]


def test_another_failure_ends_the_runs_of_the_last_one(open_page: Open) -> None:
    at = open_page("failures", f="untrained-grey")
    at.button(key="start").click().run()
    runs = list(pair(at).values())
    at.query_params["f"] = "blank-grey"
    at.run()
    assert not at.exception
    assert [registry().snapshot(run) for run in runs] == [None, None]
    assert "Not started" in lamp(at, "broken")
