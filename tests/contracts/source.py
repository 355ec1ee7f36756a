"""What the tests of the source read: every module and template of the product, parsed once."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("lms", "courses", "surveys", "certificates", "plugins")


@cache
def files(ending: str) -> tuple[Path, ...]:
    """The product's files of this kind, without what tools have fetched or built."""
    found = (path for package in PACKAGES for path in sorted((ROOT / package).rglob(f"*{ending}")))
    return tuple(
        path for path in found if not {"node_modules", "build", "__pycache__"} & set(path.parts)
    )


@cache
def tree(path: Path) -> ast.Module:
    """A module, parsed."""
    return ast.parse(path.read_text(encoding="utf-8"))


def short(path: Path) -> str:
    """A path as people write it."""
    return path.relative_to(ROOT).as_posix()


def name_of(path: Path) -> str:
    """The module's name."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


@cache
def modules() -> dict[str, Path]:
    """Every module by its name, but for the migrations."""
    return {name_of(path): path for path in files(".py") if "versions" not in path.parts}


def walk(node: ast.AST, inside: int = 0) -> Iterator[tuple[ast.AST, int]]:
    """Every node with the number of functions it stands in."""
    for child in ast.iter_child_nodes(node):
        deeper = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        yield child, inside
        yield from walk(child, inside + deeper)


def imported(node: ast.AST, name: str, path: Path) -> list[str]:
    """The modules or names that an import statement asks for, in full."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if not isinstance(node, ast.ImportFrom):
        return []
    base = node.module or ""
    if node.level:
        parts = name.split(".")
        package = parts if path.name == "__init__.py" else parts[:-1]
        package = package[: len(package) - node.level + 1]
        base = ".".join([*package, *([node.module] if node.module else [])])
    return [f"{base}.{alias.name}" for alias in node.names]


def our_module(name: str) -> str | None:
    """The module of ours that a dotted name is in, if it is."""
    while name:
        if name in modules():
            return name
        name = name.rpartition(".")[0]
    return None
