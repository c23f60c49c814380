"""Checkpoints of real networks, trained by a plain loop that is healthy or has one fault, in every format.

How far weights moved is compared with what torch computes of the same networks.
"""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import safetensors.torch
import torch
from bringing import packed, picture, pt
from saved_loops import FORMATS, Loop, named, over_two_epochs
from torch import nn

from gan_core.files.errors import DataError
from gan_core.uploads import examine, examine_paths, examine_several

Files = list[tuple[str, bytes]]


def norm(tensors: list[torch.Tensor]) -> float:
    return float(torch.cat([tensor.double().flatten() for tensor in tensors]).norm())


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("convolutions", [False, True])
@pytest.mark.parametrize("optimiser", ["adam", "sgd"])
@pytest.mark.parametrize(
    ("faults", "expected"),
    [({}, []), ({"detached": True}, ["no-gradient-to-g"]), ({"frozen": True}, ["frozen-discriminator"])],
)
def test_a_loop_is_named_by_what_moved(
    seed: int, convolutions: bool, optimiser: str, faults: dict[str, bool], expected: list[str]
) -> None:
    report = examine_several(over_two_epochs(Loop(seed, convolutions, optimiser), **faults))
    assert named(report) == expected
    assert report.seems.kind == "weights" and report.seems.steps == (1, 2)
    assert {"no-gradient-to-g", "frozen-discriminator", "batchnorm-mismatch"} <= set(report.looked_for)


def test_how_far_each_weight_moved_is_what_torch_computes() -> None:
    loop = Loop().train()
    first, before = loop.saved(), deepcopy(loop.g)
    second = loop.train().saved()
    report = examine_several([first, second])
    then, now = list(before.parameters()), list(loop.g.parameters())
    apart = norm([b.detach() - a.detach() for a, b in zip(then, now, strict=True)])
    assert report.measurements["moved_g"] == pytest.approx(apart / norm([one.detach() for one in then]), rel=1e-6)
    (of_g, _) = report.weights
    each = {one.name: one.relative for one in of_g.changes}
    for name, weight in loop.g.named_parameters():
        then_ = before.get_parameter(name).detach()
        if then_.any():
            assert each[name] == pytest.approx(norm([weight.detach() - then_]) / norm([then_]), rel=1e-6)
    assert set(each) == set(loop.g.state_dict())
    assert [one.name for one in of_g.changes if not one.trained] == [
        "1.running_mean", "1.running_var", "1.num_batches_tracked"
    ]  # fmt: skip


def test_statistics_that_moved_while_the_weights_did_not_are_told() -> None:
    loop = Loop()
    report = examine_several(over_two_epochs(loop, detached=True))
    assert "BatchNorm's running statistics of G moved all the same: it ran in train mode." in report.untold
    assert (report.measurements["still_g"], report.measurements["statistics_still_g"]) == (1, 0)


def test_states_of_spectral_normalisation_are_no_weights() -> None:
    """They move while D is frozen."""
    loop = Loop()
    state = loop.train(frozen=True).saved()
    report = examine_several([state, loop.train(frozen=True).saved()])
    assert named(report) == ["frozen-discriminator"]
    untrained = {one.name for one in report.weights[1].changes if not one.trained and not one.equal}
    assert "0.weight_u" in untrained


@pytest.mark.parametrize("how", FORMATS)
@pytest.mark.parametrize("ending", [".pt", ".pth", ".ckpt", ".bin", ""])
def test_every_format_and_ending(how: str, ending: str) -> None:
    loop = Loop()
    several = [(name.replace(".pt", ending), content) for name, content in (
        loop.train(detached=True).saved(**FORMATS[how]), loop.train(detached=True).saved(**FORMATS[how])
    )]  # fmt: skip
    assert named(examine_several(several)) == ["no-gradient-to-g"]


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float16, torch.float64])
def test_safetensors(dtype: torch.dtype) -> None:
    loop, several = Loop(), []
    for _ in range(2):
        loop.train(detached=True)
        state = {f"generator.{name}": tensor for name, tensor in loop.g.state_dict().items()}
        state |= {f"discriminator.{name}": tensor for name, tensor in loop.d.state_dict().items()}
        state = {name: tensor.to(dtype) if tensor.is_floating_point() else tensor for name, tensor in state.items()}
        several.append((f"step-{loop.epoch}.safetensors", safetensors.torch.save(state)))
    assert named(examine_several(several)) == ["no-gradient-to-g"]


# ------------------------------------------------------------------------------------------ what cannot be told


def test_generators_alone_need_steps_or_statistics_that_moved() -> None:
    loop = Loop().train()
    first = pt(loop.g.state_dict())
    still = [("netG_1.pth", first), ("netG_2.pth", first)]
    assert named(examine_several(still)) == ["no-gradient-to-g"]  # the names count steps
    copies = examine_several([("netG_best.pth", first), ("netG_final.pth", first)])
    assert named(copies) == [] and "no-gradient-to-g" not in copies.looked_for
    assert any("copies of one moment" in sentence for sentence in copies.untold)
    loop.train(detached=True)
    moved = examine_several([("netG_best.pth", first), ("netG_final.pth", pt(loop.g.state_dict()))])
    assert named(moved) == ["no-gradient-to-g"]


def test_copies_of_both_networks_accuse_nobody() -> None:
    name, content = Loop().train().saved()
    report = examine_several([(name, content), (f"copy of {name}", content)])
    assert named(report) == []
    assert not {"no-gradient-to-g", "frozen-discriminator"} & set(report.looked_for)


def test_one_checkpoint_says_what_a_second_is_needed_for() -> None:
    report = examine(*Loop().train().saved())
    assert named(report) == []
    needed = {one.failure: one.needed for one in report.not_judged}
    assert needed["no-gradient-to-g"] == "a second checkpoint of G, of a later step"
    assert needed["frozen-discriminator"] == "a second checkpoint of D, of a later step"
    assert report.looked_for == ["non-finite", "batchnorm-mismatch", "zero-layer"]


def test_a_network_that_no_name_tells_is_not_accused() -> None:
    loop = Loop().train()
    first = pt(loop.g.state_dict())
    loop.train(detached=True)
    report = examine_several([("a1.pt", first), ("a2.pt", pt(loop.g.state_dict()))])
    assert named(report) == []
    assert {one.needed for one in report.not_judged if one.failure == "no-gradient-to-g"} == {
        "to know which network it is: call its file or key netG"
    }
    assert any("0 of 6 weights moved" in sentence for sentence in report.untold)


def test_networks_of_different_shapes_are_not_compared() -> None:
    report = examine_several([
        ("netG_1.pth", pt(Loop().g.state_dict())), ("netG_2.pth", pt(Loop(convolutions=True).g.state_dict()))
    ])  # fmt: skip
    assert any("bring two checkpoints of one network" in sentence for sentence in report.untold)


def test_a_part_that_stands_still_is_told_and_not_accused() -> None:
    loop = Loop()
    loop.of_g = torch.optim.Adam([*loop.g[3].parameters()], 1e-3)
    report = examine_several(over_two_epochs(loop))
    assert named(report) == []
    assert any("Exactly as before are 0.weight, 0.bias, 1.weight, 1.bias" in sentence for sentence in report.untold)


# ------------------------------------------------------------------------------------------ other faults


def test_batchnorm_that_trains_in_eval_mode_is_named() -> None:
    loop = Loop().train()
    first = loop.saved()
    loop.d.eval()
    report = examine_several([first, loop.train().saved()])
    (finding,) = report.findings
    assert finding.failure == "batchnorm-mismatch" and finding.why.startswith("D has BatchNorm")
    assert [one.measurement for one in finding.evidence] == ["still_d", "statistics_still_d"]


def test_statistics_at_0_and_1_show_in_one_checkpoint_but_not_before_the_first_step() -> None:
    loop = Loop()
    assert named(examine(*loop.saved())) == []  # of epoch 0
    loop.g.eval()
    (finding,) = examine(*loop.train().saved()).findings
    assert finding.failure == "batchnorm-mismatch" and finding.why.startswith("G has BatchNorm")


def test_nan_in_one_network() -> None:
    loop = Loop().train()
    with torch.no_grad():
        loop.g[0].weight[0, 0] = float("nan")
    (finding,) = examine(*loop.saved()).findings
    assert finding.failure == "non-finite" and "of G are NaN" in finding.why
    (evidence,) = finding.evidence
    values = sum(tensor.numel() for tensor in loop.g.state_dict().values())
    assert evidence.measurement == "broken_g" and evidence.value == pytest.approx(1 / values)


def test_a_layer_of_zeros_is_named_and_the_code_that_is_shown_mends_it() -> None:
    loop = Loop().train()
    nn.init.zeros_(loop.g[3].weight)
    (finding,) = examine(*loop.saved()).findings
    assert finding.failure == "zero-layer" and "They are 3.weight." in finding.why
    names: dict[str, Any] = {}
    exec(finding.code, names)
    before = loop.g[0].weight.clone()
    names["drawn_anew"](loop.g)
    assert float(loop.g[3].weight.detach().std()) == pytest.approx(0.02, rel=0.2)
    assert torch.equal(before, loop.g[0].weight)


def test_the_code_that_is_shown_for_g_trains_it() -> None:
    loop = Loop()
    (finding,) = examine_several(over_two_epochs(loop, detached=True)).findings
    names: dict[str, Any] = {}
    exec(finding.code, names)
    before = loop.g[0].weight.clone()
    names["step_g"](loop.g, loop.d, loop.of_g, lambda answers: -answers.mean(), torch.randn(8, 8))
    assert not torch.equal(before, loop.g[0].weight)


# ------------------------------------------------------------------------------------------ with other things


def test_a_log_and_pictures_beside_weights() -> None:
    state = {"netG": Loop().g.state_dict(), "d_losses": [0.6] * 30, "g_losses": [0.8] * 30}
    log = examine("a.pt", pt(state))
    assert log.seems.kind == "log" and any("weights in it were left aside" in words for words in log.untold)
    both = examine_several([("a_1.pt", pt(state)), ("a_2.pt", pt(state))])
    assert both.seems.kind == "weights" and any("losses beside the weights" in words for words in both.untold)
    pixels = (torch.rand(40, 40) * 255).byte().numpy()
    several = examine_several([("a.png", picture(pixels)), ("netG.pt", pt(Loop().g.state_dict()))])
    assert several.seems.kind == "pictures" and any("weights in 1 files" in words for words in several.untold)


def test_a_zip_of_checkpoints_and_paths(tmp_path: Path) -> None:
    files = over_two_epochs(Loop(), detached=True)
    assert named(examine("run.zip", packed(dict(files)))) == ["no-gradient-to-g"]
    for name, content in files:
        (tmp_path / name).write_bytes(content)
    assert named(examine_paths([tmp_path / name for name, _ in files])) == ["no-gradient-to-g"]
    with pytest.raises(DataError, match="name files alone, or one folder"):
        examine_paths([tmp_path, tmp_path / files[0][0]])
