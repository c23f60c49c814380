"""One colour for each actor and each judgement, on every page, chart and report.

Told apart by colour-blind people too (after Okabe & Ito), and readable on light and dark.
"""

from __future__ import annotations

REAL, GENERATED, DISCRIMINATOR, GRADIENT = "#0f9d76", "#c0559b", "#3c87cf", "#dd7326"
LEGAL = "rgba(128, 138, 150, 0.18)"
MOMENT = "#e0457b"  # the step that is shown, on a chart of the whole run

BROKEN, FIXED = "#d1495b", "#0f9d76"
UNDER_WHITE = "#c23b4e"  # what is broken, under white letters
QUIET = "#808a96"
UNDECIDED = "#8a63c9"
