"""A run as an event file of TensorBoard, by the `tensorboard` package alone: no torch, no TensorFlow."""

from __future__ import annotations

import io
import struct
from collections.abc import Sequence

from PIL import Image

from gan_core.diagnosis.row import Row
from gan_core.messages.frame import Frame


def event_file(rows: Sequence[Row], frames: Sequence[Frame]) -> bytes:
    """The content of an event file: a scalar for each measurement of each row, an image for each frame, at their steps.

    When each was taken is not kept, so an event's wall time is its step in seconds. Raises ModuleNotFoundError where
    tensorboard is not installed.
    """
    from tensorboard.compat.proto.event_pb2 import Event
    from tensorboard.compat.proto.summary_pb2 import Summary
    from tensorboard.summary.writer.record_writer import RecordWriter

    file = io.BytesIO()
    records = RecordWriter(file)
    records.write(Event(wall_time=0.0, file_version="brain.Event:2").SerializeToString())
    for row in rows:
        values = [Summary.Value(tag=name, simple_value=_single(value)) for name, value in row.measurements.items()]
        event = Event(wall_time=float(row.step), step=row.step, summary=Summary(value=values))
        records.write(event.SerializeToString())
    for frame in frames:
        with Image.open(io.BytesIO(frame.fake_png)) as picture:
            image = Summary.Image(
                width=picture.width, height=picture.height, colorspace=1 if picture.mode == "L" else 3,
                encoded_image_string=frame.fake_png,
            )  # fmt: skip
        summary = Summary(value=[Summary.Value(tag="generated", image=image)])
        records.write(Event(wall_time=float(frame.step), step=frame.step, summary=summary).SerializeToString())
    return file.getvalue()


def _single(value: float) -> float:
    """What fits into single precision, in which scalars are stored; infinite beyond."""
    try:
        return float(struct.unpack("f", struct.pack("f", value))[0])
    except OverflowError:
        return float("inf") if value > 0 else float("-inf")
