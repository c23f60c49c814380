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
        trap="error/1hw",
    ),
    Claim(
        id="003-02", study=(46,), place="Section 2, example 1", subject="pixels",
        claim="Multiplying by 255 is the scaling that generated images need.",
        verdict="holds-if", experiment="times_255_by_range",
        condition="the values are in [0,1]; a tanh generator's are in [-1,1], and all that is below 0 wraps around. On "
        "black and white digits it hides, since −255 becomes 1",
        trap="speckled/times255",
    ),
    Claim(
        id="003-03", study=(47,), place="After example 3", subject="pillow",
        claim="Example 3 also handles grey images.",
        verdict="refuted", experiment="example_3_on_grey",
        instead="No grey tensor is saved as a picture: (H, W) gets its new axis in the middle, (W, 1, H), and raises "
        "TypeError, as (1, H, W) does. Three or four rows are even saved, as a strip of one pixel's width.",
        trap="error/w1h",
    ),
    Claim(
        id="003-04", study=(48,), place="Example 3 and after it", subject="code",
        claim="Example 3 handles errors.",
        verdict="refuted", experiment="example_3_catches_the_wrong_error",
        instead="It catches ValueError, but what Pillow raises is TypeError, so the program ends there. A batch of "
        "four axes it does catch: it prints a line, writes no file, and goes on.",
        trap="error/batch",
    ),
    Claim(
        id="003-05", study=(49,), place="Section 2, example 3", subject="code",
        claim="It takes example 3 to save images of different resolutions.",
        verdict="refuted", experiment="example_1_takes_any_size",
        instead="Example 1 saves any height and width already, to the same pixels.",
        trap="fine/wide",
    ),
    Claim(
        id="003-06", study=(50,), place="Section 1, first paragraph", subject="files",
        claim="PNG is lossless, JPEG is lossy.",
        verdict="holds", experiment="what_formats_lose", trap="jpeg/q75",
    ),
    Claim(
        id="003-07", study=(51,), place="Section 1, first paragraph", subject="files",
        claim="JPEG makes the smaller file where a little loss does no harm.",
        verdict="holds-if", experiment="what_formats_weigh",
        condition="the picture is like a photograph; of drawn digits, JPEG at its usual quality is the larger file",
        trap="jpeg/q75",
    ),
    Claim(
        id="003-08", study=(52,), place="Section 1, second paragraph", subject="files",
        claim="With its latent vector saved in a JSON file, an image can be made again.",
        verdict="holds-if", experiment="latents_make_it_again",
        condition="the weights are kept as well and BatchNorm is in eval mode; in train mode the same latent gives "
        "another picture in other company. The JSON loses nothing of a float32",
        settings={"sample_mode": "eval"},
    ),
)  # fmt: skip
