"""Bring your own: what a file seems to be, what is wrong with it, and the code that mends it; it is never executed."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING

import streamlit as st
from markupsafe import Markup

from gan_core.diagnosis.evidence import told
from gan_core.diagnosis.titles import title_of
from gan_core.files.contents import TOGETHER_ENDINGS
from gan_core.files.errors import DataError
from gan_core.pixels.range_map import Pixels, grid, png_bytes
from gan_core.pixels.tiles import COLUMNS
from gan_core.saving_mistakes.link import FILE
from gan_core.saving_mistakes.sample_tensors import TensorSample, brought, converted
from gan_core.uploads import AGAINST, Mended, NoColumnError, NotJudged, Own, Report, Seems, examine_several, own_set
from pages.parts.pixels import log_columns, weights_list
from pages.parts.shared import diagnosis_line, pictures, plain_text, scroll, state, theme, turn
from pages.parts.shared.fragment import fragment

if TYPE_CHECKING:
    from streamlit.runtime.uploaded_file_manager import UploadedFile

# Findings that say the numbers themselves are spoilt: no saving mends that.
SPOILT = frozenset({
    "wrong-range-map", "wrapped-pixels", "channel-order", "shifted-range", "half-range", "normalised-twice",
    "low-bit-depth",
})  # fmt: skip


# The choice of real images that are brought as well.
OWN = "your own real images"
# What a log that was pasted is called.
PASTED = "pasted.txt"


@dataclass(frozen=True)
class AskedReport:
    """What is to be looked at."""

    file_id: str  # Streamlit's, of the files that were uploaded; the text that was pasted
    against: str  # the real set to compare with
    own_ids: tuple[str, ...]  # Streamlit's, of one's own real images
    columns: tuple[tuple[str, str], ...]  # what a log's columns were said to be


@dataclass(frozen=True, eq=False)
class Seen:
    """What came of one upload."""

    asked: AskedReport
    report: Report | None  # None where the file cannot be read
    refused: str  # why it cannot be read; empty where it can
    columns: list[str]  # of a log of which none is recognised
    tensor: TensorSample | None  # what can go through the stages of it
    saved: bytes  # its numbers rightly saved, as a zip of PNG; empty where that cannot be done for certain


def tensor() -> TensorSample | None:
    """What can go through the stages of the file that was brought in this tab; None where nothing can."""
    seen = state.BROUGHT.get()
    return seen.tensor if seen else None


@fragment()
def section() -> None:
    """The upload, and the report on it; drawn again by itself."""
    with st.container(key="own-file"):
        st.subheader("Bring your own", anchor="bring-your-own")
    left, right = st.columns([0.7, 0.3])
    with left:
        files = st.file_uploader(
            "Samples as .npy or .pt, pictures or figures, a zip of them, a training log of any kind, or checkpoints",
            key="bring", accept_multiple_files=True,
            help="Logs: what your loop prints (.txt, .log, a notebook), .csv, .json, .jsonl, TensorBoard event files, "
                "pickled lists. Checkpoints: state_dict() of G, of D or of both as torch.save or safetensors writes it "
                "(.pt, .pth, .ckpt, .bin, .safetensors), of two steps, to see which weights moved. Files are read "
                "here and not kept. Nothing in them is executed: from a .pt or .pkl file, only plain tensors and "
                "numbers are read.",
        )  # fmt: skip
        with st.expander("… or paste what your loop prints", key="paste"):
            pasted = st.text_area(
                "Lines with losses, as they stand in your terminal", key="pasted", height=120,
                placeholder="[3/25][10/1583] Loss_D: 0.2 Loss_G: 5.1 D(x): 0.9 D(G(z)): 0.1 / 0.0",
            )  # fmt: skip
    with right:
        against = st.selectbox("Compare with which real images?", (*AGAINST, OWN), key="against")
        own = _own_files() if against == OWN else []
    if not files and not pasted.strip():
        state.BROUGHT.set(None)
        return
    together = _together(files)
    several = [(file.name, file.getvalue()) for file in together] or [(PASTED, pasted.encode())]
    file_id = " ".join(file.file_id for file in together) or f"{PASTED} {pasted}"
    asked = AskedReport(file_id, against, tuple(one.file_id for one in own), log_columns.chosen(file_id))
    seen = state.BROUGHT.get()
    came = seen is None or seen.asked != asked
    if seen is None or seen.asked != asked:
        with st.spinner("Examining the file…"), turn.aside():
            seen = _look(asked, several, own)
        state.BROUGHT.set(seen)
    with st.container(key="report"):
        if len(together) < len(files):
            plain_text.small(
                f"Of {len(files)} files, {together[0].name}, the last, is looked at: take others away with ×."
            )
        if seen.report is None:
            diagnosis_line.say(diagnosis_line.TROUBLE, seen.refused, strong="This file cannot be read.")
            if seen.columns:
                log_columns.boxes(file_id, {}, seen.columns)
        else:
            _report(seen.report, seen)
    # What is found stands below the upload, beyond the screen's edge: show it where the upload was.
    scroll.to(".st-key-own-file", now=came)


def _together(files: list[UploadedFile]) -> list[UploadedFile]:
    """The files that say something together, checkpoints or pictures; of others the last, which came after them."""
    for endings in TOGETHER_ENDINGS:
        if all(file.name.lower().endswith(endings) for file in files):
            return files
    return files[-1:]


def _own_files() -> list[UploadedFile]:
    files = st.file_uploader(
        "Your own real images", key="own_real", accept_multiple_files=True,
        help="A few dozen of the images that your GAN is trained on, as pictures, a zip or .npy. With them, "
            "brightness, contrast and the order of colours can be judged.",
    )  # fmt: skip
    if not files:
        st.caption(f"Until you upload them, the pictures are compared with {AGAINST[0]}.")
    return list(files)


def _look(asked: AskedReport, several: list[tuple[str, bytes]], own: list[UploadedFile]) -> Seen:
    try:
        report = examine_several(several, _against(asked.against, own), dict(asked.columns))
    except NoColumnError as error:
        return Seen(asked, None, str(error), error.columns, None, b"")
    except DataError as error:
        return Seen(asked, None, str(error), [], None, b"")
    return Seen(asked, report, "", [], brought(report), _saved(report))


def _against(chosen: str, own: list[UploadedFile]) -> str | Own:
    if chosen != OWN:
        return chosen
    if not own:
        return AGAINST[0]
    if len(own) == 1:
        return own_set(own[0].name, own[0].getvalue())
    together = io.BytesIO()
    with zipfile.ZipFile(together, "w") as archive:
        for number, file in enumerate(own):
            archive.writestr(f"{number:05d}-{PurePath(file.name).name}", file.getvalue())
    return own_set("your own real images.zip", together.getvalue())


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
    seems = "seem" if report.seems.kind == "weights" and report.seems.count > 1 else "seems"
    words = Markup("<p><b>{}</b> {} to be {}</p>").format(report.name, seems, plain_text.plain(_words(report.seems)))
    st.html(words)
    if report.pictures is not None:
        left, right = st.columns([0.36, 0.64])
        with left:
            picture = grid(report.pictures, min(COLUMNS, len(report.pictures)))
            height, width = picture.shape[:2]
            rows, columns = report.pictures[0].shape[-2:]
            resized = "" if (report.seems.height, report.seems.width) == (rows, columns) else f", at {columns}×{rows}"
            heading = pictures.titled(
                "Your pictures", f"as they were probably meant{resized}", theme.GENERATED, square=True
            )
            pictures.grid(heading, png_bytes(picture), width, height, "The uploaded pictures")
            if seen.tensor is not None:
                _follow(not report.seems.dtype.startswith(("float", "bfloat")))
            if seen.saved:
                st.download_button(
                    "Save correctly, as PNG", seen.saved, "pictures.zip", "application/zip", key="saved_rightly",
                    on_click="ignore", icon=":material/folder_zip:",
                    help=f"Range {report.seems.range} to 0–255, clipped, rounded, channels last: the first pictures.",
                )  # fmt: skip
        with right:
            _findings(report, seen)
    else:
        _findings(report, seen)


def _follow(as_bytes: bool) -> None:
    """The way into the journey above."""
    if state.ASKED.get().source == FILE:
        st.markdown("[Followed through the stages above ↑](#why-are-my-saved-pictures-wrong)")
    elif st.button("Follow it through the stages", key="follow", icon=":material/arrow_upward:"):
        state.FOLLOWING.set(True)
        st.rerun()
    if as_bytes:
        st.caption("These are already bytes; above, they start in [-1,1], as a network would receive them.")


def _findings(report: Report, seen: Seen) -> None:
    if not report.findings:
        diagnosis_line.say(
            diagnosis_line.HEALTHY if report.looked_for else diagnosis_line.TROUBLE,
            "This is not an all-clear: see below what was checked and what could not be judged.",
            strong="No fault was found.",
        )
    for finding in report.findings:
        _finding(finding)
    for sentence in report.untold:
        plain_text.small(sentence)
    weights_list.changes(report.weights)
    if report.seems.kind == "log":
        log_columns.boxes(seen.asked.file_id, report.seems.columns or {}, report.seems.others or [])
    _looked_for(report)
    with st.expander("All measurements", key="measurements"):
        st.table({name: f"{value:.4g}" for name, value in report.measurements.items()})


def _looked_for(report: Report) -> None:
    """What was checked, and what could not be judged, by what would be needed for it."""
    with st.expander("What was checked, and what could not be judged", key="looked_for"):
        st.markdown(f"**Checked:** {', '.join(title_of(name) for name in report.looked_for) or 'nothing'}.")
        needed: dict[str, list[NotJudged]] = {}
        for one in report.not_judged:
            needed.setdefault(one.needed, []).append(one)
        if needed:
            lines = [f"- {', '.join(one.title for one in some)}: needs {words}." for words, some in needed.items()]
            st.markdown("**Could not be judged:**\n" + "\n".join(lines))


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
    if seems.kind == "weights":
        first, last = seems.steps or (0, 0)
        steps = f", counted {first} to {last}" if first < last else ""
        return f"{seems.count} checkpoints{steps}." if seems.count > 1 else "one checkpoint."
    what = "numbers" if seems.kind == "values" else "files"
    pillow = f" Saved as it is, Pillow says: `{seems.pillow}`." if seems.pillow else ""
    count = f"{seems.count} pictures" if seems.count > 1 else "one picture"
    return (
        f"{count} of {seems.width}×{seems.height} as {what}: {seems.dtype}, layout {seems.layout} `{seems.shape}`, "
        f"range {seems.range}.{pillow}"
    )
