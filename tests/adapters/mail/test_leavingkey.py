from __future__ import annotations

import os
import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from sheetcrm.adapters.mail.leavingkey import leaving_key
from sheetcrm.errors import UsageError


def test_it_is_made_once_and_only_its_owner_may_read_it(tmp_path):
    path = tmp_path / "var" / "unsubscribe.key"
    key = leaving_key(path, make=True)
    assert re.fullmatch(r"[0-9a-f]{64}", key)
    assert leaving_key(path, make=True) == leaving_key(path, make=False) == key
    assert [file.name for file in path.parent.iterdir()] == [path.name]
    if os.name == "posix":
        assert path.stat().st_mode & 0o777 == 0o600


def test_several_who_make_it_at_once_have_the_same(tmp_path):
    path = tmp_path / "unsubscribe.key"
    with ThreadPoolExecutor(8) as pool:
        keys = list(pool.map(lambda _: leaving_key(path, make=True), range(16)))
    assert len(set(keys)) == 1


def test_a_look_makes_nothing(tmp_path):
    path = tmp_path / "unsubscribe.key"
    assert leaving_key(path, make=False) != leaving_key(path, make=False)
    assert not path.exists()


@pytest.mark.parametrize("contents", [b"", b"\n", b"\xff\xfe"])
def test_a_file_that_is_no_key_is_never_replaced(tmp_path, contents):
    path = tmp_path / "unsubscribe.key"
    path.write_bytes(contents)
    with pytest.raises(UsageError, match=r"unsubscribe\.key"):
        leaving_key(path, make=True)
    assert path.read_bytes() == contents
