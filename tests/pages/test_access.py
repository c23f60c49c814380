"""Who may do what on a server that others reach: README has the table."""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from live_runs import PATIENCE_S
from streamlit.testing.v1 import AppTest
from tiny import SMALL
from untrained_runs import saved
from visiting import Open, html, widgets, words, wrongs

from gan_core.classroom import teacher_key
from gan_core.classroom.attendance import attendance
from gan_core.classroom.lesson import Lesson
from gan_core.classroom.prediction import WhichFailure
from gan_core.data import allowed_folders, upload_cache
from gan_core.live.registry import registry
from gan_core.saved_runs.store import Store
from gan_core.settings import link
from gan_core.settings.experiment import Experiment
from gan_core.sweep import server_sweeps
from pages.parts.shared import access
from pages.parts.shared.access import KEY, KEY_REFUSED
from pages.parts.shared.tab_runs import WATCHED

ENDLESS = Experiment(**{**SMALL, "steps": 1_000_000})
A, B, TEACHER = "a" * 32, "b" * 32, "c" * 32
SECRET = "correct horse battery"

Visit = Callable[..., AppTest]


@pytest.fixture(autouse=True)
def shared_server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """As others reach it, with saved runs, uploads and a key of its own."""
    monkeypatch.setenv("GAN_ALONE", "0")
    monkeypatch.setenv("GAN_TEACHER_KEY", SECRET)
    monkeypatch.setenv("GAN_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("GAN_ONLY_FOLDERS", "")
    teacher_key.teacher_key.cache_clear()
    yield
    teacher_key.teacher_key.cache_clear()


@pytest.fixture
def visit(open_page: Open) -> Visit:
    """Opens a page as this visitor does, in one more tab."""

    def opened(who: str, page: str = "train", **query: str) -> AppTest:
        at = open_page("home")
        at.session_state["visitor"] = who
        at.session_state["teacher"] = who == TEACHER
        at.run()
        at.switch_page(f"pages/{page}.py")
        for key, text in query.items():
            at.query_params[key] = text
        at.run()
        assert not at.exception
        return at

    return opened


@pytest.fixture
def run_of_a(visit: Visit) -> tuple[AppTest, str]:
    """A's tab and the run in it, standing still at its first picture."""
    at = visit(A, **link.to_query(ENDLESS))
    at.button(key="step_both").click().run()
    run_id = at.session_state["run"]
    stands_at(run_id, 1)
    return at.run(), run_id


def stands_at(run_id: str, step: int) -> None:
    def there() -> bool:
        run = registry().snapshot(run_id)
        return run is not None and run.state == "paused" and run.step == step

    assert registry().wait_until(there, PATIENCE_S)


def address(at: AppTest) -> dict[str, str]:
    return {key: "".join(at.query_params[key]) for key in at.query_params}


def as_if_enabled(at: AppTest, use: Callable[[], AppTest]) -> None:
    """Use what A could and this tab's visitor B cannot: it was on B's page from before."""
    at.session_state["visitor"] = A
    at.run()
    at.session_state["visitor"] = B
    use()
    assert not at.exception


def press_all_the_same(at: AppTest, key: str) -> None:
    """Press a button that is disabled."""
    as_if_enabled(at, lambda: at.button(key=key).click().run())


def access_owner(who: str) -> str:
    return hashlib.sha256(f"owner {who}".encode()).hexdigest()[:32]


def run_in(at: AppTest) -> str | None:
    run_id: str | None = at.session_state.get("run", None)
    return run_id


# ---------------------------------------------------------------------------------- live runs


@pytest.mark.parametrize("alone", [False, True])
def test_who_follows_an_address_watches_and_changes_nothing(
    alone: bool, visit: Visit, run_of_a: tuple[AppTest, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GAN_ALONE", str(int(alone)))
    mine, run_id = run_of_a
    at = visit(B, **address(mine))
    assert at.session_state["run"] == run_id and "Step 1 of" in words(at)
    assert at.button(key="start").disabled and at.button(key="pause").disabled
    assert not {button.key for button in at.button} & {"step_d", "step_g", "step_both", "reset", "make_files"}
    assert all(control.disabled for control in widgets(at.sidebar).values())
    assert "2 people watch this run" in words(at) and "2 people watch this run" in words(mine.run())
    for key in ("start", "step_both", "reset"):
        press_all_the_same(at, key)
        assert WATCHED in words(at)
    as_if_enabled(at, lambda: widgets(at.sidebar)["lr_g"].set_value(0.01).run())
    assert WATCHED in words(at) and at.session_state["experiment"] == ENDLESS
    for other in (link.to_query(ENDLESS.replace(lr_g=0.01, width=0.25)), {"lg": "no number"}):
        stranger = visit(B, **{**other, "run": run_id})
        assert stranger.session_state["experiment"] == ENDLESS and run_in(stranger) == run_id
    stands_at(run_id, 1)
    assert registry().snapshot(run_id).experiment == ENDLESS
    mine.button(key="step_both").click().run()
    stands_at(run_id, 2)
    widgets(mine.sidebar)["lr_g"].set_value(0.01).run()  # while B looks at it
    changed = registry().wait_until(lambda: registry().snapshot(run_id).experiment.lr_g == 0.01, PATIENCE_S)
    assert changed and at.run().session_state["experiment"].lr_g == 0.01
    at.button(key="leave_watched").click().run()
    assert run_in(at) is None and "run" not in address(at) and not widgets(at.sidebar)["lr_g"].disabled
    stranger.switch_page("pages/home.py").run()
    assert registry().snapshot(run_id).people == 1


def test_who_watches_takes_a_copy_of_his_own(visit: Visit, run_of_a: tuple[AppTest, str]) -> None:
    mine, run_id = run_of_a
    at = visit(B, **address(mine))
    at.button(key="take_copy").click().run()
    copy = at.session_state["run"]
    assert copy not in (None, run_id) and not wrongs(at)
    stands_at(copy, 1)
    at.run()
    at.button(key="step_both").click().run()
    stands_at(copy, 2)
    stands_at(run_id, 1)


def test_no_way_that_others_go_ends_a_run(visit: Visit, run_of_a: tuple[AppTest, str]) -> None:
    mine, run_id = run_of_a
    at = visit(B, **address(mine))
    at.switch_page("pages/compare.py").run()
    at.button(key="open_A").click().run()
    at.switch_page("pages/failures.py").run()
    watched = visit(B, **address(mine))
    del watched
    assert registry().snapshot(run_id).state == "paused"


def test_a_comparison_of_others_is_watched(visit: Visit) -> None:
    pair = [ENDLESS, ENDLESS.replace(lr_g=0.01)]
    mine = visit(A, "compare", **link.to_query(ENDLESS), v1="lg:0.002", v2="lg:0.01")
    mine.button(key="start").click().run()
    runs = list(mine.session_state["compared"].values())
    assert len(runs) == len(pair) and not wrongs(mine)
    at = visit(B, "compare", **address(mine))
    assert at.session_state["compared"] == mine.session_state["compared"]
    press_all_the_same(at, "pause")
    assert at.session_state["refusal"] == WATCHED
    at.button(key="start").click().run()  # his own
    own = list(at.session_state["compared"].values())
    assert not set(own) & set(runs)
    assert all(registry().snapshot(run_id) for run_id in runs)


def test_each_visitor_has_a_number_of_places_and_gets_them_back(visit: Visit, run_of_a: tuple[AppTest, str]) -> None:
    _, run_id = run_of_a
    owner = registry().snapshot(run_id).owner
    others = [registry().start(ENDLESS, go=False, owner=owner) for _ in range(registry().limits.runs_each - 1)]
    second = visit(A, **link.to_query(ENDLESS))
    second.button(key="start").click().run()
    assert "each visitor may have 3 at a time" in words(second)
    runs = visit(A, "runs")
    runs.button(key=f"end-{others[0]}").click().run()
    assert registry().snapshot(others[0]) is None
    second.button(key="start").click().run()
    assert second.session_state["run"]
    assert f"end-{run_id}" not in {button.key for button in visit(B, "runs").button}
    for other in others:
        registry().forget(other)


def test_one_run_does_not_take_the_machine(visit: Visit, run_of_a: tuple[AppTest, str]) -> None:
    mine, run_id = run_of_a
    large = {"a": "dcgan", "sz": "64", "w": "4", "bs": "512"}
    at = visit(A, **large)
    at.button(key="start").click().run()
    assert run_in(at) is None and "times the usual memory" in words(at)
    mine.session_state["experiment"] = ENDLESS.replace(width=4, n_dis=10)
    widgets(mine.sidebar)["lr_g"].set_value(0.01).run()  # to be changed with it, while the run goes on
    assert registry().snapshot(run_id).experiment == ENDLESS
    compared = visit(A, "compare", **large, v1="o:tanh", v2="o:linear")
    compared.button(key="start").click().run()
    assert "times the usual memory" in compared.session_state["refusal"]


# ---------------------------------------------------------------------------------- saved runs, uploads


def test_saved_runs_are_their_owners_and_the_teachers(visit: Visit, run_of_a: tuple[AppTest, str]) -> None:
    _, run_id = run_of_a
    registry().save_thread.save_as(run_id, "only mine")
    assert registry().wait_until(lambda: not registry().snapshot(run_id).save_state.busy, PATIENCE_S)
    saved(Store.from_environment().new("from before"), 40)
    assert "only mine" in words(visit(A, "runs")) and "from before" not in words(visit(A, "runs"))
    assert "only mine" not in words(visit(B, "runs"))
    teacher = visit(TEACHER, "runs")
    assert "only mine" in words(teacher) and "from before" in words(teacher)
    (entry,) = [entry for entry in Store.from_environment().headings() if entry.name == "only mine"]
    teacher.button(key=f"delete-{entry.run_id}").click().run()
    assert not any("<b>only mine" in text for text in html(visit(A, "runs")))


def test_a_link_to_a_saved_run_lets_others_look_and_copy(visit: Visit, run_of_a: tuple[AppTest, str]) -> None:
    _, run_id = run_of_a
    registry().save_thread.save_as(run_id, "given on purpose")
    assert registry().wait_until(lambda: not registry().snapshot(run_id).save_state.busy, PATIENCE_S)
    (entry,) = Store.from_environment().headings()
    assert re.fullmatch(r"\d{8}-\d{6}-[0-9a-f]{16}", entry.run_id)
    at = visit(B, "runs", saved=entry.run_id)
    assert "given on purpose" in words(at) and f"delete-{entry.run_id}" not in {button.key for button in at.button}
    at.button(key="copy_given").click().run()
    copy = at.session_state["run"]
    stands_at(copy, 1)
    assert registry().snapshot(copy).owner != entry.owner and registry().snapshot(copy).save_state is None
    at = visit(B, "runs", saved=entry.run_id)
    at.button(key="close_given").click().run()
    assert "given on purpose" not in words(at) and "saved" not in address(at)
    old = saved(Store.from_environment().new("of before"), 40)
    old = old.rename(old.with_name("20260101-120000-abcdef"))  # as ids were: they can be tried out
    assert "of before" not in words(visit(B, "runs", saved=old.name))


def test_all_runs_of_a_visitor_share_a_budget_of_steps(visit: Visit, run_of_a: tuple[AppTest, str]) -> None:
    mine, run_id = run_of_a
    at = visit(A, a="dcgan", st="100000")
    at.button(key="start").click().run()
    assert run_in(at) is None and "as long as 1,6" in words(at) and "each visitor may have 500,000" in words(at)
    widgets(mine.sidebar)["lr_g"].set_value(0.01).run()  # the run's own steps are not counted twice
    assert registry().wait_until(lambda: registry().snapshot(run_id).experiment.lr_g == 0.01, PATIENCE_S)


def test_an_upload_is_its_owners(visit: Visit, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("GAN_CACHE", str(tmp_path / "cache"))
    file = io.BytesIO()
    zipfile.ZipFile(file, "w").close()
    at = visit(A, d="folder", a="mlp", f="x")
    at.file_uploader(key="folder_zip").set_value(("own.zip", file.getvalue(), "application/zip")).run()
    name = address(at)["f"]
    assert re.fullmatch(r"upload:[0-9a-f]{16}-[0-9a-f]{24}\.zip", name)
    said = []
    for folder in (name, "upload:" + "0" * 16 + "-" + "0" * 24 + ".zip"):
        for page in ("train", "untrained"):
            other = visit(B, page, d="folder", a="mlp", f=folder)
            if page == "train":
                other.button(key="start").click().run()
                assert run_in(other) is None
            said.append([text.replace(folder, "…") for text in wrongs(other)])
    assert all(sentences == said[0] for sentences in said) and "not one of your uploads" in said[0][0]
    runs = visit(A, "runs")
    assert f"delete-{name}" in {button.key for button in runs.button}
    assert f"delete-{name}" not in {button.key for button in visit(B, "runs").button}
    monkeypatch.setenv("GAN_MB_EACH", "0.00001")
    at.file_uploader(key="folder_zip").set_value(("more.zip", b"PK" * 20, "application/zip")).run()
    assert "your uploads take 0 of 0 MB (GAN_MB_EACH)" in words(at) and address(at)["f"] == name
    owner = visit(A, d="folder", a="mlp", f=name)
    owner.button(key="start").click().run()
    assert owner.session_state["run"]  # it may; that there is no picture in it is for the worker to say
    runs.button(key=f"delete-{name}").click().run()
    assert upload_cache.kept(access_owner(A)) == []


# ---------------------------------------------------------------------------------- the teacher


def test_only_the_key_makes_a_teacher(visit: Visit, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ValueError, match="Could not find a navigation page"):
        visit(B, "classroom")
    wrong = visit(B, "home", **{KEY: "correct horse"})
    assert KEY_REFUSED in words(wrong) and not wrong.session_state["teacher"]
    right = visit(B, "home", **{KEY: SECRET})
    assert right.session_state["teacher"]
    scripts = [text for text in html(right) if "<script>" in text]
    assert SECRET not in "".join(scripts)
    assert any("location.replace" in script for script in scripts)


def test_the_teacher_sees_pauses_resumes_and_ends_all(visit: Visit, run_of_a: tuple[AppTest, str]) -> None:
    mine, run_id = run_of_a
    mine.button(key="start").click().run()
    at = visit(TEACHER, "classroom")
    assert f"open-{run_id}" in {button.key for button in at.button}
    assert "training" in words(at) or "waiting" in words(at)
    for who in (A, B):
        assert who not in "".join(html(at))
    at.button(key="pause_all").click().run()
    assert registry().wait_until(lambda: registry().snapshot(run_id).state == "paused", PATIENCE_S)
    at.run()
    at.button(key="resume_all").click().run()
    assert registry().snapshot(run_id).state in ("running", "waiting")
    at.run()
    at.button(key=f"open-{run_id}").click().run()
    at.switch_page("pages/train.py").run()  # AppTest does not know that the script has gone there
    assert at.session_state["run"] == run_id and not at.button(key="pause").disabled
    at.button(key="pause").click().run()
    assert registry().wait_until(lambda: registry().snapshot(run_id).state == "paused", PATIENCE_S)
    assert "reset" not in {button.key for button in at.button}
    at.switch_page("pages/classroom.py").run()
    at.button(key="end_all").click().run()
    assert registry().snapshot(run_id).state == "stopped"
    assert not mine.run().button(key="start").disabled  # it can go on


def test_a_map_is_stopped_by_its_visitor_or_the_teacher(visit: Visit) -> None:
    plan = {**link.to_query(ENDLESS), "x": "lg:0.001;0.1", "seeds": "0"}
    owner = access_owner(A)
    mine = visit(A, "sweep", **plan)
    mine.button(key="start").click().run()
    assert server_sweeps.of_people().keys() == {owner}
    other = visit(B, "sweep", **plan)
    assert "stop" not in {button.key for button in other.button}
    other.button(key="start").click().run()
    other.button(key="stop").click().run()
    assert server_sweeps.of_people().keys() == {owner}
    another = visit(A, "sweep", **plan | {"x": "lg:0.002;0.2"})  # one at a time: it takes the former one's place
    another.button(key="start").click().run()
    (state,) = server_sweeps.of_people().values()
    assert state.plan.vary == {"lr_g": (0.002, 0.2)}
    at = visit(TEACHER, "classroom")
    assert "A map of Learning rate of G: 0 of 2 runs are there" in words(at)
    at.button(key="stop-map-0").click().run()
    assert not server_sweeps.of_people() and "A map of" not in words(at)
    assert another.run().button(key="start") and server_sweeps.sweeps().seen(owner) is None


def test_the_counts_of_a_lesson_are_the_teachers(visit: Visit) -> None:
    made = Lesson(
        ENDLESS.replace(steps=8), title="Counts", question="What comes of it?", shown=("lr_g",), locked=(), budget=20,
        prediction=WhichFailure(("unreachable-range",)),
    )  # fmt: skip
    attendance().answer(made.digest, A, "none")
    word = attendance().teacher(made.digest)
    student = visit(A, **made.to_query(), teacher=word)
    assert "ask_again" not in {button.key for button in student.button}
    assert "the teacher's" in words(student)
    assert not any("<b>1</b>" in text for text in html(student))
    for number in range(3):  # one person with new cookies
        attendance().answer(made.digest, f"forged {number}", "none")
    teacher = visit(TEACHER, **made.to_query(), teacher=word)
    assert "4 of them came from one network address" in words(teacher)
    teacher.button(key="ask_again").click().run()
    assert attendance().counts(made.digest) == {}


# ---------------------------------------------------------------------------------- folders


def test_a_path_is_used_only_below_a_named_folder(
    visit: Visit, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("GAN_ONLY_FOLDERS")
    monkeypatch.setenv("GAN_FOLDERS", str(tmp_path / "pictures"))
    (tmp_path / "pictures").mkdir()
    (tmp_path / "other").mkdir()
    said = []
    for folder in (tmp_path / "other", tmp_path / "nothing"):
        at = visit(A, "untrained", d="folder", a="mlp", f=str(folder))
        said += [text.replace(str(folder), "…") for text in wrongs(at)]
    assert len(said) == 2 and len(set(said)) == 1 and "not among the folders that this server allows" in said[0]
    assert allowed_folders.roots() == [tmp_path / "pictures"]  # for each process that is started from now on
    assert "folder" in widgets(visit(A, d="folder", a="mlp", f="x").sidebar)
    monkeypatch.setenv("GAN_ONLY_FOLDERS", "")
    assert "folder" not in widgets(visit(A, d="folder", a="mlp", f="x").sidebar)


# ---------------------------------------------------------------------------------- alone


@pytest.mark.parametrize(
    ("address", "alone"),
    [("localhost", True), ("127.0.0.1", True), ("::1", True), ("0.0.0.0", False), ("", False), ("192.168.1.5", False)],
)
def test_who_reaches_the_server_is_told_by_its_address(
    monkeypatch: pytest.MonkeyPatch, address: str, alone: bool
) -> None:
    monkeypatch.delenv("GAN_ALONE")
    monkeypatch.setattr(access.st, "get_option", {"server.address": address}.get)
    assert access.alone() is alone
    monkeypatch.setenv("GAN_ALONE", str(int(not alone)))
    assert access.alone() is not alone


def test_without_being_told_the_server_is_for_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GAN_ALONE")
    assert access.alone()


def test_alone_a_run_is_its_browsers_and_nothing_is_counted(visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GAN_ALONE", "1")
    mine = visit(A, **link.to_query(ENDLESS))
    mine.button(key="step_both").click().run()
    run_id = mine.session_state["run"]
    stands_at(run_id, 1)
    second_tab = visit(A, **address(mine))
    second_tab.button(key="step_both").click().run()
    stands_at(run_id, 2)
    assert "take_copy" not in {button.key for button in second_tab.button}
    copies = [visit(B, **address(mine)) for _ in range(4)]
    for at in copies:  # as many as one likes
        at.button(key="take_copy").click().run()
        assert run_in(at) not in (None, run_id) and not wrongs(at)
    assert "classroom" not in str([link.proto.page for link in at.get("page_link")])


def test_a_proxy_in_front_of_a_server_for_one_is_told(monkeypatch: pytest.MonkeyPatch, open_page: Open) -> None:
    monkeypatch.delenv("GAN_ALONE")
    import streamlit as st

    monkeypatch.setattr(type(st.context), "headers", property(lambda _: {"X-Forwarded-For": "192.0.2.7"}))
    at = open_page("home")
    assert "reached through a proxy: start it with GAN_ALONE=0" in words(at)
