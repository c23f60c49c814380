"""The process that runs claims for pages: `python -m gan_core.claims.worker`.

Ids come on stdin, a line each; messages go to stdout, a line of JSON each: {"steps": 120} while it trains, then
{"result": {...}} or {"trouble": "..."}. It ends at once when stdin ends: a page server that was killed leaves no
orphan.
"""

from __future__ import annotations

import json
import sys
import threading
import time
import traceback
from queue import SimpleQueue
from typing import Any, BinaryIO

from gan_core.claims.ledger import CLAIMS
from gan_core.claims.run_claim import prepare, run
from gan_core.processes.inside_child import give_way, leave, own_stdout

TELL_S = 0.25


def main() -> None:
    """Run claims until stdin ends."""
    wire = own_stdout()
    give_way()
    asked: SimpleQueue[str] = SimpleQueue()
    threading.Thread(target=_listen, args=(asked,), daemon=True).start()
    prepare()
    while True:
        claim = CLAIMS[asked.get()]
        try:
            _tell(wire, {"result": run(claim, told=_Teller(wire))})
        except Exception as error:  # an experiment's own fault must not end the process
            traceback.print_exc()
            _tell(wire, {"trouble": f"The experiment failed ({type(error).__name__}: {error})."})


class _Teller:
    """Tells of steps, a few times a second at most."""

    def __init__(self, wire: BinaryIO) -> None:
        self.wire = wire
        self.next = 0.0

    def __call__(self, steps: int) -> None:
        if time.monotonic() >= self.next:
            self.next = time.monotonic() + TELL_S
            _tell(self.wire, {"steps": steps})


def _tell(wire: BinaryIO, message: dict[str, Any]) -> None:
    wire.write(json.dumps(message).encode() + b"\n")
    wire.flush()


def _listen(asked: SimpleQueue[str]) -> None:
    for line in sys.stdin.buffer:
        asked.put(line.decode().strip())
    leave(0)


if __name__ == "__main__":
    main()
