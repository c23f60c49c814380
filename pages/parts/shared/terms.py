"""Every technical word of the pages, once: what it means in one or two sentences."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Term:
    """A technical word."""

    name: str  # as the glossary lists it
    meaning: str
    also: tuple[str, ...] = ()  # other spellings that mean it

    @property
    def anchor(self) -> str:
        """Its place on the page and in a link."""
        return "".join(letter if letter.isalnum() else "-" for letter in self.name.lower()).strip("-")

    @property
    def spellings(self) -> tuple[str, ...]:
        """All words that mean it."""
        return (self.name, *self.also)


_TERMS = (
    Term(
        "activation",
        "A function applied to each value after a layer. Without one, any number of layers would act as a single "
        "linear layer.",
        ("activations", "non-linearity"),
    ),
    Term(
        "Adam",
        "An optimiser that divides each step by a running size of the gradient, so that all weights move at a similar "
        "pace.",
    ),
    Term(
        "augmentation",
        "Random changes to the training images, such as shifts or mirroring, that make a small data set seem larger.",
    ),
    Term("batch", "The images that are used together in one update.", ("batches", "batch size")),
    Term(
        "BatchNorm",
        "Batch normalisation: a layer that shifts and scales its values to mean 0 and variance 1 over the batch.",
        ("batch normalisation", "batch norm"),
    ),
    Term("beta 1", "The share of the past in Adam's running mean of the gradient: its momentum.", ("beta1",)),
    Term(
        "beta 2",
        "The share of the past in the running mean of the gradient's square, by whose root the step is divided.",
        ("beta2",),
    ),
    Term(
        "bfloat16",
        "A 16-bit number with the range of float32 and about three digits. Faster where the processor has units for "
        "it.",
    ),
    Term(
        "binary cross-entropy",
        "The loss for yes-or-no answers: minus the logarithm of the probability given to the right answer.",
        ("BCE", "BCEWithLogitsLoss"),
    ),
    Term(
        "checkerboard",
        "A pattern of two pixels over the whole picture, made by upsampling whose kernel is not a multiple of its "
        "stride.",
        ("checkerboards",),
    ),
    Term("checkpoint", "Everything a run needs to go on later: weights, optimiser state and random state."),
    Term("clipping", "Replacing values beyond a limit by the limit.", ("clip", "clipped", "clips")),
    Term("contrast", "How far the values within a picture spread: their standard deviation."),
    Term(
        "convolution",
        "A layer that applies the same small kernel at every place of the picture.",
        ("convolutions", "convolutional"),
    ),
    Term("discriminator", "The network, D, that tells real images from generated ones."),
    Term("diversity", "How far pictures differ from one another: their standard deviation, pixel by pixel."),
    Term("dropout", "Silencing a random share of the units in each training step."),
    Term(
        "EMA",
        "Exponential moving average: a copy of G's weights that follows them slowly, and often draws steadier images.",
    ),
    Term(
        "energy distance",
        "A distance between two sets of points, from the mean distances between and within them; 0 if they are equal.",
    ),
    Term("epsilon", "A small number added before dividing, so that nothing is divided by zero."),
    Term("equilibrium", "The state in which neither network can gain by changing alone."),
    Term("eval mode", "BatchNorm normalises by its running statistics. Usual for sampling after training."),
    Term("exploding", "Growing without bound: each update is larger than the weights it changes.", ("explode",)),
    Term("fan_in", "The number of inputs of a unit, by which an initialisation scales its weights."),
    Term("fan_out", "The number of outputs a unit feeds, by which an initialisation can scale its weights."),
    Term("float32", "The usual 32-bit number, with about seven digits."),
    Term("Fourier features", "Sines and cosines of the input, which help a network draw fine detail."),
    Term(
        "Fréchet distance",
        "A distance between two sets of images, from the mean and covariance of a classifier's features.",
    ),
    Term("generator", "The network, G, that turns noise into images."),
    Term(
        "gradient",
        "The direction in which the loss grows fastest; an update moves the weights against it.",
        ("gradients",),
    ),
    Term(
        "gradient norm",
        "The length of the gradient. Near zero, a network learns nothing; very large, its updates overshoot.",
    ),
    Term("gradient penalty", "A term in D's loss that keeps the slope of its answers near 1, or near 0."),
    Term("hardtanh", "A straight line cut off at −1 and 1, where its gradient is zero."),
    Term(
        "He initialisation",
        "Random weights scaled for layers with ReLU, so that the signal keeps its size. Also called Kaiming.",
        ("Kaiming", "he_normal", "he_uniform"),
    ),
    Term("hinge loss", "A loss that ignores answers that are right by a margin of 1.", ("hinge",)),
    Term("histogram", "How often each value occurs."),
    Term("initialisation", "How the weights are drawn before training."),
    Term("instance noise", "Noise added to everything D sees, which makes its task harder and smoother."),
    Term("kernel", "The small block of weights that a convolution moves over the picture."),
    Term(
        "KL divergence", "A measure of how one distribution differs from another; 0 if they are equal.", ("reverse KL",)
    ),
    Term("label smoothing", "Training D towards a little less than 1 for real images, so that it is never fully sure."),
    Term(
        "latent",
        "The random numbers from which the generator makes one image.",
        ("latents", "latent vector", "latent dimensions"),
    ),
    Term("LayerNorm", "Normalisation over the units of a layer, for each image separately."),
    Term("LeakyReLU", "A ReLU that lets a small share of negative values through.", ("leaky_relu", "leaky relu")),
    Term("learning rate", "How far an update moves the weights.", ("learning rates",)),
    Term("least squares", "A loss that squares the distance of D's answer from its target."),
    Term("linear output", "No activation at the end: any number can come out."),
    Term(
        "logit",
        "The discriminator's answer before the sigmoid turns it into a probability: positive for real, negative for "
        "generated.",
        ("logits",),
    ),
    Term("loss", "The number that a network's training lowers.", ("losses",)),
    Term(
        "minibatch standard deviation",
        "A feature that shows D how much the images of a batch differ, so that it can notice mode collapse.",
    ),
    Term("minimax", "The original GAN loss, in which G lowers what D raises. It is flat for G where D is sure."),
    Term("mode", "A class or cluster of the data, such as one digit.", ("modes",)),
    Term("mode collapse", "The generator makes only a few different pictures."),
    Term(
        "mode hopping",
        "A mode collapse that does not stay: the generator leaves its few modes for others, again and again.",
        ("hopping modes",),
    ),
    Term(
        "momentum",
        "The share of past steps in the present one. In BatchNorm: the weight of the newest batch in the running "
        "statistics (in Keras, of the old ones).",
    ),
    Term("NaN", "“Not a number”: the result of an undefined calculation. Everything computed from it is NaN too."),
    Term(
        "non-saturating",
        "The usual GAN loss for G, −log D(G(z)), whose gradient stays large where D is sure.",
        ("non saturating", "non_saturating"),
    ),
    Term("normalisation", "Shifting and scaling values to a fixed mean and spread.", ("normalised", "normalises")),
    Term("optimiser", "The rule that turns gradients into changes of the weights."),
    Term("orthogonal", "An initialisation with rotation matrices, which keep the length of what passes."),
    Term("outlier", "A training image that does not belong to the others.", ("outliers",)),
    Term("packing", "D judges several images together, so that it notices when they are alike (PacGAN)."),
    Term("pixel", "One picture element; its value has to end between 0 and 255.", ("pixels",)),
    Term("precision", "The share of generated points that lie where real ones do."),
    Term("R1", "A gradient penalty on real images alone, which keeps D flat around them."),
    Term("recall", "The share of real points that lie where generated ones do."),
    Term("ReLU", "An activation that sets negative values to zero."),
    Term("RMSprop", "An optimiser that divides each step by a running size of the gradient, without momentum."),
    Term(
        "running statistics",
        "The mean and variance that BatchNorm averages over the batches it has seen. They begin at mean 0 and variance "
        "1.",
    ),
    Term(
        "saturated",
        "At the flat end of an activation or loss, where the gradient vanishes.",
        ("saturates", "saturating", "saturate"),
    ),
    Term("seed", "The number from which all random draws of a run follow."),
    Term("SGD", "Stochastic gradient descent: each step is the gradient times the learning rate."),
    Term("sigmoid", "An activation that maps any number to a value between 0 and 1."),
    Term(
        "spectral norm",
        "Dividing a layer's weights by their largest stretch, which keeps D's slope bounded.",
        ("spectral",),
    ),
    Term("standard deviation", "The usual distance of values from their mean."),
    Term("step", "One round of updates of D and G.", ("steps",)),
    Term("stride", "How many pixels a convolution moves at a time."),
    Term("tanh", "An activation that maps any number to a value between −1 and 1."),
    Term(
        "tensor",
        "An array of numbers, such as a batch of images (N, C, H, W): images, channels, height, width.",
        ("tensors",),
    ),
    Term("train mode", "BatchNorm normalises by the batch's own mean and variance."),
    Term("transposed convolution", "A convolution run backwards, which enlarges its input."),
    Term("uint8", "A whole number from 0 to 255: the byte that a file stores for a pixel."),
    Term("upsampling", "Enlarging a picture or a map inside the network."),
    Term(
        "Wasserstein",
        "A distance: how far one distribution has to be moved to become the other. As a loss, D's answers are scores "
        "without bound.",
        ("Wasserstein-2", "W2", "sliced Wasserstein", "sliced"),
    ),
    Term("weight", "A number in a network that training changes.", ("weights",)),
    Term(
        "wrap round",
        "What happens to values that do not fit a byte: 256 becomes 0, −1 becomes 255.",
        ("wraps round", "wrapped round", "wrapped", "wrapping"),
    ),
    Term(
        "Xavier initialisation",
        "Random weights scaled by inputs and outputs together. Also called Glorot.",
        ("Xavier", "xavier_normal", "xavier_uniform", "Glorot", "glorot_uniform"),
    ),
)

TERMS: dict[str, Term] = {term.name: term for term in sorted(_TERMS, key=lambda term: term.name.casefold())}
