"""The words that a source's parser looks for: those of its own code and facts, and of the families it builds on."""

from __future__ import annotations

import ast
import importlib
import inspect
import re
import sys
from collections.abc import Iterator
from functools import cache

from parsers.source import Source

FURTHER = frozenset(f"parsers.{name}" for name in "levels threat states regions blocked police_references".split())
"""Modules beside the families whose words decide what a record says."""
ESCAPED = re.compile(r"\\.")
WORD = re.compile(r"[^\W\d_]+")


def vocabulary(source: Source) -> frozenset[str]:
    """The words in small letters that stand in patterns and other strings of the parser's code."""
    waiting = [cls.__module__ for cls in type(source).__mro__ if issubclass(cls, Source)]
    met: set[str] = set()
    found: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name in met:
            continue
        met.add(name)
        words, imported = _words_of(name)
        found |= words
        waiting += [each for each in imported if each.startswith("parsers.families.") or each in FURTHER]
    facts = " ".join((*source.levels, *source.corrections, *source.corrections.values()))
    return frozenset(found | {word.casefold() for word in WORD.findall(facts)})


@cache
def _words_of(module: str) -> tuple[frozenset[str], tuple[str, ...]]:
    """The words of a module's strings, and what it imports."""
    tree = ast.parse(inspect.getsource(sys.modules.get(module) or importlib.import_module(module)))
    words = {word.casefold() for text in _strings(tree) for word in WORD.findall(ESCAPED.sub(" ", text))}
    imported = [node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module]
    return frozenset(words), tuple(imported)


def _strings(tree: ast.Module) -> Iterator[str]:
    """The strings of a module but what documents it and what its errors say."""
    silent = {
        id(each)
        for node in ast.walk(tree)
        if isinstance(node, ast.Raise) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
        for each in ast.walk(node)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in silent:
            yield node.value
