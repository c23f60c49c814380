"""Workers, spoken to through their pipes as the server does."""

from __future__ import annotations

import pytest
from live_runs import Client


@pytest.fixture(scope="package")
def shared():
    """One worker for all tests that leave it in order."""
    client = Client()
    yield client
    client.close()


@pytest.fixture
def client():
    client = Client()
    yield client
    client.close()
