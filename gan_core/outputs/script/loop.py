"""The training of a script, in the order of time, and the picture at its end."""

from __future__ import annotations

from gan_core.outputs.script import game, images, networks, points
from gan_core.outputs.script.text import Block, indented, mistake, within
from gan_core.settings.experiment import Experiment
from gan_core.settings.mistakes import normalises_batches

OPTIMISERS = {
    "adam": "torch.optim.Adam({}, {}, (BETA1, BETA2))",
    "rmsprop": "torch.optim.RMSprop({}, {}, alpha=BETA2)",
    "sgd": "torch.optim.SGD({}, {}, momentum=BETA1)",
}
# As the engine has them: each updates all weights at once, and rounds differently from the plain ones.
AS_THE_ENGINE = {"adam": "fused", "rmsprop": "foreach", "sgd": "fused"}


def blocks(e: Experiment) -> list[Block]:
    """From the first weights to the picture."""
    start = networks.built(e)
    if not e.steps:
        return [[*start, "", *_picture(e)]]
    functions = [_averaging()] if e.ema and e.ema_warm_up else []
    if e.n_gen:
        moved = "generator.parameters()"
        if e.mistake == "d_not_frozen":
            moved = "[*generator.parameters(), *discriminator.parameters()]"
            start.append(mistake("the discriminator is in here too, so that the generator's step moves both."))
        start.append(f"optimiser_g = {_optimiser(e, moved, 'LR_G')}")
    if e.n_dis:
        start.append(f"optimiser_d = {_optimiser(e, 'discriminator.parameters()', 'LR_D')}")
    if e.mistake == "d_in_eval":
        start += [mistake("left so after a look at samples, and never put back."), "discriminator.eval()"]
    if e.ema:
        averaging = "averaging" if e.ema_warm_up else "get_ema_multi_avg_fn(EMA)"
        start.append(f"average = AveragedModel(generator, multi_avg_fn={averaging}, use_buffers=True)")
    where = "" if e.device == "cpu" else ", device=DEVICE"
    drawn = {_real(e): f"batches({', '.join(images.sources(e).values())})"} if e.n_dis else {}
    drawn["latent_source"] = f"source(2{where})"
    if game.chance_used(e):
        drawn["chance"] = f"source(3{where})"
    start.append(f"{', '.join(drawn)} = {', '.join(drawn.values())}")
    step = _simultaneous(e) if e.update == "simultaneous" and e.n_dis and e.n_gen else _alternating(e)
    training = ["for step in range(1, STEPS + 1):", *indented([*step, *_report(e)])]
    picture = _picture(e)
    return [*functions, [*start, "", *training, *([""] if picture else []), *picture]]


def _optimiser(e: Experiment, moved: str, rate: str) -> str:
    made = OPTIMISERS[e.optimiser].format(moved, rate)
    return f"{made[:-1]}, {AS_THE_ENGINE[e.optimiser]}=True)" if points.of_points(e) else made


def _real(e: Experiment) -> str:
    return f"real_{points.noun(e)}"


def _averaging() -> Block:
    return [
        "def averaging(averages, weights, count):  # short at first",
        "    decay = min(EMA, (1 + count.item()) / (10 + count.item()))",
        "    get_ema_multi_avg_fn(decay)(averages, weights, count)",
    ]


def _alternating(e: Experiment) -> Block:
    """The discriminator first, then the generator against the one just updated."""
    lines: Block = []
    if e.n_dis:
        update = [*_fake_for_d(e), *_loss_d(e), *_update_d(e)]
        lines = [
            f"# The discriminator learns to tell real {points.noun(e)} from generated ones.",
            *_repeated("N_DIS", e.n_dis, update),
        ]
        lines += [""] if e.n_gen else []
    if e.n_gen:
        lines.append(f"# The generator learns to make {points.noun(e)} that the discriminator takes for real.")
        if not e.n_dis or _apart(e):
            lines += _repeated("N_GEN", e.n_gen, [*_fake(), *_update_g(e)])
        elif e.n_gen == 1:
            lines += _update_g(e)
        else:
            fresh = ["if update > 0:", *indented(_fake()), *_update_g(e)]
            lines += ["for update in range(N_GEN):", *indented(fresh)]
    return lines


def _simultaneous(e: Experiment) -> Block:
    """Both losses before either network moves; updates beyond the first of each alternate."""
    words = "# Both losses are those of the networks as they are: neither answers to the other's update."
    both = [*(_fake() if _apart(e) else []), *_update_g(e)]
    if e.n_dis == 1:
        lines = [words, *_fake_for_d(e), *_loss_d(e), *both, *_update_d(e)]
    else:
        first = ["if update == 0:", *indented(both)]
        updates = [*_fake_for_d(e), *_loss_d(e), *first, *_update_d(e)]
        lines = [words, "for update in range(N_DIS):", *indented(updates)]
    if e.n_gen == 1:
        return lines
    rest = [*_fake(), *_update_g(e)]
    if e.n_dis > 1 and not _apart(e):
        rest = ["if update > 0:", *indented(_fake()), *_update_g(e)]
    counter = "update" if e.n_dis > 1 and not _apart(e) else "_"
    return [*lines, "# The generator's further updates.", f"for {counter} in range(N_GEN - 1):", *indented(rest)]


def _repeated(times: str, count: int, lines: Block) -> Block:
    return [f"for _ in range({times}):", *indented(lines)] if count > 1 else lines


def _fake(needs_gradient: bool = True) -> Block:
    contexts = [] if needs_gradient else ["torch.no_grad()"]
    return within(contexts, ["fake = generator(noise(BATCH_SIZE, latent_source))"])


def _apart(e: Experiment) -> bool:
    """Whether D and G are shown images of different noise, so that none serve both."""
    return e.mistake == "other_noise_for_d"


def _fake_for_d(e: Experiment) -> Block:
    """The generated images of D's step."""
    if not _apart(e):
        return _fake(needs_gradient=e.n_gen > 0)
    where = "" if e.device == "cpu" else ", device=DEVICE"
    scale = " * NOISE_SCALE" if e.noise_scale != 1 else ""
    drawn = f"torch.rand(BATCH_SIZE, LATENT_DIM, generator=latent_source{where}){scale}"
    words = mistake("rand is from 0 to 1, and not the noise that the generator trains on.")
    return [words, *within(["torch.no_grad()"], [f"fake = generator({drawn})"])]


def _cleared(e: Experiment, optimiser: str) -> Block:
    """What is done before each backward."""
    if e.mistake == "no_zero_grad":
        return [mistake(f"{optimiser}.zero_grad() is missing, so each gradient is added to all before it.")]
    return [f"{optimiser}.zero_grad()"]


def _loss_d(e: Experiment) -> Block:
    found = "loss_d, gradient_penalty" if game.penalised(e) else "loss_d"
    when = ", step % PENALTY_EVERY == 0" if game.lazily(e) else ""
    return [f"{found} = discriminator_loss(next({_real(e)}), fake.detach(){when})"]


def _update_d(e: Experiment) -> Block:
    whole = "(loss_d + PENALTY_WEIGHT * gradient_penalty)" if game.penalised(e) else "loss_d"
    lines = [*_cleared(e, "optimiser_d"), f"{whole}.backward()", "optimiser_d.step()"]
    if e.penalty == "clip":
        clipped = ["for weight in discriminator.parameters():", "    weight.clamp_(-CLIP, CLIP)"]
        lines += within(["torch.no_grad()"], clipped)
    return lines


def _update_g(e: Experiment) -> Block:
    loss = ["loss_g = generator_loss(fake)"]
    if e.mistake == "detached_generator":
        loss = [mistake("detach() leaves the generator without a gradient."), "loss_g = generator_loss(fake.detach())"]
    lines = [*loss, *_cleared(e, "optimiser_g"), "loss_g.backward()", "optimiser_g.step()"]
    return [*lines, *(["average.update_parameters(generator)"] if e.ema else [])]


def _report(e: Experiment) -> Block:
    losses = [name for name, updates in (("loss_d", e.n_dis), ("loss_g", e.n_gen)) if updates]
    told = "  ".join(f"{name} {{{name}.item():.7g}}" for name in losses)
    finite = " + ".join(losses)
    if points.of_numbers(e):
        told = "theta {generator.theta.item():.7g}  psi {discriminator.psi.item():.7g}"
    return [
        "",
        "if step % MEASURE_EVERY == 0 or step == STEPS:",
        f'    print(f"step {{step}}  {told}", flush=True)',
        f"if not torch.isfinite({finite}):",
        '    raise SystemExit(f"A loss became infinite or NaN in step {step}; training stopped there.")',
    ]


def _picture(e: Experiment) -> Block:
    averaged = bool(e.ema and e.steps)
    network = "average" if averaged else "generator"
    if points.of_numbers(e):
        return [] if e.steps else ['print(f"theta {generator.theta.item():.7g}")']
    lines = []
    if e.sample_mode == "eval" and normalises_batches(e.norm_g, e.mistake):
        lines.append(f"{network}.eval()  # BatchNorm with its running statistics")
    count = points.SHOWN if points.of_points(e) else 64
    z = f"noise({count}, source(4))" if e.device == "cpu" else f"noise({count}, source(4)).to(DEVICE)"
    if points.of_points(e):
        return points.saved(e, network, lines, z)
    floats = ".float()" if e.precision == "bfloat16" else ""
    cpu = "" if e.device == "cpu" else ".cpu()"
    colour = "" if e.channels == 3 else "[..., 0]"
    return [
        "# The pictures: 48 of a batch of 64, clipped to the data range, never stretched.",
        *lines,
        f"pictures = {network}({z})[:48].detach(){floats}{cpu}.numpy()",
        "levels = np.rint(((pictures - LOW) / (HIGH - LOW) * 255).clip(0, 255)).astype(np.uint8).transpose(0, 2, 3, 1)",
        "grid = np.vstack([np.hstack(levels[first : first + 8]) for first in range(0, 48, 8)])",
        f'Image.fromarray(grid{colour}).save("generated.png")',
    ]
