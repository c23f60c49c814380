"""The code of the page's settings, and the files that a run leaves, without a browser."""

from __future__ import annotations

import re
from html import unescape
from importlib.util import find_spec

from live_runs import reach
from streamlit.testing.v1 import AppTest
from visiting import Open, html

from gan_core.live.registry import registry
from gan_core.outputs.kinds import KINDS
from gan_core.outputs.script import script_of
from gan_core.settings.experiment import Experiment
from pages.parts.train.code import marked


def code(drawn: str) -> str:
    """What somebody gets who copies it: all but the lines that are gone."""
    return unescape(re.sub(r"<[^>]+>", "", re.sub(r"<del.*?</del>", "", drawn)))


def lines(drawn: str, tag: str) -> list[str]:
    """The lines that are marked with a tag."""
    return [
        unescape(re.sub(r"<[^>]+>", "", line)).rstrip() for line in re.findall(rf"<{tag}\b.*?</{tag}>", drawn, re.S)
    ]


def script(at: AppTest) -> str:
    (drawn,) = (text for text in html(at) if 'class="script"' in text)
    return drawn


def test_the_code_is_that_of_the_settings_with_the_last_change_marked(open_page: Open) -> None:
    at = open_page(a="mlp", w="0.125")
    assert not any('class="script"' in text for text in html(at))  # folded, nothing is drawn
    at.session_state["code"] = True
    at.run()
    before = Experiment(width=0.125)
    assert code(script(at)) == script_of(before)
    assert lines(script(at), "ins") == []
    at.selectbox(key="loss").set_value("hinge").run()
    at.selectbox(key="noise").set_value("uniform").run()
    assert not at.exception
    after = before.replace(loss="hinge", noise="uniform")
    assert code(script(at)) == script_of(after)
    new = lines(script(at), "ins")  # of the noise alone, the last of both
    assert new == [line for line in script_of(after).splitlines() if "niform" in line or "torch.rand(" in line]
    assert lines(script(at), "del") == [
        line for line in script_of(before).splitlines() if "standard normal" in line or "torch.randn(" in line
    ]
    assert any("`noise`" in words.value for words in at.caption)


def test_a_change_that_no_line_shows_is_told(open_page: Open) -> None:
    at = open_page(w="0.125", ng="none")
    at.session_state["code"] = True
    at.run()
    at.selectbox(key="sample_mode").set_value("eval").run()
    assert any("changes nothing here" in words.value for words in at.caption)
    assert lines(script(at), "ins") == []


def test_the_code_is_escaped() -> None:
    text = 'x = "<img src=y onerror=z>" + "&amp;"  # <b>\n'
    drawn = marked(text, text)
    assert "<img" not in drawn
    assert "<b>" not in drawn
    assert code(drawn) == text


def test_every_kind_of_file_has_a_button(open_page: Open) -> None:
    at = open_page(w="0.125", st="0")
    at.button(key="start").click().run()
    reach(registry(), at.session_state["run"], lambda seen: seen.state == "finished")
    at.session_state["save"] = True
    at.session_state["save_kind"] = "export"
    at.run()
    assert not at.exception
    buttons = {element.proto.label: element.proto for element in at.get("download_button")}
    assert {kind.label for kind in KINDS.values()} <= set(buttons)
    for kind in ("script", "html", "csv", "json", "gif", "sheet"):
        assert not buttons[KINDS[kind].label].disabled
    missing = find_spec("tensorboard") is None
    assert buttons[KINDS["tensorboard"].label].disabled == missing
    assert ("not installed" in buttons[KINDS["tensorboard"].label].help) == missing
