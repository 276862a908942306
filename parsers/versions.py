"""Which code reads a source: a name for it that changes when that code does."""

from __future__ import annotations

import hashlib
import importlib
import sys
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from importlib.abc import InspectLoader
from importlib.machinery import PathFinder, SourceFileLoader
from importlib.util import resolve_name
from inspect import getsourcefile
from opcode import opmap
from types import CodeType, ModuleType
from typing import Any

IMPORT, LOAD, EXTENDED = opmap["IMPORT_NAME"], opmap["LOAD_CONST"], opmap["EXTENDED_ARG"]
LOAD_SMALL = opmap.get("LOAD_SMALL_INT", -1)


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
    """A module's code in words, and the names of the modules that it imports, also from inside its functions."""
    module = sys.modules.get(name) or importlib.import_module(name)
    code = _code_of(module)
    return _in_words(code), tuple(_imported(code, module.__package__ or ""))


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


def _imported(code: CodeType, package: str) -> Iterator[str]:
    for level, name, listed in _imports(code):
        base = resolve_name("." * level + name, package) if level else name
        yield base
        place = getattr(sys.modules.get(base), "__path__", None)
        if place is not None:
            yield from (f"{base}.{each}" for each in listed if PathFinder.find_spec(f"{base}.{each}", place))


def _imports(code: CodeType) -> Iterator[tuple[int, str, Sequence[str]]]:
    """The level, the name and the list of each import: what the two loads before it put there (module `dis`)."""
    loaded: list[Any] = []
    argument, compiled = 0, code.co_code
    for at in range(0, len(compiled), 2) if IMPORT in compiled[::2] else ():
        operation, argument = compiled[at], argument << 8 | compiled[at + 1]
        if operation == EXTENDED:
            continue
        if operation == LOAD:
            loaded.append(code.co_consts[argument])
        elif operation == LOAD_SMALL:
            loaded.append(argument)
        elif operation == IMPORT:
            yield loaded[-2], code.co_names[argument], loaded[-1] or ()
        argument = 0
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _imports(constant)
