"""The claims of document 002: why an untrained generator of three channels gives grey pictures."""

from __future__ import annotations

from gan_core.claims.claim import Claim

CLAIMS = (
    Claim(
        id="002-01", study=(32,), place="Title, and example 1 with its last comment", subject="normalisation",
        claim="An untrained DCGAN of three channels, as in example 1, gives grey pictures.",
        verdict="holds-if", experiment="grey_by_mode",
        condition="BatchNorm is in eval mode, or there is none. As the example is printed, BatchNorm is in train mode, "
        "and the pictures are vivid noise",
        recipe="002-eval",
    ),
    Claim(
        id="002-02", place="Title", subject="code",
        claim="It is the three channels that make it grey.",
        verdict="refuted", experiment="one_channel_is_as_grey",
        instead="With one channel it is grey too. The signal has been lost in the layers before the last, whatever "
        "number of channels that has.",
        page="untrained", settings={"architecture": "document-dcgan", "channels": 1, "norm_g": "none", "steps": 0},
    ),
    Claim(
        id="002-03", study=(33,), place="Title, and paragraph 2", subject="normalisation",
        claim="The pictures are grey because nothing has been trained yet.",
        verdict="holds-if", experiment="training_ends_the_grey", speed="training", seconds=9,
        condition="BatchNorm's running statistics may follow. At PyTorch's momentum of 0.1, forty steps end the grey "
        "of eval mode, and as many end that without BatchNorm; at 0.001 the trained pictures are as good as grey",
        recipe="batchnorm-mismatch",
    ),
    Claim(
        id="002-04", place="Paragraph 2", subject="initialisation",
        claim="What an untrained generator draws is noise that has its looks from the architecture.",
        verdict="holds", experiment="noise_by_architecture", page="untrained",
        settings={"architecture": "dcgan", "steps": 0},
    ),
    Claim(
        id="002-05", place="Paragraph 4", subject="initialisation",
        claim="Weights around zero give values that average zero, and so a mid-grey picture.",
        verdict="refuted", experiment="average_and_spread",
        instead="The average is near mid-grey indeed, but so is that of vivid noise, hardly a pixel of which is grey. "
        "A picture is grey where its values lie close together, whatever their average.",
        recipe="002-bad",
    ),
    Claim(
        id="002-06", place="Paragraph 5", subject="initialisation",
        claim="With convolutional layers the greyness is worse.",
        verdict="refuted", experiment="convolutions_lose_no_more",
        instead="With the same small normal weights, the fully connected generator is the greyest, although it is one "
        "layer shorter than the document's. What counts is how many values each layer adds up, and convolutions over "
        "hundreds of maps add up more.",
        page="untrained",
        settings={"architecture": "mlp-plain", "norm_g": "none", "init": "normal", "init_std": 0.02, "steps": 0},
    ),
    Claim(
        id="002-07", place="Paragraph 5", subject="initialisation",
        claim="Normal weights of too little variance give an output that is all but zero.",
        verdict="holds", experiment="weights_of_little_variance", page="untrained",
        settings={"architecture": "document-dcgan", "init": "normal", "init_std": 0.001, "steps": 0},
    ),
    Claim(
        id="002-08", place="Paragraph 5", subject="activations",
        claim="A generator turns out grey because tanh is the only activation in it.",
        verdict="refuted", experiment="tanh_alone",
        instead="Without the ReLUs between its layers the same generator has more contrast, not less: each of them "
        "drops a half of the signal. It takes more than that to see any picture, though.",
        recipe="002-no-batchnorm",
    ),
    Claim(
        id="002-09", study=(34,), place="Example 1, comment on the shape", subject="code",
        claim="The generator of example 1 makes images of 64 × 64 pixels.",
        verdict="refuted", experiment="size_of_example_1",
        instead="They are 32 × 32: the first layer makes 4 × 4, and three more double that. For 64 it takes a fourth.",
        recipe="002-bad",
    ),
    Claim(
        id="002-10", study=(42,), place="Example 1, last lines", subject="pixels",
        claim="Shown with imshow as it is, the output of tanh looks grey.",
        verdict="refuted", experiment="imshow_of_raw_tanh",
        instead="It looks dark: imshow takes colours as floats for 0 to 1 and cuts off the rest, so that half of all "
        "values turn black. Of the vivid noise, bright specks are left on black; of a grey picture, black.",
        source="Matplotlib documentation: Axes.imshow, parameter X (not installed here; its clipping is done by hand)",
        mistake="dark/imshow",
    ),
    Claim(
        id="002-11", study=(35,), place="Paragraph 4, and after example 1", subject="activations",
        claim="Tanh is what makes it grey: it squashes values near zero to mid-grey.",
        verdict="refuted", experiment="tanh_is_not_the_culprit",
        instead="Near zero tanh is a straight line and leaves everything as it is: without it the pictures have the "
        "same contrast, and with a sigmoid in its place half as much.",
        recipe="002-no-batchnorm",
    ),
    Claim(
        id="002-12", place="After example 1", subject="initialisation",
        claim="With most initialisations the values come out near zero.",
        verdict="holds-if", experiment="grey_by_initialisation",
        condition="there is no BatchNorm, or it is in eval mode: then only the He schemes by fan_in show anything. "
        "BatchNorm in train mode brings every layer back to 1, and none of the schemes is grey",
        recipe="002-default",
    ),
    Claim(
        id="002-13", study=(43,), place="After example 1", subject="activations",
        claim="Tanh is not the last activation to have where values are to lie between 0 and 1.",
        verdict="holds", experiment="tanh_for_data_in_0_1", speed="training", seconds=7,
        recipe="000-complete",
    ),
    Claim(
        id="002-14", study=(36,), place="After example 1", subject="activations",
        claim="With a sigmoid, values around zero come out nearly black.",
        verdict="refuted", experiment="sigmoid_of_zero",
        instead="The sigmoid of 0 is one half: mid-grey, as with tanh. Black needs values far below zero.",
        recipe="002-sigmoid",
    ),
    Claim(
        id="002-15", study=(35,), place="After example 1", subject="activations",
        claim="A sigmoid in place of tanh gives a broader range of values.",
        verdict="refuted", experiment="sigmoid_is_narrower",
        instead="A narrower one, with BatchNorm and without: at zero a sigmoid is a quarter as steep as tanh, on a "
        "range half as wide. What was grey is greyer.",
        recipe="002-sigmoid",
    ),
    Claim(
        id="002-16", study=(39,), place="Paragraph on weights", subject="initialisation",
        claim="By default, PyTorch and TensorFlow draw weights much as from a standard normal distribution.",
        verdict="refuted", experiment="default_weights",
        instead="Both draw them from a uniform distribution, and from a far narrower one for a layer of this size: its "
        "width shrinks with the number of connections.",
        source="Keras API documentation: Conv2DTranspose, kernel_initializer=\"glorot_uniform\" (TensorFlow is not "
        "installed here; that scheme is run)",
    ),
    Claim(
        id="002-17", place="Paragraph on weights", subject="initialisation",
        claim="Standard normal weights have so little variance that the output is mid-grey or bland.",
        verdict="refuted", experiment="standard_normal_weights",
        instead="They have far too much: the values run so far from zero that tanh makes nearly all of them black or "
        "white.",
        page="untrained",
        settings={"architecture": "document-dcgan", "norm_g": "none", "init": "normal", "init_std": 1.0, "steps": 0},
    ),
    Claim(
        id="002-18", study=(39,), place="Paragraph on weights", subject="initialisation",
        claim="Weights drawn by default do not carry enough signal.",
        verdict="holds-if", experiment="signal_through_layers",
        condition="nothing normalises the layers between: then each of the first three leaves less of the signal than "
        "the one before. With BatchNorm in train mode the last one gets it whole",
        recipe="002-default",
    ),
    Claim(
        id="002-19", study=(37,), place="Paragraph on weights, and example 2", subject="initialisation",
        claim="Kaiming's initialisation by fan_out, as in example 2, makes the grey go away.",
        verdict="refuted", experiment="kaiming_as_in_example_2",
        instead="It is still grey to the eye. Of a transposed convolution PyTorch takes for fan_out all inputs times "
        "the whole kernel, of which a pixel gets a quarter or less. With fan_in, which PyTorch takes from the outputs, "
        "something is to be seen.",
        recipe="002-kaiming",
    ),
    Claim(
        id="002-20", study=(37,), place="After example 2", subject="initialisation",
        claim="For layers with ReLU, Kaiming's initialisation is much better than the default.",
        verdict="holds-if", experiment="kaiming_against_the_default",
        condition="better means more signal, and nothing normalises: it then keeps several times as much. With "
        "BatchNorm in train mode, as in the example, the pictures get paler",
        recipe="002-bad",
    ),
    Claim(
        id="002-21", study=(38,), place="After example 2", subject="initialisation",
        claim="Without BatchNorm, xavier_normal is the initialisation to take.",
        verdict="refuted", experiment="xavier_without_batchnorm",
        instead="Its pictures are as grey to the eye as those of the default.",
        recipe="002-xavier",
    ),
    Claim(
        id="002-22", study=(44,), place="Example 2, last comment", subject="initialisation",
        claim="Sigmoid and Kaiming's weights turn the grey picture of example 1 into one in colour.",
        verdict="refuted", experiment="colour_of_example_2",
        instead="Run as printed, example 1 has the more colour of the two, even as imshow shows it. In eval mode "
        "neither has enough to be seen.",
        recipe="002-better",
    ),
    Claim(
        id="002-23", study=(40,), place="Paragraph on noise", subject="noise",
        claim="Of noise that is always nearly the same, a generator makes pictures that are all alike.",
        verdict="holds-if", experiment="narrow_noise_after_training", speed="training", seconds=9,
        condition="there is no BatchNorm. In train mode it divides the scale of the noise out again",
        recipe="identical-samples",
    ),
    Claim(
        id="002-24", study=(40,), place="After example 2, second anecdote", subject="noise",
        claim="Noise of a very small deviation leaves pictures almost evenly grey even after training.",
        verdict="refuted", experiment="narrow_noise_is_not_grey", speed="training", seconds=7,
        instead="They are all one and the same picture, but that one is not even: trained without BatchNorm, it has "
        "contrast and keeps changing. With BatchNorm nothing at all is amiss.",
        settings={"norm_g": "none", "noise_scale": 0.01, "steps": 300},
    ),
    Claim(
        id="002-25", study=(40,), place="Paragraph on noise, and last paragraph", subject="noise",
        claim="Noise that is too narrow is a cause of grey pictures from an untrained generator.",
        verdict="refuted", experiment="narrow_noise_untrained",
        instead="A hundredth of it changes nothing with BatchNorm in train mode. Without, the pictures are grey with "
        "the usual noise already.",
        recipe="002-narrow-noise",
    ),
    Claim(
        id="002-26", study=(41,), place="Example 3", subject="noise",
        claim="Uniform noise on [-1,1] is broader than standard normal noise.",
        verdict="refuted", experiment="uniform_is_no_broader",
        instead="It is narrower: little more than half the standard deviation, and it ends at 1. Without BatchNorm the "
        "pictures are the greyer for it.",
        recipe="002-uniform-noise",
    ),
    Claim(
        id="002-27", study=(41,), place="Paragraph on noise", subject="noise",
        claim="Standard normal noise, or uniform, is good enough to train with.",
        verdict="holds", experiment="usual_noises_are_good_enough", speed="training", seconds=12,
        settings={"noise": "uniform", "steps": 200},
    ),
    Claim(
        id="002-28", place="Example 3, last comment", subject="noise",
        claim="It takes the noise of example 3 for the picture to be another one at each execution.",
        verdict="refuted", experiment="each_execution",
        instead="With the noise of example 2 it changes just as much: noise and weights are drawn anew each time.",
        recipe="002-better",
    ),
    Claim(
        id="002-29", place="Last paragraph", subject="normalisation",
        claim="Where an untrained generator is grey, output activation, initialisation and noise are what to change.",
        verdict="refuted", experiment="remedies_of_the_summary",
        instead="In eval mode none of its remedies brings more than grey, neither alone nor all three together. "
        "BatchNorm, which is not on its list, does: put it into train mode. So does Kaiming by fan_in, in part.",
        recipe="untrained-grey",
    ),
    Claim(
        id="002-30", study=(69,), place="Paragraph 3", subject="experience",
        claim="In a project with satellite images about 2015, a DCGAN of the usual kind made nothing but even grey.",
        verdict="not-testable",
        reason="An anecdote without data, code or settings, or whether BatchNorm was in eval mode, which decides it.",
    ),
)  # fmt: skip
