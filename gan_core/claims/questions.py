"""The questions by which the claims are grouped, and pairs of claims that seem to contradict each other."""

from __future__ import annotations

from typing import NamedTuple

from gan_core.claims.claim import Claim, Subject

QUESTIONS: dict[Subject, str] = {
    "activations": "Which output activation fits the data?",
    "pixels": "How do a generator's values become pixels?",
    "pillow": "What does Pillow accept?",
    "files": "Which file keeps what the generator made?",
    "initialisation": "What do the first weights do?",
    "normalisation": "What does normalisation change?",
    "noise": "What does the noise decide?",
    "data": "What do the training data have to be like?",
    "losses": "What does the loss decide?",
    "learning rates": "Which learning rates and optimisers work?",
    "updates": "How do the two networks take turns?",
    "measurements": "What shows that training goes well?",
    "code": "Does the printed code work?",
    "experience": "What is said without evidence?",
}


class Pair(NamedTuple):
    """Two claims that seem to say the opposite of each other, or of each other's verdict."""

    one: str  # by id
    other: str
    why: str  # both verdicts are right, in a sentence


PAIRS = (
    Pair("000-01", "000-14", "A linear output gives negative values, but so does tanh: they do not prove that the "
         "output is unbounded."),
    Pair("000-03", "000-05", "Image.fromarray takes negative values; writing grey floats as PNG or JPEG is what fails, "
         "whatever their sign."),
    Pair("000-06", "000-15", "Tanh bounds values to [-1,1]; Pillow needs bytes from 0 to 255."),
    Pair("000-07", "000-13", "After tanh there is nothing to clip; where nothing bounds the output, unclipped values "
         "wrap round."),
    Pair("000-12", "000-19", "Data that are not normalised cost contrast; they do not push more values out of range."),
    Pair("001-03", "001-14", "A fast discriminator can stop the generator, but what is left is noise, not a blank "
         "picture."),
    Pair("001-14", "001-15", "The unequal rates do spoil the pictures: with noise, not with blankness."),
    Pair("001-18", "001-19", "A sigmoid is wrong for data in [-1,1] and right for data in [0,1]."),
    Pair("001-13", "001-21", "Bytes from 0 to 255 are out of every bounded output's reach; data in [0,1] suit a "
         "sigmoid."),
    Pair("001-02", "002-03", "Training cures grey that comes from untrained weights, not blankness that comes from a "
         "range out of reach."),
    Pair("002-05", "002-07", "Values that lie close together make a picture even; that they average zero does not."),
    Pair("002-07", "002-17", "A standard deviation of 0.001 is far too small; 1, that of the standard normal "
         "distribution, is far too large."),
    Pair("002-19", "002-20", "Kaiming by fan_out carries several times the default's signal, yet too little to be "
         "seen."),
    Pair("002-23", "002-25", "Narrow noise makes the pictures alike; it is not what makes them grey."),
    Pair("004-06", "004-07", "Alternation beats simultaneous updates in plain gradient descent, but alone it converges "
         "nowhere."),
    Pair("004-09", "004-10", "Against a perfect generator the discriminator guesses; guessing does not prove a perfect "
         "generator."),
    Pair("004-24", "004-25", "Better than noise is not yet realistic."),
)  # fmt: skip


def beside(claim: Claim) -> list[tuple[str, str]]:
    """The claims that seem to contradict this one, by id, and why they do not."""
    return [
        (other, pair.why)
        for pair in PAIRS
        for here, other in ((pair.one, pair.other), (pair.other, pair.one))
        if here == claim.id
    ]
