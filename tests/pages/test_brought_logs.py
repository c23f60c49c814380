"""Logs on the page `pixels`: pasted, columns corrected, and what was looked for."""

from __future__ import annotations

from visiting import Open, html, words

PRINTED = "".join(f"[{n}/20][0/32]\tLoss_D: 0.0000\tLoss_G: 57.1\tD(x): 1.0\tD(G(z)): 0.0 / 0.0\n" for n in range(40))


def paste(at, text: str):
    at.text_area(key="pasted").set_value(text).run()
    assert not at.exception
    return at


def test_what_a_loop_printed_can_be_pasted(open_page: Open) -> None:
    at = paste(open_page("pixels"), PRINTED)
    assert "The discriminator wins" in "".join(html(at))
    assert "40 rows, steps 0 to 1248" in words(at)
    assert "**Could not be judged:**" in words(at) and "Gradients are never cleared: needs" in words(at)


def test_a_column_that_was_read_wrongly_can_be_corrected(open_page: Open) -> None:
    text = "".join(f"epoch {n} alpha: 0.00001 beta: 57.0\n" for n in range(40))
    at = paste(open_page("pixels"), text)
    assert "no column that is recognised" in "".join(html(at))
    box = next(box for box in at.selectbox if box.label == "alpha")
    box.set_value("loss_d").run()
    assert not at.exception
    assert "The discriminator wins" in "".join(html(at))
    # Another log begins anew.
    assert "no column that is recognised" in "".join(html(paste(at, text.replace("0.00001", "0.5"))))


def test_ones_own_real_pictures_are_asked_for(open_page: Open) -> None:
    at = open_page("pixels")
    at.selectbox(key="against").set_value("your own real images").run()
    assert not at.exception
    assert at.file_uploader(key="own_real")
    assert "Until you upload them, the pictures are compared with digits." in [caption.value for caption in at.caption]
