"""The settings at the top of a script, as constants, and where its random numbers come from."""

from __future__ import annotations

from gan_core.outputs.script.points import noun, of_points
from gan_core.outputs.script.text import Block
from gan_core.settings.compatibility import matters
from gan_core.settings.experiment import Experiment
from gan_core.settings.mistakes import normalises_batches

AUTO = '"cuda" if torch.cuda.is_available() else "mps" if torch.backends.mps.is_available() else "cpu"'

# The ends of the data range, where they do not depend on the images.
ENDS = {"[-1,1]": "-1.0, 1.0", "[0,1]": "0.0, 1.0", "raw": "0.0, 255.0"}


def block(e: Experiment) -> Block:
    """One constant a setting, those alone that the script uses."""
    return [
        f"{name} = {value}" + (f"  # {words}" if words else "")
        for name, value, words in [*_run(e), *_data(e), *_networks(e), *(_training(e) if e.steps else [])]
    ] + _machine(e)


def sources() -> Block:
    """The function that gives each purpose random numbers of its own."""
    return [
        'def source(*purpose, device="cpu"):',
        '    """Random numbers for one purpose alone: drawing more of them leaves all others as they are."""',
        "    words = np.random.SeedSequence([SEED, *purpose]).generate_state(1, np.uint64)",
        "    return torch.Generator(device).manual_seed(int(words[0] >> np.uint64(1)))",
    ]


def decorated(e: Experiment) -> Block:
    """The line above a function that computes in another precision, if any."""
    return ["@bfloat16"] if e.precision == "bfloat16" else []


Constant = tuple[str, str, str]  # its name, its value as code, words on it


def _run(e: Experiment) -> list[Constant]:
    run = [("SEED", f"{e.seed}", "everything random follows from it")]
    if e.steps:
        run.append(("STEPS, MEASURE_EVERY", f"{e.steps}, {e.measure_every}", ""))
    return run


def _data(e: Experiment) -> list[Constant]:
    if of_points(e):
        return [("BATCH_SIZE", f"{e.batch_size}", "")] if e.steps else []
    data = [("IMAGE_SIZE, CHANNELS", f"{e.image_size}, {e.channels}", "")]
    if e.data_range in ENDS:
        data.append(("LOW, HIGH", ENDS[e.data_range], "what black and white become"))
    if e.outliers:
        data.append(("OUTLIERS", f"{e.outliers}", "share of broken images: noise, black, white, inverted"))
    if e.steps:
        data.append(("BATCH_SIZE", f"{e.batch_size}", ""))
    return data


def _networks(e: Experiment) -> list[Constant]:
    if e.noise_scale == 1:
        networks = [("LATENT_DIM", f"{e.latent_dim}", f"random numbers for each generated {noun(e)[:-1]}")]
    else:
        networks = [("LATENT_DIM, NOISE_SCALE", f"{e.latent_dim}, {e.noise_scale}", "")]
    if of_points(e):
        networks += _of_points(e)
    if e.init == "normal":
        networks.append(("INIT_STD", f"{e.init_std}", "standard deviation of the first weights"))
    if matters("bn_eps", e.model_dump()) and (normalises_batches(e.norm_g, e.mistake) or e.steps):
        used = {"BN_MOMENTUM": e.bn_momentum} if e.bn_momentum != 0.1 else {}
        used |= {"BN_EPS": e.bn_eps} if e.bn_eps != 1e-5 else {}
        if used:
            networks.append((", ".join(used), ", ".join(map(str, used.values())), ""))
    return networks


def _of_points(e: Experiment) -> list[Constant]:
    found = [("SKIP", f"{e.skip}", "how much of the noise is added to each point as it is")] if e.skip else []
    counts = {"FOURIER_G": e.fourier_g, "FOURIER_D": e.fourier_d if e.steps else 0}
    if used := {name: count for name, count in counts.items() if count}:
        values = ", ".join(map(str, [*used.values(), e.fourier_scale]))
        found.append((f"{', '.join(used)}, FOURIER_SCALE", values, "waves of the inputs, and how short they are"))
    return found


def _training(e: Experiment) -> list[Constant]:
    rates = {"LR_G": (e.lr_g, e.n_gen), "LR_D": (e.lr_d, e.n_dis)}
    used = {name: rate for name, (rate, updates) in rates.items() if updates}
    training = [(", ".join(used), ", ".join(map(str, used.values())), "learning rates" if len(used) > 1 else "")]
    if e.optimiser == "adam":
        training.append(("BETA1, BETA2", f"{e.beta1}, {e.beta2}", "memory of the gradient's mean and of its square"))
    elif e.optimiser == "rmsprop":
        training.append(("BETA2", f"{e.beta2}", "memory of the gradient's square"))
    else:
        training.append(("BETA1", f"{e.beta1}", "momentum"))
    updates = {name: count for name, count in (("N_DIS", e.n_dis), ("N_GEN", e.n_gen)) if count > 1}
    if updates:
        training.append((", ".join(updates), ", ".join(map(str, updates.values())), "updates in each step"))
    if e.n_dis and e.penalty == "clip":
        training.append(("CLIP", f"{e.penalty_weight}", "the discriminator's weights stay within plus and minus this"))
    elif e.n_dis and e.penalty != "none":
        if e.penalty_every == 1:
            training.append(("PENALTY_WEIGHT", f"{e.penalty_weight}", ""))
        else:
            training.append(
                ("PENALTY_WEIGHT, PENALTY_EVERY", f"{e.penalty_weight}, {e.penalty_every}", "steps between two of them")
            )
    if e.n_dis and e.label_smoothing:
        training.append(("LABEL_SMOOTHING", f"{e.label_smoothing}", f"the target for real {noun(e)} is 1 minus this"))
    if e.instance_noise:
        units = "" if of_points(e) else ", in half data ranges"
        training.append(("INSTANCE_NOISE", f"{e.instance_noise}", f"on all that D sees{units}"))
    if e.dropout_d:
        training.append(("DROPOUT_D", f"{e.dropout_d}", "share of the discriminator's hidden units that are silenced"))
    if e.pack > 1:
        training.append(("PACK", f"{e.pack}", f"{noun(e)} that the discriminator judges together"))
    if e.ema:
        training.append(("EMA", f"{e.ema}", "decay of the running average of the generator"))
    return training


def _machine(e: Experiment) -> Block:
    lines = []
    if e.device != "cpu":
        lines.append(f"DEVICE = {AUTO if e.device == 'auto' else repr(e.device).replace(chr(39), chr(34))}")
        if e.device != "mps":
            lines.append('torch.set_float32_matmul_precision("high")  # on CUDA: TF32')
    if e.precision == "bfloat16":
        lines.append(
            f"bfloat16 = torch.autocast({'DEVICE' if e.device != 'cpu' else repr('cpu')}, torch.bfloat16)".replace(
                "'", '"'
            )
        )
    return [*lines, f"torch.set_num_threads({e.threads})"]
