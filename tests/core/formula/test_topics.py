"""The table of functions by module names what the modules enter, no more and no less."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from sheetcrm.core.formula import functions
from sheetcrm.core.formula.registry import _ENTRIES, find, names
from sheetcrm.core.formula.topics import HOMES


def test_every_module_enters_the_functions_that_are_listed_for_it():
    modules = {module.name for module in iter_modules(functions.__path__)}
    for module in modules:
        import_module(f"{functions.__name__}.{module}")
    assert modules == set(HOMES.values())
    assert {name: entry.module for name, entry in _ENTRIES.items()} == HOMES


def test_every_function_is_found_by_its_name():
    assert [entry.name for name in names() if (entry := find(name))] == names()
    assert find("NOSUCHFUNCTION") is None
