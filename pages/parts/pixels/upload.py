"""Bring your own: what a file seems to be, what is wrong with it, and the code that mends it; it is never executed."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass

import streamlit as st
from markupsafe import Markup

from gan_core.diagnosis.evidence import told
from gan_core.files.contents import ENDINGS
from gan_core.files.errors import DataError
from gan_core.pixels.range_map import Pixels, grid, png_bytes
from gan_core.pixels.tiles import COLUMNS
from gan_core.saving_mistakes.link import FILE
from gan_core.saving_mistakes.sample_tensors import TensorSample, brought, converted
from gan_core.uploads import AGAINST, Mended, Report, Seems, examine
from pages.parts.shared import diagnosis_line, pictures, plain_text, state, theme

# Findings that say the numbers themselves are spoilt: no saving mends that.
SPOILT = frozenset({"wrong-range-map", "wrapped-pixels", "channel-order"})


@dataclass(frozen=True, eq=False)
class Seen:
    """What came of one upload."""

    file_id: str  # Streamlit's, of the file that was uploaded
    against: str  # the real set that it was compared with
    report: Report | None  # None where the file cannot be read
    refused: str  # why it cannot be read; empty where it can
    tensor: TensorSample | None  # what can go through the stages of it
    saved: bytes  # its numbers rightly saved, as a zip of PNG; empty where that cannot be done for certain


def tensor() -> TensorSample | None:
    """What can go through the stages of the file that was brought in this tab; None where nothing can."""
    seen = state.BROUGHT.get()
    return seen.tensor if seen else None


@st.fragment
def section() -> None:
    """The upload, and the report on it; drawn again by itself."""
    st.subheader("Bring your own", anchor="bring-your-own")
    left, right = st.columns([0.7, 0.3])
    with left:
        file = st.file_uploader(
            "Samples as .npy or .pt, pictures, a zip of them, or a training log as .csv or .jsonl",
            [ending.removeprefix(".") for ending in ENDINGS], key="bring",
            help="It is read here and not kept. Nothing in it is executed: of a .pt, only plain tensors are read.",
        )  # fmt: skip
    with right:
        against = st.selectbox("Compare with which real images?", AGAINST, key="against")
    if file is None:
        state.BROUGHT.set(None)
        return
    seen = state.BROUGHT.get()
    if seen is None or (seen.file_id, seen.against) != (file.file_id, against):
        with st.spinner("Looking at it…"):
            seen = _look(file.file_id, file.name, file.getvalue(), against)
        state.BROUGHT.set(seen)
    with st.container(key="report"):
        if seen.report is None:
            diagnosis_line.say(diagnosis_line.TROUBLE, seen.refused, strong="It cannot be read.")
        else:
            _report(seen.report, seen)


def _look(file_id: str, name: str, content: bytes, against: str) -> Seen:
    try:
        report = examine(name, content, against)
    except DataError as error:
        return Seen(file_id, against, None, str(error), None, b"")
    return Seen(file_id, against, report, "", brought(report), _saved(report))


def _saved(report: Report) -> bytes:
    """Its numbers as PNG, by the range they seem to have; of pictures, there is nothing to save."""
    if report.seems.kind != "values" or SPOILT & {finding.failure for finding in report.findings}:
        return b""
    try:
        return _zip(converted(report))
    except ValueError:
        return b""  # the report has said why


def _zip(made: Pixels) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for number, picture in enumerate(made):
            archive.writestr(f"picture-{number:02d}.png", png_bytes(picture))
    return file.getvalue()


def _report(report: Report, seen: Seen) -> None:
    words = Markup("<p><b>{}</b> seems to be {}</p>").format(report.name, plain_text.plain(_words(report.seems)))
    st.html(words)
    if report.pictures is not None:
        left, right = st.columns([0.36, 0.64])
        with left:
            picture = grid(report.pictures, min(COLUMNS, len(report.pictures)))
            height, width = picture.shape[:2]
            heading = pictures.titled("Your pictures", "as they seem to be meant", theme.GENERATED, square=True)
            pictures.grid(heading, png_bytes(picture), width, height, "The pictures that were brought")
            if seen.tensor is not None:
                _follow(not report.seems.dtype.startswith(("float", "bfloat")))
            if seen.saved:
                st.download_button(
                    "Save it rightly, as PNG", seen.saved, "pictures.zip", "application/zip", key="saved_rightly",
                    on_click="ignore", icon=":material/folder_zip:",
                    help=f"Range {report.seems.range} to 0–255, clipped, rounded, channels last: the first pictures.",
                )  # fmt: skip
        with right:
            _findings(report)
    else:
        _findings(report)


def _follow(as_bytes: bool) -> None:
    """The way into the journey above."""
    if state.ASKED.get().source == FILE:
        st.markdown("[Above, it goes through the stages ↑](#why-are-my-saved-pictures-wrong)")
    elif st.button("Follow it through the stages", key="follow", icon=":material/arrow_upward:"):
        state.FOLLOWING.set(True)
        st.rerun()
    if as_bytes:
        st.caption("These are bytes already: they travel as a network would be given them, in [-1,1].")


def _findings(report: Report) -> None:
    if not report.findings:
        diagnosis_line.say(
            diagnosis_line.HEALTHY, "None of the failures that can be told from such a file.", strong="Not found:"
        )
    for finding in report.findings:
        _finding(finding)
    for sentence in report.untold:
        plain_text.small(sentence)
    with st.expander("All measurements", key="measurements"):
        st.table({name: f"{value:.4g}" for name, value in report.measurements.items()})


def _finding(finding: Mended) -> None:
    since = f", since step {finding.since_step}" if finding.since_step else ""
    diagnosis_line.say(diagnosis_line.TROUBLE, finding.why, strong=f"{finding.title}{since}.")
    plain_text.small(" ".join(seen.words for seen in told(finding.evidence)))
    if finding.code:
        st.code(finding.code, language="python", wrap_lines=True)


def _words(seems: Seems) -> str:
    if seems.kind == "log":
        columns = ", ".join(f"`{column}` as {name}" for column, name in (seems.columns or {}).items())
        first, last = seems.steps or (0, 0)
        return f"a training log: {seems.count} rows, steps {first} to {last}; read {columns}."
    what = "numbers" if seems.kind == "values" else "files"
    pillow = f" Saved as it is, Pillow says: `{seems.pillow}`." if seems.pillow else ""
    count = f"{seems.count} pictures" if seems.count > 1 else "one picture"
    return (
        f"{count} of {seems.width}×{seems.height} as {what}: {seems.dtype}, layout {seems.layout} `{seems.shape}`, "
        f"range {seems.range}.{pillow}"
    )
