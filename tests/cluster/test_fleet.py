"""Which folders are workspaces, and what they are called."""

from __future__ import annotations

import pytest

from sheetcrm.cluster.fleet import fleet, signature
from sheetcrm.errors import UsageError


@pytest.fixture
def srv(tmp_path):
    for name in ("acme/clients/solar", "acme/clients/tanah", "toko/clients/kopi", "casa"):
        config = tmp_path / name / "config"
        config.mkdir(parents=True)
        (config / "sheetcrm.toml").write_text("")
    (tmp_path / "notes").mkdir()
    return tmp_path


def test_the_folders_in_a_folder(srv):
    found = fleet(str(srv))
    assert found.workspaces() == {"casa": srv / "casa"}
    assert found.root("casa") == srv / "casa"


def test_a_pattern(srv):
    found = fleet(f"{srv}/*/clients/*").workspaces()
    assert list(found) == ["acme/clients/solar", "acme/clients/tanah", "toko/clients/kopi"]
    assert list(fleet(f"{srv}/acme/clients/s*").workspaces()) == ["solar"]


def test_a_single_workspace(srv):
    assert fleet(str(srv / "casa")).workspaces() == {"casa": srv / "casa"}


def test_no_such_folder(srv):
    with pytest.raises(UsageError) as caught:
        fleet(f"{srv}/nowhere/*")
    assert caught.value.hint


def test_a_signature_changes_with_what_the_files_say_and_not_with_their_dates(srv):
    casa = srv / "casa"
    before = signature(casa)
    (casa / "config" / "sheetcrm.toml").touch()
    assert signature(casa) == before
    (casa / "config" / "more.toml").write_text("")
    assert signature(casa) != before
