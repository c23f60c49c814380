"""Who this browser is, and what it may do: alone on its machine, a visitor among others, or their teacher.

Each browser has a random word in a cookie, and only the browser that started a live run changes it. All else is the
user's on a server that listens on this machine only; on one that others reach, what a browser saves is its own, too.
"""

from __future__ import annotations

import functools
import hashlib
import json
import math
import os
import re
import secrets
import sys
from collections.abc import Collection

import streamlit as st

from gan_core.classroom import lan_address
from gan_core.classroom.teacher_key import TeacherKeyError, teacher_key
from gan_core.data import allowed_folders, upload_cache
from gan_core.live.errors import RunError
from gan_core.live.registry import registry
from gan_core.live.run import Snapshot
from gan_core.saved_runs.store import Store
from gan_core.settings import cost
from gan_core.settings.experiment import Experiment
from pages.parts.shared import page_link, plain_text, state

COOKIE, TEACHER_COOKIE = "gan_visitor", "gan_teacher"
KEY = "key"  # the URL key of the teacher's key
KEY_REFUSED = "This is not this server's teacher key: the server printed the right link when it was first visited."
PROXY = "This server is reached through a proxy: start it with GAN_ALONE=0, or with GAN_ALONE=1 if only you use it."
KEPT_S = 365 * 24 * 3600  # how long a browser keeps its cookies
GOES_ON = ("starting", "waiting", "running", "paused")
FORWARDED = ("X-Forwarded-For", "X-Real-Ip", "Forwarded")  # what a proxy adds


def arrive() -> None:
    """To be called on each run of the script before the navigation: what a shared server needs to know and tell."""
    try:
        if alone():
            if not os.environ.get("GAN_ALONE") and any(st.context.headers.get(name) for name in FORWARDED):
                _stop_with(PROXY)
        else:
            if allowed_folders.anywhere():
                allowed_folders.confine(os.environ.get("GAN_FOLDERS", "").split(os.pathsep))
            _announce()
    except TeacherKeyError as error:
        _stop_with(str(error))


def settle() -> None:
    """To be called next, before anything of the page is drawn: takes the key that is in the address, and has the
    browser keep who it is."""
    given = page_link.value(KEY)
    if given is not None:
        _take_key(given)
    elif st.context.cookies.get(COOKIE) != word():
        remember()


def alone() -> bool:
    """Whether nobody but this machine's user reaches the server: GAN_ALONE says so, else the address it listens on."""
    said = os.environ.get("GAN_ALONE", "")
    if said in ("0", "1"):
        return said == "1"
    address = str(st.get_option("server.address") or "")
    return lan_address.here_only(f"http://[{address}]" if ":" in address else f"http://{address}")


def word() -> str:
    """The random word of this browser, which nobody else knows."""
    known = state.VISITOR.get()
    if known is None:
        kept = str(st.context.cookies.get(COOKIE, ""))
        known = kept if re.fullmatch("[0-9a-f]{32}", kept) else secrets.token_hex(16)
        state.VISITOR.set(known)
    return known


def address() -> str:
    """The network address that this browser comes from; of all behind one proxy the same."""
    return str(st.context.ip_address or "")


def remember() -> None:
    """Have the browser keep its word."""
    _run_script(_cookie(COOKIE, word()))


def browser() -> str:
    """This browser, for others to see: made from its word, which cannot be told from it."""
    return hashlib.sha256(f"owner {word()}".encode()).hexdigest()[:32]


def owner() -> str:
    """Whose is what this browser starts and saves; empty on a server for one, where all is its user's."""
    return "" if alone() else browser()


def owns(run: Snapshot) -> bool:
    """Whether this browser may change a live run: its own, in each of its tabs. Alone, that is one that it started,
    too: a link that is opened in another browser changes nothing."""
    return run.controller in ("", browser()) if alone() else run.owner == owner()


def teacher() -> bool:
    """Whether this browser has had the teacher's key. Alone, nobody is taught."""
    if alone():
        return False
    return state.TEACHER.get() or teacher_key().is_token(word(), str(st.context.cookies.get(TEACHER_COOKIE, "")))


def counts() -> bool:
    """Whether this browser may see how a class has answered, and have it asked again."""
    return alone() or teacher()


def store() -> Store:
    """The saved runs that this browser may see and change. Raises StoreError."""
    return Store.from_environment().seen_by(owner(), everything=teacher())


def most_mb() -> float:
    """How many megabytes of uploads this browser may keep. Raises StoreError."""
    return math.inf if alone() else Store.from_environment().each_mb


def check_pictures(e: Experiment) -> None:
    """Raises RunError where the experiment's pictures are somebody else's upload, with what is said of one that is not
    here."""
    upload = e.dataset == "folder" and upload_cache.is_upload(e.folder)
    if upload and not alone() and not upload_cache.belongs(e.folder, owner()):
        raise RunError(str(upload_cache.missing(e.folder)))


def check_run(*wanted: Experiment, done: int = 0, instead: Collection[str] = ()) -> None:
    """Raises RunError where this browser may not train these runs, of which `done` steps are trained, beside its others
    but those with an id among `instead`: somebody else's pictures, or for a visitor too much."""
    for e in wanted:
        check_pictures(e)
        if not alone() and not teacher() and (why := cost.too_much(e, os.cpu_count() or 1)):
            raise RunError(why)
    if alone() or teacher():
        return
    others = [run for run in registry().everything() if run.owner == owner() and run.run_id not in instead]
    total = sum(cost.usual_steps(e, e.steps - done) for e in wanted)
    total += sum(cost.usual_steps(run.experiment, run.steps - run.step) for run in others if run.state in GOES_ON)
    most = registry().limits.steps_each
    if total > most:
        raise RunError(
            f"Your live runs would train for as long as {total:,.0f} usual steps, and each visitor may have {most:,}: "
            "choose fewer Steps or a smaller network, or end a run on the page Runs."
        )


def _take_key(given: str) -> None:
    """Strip the key from the address, by replacing it, so that no way back leads to it; the right one makes this
    browser the teacher's."""
    away = f"const here = new URL(location); here.searchParams.delete('{KEY}');"
    if alone():
        _run_script(f"{away} history.replaceState(null, '', here);")
        page_link.change(KEY, None)
    elif teacher_key().fits(given):
        state.TEACHER.set(True)
        cookies = _cookie(COOKIE, word()) + _cookie(TEACHER_COOKIE, teacher_key().token(word()))
        _run_script(f"{cookies} {away} location.replace(new URL('classroom', here));")
        st.stop()
    else:
        _run_script(f"{away} history.replaceState(null, '', here);")
        _stop_with(KEY_REFUSED)


@functools.cache
def _announce() -> None:
    """Print the teacher's link, once."""
    key = teacher_key()
    port, path = st.get_option("server.port"), str(st.get_option("server.baseUrlPath") or "").strip("/")
    base = lan_address.in_network(f"http://localhost:{port}{'/' + path if path else ''}/")
    told = key.text if key.generated else "…, with the value of GAN_TEACHER_KEY"
    sys.stderr.write(f"The teacher's link, for nobody else: {base}?{KEY}={told}\n")
    sys.stderr.flush()


def _cookie(name: str, text: str) -> str:
    """The JavaScript that has the browser keep a text."""
    told = json.dumps(f"{name}={text}; path=/; SameSite=Lax; Max-Age={KEPT_S}")
    return f"document.cookie = {told} + (location.protocol === 'https:' ? '; Secure' : '');"


def _run_script(script: str) -> None:
    st.html(f"<script>{script}</script>", unsafe_allow_javascript=True)


def _stop_with(words: str) -> None:
    plain_text.wrong(words)
    st.stop()
