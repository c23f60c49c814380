from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

import pytest

from gan_core.classroom.lan_address import here_only, in_network, problem


@pytest.mark.parametrize(
    "url",
    ["http://localhost:8501/train", "http://127.0.0.1:8501/train", "http://[::1]:80/train", "http://a.localhost/train"],
)
def test_addresses_that_lead_each_device_to_itself(url: str) -> None:
    assert here_only(url)


@pytest.mark.parametrize(
    "url", ["http://192.168.1.20:8501/train", "https://gan.example.org/train", "", "http://local/"]
)
def test_addresses_that_do_not(url: str) -> None:
    assert not here_only(url)


def test_this_machine_by_its_number() -> None:
    url = in_network("http://localhost:8501/school/train")
    parts = urlsplit(url)
    assert (parts.scheme, parts.path, parts.port) == ("http", "/school/train", 8501)
    if url != "http://localhost:8501/school/train":  # a machine without any network has no number
        ipaddress.ip_address(parts.hostname)
        assert not here_only(url)


def test_what_a_class_can_open() -> None:
    for url in ("http://192.168.1.20:8501/train", "https://gan.example.org/train", "http://[fe80::1]/train"):
        assert problem(url) == ""
    for url in ("", "train", "ftp://x/train", "http://", "http://x/train?a=b", "http://x/#a", "http://x:99999/", "http://[x/",
                "http://x y/", "javascript:alert(1)"):  # fmt: skip
        assert "http" in problem(url)
