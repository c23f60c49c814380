"""What is written is what is read, and what is no message is refused in words."""

from __future__ import annotations

import io
import json
import math
import os
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gan_core.diagnosis.row import Row
from gan_core.messages import framing
from gan_core.messages.commands_and_reports import (
    Broken,
    Checkpoint,
    Checkpointed,
    Collect,
    Collected,
    Crashed,
    Examine,
    Examined,
    Finished,
    Framed,
    Go,
    Heartbeat,
    Measured,
    Opened,
    Pause,
    Ready,
    Refused,
    Remade,
    Remake,
    Report,
    Rewind,
    Set,
    SettingsChanged,
    Start,
    Step,
    Stop,
)
from gan_core.messages.frame import Classes, Frame, Opening
from gan_core.messages.framing import MessageError, ProtocolError, TruncatedError
from gan_core.messages.untrained_report import Contrast, Layer, Tone, Untrained
from gan_core.pixels.range_map import RangeMap
from gan_core.settings.change import Change
from gan_core.settings.experiment import Experiment
from gan_core.settings.problems import SettingsError


def framed(message: object, blobs: bytes = b"") -> bytes:
    """A message in a right frame, whatever it says."""
    text = json.dumps(message).encode()
    return struct.pack(">II", len(text), len(blobs)) + text + blobs


words = st.text(max_size=30)
steps = st.integers(0, 10**9)
numbers = st.floats(allow_nan=False)
measurements = st.dictionaries(words, numbers, max_size=5)
experiments = st.builds(
    Experiment,
    lr_g=st.floats(1e-6, 1),
    seed=st.integers(0, 2**31 - 1),
    augment=st.sets(st.sampled_from(["crop", "flip"])),
)
frames = st.builds(
    Frame,
    step=steps,
    measurements=measurements,
    fake_png=st.binary(),
    histogram=st.lists(numbers, max_size=5),
)
openings = st.builds(
    Opening,
    real_png=st.binary(),
    real_histogram=st.lists(numbers, max_size=5),
    low=numbers,
    high=numbers,
    legal_low=numbers,
    legal_high=numbers,
    tile=steps,
    columns=steps,
    rows=steps,
    device_name=words,
    classes=st.none() | st.builds(Classes, st.lists(words, max_size=3), st.lists(numbers, max_size=3), numbers),
)
tones = st.builds(Tone, numbers, numbers)
examinations = st.builds(
    Untrained,
    opening=openings,
    fake_png=st.binary(),
    histogram=st.lists(numbers, max_size=5),
    layers=st.lists(st.builds(Layer, words, numbers, numbers), max_size=3).map(tuple),
    train=tones,
    eval=tones,
    real=tones,
)
contrasts = st.lists(st.builds(Contrast, words, words, numbers, numbers), max_size=3).map(tuple)
values = words | st.integers() | numbers | st.booleans() | st.lists(words, max_size=3).map(tuple)
# NaN equals nothing, so a value that is one cannot be compared.
changes = st.lists(st.builds(Change, steps, words, values, values), max_size=3).map(tuple)
commands = st.one_of(
    st.builds(Start, experiment=experiments, checkpoint=words, resume=st.none() | words),
    st.builds(Rewind, experiments),
    st.builds(Go),
    st.builds(Pause, st.booleans()),
    st.builds(Step, st.sampled_from(["both", "d", "g"])),
    st.builds(Set, st.dictionaries(words, values, max_size=5)),
    st.builds(Examine, experiment=experiments, gain=numbers, inits=st.lists(words, max_size=3).map(tuple)),
    st.builds(Collect, st.integers(-5, 100)),
    st.builds(Remake, words),
    st.builds(Checkpoint),
    st.builds(Stop),
)
reports = st.one_of(
    st.builds(Ready),
    st.builds(Opened, experiments, openings, frames, st.booleans(), changes),
    st.builds(Measured, st.builds(Row, steps, measurements)),
    st.builds(Framed, frames),
    st.builds(Heartbeat, steps, numbers),
    st.builds(SettingsChanged, experiments, changes),
    st.builds(Checkpointed, steps, st.booleans()),
    st.builds(Finished),
    st.builds(Broken, words),
    st.builds(Examined, st.none() | examinations, contrasts),
    st.builds(
        Collected,
        steps,
        experiments,
        steps,
        st.binary(),
        st.binary(),
        st.builds(RangeMap, words, *[numbers] * 4),
        words,
    ),
    st.builds(Remade, st.binary()),
    st.builds(Refused, words, words),
    st.builds(Crashed, words),
)


@given(st.lists(commands, max_size=4))
def test_commands_arrive_as_they_were_sent(sent):
    stream = io.BytesIO(b"".join(framing.encode(message) for message in sent))
    assert [framing.read_command(stream) for _ in sent] == sent
    assert framing.read_command(stream) is None


@given(st.lists(reports, max_size=4))
def test_reports_arrive_as_they_were_sent(sent):
    stream = io.BytesIO()
    for message in sent:
        framing.write(stream, message)
    stream.seek(0)
    assert [framing.read_report(stream) for _ in sent] == sent
    assert framing.read_report(stream) is None


def test_values_keep_their_types():
    sent = Set({"lr_g": 1.0, "n_dis": 1, "flag": True, "augment": ("crop", "flip"), "loss": "1"})
    received = framing.read_command(io.BytesIO(framing.encode(sent)))
    assert received == sent
    assert {name: type(value) for name, value in received.changes.items()} == {
        name: type(value) for name, value in sent.changes.items()
    }


def test_numbers_that_are_not_finite_arrive():
    sent = Measured(Row(3, {"loss_d": math.inf, "loss_g": math.nan, "penalty": -math.inf}))
    received = framing.read_report(io.BytesIO(framing.encode(sent)))
    measured = received.row.measurements
    assert (measured["loss_d"], measured["penalty"]) == (math.inf, -math.inf)
    assert math.isnan(measured["loss_g"])


@pytest.mark.parametrize("experiment", [Experiment(), Experiment(augment=("flip", "crop"), lr_g=1e-6, channels=3)])
def test_an_experiment_arrives_as_itself(experiment):
    received = framing.read_command(io.BytesIO(framing.encode(Rewind(experiment))))
    assert received.experiment == experiment
    assert type(received.experiment) is Experiment


def test_a_name_that_is_no_utf_8_can_be_told():
    sent = Refused("start", os.fsdecode(b"caf\xe9.png cannot be read"))
    received = framing.read_report(io.BytesIO(framing.encode(sent)))
    assert received.words == "caf?.png cannot be read"


def test_the_bytes_of_a_picture_travel_as_they_are():
    picture = bytes(range(256)) * 200
    encoded = framing.encode(Framed(Frame(step=0, measurements={}, fake_png=picture, histogram=[])))
    assert encoded.endswith(picture)
    assert len(encoded) < len(picture) + 200


def test_what_follows_a_wrong_message_can_be_read():
    stream = io.BytesIO(framed({"kind": "collect", "count": "many"}, b"blob") + framing.encode(Go()))
    with pytest.raises(MessageError, match="'count'") as wrong:
        framing.read_command(stream)
    assert wrong.value.kind == "collect"
    assert framing.read_command(stream) == Go()


def test_wrong_settings_are_refused_by_name():
    with pytest.raises(MessageError) as wrong:
        framing.read_command(io.BytesIO(framed({"kind": "rewind", "experiment": {"lr_g": 5, "loss": "none"}})))
    with pytest.raises(SettingsError) as expected:
        Experiment(lr_g=5, loss="none")
    assert str(wrong.value) == str(expected.value)


@given(reports, st.data())
def test_a_message_cut_short_is_refused(message, data):
    whole = framing.encode(message)
    cut = data.draw(st.integers(1, len(whole) - 1))
    with pytest.raises(TruncatedError, match="ended inside a message"):
        framing.read_report(io.BytesIO(whole[:cut]))


@given(st.binary(min_size=1, max_size=200))
def test_garbage_is_refused(garbage):
    with pytest.raises(ProtocolError):
        framing.read_report(io.BytesIO(garbage))


@given(reports, st.data())
def test_a_flipped_byte_gives_a_report_or_a_protocol_error(message, data):
    garbled = bytearray(framing.encode(message))
    garbled[data.draw(st.integers(0, len(garbled) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    try:
        received = framing.read_report(io.BytesIO(bytes(garbled)))
    except ProtocolError:
        return
    assert isinstance(received, Report)


def test_text_in_the_stream_is_refused():
    with pytest.raises(ProtocolError, match="too large"):
        framing.read_report(io.BytesIO(b"Traceback (most recent call last):\n"))


def test_a_command_is_no_report():
    with pytest.raises(ProtocolError, match="'go' in this direction"):
        framing.read_report(io.BytesIO(framing.encode(Go())))


@pytest.mark.parametrize(
    "message",
    [
        {"kind": "heartbeat", "step": "many", "steps_per_second": 1.0},
        {"kind": "heartbeat", "step": 1},
        {"kind": "Heartbeat", "step": 1, "steps_per_second": 1.0},
        {"kind": "remade", "png": [0, 5]},
        {"kind": "remade", "png": [3, 2]},
        {"kind": "remade", "png": [-1, 1]},
        {"kind": "remade", "png": [0]},
        {"kind": "remade", "png": "four"},
        {"kind": ["remade"], "png": [0, 4]},
        {"step": 1},
        [],
        "finished",
    ],
)
def test_wrong_messages_are_refused(message):
    with pytest.raises(MessageError):
        framing.read_report(io.BytesIO(framed(message, b"four")))


def test_what_is_no_json_is_no_message():
    with pytest.raises(ProtocolError, match="something else than messages") as refused:
        framing.read_report(io.BytesIO(struct.pack(">II", 4, 0) + b"four"))
    assert not isinstance(refused.value, MessageError)


def test_too_large_a_message_is_refused_on_both_sides(monkeypatch):
    frame = Frame(step=0, measurements={}, fake_png=bytes(1000), histogram=[])
    encoded = framing.encode(Framed(frame))
    monkeypatch.setattr(framing, "MAX_BLOBS", 999)
    with pytest.raises(ProtocolError, match="too large"):
        framing.encode(Framed(frame))
    with pytest.raises(ProtocolError, match="too large"):
        framing.read_report(io.BytesIO(encoded))
    with pytest.raises(ProtocolError, match="too large"):
        framing.read_report(io.BytesIO(struct.pack(">II", framing.MAX_JSON + 1, 0)))
