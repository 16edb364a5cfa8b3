"""One sound server for all tests here, and only here; it takes a second to start."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.pulse import Pulse, pulse


@pytest.fixture(scope="package")
def server() -> Iterator[Pulse]:
    with pulse() as running:
        yield running
