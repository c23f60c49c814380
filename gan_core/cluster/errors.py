"""What goes wrong with a cluster."""

from __future__ import annotations


class ClusterError(ValueError):
    """Nothing can be trained there; one sentence with the remedy."""
