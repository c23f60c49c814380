"""The program of a child that does tasks, one after the other: `python -m gan_core.processes.child_tasks`.

Its niceness comes first on stdin, then a function with its arguments for each task; each answer goes to stdout. It
ends at once when stdin ends, also in the middle of a task: who is killed leaves no orphan.
"""

from __future__ import annotations

import os
import pickle
import sys
import threading
import traceback
from queue import SimpleQueue

from gan_core.processes.inside_child import leave, own_stdout
from gan_core.processes.task_frames import TaskFailed, read_frame, unpacked, write_frame


def main() -> None:
    """Do tasks until stdin ends."""
    wire = own_stdout()
    niceness = unpacked(read_frame(sys.stdin.buffer))
    if hasattr(os, "nice"):
        os.nice(niceness)
    tasks: SimpleQueue[bytes] = SimpleQueue()
    threading.Thread(target=_listen, args=(tasks,), daemon=True).start()
    while True:
        task = tasks.get()
        answer: tuple[bool, object]
        try:
            function, arguments, named = unpacked(task)
            answer = True, function(*arguments, **named)
            pickle.dumps(answer)  # what cannot travel is the task's own fault
        except Exception as error:
            traceback.print_exc()
            answer = False, _travelling(error)
        write_frame(wire, answer)


def _travelling(error: Exception) -> Exception:
    """The error, or its words where it would not come out whole on the other side."""
    try:
        if str(pickle.loads(pickle.dumps(error))) == str(error):
            return error
    except Exception:  # whatever an exception of any library does when it is unpacked
        pass
    return TaskFailed(f"{type(error).__name__}: {error}")


def _listen(tasks: SimpleQueue[bytes]) -> None:
    try:
        while True:
            tasks.put(read_frame(sys.stdin.buffer))
    except EOFError:
        leave(0)


if __name__ == "__main__":
    main()
