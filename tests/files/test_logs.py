"""Logs as people have them, against the numbers that were put in."""

from __future__ import annotations

import json
import random
from contextlib import suppress

import pytest
import torch
from bringing import packed, pt

from gan_core.files import contents, event_files, logs
from gan_core.files.errors import DataError

NUMBERS = [(0.25, 5.5), (0.125, 6.25), (0.0, 7.0)]

# What prints a step's two losses -> what it looks like.
PRINTED = {
    "PyTorch's DCGAN": "[{e}/25][{i}/100]\tLoss_D: {d:.4f}\tLoss_G: {g:.4f}\tD(x): 0.9\tD(G(z)): 0.1 / 0.05",
    "PyTorch-GAN": "[Epoch {e}/200] [Batch {i}/938] [D loss: {d}] [G loss: {g}]",
    "Keras-GAN": "{i} [D loss: {d}, acc.: 50.00%] [G loss: {g}]",
    "words": "Epoch: {e} D loss: {d} G loss: {g}",
    "equals": "epoch {e}: d_loss={d}, g_loss={g}",
    "pipes": "step {i} | loss_d {d} | loss_g {g}",
    "pix2pix": "(epoch: 1, iters: {i}, time: 0.123, data: 0.01) G_GAN: {g} G_L1: 20.1 D_real: {d} D_fake: 0.3 ",
    "tqdm, two losses": "\r{i}%|██   | {i}/900 [00:02<00:30, 31.2it/s, loss_d={d}, loss_g={g}]",
    "lucidrains": "0% {i}/90000 [02:46<81:43:57,  3.27s/it]G: {g} | D: {d} | GP: 0.1 | PL: 0.02",
    "tensors": "loss_d: tensor({d}, device='cuda:0', grad_fn=<AddBackward0>) loss_g: tensor({g})",
    "logging": "2024-05-01 12:00:00,123 INFO train: Loss_D: {d} Loss_G: {g}",
    "colours": "\x1b[32mloss_d\x1b[0m: {d} \x1b[31mloss_g\x1b[0m: {g}",
    "Python's dict": "{{'loss_d': {d}, 'loss_g': {g}}}",
    "two lines": "D loss: {d}\nG loss: {g}",
    "BigGAN": "{e}/500 ( 12.33%) (TE/ET1k: 5:23 / 14:22) itr: {i}, G_loss : +{g}, D_loss : +{d}, D_loss_real : +0.1",
    "mimicry": "INFO: [Global Step: {i}/100000] \n| D(G(z)): 0.1\n| D(x): 0.9\n| errD: {d}\n| errG: {g}",
    "StarGAN": "Iteration [{i}/200000], D/loss: {d}, D/loss_cls: 3.1, G/loss_fake: {g}, G/loss_rec: 1",
    "BasicSR": "INFO: [epoch:  {e}, iter: {i}, lr:(1e-04,)] l_g_pix: 3.0e-02 l_g_gan: {g} l_d: {d} out_d_real: 5.2",
    "SPADE": "(epoch: {e}, iters: {i}, time: 0.123) GAN: {g} GAN_Feat: 3.1 VGG: 2.0 D_Fake: 0.3 D_real: {d} ",
    "a GAN in 50 lines": "Epoch {i}: D ({d} real_err, 0.3 fake_err) G ({g} err); Real Dist ([4.0, 1.2]) ",
    "average": "====> Epoch: {e} Average loss D: {d}, G: {g}",
    "adversarial": "step {i} disc_loss: {d} adv_loss: {g} l1_loss: 3.5 loss_G_vgg: 2.5",
    "a pair": "Epoch {e}: loss (D/G): {d} / {g}",
    "networks": "iter {i} | netD {d} | netG {g}",
    "initials": "it {i} LD={d} LG={g}",
    "Markdown": "**Epoch {e}** D Loss: `{d}` G Loss: `{g}`",
    "Keras 3's bar": "\x1b[1m938/938\x1b[0m \x1b[32m━━\x1b[0m \x1b[1m13s\x1b[0m 14ms/step - d_loss: {d} - g_loss: {g}",
}
HALVES = {"pix2pix", "SPADE", "a GAN in 50 lines"}  # of which the numbers are of real images alone


@pytest.mark.parametrize("kind", PRINTED)
@pytest.mark.parametrize("name", ["train.txt", "train.log", "train", "slurm-17.out"])
def test_what_loops_print(kind: str, name: str) -> None:
    from gan_core.uploads.log_columns import measured, recognised

    lines = [PRINTED[kind].format(e=n, i=10 * n, d=d, g=g) for n, (d, g) in enumerate(NUMBERS)]
    text = "Starting the training loop...\n" + "\n".join(lines) + "\ndone\n"
    rows = contents.read(name, text.encode()).rows
    found, _ = measured(rows, recognised(rows))
    d_is = "loss_d_real" if kind in HALVES else "loss_d"
    assert [(row.measurements[d_is], row.measurements["loss_g"]) for row in found] == NUMBERS
    if kind == "PyTorch's DCGAN":
        assert [row.step for row in found] == [0, 110, 220]
        assert found[0].measurements["d_real"] == 0.9 and found[0].measurements["d_fake"] == 0.1
    if kind == "Keras-GAN":
        assert found[0].measurements["d_accuracy"] == 0.5


TABLES = {
    "semicolons": ("x.csv", "step;loss_d;loss_g", ["0;0,25;5,5", "10;0,125;6,25", "20;0,0;7,0"]),
    "quotes": ("x.csv", "step,loss_d,loss_g", ['0,"0,25","5,5"', '10,"0,125","6,25"', '20,"0,0","7,0"']),
    "printed": ("x.log", "Start", [f"step: {n} loss_d: {d} loss_g: {g}" for n, d, g in
                                   ((0, "0,25", "5,5"), (10, "0,125", "6,25"), (20, "0,0", "7,0"))]),
    "pandas": ("x.txt", "   step  loss_d  loss_g", ["0     0  0.25  5.5", "1    10 0.125 6.25", "2    20   0.0  7.0"]),
    "Markdown": ("x.txt", "| step | loss_d | loss_g |\n|---|---|---|",
                 ["| 0 | 0.25 | 5.5 |", "| 10 | 0.125 | 6.25 |", "| 20 | 0.0 | 7.0 |"]),
    "Chainer's report": (
        "x.log",
        "epoch       step        loss_d      loss_g",
        [f"\x1b[J0           {row}\n   total [##...]  4.00%\nthis epoch [#...] 20.00%" for row in
         ("0           0.25        5.5", "10          0.125       6.25", "20          0.0         7.0")],
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", TABLES)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
def test_tables_with_commas_in_other_programs_and_encodings(kind: str, encoding: str) -> None:
    name, header, lines = TABLES[kind]
    for end in ("\n", "\r\n"):
        rows = contents.read(name, end.join([header, *lines, ""]).encode(encoding)).rows
        assert [(row["step"], row["loss_d"], row["loss_g"]) for row in rows] == [
            (10 * number, *losses) for number, losses in enumerate(NUMBERS)
        ]


def test_letters_beyond_ascii_in_the_encoding_of_windows() -> None:
    assert contents.read("x.log", "Époque 1: loss_d: 0.5".encode("latin-1")).rows[0]["loss_d"] == 0.5


def test_what_a_notebook_printed() -> None:
    outputs = [{"output_type": "stream", "text": [f"loss_d: {d} loss_g: {g}\n"]} for d, g in NUMBERS]
    notebook = {"cells": [{"cell_type": "code", "source": ["train()"], "outputs": outputs}], "nbformat": 4}
    assert contents.read("gan.ipynb", json.dumps(notebook).encode()).rows == [
        {"loss_d": d, "loss_g": g} for d, g in NUMBERS
    ]


def test_lists_that_were_printed_whole() -> None:
    d, g = [0.5 / n for n in range(1, 12)], [float(n) for n in range(1, 12)]
    for text in (f"D_losses = {d}\nG_losses = {g}\n", str({"D_losses": d, "G_losses": g})):
        rows = contents.read("x.txt", text.encode()).rows
        assert [(row["D_losses"], row["G_losses"]) for row in rows] == list(zip(d, g, strict=True))


@pytest.mark.parametrize("bar", ["|", "│"])
def test_a_table_between_bars(bar: str) -> None:
    rule = f"{bar}---{bar}---{bar}---{bar}"
    table = [
        f"{bar} step {bar} D loss {bar} G loss {bar}",
        rule,
        *(f"{bar}{n}{bar} {d} {bar}{g}{bar}" for n, (d, g) in enumerate(NUMBERS)),
    ]
    for name in ("x.txt", "x.md"):
        rows = contents.read(name, "\n".join(table).encode()).rows
        assert rows == [{"step": n, "D loss": d, "G loss": g} for n, (d, g) in enumerate(NUMBERS)]


def test_an_object_around_all_columns_gives_them_no_name() -> None:
    for around in ("history", "Metrics"):
        rows = contents.read("x.json", json.dumps({around: {"log": {"D": [0.5, 0.25], "G": [1, 2]}}}).encode()).rows
        assert rows == [{"D": 0.5, "G": 1}, {"D": 0.25, "G": 2}]
    for named in ({"accuracy": {"D": [0.5], "G": [1]}}, {"log": {"0": 0.5, "1": 0.25}}, {"log": [0.5, 0.25]}):
        rows = contents.read("x.json", json.dumps(named).encode()).rows
        assert all(key.startswith(next(iter(named))) for row in rows for key in row)


def test_one_metric_of_mlflow_and_two_of_sacred() -> None:
    rows = contents.read("loss_d", b"1700000000000 0.25 0\n1700000000500 0.125 10\n").rows
    assert [(row["Step"], row["loss_d"]) for row in rows] == [(0, 0.25), (10, 0.125)]
    sacred = {name: {"steps": [0, 10], "timestamps": ["a", "b"], "values": column} for name, column in HISTORY.items()}
    rows = contents.read("metrics.json", json.dumps(sacred).encode()).rows
    assert rows[:2] == [{"step": 0, "d_loss": 0.7, "g_loss": 0.8}, {"step": 10, "d_loss": 0.5, "g_loss": 1.5}]


def test_windows_own_words_for_what_is_no_number() -> None:
    (row,) = contents.read("x.log", b"loss_d: -1.#IND00 loss_g: 1.#INF z: -nan(ind)").rows
    assert row["loss_d"] != row["loss_d"] and row["loss_g"] == float("inf") and row["z"] != row["z"]


def test_nan_infinity_and_signs_are_read() -> None:
    (row,) = contents.read("x.log", b"loss_d: nan loss_g: -inf kl: -1.5e-07 z1: .5").rows
    assert row["loss_d"] != row["loss_d"]
    assert (row["loss_g"], row["kl"], row["z1"]) == (-float("inf"), -1.5e-07, 0.5)


HISTORY = {"d_loss": [0.7, 0.5, 0.25], "g_loss": [0.8, 1.5, 2.0]}


@pytest.mark.parametrize(
    "document",
    [
        HISTORY,
        {"history": HISTORY, "params": {"epochs": 3}},
        {name: {str(n): value for n, value in enumerate(column)} for name, column in HISTORY.items()},
        [{"d_loss": d, "g_loss": g} for d, g in zip(*HISTORY.values(), strict=True)],
        {"log_history": [{"d_loss": d, "g_loss": g} for d, g in zip(*HISTORY.values(), strict=True)]},
    ],
)
def test_json_documents(document: object) -> None:
    for text in (json.dumps(document), json.dumps(document, indent=2)):
        rows = contents.read("history.json", text.encode()).rows
        columns = {name.rpartition("/")[2]: [row[name] for row in rows] for name in rows[0]}
        assert columns == HISTORY


def test_a_table_in_a_text_file_and_without_a_header() -> None:
    assert contents.read("x.txt", b"step d_loss g_loss\n0 0.5 1\n1 0.25 2\n").rows[1] == {
        "step": 1, "d_loss": 0.25, "g_loss": 2,
    }  # fmt: skip
    assert contents.read("x.txt", b"0.5 1\n0.25 2\n").rows == [
        {"column 1": 0.5, "column 2": 1}, {"column 1": 0.25, "column 2": 2},
    ]  # fmt: skip


def test_what_powershell_redirects_is_read() -> None:
    assert contents.read("x.log", "loss_d: 0.5 loss_g: 1\n".encode("utf-16")).rows == [{"loss_d": 0.5, "loss_g": 1}]


def test_tensorboards_table_is_named_by_its_file() -> None:
    table = b"Wall time,Step,Value\n1700000000.0,0,0.5\n1700000050.0,50,0.25\n"
    (first, _) = contents.read("run-gan-tag-loss_D.csv", table).rows
    assert first == {"Wall time": 1700000000.0, "Step": 0, "loss_D": 0.5}
    both = packed({"run-gan-tag-loss_D.csv": table, "run-gan-tag-loss_G.csv": table})
    rows = contents.read("all.zip", both).rows
    assert [(row["step"], row["loss_D"], row["loss_G"]) for row in rows] == [(0, 0.5, 0.5), (50, 0.25, 0.25)]


# ------------------------------------------------------------------------------------------- event files


def events(rows: list[dict[str, float]]) -> bytes:
    """As tensorboard itself writes them, scalars in both ways."""
    pytest.importorskip("tensorboard")
    import io

    from tensorboard.compat.proto.event_pb2 import Event
    from tensorboard.compat.proto.summary_pb2 import Summary
    from tensorboard.compat.proto.tensor_pb2 import TensorProto
    from tensorboard.summary.writer.record_writer import RecordWriter

    file = io.BytesIO()
    writer = RecordWriter(file)
    writer.write(Event(wall_time=1.7e9, file_version="brain.Event:2").SerializeToString())
    for number, row in enumerate(rows):
        values = [
            Summary.Value(tag=tag, simple_value=value)
            if number % 2
            else Summary.Value(tag=tag, tensor=TensorProto(dtype=1, float_val=[value]))
            for tag, value in row.items()
            if tag != "step"
        ]
        values.append(Summary.Value(tag="picture", image=Summary.Image(height=1, encoded_image_string=b"x" * 99)))
        writer.write(Event(wall_time=1.7e9, step=int(row["step"]), summary=Summary(value=values)).SerializeToString())
    return file.getvalue()


ROWS = [{"step": 50.0 * n, "loss/d": 0.5 / 2**n, "loss/g": 2.0**n} for n in range(6)]


def test_event_files_are_read_as_tensorboard_writes_them() -> None:
    content = events(ROWS)
    for name in ("events.out.tfevents.1700000000.box", "renamed.log"):
        assert contents.read(name, content).rows == ROWS
    # A run that was killed.
    assert contents.read("x.tfevents", content[:-7]).rows == ROWS[:-1]


def test_damaged_event_files_are_refused_or_read_but_nothing_else_happens() -> None:
    content, rng = events(ROWS), random.Random(0)
    for _ in range(2000):
        damaged = bytearray(content)
        for _ in range(rng.randint(1, 4)):
            at = rng.randrange(len(damaged))
            if rng.random() < 0.5:
                damaged[at] = rng.randrange(256)
            else:
                del damaged[at : at + rng.randint(1, 9)]
        with suppress(DataError):
            rows = event_files.read(bytes(damaged), "x.tfevents")
            assert all(isinstance(value, float) for row in rows for value in row.values())


def test_an_empty_event_file_is_one_sentence() -> None:
    with pytest.raises(DataError, match="holds no scalars"):
        contents.read("events.out.tfevents.1", bytes(200))


# ------------------------------------------------------------------------------------------- saved lists


@pytest.mark.parametrize(
    ("item", "columns"),
    [
        ([0.5, 0.25], {"generator.losses": [0.5, 0.25]}),
        ({"D_losses": [0.5, 0.25], "G_losses": [1, 2]}, {"D_losses": [0.5, 0.25], "G_losses": [1, 2]}),
        ({"d": [torch.tensor(0.5), torch.tensor(0.25)]}, {"d": [0.5, 0.25]}),
        ([[0.5, 0.25], [1.0, 2.0]], {"generator.losses 0": [0.5, 0.25], "generator.losses 1": [1, 2]}),
    ],
)
def test_lists_that_torch_saved(item: object, columns: dict[str, list[float]]) -> None:
    rows = contents.read("generator.losses", pt(item)).rows
    assert {name: [row[name] for row in rows] for name in rows[0]} == columns


class Evil:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return exec, ("raise SystemExit('executed')",)


def test_nothing_that_was_saved_is_executed() -> None:
    with pytest.raises(DataError, match="never unpickled"):
        contents.read("generator.losses", pt([0.5, Evil()]))


TABLE = [{"step": float(step), "loss_d": 0.5 + step / 7000, "loss_g": 1 + step / 9000} for step in range(0, 3000, 100)]


def test_the_signs_of_spreadsheets_are_read() -> None:
    """Excel's line `sep=`, remarks above a header, thousands with a sign, a header that was written again."""
    english = [f'"{row["step"]:,.0f}";{row["loss_d"]:.4f};{row["loss_g"]:.4f}' for row in TABLE]
    german = [line.translate(str.maketrans(",.", ".,")) for line in english]
    for lines in (english, german):
        for before in ("sep=;\n", "# a run\n# of today, lr 0.0002\n", ""):
            text = f"{before}step;loss_d;loss_g\n" + "\n".join([*lines[:9], "step;loss_d;loss_g", *lines[9:]])
            found = logs.read(text.encode(), "log.csv")
            assert len(found) == len(TABLE)
            for row, right in zip(found, TABLE, strict=True):
                assert row == pytest.approx(right, abs=1e-4)


@pytest.mark.parametrize(
    ("cells", "read"),
    [
        ("0,351;1,204", [0.351, 1.204]),
        ("1,204;0.5", [1204, 0.5]),
        ("1.204;0,5", [1204, 0.5]),
        ("1.204;2.5", [1.204, 2.5]),
    ],
)
def test_a_sign_between_thousands_is_told_from_a_decimal_one(cells: str, read: list[float]) -> None:
    found = logs.read(("a;b\n" + f"{cells}\n" * 6).encode(), "log.csv")
    assert found == [dict(zip("ab", read, strict=True))] * 6


def test_words_of_other_languages_and_a_real_minus() -> None:
    chinese = "\n".join(f"第{i}轮 判别器损失: \N{MINUS SIGN}0.{i:03d} 生成器损失: 1.{i:03d}" for i in range(20))
    for encoding in ("utf-8", "gb18030"):
        if encoding == "gb18030":
            chinese = chinese.replace("\N{MINUS SIGN}", "-")
        rows = logs.read(chinese.encode(encoding), "train.log")
        assert rows[7] == {"第": 7, "轮 判别器损失": pytest.approx(-0.007), "生成器损失": pytest.approx(1.007)}


def test_tables_in_json() -> None:
    table = [[row["step"], row["loss_d"], row["loss_g"]] for row in TABLE]
    columns = list(TABLE[0])
    for document in ([columns, *table], {"columns": columns, "index": [0], "data": table}):
        assert logs.read(json.dumps(document).encode(), "log.json") == TABLE
    for nameless in (table, [list(column) for column in zip(*table, strict=True)]):
        found = logs.read(json.dumps(nameless).encode(), "log.json")
        assert [list(row.values()) for row in found] == table and list(found[0]) == ["column 1", "column 2", "column 3"]


def test_a_notebook_that_printed_nothing_says_so_and_the_value_of_a_cell_is_read() -> None:
    def notebook(output: dict[str, object]) -> bytes:
        return json.dumps({"nbformat": 4, "cells": [{"cell_type": "code", "outputs": [output]}]}).encode()

    with pytest.raises(DataError, match=r"^n.ipynb is a notebook whose cells printed no numbers: run it"):
        logs.read(notebook({"data": {"image/png": "iVBOR"}}), "n.ipynb")
    losses = [0.1 * number for number in range(12)]
    found = logs.read(notebook({"data": {"text/plain": [str({"d_loss": losses})]}}), "n.ipynb")
    assert [row["d_loss"] for row in found] == pytest.approx(losses)
