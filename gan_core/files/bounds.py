"""Every bound on what is read from people, with its unit: nothing is unpacked or decoded beyond them."""

from __future__ import annotations

from dataclasses import dataclass

MEGA = 1_000_000

# One file that somebody brings, as it lies there.
FILE_BYTES = 200 * MEGA
# Numbers in the arrays of one file; as float32 they take 100 MB.
VALUES = 25 * MEGA

# Arrays (.npy): characters of the header, and dimensions.
HEADER_CHARACTERS = 10_000
DIMENSIONS = 8

# Tensors (.pt): bytes of the list of contents, tensors in it, and how deep lists may lie in lists.
PICKLE_BYTES = 4 * MEGA
TENSORS = 10_000
DEPTH = 16

# Weights: numbers in all checkpoints that are brought together, without the states of optimisers.
WEIGHTS = 100 * MEGA

# Pictures: pixels of one that is made small at once, and of all that are kept as they are.
PICTURE_PIXELS = 50 * MEGA
ALL_PIXELS = 25 * MEGA
FRAME_PIXELS = 500 * MEGA  # of all frames of an animation, which are read to come to its last
# The least side in pixels; below it, an array is hardly one of pictures.
LEAST_SIDE = 8

# Training logs: bytes, rows, columns, and characters of one column's name.
LOG_BYTES = 50 * MEGA
ROWS = 200_000
COLUMNS = 500
COLUMN_NAME = 100


@dataclass(frozen=True)
class Several:
    """Bounds on a folder or a zip file."""

    files: int  # how many may be in it
    one: int  # bytes of a single file, unpacked
    together: int  # bytes of all, unpacked


# A training set, of which each picture is made small at once.
TRAINING_SET = Several(files=20_000, one=60 * MEGA, together=2_000 * MEGA)
# What is brought to be diagnosed: a sample is enough.
BROUGHT = Several(files=2_000, one=FILE_BYTES, together=FILE_BYTES)

# A zip file may unpack to this without a question, and beyond it to so many times its own size: deflate packs
# pictures hardly, and constant bytes 1000 times.
UNQUESTIONED_BYTES = 20 * MEGA
RATIO = 100
