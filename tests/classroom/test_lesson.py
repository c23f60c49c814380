"""What a lesson's link holds: there and back, its limits, its locks."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gan_core.classroom.lesson import KEYS, MOST_BUDGET, MOST_QUESTION, MOST_TITLE, Lesson, LessonError
from gan_core.classroom.prediction import ASKED, WhichFailure, WhichSide
from gan_core.diagnosis.failures import FAILURES
from gan_core.settings.experiment import Experiment
from gan_core.settings.fields import SETTINGS
from gan_core.settings.link import to_query
from gan_core.settings.problems import SettingsError

PLAIN: dict[str, Any] = {
    "experiment": Experiment(output_activation="sigmoid"),
    "title": "Why grey?",
    "question": "What will it look like?",
    "shown": ("output_activation", "lr_g"),
    "locked": ("data_range",),
    "budget": 6000,
    "prediction": WhichFailure(("blank-grey", "mode-collapse")),
}


def lesson(**parts: Any) -> Lesson:
    return Lesson(**{**PLAIN, **parts})


def refused(**parts: Any) -> list[str]:
    with pytest.raises(LessonError) as error:
        lesson(**parts)
    return [problem.field for problem in error.value.problems]


NAMES = [name for name in SETTINGS if name != "folder"]
TEXT = st.text(st.characters(exclude_categories=["Cc", "Cs", "Cf"]), min_size=1).filter(str.strip)
EXPERIMENTS = st.builds(
    Experiment,
    dataset=st.sampled_from(["digits", "mnist"]),
    data_range=st.sampled_from(["[-1,1]", "[0,1]", "raw"]),
    lr_g=st.floats(1e-6, 1),
    noise_scale=st.floats(0, 100),
    seed=st.integers(0, 2**31 - 1),
    augment=st.sets(st.sampled_from(["flip", "crop"])).map(tuple),
    penalty=st.sampled_from(["none", "clip", "r1"]),
    minibatch_std=st.booleans(),
)
PREDICTIONS = st.one_of(
    st.none(),
    st.lists(st.sampled_from(list(FAILURES)), min_size=1, max_size=5, unique=True).map(
        lambda found: WhichFailure(tuple(found))
    ),
    st.builds(WhichSide, st.sampled_from(ASKED), st.floats(-1e6, 1e6)),
)


@given(
    EXPERIMENTS, TEXT.map(lambda text: text[:MOST_TITLE]).filter(str.strip),
    TEXT.map(lambda text: text[:MOST_QUESTION]).filter(str.strip),
    st.lists(st.sampled_from(NAMES), unique=True), st.integers(0, 40), st.integers(1, MOST_BUDGET), PREDICTIONS,
)  # fmt: skip
@settings(max_examples=200)
def test_a_link_holds_the_whole_lesson(
    e: Experiment, title: str, question: str, names: list[str], cut: int, budget: int, asked: Any
) -> None:
    made = Lesson(e, title, question, tuple(names[cut:]), tuple(names[:cut]), budget, asked)
    text = urlencode(made.to_query())
    read = Lesson.from_query(dict(parse_qsl(text)))
    assert read == made
    assert read.digest == made.digest


def test_the_keys_are_those_that_links_have_for_good() -> None:
    assert KEYS == ("lesson", "title", "q", "show", "lock", "budget", "ask")
    assert lesson().to_query() == {
        "lesson": lesson().digest[:8], "a": "mlp", "o": "sigmoid", "title": "Why grey?", "q": "What will it look like?",
        "show": "o.lg", "lock": "r", "budget": "6000", "ask": "blank-grey.mode-collapse",
    }  # fmt: skip
    assert not set(KEYS) & {key for row in SETTINGS.values() for key in (row.url_key, row.name)}


def test_the_limits() -> None:
    assert lesson(title="x" * 80, question="y" * 300).title == "x" * 80
    assert refused(title="x" * 81) == ["title"]
    assert refused(question="y" * 301) == ["q"]
    assert refused(title=" \n ", question="") == ["title", "q"]
    assert lesson(budget=1).budget == 1
    assert refused(budget=0) == refused(budget=MOST_BUDGET + 1) == ["budget"]
    assert refused(shown=("lr_g",), locked=("lr_g",)) == ["lock"]
    assert refused(shown=("folder",)) == ["show"]
    assert refused(experiment=Experiment(dataset="folder", folder="/x"), shown=()) == ["dataset"]
    assert refused(prediction=WhichFailure(())) == ["ask"]
    assert refused(prediction=WhichFailure(tuple(FAILURES)[:6])) == ["ask"]
    assert refused(prediction=WhichFailure(("blank-grey", "blank-grey"))) == ["ask"]
    assert refused(prediction=WhichFailure(("wrapped-pixels",))) == ["ask"]
    assert refused(prediction=WhichSide("contrast", float("nan"))) == ["ask"]
    assert refused(prediction=WhichSide("finite", 0.5)) == ["ask"]


def test_texts_are_one_line_without_characters_that_cannot_be_shown() -> None:
    assert lesson(title=" Why\t is \n it\u00a0grey? ").title == "Why is it grey?"
    assert lesson(title="Ünïcode 灰色 👩‍🏫").title == "Ünïcode 灰色 👩‍🏫"
    for bad in ("a\x00b", "a\x1bb", "a\u202eb", "a\u2066b", "a\ud800b"):
        assert refused(title=bad) == ["title"]
        assert refused(question=bad) == ["q"]


@pytest.mark.parametrize(
    ("key", "text", "field"),
    [
        ("budget", "many", "budget"),
        ("budget", "0", "budget"),
        ("budget", None, "budget"),
        ("title", None, "title"),
        ("title", "x" * 1000, "title"),
        ("q", "", "q"),
        ("show", "o.xx", "show"),
        ("lock", "o", "lock"),
        ("lock", "f", "lock"),
        ("ask", "sad", "ask"),
        ("ask", "contrast~", "ask"),
        ("ask", "contrast~inf", "ask"),
        ("ask", "beauty~1", "ask"),
        ("o", "cosine", "output_activation"),
        ("lg", "7", "lr_g"),
    ],
)
def test_a_bad_value_in_a_link_is_named_with_what_is_allowed(key: str, text: str | None, field: str) -> None:
    query = lesson().to_query()
    query.pop(key, None)
    if text is not None:
        query[key] = text
    with pytest.raises(LessonError) as error:
        Lesson.from_query(query)
    (problem,) = error.value.problems
    assert problem.field == field
    assert "must" in problem.allowed or "setting" in problem.allowed


@pytest.mark.parametrize(
    ("key", "text"),
    [("o", "tanh"), ("lg", "0.01"), ("budget", "60000"), ("lock", "sz"), ("title", "Why?"), ("ask", "blank-grey"),
     ("lesson", "00000000"), ("se", "1"), ("output_activation", "tanh")],
)  # fmt: skip
def test_a_link_that_was_changed_is_refused(key: str, text: str) -> None:
    with pytest.raises(LessonError, match="changed or cut off"):
        Lesson.from_query(lesson().to_query() | {key: text})


def test_a_link_cut_off_anywhere_is_refused() -> None:
    text = urlencode(lesson().to_query())
    for end in range(len("lesson="), len(text)):
        with pytest.raises(LessonError):
            Lesson.from_query(dict(parse_qsl(text[:end])))


def test_keys_of_others_are_left_alone() -> None:
    assert Lesson.from_query(lesson().to_query() | {"utm_source": "x", "run": "abc"}) == lesson()


@given(st.dictionaries(st.sampled_from([*KEYS, "o", "lg", "d", "st", "a"]), st.text(max_size=30)))
@settings(max_examples=300)
def test_whatever_a_link_says_it_is_refused_in_words(query: dict[str, str]) -> None:
    with pytest.raises(LessonError) as error:  # its own digits are not found by chance
        Lesson.from_query(query)
    assert error.value.problems and all(problem.allowed for problem in error.value.problems)


# ------------------------------------------------------------------------------------ locks


def test_what_is_shown_changes_and_nothing_else_does() -> None:
    made = lesson()
    now = made.changed(made.experiment, {"lr_g": 0.01})
    assert now == made.experiment.replace(lr_g=0.01)
    assert made.allows(now)
    for name, value in (("data_range", "raw"), ("seed", 3), ("steps", 10)):
        with pytest.raises(LessonError) as error:
            made.changed(made.experiment, {"lr_g": 0.01, name: value})
        assert [problem.field for problem in error.value.problems] == [name]
    assert not made.allows(made.experiment.replace(seed=3))
    assert not made.allows(made.experiment.replace(data_range="raw"))
    assert not lesson(experiment=Experiment(image_size=8)).allows(Experiment())


def test_hidden_settings_follow_their_leader_and_locked_ones_do_not() -> None:
    hidden = lesson(shown=("penalty",), locked=())
    clipped = hidden.changed(hidden.experiment, {"penalty": "clip"})
    assert clipped.penalty_weight == 0.01
    assert hidden.allows(clipped)
    assert hidden.changed(clipped, {"penalty": "r1"}) == hidden.experiment

    locked = lesson(shown=("penalty",), locked=("penalty_weight",))
    assert locked.changed(locked.experiment, {"penalty": "clip"}).penalty_weight == 2
    assert not locked.allows(clipped)


def test_a_change_that_does_not_go_with_a_locked_setting_is_refused() -> None:
    made = lesson(shown=("architecture",), locked=("image_size",))
    with pytest.raises(SettingsError) as error:
        made.changed(made.experiment, {"architecture": "document-dcgan"})
    assert [problem.field for problem in error.value.problems] == ["image_size"]


def test_fewer_steps_are_the_budgets_matter() -> None:
    made = lesson(locked=("steps",))
    assert made.allows(made.experiment.replace(steps=17))


def test_two_lessons_that_differ_in_anything_have_two_digests() -> None:
    others = [
        replace(lesson(), title="Why?"), replace(lesson(), question="Why?"), replace(lesson(), shown=("lr_g",)),
        replace(lesson(), locked=()), replace(lesson(), budget=1), replace(lesson(), prediction=None),
        replace(lesson(), experiment=Experiment()),
    ]  # fmt: skip
    assert len({made.digest for made in (lesson(), *others)}) == 8
    assert to_query(lesson().experiment).items() <= lesson().to_query().items()


OLD = (
    "lesson=650dc081&o=linear&st=500&title=Which+pixels%3F&q=Which+share+of+pixels+is+out+of+range+at+the+end%3F"
    "&show=o&lock=lg&budget=2000&ask=out_of_range~0.1"
)


def test_a_lesson_of_before_opens_with_the_network_of_its_time() -> None:
    made = Lesson.from_query(dict(parse_qsl(OLD)))
    assert made.experiment == Experiment(architecture="mlp-plain", output_activation="linear", steps=500)
    assert Lesson.from_query(made.to_query()) == made


@pytest.mark.parametrize("architecture", ["mlp", "dcgan", "document-mlp"])
def test_a_lesson_whose_architecture_was_cut_off_is_refused(architecture: str) -> None:
    query = lesson(experiment=Experiment(architecture=architecture)).to_query()
    del query["a"]
    with pytest.raises(LessonError, match="changed or cut off"):
        Lesson.from_query(query)
