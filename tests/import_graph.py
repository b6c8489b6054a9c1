"""Who imports whom in the three apps, read from the sources: modules, rooms, and where in a module an import stands."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
APPS = ("portal", "metering", "agents")


@dataclass(frozen=True)
class Import:
    """``function``: the function that the import stands in; empty at the top of the module."""

    by: str
    of: str
    function: str


def room(module: str) -> str:
    """The package or module right below the app."""
    return ".".join(module.split(".")[:2])


def sources() -> dict[str, Path]:
    """Every module by its name; migrations and tests aside."""
    found = {}
    for app in APPS:
        for path in (ROOT / app).rglob("*.py"):
            parts = path.relative_to(ROOT).with_suffix("").parts
            if not {"migrations", "tests"} & set(parts):
                found[".".join(parts).removesuffix(".__init__")] = path
    return found


def imports() -> list[Import]:
    modules = sources()
    return [
        found
        for name, path in sorted(modules.items())
        for found in _of_tree(name, ast.parse(path.read_text()), modules)
        if found.of != name
    ]


def _of_tree(name: str, node: ast.AST, modules: dict[str, Path], function: str = "") -> Iterator[Import]:
    for child in ast.iter_child_nodes(node):
        inside = child.name if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef) else function
        if isinstance(child, ast.Import):
            named = [alias.name for alias in child.names]
        elif isinstance(child, ast.ImportFrom) and child.module:
            full = [f"{child.module}.{alias.name}" for alias in child.names]
            named = [whole if whole in modules else child.module for whole in full]
        else:
            yield from _of_tree(name, child, modules, inside)
            continue
        yield from (Import(name, of, function) for of in dict.fromkeys(named) if of in modules)


def mutual_rooms(found: list[Import]) -> dict[tuple[str, str], list[str]]:
    """Pairs of rooms of one app that import each other, with the modules that do it."""
    between: dict[tuple[str, str], list[str]] = {}
    for one in found:
        pair = room(one.by), room(one.of)
        if pair[0] != pair[1] and one.by.split(".")[0] == one.of.split(".")[0] and "." in one.of:
            between.setdefault(pair, []).append(f"{one.by} -> {one.of}")
    return {
        (here, there): sorted({*ways, *between[there, here]})
        for (here, there), ways in sorted(between.items())
        if here < there and (there, here) in between
    }


def circles(found: list[Import]) -> list[list[str]]:
    """Modules that import each other in a round, however long it is."""
    following: dict[str, set[str]] = {}
    for one in found:
        following.setdefault(one.by, set()).add(one.of)

    def reached(start: str) -> set[str]:
        seen: set[str] = set()
        waiting = [start]
        while waiting:
            for module in following.get(waiting.pop(), ()):
                if module not in seen:
                    seen.add(module)
                    waiting.append(module)
        return seen

    reach = {module: reached(module) for module in following}
    rounds = {
        tuple(sorted(other for other in reach[module] if module in reach.get(other, ())))
        for module in following
    }
    return sorted(list(round_) for round_ in rounds if round_)
