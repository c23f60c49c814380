"""What the two players of a script play: the noise, what the discriminator sees, losses, penalties."""

from __future__ import annotations

from gan_core.outputs.script.constants import decorated
from gan_core.outputs.script.points import noun, of_points
from gan_core.outputs.script.text import Block, indented, mistake, within
from gan_core.settings.experiment import Experiment

NOISES = {
    "normal": "torch.randn(count, LATENT_DIM, generator=rng, device=rng.device)",
    "uniform": "torch.rand(count, LATENT_DIM, generator=rng, device=rng.device) * 2 - 1",
    "bernoulli": "torch.randint(2, (count, LATENT_DIM), generator=rng, device=rng.device).float() * 2 - 1",
    "truncated_normal": "nn.init.trunc_normal_(torch.empty(count, LATENT_DIM, device=rng.device), generator=rng)",
    "sphere": "normalize(torch.randn(count, LATENT_DIM, generator=rng, device=rng.device)) * LATENT_DIM**0.5",
    "constant": "torch.ones(count, LATENT_DIM, device=rng.device)",
}
LOSSES_D = {
    "non_saturating": ("softplus(-real_logits).mean() + softplus(fake_logits).mean()", "-log D(x) - log(1 - D(G(z)))"),
    "minimax": ("softplus(-real_logits).mean() + softplus(fake_logits).mean()", "-log D(x) - log(1 - D(G(z)))"),
    "wasserstein": ("fake_logits.mean() - real_logits.mean()", "the distance between the mean scores"),
    "hinge": ("relu(1 - real_logits).mean() + relu(1 + fake_logits).mean()", "nothing to gain beyond 1 and -1"),
    "least_squares": ("0.5 * ((real_logits - 1).square().mean() + fake_logits.square().mean())", "targets 1 and 0"),
}
SMOOTHED = {
    **dict.fromkeys(
        ("non_saturating", "minimax"),
        "(softplus(-real_logits) + LABEL_SMOOTHING * real_logits).mean() + softplus(fake_logits).mean()",
    ),
    "least_squares": "0.5 * ((real_logits - (1 - LABEL_SMOOTHING)).square().mean() + fake_logits.square().mean())",
}
# With the mistake of the label of generated images, 0, in place of 1.
FAKE_LABEL = {
    "non_saturating": "softplus(logits).mean()", "minimax": "softplus(logits).mean()", "wasserstein": "logits.mean()",
    "hinge": "logits.mean()", "least_squares": "0.5 * logits.square().mean()",
}  # fmt: skip
LOSSES_G = {
    "non_saturating": ("softplus(-logits).mean()", "-log D(G(z))"),
    "minimax": ("-softplus(logits).mean()", "log(1 - D(G(z))): flat where D is sure"),
    "wasserstein": ("-logits.mean()", "a higher score"),
    "hinge": ("-logits.mean()", "a higher logit"),
    "least_squares": ("0.5 * (logits - 1).square().mean()", "target 1"),
}
PENALTIES = {
    "gradient_penalty": (
        "The gradient's length should be 1 between real and generated {} (WGAN-GP).",
        ["share = torch.rand({}, generator=chance, device=real.device)"],
        "share * real + (1 - share) * fake",
        "((squared + 1e-12).sqrt() - 1).square().mean()",
    ),
    "r1": ("The gradient should be short at real {} (R1).", [], "real", "squared.mean() / 2"),
    "r2": ("The gradient should be short at generated {} (R2).", [], "fake", "squared.mean() / 2"),
}


def blocks(e: Experiment) -> list[Block]:
    """The functions of the game."""
    game = [_noise(e)]
    if not e.steps:
        return game
    if e.instance_noise:
        game.append(_blurred(e))
    if e.n_dis:
        if penalised(e):
            game.append(_penalty(e))
        game.append(_discriminator_loss(e))
    if e.n_gen:
        game.append(_generator_loss(e))
    return game


def penalised(e: Experiment) -> bool:
    """Whether the discriminator's loss has a penalty as a second part."""
    return e.penalty in PENALTIES


def lazily(e: Experiment) -> bool:
    """Whether that part is left out of most steps."""
    return penalised(e) and e.penalty_every > 1


def chance_used(e: Experiment) -> bool:
    """Whether anything random happens in the discriminator."""
    return bool(e.instance_noise or e.dropout_d or (e.penalty == "gradient_penalty" and e.n_dis))


def _noise(e: Experiment) -> Block:
    drawn = NOISES[e.noise]
    scale = " * NOISE_SCALE" if e.noise_scale != 1 else ""
    words = {
        "normal": "standard normal", "uniform": "uniform between -1 and 1", "bernoulli": "-1 or 1",
        "truncated_normal": "standard normal within two standard deviations", "constant": "the same each time",
        "sphere": "on the sphere of radius sqrt(LATENT_DIM)",
    }[e.noise]  # fmt: skip
    lines = ["def noise(count, rng):", f'    """The generator\'s input, (count, LATENT_DIM): {words}."""']
    if scale and e.noise in ("uniform", "bernoulli"):
        lines.append(f"    return ({drawn}){scale}")
    else:
        lines.append(f"    return {drawn}{scale}")
    return lines


def _blurred(e: Experiment) -> Block:
    where = "" if e.device == "cpu" else ", device=DEVICE"
    name, units = noun(e), "" if of_points(e) else " * (HIGH - LOW) / 2"
    return [
        f"def blurred({name}):",
        f'    """{name.title()} with the noise through which the discriminator sees them all."""',
        f"    return {name} + INSTANCE_NOISE{units} * torch.randn({name}.shape, generator=chance{where})",
    ]


def _penalty(e: Experiment) -> Block:
    words, drawn, place, length = PENALTIES[e.penalty]
    at, name = place if place.isidentifier() else f"({place})", noun(e)
    each = "len(real), 1" if of_points(e) else "len(real), 1, 1, 1"
    drawn = [line.format(each) for line in drawn]
    body = [
        f"{name} = {at}.detach().requires_grad_()",
        f"(gradient,) = torch.autograd.grad(discriminator({name}).sum(), {name}, create_graph=True)",
        "squared = gradient.flatten(1).square().sum(dim=1)",
        f"return {length}",
    ]
    return ["def penalty(real, fake):", f'    """{words.format(name)}"""', *indented([*drawn, *body])]


def _discriminator_loss(e: Experiment) -> Block:
    code, words = LOSSES_D[e.loss]
    if e.label_smoothing:
        code = SMOOTHED[e.loss]
    if e.mistake == "smoothing_sign":
        code = code.replace("+ LABEL", "- LABEL") if "+ LABEL" in code else code.replace("- LABEL", "+ LABEL")
    floats = ".float()" if e.precision == "bfloat16" else ""
    lines = [f'"""The discriminator\'s: {words}."""']
    if e.instance_noise:
        lines.append("real, fake = blurred(real), blurred(fake)")
    if e.norm_d == "batch" or e.minibatch_std:  # real and generated ones must not meet in one batch
        judged = f"real_logits, fake_logits = discriminator(real){floats}, discriminator(fake){floats}"
    else:
        judged = f"real_logits, fake_logits = discriminator(torch.cat([real, fake])){floats}.chunk(2)"
    name = "def discriminator_loss(real, fake):"
    wrong = _wrong_logits(e)
    if not penalised(e):
        return [*decorated(e), name, *indented([*lines, judged, *wrong, f"return {code}"])]
    # The penalty's second derivatives are in full precision.
    lines += within(["bfloat16"] if floats else [], [judged])
    found = f"penalty(real{floats}, fake{floats})"
    if lazily(e):
        name = name.replace("fake)", "fake, penalised)")
        found = f"PENALTY_EVERY * {found} if penalised else 0"
    return [name, *indented([*lines, *wrong, f"loss = {code}", f"return loss, {found}"])]


def _wrong_logits(e: Experiment) -> Block:
    """What a mistake makes of D's answers on their way to its loss."""
    if e.mistake == "swapped_labels":
        what = "the scores are" if e.loss in ("wasserstein", "hinge") else "the labels 1 and 0 are"
        return [mistake(f"{what} exchanged."), "real_logits, fake_logits = fake_logits, real_logits"]
    if e.mistake == "double_sigmoid":
        words = "this loss is of logits, and applies a sigmoid itself."
        return [mistake(words), "real_logits, fake_logits = real_logits.sigmoid(), fake_logits.sigmoid()"]
    if e.mistake == "smoothing_sign":
        return [mistake("the label of real images is 1 plus LABEL_SMOOTHING, where minus was meant.")]
    return []


def _generator_loss(e: Experiment) -> Block:
    code, words = LOSSES_G[e.loss]
    seen = "blurred(fake)" if e.instance_noise else "fake"
    lines = [f'"""The generator\'s: {words}."""']
    sigmoid = ""
    if e.mistake == "fake_label_for_g":
        code = FAKE_LABEL[e.loss]
        lines.append(mistake("this teaches it to be recognised: the aim is that of real images."))
    if e.mistake == "double_sigmoid":
        sigmoid = ".sigmoid()"
        lines.append(mistake("a sigmoid before a loss that applies one itself."))
    floats = ".float()" if e.precision == "bfloat16" else ""
    code = code.replace("logits", f"discriminator({seen}){floats}{sigmoid}")
    return [*decorated(e), "def generator_loss(fake):", *indented([*lines, f"return {code}"])]
