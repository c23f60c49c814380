"""The claims of document 001: why generated images are blank, and what helps."""

from __future__ import annotations

from gan_core.claims.claim import Claim

CLAIMS = (
    Claim(
        id="001-01", place="Opening paragraph", subject="losses",
        claim="Blank pictures come above all from unstable dynamics between the two networks.",
        verdict="refuted", experiment="unstable_dynamics_do_not_blank", speed="training", seconds=6,
        instead="Networks out of balance give noise or static, full of contrast. An even tone comes of a range that "
        "the output cannot reach, with learning rates that are well balanced.",
        recipe="blank-grey",
    ),
    Claim(
        id="001-02", place="Opening paragraph", subject="updates",
        claim="A blank picture is no matter of patience: longer training does not bring it to life.",
        verdict="holds", experiment="patience_does_not_help", speed="training", seconds=8,
        recipe="001-sigmoid",
    ),
    Claim(
        id="001-03", study=(15,), place="Paragraph 2, and paragraph 3 on learning rates", subject="learning rates",
        claim="A discriminator that learns much faster overpowers the generator, which then learns nothing.",
        verdict="holds-if", experiment="a_fast_discriminator_stops_the_generator", speed="training", seconds=15,
        condition="the loss is minimax, log(1 − D), which is flat where the discriminator is sure. With the "
        "non-saturating loss it is as sure for long, and the gradient is many times greater all the same",
        recipe="001-rates-minimax",
    ),
    Claim(
        id="001-04", study=(16,), place="Paragraph 2", subject="losses",
        claim="Under a discriminator that is too strong, the generator's gradients become unstable.",
        verdict="refuted", experiment="its_gradients_vanish", speed="training", seconds=8,
        instead="They vanish: at step 400 about an eightieth is left of what they were at step 20.",
        recipe="001-rates-minimax",
    ),
    Claim(
        id="001-05", study=(15,), place="Paragraph 2", subject="losses",
        claim="It then makes nearly the same picture again and again, mostly a blank one.",
        verdict="refuted", experiment="its_pictures_are_not_alike", speed="training", seconds=8,
        instead="The pictures are noise, each another one, as diverse as real ones, with half their contrast.",
        recipe="001-rates-minimax",
    ),
    Claim(
        id="001-06", place="Paragraph 2", subject="losses",
        claim="The choice of the loss can make such a failure worse.",
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
        claim="The two losses show whether training goes well.",
        verdict="refuted", experiment="losses_mislead", speed="training", seconds=16,
        instead="Of a discriminator that hardly learns, both losses stay within a quarter of balance, as in healthy "
        "training, while the pictures are static without a single digit. Look at the pictures and at the classes in "
        "them.",
        recipe="001-slow-d",
    ),
    Claim(
        id="001-09", place="Paragraph 4", subject="activations",
        claim="Tanh is the output for data in [-1,1], sigmoid the one for data in [0,1].",
        verdict="holds", experiment="outputs_that_fit_the_data", page="untrained",
        settings={"output_activation": "sigmoid", "data_range": "[0,1]"},
    ),
    Claim(
        id="001-10", place="Paragraph 4", subject="activations",
        claim="A wrong activation in the discriminator distorts what the generator is told.",
        verdict="holds", experiment="an_activation_too_many_in_d", speed="training", seconds=12,
    ),
    Claim(
        id="001-11", study=(26,), place="Paragraph 5", subject="data",
        claim="Without data augmentation, pictures may turn out blank.",
        verdict="refuted", experiment="few_images_do_not_blank", speed="training", seconds=5,
        instead="Not even with 300 images and no augmentation: most of the real pictures' contrast is there.",
        recipe="001-no-augmentation",
    ),
    Claim(
        id="001-12", study=(25,), place="Paragraph 5", subject="data",
        claim="Broken images among the training data spoil the results.",
        verdict="holds-if", experiment="broken_images_among_the_data", speed="training", seconds=28,
        condition="they are many: one in five, of noise, all black, all white or inverted, which is then imitated too. "
        "One in twenty does little harm, and blank the pictures are not even of one in five",
        recipe="001-outliers",
        settings={"outliers": 0.2},
    ),
    Claim(
        id="001-13", study=(24,), place="Paragraph 5, and example 3", subject="data",
        claim="Data whose range was never scaled can give blank pictures.",
        verdict="holds", experiment="bytes_as_they_are_blank", speed="training", seconds=5,
        recipe="001-raw",
    ),
    Claim(
        id="001-14", study=(14,), place="Example 1", subject="learning rates",
        claim="A learning rate of 5e-4 for the discriminator and 1e-4 for the generator gives blank pictures.",
        verdict="refuted", experiment="example_1_does_not_blank", speed="training", seconds=15,
        instead="With either loss they have half of the real pictures' contrast: noise, in which the minimax loss is "
        "stuck and the non-saturating one is slow.",
        recipe="001-rates",
    ),
    Claim(
        id="001-15", study=(17,), place="Example 1", subject="learning rates",
        claim="2e-4 for both networks mends what 5e-4 and 1e-4 spoil.",
        verdict="holds", experiment="equal_rates_help", speed="training", seconds=15,
        recipe="001-equal-rates",
    ),
    Claim(
        id="001-16", study=(18,), place="Example 1", subject="losses",
        claim="A gradient penalty of weight 10 makes training stabler.",
        verdict="holds", experiment="a_gradient_penalty_helps", speed="training", seconds=18,
        recipe="001-gradient-penalty",
    ),
    Claim(
        id="001-17", study=(19,), place="Example 1", subject="code",
        claim="Its function computes the gradient penalty.",
        verdict="holds-if", experiment="penalty_by_shape",
        condition="the images have four axes, (N, C, H, W). Of a flat batch (N, 784) it makes N × N mixtures without "
        "a word, and asks for slopes of one √N-th, an eighth here, instead of 1",
    ),
    Claim(
        id="001-18", study=(21,), place="Example 2", subject="activations",
        claim="A sigmoid as the last activation gives blank or pale pictures.",
        verdict="holds-if", experiment="sigmoid_by_data_range", speed="training", seconds=5,
        condition="the data are in [-1,1], most of which it cannot reach: an even grey, for ever. With data in [0,1] "
        "nothing of the kind",
        recipe="001-sigmoid",
    ),
    Claim(
        id="001-19", study=(22,), place="Example 2", subject="activations",
        claim="A sigmoid is the wrong output for making images.",
        verdict="refuted", experiment="sigmoid_is_no_worse", speed="training", seconds=12,
        instead="With data in [0,1] its pictures come about as near to the real ones as those of tanh with data in "
        "[-1,1].",
        settings={"output_activation": "sigmoid", "data_range": "[0,1]"},
    ),
    Claim(
        id="001-20", study=(23,), place="Example 2", subject="activations",
        claim="Tanh in its place is the remedy.",
        verdict="holds-if", experiment="tanh_in_place_of_sigmoid", speed="training", seconds=8,
        condition="the data are in [-1,1]. With data in [0,1], where sigmoid was right, tanh makes negative pixels",
        recipe="001-sigmoid",
    ),
    Claim(
        id="001-21", study=(23,), place="Example 3", subject="data",
        claim="Images that are only made tensors, with values in [0,1], are not fit for training.",
        verdict="holds-if", experiment="only_made_tensors", speed="training", seconds=17,
        condition="the output is tanh, a third of whose values then lie below 0: worse, not blank. With sigmoid they "
        "are as fit as scaled ones",
        recipe="001-unnormalised",
    ),
    Claim(
        id="001-22", study=(29,), place="Example 3", subject="code",
        claim="The improved list of transforms works.",
        verdict="holds-if", experiment="its_transforms",
        condition="the images have three channels and at least 64 pixels a side. On grey ones the three means are a "
        "RuntimeError, on 28 pixels the crop is a ValueError",
        source="torchvision: source of transforms.functional.normalize and transforms.RandomCrop (not installed here; "
        "its subtraction is run, its crop is looked up)",
    ),
    Claim(
        id="001-23", study=(28,), place="Example 3", subject="data",
        claim="Mirroring images at random is a good augmentation.",
        verdict="holds-if", experiment="mirrored_digits",
        condition="what is mirrored is still what it was, as clothes and faces are. Of the digits that is so of 0, 1 "
        "and 8; the others turn into signs that nobody writes",
        settings={"augment": ("flip",)},
    ),
    Claim(
        id="001-24", study=(27,), place="After example 3", subject="data",
        claim="Augmentation makes training more robust and its results better.",
        verdict="refuted", experiment="augmentation_of_few_images", speed="training", seconds=12,
        instead="In a short training it helps nothing, even with no more than 300 images: after 300 steps, pictures "
        "from shifted ones (by up to 2 pixels) are no nearer to the real ones. Longer ones were not tried.",
        recipe="001-no-augmentation",
    ),
    Claim(
        id="001-25", study=(31,), place="Conclusion", subject="experience",
        claim="A single cause that is easy to name is rarely behind blank pictures.",
        verdict="refuted", experiment="one_setting_makes_and_mends_it", speed="training", seconds=15,
        instead="Grey, black and white ones each come of one setting here, and putting that one right mends them.",
        recipe="blank-black",
    ),
    Claim(
        id="001-26", study=(69,), place="Opening paragraph", subject="experience",
        claim="That was seen with DCGAN, StyleGAN and progressively growing networks alike.",
        verdict="not-testable",
        reason="An anecdote: neither data nor settings nor figures are given, and the larger two are beyond a laptop.",
    ),
)  # fmt: skip
