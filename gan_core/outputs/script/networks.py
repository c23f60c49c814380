"""The two networks of a script, and how their first weights are drawn."""

from __future__ import annotations

import re
from collections.abc import Sequence

from gan_core.outputs.script import points
from gan_core.outputs.script.constants import decorated
from gan_core.outputs.script.text import Block, filled, indented, mistake
from gan_core.settings.experiment import Experiment
from gan_core.settings.mistakes import BUILT_IN

HIDDEN = {
    "leaky_relu": "nn.LeakyReLU(0.2)", "relu": "nn.ReLU()", "elu": "nn.ELU()", "tanh": "nn.Tanh()",
    "sigmoid": "nn.Sigmoid()",
}  # fmt: skip
OUTPUT = {
    "tanh": ["nn.Tanh()"], "sigmoid": ["nn.Sigmoid()"], "linear": [], "hardtanh": ["nn.Hardtanh()"],
    "relu": ["nn.ReLU()"],
}  # fmt: skip
SCHEMES = {
    "pytorch": "layer.reset_parameters()",
    "dcgan": "nn.init.normal_(layer.weight, 0.0, 0.02)",
    "xavier_normal": "nn.init.xavier_normal_(layer.weight)",
    "xavier_uniform": "nn.init.xavier_uniform_(layer.weight)",
    "he_normal": 'nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")',
    "he_normal_fan_out": 'nn.init.kaiming_normal_(layer.weight, mode="fan_out", nonlinearity="relu")',
    "he_uniform": 'nn.init.kaiming_uniform_(layer.weight, nonlinearity="relu")',
    "orthogonal": "nn.init.orthogonal_(layer.weight)",
    "normal": "nn.init.normal_(layer.weight, 0.0, INIT_STD)",
    "zeros": "nn.init.zeros_(layer.weight)",
}
WIDTH = 120 - 12  # of a line within the calls in __init__
PIXELS = "CHANNELS * IMAGE_SIZE**2"
WEIGHTED = ("nn.Linear", "nn.Conv2d", "nn.ConvTranspose2d")
NORMS = ("nn.BatchNorm1d", "nn.BatchNorm2d", "nn.GroupNorm", "nn.InstanceNorm2d", "nn.LayerNorm")


def blocks(e: Experiment) -> list[Block]:
    """The classes."""
    if points.of_numbers(e):
        return points.numbers() if e.steps else points.numbers()[:1]
    fourier = points.of_points(e) and (e.fourier_g or (e.fourier_d and e.steps))
    waves = [points.waves()] if fourier else []
    if not e.steps:
        return [*waves, _generator(e)]
    return [*waves, _generator(e), *([_dropout(e)] if e.dropout_d else []), _discriminator(e)]


def built(e: Experiment) -> Block:
    """The lines that make both networks; the seed of PyTorch's global random numbers serves their weights alone."""
    moved = "" if e.device == "cpu" else ".to(DEVICE)"
    names = ["generator", "discriminator"] if e.steps else ["generator"]
    lines = [f"{', '.join(names)} = {', '.join(f'{name.title()}()' for name in names)}"]
    if not points.of_numbers(e):
        lines += _first_weights(e, names)
    if points.of_points(e) and not points.of_numbers(e):
        lines += points.begun_small()
    if moved:
        lines.append(f"{', '.join(names)} = {', '.join(f'{name}{moved}' for name in names)}")
    return lines


def _first_weights(e: Experiment, names: list[str]) -> Block:
    """Drawn again, each layer's from a source of its own."""
    networks = "\n".join(line for network in blocks(e) for line in network)
    lines = ["torch.manual_seed(source(0, player, place).initial_seed())", SCHEMES[e.init]]
    if e.init != "pytorch":
        bias = ["nn.init.zeros_(layer.bias)"]
        lines += ["if layer.bias is not None:", *indented(bias)] if "bias=False" in networks else bias
    if e.norm_d == "spectral" and e.steps > 0:
        lines += ["if player == 1:", "    spectral_norm(layer)"]
    weighted = f"layers = [m for m in network.modules() if isinstance(m, {_kinds(WEIGHTED, networks)})]"
    lines = [weighted, "for place, layer in enumerate(layers):", *indented(lines)]
    norms = _kinds(NORMS, networks)
    if e.init == "dcgan" and norms:
        lines += [
            f"for place, norm in enumerate(m for m in network.modules() if isinstance(m, {norms})):",
            "    nn.init.normal_(norm.weight, 1.0, 0.02, generator=source(0, player + 2, place))",
        ]
    return [
        f"for player, network in enumerate([{', '.join(names)}]):  # first weights: each layer from its own source",
        *indented(lines),
    ]


def _kinds(kinds: tuple[str, ...], networks: str) -> str:
    used = [kind for kind in kinds if re.search(rf"{re.escape(kind)}\(", networks)]
    return f"({', '.join(used)})" if len(used) > 1 else "".join(used)


def _network(name: str, words: str, made: Block, forward: str, body: Block, above: Sequence[str] = ()) -> Block:
    return [
        f"class {name}(nn.Module):",
        f'    """{words}"""',
        "",
        "    def __init__(self):",
        "        super().__init__()",
        *indented(made, 2),
        "",
        *indented(above),
        f"    def forward(self, {forward}):",
        *indented(body, 2),
    ]


def _sequential(layers: list[list[str]]) -> Block:
    """A line for every layer with what follows it."""
    return ["self.layers = nn.Sequential(", *indented(filled(layers, WIDTH)), ")  # fmt: skip"]


# ---------------------------------------------------------------------------------------------- generator


def _generator(e: Experiment) -> Block:
    words = f"Noise (N, LATENT_DIM) to {points.noun(e)} {points.shape(e)}."
    if points.of_points(e):
        made, body = _sequential(_point_generator(e)), points.folded(e)
        if e.mistake == BUILT_IN:
            made = [*made, *(f"self.normalised = {layer}" for layer in _norm("batch", "2", e, images=False))]
    elif e.architecture == "mlp":
        made, body = _sequential(_mlp_generator(e)), ["return self.layers(z)"]
    elif "mlp" in e.architecture:
        made = _sequential(_plain_mlp_generator(e))
        body = ["return self.layers(z).view(-1, CHANNELS, IMAGE_SIZE, IMAGE_SIZE)"]
    elif e.architecture == "document-dcgan":
        made, body = _sequential(_document_generator(e)), ["return self.layers(z.view(-1, LATENT_DIM, 1, 1))"]
    elif e.architecture == "dcgan-light":
        cut = "[:, :, :IMAGE_SIZE, :IMAGE_SIZE]" if e.image_size % 2 else ""
        made, body = _sequential(_light_dcgan_generator(e)), [f"return self.layers(z){cut}"]
    else:
        first, quarter = _scaled(64, e), -(-e.image_size // 4)
        start = f"self.start = nn.Linear(LATENT_DIM, {first} * {quarter} * {quarter})  # a quarter of the size"
        made = [start, *_sequential(_dcgan_generator(e))]
        cut = "[:, :, :IMAGE_SIZE, :IMAGE_SIZE]" if e.image_size % 4 else ""
        maps = f"maps = self.start(z).view(-1, {quarter}, {quarter}, {first}).permute(0, 3, 1, 2)"
        body = [maps, f"return self.layers(maps){cut}"]
    if e.mistake == BUILT_IN:
        made = [mistake("BatchNorm is the last layer before the activation."), *made]
    return _network("Generator", words, made, "z", body, decorated(e))


def _mlp_generator(e: Experiment) -> list[list[str]]:
    layers, before = _fully_connected(e, (_scaled(64, e), _scaled(128, e)))
    sketch = -(-e.image_size // 2)
    return [
        *layers,
        [f"nn.Linear({before}, CHANNELS * {sketch} * {sketch})", f"nn.Unflatten(1, (CHANNELS, {sketch}, {sketch}))"],
        ['nn.Upsample(size=IMAGE_SIZE, mode="bilinear")', *_ending(e)],
    ]


def _plain_mlp_generator(e: Experiment) -> list[list[str]]:
    document = e.architecture == "document-mlp"
    units = (128, 256, 512, 1024) if document else (_scaled(128, e), _scaled(256, e))
    layers, before = _fully_connected(e, units, first_plain=document)
    return [*layers, [f"nn.Linear({before}, {PIXELS})", *_ending(e, PIXELS, images=False)]]


def _point_generator(e: Experiment) -> list[list[str]]:
    first, before = points.first_layer("LATENT_DIM", "FOURIER_G", e.fourier_g, 0)
    layers, before = _fully_connected(e, tuple(_scaled(units, e) for units in points.UNITS), before=before)
    return [*first, *layers, [f"nn.Linear({before}, 2)"]]


def _fully_connected(
    e: Experiment, units: tuple[int, ...], first_plain: bool = False, before: str = "LATENT_DIM"
) -> tuple[list[list[str]], str]:
    """Hidden layers after `before` numbers, and the units of the last one."""
    layers = []
    for number, after in enumerate(units):
        plain = (first_plain and number == 0) or e.norm_g == "instance"
        norm = [] if plain else _norm(e.norm_g, after, e, images=False)
        layers.append([f"nn.Linear({before}, {after})", *norm, HIDDEN[e.hidden_activation]])
        before = f"{after}"
    return layers, before


def _dcgan_generator(e: Experiment) -> list[list[str]]:
    first, second = _scaled(64, e), _scaled(32, e)
    return [
        [*_norm(e.norm_g, first, e), HIDDEN[e.hidden_activation]],
        [*_doubled(e, f"{first}", f"{second}"), *_norm(e.norm_g, second, e), HIDDEN[e.hidden_activation]],
        [*_doubled(e, f"{second}", "CHANNELS"), *_ending(e)],
    ]


def _light_dcgan_generator(e: Experiment) -> list[list[str]]:
    layers, before = _fully_connected(e, (_scaled(64, e), _scaled(128, e)))
    maps, half = _scaled(8, e), -(-e.image_size // 2)
    start = [f"nn.Linear({before}, {maps} * {half} * {half})", f"nn.Unflatten(1, ({maps}, {half}, {half}))"]
    return [
        *layers,
        [*start, *_norm(e.norm_g, maps, e), HIDDEN[e.hidden_activation]],
        [*_doubled(e, f"{maps}", "CHANNELS"), *_ending(e)],
    ]


def _document_generator(e: Experiment) -> list[list[str]]:
    layers, before = [], "LATENT_DIM"
    for after in (512, 256, 128):
        larger = f"nn.ConvTranspose2d({before}, {after}, 4, bias=False)"
        layer = [larger] if after == 512 else _doubled(e, before, f"{after}", bias=False)
        layers.append([*layer, *_norm(e.norm_g, after, e), HIDDEN[e.hidden_activation]])
        before = f"{after}"
    return [*layers, [*_doubled(e, before, "CHANNELS", bias=False), *_ending(e)]]


def _doubled(e: Experiment, before: str, after: str, bias: bool = True) -> list[str]:
    """Layers that double the resolution."""
    plain = "" if bias else ", bias=False"
    if e.upsample == "resize":
        return ["nn.Upsample(scale_factor=2)", f"nn.Conv2d({before}, {after}, 3, padding=1{plain})"]
    if e.upsample == "transpose4":
        return [f"nn.ConvTranspose2d({before}, {after}, 4, stride=2, padding=1{plain})"]
    return [f"nn.ConvTranspose2d({before}, {after}, 3, stride=2, padding=1, output_padding=1{plain})"]


# ------------------------------------------------------------------------------------------ discriminator


def _discriminator(e: Experiment) -> Block:
    each = "for every PACK of them" if e.pack > 1 else "each"
    what = "a score" if e.loss == "wasserstein" else "a logit"
    name = points.noun(e)
    words = f"{name.title()} {points.shape(e)} to {what} {each}: the higher, the more real."
    convolutions = "dcgan" in e.architecture
    if points.of_points(e):
        maps = [_scaled(count, e) for count in points.UNITS]
        before = "PACK * 2" if e.pack > 1 else "2"
        first, before = points.first_layer(before, "FOURIER_D", e.fourier_d, 1)
        layers = [*first, *_hidden_layers(e, "nn.Linear({}, {})", before, maps, images=False)]
        features = f"{maps[-1] + e.minibatch_std}"
    elif convolutions:
        small = {"dcgan-light": (16, 32), "dcgan": (32, 64)}
        maps = [_scaled(count, e) for count in small.get(e.architecture, ())] or [128, 256, 512]
        layers = _hidden_layers(e, "nn.Conv2d({}, {}, 4, stride=2, padding=1)", "CHANNELS", maps, images=True)
        features = f"{maps[-1] + e.minibatch_std} * (IMAGE_SIZE // {2 ** len(maps)}) ** 2"
    else:
        units = {"mlp": (64, 64), "mlp-plain": (256, 128), "document-mlp": (512, 256)}
        maps = [_scaled(count, e) for count in units[e.architecture]]
        layers = _hidden_layers(e, "nn.Linear({}, {})", "CHANNELS * IMAGE_SIZE**2", maps, images=False)
        features = f"{maps[-1] + e.minibatch_std}"
    logit = f"nn.Linear({features}, 1)"
    flat = _packed(e, convolutions)
    if not convolutions and not e.minibatch_std:
        return _network("Discriminator", words, _sequential([*layers, [logit]]), name, [f"return self.layers({flat})"])
    body = [f"features = self.layers({flat})"]
    if e.minibatch_std:
        rest = ", *features.shape[2:]" if convolutions else ""
        body += [
            f"spread = (features.var(dim=0, unbiased=False) + 1e-8).sqrt().mean()  # how different the {name} are",
            f"features = torch.cat([features, spread.expand(len(features), 1{rest})], dim=1)",
        ]
    body.append(f"return self.logit(features{'.permute(0, 2, 3, 1).flatten(1)' if convolutions else ''})")
    return _network("Discriminator", words, [*_sequential(layers), f"self.logit = {logit}"], name, body)


def _hidden_layers(e: Experiment, layer: str, before: str, units: list[int], *, images: bool) -> list[list[str]]:
    layers = []
    before = f"PACK * {before}" if e.pack > 1 and not points.of_points(e) else before
    for number, after in enumerate(units):
        norm = _norm(e.norm_d, after, e, images=images) if number > 0 else []
        dropout = ["Dropout()"] if e.dropout_d else []
        layers.append([layer.format(before, after), *norm, HIDDEN[e.hidden_activation], *dropout])
        before = f"{after}"
    return layers


def _packed(e: Experiment, convolutions: bool) -> str:
    """The images, or points, as the first layer takes them."""
    if points.of_points(e):
        return "points.reshape(-1, PACK * 2)" if e.pack > 1 else "points"
    if e.pack > 1:
        rest = "PACK * CHANNELS, IMAGE_SIZE, IMAGE_SIZE" if convolutions else "PACK * CHANNELS * IMAGE_SIZE**2"
        return f"images.reshape(-1, {rest})"
    return "images" if convolutions else "images.flatten(1)"


def _dropout(e: Experiment) -> Block:
    off = ["        if not self.training:", "            return x"] if e.mistake == "d_in_eval" else []
    return [
        "class Dropout(nn.Module):",
        '    """nn.Dropout with a source of random numbers of its own."""',
        "",
        "    def forward(self, x):",
        *off,
        "        return x * (torch.rand(x.shape, generator=chance, device=x.device) >= DROPOUT_D) / (1 - DROPOUT_D)",
    ]


# ---------------------------------------------------------------------------------------------------- both


def _scaled(units: int, e: Experiment) -> int:
    return max(1, round(units * e.width))


def _ending(e: Experiment, units: str = "CHANNELS", *, images: bool = True) -> list[str]:
    """The generator's last step."""
    normalised = _norm("batch", units, e, images=images) if e.mistake == BUILT_IN else []
    return [*normalised, *OUTPUT[e.output_activation]]


def _norm(norm: str, units: int | str, e: Experiment, *, images: bool = True) -> list[str]:
    if norm == "batch":
        eps = "" if e.bn_eps == 1e-5 else ", eps=BN_EPS"
        momentum = "" if e.bn_momentum == 0.1 else ", momentum=BN_MOMENTUM"
        return [f"nn.BatchNorm{2 if images else 1}d({units}{eps}{momentum})"]
    if norm == "layer":
        return [f"nn.GroupNorm(1, {units})" if images else f"nn.LayerNorm({units})"]
    return [f"nn.InstanceNorm2d({units}, affine=True)"] if norm == "instance" else []
