"""The one loop that trains, against a Trainer stepped by hand."""

from __future__ import annotations

from tiny import state_of, tiny, tiny_images, trainer

from gan_core.diagnosis.row import Row
from gan_core.engine.drive import drive, take_step
from gan_core.engine.trainer import Trainer

# What nothing bounds, so that it breaks within a few steps.
WILD = {"optimiser": "sgd", "beta1": 0.9, "lr_d": 1.0, "lr_g": 1.0, "penalty": "gradient_penalty"}


def test_rows_come_at_the_first_every_due_and_the_last_step_and_training_is_that_of_steps_by_hand() -> None:
    driven, by_hand = trainer(steps=7, measure_every=3), trainer(steps=7, measure_every=3)
    moments = list(drive(driven))
    assert [moment.step for moment in moments] == list(range(8))
    assert [moment.row.step for moment in moments if moment.row is not None] == [0, 3, 6, 7]
    assert all(moment.broken is None for moment in moments)
    measured = {0: by_hand.measure()}
    for step in range(1, 8):
        by_hand.train_step()
        measured[step] = by_hand.measure()
    for moment in moments:
        assert moment.row is None or moment.row == Row(moment.step, measured[moment.step])
    assert state_of(driven) == state_of(by_hand)


def test_a_run_that_goes_on_begins_with_the_row_of_where_it_stands() -> None:
    made = trainer(steps=6, measure_every=2)
    made.train_step()
    made.train_step()
    assert [moment.row.step for moment in drive(made) if moment.row is not None] == [2, 4, 6]


def test_a_run_without_steps_is_one_moment() -> None:
    (moment,) = drive(trainer(steps=0))
    assert moment.row is not None and moment.row.step == moment.step == 0


def test_the_step_that_breaks_the_run_is_the_last_and_its_row_says_so() -> None:
    e = tiny(steps=50, measure_every=50, **WILD)
    *before, last = drive(Trainer(e, tiny_images(e.image_size)))
    assert last.broken is not None and last.broken.step == last.step < 50
    assert last.row is not None and last.row.step == last.step and last.row.measurements["finite"] == 0
    assert all(moment.broken is None for moment in before)
    assert [moment.row.step for moment in before if moment.row is not None] == [0]


def test_a_step_of_one_player_moves_that_network_alone() -> None:
    made = trainer(measure_every=1)
    before = state_of(made)
    moment = take_step(made, "d")
    assert moment.row is not None and moment.row.step == moment.step == 1 and moment.seconds > 0
    moved = {name for name, content in state_of(made).items() if content != before[name]}
    assert any(name.startswith("d.") for name in moved)
    weights = {name for name in moved if name.startswith("g.") and not any(w in name for w in ("running", "tracked"))}
    assert not weights
