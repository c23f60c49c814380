"""course: eight lessons of five minutes, one after the other, between six questions and the same six again."""

from gan_core.live.registry import registry
from pages.parts import navigation
from pages.parts.classroom import course

navigation.require()
registry().warm()
course.page()
