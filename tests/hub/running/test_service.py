"""Units that systemd itself accepts."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from miseban.hub.running.service import VIDEO, Service, install, needed_first, program
from miseban.vocabulary.errors import BadInput, Failed


def service(tmp_path: Path, *arguments: str) -> Service:
    return Service("hub", arguments, "root", tmp_path / "a shop's data")


def test_the_unit_is_written_and_names_what_it_was_given(tmp_path: Path) -> None:
    path = install(
        service(tmp_path, "/srv/my shop/100%.toml", "--settings", "/etc/hub.toml"), tmp_path
    )
    text = path.read_text("utf-8")
    assert path.name == "miseban-hub.service"
    assert f'{program()} hub "/srv/my shop/100%%.toml" --settings /etc/hub.toml' in text
    assert f'ReadWritePaths="{tmp_path}/a shop\'s data"' in text
    assert "Restart=always" in text


def test_cameras_may_read_usb_and_a_hub_need_not(tmp_path: Path) -> None:
    for part, may in (("run", True), ("camera", True), ("hub", False)):
        text = Service(part, (), "root", tmp_path).unit(program())  # type: ignore[arg-type]
        assert (f"SupplementaryGroups={VIDEO}\n" in text) is may


def test_what_is_missing_is_told_before_a_start_fails(tmp_path: Path) -> None:
    assert needed_first("root", tmp_path) == []
    user, folder = needed_first("no-such-one", tmp_path / "a b")
    assert user.startswith("useradd --system")
    assert user.endswith("no-such-one")
    assert folder == f'install -d -m 700 -o no-such-one "{tmp_path}/a b"'


def test_systemd_finds_nothing_wrong_with_it(tmp_path: Path) -> None:
    judge = shutil.which("systemd-analyze")
    if judge is None:
        pytest.skip("systemd-analyze is not installed")
    (tmp_path / "a shop's data").mkdir()
    path = install(service(tmp_path, '/srv/it\'s a "shop"/a$b.toml'), tmp_path)
    done = subprocess.run(
        [judge, "verify", "--man=no", str(path)], capture_output=True, text=True, timeout=60
    )
    about_it = [line for line in done.stderr.splitlines() if path.name in line]
    assert about_it == []


@pytest.mark.parametrize("user", ["", "a b", "root\nExecStart=/bin/sh", "-x", "ü"])
def test_a_user_that_no_unit_can_name_is_refused(tmp_path: Path, user: str) -> None:
    with pytest.raises(BadInput, match="--user"):
        install(Service("hub", (), user, tmp_path), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_line_break_cannot_bring_a_setting_in(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="line breaks"):
        install(service(tmp_path, "x\nExecStart=/bin/sh"), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(Failed, match="cannot be written"):
        install(service(tmp_path, "shop.toml"), tmp_path / "none")
