"""The claims of document 003: how generated images are saved, with what metadata, in which format."""

from __future__ import annotations

from gan_core.claims.claim import Claim

CLAIMS = (
    Claim(
        id="003-01", study=(45,), place="Section 2, example 1", subject="pillow",
        claim="The first printed example saves any tensor (C, H, W) with values in [0,1], whatever its number of "
        "channels.",
        verdict="holds-if", experiment="example_1_by_channels",
        condition="there are three channels (or four: the last becomes transparency). One channel raises a TypeError, "
        "a grey (H, W) a ValueError",
        mistake="error/1hw",
    ),
    Claim(
        id="003-02", study=(46,), place="Section 2, example 1", subject="pixels",
        claim="Multiplying by 255 is all the scaling that generated images need.",
        verdict="holds-if", experiment="times_255_by_range",
        condition="the values are in [0,1]. Those of a tanh generator are in [-1,1], and everything below 0 wraps "
        "round. Black-and-white digits hide it, since −255 becomes 1",
        mistake="speckled/times255",
    ),
    Claim(
        id="003-03", study=(47,), place="After example 3", subject="pillow",
        claim="The third printed example also saves grey images.",
        verdict="refuted", experiment="example_3_on_grey",
        instead="It saves no grey tensor as a picture: (H, W) gets its new axis in the middle, (W, 1, H), and raises a "
        "TypeError, as (1, H, W) does. Three or four rows are even saved, as a strip one pixel wide.",
        mistake="error/w1h",
    ),
    Claim(
        id="003-04", study=(48,), place="Example 3 and after it", subject="code",
        claim="The third printed example handles the errors of saving.",
        verdict="refuted", experiment="example_3_catches_the_wrong_error",
        instead="It catches ValueError, but Pillow raises TypeError, so the program stops. It does catch a batch with "
        "four axes: it prints a line, writes no file, and goes on.",
        mistake="error/batch",
    ),
    Claim(
        id="003-05", study=(49,), place="Section 2, example 3", subject="code",
        claim="Saving images of different sizes takes the third printed example.",
        verdict="refuted", experiment="example_1_takes_any_size",
        instead="The first example already saves any height and width, with the same pixels.",
        mistake="fine/wide",
    ),
    Claim(
        id="003-06", study=(50,), place="Section 1, first paragraph", subject="files",
        claim="PNG is lossless, JPEG is lossy.",
        verdict="holds", experiment="what_formats_lose", mistake="jpeg/q75",
    ),
    Claim(
        id="003-07", study=(51,), place="Section 1, first paragraph", subject="files",
        claim="A JPEG file is smaller, where a little loss does no harm.",
        verdict="holds-if", experiment="what_formats_weigh",
        condition="the picture resembles a photograph. For drawn digits, JPEG at its usual quality makes the larger "
        "file",
        mistake="jpeg/q75",
    ),
    Claim(
        id="003-08", study=(52,), place="Section 1, second paragraph", subject="files",
        claim="An image can be made again from its latent vector, saved in a JSON file.",
        verdict="holds-if", experiment="latents_make_it_again",
        condition="the weights are kept as well and BatchNorm is in eval mode. In train mode, the same latent gives a "
        "different picture in a different batch. JSON loses nothing of a float32",
        settings={"sample_mode": "eval"},
    ),
    Claim(
        id="003-09", place="Section 1, second paragraph", subject="files",
        claim="Latents are not part of the image file, so they need a file of their own.",
        verdict="refuted", experiment="latents_inside_the_png",
        instead="A PNG carries them in a text chunk: they read back exactly, and not one pixel differs. A separate "
        "file is a second copy that can get lost.",
    ),
    Claim(
        id="003-10", place="After example 2", subject="code",
        claim="Creating the folder with exist_ok makes it safe to run the code again.",
        verdict="refuted", experiment="second_run_writes_over_the_first",
        instead="It runs again without an error and silently overwrites every picture of the previous run, since the "
        "file names contain only a number. Put the run into the name.",
    ),
    Claim(
        id="003-11", place="Section 2, example 2", subject="code",
        claim="The printed code saves every picture together with its latents.",
        verdict="holds-if", experiment="zip_drops_what_has_no_partner",
        condition="there are as many latents as pictures. Otherwise zip silently drops the rest; strict=True would "
        "raise",
    ),
    Claim(
        id="003-12", place="Section 2, example 1", subject="code",
        claim="Detaching, moving to the CPU and numpy() turn any tensor into an array.",
        verdict="holds-if", experiment="what_numpy_takes",
        condition="the tensor is not bfloat16, which NumPy does not have: call float() first. Without detach, a tensor "
        "with a gradient is refused",
    ),
    Claim(
        id="003-13", place="Section 1, third paragraph", subject="files",
        claim="File names made from a timestamp keep pictures apart.",
        verdict="refuted", experiment="timestamps_collide",
        instead="With timestamps in seconds, a whole batch gets one name, and one picture is left of it. A running "
        "number or the step keeps pictures apart.",
    ),
    Claim(
        id="003-14", place="Section 1, first paragraph", subject="files",
        claim="What JPEG loses is minor.",
        verdict="holds-if", experiment="how_much_jpeg_loses",
        condition="neighbouring pixels are alike, as in photographs and digits: then it is a few levels. Of colour "
        "noise, which an untrained generator makes, hardly anything survives, since JPEG halves the resolution of "
        "colour",
        mistake="jpeg/q10",
    ),
    Claim(
        id="003-15", place="Section 1, first paragraph", subject="files",
        claim="JPEG pays off mainly at very high resolution.",
        verdict="holds", experiment="jpeg_by_resolution",
    ),
    Claim(
        id="003-16", place="After example 3", subject="code",
        claim="The third printed example saves any number of channels.",
        verdict="refuted", experiment="example_3_by_channels",
        instead="Two, three and four pass (two as grey with transparency); one channel, the most common, raises a "
        "TypeError, as five does.",
        mistake="error/1hw",
    ),
    Claim(
        id="003-17", place="Section 1, first paragraph", subject="pixels",
        claim="Values must be mapped back by the same range that the training data had.",
        verdict="holds", experiment="each_range_needs_its_own_map", mistake="grey/half255",
    ),
    Claim(
        id="003-18", place="Opening paragraph", subject="pixels",
        claim="Most mistakes in saving happen before the image is saved.",
        verdict="holds", experiment="where_the_traps_lie",
    ),
    Claim(
        id="003-19", study=(69,), place="Opening paragraph", subject="experience",
        claim="High-resolution medical images show that generators' output is often fragmented.",
        verdict="not-testable",
        reason="An anecdote: it names no generator, does not say what fragmented means, and shows no picture.",
    ),
    Claim(
        id="003-20", study=(69,), place="Section 1, third paragraph", subject="experience",
        claim="With many pictures, cloud storage with version control is essential.",
        verdict="not-testable",
        reason="A matter of taste and budget: no measurement decides it.",
    ),
)  # fmt: skip
