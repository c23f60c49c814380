"""Requests for a part of a page that was left meanwhile."""

from __future__ import annotations

from functools import cache

from streamlit.runtime.scriptrunner.script_runner import RerunData, ScriptRunner


@cache
def ignore() -> None:
    """Do nothing for a request from the browser that is about parts of the page which are no longer there.

    While a button within such a part leads to another page, the browser goes on to look at the one that it shows.
    Streamlit 1.67 finds nothing to draw for such a look, but tells the browser first that the page it came from is
    shown now. The browser takes away the new one, and ends with an error at its next look.
    """
    run = ScriptRunner._run_script

    def run_what_is_there(runner: ScriptRunner, asked: RerunData) -> None:
        parts = asked.fragment_id_queue
        if not parts or any(map(runner._fragment_storage.contains, parts)):
            run(runner, asked)

    ScriptRunner._run_script = run_what_is_there  # type: ignore[assignment, method-assign]
