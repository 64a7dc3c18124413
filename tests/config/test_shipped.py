"""The letters, rules and the example are found in a checkout and in an installed package."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from mailer import shipped
from mailer.errors import MailerError

ROOT = Path(__file__).parents[2]


def test_in_a_checkout() -> None:
    assert shipped.shipped() == ROOT
    assert list(shipped.shipped_templates().glob("*.txt"))
    assert list(shipped.shipped_rules().glob("*.toml"))


def test_a_wheel_carries_them(tmp_path: Path) -> None:
    pytest.importorskip("hatchling")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True, timeout=120)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "elsewhere")
    code = "from mailer.shipped import shipped; print(shipped())"
    found = subprocess.run(  # -I would drop PYTHONPATH; what counts is that the checkout is not on the path
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={"PYTHONPATH": str(tmp_path / "elsewhere")},
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    )
    folder = Path(found.stdout.strip())
    assert folder == tmp_path / "elsewhere" / "mailer" / "_shipped"
    for part in ("templates", "rules"):
        ours = {file.relative_to(ROOT) for file in (ROOT / part).rglob("*") if file.is_file() and file.name[0] != "."}
        theirs = {file.relative_to(folder) for file in (folder / part).rglob("*") if file.is_file()}
        assert ours == theirs
    assert (folder / "config.example.toml").read_bytes() == (ROOT / "config.example.toml").read_bytes()
    assert (next((tmp_path / "elsewhere").glob("*.dist-info")) / "licenses" / "LICENSE").stat().st_size > 30_000


def test_an_incomplete_installation_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shipped, "_PACKAGE", tmp_path / "mailer")
    with pytest.raises(MailerError, match="install it again"):
        shipped.shipped()
