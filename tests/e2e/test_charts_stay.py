"""Charts that change while a run trains do not blink and do not move, nor where plotly takes over from light ones."""

from __future__ import annotations

import pytest
from driving import ENDLESS, OpenTab, button, start
from serving import Server

pytestmark = pytest.mark.browser

# From when all charts have a curve: how often each was drawn, the frames in which one shows no curve, and how far what
# is below ever moved. A light chart is a picture; of plotly's, a line is looked for.
WATCH = """async () => {
    const keys = ['histogram', 'losses', 'accuracy', 'gradients'];
    const seen = Object.fromEntries(keys.map(key => [key, {drawn: 0, blank: 0, moved: 0}]));
    const visible = element => element.checkVisibility({visibilityProperty: true});
    const drawn = key => {
        const all = document.querySelectorAll(`.st-key-${key} :is(.light-chart img, .scatterlayer path)`);
        return [...all].find(one => visible(one) && (one.tagName !== 'IMG' || (one.complete && one.naturalWidth)));
    };
    while (!keys.every(drawn)) await new Promise(requestAnimationFrame);
    const last = {};
    window.seen = seen;
    (async () => {
        for (;;) {
            await new Promise(requestAnimationFrame);
            for (const key of keys) {
                const now = drawn(key);
                if (!now) { seen[key].blank += 1; continue; }
                const {top} = document.querySelector(`.st-key-${key} .numbers`).getBoundingClientRect();
                seen[key].moved = Math.max(seen[key].moved, Math.abs(top - (last[key]?.top ?? top)));
                if (now !== last[key]?.now) seen[key].drawn += 1;
                last[key] = {now, top};
            }
        }
    })();
}"""
DRAWN = "times => Object.values(window.seen).every(({drawn}) => drawn >= times)"
PLOTLY = """() => ['histogram', 'losses', 'accuracy', 'gradients'].every(key =>
    document.querySelector(`.st-key-${key} .scatterlayer path`) && !document.querySelector('.last-picture'))"""


def test_a_chart_is_there_in_every_frame(server: Server, open_tab: OpenTab) -> None:
    page = start(open_tab(server.url + ENDLESS))
    page.evaluate(WATCH)
    page.wait_for_function(DRAWN, arg=8)
    button(page, "pause").click()
    page.wait_for_function(PLOTLY)
    before = page.evaluate("window.seen.losses.drawn")
    button(page, "step_both").click()
    page.wait_for_function(DRAWN, arg=before + 1)
    page.wait_for_function(PLOTLY)
    button(page, "start").click()
    page.wait_for_function("!document.querySelector('.js-plotly-plot')")
    watched = page.evaluate("window.seen")
    assert all(not seen["blank"] and seen["moved"] < 1 for seen in watched.values()), watched
