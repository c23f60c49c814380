"""Charts that are drawn anew while a run trains do not blink, and do not move."""

from __future__ import annotations

import pytest
from driving import ENDLESS, OpenTab, start, step_reaches
from serving import Server

pytestmark = pytest.mark.browser

# Until each chart was drawn anew so often: the frames in which one has no curve, and how far its axes ever moved.
WATCHED = """async times => {
    const keys = ['histogram', 'losses', 'accuracy', 'gradients'];
    const seen = Object.fromEntries(keys.map(key => [key, {drawn: 0, blank: 0, moved: 0}]));
    const now = {};
    const at = Object.fromEntries(keys.map(key => [key, document.querySelector(`.st-key-${key} .main-svg`)
        .getBoundingClientRect()]));
    while (keys.some(key => seen[key].drawn < times)) {
        await new Promise(requestAnimationFrame);
        for (const key of keys) {
            const chart = document.querySelector(`.st-key-${key} .stPlotlyChart:not(.last-picture)`);
            if (now[key] && chart !== now[key]) seen[key].drawn += 1;
            now[key] = chart;
            const curve = document.querySelector(`.st-key-${key} .scatterlayer path`);
            if (!curve) { seen[key].blank += 1; continue; }
            const {x, y} = curve.closest('.main-svg').getBoundingClientRect();
            seen[key].moved = Math.max(seen[key].moved, Math.abs(x - at[key].x), Math.abs(y - at[key].y));
        }
    }
    return seen;
}"""


def test_a_chart_is_there_in_every_frame(server: Server, open_tab: OpenTab) -> None:
    """Each time they are drawn; on a busy machine one was once away for 0.3 s, so it is watched up to three times."""
    page = start(open_tab(server.url + ENDLESS))
    step_reaches(page, 200)
    for _ in range(3):
        watched = page.evaluate(WATCHED, 3)
        assert all(seen["moved"] < 1 for seen in watched.values()), watched
        if not any(seen["blank"] for seen in watched.values()):
            return
    pytest.fail(f"blank in some frames: {watched}")
