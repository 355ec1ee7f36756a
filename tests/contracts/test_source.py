"""The source keeps the rules of the house: one commit point, no hidden imports, no loose ends."""

from __future__ import annotations

import ast
import io
import re
import subprocess
import sys
import tokenize
from collections.abc import Iterator
from pathlib import Path

from tests.contracts.source import (
    PACKAGES,
    ROOT,
    files,
    imported,
    modules,
    name_of,
    our_module,
    short,
    tree,
    walk,
)

FLOOR = {package: number for number, package in enumerate(PACKAGES)}
KERNEL_DOORS = {
    "lms/db.py": "the door itself",
    "lms/migrate.py": "the upgrade's lock, on a connection of the tables' owner",
    "lms/testing/client.py": "a test's rows, so that the next request sees them; by the door",
}
"""Where the end of a transaction is written out, and why."""
LONGEST_FILE, LONGEST_FUNCTION = 360, 40
TESTS = [path for path in sorted((ROOT / "tests").rglob("*.py")) if "acme" not in short(path)]


# -- one commit point --------------------------------------------------------------------------


def ends_a_transaction(node: ast.AST) -> bool:
    """`x.commit()`, `x.rollback()`, `session.begin()`: what only the kernel may do.

    A savepoint's own `rollback` and `commit` end nothing and go by the name `savepoint`.
    """
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Name(id="savepoint"))):
            return False
        case ast.Call(func=ast.Attribute(attr="commit" | "rollback")):
            return True
        case ast.Call(func=ast.Attribute(value=ast.Attribute(attr="session"), attr="begin")):
            return True
        case ast.Call(func=ast.Attribute(value=ast.Name(id="session"), attr="begin")):
            return True
    return False


def test_nobody_outside_the_kernel_ends_a_transaction() -> None:
    found = [
        f"{short(path)}:{node.lineno}"
        for path in files(".py")
        if short(path) not in KERNEL_DOORS
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and ends_a_transaction(node)
    ]
    assert found == []


COMMITTERS = {
    "lms.web.opening": "the commit point of requests",
    "lms.jobs": "the commit point of jobs",
    "lms.testing": "fixtures",
    "lms.testing.client": "the browser of the tests",
}


def test_only_the_commit_points_ask_the_kernel_to_commit() -> None:
    found = sorted(
        name
        for name, path in modules().items()
        for node in ast.walk(tree(path))
        if {"lms.db.commit", "lms.db.rollback"} & set(imported(node, name, path))
    )
    assert sorted(set(found) - set(COMMITTERS)) == []


# -- imports -----------------------------------------------------------------------------------


def commented(path: Path, node: ast.stmt) -> bool:
    """Whether a comment stands on the line, on one above it, or at the block's first import."""
    lines = path.read_text(encoding="utf-8").splitlines()
    number = node.lineno - 1
    while number >= 0 and re.match(r"\s*(from|import) ", lines[number]):
        if "#" in lines[number]:
            return True
        number -= 1
    return lines[number].lstrip().startswith("#")


def hidden_imports() -> Iterator[tuple[str, Path, ast.stmt, str]]:
    """Imports of our own modules inside functions."""
    for name, path in modules().items():
        for node, inside in walk(tree(path)):
            if inside and isinstance(node, ast.Import | ast.ImportFrom):
                for asked in imported(node, name, path):
                    if asked.split(".")[0] in PACKAGES and (ours := our_module(asked)):
                        yield name, path, node, ours


def test_an_import_inside_a_function_says_why() -> None:
    silent = [
        f"{short(path)}:{node.lineno} imports {ours}"
        for _, path, node, ours in hidden_imports()
        if not commented(path, node)
    ]
    assert silent == []


def test_hardly_any_import_of_ours_is_hidden_in_a_function() -> None:
    statements = {f"{short(path)}:{node.lineno}" for _, path, node, _ in hidden_imports()}
    assert len(statements) <= 5, sorted(statements)


def type_checking_only(path: Path) -> set[ast.AST]:
    """The imports that only the type checker reads."""
    return {
        inner
        for node in ast.walk(tree(path))
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)
        for inner in ast.walk(node)
    }


def graph() -> dict[str, set[str]]:
    """Which module of ours imports which, hidden or not."""
    found: dict[str, set[str]] = {name: set() for name in modules()}
    for name, path in modules().items():
        skipped = type_checking_only(path)
        for node in ast.walk(tree(path)):
            if node not in skipped:
                asked = (our_module(one) for one in imported(node, name, path))
                found[name] |= {one for one in asked if one and one != name}
    return found


def test_no_modules_import_each_other_in_a_circle() -> None:
    imports = graph()
    left = set(imports)
    while leaves := {name for name in left if not imports[name] & left}:
        left -= leaves
    roots = set(left)
    while entry := {n for n in roots if not any(n in imports[o] for o in roots if o != n)}:
        roots -= entry
    assert sorted(roots) == []


def test_rooms_import_only_downward_and_providers_never_each_other() -> None:
    wrong = [
        f"{a} -> {b}"
        for a, targets in graph().items()
        for b in targets
        if FLOOR[a.split(".")[0]] < FLOOR[b.split(".")[0]]
        or (a.startswith("plugins.") and b.startswith("plugins.")
            and a.split(".")[1] != b.split(".")[1])
    ]  # fmt: skip
    assert wrong == []


# -- size and words ----------------------------------------------------------------------------


def work_of(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """How many lines a function works for, without its signature and docstring."""
    first = function.body[1 if ast.get_docstring(function) else 0 :][:1]
    return (function.end_lineno or 0) - first[0].lineno + 1 if first else 0


def test_each_file_is_one_drawer() -> None:
    long = {
        short(path): count
        for path in modules().values()
        if (count := len(path.read_text(encoding="utf-8").splitlines())) > LONGEST_FILE
    }
    assert long == {}, "make the drawer a folder with one file per noun"


def test_each_function_does_one_thing() -> None:
    long = {
        f"{short(path)} {node.name}": work_of(node)
        for path in modules().values()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and work_of(node) > LONGEST_FUNCTION
    }
    assert long == {}


def test_each_module_says_what_lives_in_it() -> None:
    silent = [
        name
        for name, path in modules().items()
        if tree(path).body and not ast.get_docstring(tree(path))
    ]
    assert silent == []


def comments(path: Path) -> Iterator[str]:
    """Comments of a module: what is left when the code is taken away."""
    for token in tokenize.generate_tokens(io.StringIO(path.read_text(encoding="utf-8")).readline):
        if token.type == tokenize.COMMENT:
            yield token.string


def test_nothing_is_left_for_later() -> None:
    found = [
        f"{short(path)}: {comment}"
        for path in (*files(".py"), *TESTS)
        for comment in comments(path)
        if re.search(r"\b(TODO|FIXME|XXX|HACK)\b", comment)
    ]
    assert found == []


def test_only_the_command_line_prints() -> None:
    found = [
        f"{short(path)}:{node.lineno}"
        for path in files(".py")
        if not short(path).startswith(("lms/cli/", "lms/web/assets/"))
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "print"
    ]
    assert found == []


def test_only_the_clock_reads_the_clock() -> None:
    reads = {"datetime.now", "datetime.utcnow", "date.today", "datetime.today", "time.time"}
    found = [
        f"{short(path)}:{node.lineno} {ast.unparse(node.func)}"
        for path in files(".py")
        if short(path) not in ("lms/clock.py", "lms/launcher.py")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in reads
    ]
    assert found == []


def test_no_test_sleeps_or_is_left_out() -> None:
    forbidden = (
        "time.sleep",
        "pytest.skip",
        "pytest.xfail",
        "pytest.mark.skip",
        "pytest.mark.xfail",
    )
    found = [
        f"{short(path)}:{node.lineno} {ast.unparse(node)}"
        for path in TESTS
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute) and ast.unparse(node).startswith(forbidden)
    ]
    assert found == []


def test_names_of_tests_are_sentences() -> None:
    short_names = [
        f"{short(path)}: {node.name}"
        for path in TESTS
        for node in tree(path).body
        if isinstance(node, ast.FunctionDef)
        and node.name.startswith("test_")
        and node.name.count("_") < 3
    ]
    assert short_names == []


def test_the_contracts_of_imports_hold() -> None:
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def test_views_and_forms_are_thin_by_having_no_queries() -> None:
    found = [
        f"{name} imports {asked}"
        for name, path in modules().items()
        if {"views", "forms"} & set(name.split(".")) and not name.startswith("lms.web")
        for node in ast.walk(tree(path))
        for asked in imported(node, name, path)
        if asked.startswith(("sqlalchemy", "lms.db.db"))
    ]
    assert found == []


def test_every_module_is_found() -> None:
    assert len(modules()) > 150
    assert name_of(ROOT / "lms" / "db.py") in modules()
