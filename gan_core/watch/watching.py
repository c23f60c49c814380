"""Watch: what a training loop that is not ours shows, measured while it trains."""

from __future__ import annotations

import math
import sys
import time
from types import TracebackType
from typing import Any

import numpy as np
import torch

from gan_core import data
from gan_core.data.images import DataError
from gan_core.diagnosis.findings import Finding
from gan_core.diagnosis.loop_verdict import loop_findings
from gan_core.diagnosis.row import Row
from gan_core.engine.class_coverage import Classifier, classes_among, classifier_of
from gan_core.engine.measure import Probe, measure_pixels
from gan_core.messages.frame import Classes, Frame, Opening
from gan_core.pixels.range_map import RangeMap
from gan_core.pixels.tiles import COLUMNS, ROWS, histogram, picture
from gan_core.saved_runs.label import MOST_NAME
from gan_core.saved_runs.watched_runs import LoopFacts
from gan_core.watch.answers import WatchedAnswers
from gan_core.watch.arrays import Floats, Unusable, as_floats, as_images, as_number, reduced
from gan_core.watch.networks import WatchedNetwork
from gan_core.watch.optimiser_steps import OptimiserSteps
from gan_core.watch.record import WatchRecord

# What one look measures is bounded, so that it takes less than 2 % of 50 steps of 25 ms.
LEAST_IMAGES, MOST_VALUES = 10, 40_000
FRAMES_APART = 4  # looks from one picture to the next, where pictures are large


class Watch:
    """Measures a training loop while it runs, names what is wrong with it, and keeps it for the page Runs.

    Call it in each step, after the updates; everything but the step may be left out, and what cannot be judged without
    it is said. It measures every `every` steps and changes nothing: no weight, gradient, buffer, mode or random state.
    `real` are real images (N, C, H, W), of which `data_range` says what is black and what is white. Where they are of a
    data set that this program knows, `classes` is its name, and what classes the generator makes is measured too.

    It never ends the training: what it cannot use or write it says once on stderr, in a sentence.
    """

    def __init__(
        self,
        name: str,
        real: Any = None,
        data_range: tuple[float, float] = (-1.0, 1.0),
        every: int = 50,
        classes: str | None = None,
    ) -> None:
        self._said: set[str] = set()
        self._named: set[str] = set()
        self._began = time.monotonic()
        self._offset = 0  # of steps that begin anew, as in each epoch
        self._given = self._measured = -1  # the last step that was given, and measured
        self._players = {"generator": WatchedNetwork("g"), "discriminator": WatchedNetwork("d")}
        self._steps = OptimiserSteps()
        self._answers = WatchedAnswers()
        self._shape: tuple[int, ...] = ()  # of the images as they are handed over
        self._every, self._map = self._settled(every, data_range)
        self._real = self._usable_real(real)
        self._probes: dict[int, Probe] = {}
        self._classes: list[str] = []
        self._classifier = None if classes is None else self._tried(self._of_classes, classes)
        shape = None if self._real is None else self._shape
        shown = None if self._real is None else (self._real.shape[2], self._real.shape[3])
        facts = LoopFacts((self._map.low, self._map.high), self._every, shape, shown)
        called = " ".join("".join(letter if letter.isprintable() else " " for letter in str(name)).split())
        self._record = WatchRecord(called[:MOST_NAME] or "a watched run", facts, self._opening(), self._say_not_written)

    def __enter__(self) -> Watch:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def __call__(
        self,
        step: int,
        *,
        fake: Any = None,
        loss_d: Any = None,
        loss_g: Any = None,
        real_logits: Any = None,
        fake_logits: Any = None,
        generator: Any = None,
        discriminator: Any = None,
    ) -> None:
        """Look at a step: generated images as `real` has them, both losses, D's answers on real and on generated images
        (before or after a sigmoid), and both networks after their updates."""
        networks = {"generator": generator, "discriminator": discriminator}
        try:
            at = self._counted(int(step))
            if self._is_due(at):
                self._look(at, fake, {"loss_d": loss_d, "loss_g": loss_g}, (real_logits, fake_logits), networks)
            elif self._next_is_due(at):
                for name, network in networks.items():
                    self._players[name].remember_gradients(network)
            if self._next_is_due(at):
                self._steps.listen(generator, discriminator)
            self._given = at
        except Exception as error:  # whatever it is, somebody's training of days must not end by being watched
            self._say(f"step {step} was not measured ({type(error).__name__}: {str(error).partition(chr(10))[0]}).")

    def findings(self) -> list[Finding]:
        """What is wrong with the loop now, causes first; empty where nothing was found."""
        return loop_findings(self._record.rows)

    @property
    def run_id(self) -> str:
        """The name of the run's folder among the saved runs; empty where it could not be written."""
        return self._record.folder.name if self._record.folder else ""

    def close(self) -> None:
        """Say that the training has ended."""
        self._steps.stop()
        self._record.end()

    # ------------------------------------------------------------------------------------------ looking

    def _counted(self, step: int) -> int:
        """The step, counted on where the loop begins anew at 0, as many do in each epoch."""
        if step + self._offset <= self._given:
            self._say_once("anew", f"step {step} comes after step {self._given - self._offset}: counted on from there.")
            self._offset = self._given + 1 - step
        return step + self._offset

    def _is_due(self, step: int) -> bool:
        return self._measured < 0 or step // self._every > self._measured // self._every

    def _next_is_due(self, step: int) -> bool:
        """Whether the call after this one looks, where steps are as far apart as the last two."""
        return self._is_due(2 * step - self._given)

    def _look(
        self, step: int, fake: Any, losses: dict[str, Any], answers: tuple[Any, Any], networks: dict[str, Any]
    ) -> None:
        self._measured = step
        told: dict[str, float] = {}
        for name, loss in losses.items():
            if loss is not None and (value := self._tried(as_number, name, loss)) is not None:
                told[name] = value
        names = ("real_logits", "fake_logits")
        given = [
            None if one is None else self._tried(as_floats, name, one) for name, one in zip(names, answers, strict=True)
        ]
        finite = [math.isfinite(loss) for loss in told.values()]
        told |= self._answers.measure(given[0], given[1], told.get("loss_d"), told.get("loss_g"))
        for name, network in networks.items():
            if network is not None and (seen := self._tried(self._players[name].measure, network)) is not None:
                told |= seen
        told |= self._steps.measure() | self._of_last_layer()
        frame = None
        shape = self._record.facts.shape
        needed = Probe.COUNT if self._real is None or self._classifier else self._count(Probe.COUNT)
        if fake is not None and (images := self._tried(as_images, "fake", fake, needed, shape)) is not None:
            finite.append(bool(np.isfinite(images).all()))
            if self._real is not None:
                if self._classifier is not None and finite[-1]:
                    pixels = torch.from_numpy(images) * self._map.std + self._map.mean
                    told |= classes_among(self._classifier, pixels)
                images = reduced(images)
                told |= self._pixels(images)
                frame = self._frame(images)
        if finite:
            told["finite"] = min(told.get("finite", 1.0), float(all(finite)))
        kept = {name: value for name, value in told.items() if math.isfinite(value)}
        self._record.add(Row(step, kept), None if frame is None else Frame(step, kept, *frame, self._seconds()))
        for finding in self.findings():
            if finding.failure not in self._named:
                self._named.add(finding.failure)
                self._say(f"{finding.title} (since step {finding.since_step}): {finding.why} {finding.advice}")

    def _of_last_layer(self) -> dict[str, float]:
        """Whether G's last layer normalises each channel, or each value, of its images."""
        last = self._players["generator"].last_norm
        if last is None or not self._shape:
            return {}
        channels, height, width = self._shape
        return {"last_norm_g": float(last in (channels, channels * height * width))}

    def _pixels(self, images: Floats) -> dict[str, float]:
        count = self._count(len(images))
        if count < 2:
            return {}
        with torch.no_grad(), torch.autocast("cpu", enabled=False):
            return measure_pixels(torch.from_numpy(images[:count]), self._probe(count))

    def _frame(self, images: Floats) -> tuple[bytes, list[float]] | None:
        low, high = self._axis()
        shown = images[: self._count(len(images))]
        if shown.size > MOST_VALUES and len(self._record.rows) % FRAMES_APART:
            return None
        return picture(shown, self._map), histogram(shown, low, high)

    def _count(self, images: int) -> int:
        """How many of so many generated images are measured: as many as there are real ones, in bounded time."""
        assert self._real is not None
        each = int(np.prod(self._real.shape[1:]))
        return min(images, len(self._real), max(LEAST_IMAGES, MOST_VALUES // each))

    def _probe(self, count: int) -> Probe:
        if count not in self._probes:
            assert self._real is not None
            self._probes[count] = Probe(torch.empty(0), torch.from_numpy(self._real[:count].copy()), self._map)
        return self._probes[count]

    def _seconds(self) -> float:
        return time.monotonic() - self._began

    # ------------------------------------------------------------------------------------------ beginning

    def _settled(self, every: int, data_range: tuple[float, float]) -> tuple[int, RangeMap]:
        try:
            low, high = (float(end) for end in data_range)
            if not (math.isfinite(low) and math.isfinite(high) and low < high):
                raise ValueError
        except (TypeError, ValueError):
            self._say(
                f"data_range={data_range!r} is not a range: pass the values of black and white; (-1, 1) is used "
                "instead."
            )
            low, high = -1.0, 1.0
        if type(every) is not int or every < 1:
            self._say(f"every={every!r} is not a number of steps: pass an integer of at least 1; 50 is used instead.")
            every = 50
        std = 255 / (high - low)
        # The line through both ends, as RangeMap has it: (x - mean) / std.
        return every, RangeMap("watched", low, high, -low * std, std)

    def _usable_real(self, real: Any) -> Floats | None:
        images = None if real is None else self._tried(as_images, "real", real, Probe.COUNT)
        if images is None:
            return None
        if not np.isfinite(images).all():
            self._say("real holds a NaN or an infinite value: pass finite images; pictures are not measured.")
            return None
        self._shape = images.shape[1:]
        low, high = self._map.low, self._map.high
        least, most, slack = float(images.min()), float(images.max()), (high - low) / 100
        if least < low - slack or most > high + slack:
            self._say(
                f"real reaches from {least:.3g} to {most:.3g}, beyond data_range ({low:g}, {high:g}): scale the real "
                "images, or pass the range that they have."
            )
        elif least >= low + 0.45 * (high - low):
            self._say(
                f"real has no value below {least:.3g}, the upper half of data_range ({low:g}, {high:g}): scale the "
                "real images, or pass the range that they have."
            )
        return reduced(images)

    def _opening(self) -> Opening | None:
        if self._real is None:
            return None
        low, high = self._axis()
        return Opening(
            real_png=picture(self._real[: self._count(len(self._real))], self._map),
            real_histogram=histogram(self._real, low, high),
            low=low,
            high=high,
            legal_low=self._map.low,
            legal_high=self._map.high,
            tile=self._real.shape[-1],
            columns=COLUMNS,
            rows=ROWS,
            device_name="your own loop",
            classes=self._told_classes(),
        )

    def _of_classes(self, name: str) -> Classifier:
        """Tells the classes of a data set apart, at the size of the real images. Raises Unusable."""
        if self._real is None or len(self._shape) != 3 or self._shape[1] != self._shape[2]:
            raise Unusable(f"classes={name!r} needs square images: pass real=.")
        try:
            images = data.load(name, self._shape[1], self._shape[0])
        except (DataError, ValueError, KeyError) as error:
            raise Unusable(f"classes={name!r} cannot be told apart ({error}).") from None
        found = classifier_of(images)
        if found is None:
            raise Unusable(f"classes={name!r} has no classes that can be told apart: leave it out.")
        self._classes = list(images.class_names)
        return found

    def _told_classes(self) -> Classes | None:
        known = self._classifier
        return None if known is None else Classes(self._classes, known.real_shares.tolist(), known.accuracy)

    def _axis(self) -> tuple[float, float]:
        """Of the histograms: the range and a quarter of it on either side."""
        margin = (self._map.high - self._map.low) / 4
        return self._map.low - margin, self._map.high + margin

    # ------------------------------------------------------------------------------------------ saying

    def _tried(self, read: Any, *arguments: Any) -> Any:
        """What `read` makes of something that was handed over; None, and a sentence, where it cannot."""
        try:
            return read(*arguments)
        except Unusable as error:
            self._say(str(error))
            return None

    def _say(self, words: str) -> None:
        """A line on stderr, once."""
        self._say_once(words, words)

    def _say_not_written(self, words: str) -> None:
        """Once, although each attempt names another file."""
        self._say_once("not written", words)

    def _say_once(self, key: str, words: str) -> None:
        if key not in self._said:
            self._said.add(key)
            sys.stderr.write(f"watch: {words}\n")
