"""Wherever one person says yes to what another asked for, the page wants a fresh sign-in: found, not listed.

Tables name in their columns who decided. The actions that fill such a column are followed up to the views.
"""

import ast
import importlib
import inspect
import pkgutil
import textwrap
from collections.abc import Callable, Iterator
from functools import cache
from types import FunctionType, ModuleType
from typing import Any

from django.apps import apps
from django.db.models import ForeignKey
from django.urls import URLPattern, URLResolver, get_resolver

import agents
import metering
import portal
from portal.people.models import Person

# Columns of a person who says yes to another's request.
SECOND = {"answered_by", "decided_by", "live_by", "opened_by", "verified_by"}
# Columns of a person who acts by themselves, or takes something away.
ALONE = {
    "added_by", "asked_by", "cancel_requested_by", "ended_by", "given_by", "lifted_by", "looked_by", "offered_by",
    "requested_by", "set_by",
}  # fmt: skip
NEED_NONE = {
    "agents.pages.nights.views.tonight": "it asks by itself where another's ask is ticked",
    "portal.admin_requests.views.held": "the person themself, by their former password",
    "portal.admin_requests.views.refusal": "a no",
}


def test_every_column_of_who_did_something_is_of_one_sort():
    found = {
        field.name
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if isinstance(field, ForeignKey) and field.related_model is Person and field.name.endswith("_by")
    }
    assert found >= SECOND
    assert found >= ALONE
    assert found - SECOND - ALONE == set(), "does this person say yes to what another asked for?"


def test_their_views_want_a_fresh_sign_in():
    views = {name: view for name, view in _views() if _reached(inspect.unwrap(view)) & _deciding()}
    assert len(views) >= 8
    without = [name for name, view in views.items() if not _wants(view) and name not in NEED_NONE]
    assert without == []


def _wants(view: Any) -> bool:
    while view is not None:
        if getattr(view, "needs_fresh_sign_in", False):
            return True
        view = getattr(view, "__wrapped__", None)
    return False


def _views() -> Iterator[tuple[str, Callable[..., Any]]]:
    def walk(patterns: list[Any]) -> Iterator[Callable[..., Any]]:
        for one in patterns:
            if isinstance(one, URLResolver):
                yield from walk(one.url_patterns)
            elif isinstance(one, URLPattern):
                yield one.callback

    for view in walk(get_resolver().url_patterns):
        inner = inspect.unwrap(view)
        if isinstance(inner, FunctionType) and inner.__module__.split(".")[0] in {
            "agents",
            "metering",
            "portal",
        }:
            yield f"{inner.__module__}.{inner.__name__}", view


@cache
def _deciding() -> set[FunctionType]:
    """Functions outside of pages that fill such a column, and those that call them."""
    functions = [one for module in _modules() for one in _own(module)]
    found = {one for one in functions if _fills(one)}
    while more := {one for one in functions if one not in found and _named(one) & found}:
        found |= more
    return found


def _modules() -> Iterator[ModuleType]:
    for app in (agents, metering, portal):
        for info in pkgutil.walk_packages(app.__path__, f"{app.__name__}."):
            parts = info.name.split(".")
            if {"actions", "unclear_calls", "live_yes"} & set(parts[-1:]) and "tests" not in parts:
                yield importlib.import_module(info.name)


def _own(module: ModuleType) -> Iterator[FunctionType]:
    for value in vars(module).values():
        inner = inspect.unwrap(value) if callable(value) else None
        if isinstance(inner, FunctionType) and inner.__module__ == module.__name__:
            yield inner


@cache
def _tree(function: FunctionType) -> ast.AST:
    return ast.parse(textwrap.dedent(inspect.getsource(function)))


def _fills(function: FunctionType) -> bool:
    for node in ast.walk(_tree(function)):
        if isinstance(node, ast.keyword) and node.arg in SECOND and not _is_none(node.value):
            return True
        targets = node.targets if isinstance(node, ast.Assign) else []
        for target in targets:
            for one in ast.walk(target):
                if isinstance(one, ast.Attribute) and one.attr in SECOND:
                    return True
    return False


def _is_none(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _named(function: FunctionType) -> set[FunctionType]:
    """The functions that it names: its own module's, those that it imported, and those in a table of verbs."""
    found: set[FunctionType] = set()
    for node in ast.walk(_tree(function)):
        value = None
        if isinstance(node, ast.Name):
            value = function.__globals__.get(node.id)
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            owner = function.__globals__.get(node.value.id)
            value = getattr(owner, node.attr, None) if isinstance(owner, ModuleType) else None
        for one in value.values() if isinstance(value, dict) else [value]:
            inner = inspect.unwrap(one) if callable(one) else None
            if isinstance(inner, FunctionType):
                found.add(inner)
    return found


def _reached(view: Callable[..., Any]) -> set[FunctionType]:
    """What a view names, and what its own module's helpers name."""
    assert isinstance(view, FunctionType)
    found, new = {view}, {view}
    while new:
        named = set().union(*(_named(one) for one in new))
        found |= named
        new = {one for one in named - found if one.__module__ == view.__module__}
    return found
