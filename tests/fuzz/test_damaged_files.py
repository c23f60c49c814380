"""Valid files of each format, damaged byte by byte, and inside their packing, where a checksum would otherwise stop the
damage at the door."""

from __future__ import annotations

import io
import os
import struct
import zipfile
import zlib

import torch
from bringing import packed, pt, unpacked
from fuzz.judging import fuzz, judged, watched
from fuzz.valid_files import ENDINGS, FILES
from hypothesis import given
from hypothesis import strategies as st

from gan_core.uploads import Report


def test_the_watch_sees() -> None:
    with watched() as seen:
        open(os.devnull, "w").close()
        eval("1 + 1")
    assert [entry.split()[0] for entry in seen] == ["open", "compile", "exec"]


def test_valid_files_give_a_report() -> None:
    for name, content in FILES.items():
        outcome = judged(name, content)
        assert isinstance(outcome, Report) or name == "weights.pt", outcome


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


@fuzz
@given(hostile())
def test_damaged_files(file: tuple[str, bytes]) -> None:
    judged(*file)


@fuzz
@given(st.sampled_from(ENDINGS), st.sampled_from(sorted(FILES)), st.integers(0, 24), st.binary(max_size=300))
def test_anything_behind_a_true_beginning(ending: str, name: str, kept: int, rest: bytes) -> None:
    judged(f"x.{ending}", FILES[name][:kept] + rest)


@fuzz
@given(st.sampled_from(["gan.pt", "gan.ckpt", "netG.safetensors"]).flatmap(
    lambda name: st.tuples(st.just(name), damaged(FILES[name]) | inside(FILES["gan.pt"]))
))  # fmt: skip
def test_a_damaged_checkpoint_beside_a_whole_one(file: tuple[str, bytes]) -> None:
    judged(*file, ("netG_2.pt", FILES["gan.pt"]))


def test_two_checkpoints_whose_numbers_are_repeated_take_no_memory() -> None:
    """Each of 24 million numbers, all of them the same four bytes."""
    several = [(f"netG_{n}.pt", pt({"a.weight": torch.full((1,), float(n)).expand(24_000, 1000)})) for n in (1, 2)]
    outcome = judged(*several[0], several[1])
    assert isinstance(outcome, Report) and outcome.measurements["moved_g"] == 1
