"""The claims of document 002: why an untrained generator of three channels gives grey pictures."""

from __future__ import annotations

from gan_core.claims.claim import Claim

CLAIMS = (
    Claim(
        id="002-01", study=(32,), place="Title, and example 1 with its last comment", subject="normalisation",
        claim="An untrained DCGAN with three channels gives grey pictures.",
        verdict="holds-if", experiment="grey_by_mode",
        condition="BatchNorm is in eval mode, or there is none. As the code is printed, BatchNorm is in train mode, "
        "and the pictures are vivid noise",
        recipe="002-eval",
    ),
    Claim(
        id="002-02", place="Title", subject="code",
        claim="Untrained pictures are grey because they have three channels.",
        verdict="refuted", experiment="one_channel_is_as_grey",
        instead="One channel is just as grey. The signal is lost in the layers before the last, whatever the number of "
        "channels.",
        page="untrained", settings={"architecture": "document-dcgan", "channels": 1, "norm_g": "none", "steps": 0},
    ),
    Claim(
        id="002-03", study=(33,), place="Title, and paragraph 2", subject="normalisation",
        claim="Untrained pictures are grey only because nothing has been trained yet.",
        verdict="holds-if", experiment="training_ends_the_grey", speed="training", seconds=9,
        condition="BatchNorm's running statistics keep up. At PyTorch's momentum of 0.1, forty steps end the grey of "
        "eval mode, and as many end it without BatchNorm; at 0.001 the trained pictures are still practically grey",
        recipe="batchnorm-mismatch",
    ),
    Claim(
        id="002-04", place="Paragraph 2", subject="initialisation",
        claim="An untrained generator draws noise whose look comes from its architecture.",
        verdict="holds", experiment="noise_by_architecture", page="untrained",
        settings={"architecture": "dcgan", "steps": 0},
    ),
    Claim(
        id="002-05", place="Paragraph 4", subject="initialisation",
        claim="Weights around zero give values that average zero, and so a mid-grey picture.",
        verdict="refuted", experiment="average_and_spread",
        instead="The average is indeed near mid-grey, but so is that of vivid noise, in which hardly a pixel is grey. "
        "A picture is grey when its values lie close together, whatever their average.",
        recipe="002-bad",
    ),
    Claim(
        id="002-06", place="Paragraph 5", subject="initialisation",
        claim="Convolutional layers make untrained pictures greyer.",
        verdict="refuted", experiment="convolutions_lose_no_more",
        instead="With the same small normal weights, the fully connected generator is the greyest, although it has one "
        "layer fewer. What counts is how many values each layer sums, and convolutions over hundreds of maps sum more.",
        page="untrained",
        settings={"architecture": "mlp-plain", "norm_g": "none", "init": "normal", "init_std": 0.02, "steps": 0},
    ),
    Claim(
        id="002-07", place="Paragraph 5", subject="initialisation",
        claim="Normal weights with too little variance give an output of almost zero.",
        verdict="holds", experiment="weights_of_little_variance", page="untrained",
        settings={"architecture": "document-dcgan", "init": "normal", "init_std": 0.001, "steps": 0},
    ),
    Claim(
        id="002-08", place="Paragraph 5", subject="activations",
        claim="A generator turns out grey because tanh is its only activation.",
        verdict="refuted", experiment="tanh_alone",
        instead="Without the ReLUs between its layers, the same generator has more contrast, not less: each ReLU drops "
        "half of the signal. Still, it takes more than that to see any picture.",
        recipe="002-no-batchnorm",
    ),
    Claim(
        id="002-09", study=(34,), place="Example 1, comment on the shape", subject="code",
        claim="The printed DCGAN makes images of 64 × 64 pixels.",
        verdict="refuted", experiment="size_of_example_1",
        instead="They are 32 × 32: the first layer makes 4 × 4, and three more double that. For 64 it takes a fourth.",
        recipe="002-bad",
    ),
    Claim(
        id="002-10", study=(42,), place="Example 1, last lines", subject="pixels",
        claim="Shown directly with imshow, tanh output looks grey.",
        verdict="refuted", experiment="imshow_of_raw_tanh",
        instead="It looks dark: imshow expects colour floats from 0 to 1 and cuts off the rest, so half of all values "
        "turn black. Vivid noise becomes bright specks on black, and a grey picture becomes black.",
        source="Matplotlib documentation: Axes.imshow, parameter X (not installed here; its clipping is done by hand)",
        mistake="dark/imshow",
    ),
    Claim(
        id="002-11", study=(35,), place="Paragraph 4, and after example 1", subject="activations",
        claim="Tanh makes untrained pictures grey: it squashes values near zero to mid-grey.",
        verdict="refuted", experiment="tanh_is_not_the_culprit",
        instead="Near zero, tanh is a straight line and changes nothing: without it the pictures have the same "
        "contrast, and with a sigmoid in its place half as much.",
        recipe="002-no-batchnorm",
    ),
    Claim(
        id="002-12", place="After example 1", subject="initialisation",
        claim="Most initialisations leave the generator's values near zero.",
        verdict="holds-if", experiment="grey_by_initialisation",
        condition="there is no BatchNorm, or it is in eval mode: then only He initialisation by fan_in shows anything. "
        "BatchNorm in train mode brings every layer back to a standard deviation of 1, and no initialisation is grey",
        recipe="002-default",
    ),
    Claim(
        id="002-13", study=(43,), place="After example 1", subject="activations",
        claim="Tanh is the wrong last activation if values are to lie between 0 and 1.",
        verdict="holds", experiment="tanh_for_data_in_0_1", speed="training", seconds=7,
        recipe="000-complete",
    ),
    Claim(
        id="002-14", study=(36,), place="After example 1", subject="activations",
        claim="A sigmoid turns values around zero nearly black.",
        verdict="refuted", experiment="sigmoid_of_zero",
        instead="The sigmoid of 0 is one half: mid-grey, as with tanh. Black takes values far below zero.",
        recipe="002-sigmoid",
    ),
    Claim(
        id="002-15", study=(35,), place="After example 1", subject="activations",
        claim="A sigmoid in place of tanh widens the range of values.",
        verdict="refuted", experiment="sigmoid_is_narrower",
        instead="It narrows it, with BatchNorm and without: at zero a sigmoid is a quarter as steep as tanh, on a "
        "range half as wide. What was grey becomes greyer.",
        recipe="002-sigmoid",
    ),
    Claim(
        id="002-16", study=(39,), place="Paragraph on weights", subject="initialisation",
        claim="By default, PyTorch and TensorFlow draw weights roughly from a standard normal distribution.",
        verdict="refuted", experiment="default_weights",
        instead="Both use a uniform distribution, and a far narrower one for a layer of this size: its width shrinks "
        "with the number of connections.",
        source="Keras API documentation: Conv2DTranspose, kernel_initializer=\"glorot_uniform\" (TensorFlow is not "
        "installed here; that scheme is run)",
    ),
    Claim(
        id="002-17", place="Paragraph on weights", subject="initialisation",
        claim="Standard normal weights have so little variance that the output is mid-grey or bland.",
        verdict="refuted", experiment="standard_normal_weights",
        instead="They have far too much: values land so far from zero that tanh turns nearly all of them black or "
        "white.",
        page="untrained",
        settings={"architecture": "document-dcgan", "norm_g": "none", "init": "normal", "init_std": 1.0, "steps": 0},
    ),
    Claim(
        id="002-18", study=(39,), place="Paragraph on weights", subject="initialisation",
        claim="Default weights do not carry enough signal.",
        verdict="holds-if", experiment="signal_through_layers",
        condition="nothing normalises the layers in between: each of the first three then passes on less than the one "
        "before. With BatchNorm in train mode, the last layer gets the full signal",
        recipe="002-default",
    ),
    Claim(
        id="002-19", study=(37,), place="Paragraph on weights, and example 2", subject="initialisation",
        claim="Kaiming initialisation by fan_out removes the grey of an untrained generator.",
        verdict="refuted", experiment="kaiming_as_in_example_2",
        instead="The picture still looks grey. For a transposed convolution, PyTorch's fan_out counts all inputs times "
        "the whole kernel, of which a pixel receives a quarter or less. With fan_in, which PyTorch takes from the "
        "outputs, something shows.",
        recipe="002-kaiming",
    ),
    Claim(
        id="002-20", study=(37,), place="After example 2", subject="initialisation",
        claim="For layers with ReLU, Kaiming initialisation is much better than the default.",
        verdict="holds-if", experiment="kaiming_against_the_default",
        condition="better means more signal and nothing normalises: it then keeps several times as much. With "
        "BatchNorm in train mode, as in the printed code, pictures get paler",
        recipe="002-bad",
    ),
    Claim(
        id="002-21", study=(38,), place="After example 2", subject="initialisation",
        claim="Without BatchNorm, xavier_normal is the initialisation to use.",
        verdict="refuted", experiment="xavier_without_batchnorm",
        instead="Its pictures look as grey as those of the default.",
        recipe="002-xavier",
    ),
    Claim(
        id="002-22", study=(44,), place="Example 2, last comment", subject="initialisation",
        claim="Sigmoid and Kaiming weights turn an untrained generator's grey picture into a colourful one.",
        verdict="refuted", experiment="colour_of_example_2",
        instead="Run as printed, the generator with tanh and default weights is the more colourful of the two, even as "
        "imshow shows it. In eval mode, neither shows enough to see.",
        recipe="002-better",
    ),
    Claim(
        id="002-23", study=(40,), place="Paragraph on noise", subject="noise",
        claim="Noise that is always nearly the same gives pictures that are all alike.",
        verdict="holds-if", experiment="narrow_noise_after_training", speed="training", seconds=9,
        condition="there is no BatchNorm. In train mode, BatchNorm divides the scale of the noise out again",
        recipe="identical-samples",
    ),
    Claim(
        id="002-24", study=(40,), place="After example 2, second anecdote", subject="noise",
        claim="Noise with a very small deviation leaves pictures almost evenly grey even after training.",
        verdict="refuted", experiment="narrow_noise_is_not_grey", speed="training", seconds=7,
        instead="They are all the same picture, but it is not even: trained without BatchNorm, it has contrast and "
        "keeps changing. With BatchNorm, nothing is wrong at all.",
        settings={"norm_g": "none", "noise_scale": 0.01, "steps": 300},
    ),
    Claim(
        id="002-25", study=(40,), place="Paragraph on noise, and last paragraph", subject="noise",
        claim="Noise that is too narrow makes an untrained generator grey.",
        verdict="refuted", experiment="narrow_noise_untrained",
        instead="With BatchNorm in train mode, noise a hundred times narrower changes nothing. Without BatchNorm, "
        "pictures are grey with the usual noise already.",
        recipe="002-narrow-noise",
    ),
    Claim(
        id="002-26", study=(41,), place="Example 3", subject="noise",
        claim="Uniform noise on [-1,1] is broader than standard normal noise.",
        verdict="refuted", experiment="uniform_is_no_broader",
        instead="It is narrower: little more than half the standard deviation, and it ends at 1. Without BatchNorm, "
        "pictures are greyer for it.",
        recipe="002-uniform-noise",
    ),
    Claim(
        id="002-27", study=(41,), place="Paragraph on noise", subject="noise",
        claim="Standard normal or uniform noise is good enough for training.",
        verdict="holds", experiment="usual_noises_are_good_enough", speed="training", seconds=12,
        settings={"noise": "uniform", "steps": 200},
    ),
    Claim(
        id="002-28", place="Example 3, last comment", subject="noise",
        claim="An untrained generator shows a new picture at each run only with noise drawn as in the printed third "
        "example.",
        verdict="refuted", experiment="each_execution",
        instead="With the noise of the second example it changes just as much: noise and weights are drawn anew each "
        "time.",
        recipe="002-better",
    ),
    Claim(
        id="002-29", place="Last paragraph", subject="normalisation",
        claim="Changing the output activation, the initialisation or the noise cures an untrained grey generator.",
        verdict="refuted", experiment="remedies_of_the_summary",
        instead="In eval mode, none of these brings more than grey, alone or all three together. BatchNorm in train "
        "mode does, and it is not on the list. So does Kaiming by fan_in, in part.",
        recipe="untrained-grey",
    ),
    Claim(
        id="002-30", study=(69,), place="Paragraph 3", subject="experience",
        claim="An ordinary DCGAN for satellite images made nothing but even grey.",
        verdict="not-testable",
        reason="An anecdote without data, code or settings. It does not say whether BatchNorm was in eval mode, which "
        "decides it.",
    ),
)  # fmt: skip
