from __future__ import annotations

import re

import pytest

from sheetcrm.config import load
from sheetcrm.errors import ConfigError

SOURCE = '[[source]]\nname = "s"\nexcel = "leads.xlsx"\n'
STAGE = "[[stage]]\nname = 'Contact'\n"


def beside(text):
    """A source, and a stage where the text has none of its own and writes none."""
    own = re.search(r"^(\[+stage\b|stage = [1\[]|# no stages)", text, re.MULTILINE)
    return SOURCE if own else SOURCE + STAGE


@pytest.fixture
def write(tmp_path):
    """Write files under config/; a text alone is config/x.toml beside a source of its own."""

    def write(files):
        given = {"a.toml": beside(files), "x.toml": files} if isinstance(files, str) else files
        (tmp_path / "config").mkdir(exist_ok=True)
        for name, text in given.items():
            data = text if isinstance(text, bytes) else text.encode()
            (tmp_path / "config" / name).write_bytes(data)
        return tmp_path

    return write


@pytest.fixture
def loaded(write):
    """The config of these files."""
    return lambda files, **environ: load(write(files), environ=environ)


@pytest.fixture
def faults(write):
    """The faults of these files as they are shown."""

    def faults(files, **environ):
        with pytest.raises(ConfigError) as caught:
            load(write(files), environ=environ)
        return [str(fault) for fault in caught.value.faults]

    return faults
