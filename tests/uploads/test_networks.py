"""Which networks are in checkpoints, however people lay them out and name them."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

import pytest
from bringing import pt
from saved_loops import Files, Loop, named
from torch import nn

from gan_core.uploads import examine_several
from gan_core.uploads.networks import role_of


def as_files(loop: Loop) -> Files:
    """As PyTorch's own example of a DCGAN saves them."""
    return [(f"netG_epoch_{loop.epoch}.pth", pt(loop.g.state_dict())), (f"netD_epoch_{loop.epoch}.pth",
             pt(loop.d.state_dict()))]  # fmt: skip


LAYOUTS: dict[str, Callable[[Loop], Files]] = {
    "a file for each": as_files,
    "with words around": lambda of: [(f"{of.epoch}.pt", pt({"generator_state_dict": of.g.state_dict(),
                                                             "discriminator_state_dict": of.d.state_dict()}))],
    "Lightning": lambda of: [(f"epoch={of.epoch}.ckpt", pt({
        "epoch": of.epoch, "state_dict": OrderedDict(
            [(f"generator.{name}", one) for name, one in of.g.state_dict().items()]
            + [(f"discriminator.{name}", one) for name, one in of.d.state_dict().items()]
        ), "optimizer_states": [of.of_g.state_dict(), of.of_d.state_dict()],
    }))],
    "DataParallel": lambda of: [(f"{of.epoch}.pt", pt({"G": nn.DataParallel(of.g).state_dict(),
                                                       "D": nn.DataParallel(of.d).state_dict()}))],
    "deeper": lambda of: [(f"{of.epoch}.pt", pt({"models": {"G": of.g.state_dict(), "D": of.d.state_dict()}}))],
    "pix2pix": lambda of: [(f"{of.epoch}_net_G.pth", pt(of.g.state_dict())),
                           (f"{of.epoch}_net_D.pth", pt(of.d.state_dict()))],
}  # fmt: skip


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_layout(layout: str) -> None:
    loop, several = Loop(), []
    for _ in range(2):
        several += LAYOUTS[layout](loop.train(detached=True))
    report = examine_several(several[::-1])  # in whatever order
    assert [one.network for one in report.weights] == ["G", "D"]
    assert named(report) == ["no-gradient-to-g"]
    assert report.weights[0].files == sorted(report.weights[0].files)


def test_order_is_by_the_steps_that_are_counted() -> None:
    """The last number counts, by which 10 comes after 9, and G stood still from 9 on."""
    loop, several = Loop(), []
    for epoch in (8, 9, 10):
        loop.train(detached=epoch == 10)
        several += [(f"netG_{epoch}.pth", pt(loop.g.state_dict())), (f"netD_{epoch}.pth", pt(loop.d.state_dict()))]
    report = examine_several(sorted(several))
    assert report.weights[0].files == ["netG_8.pth", "netG_9.pth", "netG_10.pth"]
    (finding,) = report.findings
    assert (finding.failure, finding.since_step) == ("no-gradient-to-g", 9)


def test_two_generators_are_told_apart() -> None:
    one, other, several = Loop(0), Loop(1), []
    for step in (1, 2):
        one.train()
        other.train(detached=True)
        for loop, letter in ((one, "A"), (other, "B")):
            several += [(f"{step}_net_G_{letter}.pth", pt(loop.g.state_dict())),
                        (f"{step}_net_D_{letter}.pth", pt(loop.d.state_dict()))]  # fmt: skip
    report = examine_several(several)
    assert [one.network for one in report.weights] == ["G (A)", "G (B)", "D (A)", "D (B)"]
    (finding,) = report.findings
    assert finding.failure == "no-gradient-to-g" and "Every weight of G (B)" in finding.why
    assert report.measurements["still_g_b"] == 1 and report.measurements["still_g_a"] == 0


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("netG_epoch_3", "g"), ("netD", "d"), ("generator_state_dict", "g"), ("D_state_dict", "d"), ("G_ema", ""),
        ("modelG", "g"), ("latest_net_D_A", "d"), ("gan_G_and_D", ""), ("dcgan", ""), ("optimizerG", ""),
        ("discriminator.pt", "d"), ("critic", "d"), ("netG_A2B", "g"), ("model", ""), ("gen_00010000", "g"),
    ],
)  # fmt: skip
def test_which_network_a_name_means(text: str, role: str) -> None:
    assert role_of(text) == role
