"""The template process: `python -m gan_core.processes.template_process SOCKET MODULE:FUNCTION`.

It imports the module, calls the function, and then waits at the socket, an open descriptor, for requests: a message of
JSON each, with the child's stdin and stdout. It tells of each child when it is there, with a handle to it, and when it
has ended, with its exit code. It ends when the server's end of the socket is closed. No thread may be started here:
neither PyTorch's threads nor their locks would be whole in a child.
"""

from __future__ import annotations

import gc
import json
import os
import pkgutil
import runpy
import select
import socket
import sys
import traceback
from pathlib import Path
from typing import Any, NoReturn

from gan_core.processes.inside_child import leave
from gan_core.processes.template import MOST


def main(control: socket.socket, preload: str) -> NoReturn:
    """Fork what is asked for, until nobody can ask any more."""
    pkgutil.resolve_name(preload)()
    gc.collect()
    gc.freeze()  # the collector's marks would make a copy of what the children share
    children: dict[int, int] = {}  # process ids by their handles
    events = select.poll()
    events.register(control, select.POLLIN)
    while True:
        for ready, _ in events.poll():
            if ready != control.fileno():
                events.unregister(ready)
                _, status = os.waitpid(pid := children.pop(ready), 0)
                os.close(ready)
                _tell(control, {"ended": pid, "exit_code": os.waitstatus_to_exitcode(status)})
                continue
            try:
                message, pipes, _, _ = socket.recv_fds(control, MOST, 2)
            except ConnectionResetError:  # the server was killed before it had read all that it was told
                os._exit(0)
            if not message:
                os._exit(0)
            try:
                pid = os.fork()
            except OSError as error:
                sys.stderr.write(f"template: {error}\n")
                _tell(control, {"refused": error.errno or 0})
            else:
                if pid == 0:
                    for handle in children:
                        os.close(handle)
                    control.close()
                    _become(json.loads(message), *pipes)
                handle = os.pidfd_open(pid)
                children[handle] = pid
                events.register(handle, select.POLLIN)
                _tell(control, {"born": pid}, handle)
            for pipe in pipes:
                os.close(pipe)


def _tell(control: socket.socket, message: dict[str, int], *handles: int) -> None:
    try:
        socket.send_fds(control, [json.dumps(message).encode()], handles)
    except OSError:  # the server has ended
        os._exit(0)


def _become(asked: dict[str, Any], stdin: int, stdout: int) -> NoReturn:
    """Run the module that was asked for, as if it had been started by itself."""
    try:
        os.setpgid(0, 0)
        for place, pipe in enumerate((stdin, stdout)):
            os.dup2(pipe, place)
            os.close(pipe)
        os.chdir(asked["folder"])
        for name in asked["without"]:
            os.environ.pop(name, None)
        os.environ.update(asked["environment"])
        Path("/proc/self/comm").write_text(asked["module"])  # its name among the processes, 15 letters of it
        sys.argv = [asked["module"]]
        runpy.run_module(asked["module"], run_name="__main__")
    except SystemExit as end:
        leave(end.code if isinstance(end.code, int) else int(end.code is not None))
    except BaseException:
        traceback.print_exc()
        leave(1)
    leave(0)


if __name__ == "__main__":
    main(socket.socket(fileno=int(sys.argv[1])), sys.argv[2])
