"""The worker: a process that owns one run. `python -m gan_core.worker` speaks through its pipes.

Commands come on stdin, reports go to stdout. It ends at once when stdin ends, also in the middle of a step: a
page server that was killed leaves no orphan.
"""

from __future__ import annotations

import sys
import threading
import traceback
from queue import SimpleQueue
from typing import BinaryIO

from gan_core.messages import framing
from gan_core.messages.commands_and_reports import Command, Crashed, Refused, Stop
from gan_core.messages.framing import MessageError, ProtocolError
from gan_core.processes.inside_child import give_way, leave, own_stdout


def main() -> None:
    """Work until stdin or stdout ends (exit 0), a Stop command (0), or an unforeseen error (1)."""
    wire = own_stdout()
    give_way()
    commands: SimpleQueue[Command | Refused] = SimpleQueue()
    threading.Thread(target=_listen, args=(sys.stdin.buffer, commands), daemon=True).start()
    try:
        # Only now, since importing PyTorch takes seconds, in which the end of stdin must already be heard.
        from gan_core.worker.preloaded import WorkerLoop, warm_up

        if commands.empty():  # who is already waited for has no time to warm up
            warm_up()
        WorkerLoop(commands, lambda report: framing.write(wire, report)).run()
    except BrokenPipeError:
        leave(0)  # nobody is there any more to be told
    except Exception as error:
        traceback.print_exc()
        framing.write(wire, Crashed(f"{type(error).__name__}: {error}"))
        leave(1)
    leave(0)


def _listen(stream: BinaryIO, commands: SimpleQueue[Command | Refused]) -> None:
    """Pass commands on to the loop, a refusal in the place of one with wrong fields."""
    while True:
        try:
            command = framing.read_command(stream)
        except MessageError as error:
            commands.put(Refused(error.kind, str(error)))
            continue
        except ProtocolError as error:
            sys.stderr.write(f"worker: {error}\n")
            leave(1)
        if command is None:
            leave(0)
        else:
            commands.put(command)
            if isinstance(command, Stop):
                return  # the loop ends after its checkpoint, however soon stdin ends


if __name__ == "__main__":
    main()
