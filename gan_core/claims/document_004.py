"""The claims of document 004: what a GAN is, why its training takes turns, and one in Keras for Fashion-MNIST."""

from __future__ import annotations

from gan_core.claims.claim import Claim

CLAIMS = (
    Claim(
        id="004-01", study=(69,), place="Traditional and new computer vision", subject="data",
        claim="A GAN turns limited data into more of the same kind, which saves collecting it.",
        verdict="refuted", experiment="a_gan_of_few_images", speed="training", seconds=7,
        instead="Pictures from a GAN trained on 300 digits are farther from all digits than those 300 are: three times "
        "as far after 400 steps. It knows only those 300, and loses some of that.",
    ),
    Claim(
        id="004-02", place="How GANs work, first paragraph", subject="data",
        claim="The two networks of a GAN learn the probability distribution of the data.",
        verdict="holds-if", experiment="learning_the_distribution", speed="training", seconds=25,
        condition="training stays sound: after 800 steps all ten digits appear. With too much momentum and neither "
        "BatchNorm nor a penalty hardly one does, and nothing in the losses forbids it",
        recipe="mode-collapse",
    ),
    Claim(
        id="004-03", study=(63,), place="Two competing networks, on the discriminator", subject="code",
        claim="The discriminator compares a real image with a generated one.",
        verdict="refuted", experiment="d_takes_one_image",
        instead="It judges one image at a time; whatever else is in the batch does not change its answer at all. The "
        "setting “Packing” makes a discriminator that does judge several together.",
        settings={"pack": 2},
    ),
    Claim(
        id="004-04", place="Two competing networks, first paragraph", subject="measurements",
        claim="The discriminator decides whether an image belongs to the training set.",
        verdict="refuted", experiment="likeness_not_membership", speed="training", seconds=6,
        instead="It decides whether an image looks as if it did: digits that were never in the training set pass as "
        "real as often as those that were.",
    ),
    Claim(
        id="004-05", study=(56,), place="Training and convergence, first paragraph; Training loop", subject="updates",
        claim="The printed GAN trains by turns: while one network learns, the other is held fixed.",
        verdict="refuted", experiment="two_tapes_and_one_step",
        instead="Its train_step takes both gradients at the same weights and then updates both networks at once. That "
        "is the simultaneous rule, to the last digit.",
        recipe="004-mlp",
    ),
    Claim(
        id="004-06", study=(57,), place="Training and convergence, first and last paragraph", subject="updates",
        claim="Alternating updates are crucial: without them, training does not converge.",
        verdict="holds-if", experiment="alternation_is_crucial", speed="training", seconds=11,
        condition="it is plain gradient descent, as in the game x · y, where simultaneous updates spiral outwards. "
        "With Adam, digits appear either way, only slightly later with simultaneous updates",
        recipe="004-mlp",
    ),
    Claim(
        id="004-07", study=(57,), place="Training and convergence, first paragraph", subject="updates",
        claim="Alternating updates make a GAN converge.",
        verdict="holds-if", experiment="alternation_converges",
        condition="something damps the discriminator, as R1 does. Alternation alone circles the equilibrium of the "
        "simplest game for ever, and gets no closer",
        settings={"penalty": "r1"},
    ),
    Claim(
        id="004-08", place="Training and convergence, first paragraph", subject="updates",
        claim="Unless updates alternate, one of the networks inevitably outruns the other.",
        verdict="refuted", experiment="neither_outruns_the_other", speed="training", seconds=6,
        instead="Updated simultaneously, both keep pace as well: learning rates and loss decide that, not whose turn "
        "it is.",
        settings={"update": "simultaneous"},
    ),
    Claim(
        id="004-09", study=(58,), place="Training and convergence, second paragraph", subject="measurements",
        claim="Against a perfect generator, the discriminator is right half of the time.",
        verdict="holds-if", experiment="d_of_a_perfect_g", speed="training", seconds=6,
        condition="it has not memorised its training images. With 300 of them, it begins to within 300 steps, and is "
        "right in two cases of three or more although there is nothing to see",
    ),
    Claim(
        id="004-10", study=(59,), place="Training and convergence, second paragraph", subject="measurements",
        claim="A discriminator reduced to guessing means that the generator works perfectly.",
        verdict="refuted", experiment="half_right_of_static", speed="training", seconds=5,
        instead="It can also mean that the discriminator has learnt nothing: half of its answers are right while the "
        "pictures are static.",
        recipe="001-slow-d",
    ),
    Claim(
        id="004-11", study=(60,), place="Training and convergence, third paragraph", subject="updates",
        claim="If training goes on after perfection, the feedback means nothing and the generator's quality collapses.",
        verdict="holds-if", experiment="feedback_of_a_perfect_g", speed="training", seconds=8,
        condition="the discriminator has stopped learning: the generator then drifts far away. If it keeps learning, "
        "perfection is lost too, but the result stays twenty times better than an untrained generator; R1 keeps more",
        settings={"penalty": "r1"},
    ),
    Claim(
        id="004-12", study=(61,), place="Mathematics, after the second formula", subject="measurements",
        claim="In the end, the discriminator gives every image a probability of one half.",
        verdict="holds-if", experiment="one_half_everywhere", speed="training", seconds=9,
        condition="the generator is perfect. In the printed setup, answers on real images are 0.3 away from one half "
        "after 80 to 150 steps; with mlp-plain, seeds differ too much to tell (0.08 to 0.34 at step 800)",
        recipe="004-mlp",
    ),
    Claim(
        id="004-13", study=(62,), place="Mathematics, after the second formula; Generator loss", subject="losses",
        claim="The printed generator minimises log(1 − D(G(z))).",
        verdict="refuted", experiment="code_against_text",
        instead="The code minimises −log D(G(z)), the non-saturating loss. That is the better one: where the "
        "discriminator is sure, the loss in the text is flat.",
        recipe="001-rates-minimax",
    ),
    Claim(
        id="004-14", study=(62,), place="Mathematics, first and last paragraph", subject="losses",
        claim="GAN training is a min-max game: one network raises the very quantity that the other lowers.",
        verdict="refuted", experiment="one_game_or_two",
        instead="With the losses in the printed code, one network's gain is not the other's loss: each has its own "
        "objective. Only the minimax loss makes it a single game.",
        settings={"loss": "minimax"},
    ),
    Claim(
        id="004-15", study=(65,), place="Data loading", subject="data",
        claim="(x − 127.5) / 127.5 maps bytes to [-1,1].",
        verdict="holds", experiment="scaling_by_127", settings={"data_range": "[-1,1]"},
    ),
    Claim(
        id="004-16", study=(53,), place="Generator, first paragraph after the code", subject="initialisation",
        claim="TensorFlow's linear layers use he_uniform by default.",
        verdict="refuted", experiment="he_is_not_the_default",
        instead="The default is glorot_uniform, whose weights are smaller: by a third in the generator's first layer. "
        "That is why the printed code has to name he_uniform in every layer.",
        source="TensorFlow API documentation: tf.keras.layers.Dense (r2.3)",
        page="untrained", settings={"init": "xavier_uniform", "architecture": "document-mlp"},
    ),
    Claim(
        id="004-17", study=(54,), place="Generator, second paragraph after the code", subject="normalisation",
        claim="The printed network sets BatchNorm's momentum to 0.1.",
        verdict="holds-if", experiment="momentum_in_two_languages",
        condition="momentum is meant as in Keras: the share of the old statistics that is kept (0.99 by default). "
        "PyTorch's momentum is the share of the new ones: the same network has 0.9 there, and 0.1 is its default",
        source="Keras documentation: BatchNormalization (momentum=0.99, and its rule, which is run here)",
        settings={"architecture": "document-mlp", "bn_momentum": 0.9},
    ),
    Claim(
        id="004-18", study=(54,), place="Generator, second paragraph after the code", subject="normalisation",
        claim="Lowering BatchNorm's momentum helps training.",
        verdict="refuted", experiment="momentum_and_training", speed="training", seconds=5,
        instead="Not one weight changes: training does not use the running statistics. They matter for pictures made "
        "in eval mode, which lag further behind with 0.99 than with 0.1.",
        recipe="004-momentum",
    ),
    Claim(
        id="004-19", study=(55,), place="Generator, the code", subject="normalisation",
        claim="The printed network needs a BatchNorm epsilon as large as 0.8.",
        verdict="refuted", experiment="epsilon_of_batch_norm", speed="training", seconds=14,
        instead="With Keras's default of 0.001, its pictures get better even sooner: after 150 steps they are closer "
        "to the real ones.",
        settings={"architecture": "document-mlp", "bn_eps": 1e-3},
    ),
    Claim(
        id="004-20", study=(64,), place="Discriminator; Loss function", subject="losses",
        claim="A sigmoid at the end of the discriminator, then binary cross-entropy, is a sound loss.",
        verdict="holds-if", experiment="sigmoid_then_cross_entropy",
        condition="the discriminator is not too sure. At a logit of −30, PyTorch's BCELoss has lost nine tenths of the "
        "gradient and Keras's clipping all of it; written out by hand, it becomes NaN at −95. Losses on logits are "
        "safe everywhere (Keras goes back to them where it can still find them)",
        source="TensorFlow: source of keras.backend.binary_crossentropy (clipping at 1e-7, logits where it has them)",
    ),
    Claim(
        id="004-21", place="Discriminator loss, on the optimisers", subject="learning rates",
        claim="Adam's two betas both weight running averages of the gradients.",
        verdict="refuted", experiment="two_betas",
        instead="Only the first does. The second weights the average of their squares, by whose root each step is "
        "divided.",
        settings={"beta1": 0.9},
    ),
    Claim(
        id="004-22", study=(67,), place="Data loading; Discriminator loss; Training loop", subject="code",
        claim="The printed GAN for clothes runs as it stands.",
        verdict="refuted", experiment="printed_code",
        instead="Three of its lines are not valid Python: values are missing after an equals sign, and a line breaks "
        "off. args is never defined, and the decorator that the text explains is missing.",
    ),
    Claim(
        id="004-23", place="Training loop, on the decorator", subject="code",
        claim="tf.function makes the printed training faster.",
        verdict="not-testable",
        reason="TensorFlow is not installed here, and the decorator is missing from the printed code.",
    ),
    Claim(
        id="004-24", study=(66,), place="After the training loop", subject="experience",
        claim="The pictures of the printed GAN start as noise and improve with training.",
        verdict="holds", experiment="noise_then_pictures", speed="training", seconds=8,
        recipe="004-mlp",
    ),
    Claim(
        id="004-25", study=(68,), place="After the training loop; conclusion", subject="experience",
        claim="The printed GAN makes realistic pictures.",
        verdict="refuted", experiment="realistic_or_not", speed="training", seconds=13,
        instead="Not in 300 steps: its drawn digits are about ninety times as far from the real ones as new digits "
        "are. Clothes need the Fashion-MNIST images (recipe 004-fashion); how long its own training took is not said.",
        recipe="004-fashion",
    ),
    Claim(
        id="004-26", study=(69,), place="Opening paragraphs", subject="experience",
        claim="AI progresses almost exponentially, and GANs have brought breakthroughs to computer vision.",
        verdict="not-testable",
        reason="An opinion, without a figure that could be measured.",
    ),
)  # fmt: skip
