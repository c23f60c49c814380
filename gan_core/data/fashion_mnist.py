"""Fashion-MNIST: clothes, by Zalando."""

from __future__ import annotations

from gan_core.data import idx

FASHION_MNIST = idx.IdxData(
    name="fashion-mnist",
    label="Fashion-MNIST",
    url="http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
    url_variable="GAN_FASHION_URL",
    hashes=(
        ("train-images-idx3-ubyte.gz", "md5:8d4fb7e6c68d591d4c3dfef9ec88bf0d"),
        ("train-labels-idx1-ubyte.gz", "md5:25c81989df183df01b3e8a0aad5dffbe"),
    ),
    class_names=(
        "T-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot",
    ),
)  # fmt: skip

SOURCE = idx.source(FASHION_MNIST, "Grey photographs of ten kinds of clothes, 28×28.")
