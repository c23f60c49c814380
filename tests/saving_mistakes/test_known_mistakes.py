"""The known mistakes: each shows its failure, and the fixes that are proposed mend it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from saving_mistakes.images import read

from gan_core.saving_mistakes.judge import judge
from gan_core.saving_mistakes.known_mistakes import KNOWN_MISTAKES, SYMPTOMS, KnownMistake
from gan_core.saving_mistakes.sample_tensors import TensorSample

ALL_MISTAKES = [
    pytest.param(mistake, id=name) for mistakes in KNOWN_MISTAKES.values() for name, mistake in mistakes.items()
]


@pytest.mark.parametrize("mistake", ALL_MISTAKES)
def test_each_mistake_shows_its_failure_and_the_fixes_mend_it(
    tensors: dict[str, TensorSample], mistake: KnownMistake
) -> None:
    tensor = tensors[mistake.source]
    image = tensor.values[mistake.image]
    judgement = judge(image, tensor.range_map, mistake.choices)
    assert [finding.failure for finding in judgement.findings][:1] == ([mistake.failure] if mistake.failure else [])
    for finding in judgement.findings:
        assert finding.evidence and finding.why
        assert set(finding.fix) <= judgement.marked
        for evidence in finding.evidence:
            below = evidence.value < evidence.threshold
            assert below if evidence.comparison == "<" else evidence.value > evidence.threshold
    if mistake.failure == "non-finite":
        assert judgement.right is None and not read(judgement.yours.file).any()  # black
        return
    fixes = {stage: way for finding in judgement.findings for stage, way in finding.fix.items()}
    mended = judge(image, tensor.range_map, replace(mistake.choices, **fixes))
    if not judgement.findings:
        assert mended.difference is not None and mended.difference.greatest <= 1
    elif mistake.choices.cast == "none":  # floats to TIFF, which keeps them: no failure once they are mapped
        assert mended.difference is not None and mended.difference.greatest <= 0.5
    else:
        assert mended.findings == []
        assert mended.difference is not None and mended.difference.greatest <= 1


def test_every_symptom_has_its_traps_in_few_words() -> None:
    assert list(KNOWN_MISTAKES) == list(SYMPTOMS)
    names = [name for mistakes in KNOWN_MISTAKES.values() for name in mistakes]
    assert len(set(names)) == len(names)
    for mistakes in KNOWN_MISTAKES.values():
        for mistake in mistakes.values():
            assert len(mistake.words.split()) <= 7
