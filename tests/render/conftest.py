"""What the tests of this stage share: the shipped letters, and whole mails compared with files.

``CONVENER_SNAPSHOTS=update pytest tests/render`` writes the files anew; read the difference before you commit it.
"""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from mailer.render.letters import Letters, read_letters, shipped_letters

SNAPSHOTS = Path(__file__).parent / "snapshots"


@pytest.fixture(scope="session")
def letters() -> Letters:
    read, problems = read_letters([shipped_letters()])
    assert not problems
    return read


@pytest.fixture
def snapshot() -> Callable[[str, bytes], None]:
    def compare(name: str, content: bytes) -> None:
        file = SNAPSHOTS / name
        if os.environ.get("CONVENER_SNAPSHOTS") == "update":
            file.write_bytes(content)
        assert content.decode() == file.read_bytes().decode()

    return compare
