"""Runs as the pages see them: the registry, whose turn it is, and the worker processes. No torch."""
