"""What is of its own in the script of a run on points: the data, the two networks, the picture of the plane."""

from __future__ import annotations

from gan_core.outputs.colours import GENERATED, REAL
from gan_core.outputs.plane_picture import SIZE
from gan_core.outputs.script.text import Block, indented
from gan_core.settings.compatibility import matters, usual
from gan_core.settings.experiment import Experiment
from gan_core.settings.mistakes import BUILT_IN
from gan_core.settings.points import LIMIT, POINT_SETS

OUTPUT = {
    "tanh": "torch.tanh({})", "sigmoid": "torch.sigmoid({})", "linear": "{}", "relu": "torch.relu({})",
    "hardtanh": "nn.functional.hardtanh({})",
}  # fmt: skip
UNITS = (64, 64, 64)
SHOWN = 400  # points


def of_points(e: Experiment) -> bool:
    """Whether the experiment is on points."""
    return e.dataset in POINT_SETS


def of_numbers(e: Experiment) -> bool:
    """Whether it is the Dirac-GAN."""
    return e.dataset == "dirac"


def noun(e: Experiment) -> str:
    """What the generator makes, in words and as the name of a variable."""
    return "numbers" if of_numbers(e) else "points" if of_points(e) else "images"


def shape(e: Experiment) -> str:
    """The shape of the data, in words."""
    if of_points(e):
        return "(N, 1)" if of_numbers(e) else "(N, 2)"
    return "(N, CHANNELS, IMAGE_SIZE, IMAGE_SIZE)"


def plain(e: Experiment) -> Experiment:
    """The experiment without what a Dirac-GAN has no use for, so that no line is spent on it."""
    if not of_numbers(e):
        return e
    given = e.model_dump()
    return e.replace(**{name: value for name, value in usual(given).items() if not matters(name, given)})


def read() -> Block:
    """The data."""
    return ['points = torch.from_numpy(np.load("points.npy"))']


def waves() -> Block:
    """The class of the Fourier features."""
    return [
        "class Waves(nn.Module):",
        '    """Fourier features: besides the numbers, sines and cosines of random mixtures of them (Tancik 2020)."""',
        "",
        "    def __init__(self, inputs, count, player):",
        "        super().__init__()",
        "        drawn = torch.randn(inputs, count, generator=source(8, player))",
        '        self.register_buffer("frequencies", drawn * (2 * np.pi * FOURIER_SCALE))',
        "",
        "    def forward(self, x):",
        "        phases = x @ self.frequencies",
        "        return torch.cat([x, phases.sin(), phases.cos()], dim=1)",
    ]


def first_layer(before: str, name: str, count: int, player: int) -> tuple[list[list[str]], str]:
    """The Fourier features before a network's first layer, and how many numbers that layer gets."""
    if not count:
        return [], before
    return [[f"Waves({before}, {name}, {player})"]], f"{before} + 2 * {name}"


def folded(e: Experiment) -> Block:
    """What the generator returns."""
    made = "self.layers(z)"
    if e.skip:
        straight = "SKIP * z[:, :2]" if e.latent_dim > 1 else "pad(SKIP * z, (0, 1))"
        made = f"{made} + {straight}"
    if e.mistake == BUILT_IN:
        made = f"self.normalised({made})"
    return [f"return {OUTPUT[e.output_activation].format(made)}"]


def begun_small() -> Block:
    """The first weights of the generator's last layer."""
    return [
        "with torch.no_grad():",
        "    for weight in generator.layers[-1].parameters():",
        "        weight.mul_(0.1)  # at first the noise goes straight through",
    ]


def numbers() -> list[Block]:
    """The networks of the Dirac-GAN."""
    return [
        [
            "class Generator(nn.Module):",
            '    """Any noise to the one number theta (Mescheder 2018, definition 2.1)."""',
            "",
            "    def __init__(self):",
            "        super().__init__()",
            "        self.theta = nn.Parameter(torch.ones(()))",
            "",
            "    def forward(self, z):",
            "        return self.theta * torch.ones(len(z), 1, device=z.device)",
        ],
        [
            "class Discriminator(nn.Module):",
            '    """Numbers (N, 1) to logits: the slope psi times each."""',
            "",
            "    def __init__(self):",
            "        super().__init__()",
            "        self.psi = nn.Parameter(torch.ones(()))",
            "",
            "    def forward(self, numbers):",
            "        return self.psi * numbers",
        ],
    ]


def saved(e: Experiment, network: str, modes: Block, made: str) -> Block:
    """The generated points in numbers, and as a picture of the plane."""
    floats = ".float()" if e.precision == "bfloat16" else ""
    cpu = "" if e.device == "cpu" else ".cpu()"
    return [
        f"# The points in numbers, and as a picture of the plane from -{LIMIT} to {LIMIT}: real ones below.",
        *modes,
        f"made = {network}({made}).detach(){floats}{cpu}.numpy()",
        'np.save("generated.npy", made)',
        f'picture = Image.new("RGB", ({SIZE}, {SIZE}), "white")',
        "pen = ImageDraw.Draw(picture)",
        f'for shown, colour in ((points[:{SHOWN}].numpy(), "{REAL}"), (made, "{GENERATED}")):',
        *indented([
            f"for x, y in (shown[np.isfinite(shown).all(axis=1)] * (1, -1) / {2 * LIMIT} + 0.5).clip(-1, 2) * {SIZE}:",
            "    pen.ellipse((x - 2, y - 2, x + 2, y + 2), fill=colour)",
        ]),
        'picture.save("generated.png")',
    ]  # fmt: skip
