"""MNIST: handwritten digits, by LeCun, Cortes and Burges."""

from __future__ import annotations

from gan_core.data import idx

MNIST = idx.IdxData(
    name="mnist",
    label="MNIST",
    url="https://ossci-datasets.s3.amazonaws.com/mnist/",
    url_variable="GAN_MNIST_URL",
    hashes=(
        ("train-images-idx3-ubyte.gz", "md5:f68b3c2dcbeaaa9fbdd348bbdeb94873"),
        ("train-labels-idx1-ubyte.gz", "md5:d53e105ee54ea40749a09fcbcd1e9432"),
    ),
    class_names=tuple("0123456789"),
)

SOURCE = idx.source(MNIST, "Scans of ten handwritten digits, grey, 28×28.")
