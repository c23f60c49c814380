"""The lesson that Home offers: kept in a file, read again after a restart."""

from __future__ import annotations

from pathlib import Path

import pytest

from gan_core.classroom import default_lesson
from gan_core.classroom.course import COURSE
from gan_core.classroom.default_lesson import FILE, DefaultLesson, DefaultLessonError
from gan_core.files.atomic_write import NotWritten


@pytest.mark.parametrize("kept", [DefaultLesson(None), DefaultLesson(COURSE[3].lesson)], ids=["course", "lesson"])
def test_what_is_set_is_read_again(tmp_path: Path, kept: DefaultLesson) -> None:
    home = tmp_path / "not yet there"
    assert default_lesson.read(home) is None
    default_lesson.write(home, kept)
    assert default_lesson.read(home) == kept
    default_lesson.write(home, None)
    assert default_lesson.read(home) is None
    default_lesson.write(home, None)


@pytest.mark.parametrize("text", ["", "[1]", '"no course"', "3", '{"lesson": "1"}', "\x00", "{" * 5000])
def test_a_spoilt_file_is_told_in_a_sentence(tmp_path: Path, text: str) -> None:
    (tmp_path / FILE).write_text(text)
    with pytest.raises(DefaultLessonError, match="holds no lesson that can be used"):
        default_lesson.read(tmp_path)


def test_where_nothing_can_be_written_it_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(NotWritten):
        default_lesson.write(tmp_path / "file", DefaultLesson(None))
