"""Visitors of a live page without a browser: clients of Streamlit's own protocol that do what a browser does."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable

from serving import Server
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect

QUERY = "w=1&st=1000000"
STEP = re.compile(r"<b>Step (\d+) of")
PICTURE = re.compile(r"generated images at step (\d+)")
LR_D = "lr_d"


class Student:
    """A client of Streamlit's protocol on the page Train, or on the one of this name."""

    def __init__(self, socket: ClientConnection, query: str, name: str = "train") -> None:
        self.socket = socket
        self.query = query
        self.name = name
        self.ids: dict[str, str] = {}  # of buttons and sliders, by key
        self.parts: dict[str, str] = {}  # which part of the page each of them is in; "" for none
        self.step = 0
        self.shown = 0  # the step of the picture
        self.state = ""  # the words of the line of progress
        self.address = ""
        self.page = ""  # which one it is, as the server calls it
        self.drawn_pages: list[str] = []  # what the server called the page, at each run of a script
        self.pictures = self.looks = self.wholes = 0  # of these looks, the runs of the whole script
        self.drawn = False  # a run of the script has ended
        self.whole = ""  # the page of the last one that was of the whole script
        self.still = False  # it does not look by itself
        self.changed = asyncio.Event()
        self._timers: dict[str, asyncio.Task[None]] = {}
        self._reading = asyncio.create_task(self._read())
        self._reading.add_done_callback(lambda _: self.changed.set())

    @property
    def looking(self) -> bool:
        """Whether it looks by itself."""
        return bool(self._timers)

    @property
    def moving(self) -> bool:
        return "training" in self.state or "waiting" in self.state

    async def open(self) -> None:
        await self._send()
        await self.until(lambda: self.drawn and "start" in self.ids)

    async def click(self, key: str) -> None:
        await self._send(button=self.ids[key], fragment=self.parts[key])

    async def slide(self, rate: str) -> None:
        """Move D's learning rate to its mark of these words."""
        await self._send(slider=(self.ids[LR_D], rate))

    async def look_late(self, slider: str, at: str | float) -> None:
        """Look at the run as a browser does that has the slider of this id there yet."""
        for fragment in self._timers:
            await self._send(slider=(slider, at), fragment=fragment, by_itself=True)

    @property
    def looks_at(self) -> tuple[str, ...]:
        """The parts of the page that it looks at by itself."""
        return (*self._timers,)

    async def look(self, page: str, parts: tuple[str, ...]) -> None:
        """Look at parts of a page as a browser does that shows this page yet."""
        for part in parts:
            await self._send(fragment=part, by_itself=True, page=page)

    async def until(self, reached: Callable[[], bool], patience_s: float = 300) -> float:
        """Wait until something was told; the seconds that took."""
        begun = time.monotonic()
        async with asyncio.timeout(patience_s):
            while not reached():
                if self._reading.done():
                    self._reading.result()  # raises what ended it
                self.changed.clear()
                await self.changed.wait()
        return time.monotonic() - begun

    async def close(self) -> None:
        for timer in self._timers.values():
            timer.cancel()
        self._reading.cancel()
        await self.socket.close()

    async def _send(
        self,
        button: str = "",
        slider: tuple[str, str | float] | None = None,
        fragment: str = "",
        by_itself: bool = False,
        page: str = "",
    ) -> None:
        message = BackMsg()
        client = message.rerun_script
        client.query_string, client.page_name, client.page_script_hash = self.query, self.name, page or self.page
        if button:
            client.widget_states.widgets.add(id=button, trigger_value=True)
        if slider:
            widget, at = client.widget_states.widgets.add(id=slider[0]), slider[1]
            if isinstance(at, str):
                widget.string_array_value.data.append(at)
            else:
                widget.double_array_value.data.append(at)
        if fragment:
            client.fragment_id, client.is_auto_rerun = fragment, by_itself
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
            elif kind == "new_session":
                self.drawn_pages.append(message.new_session.page_script_hash)
            elif kind == "navigation":
                self.page = message.navigation.page_script_hash
            elif kind == "page_info_changed":
                self.address = message.page_info_changed.query_string
                self.query = self.address
            elif kind == "script_finished":
                self.drawn, self.looks = True, self.looks + 1
                if message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY:
                    self.wholes, self.whole = self.wholes + 1, self.drawn_pages[-1]
            self.changed.set()

    def _element(self, message: ForwardMsg) -> None:
        element = message.delta.new_element
        kind = element.WhichOneof("type")
        if kind in ("button", "slider"):
            made = getattr(element, kind)
            key = made.id.split("-", 2)[2]  # $$ID, a digest, the key
            self.ids[key], self.parts[key] = made.id, message.delta.fragment_id
        elif kind == "html":
            body = element.html.body
            if found := STEP.search(body):
                self.step, self.state = int(found[1]), body
            if found := PICTURE.search(body):
                self.shown, self.pictures = int(found[1]), self.pictures + 1

    def _look(self, fragment: str, interval: float) -> None:
        """From now on ask for the fragment every so often, as a browser does."""
        if fragment in self._timers:
            self._timers[fragment].cancel()
        self._timers[fragment] = asyncio.create_task(self._looking(fragment, interval))

    async def _looking(self, fragment: str, interval: float) -> None:
        while True:
            await asyncio.sleep(interval)
            if not self.still:
                await self._send(fragment=fragment, by_itself=True)


async def student(server: Server, number: int, query: str = "", name: str = "train") -> Student:
    """A visitor whose page is drawn: of the run with this number as its seed, or of an address that he had, on Train
    or on the page of this name. Who comes back has the same cookie, else he would be another, who may only look at what
    is his."""
    address = server.url.replace("http", "ws") + "/_stcore/stream"
    cookie = {"Cookie": f"gan_visitor={number:032x}"}
    socket = await connect(address, subprotocols=["streamlit"], max_size=None, additional_headers=cookie)
    made = Student(socket, query or f"{QUERY}&se={number}", name)
    await made.open()
    return made
