"""What the pages remember of a browser tab: every key of Streamlit's session, declared once with its type.

No other file names the session. A key whose value a widget writes is declared where code reads it; the widget takes
its name from here, so that nothing else can be kept under it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from streamlit.runtime.state import SessionState, get_session_state

from gan_core.claims import link as claims_link
from gan_core.claims.process_pool import Asked as AskedClaim
from gan_core.classroom.lesson import Lesson
from gan_core.saving_mistakes import link as saving_link
from gan_core.settings.comparison import Comparison
from gan_core.settings.experiment import Experiment
from gan_core.settings.players import Players
from gan_core.settings.problems import Problem
from gan_core.settings.setting import Value
from gan_core.sweep.plan import SweepPlan

if TYPE_CHECKING:
    from pages.parts.pixels.controls import Handed
    from pages.parts.pixels.upload import Seen
    from pages.parts.shared.tab_runs import AnswerDue
    from pages.parts.train.live_view import ChartRows
    from pages.parts.train.save import Made, Proof

T = TypeVar("T")


def _kept() -> SessionState:
    """What the session remembers, without `st.session_state`, which ends the script at any access where another click
    waits. A callback that is ended so never goes on: the setting that was changed first would be lost, or a run be
    started that no page knows of. A click that waits is served at the next element that is drawn."""
    return get_session_state()._state


class Key(Generic[T]):
    """One thing the session remembers, and what it is before anybody has set it.

    With `on_page` it goes when another page is opened: what is said of the last click or link is of that page alone.
    """

    def __init__(self, name: str, first: Callable[[], T], *, on_page: bool = False) -> None:
        self.name = name
        self.on_page = on_page
        self._first = first

    def get(self) -> T:
        """What is remembered; the first value where nothing is. Looking keeps nothing."""
        value: T = _kept()[self.name] if self.present else self._first()
        return value

    def set(self, value: T) -> None:
        """Remember this from now on."""
        _kept()[self.name] = value

    def take(self) -> T:
        """What is remembered, told once: it is forgotten with that."""
        value = self.get()
        self.clear()
        return value

    def clear(self) -> None:
        """Forget it."""
        if self.present:
            del _kept()[self.name]

    @property
    def present(self) -> bool:
        """Whether something is remembered."""
        return self.name in _kept()

    def show(self, value: T) -> None:
        """Have the widget of this key show the value, before it is drawn; Streamlit forgets what a widget showed that
        was not drawn in the last run of the script.

        Only where it shows another: a value that is set goes to the browser, and there overwrites what the visitor
        has chosen since this run of the script began.
        """
        if not self.present or self.get() != value:
            self.set(value)


class Family(Generic[T]):
    """Keys of one kind and type, one for each run, stage or setting."""

    def __init__(self, prefix: str, first: Callable[[], T]) -> None:
        self.prefix = prefix
        self._first = first

    def of(self, member: str) -> Key[T]:
        """The key of one of them."""
        return Key(f"{self.prefix}{member}", self._first)


def _none() -> None:
    return None


# Which page is shown, and its addresses in the order of time: see page_link.
FRAMED: Key[bool] = Key("framed", bool)
PAGE: Key[str | None] = Key("page", _none)
UNKNOWN_PAGE: Key[str | None] = Key("unknown_page", _none)  # what an address asked for that is no page
PAGES: Key[dict[str, str]] = Key("pages", dict)  # file -> title
ADDRESSES: Key[list[dict[str, str]]] = Key("addresses", list)
RETURNED: Key[bool] = Key("returned", bool)

# Who this is: see access.
VISITOR: Key[str | None] = Key("visitor", _none)
TEACHER: Key[bool] = Key("teacher", bool)
HELD: Key[list[str]] = Key("held", list)  # the runs that the teacher paused all at once

# The page's settings. Every setting has a widget whose key is the field's name.
EXPERIMENT: Key[Experiment] = Key("experiment", Experiment)
DRAFT: Key[dict[str, Any]] = Key("draft", dict)
PROBLEMS: Key[list[Problem]] = Key("problems", list)
STRANGE: Key[list[str]] = Key("strange", list, on_page=True)
SETTING: Family[Value | list[str]] = Family("", str)
# What the page Points, or all others, stood at while the other kind was shown: the run's id and the settings.
ASIDE: Key[dict[str, tuple[str | None, Experiment]]] = Key("aside", dict)
# What a setting's control had when the page set another, and when that was.
OVERWRITTEN: Family[tuple[object, float] | None] = Family("overwritten_", _none)
OFFERED: Family[list[float]] = Family("offered_", list)  # of a setting on a slider, the values it has had
UPLOADED: Key[str | None] = Key("uploaded", _none)  # the name of the zip that is the page's folder

# This tab's runs: ids, by side or letter where several go together.
RUN: Key[str | None] = Key("run", _none)
WATCHES: Key[bool] = Key("watches", bool)  # whether runs of others are looked at
PAIR: Key[dict[str, str]] = Key("pair", dict)
PAIR_OF: Key[str | None] = Key("pair_of", _none)  # the recipe whose sides the pair are
COMPARED: Key[dict[str, str]] = Key("compared", dict)
LOST: Key[str | None] = Key("lost", _none, on_page=True)  # the run of a link that is no longer here
REFUSAL: Key[str | None] = Key("refusal", _none, on_page=True)
# The run's settings when the page's were last the same, with its id.
AGREED: Key[tuple[str, Experiment] | None] = Key("agreed", _none)
ANSWER_DUE: Key[AnswerDue | None] = Key("answer_due", _none)
CHART_ROWS: Key[ChartRows | None] = Key("chart_rows", _none)

STEPPED: Key[tuple[str, Players] | None] = Key("stepped", _none)  # the run of the last single step, and who was updated
FIND_SETTING: Key[str] = Key("find_setting", str)  # words that the settings in sight have

# What one page asks of the next, or of its own next run.
AUTOSTART: Key[bool] = Key("autostart", bool)
TO_TRAIN: Key[bool] = Key("to_train", bool)
TO_POINTS: Key[bool] = Key("to_points", bool)
TO_PROJECT: Key[dict[str, str]] = Key("to_project", dict)  # the query of the lesson that the projector is to show
TO_COMPARE: Key[tuple[Comparison, bool] | None] = Key("to_compare", _none)  # and whether to begin at once
BEGIN_COMPARISON: Key[bool] = Key("begin_comparison", bool)
REDRAW: Key[bool] = Key("redraw", bool)
POLLED: Key[float | None] = Key("polled", _none)  # seconds between two looks, as the browser was last told
TO_FIND: Key[str | None] = Key("to_find", _none)  # the words that a part of the page wants FIND_SETTING to have
OPENED: Key[str | None] = Key("opened", _none)  # the failure whose card was clicked
SEE_LIVE: Key[str | None] = Key("see_live", _none)
FAILURE_SHOWN: Key[str | None] = Key("failure_shown", _none, on_page=True)  # the one that is open

# The way back through pictures.
SCRUB: Family[float | None] = Family("scrub", _none)  # a slider for each time that the page has moved it: see playback
SCRUB_MOVES: Key[int] = Key("look_back_moves", int, on_page=True)
SCRUB_AT: Key[float | None] = Key("look_back_at", _none, on_page=True)  # where it stood at the last look
SCRUB_END: Key[float | None] = Key("look_back_end", _none, on_page=True)
PLAYED_AT: Key[float | None] = Key(
    "played_at", _none, on_page=True
)  # when the picture that is shown came, by time.monotonic
SPEED: Key[int | None] = Key("speed", _none)

# Train: what is made of a run, and the script.
BREAKING: Key[bool] = Key("breaking", bool, on_page=True)  # whether the menu of failures is open
POINT_FAILURES: Key[bool] = Key("point_failures", bool, on_page=True)  # the same of those in the plane
MADE: Key[Made | None] = Key("made", _none, on_page=True)
PROVED: Key[Proof | None] = Key("proved", _none, on_page=True)
SAVE_FORMAT: Key[str] = Key("save_format", str)
SAVE_NAME: Family[str] = Family("save_name-", str)
SAVE_TROUBLE: Key[str] = Key("save_trouble", str, on_page=True)
CODE_OF: Key[tuple[Experiment | None, Experiment] | None] = Key("code_of", _none)  # before the last change, and now

# Compare.
COMPARISON: Key[Comparison | None] = Key("comparison", _none)
COMPARISON_TOLD: Key[list[str]] = Key("comparison_told", list, on_page=True)
VARY: Key[str | None] = Key("vary", _none)
VARY_REFUSED: Key[str | None] = Key("vary_refused", _none, on_page=True)
VALUES: Family[list[str]] = Family("values_", list)
FOR_ALL: Family[str] = Family("for_all_", str)
BY: Key[str] = Key("by", lambda: "steps")
PIXELS: Key[str] = Key("pixels", lambda: "now")

# Runs.
FIND: Key[str] = Key("find", str)
GIVEN: Key[str] = Key("given", str, on_page=True)  # the id of a saved run that a link names
SHOWN: Key[int | None] = Key("shown", _none)
FOLLOWS: Family[bool] = Family("follow-", bool)
STORE_TROUBLE: Key[str] = Key("store_trouble", str, on_page=True)
DELETED_RUN: Key[tuple[str, str] | None] = Key("deleted_run", _none)  # its id and name
NEW_NAME: Family[str] = Family("name-", str)
CHOSEN: Family[bool] = Family("choose-", bool)
WATCHED: Key[str | None] = Key("watched", _none)  # the watched run that is looked at

# Untrained.
GAIN: Key[float] = Key("gain", lambda: 1.0)
GAIN_REFUSED: Key[str] = Key("gain_refused", str, on_page=True)

# Points: the two sliders of the Dirac-GAN.
DIRAC_RATE: Key[float] = Key("dirac_rate", lambda: 0.1)
DIRAC_WEIGHT: Key[float] = Key("dirac_weight", float)

# Pixels.
ASKED: Key[saving_link.AskedPixels] = Key("asked", saving_link.opening)
ASKED_WRONG: Key[list[str] | None] = Key("asked_wrong", _none, on_page=True)
ASKED_TENSOR: Key[Handed | None] = Key("asked_tensor", _none)
LOOKS: Key[str] = Key("looks", str)
SOURCE: Key[str] = Key("source", str)
IMAGE: Key[int] = Key("image", int)
CHOICE: Family[str] = Family("choice-", str)
QUALITY: Key[int] = Key("quality", int)
BROUGHT: Key[Seen | None] = Key("brought", _none)
COLUMNS: Key[tuple[str, dict[str, str]]] = Key("columns_of", lambda: ("", {}))  # of a log, what somebody says they are
COLUMN: Family[str] = Family("column-", str)
FOLLOWING: Key[bool] = Key("following", bool)

# Claims.
CLAIMS: Key[claims_link.AskedClaims] = Key("claims", claims_link.AskedClaims)
CLAIMS_SHOWN: Family[str | None] = Family("claims_", _none)
CLAIM_VISITOR: Key[str | None] = Key("claim_visitor", _none)
CLAIM_ASKED: Key[AskedClaim | None] = Key("claim_asked", _none)
CLAIM_RESULTS: Key[dict[str, dict[str, Any]]] = Key("claim_results", dict)

# Sweep: the plan of the map, what was wrong with its link, and the controls, by direction where there are two.
SWEEP: Key[SweepPlan | None] = Key("sweep", _none)
SWEEP_TOLD: Key[list[str]] = Key("sweep_told", list, on_page=True)
SWEEP_REFUSED: Key[str | None] = Key("sweep_refused", _none, on_page=True)
SWEEP_READY: Key[str] = Key("sweep_ready", str)
SWEEP_FIELD: Family[str | None] = Family("sweep_field_", _none)
SWEEP_VALUES: Family[list[str]] = Family("sweep_values_", list)
SWEEP_SEEDS: Key[int] = Key("sweep_seeds", int)
SWEEP_STEPS: Key[int] = Key("sweep_steps", int)

# A lesson, as its teacher makes it and a student follows it.
LESSON: Key[Lesson | None] = Key("lesson", _none)
PREDICTED: Key[str | None] = Key("predicted", _none)
MAKING_LESSON: Key[bool] = Key("making_lesson", bool)
LESSON_SHOWN: Key[list[str]] = Key("lesson_shown", list)
LESSON_LOCKED: Key[list[str]] = Key("lesson_locked", list)
LESSON_BUDGET: Key[int] = Key("lesson_budget", int)

COUNTS_SHOWN: Key[bool] = Key("show_counts", bool)  # on the projector
MEASURED_SHOWN: Key[bool] = Key("show_measured", bool)

# The course: where in it this tab is; and the run and settings that the course, or all other pages, left aside.
COURSE_PLACE: Key[str] = Key("course_place", str)
COURSE_TURNED: Key[bool] = Key("course_turned", bool)  # whether the place is another than in the last run
COURSE_CHOSEN: Key[str] = Key("course_chosen", str)
IN_COURSE: Key[bool] = Key("in_course", bool)
BESIDE_COURSE: Key[tuple[str | None, Experiment | None]] = Key("beside_course", lambda: (None, None))
# A code that was typed, and what the teacher has the first page offer.
JOINING: Key[str] = Key("joining", str)
OFFERED_LESSON: Key[str] = Key("lesson_on_home", str)
OFFER_TROUBLE: Key[str] = Key("offer_trouble", str, on_page=True)


def turn_page() -> None:
    """Forget what was of the last page alone."""
    for key in _ON_PAGE:
        key.clear()


_ON_PAGE = [key for key in globals().values() if isinstance(key, Key) and key.on_page]
