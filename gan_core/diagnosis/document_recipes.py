"""Each document's own setups as the document has them, even where they do not fail as it says."""

from __future__ import annotations

from gan_core.diagnosis.recipe import SHORT, Recipe, of_document

_UNTRAINED = {"architecture": "document-dcgan", "steps": 0}
_BARE = {**_UNTRAINED, "norm_g": "none"}
# What document 001 says of learning rates is said of Adam as it was usual with GANs then, without a penalty.
_PLAIN = {"architecture": "mlp-plain"}
_RATES = {**_PLAIN, "lr_g": 1e-4, "lr_d": 5e-4, "steps": 1000}

# fmt: off
DOCUMENT_RECIPES: tuple[Recipe, ...] = (
    # Document 000: negative pixels.
    of_document("000-linear", "out-of-range", "Linear output leaves the pixel range",
        SHORT, {"output_activation": "linear"}, {"output_activation": "tanh"}),
    of_document("000-tanh", "", "Tanh suffices: nothing left to clip",
        SHORT, {"output_activation": "tanh"}, {"output_activation": "hardtanh"}),
    # (tanh(x) + 1) / 2 is sigmoid(2x): the document's rescaled tanh.
    of_document("000-complete", "out-of-range", "Tanh dips below 0 unless rescaled",
        {**SHORT, "data_range": "[0,1]"}, {"output_activation": "tanh"}, {"output_activation": "sigmoid"}),
    of_document("000-complete-unscaled-data", "blank-grey", "Output rescaled, data not: all grey",
        {**SHORT, "output_activation": "sigmoid"}, {"data_range": "[-1,1]"}, {"data_range": "[0,1]"}),
    # Document 001: blank images.
    of_document("001-rates-minimax", "discriminator-too-strong", "D five times faster: stuck in noise",
        _RATES, {"loss": "minimax"}, {"loss": "non_saturating"}),
    of_document("001-rates", "too-slow", "Only slow, never blank",
        {**_PLAIN, "lr_d": 5e-4, "steps": 1000}, {"lr_g": 1e-4}, {"lr_g": 5e-4}),
    of_document("001-equal-rates", "", "Equal rates: even minimax learns",
        {**_PLAIN, "lr_g": 2e-4, "lr_d": 2e-4, "steps": 1000}, {"loss": "minimax"}, {"loss": "non_saturating"}),
    of_document("001-gradient-penalty", "discriminator-too-strong", "A gradient penalty restrains D",
        {**_RATES, "loss": "minimax"}, {"penalty": "none"}, {"penalty": "gradient_penalty"}),
    of_document("001-sigmoid", "blank-grey", "Sigmoid against [-1,1]: all grey",
        SHORT, {"output_activation": "sigmoid"}, {"output_activation": "tanh"}),
    of_document("001-unnormalised", "out-of-range", "Tanh dips below black, not blank",
        SHORT, {"data_range": "[0,1]"}, {"data_range": "[-1,1]"}),
    of_document("001-raw", "blank-black", "Pixels as 0 to 255: black",
        SHORT, {"data_range": "raw"}, {"data_range": "[-1,1]"}),
    of_document("001-slow-d", "discriminator-too-weak", "D too slow to teach anything",
        {**_PLAIN, **SHORT}, {"lr_d": 1e-5}, {"lr_d": 1e-3}),
    of_document("001-outliers", "", "Some broken images: no harm",
        SHORT, {"outliers": 0.05}, {"outliers": 0.0}),
    of_document("001-no-augmentation", "", "Without augmentation: not blank either",
        SHORT, {"augment": ()}, {"augment": ("crop", "flip")}),
    # Document 002: untrained generators of three channels at 32x32. It asks for kaiming with fan_out: of a transposed
    # convolution PyTorch then counts the whole kernel, of which a pixel receives a quarter at stride 2.
    of_document("002-bad", "", "BatchNorm in train mode: vivid noise",
        _UNTRAINED, {"init": "pytorch"}, {"init": "he_normal_fan_out"}),
    of_document("002-eval", "untrained-grey", "The same in eval mode: grey",
        _UNTRAINED, {"sample_mode": "eval"}, {"sample_mode": "train"}),
    of_document("002-no-batchnorm", "untrained-grey", "Without BatchNorm: grey",
        _UNTRAINED, {"norm_g": "none"}, {"norm_g": "batch"}),
    of_document("002-better", "", "Kaiming and sigmoid: paler, not better",
        {**_UNTRAINED, "output_activation": "sigmoid", "data_range": "[0,1]"},
        {"init": "he_normal_fan_out"}, {"init": "pytorch"}),
    of_document("002-kaiming", "untrained-grey", "Kaiming by fan_out: still grey",
        _BARE, {"init": "he_normal_fan_out"}, {"init": "he_normal"}),
    of_document("002-default", "untrained-grey", "Default weights grey, kaiming shows noise",
        _BARE, {"init": "pytorch"}, {"init": "he_normal"}),
    of_document("002-xavier", "untrained-grey", "Xavier without BatchNorm: still grey",
        {**_UNTRAINED, "init": "xavier_normal"}, {"norm_g": "none"}, {"norm_g": "batch"}),
    of_document("002-sigmoid", "untrained-grey", "Sigmoid is greyer than tanh",
        {**_UNTRAINED, "output_activation": "sigmoid", "data_range": "[0,1]"},
        {"norm_g": "none"}, {"norm_g": "batch"}),
    of_document("002-narrow-noise", "", "Narrow noise: BatchNorm undoes it",
        _UNTRAINED, {"noise_scale": 0.01}, {"noise_scale": 1.0}),
    of_document("002-narrow-noise-bare", "untrained-grey", "Narrow noise without BatchNorm: grey",
        {**_UNTRAINED, "noise_scale": 0.01}, {"norm_g": "none"}, {"norm_g": "batch"}),
    of_document("002-wide-noise", "untrained-grey", "Only far wider noise brings colour",
        _BARE, {"noise_scale": 1.0}, {"noise_scale": 100.0}),
    of_document("002-uniform-noise", "untrained-grey", "Uniform noise is no broader: grey",
        {**_UNTRAINED, "noise": "uniform"}, {"norm_g": "none"}, {"norm_g": "batch"}),
    # Document 004: the fully connected GAN on Fashion-MNIST; its one gradient tape updates both networks at once.
    of_document("004-mlp", "", "Its network: blobs drowned in specks",
        {"architecture": "document-mlp", "steps": 400}, {"update": "simultaneous"}, {"update": "alternating"}),
    of_document("004-fashion", "", "Silhouettes with specks, not realistic",
        {"architecture": "document-mlp", "dataset": "fashion-mnist", "steps": 400},
        {"update": "simultaneous"}, {"update": "alternating"}),
    of_document("004-momentum", "", "BatchNorm momentum: hardly matters",
        {"architecture": "document-mlp", "sample_mode": "eval", "steps": 400},
        {"bn_momentum": 0.9}, {"bn_momentum": 0.01}),
)
# fmt: on
