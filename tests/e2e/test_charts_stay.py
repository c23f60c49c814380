"""Charts that are drawn anew while a run trains do not blink, and do not move."""

from __future__ import annotations

import pytest
from driving import ENDLESS, OpenTab, start
from serving import Server

pytestmark = pytest.mark.browser

# From when all charts have a curve, until each was drawn anew so often: the frames in which one shows none, and how far
# its axes ever moved. The curves of a new run come later than its first steps: until then there is nothing to keep.
WATCHED = """async times => {
    const keys = ['histogram', 'losses', 'accuracy', 'gradients'];
    const seen = Object.fromEntries(keys.map(key => [key, {drawn: 0, blank: 0, moved: 0}]));
    const chart = key => document.querySelector(`.st-key-${key} .stPlotlyChart:not(.last-picture)`);
    const curve = key => [...document.querySelectorAll(`.st-key-${key} .scatterlayer path`)]
        .find(path => path.checkVisibility({visibilityProperty: true}));
    while (!keys.every(curve)) await new Promise(requestAnimationFrame);
    const now = Object.fromEntries(keys.map(key => [key, chart(key)]));
    const at = Object.fromEntries(keys.map(key => [key, curve(key).closest('.main-svg').getBoundingClientRect()]));
    while (keys.some(key => seen[key].drawn < times)) {
        await new Promise(requestAnimationFrame);
        for (const key of keys) {
            if (chart(key) !== now[key]) seen[key].drawn += 1;
            now[key] = chart(key);
            const shown = curve(key);
            if (!shown) { seen[key].blank += 1; continue; }
            const {x, y} = shown.closest('.main-svg').getBoundingClientRect();
            seen[key].moved = Math.max(seen[key].moved, Math.abs(x - at[key].x), Math.abs(y - at[key].y));
        }
    }
    return seen;
}"""


def test_a_chart_is_there_in_every_frame(server: Server, open_tab: OpenTab) -> None:
    page = start(open_tab(server.url + ENDLESS))
    watched = page.evaluate(WATCHED, 8)
    assert all(not seen["blank"] and seen["moved"] < 1 for seen in watched.values()), watched
