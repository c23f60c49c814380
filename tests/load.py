"""A class at one server: how soon each student sees a picture, how fairly the cores are shared, what a click waits for.

    PYTHONPATH=tests:tests/e2e python -m tests.load --students 30 --minutes 1

Starts the app on this machine. Each student is a client of Streamlit's own protocol that does what a browser does: it
opens Train, presses Start, looks as often as the server says, then pauses, resumes and moves a slider. Prints a
table.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import re
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import quantiles

import psutil
from serving import Server, serve
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect

QUERY = "w=1&st=1000000"
STEP = re.compile(r"<b>Step (\d+) of")
PICTURE = "generated images at step"
LR_D = "lr_d"


class Student:
    """A client of Streamlit's protocol on the page Train."""

    def __init__(self, socket: ClientConnection, number: int) -> None:
        self.socket = socket
        self.query = f"{QUERY}&se={number}"
        self.ids: dict[str, str] = {}  # of buttons and sliders, by key
        self.step = 0
        self.state = ""  # the words of the line of progress
        self.address = ""
        self.pictures = self.looks = 0
        self.drawn = False  # a run of the script has ended
        self.changed = asyncio.Event()
        self._timers: dict[str, asyncio.Task[None]] = {}
        self._reading = asyncio.create_task(self._read())

    @property
    def moving(self) -> bool:
        return "training" in self.state or "waiting" in self.state

    async def open(self) -> None:
        await self._send()
        await self.until(lambda: self.drawn and "start" in self.ids)

    async def click(self, key: str) -> None:
        await self._send(button=self.ids[key])

    async def slide(self, rate: str) -> None:
        """Move D's learning rate to its mark of these words."""
        await self._send(slider=(self.ids[LR_D], rate))

    async def until(self, reached: Callable[[], bool], patience_s: float = 300) -> float:
        """Wait until something was told; the seconds that took."""
        begun = time.monotonic()
        async with asyncio.timeout(patience_s):
            while not reached():
                self.changed.clear()
                await self.changed.wait()
        return time.monotonic() - begun

    async def close(self) -> None:
        for timer in self._timers.values():
            timer.cancel()
        self._reading.cancel()
        await self.socket.close()

    async def _send(self, button: str = "", slider: tuple[str, str] | None = None, fragment: str = "") -> None:
        message = BackMsg()
        client = message.rerun_script
        client.query_string, client.page_name = self.query, "train"
        if button:
            client.widget_states.widgets.add(id=button, trigger_value=True)
        if slider:
            client.widget_states.widgets.add(id=slider[0]).string_array_value.data.append(slider[1])
        if fragment:
            client.fragment_id, client.is_auto_rerun = fragment, True
        await self.socket.send(message.SerializeToString())

    async def _read(self) -> None:
        async for raw in self.socket:
            message = ForwardMsg()
            message.ParseFromString(bytes(raw))
            kind = message.WhichOneof("type")
            if kind == "delta":
                self._element(message)
            elif kind == "auto_rerun":
                self._look(message.auto_rerun.fragment_id, message.auto_rerun.interval)
            elif kind == "stop_auto_rerun":
                for fragment in message.stop_auto_rerun.fragment_ids:
                    if fragment in self._timers:
                        self._timers.pop(fragment).cancel()
            elif kind == "page_info_changed":
                self.address = message.page_info_changed.query_string
                self.query = self.address
            elif kind == "script_finished":
                self.drawn, self.looks = True, self.looks + 1
            self.changed.set()

    def _element(self, message: ForwardMsg) -> None:
        element = message.delta.new_element
        kind = element.WhichOneof("type")
        if kind in ("button", "slider"):
            made = getattr(element, kind)
            self.ids[made.id.rpartition("-")[2]] = made.id
        elif kind == "html":
            body = element.html.body
            if found := STEP.search(body):
                self.step, self.state = int(found[1]), body
            self.pictures += PICTURE in body

    def _look(self, fragment: str, interval: float) -> None:
        """From now on ask for the fragment every so often, as a browser does."""
        if fragment in self._timers:
            self._timers[fragment].cancel()
        self._timers[fragment] = asyncio.create_task(self._looking(fragment, interval))

    async def _looking(self, fragment: str, interval: float) -> None:
        while True:
            await asyncio.sleep(interval)
            await self._send(fragment=fragment)


async def student(server: Server, number: int) -> Student:
    address = server.url.replace("http", "ws") + "/_stcore/stream"
    made = Student(await connect(address, subprotocols=["streamlit"], max_size=None), number)
    await made.open()
    return made


async def measured(server: Server, students: int, minutes: float) -> dict[str, str]:
    """What happens from when all press Start at once."""
    found: dict[str, str] = {}
    there = [await student(server, number) for number in range(students)]
    begun = time.monotonic()
    for one in there:
        await one.click("start")
    firsts = await asyncio.gather(*(one.until(lambda one=one: one.pictures > 0) for one in there))
    found["first picture after all press Start, s"] = _spread(firsts)
    found["all have one after, s"] = f"{time.monotonic() - begun:.1f}"

    steps = [one.step for one in there]
    looks = sum(one.looks for one in there)
    before, at = _cpu(server), time.monotonic()
    await asyncio.sleep(60 * minutes)
    after, passed = _cpu(server), time.monotonic() - at
    done = [one.step - step for one, step in zip(there, steps, strict=True)]
    found["steps of each in that time"] = _spread(done, "{:.0f}")
    found["fairness (Jain)"] = f"{sum(done) ** 2 / (len(done) * sum(one**2 for one in done) or 1):.3f}"
    found["cores that train / that draw"] = " / ".join(
        f"{(now - then) / passed:.2f}" for now, then in zip(after, before, strict=True)
    )
    found["looks a second, of all"] = f"{(sum(one.looks for one in there) - looks) / passed:.1f}"
    found["memory of server / of all processes, MB"] = _memory(server)

    slides, pauses = [], []
    for turn, one in enumerate(there):
        rate = "0.1" if turn % 2 else "0.01"
        await one.slide(rate)
        slides.append(await one.until(lambda one=one, rate=rate: f"ld={rate}" in one.address))
        await one.click("pause")
        pauses.append(await one.until(lambda one=one: "paused" in one.state))
        await one.click("start")
    found["slider to effect, s"], found["pause to effect, s"] = _spread(slides), _spread(pauses)
    begun = time.monotonic()
    late = await student(server, students)
    found["a new page, s"] = f"{time.monotonic() - begun:.1f}"
    for one in [*there, late]:
        await one.close()
    return found


def _spread(values: list[float], form: str = "{:.1f}") -> str:
    """The least, the middle, 95 % and the greatest."""
    if len(values) < 2:
        return form.format(values[0])
    parts = quantiles(values, n=20, method="inclusive")
    return " · ".join(form.format(value) for value in (min(values), parts[9], parts[18], max(values)))


def _cpu(server: Server) -> tuple[float, float]:
    """Seconds of a core that runs, and that the server itself, have taken until now."""
    workers = sum(_seconds(process) for process in server.process.children(recursive=True))
    return workers, _seconds(server.process)


def _seconds(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
    except psutil.NoSuchProcess:
        return 0.0
    return times.user + times.system


def _memory(server: Server) -> str:
    own = server.process.memory_full_info()
    others = sum(process.memory_full_info().pss for process in server.process.children(recursive=True))
    return f"{own.pss / 2**20:.0f} / {(own.pss + others) / 2**20:.0f}"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.load", description=__doc__)
    parser.add_argument("--students", type=int, default=30)
    parser.add_argument("--minutes", type=float, default=1.0)
    given = parser.parse_args()
    folder = Path(tempfile.mkdtemp())
    try:
        with serve(folder / "server", kill=True, GAN_MAX_WORKERS=str(os.cpu_count())) as server:
            found = asyncio.run(measured(server, given.students, given.minutes))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(f"| {given.students} students, {os.cpu_count()} cores | least · middle · 95 % · most |")
    print("| --- | --- |")
    for words, value in found.items():
        print(f"| {words} | {value} |")


if __name__ == "__main__":
    main()
