"""The claims of document 003: how generated images are saved, with what metadata, in which format."""

from __future__ import annotations

from gan_core.claims.claim import Claim

CLAIMS = (
    Claim(
        id="003-01", study=(45,), place="Section 2, example 1", subject="pillow",
        claim="Example 1 saves a tensor (C, H, W) with values in [0,1], whatever its number of channels.",
        verdict="holds-if", experiment="example_1_by_channels",
        condition="there are three channels (or four: the last becomes transparency); one channel is a TypeError, and "
        "a grey (H, W) a ValueError",
        mistake="error/1hw",
    ),
    Claim(
        id="003-02", study=(46,), place="Section 2, example 1", subject="pixels",
        claim="Multiplying by 255 is the scaling that generated images need.",
        verdict="holds-if", experiment="times_255_by_range",
        condition="the values are in [0,1]; a tanh generator's are in [-1,1], and all that is below 0 wraps around. On "
        "black and white digits it hides, since −255 becomes 1",
        mistake="speckled/times255",
    ),
    Claim(
        id="003-03", study=(47,), place="After example 3", subject="pillow",
        claim="Example 3 also handles grey images.",
        verdict="refuted", experiment="example_3_on_grey",
        instead="No grey tensor is saved as a picture: (H, W) gets its new axis in the middle, (W, 1, H), and raises "
        "TypeError, as (1, H, W) does. Three or four rows are even saved, as a strip of one pixel's width.",
        mistake="error/w1h",
    ),
    Claim(
        id="003-04", study=(48,), place="Example 3 and after it", subject="code",
        claim="Example 3 handles errors.",
        verdict="refuted", experiment="example_3_catches_the_wrong_error",
        instead="It catches ValueError, but what Pillow raises is TypeError, so the program ends there. A batch of "
        "four axes it does catch: it prints a line, writes no file, and goes on.",
        mistake="error/batch",
    ),
    Claim(
        id="003-05", study=(49,), place="Section 2, example 3", subject="code",
        claim="It takes example 3 to save images of different resolutions.",
        verdict="refuted", experiment="example_1_takes_any_size",
        instead="Example 1 saves any height and width already, to the same pixels.",
        mistake="fine/wide",
    ),
    Claim(
        id="003-06", study=(50,), place="Section 1, first paragraph", subject="files",
        claim="PNG is lossless, JPEG is lossy.",
        verdict="holds", experiment="what_formats_lose", mistake="jpeg/q75",
    ),
    Claim(
        id="003-07", study=(51,), place="Section 1, first paragraph", subject="files",
        claim="JPEG makes the smaller file where a little loss does no harm.",
        verdict="holds-if", experiment="what_formats_weigh",
        condition="the picture is like a photograph; of drawn digits, JPEG at its usual quality is the larger file",
        mistake="jpeg/q75",
    ),
    Claim(
        id="003-08", study=(52,), place="Section 1, second paragraph", subject="files",
        claim="With its latent vector saved in a JSON file, an image can be made again.",
        verdict="holds-if", experiment="latents_make_it_again",
        condition="the weights are kept as well and BatchNorm is in eval mode; in train mode the same latent gives "
        "another picture in another batch. The JSON loses nothing of a float32",
        settings={"sample_mode": "eval"},
    ),
    Claim(
        id="003-09", place="Section 1, second paragraph", subject="files",
        claim="Latents are no part of the image file, so they need a file of their own beside it.",
        verdict="refuted", experiment="latents_inside_the_png",
        instead="A PNG carries them in a text chunk: read back exactly, and not one pixel differs. A file beside it is "
        "a second copy that can get lost.",
    ),
    Claim(
        id="003-10", place="After example 2", subject="code",
        claim="Creating the folder with exist_ok makes the code safe to run more than once.",
        verdict="refuted", experiment="second_run_writes_over_the_first",
        instead="It runs again without an error and silently writes over every picture of the run before, since the "
        "names have nothing but a number. Put the run into the name.",
    ),
    Claim(
        id="003-11", place="Section 2, example 2", subject="code",
        claim="Each picture is saved together with its latents.",
        verdict="holds-if", experiment="zip_drops_what_has_no_partner",
        condition="there are as many latents as pictures; else zip leaves out the rest without a word, where "
        "strict=True would raise",
    ),
    Claim(
        id="003-12", place="Section 2, example 1", subject="code",
        claim="Detaching, moving to the CPU and numpy() make an array of any tensor.",
        verdict="holds-if", experiment="what_numpy_takes",
        condition="the tensor is not bfloat16, which numpy does not have: float() first. Without detach, a tensor with "
        "a gradient is refused",
    ),
    Claim(
        id="003-13", place="Section 1, third paragraph", subject="files",
        claim="File names made of a timestamp tell pictures apart.",
        verdict="refuted", experiment="timestamps_collide",
        instead="To the second, a whole batch gets one name, and one picture is left of it. A running number or the "
        "step tells them apart.",
    ),
    Claim(
        id="003-14", place="Section 1, first paragraph", subject="files",
        claim="What JPEG loses is minor.",
        verdict="holds-if", experiment="how_much_jpeg_loses",
        condition="neighbouring pixels are alike, as in photographs and digits: a few levels. Of colour noise, which "
        "an untrained generator makes, hardly anything is kept, since JPEG halves the resolution of colour",
        mistake="jpeg/q10",
    ),
    Claim(
        id="003-15", place="Section 1, first paragraph", subject="files",
        claim="JPEG pays above all at very high resolution.",
        verdict="holds", experiment="jpeg_by_resolution",
    ),
    Claim(
        id="003-16", place="After example 3", subject="code",
        claim="Example 3 handles any number of channels.",
        verdict="refuted", experiment="example_3_by_channels",
        instead="Two, three and four pass (two as grey with transparency); one channel, the most common, raises "
        "TypeError, as five does.",
        mistake="error/1hw",
    ),
    Claim(
        id="003-17", place="Section 1, first paragraph", subject="pixels",
        claim="The values must be mapped back by the very range that the training data had.",
        verdict="holds", experiment="each_range_needs_its_own_map", mistake="grey/half255",
    ),
    Claim(
        id="003-18", place="Opening paragraph", subject="pixels",
        claim="What goes wrong in saving mostly goes wrong before the saving itself.",
        verdict="holds", experiment="where_the_traps_lie",
    ),
    Claim(
        id="003-19", study=(69,), place="Opening paragraph", subject="experience",
        claim="Medical images of high resolution have shown that generators' output is often fragmented.",
        verdict="not-testable",
        reason="An anecdote: it says neither which generators nor what fragmented means, and shows no picture.",
    ),
    Claim(
        id="003-20", study=(69,), place="Section 1, third paragraph", subject="experience",
        claim="With many pictures, cloud storage with version control is key.",
        verdict="not-testable",
        reason="A matter of taste and budget: no measurement decides what key means here.",
    ),
)  # fmt: skip
