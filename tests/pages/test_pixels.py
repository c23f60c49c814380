"""pixels without a browser: the mistakes, the link, the ways, a live run, what is brought."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from urllib.parse import parse_qsl

import numpy as np
import pytest
import torch
from live_runs import PATIENCE_S, reach
from PIL import Image
from visiting import Open, cited, html, words, wrongs

from gan_core.claims.cited import of_mistake as cited_of
from gan_core.claims.ledger import CLAIMS
from gan_core.diagnosis.titles import title_of
from gan_core.live.registry import registry
from gan_core.pixels.range_map import channels_last
from gan_core.saving_mistakes.journey import Choices, subject
from gan_core.saving_mistakes.judge import judge
from gan_core.saving_mistakes.known_mistakes import KNOWN_MISTAKES, SYMPTOMS
from gan_core.saving_mistakes.link import AskedPixels, of_mistake, read, to_query
from gan_core.saving_mistakes.sample_tensors import SOURCES
from gan_core.saving_mistakes.stage_choices import STAGES, stage_choices
from gan_core.settings.experiment import Experiment
from pages.parts.pixels import journey

MISTAKE_NAMES = [(looks, name) for looks, mistakes in KNOWN_MISTAKES.items() for name in mistakes]


def drawn(at) -> str:
    return "\n".join(html(at))


def code(at) -> str:
    return at.code[0].value


def choices_shown(at) -> dict[str, str]:
    return {stage: at.selectbox(key=f"choice-{stage}").value for stage in STAGES}


def test_the_page_opens_on_a_trap_with_its_effect_in_words(open_page: Open) -> None:
    at = open_page("pixels")
    assert not at.exception and not wrongs(at)
    assert at.session_state["asked"] == of_mistake("speckled", "wrap")
    assert "Wrapped pixels" in drawn(at) and 'class="stage broken"' in drawn(at)
    assert at.query_params["clip"] == "none" and at.query_params["source"] == "linear"
    assert "x.clip" not in code(at) and "x.astype(np.uint8)" in code(at)


@pytest.mark.parametrize(("looks", "name"), MISTAKE_NAMES, ids=lambda value: value)
def test_the_address_of_a_trap_brings_it_back(looks: str, name: str) -> None:
    asked = of_mistake(looks, name)
    assert read(to_query(asked, None)) == (asked, [])
    assert asked.known_mistake() is KNOWN_MISTAKES[looks][name]


def test_each_trap_cites_its_claims_and_links_to_them(open_page: Open) -> None:
    at = open_page("pixels")
    for looks, mistakes in KNOWN_MISTAKES.items():
        at.pills(key="looks").set_value(looks).run()
        for name, mistake in mistakes.items():
            at.button(key=f"mistake-{name}").click().run()
            assert cited(at) == [claim.id for claim in cited_of(looks, mistake)]
            assert set(cited(at)) >= set(mistake.claims)
    assert f"{CLAIMS[cited(at)[0]].claim}" in words(open_page("claims", c=cited(at)[0]))


def test_every_symptoms_traps_are_buttons_that_show_what_they_promise(open_page: Open) -> None:
    at = open_page("pixels")
    for looks, mistakes in KNOWN_MISTAKES.items():
        if looks != "speckled":
            at.pills(key="looks").set_value(looks).run()
        for name, mistake in mistakes.items():
            at.button(key=f"mistake-{name}").click().run()
            assert not at.exception and not wrongs(at)
            assert at.session_state["asked"] == of_mistake(looks, name)
            assert choices_shown(at) == {stage: getattr(mistake.choices, stage) for stage in STAGES}
            assert (f"<b>{title_of(mistake.failure)}.</b>" if mistake.failure else "<b>N") in drawn(at)
            assert ("<pre>" in drawn(at)) == (mistake.failure in ("pil-error", "non-finite"))


def test_mending_leads_to_the_right_pixels(open_page: Open) -> None:
    at = open_page("pixels", source="tanh", image="1", map="times255", clip="none")
    assert "<b>Wrong range.</b>" in drawn(at)
    at.button(key="mend").click().run()
    assert not at.exception
    assert "map" not in at.query_params and at.query_params["clip"] == "none"
    assert "<b>Nothing is wrong.</b>" in drawn(at)


def test_a_way_that_is_chosen_stands_in_the_address_and_in_the_code(open_page: Open) -> None:
    at = open_page("pixels", source="real", image="2")
    assert "<b>Nothing is wrong.</b>" in drawn(at)
    at.selectbox(key="choice-order").set_value("bgr").run()
    assert at.query_params["order"] == "bgr" and at.query_params["image"] == "2"
    assert "[..., ::-1]" in code(at) and '"tensor.npy")[2]' in code(at)
    assert "<b>Channels in the wrong order.</b>" in drawn(at)
    at.selectbox(key="choice-file").set_value("jpeg").run()
    at.select_slider(key="quality").set_value(10).run()
    assert at.query_params["quality"] == "10" and "quality=10" in code(at)
    at.button(key="all_right").click().run()
    assert set(at.query_params) == {"source", "image"}
    assert "<b>Nothing is wrong.</b>" in drawn(at)


def test_another_tensor_keeps_the_ways_that_it_has(open_page: Open) -> None:
    at = open_page("pixels", source="real", image="7", order="bgr", clip="none")
    at.selectbox(key="source").set_value("tanh").run()
    assert not at.exception and not wrongs(at)
    assert at.session_state["asked"] == AskedPixels("speckled", "tanh", 0, Choices(clip="none"))


def test_every_tensor_can_be_shown(open_page: Open) -> None:
    at = open_page("pixels")
    for name in SOURCES:
        at.selectbox(key="source").set_value(name).run()
        assert not at.exception
        assert drawn(at).count('class="stage') == 7


def test_each_wrong_part_of_a_link_gets_one_sentence(open_page: Open) -> None:
    at = open_page(
        "pixels", looks="purple", source="tanh", image="99", map="foo", order="bgr", quality="200", zz="1", clip="none"
    )
    assert not at.exception
    sentences = wrongs(at)
    assert len(sentences) == 6
    for key, text in (("looks", "purple"), ("image", "99"), ("map", "foo"), ("order", "bgr"), ("quality", "200")):
        assert sum(f"(`{key}` in the link) = `{text}`: must be" in sentence for sentence in sentences) == 1
    assert "no setting called `zz`" in words(at)
    assert at.session_state["asked"] == AskedPixels("speckled", "tanh", 0, Choices(clip="none"))
    at.button(key="all_right").click().run()
    assert not wrongs(at)


@pytest.mark.parametrize(
    "query", [{"image": "-1"}, {"image": "²"}, {"image": "9" * 5000}, {"quality": "x"}, {"source": "__class__"}]
)
def test_odd_values_are_refused_not_raised(query: dict[str, str]) -> None:
    asked, wrong = read(query)
    assert asked == AskedPixels() and len(wrong) == 1


def test_without_a_run_its_tensor_cannot_be_had(open_page: Open) -> None:
    at = open_page("pixels", source="run")
    assert not at.exception
    assert "This tab has no run" in words(at)
    at = open_page("pixels", source="run", run="nosuchrun")
    assert not at.exception
    assert "The run of this link has ended" in words(at)
    at.selectbox(key="source").set_value("ramp").run()
    assert not wrongs(at) and 'class="stage' in drawn(at)


def test_the_tensor_of_a_live_run_travels(open_page: Open) -> None:
    run_id = registry().start(Experiment(width=0.125, channels=3, output_activation="linear"), go=False)
    try:
        reach(registry(), run_id, lambda seen: seen.state == "paused")
        expected = registry().collect(run_id, 8, PATIENCE_S).values
        at = open_page("pixels", source="run", run=run_id, image="3", clip="none")
        assert not at.exception and not wrongs(at)
        assert at.query_params["run"] == run_id
        assert at.button(key="take_anew").label.startswith("Step 0")
        low, high = expected[3].min(), expected[3].max()
        assert f"{low:.3g} … {high:.3g}" in drawn(at)
        registry().step(run_id)
        reach(registry(), run_id, lambda seen: seen.step == 1)
        at.button(key="take_anew").click().run()
        assert at.button(key="take_anew").label.startswith("Step 1")
        # A mistake keeps the run where it can be had there, here in colour.
        at.pills(key="looks").set_value("colours").run()
        assert at.session_state["asked"] == AskedPixels("colours", "run", 3, Choices(order="reshape"))
        at.pills(key="looks").set_value("error").run()
        assert at.session_state["asked"] == of_mistake("error", "hw1")
    finally:
        registry().forget(run_id)


def test_symptoms_are_those_of_the_pills(open_page: Open) -> None:
    assert open_page("pixels").pills(key="looks").options == list(SYMPTOMS.values())


# ---------------------------------------------------------------------------------------------- bring your own


def npy(values: np.ndarray) -> bytes:
    file = io.BytesIO()
    np.save(file, values)
    return file.getvalue()


def png(pixels: np.ndarray) -> bytes:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


def bring(at, name: str, content: bytes):
    at.file_uploader(key="bring").set_value((name, content, "application/octet-stream")).run()
    assert not at.exception
    return at


def test_the_page_train_leads_to_its_own_tensor(open_page: Open) -> None:
    at = open_page(w="0.125", st="0")
    at.button(key="start").click().run()
    run_id = at.session_state["run"]
    reach(registry(), run_id, lambda seen: seen.state == "finished")
    at.run()
    (link,) = [link for link in at.get("page_link") if link.proto.page == "pixels"]
    query = dict(parse_qsl(link.proto.query_string))
    assert read(query) == (AskedPixels(source="run"), [])
    assert query["run"] == run_id


def test_a_brought_tensor_is_diagnosed_and_follows_the_stages(open_page: Open) -> None:
    values = SOURCES["linear"].make().values
    at = bring(open_page("pixels", source="real", order="bgr"), "mine.npy", npy(values))
    assert "<b>Pixels out of range.</b>" in drawn(at)
    assert "8 pictures of 28×28 as numbers: float32, layout NCHW" in words(at)
    assert "np.load('mine.npy')" in at.code[1].value
    at.button(key="follow").click().run()
    assert at.session_state["asked"] == AskedPixels("speckled", "file", 0, Choices(order="bgr"))
    assert f"{values[0].min():.3g} … {values[0].max():.3g}" in drawn(at)
    assert at.query_params["source"] == "file"


@pytest.mark.parametrize(("size", "shown"), [(28, "probably meant<"), (48, "probably meant, at 28×28<")])
def test_pictures_that_are_shown_smaller_say_so(open_page: Open, size: int, shown: str) -> None:
    brought = np.random.default_rng(0).integers(0, 256, (8, size, size), np.uint8)
    assert f"as they were {shown}" in drawn(bring(open_page("pixels"), "mine.npy", npy(brought)))


def test_black_pictures_in_a_zip_are_named_and_get_their_code(open_page: Open) -> None:
    """What (x + 1) / 2 without × 255 leaves in the files."""
    file = io.BytesIO()
    tensor = SOURCES["tanh"].make()
    with zipfile.ZipFile(file, "w") as archive:
        for number, image in enumerate(tensor.values):
            archive.writestr(f"{number}.png", png(((image[0] + 1) / 2).round().astype(np.uint8)))
    at = bring(open_page("pixels"), "black.zip", file.getvalue())
    assert "<b>Wrong range.</b>" in drawn(at)
    assert "8 pictures of 28×28 as files" in words(at)
    assert "x * 255" in at.code[1].value
    assert not any(button.key == "follow" for button in at.button)  # bytes have no journey before them


def test_a_training_log_is_read_by_the_detectors(open_page: Open) -> None:
    log = "step,loss_d,loss_g\n" + "".join(f"{step},0.0001,12\n" for step in range(0, 3000, 50))
    at = bring(open_page("pixels"), "log.csv", log.encode())
    assert "The discriminator wins" in drawn(at)
    assert "60 rows, steps 0 to 2950" in words(at)


def test_checkpoints_of_two_steps_are_compared(open_page: Open) -> None:
    def state(**networks: torch.nn.Module) -> bytes:
        file = io.BytesIO()
        torch.save({name: network.state_dict() for name, network in networks.items()}, file)
        return file.getvalue()

    torch.manual_seed(0)
    g, first, second = (torch.nn.Linear(4, 4) for _ in range(3))
    at = open_page("pixels")
    kept = [(f"{number}.pt", state(G=g, D=d), "application/octet-stream") for number, d in ((1, first), (2, second))]
    at.file_uploader(key="bring").set_value(kept[:1]).run()
    assert "No fault was found." in drawn(at) and "needs a second checkpoint of G, of a later step" in words(at)
    at.file_uploader(key="bring").set_value(kept).run()
    assert not at.exception
    assert "2 checkpoints, counted 1 to 2" in words(at)
    assert "<b>No gradient reaches G, since step 1.</b>" in drawn(at)
    assert "<b>weight</b>: 4×4, exactly as before" in drawn(at)
    assert "def step_g" in at.code[-1].value


def test_of_files_that_do_not_belong_together_the_last_is_looked_at(open_page: Open) -> None:
    log = "step,loss_d,loss_g\n" + "".join(f"{step},0.7,0.9\n" for step in range(30))
    several = [("x.npy", npy(SOURCES["tanh"].make().values)), ("log.csv", log.encode())]
    at = open_page("pixels")
    at.file_uploader(key="bring").set_value([(*one, "application/octet-stream") for one in several]).run()
    assert "30 rows, steps 0 to 29" in words(at) and "Of 2 files, log.csv, the last, is looked at" in words(at)


def test_what_cannot_be_read_is_refused_and_the_next_file_is_read(open_page: Open) -> None:
    at = open_page("pixels")
    for name, content in (("a.npy", b""), ("b.npy", b"\x93NUMPY"), ("c.zip", b"PK\x03\x04"), ("d.pt", b"\x80\x02.")):
        bring(at, name, content)
        assert f"<b>This file cannot be read.</b> {name}" in drawn(at)
    bring(at, "e.npy", npy(SOURCES["tanh"].make().values))
    assert "This file cannot be read" not in drawn(at)
    assert "8 pictures of 28×28" in words(at)


def test_a_tensor_of_a_file_that_was_not_brought_here_is_told(open_page: Open) -> None:
    at = open_page("pixels", source="file")
    assert not at.exception
    assert "You have not uploaded a file in this tab" in words(at)


def test_sound_pictures_travel_as_a_network_would_be_given_them(open_page: Open) -> None:
    picture = np.arange(256, dtype=np.uint8).reshape(16, 16)
    at = bring(open_page("pixels"), "mine.png", png(picture))
    at.button(key="follow").click().run()
    assert not at.exception
    at.button(key="all_right").click().run()
    assert "Nothing is wrong." in drawn(at)
    assert "-1 … 1" in drawn(at) and "(1,16,16)" in drawn(at)
    assert not at.get("download_button")[-1].key.endswith("saved_rightly")


@pytest.mark.parametrize("name", ["tanh", "linear", "real"])
def test_numbers_can_be_taken_away_rightly_saved(open_page: Open, name: str) -> None:
    tensor = SOURCES[name].make()
    at = bring(open_page("pixels"), "mine.npy", npy(tensor.values))
    assert at.get("download_button")
    with zipfile.ZipFile(io.BytesIO(at.session_state["brought"].saved)) as archive:
        names = archive.namelist()
        shown = np.stack([np.asarray(Image.open(archive.open(name))) for name in names])
    assert names[0] == "picture-00.png" and len(names) == len(tensor.values)
    expected = channels_last(tensor.range_map.to_uint8(tensor.values))
    np.testing.assert_array_equal(shown, expected)


def test_what_is_misread_is_not_offered_as_rightly_saved(open_page: Open) -> None:
    values = SOURCES["tanh"].make().values * 255
    for failure, numbers in (
        ("wrong-range-map", values),
        ("wrapped-pixels", (SOURCES["linear"].make().values * 127.5 + 127.5).astype(np.int64).astype(np.uint8)),
    ):
        at = bring(open_page("pixels"), "mine.npy", npy(numbers))
        assert f"<b>{title_of(failure)}.</b>" in drawn(at)
        assert at.session_state["brought"].saved == b""


@pytest.mark.parametrize("source", SOURCES)
def test_every_choice_of_a_stage_is_drawn(source: str) -> None:
    """Also where there is no right way to compare it with."""
    tensor = SOURCES[source].make()
    values = tensor.values[0]
    there = subject(values, tensor.range_map, Choices())
    for stage in STAGES:
        for name in stage_choices(stage, there):
            judgement = judge(values, tensor.range_map, replace(Choices(), **{stage: name}), 0)
            journey.judgement(judgement)
            journey.comparison(judgement, "")
            journey.cards(judgement)
