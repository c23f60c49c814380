"""Links as the pages write them, each to a small run, and what a broken one has instead."""

from __future__ import annotations

from tiny import tiny
from walking import PAGES, Place

from gan_core.classroom.lesson import Lesson
from gan_core.classroom.prediction import WhichFailure
from gan_core.settings import link

TINY = tiny(steps=40)
TINY_POINTS = tiny(dataset="ring", architecture="points", latent_dim=2, steps=40)
LESSON = Lesson(
    tiny(steps=40), "Too fast", "What will happen?", ("lr_g",), ("lr_d",), 200, WhichFailure(("blank-grey",))
)


def places() -> list[Place]:
    """Links as the pages write them, each to a small run."""

    def place(page: str, **query: str) -> Place:
        return Place(page, tuple(query.items()))

    small, long = link.to_query(TINY), link.to_query(TINY.replace(steps=1_000_000))
    points = link.to_query(TINY_POINTS)
    return [
        *map(place, PAGES),
        place("train", **small), place("train", **small, o="linear"), place("train", **long),
        place("train", **long, o="linear"), place("train", **LESSON.to_query()),
        place("compare", **small), place("compare", **small, v1="lg:0.001", v2="lg:0.01"),
        place("compare", **small, v1="o:tanh", v2="o:linear;lg:0.01", v3="o:relu", v4="o:sigmoid"),
        place("runs", find="loss=hinge"), place("runs", find="first"),
        place("failures", f="out-of-range"), place("failures", f="mode-collapse"), place("failures", f="001-raw"),
        place("untrained", **small, gain="5"), place("untrained", **small, i="zeros"),
        place("pixels", looks="black", source="tanh", image="1"),
        place("pixels", source="linear", image="0", file="jpeg"),
        place("pixels", source="run"), place("pixels", source="file", image="0"),
        place("claims", d="000", v="holds"), place("claims", c="000-01"),
        place("points", **points), place("points", **points | {"d": "dirac"}),
        place("compare", **points, v1="lg:0.001", v2="lg:0.01"),
        place("sweep", **small, x="lg:0.001;0.1", y="ng:none;instance", seeds="0"),
        place("course", at="collapse"), place("course", at="after"),
    ]  # fmt: skip


VALID = places()
WRONG: dict[str, str] = {
    "lg": "7", "bs": "many", "p": "clip", "nd": "spectral", "run": "nosuchrun", "runs": "gone~gone",
    "pair": "gone~gone", "gain": "loud", "f": "nonsense", "v1": "o:cubic", "v2": "nonsense", "c": "9", "d": "plaid",
    "looks": "odd", "image": "999", "source": "x", "file": "bmp", "quality": "1e9", "lesson": "1", "teacher": "me",
    "find": "lr_g=fast", "x": "lg:fast", "seeds": "many", "at": "99", "xx": "1", "w": "", "d٠": "\u202e",
}  # fmt: skip
