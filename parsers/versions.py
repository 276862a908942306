"""Which code reads a source: a name for it that changes when that code does."""

from __future__ import annotations

import hashlib
import importlib
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.abc import InspectLoader
from importlib.machinery import SourceFileLoader
from inspect import getsourcefile
from types import CodeType, ModuleType


@cache
def version_of(modules: tuple[str, ...], facts: str) -> str:
    """Twelve hex digits for these modules, what they import from their own rooms, and facts stated elsewhere.

    They change with the code, its strings and its constants; comments and layout are not part of it. Another version
    of Python compiles otherwise, so it has other digits.
    """
    waiting = list(modules)
    rooms = ("parsers.", *(f"{module.partition('.')[0]}." for module in modules))
    codes: dict[str, str] = {}
    while waiting:
        name = waiting.pop()
        if name not in codes and (name.startswith(rooms) or name == "archive.records" or name in modules):
            codes[name], imported = _read(name)
            waiting.extend(imported)
    digest = hashlib.sha256("".join([*(codes[name] for name in sorted(codes)), facts]).encode())
    return digest.hexdigest()[:12]


@cache
def _read(name: str) -> tuple[str, tuple[str, ...]]:
    """A module's code in words, and the modules in packages that it imports: only their names have a dot in them."""
    code = _code_of(sys.modules.get(name) or importlib.import_module(name))
    return _in_words(code), tuple(each for each in _names(code) if "." in each)


def _code_of(module: ModuleType) -> CodeType:
    """The compiled module, from Python's own cache where that is younger than the source."""
    name, loader = module.__name__, module.__loader__
    if not isinstance(loader, InspectLoader):
        loader = SourceFileLoader(name, getsourcefile(module) or "")
    code = loader.get_code(name)
    if not isinstance(code, CodeType):
        raise ImportError(f"{name}: has no code, expected a module of Python")
    return code


def _in_words(value: object) -> str:
    """All of a code object or a constant that says what is done, in an order that is the same in every process."""
    if isinstance(value, CodeType):
        return _in_words((value.co_code, value.co_exceptiontable, value.co_flags, *_signature(value), value.co_consts))
    if isinstance(value, tuple):
        return f"({','.join(map(_in_words, value))})"
    if isinstance(value, frozenset):
        return f"{{{','.join(sorted(map(_in_words, value)))}}}"
    return repr(value)


def _signature(code: CodeType) -> Iterable[object]:
    names = (code.co_names, code.co_varnames, code.co_freevars, code.co_cellvars)
    return (code.co_name, code.co_argcount, code.co_posonlyargcount, code.co_kwonlyargcount, *names)


def _names(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _names(constant)
