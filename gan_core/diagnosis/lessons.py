"""What there is to say of each failure: how it looks, why it happens, how it is told, who meets it."""

from __future__ import annotations

from dataclasses import dataclass

from gan_core.diagnosis.detectors import Condition, detectors
from gan_core.diagnosis.findings import UNREACHABLE
from gan_core.settings.experiment import Experiment

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
    diagnosis reads; `reported` says who meets it and under which description; `claims` are the ledger's about
    it, by id, the most telling first."""

    title: str
    looks: str
    why: str
    formula: str
    tell: str
    reported: str
    claims: tuple[str, ...] = ()


LESSONS: dict[str, Lesson] = {
    "out-of-range": Lesson(
        "Pixels out of range",
        "A grey haze with black and white specks; saved as bytes without clipping, the specks flip to their opposite.",
        "A linear output can give any number. The discriminator punishes what looks wrong, not what is illegal, so "
        "training does not end it: with data in [-1,1], hardly any value is illegal at first, and a third later.",
        r"G(z) = Wh + b \in \mathbb{R}, \qquad \text{legal: } [-1, 1]",
        "`out_of_range`, the share of generated values outside the data's range; `excess`, how far they are outside.",
        "Document 000; stylegan2-ada #152 (values beyond ±1, dark pictures), pytorch/examples #315.",
        ("000-02", "000-13", "000-19"),
    ),
    "blank-grey": Lesson(
        "Blank: all grey",
        "Every picture is the same even mid-grey, for good.",
        "Black lies at −1, and a sigmoid ends at 0. To come as close to the black background as it can, the generator "
        "drives every logit to minus infinity: all pixels are 0, which is mid-grey in a range from −1 to 1.",
        r"\sigma(a) \in (0, 1), \qquad \lim_{a \to -\infty} \sigma(a) = 0 = \text{grey}",
        "`contrast`, the spread of levels within a picture against that of real ones, is near zero; `pixel_mean` (0 is "
        "black, 1 white) lies in the middle.",
        "Document 001; iGAN #17 (grey after ten epochs).",
        ("001-01", "001-18", "001-02"),
    ),
    "blank-black": Lesson(
        "Blank: all black",
        "Every picture is black from the first step on.",
        "The data still run from 0 to 255. An output that ends at 1 is, on that scale, less than half of one per cent "
        "above black, and no training can take it further.",
        r"\tanh(a) \le 1 \ll 255",
        "`contrast`, the spread of levels within a picture, is near zero, and `pixel_mean`, the mean level, too.",
        "Document 001; pix2pix #34 (black in evaluation mode).",
        ("001-25", "001-13", "000-12"),
    ),
    "blank-white": Lesson(
        "Blank: all white",
        "Every picture is white and stays so.",
        "One long step of the generator threw every unit past the end of the output activation. There it is flat: "
        "the gradient is zero, and no later step can bring the generator back.",
        r"\frac{d}{da}\,\mathrm{hardtanh}(a) = 0 \quad \text{for } a > 1",
        "`contrast`, the spread of levels within a picture, is near zero, and `pixel_mean`, the mean level, near 1.",
        "ganomaly #94 (white pictures).",
        ("001-25", "001-01"),
    ),
    "discriminator-too-strong": Lesson(
        "The discriminator wins",
        "Grey static that never becomes a picture, while the discriminator is right every time.",
        "The minimax loss of the generator is flat where the discriminator is sure. Its gradient shrinks with "
        "D's own certainty, so the generator is told that it is wrong but not what to change.",
        r"\frac{\partial}{\partial \ell} \log(1 - \sigma(\ell)) = -\sigma(\ell) \to 0 \quad (\ell \to -\infty)",
        "`d_accuracy` is near 1: D is right about nearly every image. `logit_gap`, how far apart it sets real and "
        "generated, is large, and `grad_norm_g`, all that G has to learn from, has all but vanished.",
        "Document 001; ganhacks #36, #45 and #67; Arjovsky & Bottou 2017 explain it.",
        ("001-03", "001-05", "001-04"),
    ),
    "discriminator-too-weak": Lesson(
        "The discriminator is no help",
        "Hard black-and-white static, nearly the same in every picture.",
        "A discriminator that hardly learns gives the generator one fixed direction to run in. It saturates every "
        "pixel on the way, and the loss values look perfect: neither side can tell anything.",
        r"D \approx \tfrac12 \;\Rightarrow\; \mathcal{L}_D \approx 2\ln 2,\ \mathcal{L}_G \approx \ln 2",
        "`d_accuracy` is near one half, like a coin's, while `grad_norm_g`, all that G can learn from, has vanished. "
        "The losses alone say that all is well.",
        "Document 001; keras #4943 (D frozen by mistake).",
        ("001-08", "004-10", "001-07"),
    ),
    "identical-samples": Lesson(
        "Identical samples",
        "The same picture in every tile, whatever the noise.",
        "The noise is so narrow that all inputs look alike to the generator. Without BatchNorm, which would stretch "
        "them again, it learns one picture and adds a trace of variation.",
        r"G(\epsilon z) \approx G(0) + \epsilon\, J z \to G(0)",
        "`diversity`, the spread across pictures against that of real ones, is near zero; `duplicates`, the share with "
        "a near twin, near 1.",
        "Document 002, which expects grey; BigGAN-PyTorch #75.",
        ("002-24", "002-23", "002-25"),
    ),
    "mode-collapse": Lesson(
        "Mode collapse",
        "One blob, or a few pictures, over and over, changing together.",
        "The generator runs to the one picture that this discriminator likes best, and follows when the discriminator "
        "turns. Nothing in its loss asks for variety. A long memory of gradients (beta 1 of 0.9), more updates of G "
        "than of D, or no BatchNorm make it worse.",
        r"\min_G \mathbb{E}_z\,[-\log D(G(z))] \;\text{ is solved by }\; G(z) \equiv \arg\max_x D(x)",
        "`duplicates`, the share of pictures with a near twin. Healthy runs begin like that: the alarm waits, less "
        "long where `modes_covered` is below 2.",
        "The most reported failure: stylegan2-pytorch #183, DCGAN-tensorflow #270.",
        ("001-05",),
    ),
    "exploding": Lesson(
        "Exploding weights",
        "Haze and specks that never settle, or one frozen black-and-white pattern; the losses jump by orders of "
        "magnitude.",
        "Each update is larger than the weights it changes. Logits grow into the thousands, and the networks only "
        "throw each other further off.",
        r"\|\Delta w\| \gtrsim \|w\|",
        "`logit_max`, the largest of D's answers before they become probabilities, warns before anything is infinite.",
        "Whoever copies a learning rate from another optimiser or architecture.",
        ("001-16",),
    ),
    "non-finite": Lesson(
        "NaN or infinity",
        "The run stops. The picture stays what the generator last made, or is crossed out where it holds a NaN itself, "
        "since a NaN has no grey level.",
        "A number overflowed, and everything computed from it is infinite or NaN too. Converting such a picture to "
        "bytes paints it black, which is why NaN is so often reported as a black image.",
        r"\infty - \infty = \mathrm{NaN}",
        "`finite` is 0; the run stops and names the tensor and the step.",
        "musika #22, StudioGAN #175, BEGAN #11.",
        ("000-13",),
    ),
    "batchnorm-mismatch": Lesson(
        "BatchNorm: eval is not train",
        "Washed-out tiles, though training goes well.",
        "In eval mode BatchNorm uses running averages instead of the batch's own statistics. Where those lag behind, "
        "the generator that draws the pictures is not the one that was trained.",
        r"\hat\mu \leftarrow (1 - m)\,\hat\mu + m\,\mu_{\text{batch}}",
        "`mode_gap`: how far train- and eval-mode pictures of the same noise are apart.",
        "CycleGAN and pix2pix #1329, #555 and #285; FastGAN #4. Keras counts the momentum the other way round.",
        ("002-03", "004-18", "004-17"),
    ),
    "checkerboard": Lesson(
        "Checkerboard",
        "A lattice of two pixels over everything, plainest in flat areas.",
        "A transposed convolution of kernel 3 at stride 2 reaches some pixels once, some twice, some four times. The "
        "pattern is there before the first step, and training only dims it.",
        r"\text{hits per axis: } \lfloor k/s \rfloor \text{ or } \lceil k/s \rceil\text{, equal only if } s \mid k",
        "`nyquist`: the share of what varies in a picture that changes from each pixel to the next.",
        "Odena, Dumoulin and Olah 2016; ganhacks #59, pix2pixHD #149 (kernel 3, stride 2).",
    ),
    "unreachable-range": Lesson(
        "A range that cannot be reached",
        "Pictures that look dim or flat in a way no training mends.",
        "The output activation ends before the data do: the brightest or darkest real pixels cannot be made. It is a "
        "fault of two settings, known before the first step.",
        r"\text{range}(\text{activation}) \not\supseteq [\min x, \max x]",
        "The activation's range against the data's: no training needed.",
        "Documents 000 and 001; data scaled by ImageNet's mean and deviation in front of a tanh.",
        ("001-18", "001-20", "001-09"),
    ),
    "untrained-grey": Lesson(
        "Untrained and grey",
        "An even grey square, before any training.",
        "With small weights and nothing to rescale them, the signal shrinks from layer to layer and the output is "
        "nearly 0: mid-grey. BatchNorm in train mode rescales it; in eval mode it does not yet. Tanh is not the cause.",
        r"\mathrm{std}(h_{l}) \approx c\,\mathrm{std}(h_{l-1}),\ c < 1 \;\Rightarrow\; \tanh(h_L) \approx 0",
        "`contrast` of the generator at step 0, and the signal's standard deviation after every layer.",
        "Document 002, which blames tanh.",
        ("002-11", "002-29", "002-12"),
    ),
}


def signs(failure: str, e: Experiment) -> tuple[Condition, ...]:
    """The measurements that betray a failure in a run of this experiment, with their thresholds."""
    if failure == "unreachable-range":  # of data whose range is known only once they are loaded
        return (Condition("unreachable", ">", UNREACHABLE),)
    return detectors(e)[failure].conditions
