"""Points that a person drew, each blurred a little."""

from __future__ import annotations

import numpy as np

from gan_core.data.points import Points, around
from gan_core.data.source import Request, Source
from gan_core.files.errors import DataError
from gan_core.settings.points import read


def load(request: Request) -> Points:
    """See the module. Raises DataError for a text that stands for no points."""
    try:
        centres = np.array(read(request.drawn))
    except ValueError as error:
        raise DataError(f"drawn={request.drawn[:20]!r} stands for no points: {error}.") from None
    return around(centres, request.mode_std, f"{len(centres)} drawn points", counted=False)


SOURCE = Source(
    label="Drawn",
    words="The points that you draw on the page Points.",
    load=load,
    stamp=lambda request: (request.mode_std, request.drawn),
)
