"""A lesson: how a teacher makes one and a student follows it."""
