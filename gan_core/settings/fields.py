"""Every setting of a run, in one typed table."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict

from gan_core.settings.mistakes import MISTAKES, NONE
from gan_core.settings.setting import Setting, Value, setting, settings_of

NETWORKS = {
    "mlp": "Draws a sketch at half size and enlarges it smoothly: clean digits within seconds.",
    "mlp-plain": "Draws each pixel separately: it has to learn that neighbours belong together, so specks linger.",
    "dcgan": "Draws with convolutions, which treat all places in the picture alike; steps take longer.",
    "dcgan-light": "Draws a few maps at half size and doubles them with one convolution: clean pictures sooner.",
    "document-mlp": "The fully connected network of the source on drawing clothes (004), for grey 28 × 28 images.",
    "document-dcgan": "The convolutional network of the source on grey images (002), for colour 32 × 32 images.",
    "points": "Three hidden layers of 64 units, for points in a plane.",
}
# A face, to begin with.
DRAWING = (
    "3g3j2n1qzuwwuzq1n2j3g3c3Y2V1RzPwMuKqJnIjIgIcJYKVMRPPRMVKYJcIfIjInJqKuMwPzR1V2Y3cYpXqWqVpWnXnqppqoqnponpn"
    "SZTXUVWUYTZSbRdRfRiRkRmSnTpUrVsXtZ"
)
LEARNING_RATES = (1e-6, 1e-5, 1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 4e-3, 1e-2, 0.03, 0.1, 0.3, 1.0)


def _whole(value: object) -> object:
    """Python counts True and 1.0 as equal to 1; as the number of channels they are mistakes."""
    if type(value) is not int:
        raise ValueError("a whole number expected")
    return value


def _as_set(value: object) -> object:
    """Sets arrive as lists from JSON; kept sorted, so that equal experiments have equal bytes."""
    if isinstance(value, list | tuple | set | frozenset):
        return tuple(sorted({str(item) for item in value}))
    return value


class Fields(BaseModel):
    """The settings, each in the range that it allows alone; experiment.py says what they are together."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)

    # Data
    dataset: Literal[
        "digits", "fashion-mnist", "mnist", "folder",
        "ring", "grid", "line", "two-moons", "spiral", "gaussian", "drawn", "dirac",
    ] = setting(
        "digits", "Data", "The real images, or points in a plane, that the generator learns to imitate.",
        group="Data", key="d", front=1)  # fmt: skip
    folder: str = setting(
        "", "Folder or zip", "Path to a folder or zip file with your own pictures; used if Data is 'folder'.",
        group="Data", key="f")  # fmt: skip
    background: Literal["black", "white"] = setting(
        "black", "Background", "The colour behind transparent parts of your own pictures; used if Data is 'folder'.",
        group="Data", key="bg")  # fmt: skip
    mode_std: float = setting(
        0.05, "Spread of a mode", "Standard deviation of the points around each mode or curve; a ring has radius 1.",
        group="Data", key="sd", low=0.001, high=0.5, marks=(0.005, 0.0125, 0.025, 0.05, 0.1, 0.2))  # fmt: skip
    drawn: str = setting(
        DRAWING, "Drawn points", "Two characters per point, as the page Points writes them; used if Data is 'drawn'.",
        group="Data", key="pts")  # fmt: skip
    image_size: int = setting(
        28, "Image size", "Height and width of the images in pixels.",
        group="Data", key="sz", low=8, high=64, marks=(8, 16, 28, 32, 64))  # fmt: skip
    channels: Annotated[Literal[1, 3], BeforeValidator(_whole)] = setting(
        1, "Colour channels", "1 for grey images, 3 for red, green and blue.", group="Data", key="ch")  # fmt: skip
    data_range: Literal["[-1,1]", "[0,1]", "raw", "standardised"] = setting(
        "[-1,1]", "Data range", "The numbers that black and white become; 'raw' keeps 0 to 255.",
        group="Data", key="r")  # fmt: skip
    augment: Annotated[tuple[Literal["crop", "flip"], ...], BeforeValidator(_as_set)] = setting(
        (), "Augmentation", "Random changes to each real image: mirroring (flip), shifts of up to 2 px (crop).",
        group="Data", key="au", live=True)  # fmt: skip
    outliers: float = setting(
        0.0, "Broken images", "Fraction of training images replaced by noise, black, white or inverted images.",
        group="Data", key="ol", low=0, high=0.5, marks=(0, 0.05, 0.2, 0.5))  # fmt: skip

    # Networks
    architecture: Literal[
        "mlp", "mlp-plain", "dcgan-light", "dcgan", "document-mlp", "document-dcgan", "points"
    ] = setting(
        "mlp", "Architecture", "How the two networks are built. Each comes with settings that suit it.",
        group="Networks", key="a", told=NETWORKS)  # fmt: skip
    width: float = setting(
        1.0, "Width", "Multiplies the number of units in every hidden layer.",
        group="Networks", key="w", low=0.125, high=4, marks=(0.125, 0.25, 0.5, 1, 2, 4))  # fmt: skip
    latent_dim: int = setting(
        32, "Latent dimensions", "How many random numbers the generator gets per image.",
        group="Networks", key="z", low=1, high=512, marks=(1, 2, 8, 16, 32, 64, 100, 256, 512))  # fmt: skip
    skip: float = setting(
        0.0, "Skip connection of G", "Adds the first two random numbers, times this, to each generated point.",
        group="Networks", key="sk", low=0, high=4, marks=(0, 0.6, 1.2, 2, 4))  # fmt: skip
    fourier_g: int = setting(
        0, "Fourier features of G", "How many sines and cosines of its noise the generator gets as extra input.",
        group="Networks", key="fg", low=0, high=128, marks=(0, 8, 16, 32, 64))  # fmt: skip
    fourier_d: int = setting(
        0, "Fourier features of D", "How many sines and cosines of a point's position the discriminator gets as extra input.",
        group="Networks", key="fd", low=0, high=128, marks=(0, 8, 16, 32, 64))  # fmt: skip
    fourier_scale: float = setting(
        1.0, "Fourier scale", "How many times a typical one of these waves repeats within one unit.",
        group="Networks", key="fs", low=0.01, high=20, marks=(0.1, 0.5, 1, 2, 5, 10))  # fmt: skip
    norm_g: Literal["batch", "none", "layer", "instance"] = setting(
        "batch", "Normalisation in G", "How the generator's hidden layers are normalised.",
        group="Networks", key="ng", front=10)  # fmt: skip
    norm_d: Literal["none", "batch", "layer", "instance", "spectral"] = setting(
        "none", "Normalisation in D", "How the discriminator's hidden layers are normalised.",
        group="Networks", key="nd")  # fmt: skip
    bn_momentum: float = setting(
        0.1, "BatchNorm momentum", "Weight of the newest batch in the running statistics (PyTorch's convention).",
        group="Networks", key="bm", low=0, high=1, marks=(0.001, 0.01, 0.1, 0.5, 0.9, 1))  # fmt: skip
    bn_eps: float = setting(
        1e-5, "BatchNorm epsilon", "Added to the variance before BatchNorm divides by its root.",
        group="Networks", key="be", low=1e-8, high=10, marks=(1e-8, 1e-5, 1e-3, 0.1, 0.8))  # fmt: skip
    upsample: Literal["resize", "transpose4", "transpose3"] = setting(
        "resize", "Upsampling", "How a convolutional generator doubles its resolution; transpose3 causes checkerboards.",
        group="Networks", key="up")  # fmt: skip
    hidden_activation: Literal["leaky_relu", "relu", "elu", "tanh", "sigmoid"] = setting(
        "leaky_relu", "Hidden activation", "The non-linearity between the layers of both networks.",
        group="Networks", key="h")  # fmt: skip
    output_activation: Literal["tanh", "sigmoid", "linear", "hardtanh", "relu"] = setting(
        "tanh", "Output activation", "The generator's last step, which decides what pixel values it can reach.",
        group="Networks", key="o", front=2)  # fmt: skip
    init: Literal[
        "pytorch", "dcgan", "xavier_normal", "xavier_uniform", "he_normal", "he_normal_fan_out", "he_uniform",
        "orthogonal", "normal", "zeros",
    ] = setting(
        "pytorch", "Initialisation", "How the weights of both networks are drawn before the first step.",
        group="Networks", key="i", front=3)  # fmt: skip
    init_std: float = setting(
        0.02, "Standard deviation of 'normal'", "Used only by the initialisation 'normal'.",
        group="Networks", key="is", low=0, high=10, marks=(0, 1e-4, 0.02, 0.1, 1, 10))  # fmt: skip

    # Noise
    noise: Literal["normal", "uniform", "truncated_normal", "bernoulli", "sphere", "constant"] = setting(
        "normal", "Noise", "The distribution of the generator's input.",
        group="Noise", key="n", live=True, front=4)  # fmt: skip
    noise_scale: float = setting(
        1.0, "Noise scale", "Multiplies the noise. Near zero, every input looks the same to the generator.",
        group="Noise", key="ns", low=0, high=100, marks=(0, 0.01, 0.1, 0.5, 1, 2, 10, 100),
        live=True, front=5)  # fmt: skip

    # Loss
    loss: Literal["non_saturating", "minimax", "wasserstein", "hinge", "least_squares"] = setting(
        "non_saturating", "Loss", "What the two networks minimise. Minimax is the one that saturates.",
        group="Loss", key="l", live=True, front=8)  # fmt: skip
    penalty: Literal["none", "gradient_penalty", "r1", "r2", "clip"] = setting(
        "r1", "Penalty", "Keeps the discriminator smooth, by penalising its gradient or clipping its weights.",
        group="Loss", key="p", live=True, front=9)  # fmt: skip
    penalty_weight: float = setting(
        2.0, "Penalty weight", "Weight of the gradient penalty, gamma of R1, or limit of the clipping.",
        group="Loss", key="pw", low=0, high=1000, marks=(0, 0.01, 0.1, 1, 2, 10, 100, 1000), live=True)  # fmt: skip
    penalty_every: int = setting(
        8, "Penalty every", "Applies the penalty every so many steps, weighted to make up for the steps left out.",
        group="Loss", key="pe", low=1, high=64, marks=(1, 2, 4, 8, 16), live=True)  # fmt: skip
    label_smoothing: float = setting(
        0.0, "Label smoothing", "The discriminator's target for real images becomes 1 minus this.",
        group="Loss", key="ls", low=0, high=0.5, marks=(0, 0.1, 0.3, 0.5), live=True)  # fmt: skip
    instance_noise: float = setting(
        0.0, "Instance noise", "Standard deviation of the noise added to everything D sees, in halves of the data range.",
        group="Loss", key="in", low=0, high=2, marks=(0, 0.05, 0.1, 0.5, 1, 2), live=True)  # fmt: skip
    dropout_d: float = setting(
        0.0, "Dropout in D", "Share of the discriminator's hidden units randomly silenced in each step.",
        group="Loss", key="dd", low=0, high=0.9, marks=(0, 0.1, 0.3, 0.5, 0.9), live=True)  # fmt: skip
    minibatch_std: bool = setting(
        False, "Minibatch standard deviation", "Shows the discriminator how much the images in a batch differ.",
        group="Loss", key="mb")  # fmt: skip
    pack: int = setting(
        0, "Packing", "How many images the discriminator judges together (0: one at a time).",
        group="Loss", key="pk", low=0, high=8, marks=(0, 2, 4, 8))  # fmt: skip

    # Optimiser
    optimiser: Literal["adam", "rmsprop", "sgd"] = setting(
        "adam", "Optimiser", "How gradients become weight changes.", group="Optimiser", key="op")  # fmt: skip
    lr_g: float = setting(
        2e-3, "Learning rate of G", "How far the generator's weights move in each update.",
        group="Optimiser", key="lg", low=1e-6, high=1, marks=LEARNING_RATES, live=True, front=6)  # fmt: skip
    lr_d: float = setting(
        2e-3, "Learning rate of D", "How far the discriminator's weights move in each update.",
        group="Optimiser", key="ld", low=1e-6, high=1, marks=LEARNING_RATES, live=True, front=7)  # fmt: skip
    beta1: float = setting(
        0.0, "Beta 1", "Memory of the gradient's mean (Adam) or momentum (SGD); RMSprop has none.",
        group="Optimiser", key="b1", low=0, high=0.999, marks=(0, 0.5, 0.9, 0.99), live=True)  # fmt: skip
    beta2: float = setting(
        0.99, "Beta 2", "Memory of the gradient's square (Adam, RMSprop); SGD has none.",
        group="Optimiser", key="b2", low=0, high=0.9999, marks=(0, 0.9, 0.99, 0.999), live=True)  # fmt: skip
    batch_size: int = setting(
        64, "Batch size", "Number of real images, and of generated ones, in each update.",
        group="Optimiser", key="bs", low=1, high=512, marks=(1, 8, 32, 64, 128, 256, 512))  # fmt: skip
    n_dis: int = setting(
        1, "D updates per step", "How often the discriminator is updated in each step.",
        group="Optimiser", key="kd", low=0, high=10, marks=(0, 1, 2, 3, 5, 10), live=True)  # fmt: skip
    n_gen: int = setting(
        1, "G updates per step", "How often the generator is updated in each step.",
        group="Optimiser", key="kg", low=0, high=10, marks=(0, 1, 2, 3, 5, 10), live=True)  # fmt: skip
    update: Literal["alternating", "simultaneous"] = setting(
        "alternating", "Update rule", "Whether G responds to the D just updated, or both are updated at once.",
        group="Optimiser", key="u", live=True)  # fmt: skip
    ema: float = setting(
        0.995, "Averaged generator", "Decay of the running average of G's weights that draws the pictures (0: off).",
        group="Optimiser", key="ema", low=0, high=0.9999, marks=(0, 0.9, 0.99, 0.995, 0.999))  # fmt: skip
    ema_warm_up: bool = setting(
        True, "Short average at first", "Starts the average with only the last few steps and lengthens it from there.",
        group="Optimiser", key="ew")  # fmt: skip

    # Mistakes
    mistake: Literal[
        "none", "detached_generator", "no_zero_grad", "double_sigmoid", "swapped_labels", "fake_label_for_g",
        "d_not_frozen", "other_noise_for_d", "d_in_eval", "batchnorm_before_tanh", "smoothing_sign",
    ] = setting(
        NONE, "Mistake in the loop", "One of the common bugs in the training loop, to see what it does.",
        group="Mistakes", key="mi", live=True, told=MISTAKES)  # fmt: skip

    # Run
    steps: int = setting(
        2000, "Steps", "Where training ends; 0 shows the untrained generator.",
        group="Run", key="st", low=0, high=1_000_000, marks=(0, 200, 500, 1000, 2000, 5000, 20000),
        live=True)  # fmt: skip
    seed: int = setting(
        0, "Seed", "Determines everything random: the same seed gives the same run.",
        group="Run", key="se", low=0, high=2**31 - 1)  # fmt: skip
    measure_every: int = setting(
        50, "Measure every", "Steps between two rows of measurements.",
        group="Run", key="me", low=1, high=10_000, marks=(1, 10, 50, 100, 500))  # fmt: skip
    sample_mode: Literal["train", "eval"] = setting(
        "train", "BatchNorm while sampling", "Draws pictures with the batch's own statistics (train) or the running ones (eval).",
        group="Run", key="sm", live=True)  # fmt: skip
    precision: Literal["float32", "bfloat16"] = setting(
        "float32", "Precision", "bfloat16 is faster on processors and GPUs with hardware for it.",
        group="Run", key="pr")  # fmt: skip
    device: Literal["auto", "cpu", "cuda", "mps"] = setting(
        "auto", "Device", "Where the networks run; auto uses a GPU if there is one.",
        group="Run", key="dv")  # fmt: skip
    threads: int = setting(
        1, "Threads", "How many processor threads this run uses.", group="Run", key="th", low=1, high=64,
        marks=(1, 2, 4, 8))  # fmt: skip


SETTINGS: dict[str, Setting] = settings_of(Fields)


def defaults() -> dict[str, Value]:
    """Each setting's value where nothing else is given."""
    return {name: row.default for name, row in SETTINGS.items()}
