"""The five sources whose advice is checked here, each by the question that it answers, in our own words."""

from __future__ import annotations

# By the number that begins a source's file.
DOCUMENTS = {
    "000": "Why does Pillow reject negative pixels?",
    "001": "What makes training end in blank images?",
    "002": "Is tanh to blame for grey untrained images?",
    "003": "Which steps does saving an image take?",
    "004": "How does a GAN learn to draw clothes?",
}


def cited(number: str) -> str:
    """A source in a sentence: its title, and its number behind it."""
    return f"“{DOCUMENTS[number]}” ({number})"
