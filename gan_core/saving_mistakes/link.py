"""What is asked of the page `pixels`, and how it stands in the address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from gan_core.saving_mistakes.journey import Choices, subject
from gan_core.saving_mistakes.known_mistakes import KNOWN_MISTAKES, SYMPTOMS, KnownMistake
from gan_core.saving_mistakes.sample_tensors import SOURCES, TensorSample
from gan_core.saving_mistakes.stage_choices import STAGES, stage_choices

RUN, FILE = "run", "file"  # sources of this tab alone
KEYS = ("looks", "source", "image", *STAGES, "quality", RUN)
RIGHT = Choices()


@dataclass(frozen=True)
class AskedPixels:
    """What the page pixels is asked to show."""

    looks: str = "speckled"  # the symptom whose known mistakes are offered
    source: str = "linear"  # of the tensor: a key of SOURCES, RUN for this tab's live run, FILE for what was brought
    image: int = 0  # its number in the tensor
    choices: Choices = field(default_factory=Choices)  # at each stage

    def known_mistake(self) -> KnownMistake | None:
        """The known mistake that these choices are, where they are one of the symptom's, on any image of one's own."""
        for mistake in KNOWN_MISTAKES[self.looks].values():
            if mistake.choices == self.choices and (
                self.source in (RUN, FILE) or (mistake.source, mistake.image) == (self.source, self.image)
            ):
                return mistake
        return None


def opening() -> AskedPixels:
    """What is shown to somebody who comes without a link."""
    return of_mistake("speckled", "wrap")


def of_mistake(looks: str, name: str) -> AskedPixels:
    """A known mistake, as its button opens it."""
    mistake = KNOWN_MISTAKES[looks][name]
    return AskedPixels(looks, mistake.source, mistake.image, mistake.choices)


def to_query(asked: AskedPixels, run_id: str | None) -> dict[str, str]:
    """The address of what is asked: source and image always, the rest where it is not the right choice."""
    query = {"looks": asked.looks} if asked.looks != AskedPixels().looks else {}
    query |= {"source": asked.source, "image": str(asked.image)}
    query |= {
        stage: getattr(asked.choices, stage)
        for stage in STAGES
        if getattr(asked.choices, stage) != getattr(RIGHT, stage)
    }
    if asked.choices.quality != RIGHT.quality:
        query["quality"] = str(asked.choices.quality)
    if asked.source == RUN and run_id:
        query[RUN] = run_id
    return query


def read(query: Mapping[str, str]) -> tuple[AskedPixels, list[str]]:
    """What a link asks for, and one sentence for each part of it that cannot be used.

    Such a part is left as it is without a link. Whether image and choices fit the tensor is left to `fitted`. Keys that
    are no part of such a link are left alone.
    """
    wrong = []
    changes: dict[str, Any] = {}
    for key, allowed in (("looks", tuple(SYMPTOMS)), ("source", (*SOURCES, RUN, FILE))):
        if key in query:
            if query[key] in allowed:
                changes[key] = query[key]
            else:
                wrong.append(_refused(key, query[key], f"one of {', '.join(allowed)}"))
    if "image" in query:
        if query["image"].isascii() and query["image"].isdecimal() and len(query["image"]) < 4:
            changes["image"] = int(query["image"])
        else:
            wrong.append(_refused("image", query["image"], "a whole number from 0"))
    chosen: dict[str, Any] = {stage: query[stage] for stage in STAGES if stage in query}
    quality = query.get("quality", str(RIGHT.quality))
    if quality.isascii() and quality.isdecimal() and len(quality) < 3 and 1 <= int(quality) <= 95:
        chosen["quality"] = int(quality)
    else:
        wrong.append(_refused("quality", quality, "a whole number from 1 to 95"))
    return AskedPixels(**changes, choices=Choices(**chosen)), wrong


def fitted(asked: AskedPixels, tensor: TensorSample) -> tuple[AskedPixels, list[str]]:
    """What is asked as far as this tensor has it, and one sentence for each part it has not."""
    wrong = []
    count = len(tensor.values)
    if asked.image >= count:
        allowed = f"a number from 0 to {count - 1}" if count > 1 else "0, the only one"
        wrong.append(_refused("image", str(asked.image), f"{allowed} in this tensor"))
        asked = replace(asked, image=0)
    about = subject(tensor.values[asked.image], tensor.range_map, RIGHT)
    for stage in STAGES:
        offered, name = stage_choices(stage, about), getattr(asked.choices, stage)
        if name not in offered:
            wrong.append(_refused(stage, name, f"one of {', '.join(offered)} for this tensor"))
            asked = replace(asked, choices=replace(asked.choices, **{stage: getattr(RIGHT, stage)}))
    return asked, wrong


def _refused(key: str, text: str, allowed: str) -> str:
    label = STAGES[key][0] if key in STAGES else {"looks": "Symptom", "quality": "JPEG quality"}.get(key, key.title())
    return f"{label} (`{key}` in the link) = `{text}`: must be {allowed}."
