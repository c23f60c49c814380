"""What there is to say of each failure: how it looks, why it happens, how it is told, who meets it."""

from __future__ import annotations

from dataclasses import dataclass

from gan_core.detectors import Condition, detectors
from gan_core.experiment import Experiment
from gan_core.findings import UNREACHABLE

# What each of the documents is about; 003, on saving, has no setup to train.
DOCUMENTS = {
    "000": "negative pixels and errors while saving",
    "001": "blank images while training",
    "002": "grey images from an untrained generator",
    "004": "clothes drawn with deep learning",
}


@dataclass(frozen=True)
class Lesson:
    """The words for one failure: `formula` is LaTeX, empty where none helps; `tell` names the measurements the
    diagnosis reads; `reported` says who meets it and under which description."""

    title: str
    looks: str
    why: str
    formula: str
    tell: str
    reported: str


LESSONS: dict[str, Lesson] = {
    "out-of-range": Lesson(
        "Pixels out of range",
        "A grey haze with black and white specks; saved as bytes without clipping, the specks flip to their opposite.",
        "A linear output can give any number. The discriminator punishes what looks wrong, not what is illegal, so "
        "the share of illegal values grows with training instead of going away.",
        r"G(z) = Wh + b \in \mathbb{R}, \qquad \text{legal: } [-1, 1]",
        "`out_of_range`: the share of generated values outside the range of the data.",
        "Document 000; “values beyond ±1, the saved picture is dark” in many trackers.",
    ),
    "blank-grey": Lesson(
        "Blank: all grey",
        "Every picture is the same even mid-grey, for good.",
        "Black lies at −1, and a sigmoid ends at 0. To come as close to the black background as it can, the generator "
        "drives every logit to minus infinity: all pixels are 0, which is mid-grey in a range from −1 to 1.",
        r"\sigma(a) \in (0, 1), \qquad \lim_{a \to -\infty} \sigma(a) = 0 = \text{grey}",
        "`contrast`: the spread within each picture, against that of real ones; and the mean level in the middle.",
        "Document 001; the commonest of all blank pictures, and the easiest to cure.",
    ),
    "blank-black": Lesson(
        "Blank: all black",
        "Every picture is black from the first step on.",
        "The data still run from 0 to 255. An output that ends at 1 is, on that scale, less than half of one per cent "
        "above black, and no training can take it further.",
        r"\tanh(a) \le 1 \ll 255",
        "`contrast` near zero and the mean level at the bottom of the range.",
        "Document 001; “my generator only gives black images”.",
    ),
    "blank-white": Lesson(
        "Blank: all white",
        "Every picture is white and stays so.",
        "One long step of the generator threw every unit past the end of the output activation. There it is flat: "
        "the gradient is zero, and no later step can bring the generator back.",
        r"\frac{d}{da}\,\mathrm{hardtanh}(a) = 0 \quad \text{for } a > 1",
        "`contrast` near zero and the mean level at the top of the range.",
        "Trackers of every GAN library: “all white after some epochs”.",
    ),
    "discriminator-too-strong": Lesson(
        "The discriminator wins",
        "Grey static that never becomes a picture, while the discriminator is right every time.",
        "The minimax loss of the generator is flat where the discriminator is sure. Its gradient shrinks with "
        "D's own certainty, so the generator is told that it is wrong but not what to change.",
        r"\frac{\partial}{\partial \ell} \log(1 - \sigma(\ell)) = -\sigma(\ell) \to 0 \quad (\ell \to -\infty)",
        "`d_accuracy` near 1 while `grad_norm_g` has all but vanished.",
        "Document 001; “D loss 0, G loss does not move” (Arjovsky & Bottou 2017).",
    ),
    "discriminator-too-weak": Lesson(
        "The discriminator is no help",
        "Hard black-and-white static, nearly the same in every picture.",
        "A discriminator that hardly learns gives the generator one fixed direction to run in. It saturates every "
        "pixel on the way, and the loss values look perfect: neither side can tell anything.",
        r"D \approx \tfrac12 \;\Rightarrow\; \mathcal{L}_D \approx 2\ln 2,\ \mathcal{L}_G \approx \ln 2",
        "`d_accuracy` near one half together with static or identical pictures; the losses alone say all is well.",
        "Document 001; “losses look balanced but the output is noise”.",
    ),
    "identical-samples": Lesson(
        "Identical samples",
        "The same picture in every tile, whatever the noise.",
        "The noise is so narrow that all inputs look alike to the generator. Without BatchNorm, which would stretch "
        "them again, it learns one picture and adds a trace of variation.",
        r"G(\epsilon z) \approx G(0) + \epsilon\, J z \to G(0)",
        "`diversity`: the spread across pictures, against that of real ones.",
        "Document 002, for untrained networks; “every sample is the same”.",
    ),
    "mode-collapse": Lesson(
        "Mode collapse",
        "One blob, or a few pictures, over and over; they change together as training goes on.",
        "The generator runs to the one picture that this discriminator likes best, and follows when the discriminator "
        "turns. Nothing in its loss asks for variety. A long memory of past gradients (beta 1 of 0.9), more updates "
        "of G than of D, or no BatchNorm make it worse.",
        r"\min_G \mathbb{E}_z\,[-\log D(G(z))] \;\text{ is solved by }\; G(z) \equiv \arg\max_x D(x)",
        "`duplicates` and `diversity`, and the number of classes that appear, held until enough steps have passed.",
        "Everywhere; the failure named most often in issue trackers.",
    ),
    "exploding": Lesson(
        "Exploding weights",
        "Haze and specks that never settle, or one frozen black-and-white pattern; the losses jump by orders of "
        "magnitude.",
        "Each update is larger than the weights it changes. Logits grow into the thousands, and the networks only "
        "throw each other further off.",
        r"\|\Delta w\| \gtrsim \|w\|",
        "`logit_max`: the largest logit in absolute value; it warns before anything is infinite.",
        "Learning rates copied from another optimiser or architecture.",
    ),
    "non-finite": Lesson(
        "NaN or infinity",
        "The run stops. The picture stays what the generator last made, or is crossed out where it holds a NaN itself, "
        "since a NaN has no grey level.",
        "A number overflowed, and everything computed from it is infinite or NaN too. Converting such a picture to "
        "bytes paints it black, which is why NaN is so often reported as a black image.",
        r"\infty - \infty = \mathrm{NaN}",
        "`finite` is 0; the run stops and names the tensor and the step.",
        "“Loss is nan”, “images turned black after epoch 9”.",
    ),
    "batchnorm-mismatch": Lesson(
        "BatchNorm: eval is not train",
        "Washed-out tiles, though training goes well.",
        "In eval mode BatchNorm uses running averages instead of the batch's own statistics. Where those lag behind, "
        "the generator that draws the pictures is not the one that was trained.",
        r"\hat\mu \leftarrow (1 - m)\,\hat\mu + m\,\mu_{\text{batch}}",
        "`mode_gap`: how far train- and eval-mode pictures of the same noise are apart.",
        "pix2pix, CycleGAN, FastGAN: “results differ after model.eval()”; Keras writes the momentum the other way.",
    ),
    "checkerboard": Lesson(
        "Checkerboard",
        "A lattice of two pixels over everything, plainest in flat areas.",
        "A transposed convolution of kernel 3 at stride 2 reaches some pixels once, some twice, some four times. The "
        "pattern is there before the first step, and training only dims it.",
        r"\text{overlap} = \lceil k / s \rceil \text{ is uneven unless } s \mid k",
        "`nyquist`: the share of the picture's power in its finest rows and columns.",
        "Odena, Dumoulin and Olah 2016; image translation models above all.",
    ),
    "unreachable-range": Lesson(
        "A range that cannot be reached",
        "Pictures that look dim or flat in a way no training mends.",
        "The output activation ends before the data do: the brightest or darkest real pixels cannot be made. It is a "
        "fault of two settings, known before the first step.",
        r"\text{range}(\text{activation}) \not\supseteq [\min x, \max x]",
        "The activation's range against the data's: no training needed.",
        "Documents 000 and 001; “tanh with images in 0..1”, “ImageNet mean and std with a tanh generator”.",
    ),
    "untrained-grey": Lesson(
        "Untrained and grey",
        "An even grey square, before any training.",
        "With small weights and nothing to rescale them, the signal shrinks from layer to layer and the output is "
        "nearly 0: mid-grey. BatchNorm in train mode rescales it; in eval mode it does not yet. Tanh is not the cause.",
        r"\mathrm{std}(h_{l}) \approx c\,\mathrm{std}(h_{l-1}),\ c < 1 \;\Rightarrow\; \tanh(h_L) \approx 0",
        "`contrast` of the generator at step 0, and the signal's standard deviation after every layer.",
        "Document 002, which blames tanh.",
    ),
}


def signs(failure: str, e: Experiment) -> tuple[Condition, ...]:
    """The measurements that betray a failure in a run of this experiment, with their thresholds."""
    if failure == "unreachable-range":  # of data whose range is known only once they are loaded
        return (Condition("unreachable", ">", UNREACHABLE),)
    return detectors(e)[failure].conditions
