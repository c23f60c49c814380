"""A visitor who walks at random, and what a page may refuse him: what he has earned by what he did."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule
from linked_places import VALID, WRONG
from live_runs import end_sweeps
from walking import ODD_TEXTS, PAGES, UNFOLDED, Place, Tab

from gan_core.diagnosis.recipes import RECIPES
from gan_core.live.registry import registry
from gan_core.saved_runs.search import Search, SearchError
from gan_core.settings import comparison
from gan_core.settings.experiment import Experiment, SettingsError
from gan_core.sweep.server_sweeps import sweeps

MOST_TABS = 3

# Of more, Hypothesis mostly draws small ones.
NUMBERS = st.integers(0, 2**24 - 1)

# What begins a run in a process of its own, by page.
BEGINS = {
    "home": r"train_live|open-", "train": r"start|step_|reset|fix_|compare_diagnosis|train_more|break_|defaults",
    "points": r"start|step_|reset|fix_|fail_|cure_|train_more|break_|defaults|compare_", "sweep": r"start",
    "course": r"start|step_|reset|fix_",
    "compare": r"start", "runs": r"open-|compare", "claims": r"run_again",
    "failures": rf"start|open_|open-({'|'.join(RECIPES)})",
}  # fmt: skip

TRANSPORT = r"start$|pause$|step_|reset$"

# What a page may refuse, and by what a walk has earned it.
Earned = Callable[["Walk"], bool]
REFUSALS: list[tuple[str, Earned]] = [
    (r" cannot be used: |The settings cannot be used yet", lambda walk: walk.conflict()),
    (r"There is (no setting|nothing) called .* ignored|`.*` is ignored\.", lambda walk: walk.did("link")),
    (r"in the link\) (= `|is “)", lambda walk: walk.did("link")),
    (
        r"There is no failure called|There is no lesson|opens no lesson|This projector link is from before",
        lambda walk: walk.did("link"),
    ),
    (r"is points of a plane, and Untrained looks at images", lambda walk: walk.did("link")),
    (r"(no longer here|ha(s|ve) ended|These two runs ended)", lambda walk: walk.did("lost") or walk.lost()),
    (r"has settings that this lesson does not allow", lambda walk: "lesson" in dict(walk.tab.place.query)),
    (r"You have not uploaded a file in this tab", lambda walk: walk.kept("asked").source == "file"),
    (r"This tab has no run", lambda walk: walk.kept("asked").source == "run"),
    (r"^folder", lambda walk: walk.kept("draft")["dataset"] == "folder"),
    (r"^device=", lambda walk: walk.kept("draft")["device"] in ("cuda", "mps")),
    (r"^No worker was free", lambda _: True),  # how busy the machine is, no walk decides
    (r"places for runs are taken", lambda walk: walk.crowded()),
]
# On one page, what somebody types or chooses there.
REFUSED_ON: dict[str, Earned] = {
    "compare": lambda walk: walk.did("link") or walk.did("vary") or walk.did("values_") or walk.did("for_all_"),
    "runs": lambda walk: walk.unsearchable() or walk.did("name"),
    "train": lambda walk: walk.did("lesson_") or (walk.did("link") and "lesson" in dict(walk.tab.place.query))
    or walk.did("save_name"),
    "pixels": lambda walk: walk.did("bring"),
    "sweep": lambda walk: walk.did("link") or walk.did("sweep_"),
}  # fmt: skip


class Walk(RuleBasedStateMachine):
    """Tabs of one browser, and what was done on the page that each of them shows."""

    begins: ClassVar[bool] = False
    arrives: ClassVar[tuple[str, ...]] = PAGES
    turns: ClassVar[tuple[str, ...]] = PAGES
    walks: ClassVar[int] = 0
    saved: ClassVar[Path]  # folders of saved runs, as each walk finds them

    def __init__(self) -> None:
        super().__init__()
        home = Path(os.environ["GAN_HOME"])
        shutil.rmtree(home, ignore_errors=True)
        shutil.copytree(self.saved, home)
        Walk.walks += 1
        self.tabs: list[Tab] = []
        self.tab: Tab
        self.done: dict[int, set[str]] = {}
        self.runs: set[str] = set()
        self.wrong: set[Place] = set()  # links of another page, and broken ones
        self.said: list[str] = []

    # ---------------------------------------------------------------------------------------- what is done

    @initialize(number=NUMBERS)
    def arrive(self, number: int) -> None:
        self.seed = number
        self._open_tab(Random(number).choice([place for place in VALID if place.page in self.arrives]))

    @rule(number=NUMBERS)
    def step(self, number: int) -> None:
        """The next thing that the visitor does.

        One rule with weights: Hypothesis would leave some of many out of a walk, and use each alike. It likes to draw
        what it has drawn, so a number stands for another choice at each step; and it may draw nothing that hangs on
        how much there is to choose from, which hangs on how far a run is by now.
        """
        chance = Random(f"{self.seed} {len(self.said)} {number}")
        (do,) = chance.choices([*self.weights], [*self.weights.values()])
        do(self, chance)

    def turn_to_a_page(self, chance: Random) -> None:
        self._open(Place(chance.choice(self.turns)))

    def follow_a_link(self, chance: Random) -> None:
        self._open(chance.choice(VALID))

    def follow_a_link_of_another_page(self, chance: Random) -> None:
        self._open_wrong(Place(chance.choice(PAGES), chance.choice(VALID).query))

    def follow_a_broken_link(self, chance: Random) -> None:
        place = chance.choice(VALID)
        wrong = {key: WRONG[key] for key in chance.sample(sorted(WRONG), chance.randint(1, 3))}
        self._open_wrong(Place(place.page, tuple((dict(place.query) | wrong).items())))

    def follow_a_link_on_the_page(self, chance: Random) -> None:
        if links := self.tab.links():
            self._open(chance.choice(links))

    def press(self, chance: Random, keys: str = "") -> None:
        there = [button for button in self.tab.buttons() if self._may(button)]
        if buttons := [button for button in there if re.match(keys, button.key or "")]:
            button = chance.choice(buttons)
            self._act(f"press {button.key}", lambda: self.tab.set(button, trigger_value=True), f"press {button.key}")

    def press_transport(self, chance: Random) -> None:
        self.press(chance, TRANSPORT)

    def change(self, chance: Random) -> None:
        if controls := self.tab.controls():
            control = chance.choice(controls)
            value = self._value(chance, control)
            self._act(f"set {control.key} to {value}", lambda: self.tab.set(control, **value), str(control.key))

    def go_back(self, chance: Random) -> None:
        if self.tab.history:
            self._open(chance.choice(self.tab.history[-3:]), how=self.tab.back)

    def look(self, _: Random) -> None:
        self._act("look", self.tab.look)

    def unfold(self, chance: Random) -> None:
        if self.tab.place.page == "train":
            name = chance.choice(UNFOLDED)
            self._act(f"unfold {name}", lambda: self.tab.unfold(name))

    def open_a_second_tab(self, _: Random) -> None:
        if len(self.tabs) < MOST_TABS:
            self._open_tab(self.tab.place)

    def turn_to_another_tab(self, chance: Random) -> None:
        self.tab = chance.choice(self.tabs)
        self._act("turn to a tab", self.tab.look)

    def forget_a_run(self, chance: Random) -> None:
        if self.runs:
            registry().forget(chance.choice(sorted(self.runs)))
            for done in self.done.values():
                done.add("lost")
            self._act("a run is forgotten", self.tab.look)

    weights: ClassVar[dict[Callable[[Any, Random], None], int]] = {
        turn_to_a_page: 6, follow_a_link: 4, follow_a_link_of_another_page: 2, follow_a_broken_link: 3,
        follow_a_link_on_the_page: 2, press: 8, change: 8, go_back: 4, look: 1, unfold: 1, open_a_second_tab: 1,
        turn_to_another_tab: 1,
    }  # fmt: skip

    def teardown(self) -> None:
        end_sweeps()
        for run_id in self.runs:
            registry().forget(run_id)
        for owner in sweeps().going_on():  # also one that only measures how long a map would take
            sweeps().stop(owner)

    # ---------------------------------------------------------------------------------------- what is seen

    def _act(self, words: str, action: Callable[[], Any], *marks: str) -> None:
        """Do it, and look at the page that comes of it. What was done counts until another page is shown."""
        self.said.append(words)
        page = self.tab.place.page
        self.done[id(self.tab)].update(marks)
        action()
        if self.tab.place.page != page:
            self.done[id(self.tab)] = {mark for mark in self.done[id(self.tab)] if mark in marks}
        kept = self.tab.at.session_state
        self.runs |= {kept.get("run"), *kept.get("pair", {}).values(), *kept.get("compared", {}).values()} - {None}
        walked = "\n".join([f"walk {self.walks}", *self.said])
        raised = [element.value + "\n" + "\n".join(element.stack_trace) for element in self.tab.at.exception]
        assert not raised, f"{walked}\n{raised[0]}"
        for words in self.tab.troubles():
            assert self.earned(words), f"{walked}\n{self.tab.place} refuses: {words}"

    def earned(self, words: str) -> bool:
        """Whether the walk did what is refused."""
        if any(re.search(pattern, words) and earned(self) for pattern, earned in REFUSALS):
            return True
        on_page = REFUSED_ON.get(self.tab.place.page)
        return bool(on_page and on_page(self)) or self.broke(words)

    def did(self, mark: str) -> bool:
        """Whether something whose name begins so was done, since this page is shown."""
        return any(done.startswith(mark) for done in self.done[id(self.tab)])

    def kept(self, name: str) -> Any:
        """What the session has."""
        return self.tab.at.session_state[name]

    def conflict(self) -> bool:
        """Whether the settings that the controls show cannot be, or a link had others that cannot be read."""
        try:
            Experiment(**self.kept("draft"))
        except SettingsError:
            return True
        return bool(self.kept("problems"))

    def unsearchable(self) -> bool:
        """Whether what is searched for on Runs makes no sense."""
        try:
            Search.parse(self.tab.at.session_state.get("find", ""))
        except SearchError:
            return True
        return False

    def lost(self) -> bool:
        """Whether the address names a run that has ended."""
        query = dict(self.tab.place.query)
        ids = [run for key in ("run", "runs", "pair") for run in query.get(key, "").split("~") if run]
        return any(registry().snapshot(run_id) is None for run_id in ids)

    def crowded(self) -> bool:
        """Whether there may be as many runs as can be, but for those of one comparison."""
        return len(self.runs) + comparison.MOST > registry().limits.max_runs

    def broke(self, words: str) -> bool:
        """Whether a run of this tab says so itself, which was started and came to no good end."""
        there = [registry().snapshot(run_id) for run_id in self.runs]
        return any(run.trouble and run.trouble in words and run.state in ("broken", "refused") for run in there if run)

    # ---------------------------------------------------------------------------------------- how it is done

    def _open(self, place: Place, how: Callable[[Place], None] | None = None) -> None:
        gone = [run for key, text in place.query if key in ("run", "runs", "pair") for run in text.split("~")
                if registry().snapshot(run) is None]  # fmt: skip
        marks = [*["lost"] * bool(gone), *["link"] * (place in self.wrong)]
        self._act(f"open {place}", lambda: (how or self.tab.go)(place), *marks)

    def _open_wrong(self, place: Place) -> None:
        self.wrong.add(place)
        self._open(place)

    def _open_tab(self, place: Place) -> None:
        self.tab = Tab()
        self.tabs.append(self.tab)
        self.done[id(self.tab)] = set()
        self._open(place)

    def _may(self, button: Any) -> bool:
        begins = BEGINS.get(self.tab.place.page)
        return self.begins or not (begins and re.match(begins, button.key or ""))

    def _value(self, chance: Random, control: Any) -> dict[str, Any]:
        """What the browser may send of this kind of control."""
        proto = control.proto
        match control.type:
            case "selectbox" | "radio":
                options = [option for option in proto.options if "mnist" not in option]  # which a network is asked for
                return {"string_value": chance.choice(options)}
            case "multiselect" | "button_group":
                options = [getattr(option, "content", option) for option in proto.options]
                single = control.type == "button_group" and control._is_single_select
                most = min(len(options), 1 if single else getattr(proto, "max_selections", 0) or 4)
                least = 1 if single and getattr(proto, "required", False) else 0
                return {"string_array_value": chance.sample(options, chance.randint(least, most))}
            case "select_slider":
                return {"string_array_value": [chance.choice(list(proto.options))]}
            case "slider":
                return {"double_array_value": [float(chance.randint(round(proto.min), int(proto.max)))]}
            case "number_input":
                return {"double_value": float(chance.randint(round(max(proto.min, -1e6)), int(min(proto.max, 1e6))))}
            case "toggle" | "checkbox":
                return {"bool_value": not control.value}
            case _:
                return {"string_value": chance.choice(ODD_TEXTS)[: proto.max_chars or None]}


class WalkWithRuns(Walk):
    """The same, and what begins a run is pressed too, and often."""

    begins = True
    arrives = ("train", "compare", "failures", "pixels")
    turns = ("train", "compare", "failures", "pixels", "train", "pixels", "runs", "home")
    weights: ClassVar = Walk.weights | {Walk.press_transport: 24, Walk.forget_a_run: 1}
