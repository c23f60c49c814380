"""The claims of document 001: why generated images are blank, and what helps."""

from __future__ import annotations

from gan_core.claims.claim import Claim

CLAIMS = (
    Claim(
        id="001-01", place="Opening paragraph", subject="losses",
        claim="Blank pictures come mainly from unstable dynamics between the two networks.",
        verdict="refuted", experiment="unstable_dynamics_do_not_blank", speed="training", seconds=6,
        instead="Unbalanced networks give noise or static, full of contrast. An even tone comes from a range that the "
        "output cannot reach, even at well-balanced learning rates.",
        recipe="blank-grey",
    ),
    Claim(
        id="001-02", place="Opening paragraph", subject="updates",
        claim="Blank pictures are not a matter of patience: longer training does not fix them.",
        verdict="holds", experiment="patience_does_not_help", speed="training", seconds=8,
        recipe="001-sigmoid",
    ),
    Claim(
        id="001-03", study=(15,), place="Paragraph 2, and paragraph 3 on learning rates", subject="learning rates",
        claim="A discriminator that learns much faster overpowers the generator, which then learns nothing.",
        verdict="holds-if", experiment="a_fast_discriminator_stops_the_generator", speed="training", seconds=15,
        condition="the loss is minimax, log(1 − D), which is flat where the discriminator is sure. With the "
        "non-saturating loss the gradient stays many times larger, also while the discriminator is as sure",
        recipe="001-rates-minimax",
    ),
    Claim(
        id="001-04", study=(16,), place="Paragraph 2", subject="losses",
        claim="The generator's gradients become unstable when the discriminator is too strong.",
        verdict="refuted", experiment="its_gradients_vanish", speed="training", seconds=8,
        instead="They vanish: by step 400, about an eightieth is left of what they were at step 20.",
        recipe="001-rates-minimax",
    ),
    Claim(
        id="001-05", study=(15,), place="Paragraph 2", subject="losses",
        claim="A generator facing a discriminator that is too strong keeps making nearly the same picture, usually a "
        "blank one.",
        verdict="refuted", experiment="its_pictures_are_not_alike", speed="training", seconds=8,
        instead="Its pictures are noise, each one different, as diverse as real ones and with half their contrast.",
        recipe="001-rates-minimax",
    ),
    Claim(
        id="001-06", place="Paragraph 2", subject="losses",
        claim="The choice of loss can make things worse when the discriminator is too strong.",
        verdict="holds", experiment="the_loss_matters", speed="training", seconds=15,
        recipe="001-rates-minimax",
    ),
    Claim(
        id="001-07", study=(20,), place="Paragraph 3", subject="learning rates",
        claim="A discriminator that learns too slowly teaches too little: the generator gets nowhere.",
        verdict="holds", experiment="a_slow_discriminator_teaches_nothing", speed="training", seconds=12,
        recipe="001-slow-d",
    ),
    Claim(
        id="001-08", study=(30,), place="Paragraph 3, and the conclusion", subject="measurements",
        claim="The two losses show whether training is going well.",
        verdict="refuted", experiment="losses_mislead", speed="training", seconds=16,
        instead="With a discriminator that hardly learns, both losses stay within a quarter of balance, as in healthy "
        "training, while the pictures are static without a single digit. Look at the pictures, and at the classes that "
        "appear in them.",
        recipe="001-slow-d",
    ),
    Claim(
        id="001-09", place="Paragraph 4", subject="activations",
        claim="Tanh is the right output for data in [-1,1], sigmoid for data in [0,1].",
        verdict="holds", experiment="outputs_that_fit_the_data", page="untrained",
        settings={"output_activation": "sigmoid", "data_range": "[0,1]"},
    ),
    Claim(
        id="001-10", place="Paragraph 4", subject="activations",
        claim="A wrong activation in the discriminator distorts what the generator learns from it.",
        verdict="holds", experiment="an_activation_too_many_in_d", speed="training", seconds=12,
    ),
    Claim(
        id="001-11", study=(26,), place="Paragraph 5", subject="data",
        claim="Pictures may turn out blank without data augmentation.",
        verdict="refuted", experiment="few_images_do_not_blank", speed="training", seconds=5,
        instead="Not even with 300 images and no augmentation: the pictures keep most of the real ones' contrast.",
        recipe="001-no-augmentation",
    ),
    Claim(
        id="001-12", study=(25,), place="Paragraph 5", subject="data",
        claim="Broken images in the training data spoil the results.",
        verdict="holds-if", experiment="broken_images_among_the_data", speed="training", seconds=28,
        condition="there are many: with one in five (noise, all black, all white, or inverted), the generator imitates "
        "them too. One in twenty does little harm, and not even one in five makes pictures blank",
        recipe="001-outliers",
        settings={"outliers": 0.2},
    ),
    Claim(
        id="001-13", study=(24,), place="Paragraph 5, and example 3", subject="data",
        claim="Training data that were never scaled can lead to blank pictures.",
        verdict="holds", experiment="bytes_as_they_are_blank", speed="training", seconds=5,
        recipe="001-raw",
    ),
    Claim(
        id="001-14", study=(14,), place="Example 1", subject="learning rates",
        claim="Learning rates of 5e-4 for the discriminator and 1e-4 for the generator give blank pictures.",
        verdict="refuted", experiment="example_1_does_not_blank", speed="training", seconds=15,
        instead="With either loss, the pictures have half of the real ones' contrast: noise, which minimax never "
        "leaves and the non-saturating loss leaves slowly.",
        recipe="001-rates",
    ),
    Claim(
        id="001-15", study=(17,), place="Example 1", subject="learning rates",
        claim="A learning rate of 2e-4 for both networks fixes what 5e-4 and 1e-4 spoil.",
        verdict="holds", experiment="equal_rates_help", speed="training", seconds=15,
        recipe="001-equal-rates",
    ),
    Claim(
        id="001-16", study=(18,), place="Example 1", subject="losses",
        claim="A gradient penalty of weight 10 stabilises training.",
        verdict="holds", experiment="a_gradient_penalty_helps", speed="training", seconds=18,
        recipe="001-gradient-penalty",
    ),
    Claim(
        id="001-17", study=(19,), place="Example 1", subject="code",
        claim="The printed penalty function computes the gradient penalty.",
        verdict="holds-if", experiment="penalty_by_shape",
        condition="the images have four axes, (N, C, H, W). For a flat batch (N, 784) it silently builds N × N "
        "mixtures and asks for slopes of 1/√N, here an eighth, instead of 1",
    ),
    Claim(
        id="001-18", study=(21,), place="Example 2", subject="activations",
        claim="A sigmoid as the last activation gives blank or pale pictures.",
        verdict="holds-if", experiment="sigmoid_by_data_range", speed="training", seconds=5,
        condition="the data are in [-1,1], most of which it cannot reach: the pictures stay an even grey. With data in "
        "[0,1], nothing of the kind happens",
        recipe="001-sigmoid",
    ),
    Claim(
        id="001-19", study=(22,), place="Example 2", subject="activations",
        claim="A sigmoid is the wrong output for generating images.",
        verdict="refuted", experiment="sigmoid_is_no_worse", speed="training", seconds=12,
        instead="With data in [0,1], its pictures come about as close to the real ones as those of tanh do with data "
        "in [-1,1].",
        settings={"output_activation": "sigmoid", "data_range": "[0,1]"},
    ),
    Claim(
        id="001-20", study=(23,), place="Example 2", subject="activations",
        claim="Replacing a sigmoid output by tanh cures blank pictures.",
        verdict="holds-if", experiment="tanh_in_place_of_sigmoid", speed="training", seconds=8,
        condition="the data are in [-1,1]. With data in [0,1], where sigmoid was right, tanh produces negative pixels",
        recipe="001-sigmoid",
    ),
    Claim(
        id="001-21", study=(23,), place="Example 3", subject="data",
        claim="Images merely converted to tensors, with values in [0,1], are unfit for training.",
        verdict="holds-if", experiment="only_made_tensors", speed="training", seconds=17,
        condition="the output is tanh: a third of its values then fall below 0, which is worse but not blank. With "
        "sigmoid, they are as fit as scaled ones",
        recipe="001-unnormalised",
    ),
    Claim(
        id="001-22", study=(29,), place="Example 3", subject="code",
        claim="The improved list of torchvision transforms works.",
        verdict="holds-if", experiment="its_transforms",
        condition="the images have three channels and at least 64 pixels a side. On grey images the three means raise "
        "a RuntimeError; at 28 pixels the crop raises a ValueError",
        source="torchvision: source of transforms.functional.normalize and transforms.RandomCrop (not installed here; "
        "its subtraction is run, its crop is looked up)",
    ),
    Claim(
        id="001-23", study=(28,), place="Example 3", subject="data",
        claim="Random mirroring is good augmentation.",
        verdict="holds-if", experiment="mirrored_digits",
        condition="the mirrored image still shows the same thing, as with clothes and faces. Of the digits that is "
        "true only of 0, 1 and 8; the others become signs that nobody writes",
        settings={"augment": ("flip",)},
    ),
    Claim(
        id="001-24", study=(27,), place="After example 3", subject="data",
        claim="Augmentation makes training more robust and its results better.",
        verdict="refuted", experiment="augmentation_of_few_images", speed="training", seconds=12,
        instead="In short training it does not help, even with only 300 images: after 300 steps, pictures from shifted "
        "images (by up to 2 pixels) are no closer to the real ones. Longer training was not tried.",
        recipe="001-no-augmentation",
    ),
    Claim(
        id="001-25", study=(31,), place="Conclusion", subject="experience",
        claim="Blank pictures rarely have a single, easily named cause.",
        verdict="refuted", experiment="one_setting_makes_and_mends_it", speed="training", seconds=15,
        instead="Grey, black and white pictures each come from one setting here, and correcting it fixes them.",
        recipe="blank-black",
    ),
    Claim(
        id="001-26", study=(69,), place="Opening paragraph", subject="experience",
        claim="Blank pictures were seen with DCGAN, StyleGAN and progressively growing networks alike.",
        verdict="not-testable",
        reason="An anecdote without data, settings or figures; the two larger networks are beyond a laptop.",
    ),
)  # fmt: skip
