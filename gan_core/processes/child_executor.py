"""The executor of this machine: concurrent.futures' interface over child processes, forked from the template.

A child does one task after the other. One that dies takes nothing along: its task is done by another.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future
from contextlib import suppress
from dataclasses import dataclass, field
from queue import SimpleQueue
from typing import Any

from gan_core.processes.start import Process, start
from gan_core.processes.task_frames import read_frame, unpacked, write_frame

MODULE = "gan_core.processes.child_tasks"
TRIES = 3  # of one task, where the child that does it dies


class ChildLost(RuntimeError):
    """The process that did a task has ended, and so has each that tried again; one sentence."""


@dataclass
class _Task:
    function: Callable[..., Any]
    arguments: tuple[Any, ...]
    named: dict[str, Any]
    future: Future[Any] = field(default_factory=Future)
    process: Process | None = None  # that does it now
    ended: bool = False  # nobody wants its answer any more


class ChildExecutor(Executor):
    """At most `children` processes, each started when a task finds no other one free, of this `niceness` more.

    Functions and arguments travel by pickle, functions by their names. A task fails with ChildLost after its third
    child has died, and with what it raised itself.
    """

    def __init__(self, children: int, niceness: int = 0, start_one: Callable[[], Process] = lambda: start(MODULE)):
        self._most, self._niceness, self._start_one = children, niceness, start_one
        self._lock = threading.Lock()
        self._tasks: SimpleQueue[_Task | None] = SimpleQueue()
        self._doing: dict[Future[Any], _Task] = {}
        self._threads: list[threading.Thread] = []
        self._open = 0  # tasks that wait or are done now
        self._closed = False

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Have a child do this. Raises RuntimeError after `shutdown`."""
        task = _Task(fn, args, kwargs)
        with self._lock:
            if self._closed:
                raise RuntimeError("This executor was shut down: it takes no more tasks.")
            self._doing[task.future] = task
            self._open += 1
            if self._open > len(self._threads) < self._most:
                thread = threading.Thread(target=self._serve, name=f"child-{len(self._threads)}", daemon=True)
                self._threads.append(thread)
                thread.start()
        self._tasks.put(task)
        return task.future

    def end(self, future: Future[Any]) -> None:
        """Nobody wants this answer any more: where its task is being done, that child ends at once."""
        future.cancel()
        with self._lock:
            task = self._doing.get(future)
            if task is not None:
                task.ended = True
                if task.process is not None:
                    task.process.kill()

    def pids(self) -> list[int]:
        """The ids of the processes that are at work."""
        with self._lock:
            return [task.process.pid for task in self._doing.values() if task.process is not None]

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Take no more tasks; with `cancel_futures`, end those that are open as well. With `wait`, until all ended."""
        with self._lock:
            self._closed = True
            threads, doing = [*self._threads], [*self._doing]
        if cancel_futures:
            for future in doing:
                self.end(future)
        self._tasks.put(None)
        if wait:
            for thread in threads:
                thread.join()

    def close(self) -> None:
        """End all at once, and wait until the processes are gone."""
        self.shutdown(cancel_futures=True)

    # ------------------------------------------------------------------------------------------ its threads

    def _serve(self) -> None:
        """Hand one task after the other to a child of this thread's own."""
        process: Process | None = None
        while (task := self._tasks.get()) is not None:
            if task.future.set_running_or_notify_cancel():
                process = self._do(task, process)
            with self._lock:
                del self._doing[task.future]
                self._open -= 1
        self._tasks.put(None)  # the next thread ends as well
        if process is not None:
            _dismiss(process)

    def _do(self, task: _Task, process: Process | None) -> Process | None:
        """Have the task done, by a new child where there is none; returns the child that is left."""
        why = ""
        for _ in range(TRIES):
            if task.ended:
                break
            try:
                process = process or self._started()
            except OSError as error:
                why = f"no process could be started: {error}"
                continue
            with self._lock:
                if task.ended:  # while its process was started
                    break
                task.process = process
            try:
                write_frame(process.stdin, (task.function, task.arguments, task.named))
                done, answer = unpacked(read_frame(process.stdout))
            except (OSError, EOFError):
                why = _dismiss(process)
                process = task.process = None
                continue
            except Exception as error:  # arguments or an answer that pickle refuses
                task.future.set_exception(error)
                return process
            with self._lock:
                task.process = None
            if done:
                task.future.set_result(answer)
            else:
                task.future.set_exception(answer)
            return process
        task.future.set_exception(ChildLost("It was stopped." if task.ended else f"Its process was lost: {why}."))
        return process

    def _started(self) -> Process:
        process = self._start_one()
        try:
            write_frame(process.stdin, self._niceness)
        except OSError:
            _dismiss(process)
            raise
        return process


def _dismiss(process: Process) -> str:
    """End a child that is needed no more, wait until it is gone, and say how it ended."""
    process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout):
        with suppress(OSError):
            pipe.close()
    code = process.exit_code
    return "its exit code is not known" if code is None else f"exit code {code}"
