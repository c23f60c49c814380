"""Whatever is brought, in whatever state: a report, or one sentence; never another exception or a warning, never a
file written, nothing executed, and never more memory than a bound.

Valid files of each format are damaged byte by byte, and inside their packing, where a checksum would otherwise
stop the damage at the door. GAN_FUZZ_EXAMPLES raises the number of tries of each test.

In the longest session, when the faults found before were mended: 17,467 files, named as pictures 6,394, logs
3,249, tensors 2,973, arrays 2,963, zip files 1,371, something else 517; no reader failed.
"""

from __future__ import annotations

import io
import json
import os
import pickle
import struct
import sys
import tracemalloc
import warnings
import zipfile
import zlib
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import torch
from bringing import as_grid, npy, npy_with, npz, packed, picture, png_of, pt, unpacked, with_pickle
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from safetensors.torch import save
from study_files import figure

from gan_core.data import load
from gan_core.files.bounds import ALL_PIXELS
from gan_core.files.errors import DataError
from gan_core.uploads import Report, examine_several
from gan_core.uploads.reference_set import real

EXAMPLES = int(os.environ.get("GAN_FUZZ_EXAMPLES", "300"))
# Bytes that Python and numpy may hold at once for a file of some kilobytes: 25 million numbers of 8 bytes, and what
# is made of them in parts.
MEMORY = 400_000_000

DIGITS = load("digits", 28, 1).probe(40).pixels
COLOUR = load("digits", 16, 3).probe(6).pixels


def tiff_of_floats() -> bytes:
    file = io.BytesIO()
    Image.fromarray(DIGITS[0, 0].astype(np.float32)).save(file, "TIFF")
    return file.getvalue()


LOG = "step,loss_d,loss_g,d_accuracy\n" + "".join(f"{n},{1.2 + 0.01 * n},0.9,0.8\n" for n in range(12))
LINES = "".join(f'{{"step": {n}, "loss_d": 1.2, "loss_g": NaN, "deep": {{"a": [1]}}}}\n' for n in range(8))
PRINTED = "".join(f"[{n}/9][{n}/32]\tLoss_D: {n / 7}\tLoss_G: nan\tD(x): 0.9\tD(G(z)): 0.1 / 0.0\n" for n in range(9))
# Two records, each with a value "loss_d" of 0.5 at step 3; the checksums are not looked at.
_VALUE = b"\x0a\x06loss_d\x15\x00\x00\x00\x3f"
_EVENT = b"\x10\x03\x2a" + bytes([len(_VALUE) + 2]) + b"\x0a" + bytes([len(_VALUE)]) + _VALUE
_VERSION = b"\x1a\x0dbrain.Event:2"
EVENTS = b"".join(struct.pack("<Q4x", len(record)) + record + bytes(4) for record in (_VERSION, _EVENT, _EVENT))
GENERATOR = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.BatchNorm1d(4))
COLOURED = COLOUR[0].transpose(1, 2, 0)

# name -> a valid file
FILES: dict[str, bytes] = {
    "bytes.npy": npy(DIGITS),
    "floats.npy": npy((DIGITS[:8] / 127.5 - 1).astype(np.float32)),
    "double.npy": npy(np.asfortranarray(COLOUR / 255.0)),
    "half.npy": npy(COLOUR[0].transpose(1, 2, 0).astype(np.float16)),
    "flat.npy": npy(DIGITS[:4].reshape(4, -1).astype(np.int64)),
    "tensor.pt": pt(torch.from_numpy(DIGITS[:6].copy())),
    "bfloat.pt": pt({"fake": torch.from_numpy(COLOUR / 255.0).bfloat16(), "step": 3, "list": [1.5, None, (True,)]}),
    "many.pt": pt([torch.from_numpy(image.copy()).float() for image in COLOUR]),
    "weights.pt": pt(torch.nn.BatchNorm2d(3).state_dict()),
    "gan.pt": pt({"epoch": 2, "netG": GENERATOR.state_dict(), "args": Namespace(lr=0.1)}),
    "gan.ckpt": pt({"netG": GENERATOR.state_dict()}, _use_new_zipfile_serialization=False),
    "netG.safetensors": save(GENERATOR.state_dict()),
    "grey.png": picture(DIGITS[0, 0]),
    "grid.png": picture(as_grid(DIGITS[:36], 6, 2)),
    "colour.png": picture(COLOURED),
    "colour.jpg": picture(COLOURED, "JPEG"),
    "grey.gif": picture(DIGITS[0, 0], "GIF"),
    "colour.bmp": picture(COLOURED, "BMP"),
    "colour.webp": picture(COLOURED, "WEBP", lossless=True),
    "lossy.webp": picture(COLOURED, "WEBP"),
    "colour.tif": picture(COLOURED, "TIFF", compression="tiff_deflate"),
    "floats.tif": tiff_of_floats(),
    "colour.ppm": picture(COLOURED, "PPM"),
    "all.zip": packed({f"step-{n}/{n}.png": picture(image[0]) for n, image in enumerate(DIGITS[:5])}),
    "arrays.npz": npz(fake=DIGITS[:5], labels=np.arange(5)),
    "mixed.zip": packed({"a.npy": npy(DIGITS[:3]), "b.pt": pt(torch.zeros(2, 3, 9, 9)), "c.txt": b"words"}),
    "log.csv": LOG.encode(),
    "printed.log": PRINTED.encode(),
    "history.json": b'{"history": {"d_loss": [0.7, 0.5, 0.2], "g_loss": [0.8, 1.5, 2.0]}, "params": {"a": {"b": 1}}}',
    "events.tfevents": EVENTS,
    "old.pt": pt({"fake": torch.from_numpy(COLOUR.copy()).float(), "l": [0.5]}, _use_new_zipfile_serialization=False),
    "history.pkl": pickle.dumps({"d_loss": [0.5, np.float32(0.25)], "g_loss": [1.5, 2.0]}),
    "d.losses": pt({"d_losses": [0.5, 0.25, float("nan")], "g_losses": [torch.tensor(1.5), torch.tensor(2.0)]}),
    "deep.png": picture(DIGITS[0, 0].astype(np.uint16) * 16),
    "figure.png": picture(figure(DIGITS[:16], 30)),
    "log.jsonl": LINES.encode(),
}
ENDINGS = sorted({name.rpartition(".")[2] for name in FILES} | {"pth", "tsv", "exe"})

real("digits", 1), real("digits", 3), Image.init()  # drawn, kept and imported before anything is watched


# ------------------------------------------------------------------------------------------------ watch

_watched: list[str] | None = None
# What a reader has no business with; "open" is looked at more closely.
_FORBIDDEN = ("pickle.find_class", "exec", "compile", "subprocess.Popen", "os.", "shutil.", "socket.", "tempfile.")
_HARMLESS = ("os.listdir", "os.scandir", "os.putenv")


def _audit(event: str, arguments: tuple[object, ...]) -> None:
    if _watched is None:
        return
    if event == "exec" and str(getattr(arguments[0], "co_filename", "")).endswith(".py"):
        return  # a module is imported when it is first needed
    writes = event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
    if writes or (event.startswith(_FORBIDDEN) and event not in _HARMLESS):
        _watched.append(f"{event} {arguments[:2]}")


sys.addaudithook(_audit)


@contextmanager
def watched() -> Iterator[list[str]]:
    global _watched
    _watched = seen = []
    try:
        yield seen
    finally:
        _watched = None


def judged(name: str, content: bytes, *others: tuple[str, bytes]) -> Report | str:
    """What came of it; fails the test for anything else than a report or one sentence."""
    tracemalloc.start()
    try:
        with watched() as seen, warnings.catch_warnings():
            warnings.simplefilter("error")
            try:
                outcome: Report | str = examine_several([(name, content), *others])
            except DataError as error:
                outcome = str(error)
        held = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert seen == []
    assert held < MEMORY
    if isinstance(outcome, str):
        assert outcome.isprintable()
        assert len(outcome) < 500
        assert outcome.endswith(".")
    else:
        assert outcome.as_dict()["seems"]
    return outcome


def test_the_watch_sees() -> None:
    with watched() as seen:
        open(os.devnull, "w").close()
        eval("1 + 1")
    assert [entry.split()[0] for entry in seen] == ["open", "compile", "exec"]


def test_valid_files_give_a_report() -> None:
    for name, content in FILES.items():
        outcome = judged(name, content)
        assert isinstance(outcome, Report) or name == "weights.pt", outcome


# ----------------------------------------------------------------------------------------------- damage

NUMBERS = st.sampled_from([0, 1, 7, 255, 256, 60_000, 2**15, 2**16 - 1, 2**24, 2**31 - 1, 2**31, 2**32 - 1])


@st.composite
def damaged(draw: st.DrawFn, content: bytes) -> bytes:
    """Bytes changed, overwritten by telling numbers, removed, repeated, put in, or cut off."""
    found = bytearray(content)
    for _ in range(draw(st.integers(1, 4))):
        if not found:
            break
        # Most of what a format says of itself stands at its beginning or its end.
        at = draw(st.integers(0, len(found) - 1) | st.integers(0, min(99, len(found) - 1)))
        if draw(st.booleans()):
            at = len(found) - 1 - at
        match draw(st.integers(0, 6)):
            case 0:
                found[at] = draw(st.integers(0, 255))
            case 1:
                order = draw(st.sampled_from(["<I", ">I", "<H", ">H"]))
                number = struct.pack(order, draw(NUMBERS) & (0xFFFF if order[1] == "H" else 0xFFFFFFFF))
                found[at : at + len(number)] = number
            case 2:
                del found[at : at + draw(st.integers(1, 64))]
            case 3:
                found[at:at] = found[at : at + draw(st.integers(1, 64))] * draw(st.integers(1, 9))
            case 4:
                found[at:at] = draw(st.binary(max_size=16))
            case 5:
                del found[at:]
            case _:
                found[at] ^= 1 << draw(st.integers(0, 7))
    return bytes(found)


@st.composite
def inside(draw: st.DrawFn, content: bytes) -> bytes:
    """A zip whose members were damaged and packed again, so that its checksums are right."""
    files = unpacked(content)
    chosen = draw(st.sampled_from(sorted(files)))
    files[chosen] = draw(damaged(files[chosen]) if files[chosen] else st.binary(max_size=9))
    if draw(st.integers(0, 4)) == 0:
        # Python cuts a name at its first zero byte, and cannot pack one that is empty then.
        texts = st.text(min_size=1, max_size=9).filter(lambda name: name[0] != "\0")
        names = texts | st.sampled_from(["../x.png", "/x.npy", "a\\..\\..\\b", "C:x", "a//b"])
        files[draw(names)] = files.pop(draw(st.sampled_from(sorted(files))))
    return packed(files, draw(st.sampled_from([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])))


@st.composite
def rechecked(draw: st.DrawFn, content: bytes) -> bytes:
    """A PNG of damaged chunks with right checksums."""
    chunks, at = [], 8
    while at + 12 <= len(content):
        length = int.from_bytes(content[at : at + 4], "big")
        chunks.append(content[at + 4 : at + 8 + length])
        at += 12 + length
    chosen = draw(st.integers(0, len(chunks) - 1))
    kind, body = chunks[chosen][:4], chunks[chosen][4:]
    if kind == b"IDAT" and draw(st.booleans()):
        body = zlib.compress(draw(damaged(zlib.decompress(body))))
    elif body:
        body = draw(damaged(body))
    chunks[chosen] = kind + body
    if draw(st.integers(0, 3)) == 0:
        chunks.insert(
            1, draw(st.sampled_from([b"zTXt", b"iCCP", b"eXIf", b"acTL", b"tRNS", b"PLTE"])) + draw(st.binary())
        )
    return content[:8] + b"".join(
        struct.pack(">I", len(chunk) - 4) + chunk + struct.pack(">I", zlib.crc32(chunk)) for chunk in chunks
    )


def names(name: str) -> st.SearchStrategy[str]:
    """Mostly the file's own; at times one that says something else."""
    other = st.sampled_from(ENDINGS).map(lambda ending: f"x.{ending}")
    return st.one_of(*[st.just(name)] * 9, other)


@st.composite
def hostile(draw: st.DrawFn) -> tuple[str, bytes]:
    name = draw(st.sampled_from(sorted(FILES)))
    content = FILES[name]
    ways = [damaged(content)]
    if zipfile.is_zipfile(io.BytesIO(content)):
        ways += [inside(content)] * 2
    if name.endswith(".png"):
        ways += [rechecked(content)] * 2
    return draw(names(name)), draw(st.one_of(ways))


fuzz = settings(
    max_examples=EXAMPLES, derandomize="GAN_FUZZ_EXAMPLES" not in os.environ, database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
)  # fmt: skip


@fuzz
@given(hostile())
def test_damaged_files(file: tuple[str, bytes]) -> None:
    judged(*file)


@fuzz
@given(st.sampled_from(ENDINGS), st.sampled_from(sorted(FILES)), st.integers(0, 24), st.binary(max_size=300))
def test_anything_behind_a_true_beginning(ending: str, name: str, kept: int, rest: bytes) -> None:
    judged(f"x.{ending}", FILES[name][:kept] + rest)


SIZES = st.one_of(st.integers(0, 40), st.sampled_from([64, 784, 60_000, 10**9, 2**63, -1]))


@fuzz
@given(st.sampled_from(["gan.pt", "gan.ckpt", "netG.safetensors"]).flatmap(
    lambda name: st.tuples(st.just(name), damaged(FILES[name]) | inside(FILES["gan.pt"]))
))  # fmt: skip
def test_a_damaged_checkpoint_beside_a_whole_one(file: tuple[str, bytes]) -> None:
    judged(*file, ("netG_2.pt", FILES["gan.pt"]))


@fuzz
@given(
    st.sampled_from([None, "F32", "F64", "BF16", "BOOL", "I8", "F4", "F8_E5M2", 3]),
    st.lists(st.integers(-1, 4) | SIZES, max_size=4),
    st.lists(st.integers(-9, 99) | st.sampled_from([2**31, 2**63, 2**64]), max_size=3),
    st.integers(0, 99),
    st.text(max_size=9),
)
def test_headers_of_safetensors(kind: object, shape: list[int], offsets: list[int], size: int, name: str) -> None:
    entry = {"dtype": kind, "shape": shape, "data_offsets": offsets}
    text = json.dumps({f"{name}.weight": entry, "__metadata__": {"a": name}}).encode()
    judged("x.safetensors", struct.pack("<Q", len(text)) + text + bytes(size))


def test_two_checkpoints_whose_numbers_are_repeated_take_no_memory() -> None:
    """Each of 24 million numbers, all of them the same four bytes."""
    several = [(f"netG_{n}.pt", pt({"a.weight": torch.full((1,), float(n)).expand(24_000, 1000)})) for n in (1, 2)]
    outcome = judged(*several[0], several[1])
    assert isinstance(outcome, Report) and outcome.measurements["moved_g"] == 1


DTYPES = st.sampled_from(
    ["|u1", "<f4", ">f8", "<f2", "|b1", "<i8", "|O", "<c8", "<U3", "|V9", "<M8[s]", "<f4\\x00", "f4"]
)


@fuzz
@given(
    DTYPES, st.booleans(), st.lists(SIZES, max_size=6), st.binary(max_size=64), st.integers(0, 4000),
    st.text(st.characters(max_codepoint=255), max_size=20),
)  # fmt: skip
def test_headers_of_arrays(dtype: str, order: bool, shape: list[int], numbers: bytes, many: int, tail: str) -> None:
    header = f"{{'descr': '{dtype}', 'fortran_order': {order}, 'shape': ({', '.join(map(str, shape))},), {tail}}}"
    judged("x.npy", npy_with(header, numbers * (many // max(len(numbers), 1))))


@fuzz
@given(
    st.sampled_from(["f4", "f8", "f2", "i8", "u1"]), st.lists(st.integers(0, 40), max_size=4),
    st.sampled_from([np.nan, np.inf, -np.inf, 1e38, 1e-40, -1.0, 0.0, 255.0, 0.5]), st.floats(0, 1), st.booleans(),
)  # fmt: skip
def test_arrays_of_any_shape_and_strange_values(
    dtype: str, shape: list[int], value: float, share: float, last: bool
) -> None:
    rng = np.random.default_rng(0)
    values = rng.normal(0, 1, [*shape, 3] if last else shape)
    with np.errstate(all="ignore"):
        strange = np.where(rng.random(values.shape) < share, value, values).astype(dtype)
    judged("x.npy", npy(strange))


OLD_BEGINNING = b"".join(pickle.dumps(one, 2) for one in (0x1950A86A20F9469CFC6C, 1001, {"little_endian": True}))
STORAGE = b"(X\x07\x00\x00\x00storagectorch\nFloatStorage\nX\x01\x00\x00\x000X\x03\x00\x00\x00cpuK\x10tQ"
REBUILD = b"ctorch._utils\n_rebuild_tensor_v2\n"
HOOKS = b"ccollections\nOrderedDict\n"
OPERATIONS = st.sampled_from([
    b"(", b"t", b"]", b"}", b")", b"a", b"e", b"s", b"u", b"b", b"R", b"Q", b"N", b"0", b"\x88", b"\x85", b"\x86",
    b"\x87", b"q\x00", b"h\x00", b"q\x01", b"h\x01", b"K\x02", b"M\x00\x01", b"J\xff\xff\xff\xff", b"\x8a\x02\xff\x00",
    b"\x93", b"G" + bytes(8), b"X\x01\x00\x00\x000", b"X\x03\x00\x00\x00cpu", b"ctorch\nFloatStorage\n", REBUILD,
    b"ctorch\nSize\n", HOOKS, b"ctorch._utils\n_rebuild_parameter\n", b"cos\nsystem\n", b"cbuiltins\neval\n",
    b"S'ls'\n", b"\x81", b"\x80\x04", STORAGE, b"\x94", b"\x95" + bytes(8), b"\x8c\x02os", b"\x8c\x06system",
    b"C\x04abcd", b"cnumpy._core.multiarray\nscalar\n", b"cnumpy\ndtype\n", b"cargparse\nNamespace\n",
    b"ctorch\ndevice\n", b"c_codecs\nencode\n",
    b"X\x06\x00\x00\x00latin1", b"cnumpy\ndtype\nX\x02\x00\x00\x00f4\x89\x88\x87R(K\x03X\x01\x00\x00\x00<tb",
    REBUILD + b"(" + STORAGE + b"K\x00K\x10\x85K\x01\x85\x89" + HOOKS + b")RtR",
])  # fmt: skip


@fuzz
@given(st.lists(OPERATIONS, max_size=30))
def test_pickles_of_any_operations(operations: list[bytes]) -> None:
    pickled = b"\x80\x02" + b"".join(operations) + b"."
    judged("x.pt", with_pickle(pickled))
    judged("x.pkl", pickled)
    judged("x.pt", OLD_BEGINNING + pickled + pickle.dumps(["0"], 2) + struct.pack("<q16f", 16, *range(16)))


CELLS = st.one_of(
    st.floats().map(repr), st.integers().map(str), st.text(max_size=6),
    st.sampled_from(["loss_d", "lossG", "step", "epoch", "D(x)", "", "nan", '"', "1e999", "0x1f", "1_0", "٣"]),
)  # fmt: skip


@fuzz
@given(st.lists(st.lists(CELLS, max_size=6), max_size=12), st.sampled_from([",", ";", "\t"]), st.booleans())
def test_tables_of_anything(rows: list[list[str]], separator: str, header: bool) -> None:
    lines = ["step,loss_d,loss_g,d_accuracy".replace(",", separator)] * header + [separator.join(row) for row in rows]
    judged("x.csv", "\n".join(lines).encode("utf-8", "surrogatepass"))


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["step", "loss_d", "g_loss", "x", "finite", "contrast"]), inner, max_size=4)
    ),
    max_leaves=8,
)


@fuzz
@given(st.lists(ANY_JSON, max_size=8))
def test_lines_of_any_json(items: list[object]) -> None:
    import json

    judged("x.jsonl", "\n".join(map(json.dumps, items)).encode())


@fuzz
@given(st.integers(0, 2**31 - 1), st.integers(0, 2**31 - 1))
def test_pictures_that_promise_any_size(width: int, height: int) -> None:
    outcome = judged("x.png", png_of(width, height))
    if width * height > ALL_PIXELS:
        assert isinstance(outcome, str)
