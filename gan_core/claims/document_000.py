"""The claims of document 000: why generated images hold negative values, and what Pillow says to that."""

from __future__ import annotations

from gan_core.claims.claim import Claim

CLAIMS = (
    Claim(
        id="000-01", study=(1,), place="Section 2, example 1", subject="activations",
        claim="A generator whose last layer is linear produces values outside the valid range, some of them negative.",
        verdict="holds", experiment="linear_output_leaves_the_range", speed="training", seconds=5,
        recipe="000-linear",
    ),
    Claim(
        id="000-02", study=(2,), place="Section 1, last sentence", subject="activations",
        claim="Values leave the valid range mainly early in training, before the discriminator guides the generator.",
        verdict="holds-if", experiment="early_or_late", speed="training", seconds=10,
        condition="black is 0 in the data: an untrained linear output is centred there, so half of its values are "
        "negative. With data in [-1,1] it is the other way round: hardly any at first, a third of them later. Training "
        "cures neither",
        settings={"output_activation": "linear", "data_range": "[0,1]", "steps": 200},
    ),
    Claim(
        id="000-03", study=(3,), place="Section 1, first paragraph", subject="pillow",
        claim="Image.fromarray raises an exception on negative values.",
        verdict="refuted", experiment="fromarray_takes_negatives",
        instead="It never looks at the values. Grey floats and 16- or 32-bit integers are kept, negatives included; "
        "int8 is silently reinterpreted as 0 to 255.",
        mistake="fine/negative",
    ),
    Claim(
        id="000-04", study=(4,), place="Section 1, first paragraph", subject="pillow",
        claim="Negative values make Pillow raise “ValueError: Cannot handle this data type”.",
        verdict="refuted", experiment="which_exception",
        instead="The exception with that text is a TypeError, and shape and dtype cause it, not the values: (28, 28, "
        "1), (1, 28, 28), colour floats, float16 and int64 raise it even if every value is 0. Pillow's only ValueError "
        "here, “Invalid mode for data type”, comes from a mode= that does not fit.",
        mistake="error/hw1",
    ),
    Claim(
        id="000-05", study=(5,), place="Title and opening paragraph", subject="files",
        claim="Saving negative values with Pillow fails.",
        verdict="holds-if", experiment="where_negative_floats_fail",
        condition="they are grey floats saved as PNG or JPEG, which fails for positive floats too. TIFF keeps every "
        "value, and values that were cast to bytes are never negative",
        mistake="error/float-grey",
    ),
    Claim(
        id="000-06", study=(6,), place="Section 2, example 2", subject="activations",
        claim="Tanh as the last activation keeps every value between −1 and 1.",
        verdict="holds", experiment="tanh_is_bounded", recipe="000-tanh",
    ),
    Claim(
        id="000-07", study=(7,), place="Section 2, after example 3", subject="pixels",
        claim="After tanh and rescaling, clipping to [0,1] is crucial.",
        verdict="refuted", experiment="clip_after_tanh_changes_nothing",
        instead="It changes not a single value, at any precision: tanh has already bounded them. Clipping matters "
        "after a linear output, which the printed solution does not have.",
        mistake="fine/tanh",
    ),
    Claim(
        id="000-08", study=(8,), place="Section 2, example 3, last line", subject="pillow",
        claim="The first image of a TensorFlow batch can go straight to Image.fromarray with mode 'L'.",
        verdict="refuted", experiment="one_channel_axis_raises",
        instead="It still has its channel axis, (28, 28, 1), which Pillow does not accept as a picture: it raises a "
        "TypeError although the values are right. image[0, :, :, 0] works.",
        mistake="error/hw1",
    ),
    Claim(
        id="000-09", study=(9,), place="Section 2, examples 1 to 3", subject="code",
        claim="The printed solution to negative pixels runs as it stands.",
        verdict="refuted", experiment="printed_code_lacks_a_name",
        instead="Image is never imported, so the last line raises a NameError. Also, tf.layers is TensorFlow 1, where "
        "only eager tensors have .numpy(); TensorFlow 2 moved tf.layers to tf.compat.v1.",
        source="TensorFlow API documentation: tf.layers.dense (r1.15, deprecated) and tf.compat.v1.layers.dense",
    ),
    Claim(
        id="000-10", study=(10,), place="Section 2, example 3", subject="code",
        claim="The cast to uint8 can be part of the generator, so that training uses what is saved.",
        verdict="refuted", experiment="cast_ends_the_gradient",
        instead="No gradient passes through a cast to integers, so the generator never learns. Cast after training, on "
        "a copy for the file.",
        mistake="black/early",
    ),
    Claim(
        id="000-11", study=(11,), place="Section 2, example 3", subject="pixels",
        claim="Casting the output × 255 to uint8 gives the right bytes.",
        verdict="holds-if", experiment="cast_without_rounding",
        condition="the product is rounded first. The cast alone truncates: pictures are half a level too dark on "
        "average, and only exactly 1 becomes white",
        mistake="dark/truncate",
    ),
    Claim(
        id="000-12", study=(12,), place="Section 1, second paragraph", subject="data",
        claim="The pictures of a linear output get worse when the training data are not normalised.",
        verdict="holds", experiment="unnormalised_data_blacken", speed="training", seconds=10,
        settings={"output_activation": "linear", "data_range": "raw", "steps": 200},
    ),
    Claim(
        id="000-13", study=(13,), place="Section 1, first paragraph", subject="pixels",
        claim="Values outside the valid range cannot go unnoticed: they cause an error.",
        verdict="refuted", experiment="cast_wraps_around",
        instead="Cast to uint8, they wrap round silently: −1 becomes 255, 256 becomes 0, NaN becomes 0. The picture is "
        "speckled, but the file is valid.",
        mistake="speckled/wrap",
    ),
    Claim(
        id="000-14", place="Opening paragraph", subject="activations",
        claim="Negative values mean that nothing bounds the generator's output.",
        verdict="refuted", experiment="bounded_outputs_are_negative_too",
        instead="A tanh generator is bounded, yet most of its values are negative: −1 is black there. A negative value "
        "is wrong only if the range of the data excludes it; what is missing is the map to 0–255 before saving.",
        mistake="black/raw",
    ),
    Claim(
        id="000-15", place="Section 2, after example 2", subject="pixels",
        claim="Tanh alone is not enough: its values must still be scaled and shifted before they go to Pillow.",
        verdict="holds", experiment="tanh_needs_its_range_map", mistake="black/raw",
    ),
    Claim(
        id="000-16", place="Section 1, second paragraph", subject="losses",
        claim="A loss that does not enforce the output's bounds lets more values leave the range.",
        verdict="holds", experiment="a_loss_can_enforce_the_bounds", speed="training", seconds=10,
        recipe="000-linear",
    ),
    Claim(
        id="000-17", place="Section 1, second paragraph", subject="activations",
        claim="Out-of-range values are not specific to TensorFlow: any framework produces them.",
        verdict="holds", experiment="plain_numpy_has_it_too",
    ),
    Claim(
        id="000-18", place="Section 2, after example 3", subject="pillow",
        claim="Switching from grey to colour means changing the mode passed to Image.fromarray.",
        verdict="refuted", experiment="mode_is_best_left_out",
        instead="Without a mode, Pillow derives the right one from the shape of the array. Any wrong mode raises a "
        "ValueError, so passing one can only break things.",
        mistake="error/mode",
    ),
    Claim(
        id="000-19", study=(12,), place="Section 1, second paragraph", subject="data",
        claim="More values are negative or too large when the training data are not normalised.",
        verdict="refuted", experiment="unnormalised_data_outside_the_range", speed="training", seconds=20,
        instead="About as many as with the same data scaled to [0,1]: a third. What does get worse is the contrast: "
        "the pictures are nearly black.",
        settings={"output_activation": "linear", "data_range": "raw", "steps": 400},
    ),
    Claim(
        id="000-20", study=(69,), place="Opening paragraph", subject="experience",
        claim="Many projects, from style transfer to high resolution, show how much activation and range matter.",
        verdict="not-testable",
        reason="An anecdote: neither the projects nor any figures are named.",
    ),
)  # fmt: skip
