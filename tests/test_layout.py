"""The rules of the house, read from the source by `ast`.

Each rule is a function from the text of files, by path, to messages `path:line: what
is wrong`. Each is run on the tree and on a small bad example that it must catch.
"""

from __future__ import annotations

import ast
import graphlib
import importlib.util
import subprocess
import sys
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import pytest

import backlit
from backlit import interface

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Rule = Callable[["Sources"], Iterator[str]]

Sources = dict[str, str]
FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef

ROOT = Path(__file__).parents[1]
SRC = "src/backlit/"
INIT = SRC + "__init__.py"

PIPELINE = (
    *("errors", "options", "files", "random", "graph", "ops", "backward", "simplify"),
    *("network", "update", "interpret", "differentiate", "compile", "train", "trace"),
    *(
        "explain",
        "draw",
        "recorded",
        "studio",
        "model",
        "interface",
        "check",
        "lessons",
    ),
    *("interop", "cli", "__main__"),
)
VAGUE_NAMES = {"util", "utils", "helper", "helpers", "misc", "common"}
HEAVY = {
    "polars",
    "sklearn",
    "scipy",
    "rich",
    "typer",
    "pandas",
    "llvmlite",
    "anywidget",
}
READING_ORDER = (
    *("graph/node.py", "graph/graph.py", "ops/elementwise.py"),
    *("backward.py", "interpret.py"),
)
READING_LINES = 700
FILE_LINES = 300
FUNCTION_LINES = 60
FUNCTION_SHARES = ((0.5, 8), (0.9, 30))
TESTS_WITHOUT_MODULE = {
    "tests/bench/test_peers.py": "holds the benchmark's peers against each other",
    "tests/ops/test_registry.py": "runs over the records of all operations",
    "tests/studio/test_accessible.py": "looks at pages as their readers do",
    "tests/studio/test_drawn.py": "takes hold of the diagram as a person does",
    "tests/studio/test_frame.py": "goes through pages as a person does",
    "tests/studio/test_journeys.py": "goes the ways of a learner through a page",
    "tests/studio/test_vscode.py": "shows the widget as a notebook in VS Code does",
    "tests/test_layout.py": "looks at the tree as a whole",
}


# Reading the source


def tree_sources() -> Sources:
    paths = [*ROOT.glob("src/**/*.py"), *ROOT.glob("tests/**/*.py")]
    own = [p for p in sorted(paths) if "web" not in p.parts]  # the front end's
    return {str(p.relative_to(ROOT)): p.read_text("utf-8") for p in own}


def in_package(sources: Sources) -> Sources:
    return {path: text for path, text in sources.items() if path.startswith(SRC)}


@cache
def parsed(text: str) -> ast.Module:
    return ast.parse(text)


def module_name(path: str) -> str:
    """Return `backlit.graph.node` for `src/backlit/graph/node.py`."""
    parts = Path(path).with_suffix("").parts[1:]
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def pipeline_part(module: str) -> str:
    """Return `graph` for `backlit.graph.node`, and nothing for the package itself."""
    return (*module.split("."), "")[1]


def imported_names(path: str, text: str) -> Iterator[tuple[int, str]]:
    """Yield the line and full dotted name of each import from backlit, at any depth."""
    package = ".".join(Path(path).parent.parts[1:])
    for node in ast.walk(parsed(text)):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            relative = "." * node.level + (node.module or "")
            base = importlib.util.resolve_name(relative, package)
            names = [f"{base}.{alias.name}" for alias in node.names]
        for name in names:
            if name.split(".")[0] == "backlit":
                yield node.lineno, name


def lines_for_types(text: str) -> set[int]:
    """Return the lines under `if TYPE_CHECKING`, which never run."""
    return {
        line
        for node in ast.walk(parsed(text))
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)
    }


def functions(sources: Sources) -> list[tuple[int, str]]:
    """Return length without docstring and place of each function, longest first."""
    found = [
        (length_without_docstring(node), f"{path}:{node.lineno}: {node.name}")
        for path, text in in_package(sources).items()
        for node in ast.walk(parsed(text))
        if isinstance(node, FunctionNode)
    ]
    return sorted(found, reverse=True)


def length_without_docstring(function: FunctionNode) -> int:
    skipped = 0
    if ast.get_docstring(function) is not None:
        skipped = line_count(function.body[0])
    return line_count(function) - skipped


def line_count(node: ast.stmt) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


# The rules


def imports_point_backwards(sources: Sources) -> Iterator[str]:
    """Allow a part to import itself and earlier parts; __init__ may import all."""
    for path, text in in_package(sources).items():
        importer = pipeline_part(module_name(path))
        if path == INIT:
            continue
        if importer not in PIPELINE:
            yield f"{path}:1: {importer} has no place in the PIPELINE of the tests"
            continue
        for line, name in imported_names(path, text):
            imported = pipeline_part(name)
            if imported == "__version__":
                continue
            if imported not in PIPELINE:
                yield f"{path}:{line}: name the part that {name} comes from"
            elif PIPELINE.index(imported) > PIPELINE.index(importer):
                yield f"{path}:{line}: {importer} imports {imported}, a later part"


def parts_have_no_circles(sources: Sources) -> Iterator[str]:
    """Refuse modules of one folder that import each other in a circle."""
    paths = {module_name(path): path for path in in_package(sources) if path != INIT}
    edges = {module: neighbours(module, paths, sources) for module in paths}
    try:
        graphlib.TopologicalSorter(edges).prepare()
    except graphlib.CycleError as error:
        importer, imported = error.args[1][1], error.args[1][0]
        circle = " -> ".join(reversed(error.args[1]))
        yield f"{paths[importer]}:{edges[importer][imported]}: a circle: {circle}"


def neighbours(module: str, paths: dict[str, str], sources: Sources) -> dict[str, int]:
    """Return the modules of its part that a module needs to run, with the lines."""
    found = {}
    text = sources[paths[module]]
    for line, name in imported_names(paths[module], text):
        target = name if name in paths else name.rpartition(".")[0]
        same_part = pipeline_part(target) == pipeline_part(module)
        if target not in (paths.keys() - {module}) or not same_part:
            continue
        if line not in lines_for_types(text):
            found[target] = line
    return found


def names_say_something(sources: Sources) -> Iterator[str]:
    for path in sources:
        for name in VAGUE_NAMES.intersection(Path(path).with_suffix("").parts):
            yield f"{path}:1: {name} says nothing: name it by what it holds"


def modules_have_docstrings(sources: Sources) -> Iterator[str]:
    for path, text in in_package(sources).items():
        if not ast.get_docstring(parsed(text)):
            yield f"{path}:1: no module docstring"


def files_are_short(sources: Sources) -> Iterator[str]:
    for path, text in in_package(sources).items():
        count = len(text.splitlines())
        if count > FILE_LINES:
            yield f"{path}:{count}: {count} lines, at most {FILE_LINES} are allowed"


def functions_are_short(sources: Sources) -> Iterator[str]:
    for length, place in functions(sources):
        if length > FUNCTION_LINES:
            yield f"{place} has {length} lines, at most {FUNCTION_LINES} are allowed"


def most_functions_are_shorter(sources: Sources) -> Iterator[str]:
    """Hold the shares of short functions; name the ten longest that break them."""
    measured = functions(sources)
    for share, limit in FUNCTION_SHARES:
        over = [item for item in measured if item[0] > limit]
        if len(over) > (1 - share) * len(measured):
            need = f"{share:.0%} of functions must have at most {limit} lines"
            for length, place in over[:10]:
                yield f"{place} has {length} lines; {need}, {len(over)} have more"


def each_test_file_has_its_module(sources: Sources) -> Iterator[str]:
    for path in sorted(TESTS_WITHOUT_MODULE.keys() - sources.keys()):
        yield f"{path}:1: is listed in TESTS_WITHOUT_MODULE and does not exist"
    for path in sorted(sources.keys() - TESTS_WITHOUT_MODULE.keys()):
        name = Path(path).name
        tested = path.replace("tests/", SRC, 1).replace("/test_", "/")
        if not path.startswith("tests/"):
            continue
        if name == "__init__.py":
            yield f"{path}:1: tests are no package: remove it"
        elif name.startswith("test_") and tested not in sources:
            yield f"{path}:1: tests {tested}, which does not exist"


def newcomers_reading_is_short(sources: Sources) -> Iterator[str]:
    counts: dict[str, int] = {}
    for entry in READING_ORDER:
        found = [path for path in sources if path.startswith(SRC + entry)]
        counts |= {path: len(sources[path].splitlines()) for path in found}
        if not found:
            yield f"{SRC}{entry}:1: is in the newcomer's reading order and is missing"
    total = sum(counts.values())
    if total > READING_LINES:
        for path, count in counts.items():
            yield f"{path}:{count}: part of {total} lines, of {READING_LINES} to read"


# Each rule holds in the tree, and each is able to fail

ASSIGN = "    x = 1\n"
LONG = "def f():\n" + ASSIGN * 60
DOCUMENTED = 'def f():\n    """One.\n\n    Two.\n    """\n' + ASSIGN * 7

# Paths are below src/backlit/ unless they start with tests/.
CAUGHT: dict[Rule, list[tuple[Sources, str]]] = {
    imports_point_backwards: [
        (
            {"graph/node.py": "def f():\n    from backlit.ops import tanh"},
            "graph/node.py:2: graph imports ops, a later part",
        ),
        (
            {"graph/node.py": "import numpy\nfrom ..cli import main"},
            "graph/node.py:2: graph imports cli, a later part",
        ),
        (
            {"cli/play.py": "import backlit"},
            "cli/play.py:1: name the part that backlit comes from",
        ),
        ({"engine.py": ""}, "engine.py:1: engine has no place in the PIPELINE"),
    ],
    parts_have_no_circles: [
        (
            {
                "ops/loss.py": "\nfrom backlit.ops import reduce",
                "ops/reduce.py": "from backlit.ops.loss import mse",
            },
            "ops/reduce.py:1: a circle: ",
        ),
        (
            {
                "ops/__init__.py": "from backlit.ops.loss import mse",
                "ops/loss.py": "\nfrom backlit.ops import tanh",
            },
            "ops/loss.py:2: a circle: ",
        ),
    ],
    names_say_something: [
        ({"graph/utils.py": ""}, "graph/utils.py:1: utils says nothing"),
        ({"tests/misc/test_a.py": ""}, "tests/misc/test_a.py:1: misc says nothing"),
    ],
    modules_have_docstrings: [({"a.py": "x = 1"}, "a.py:1: no module docstring")],
    files_are_short: [({"a.py": "x = 1\n" * 301}, "a.py:301: 301 lines")],
    functions_are_short: [({"a.py": "\n" + LONG}, "a.py:2: f has 61 lines")],
    most_functions_are_shorter: [
        ({"a.py": DOCUMENTED + ASSIGN}, "a.py:1: f has 9 lines; 50% of functions"),
        ({"a.py": LONG + DOCUMENTED * 8}, "a.py:1: f has 61 lines; 90% of functions"),
    ],
    each_test_file_has_its_module: [
        (
            dict.fromkeys((*TESTS_WITHOUT_MODULE, "tests/graph/test_node.py"), ""),
            "tests/graph/test_node.py:1: tests src/backlit/graph/node.py",
        ),
        (
            dict.fromkeys((*TESTS_WITHOUT_MODULE, "tests/graph/__init__.py"), ""),
            "tests/graph/__init__.py:1: tests are no package",
        ),
        (
            dict.fromkeys(TESTS_WITHOUT_MODULE.keys() - {"tests/test_layout.py"}, ""),
            "tests/test_layout.py:1: is listed in TESTS_WITHOUT_MODULE",
        ),
    ],
    newcomers_reading_is_short: [
        (
            dict.fromkeys(("graph/node.py", "graph/graph.py", "interpret.py"), ""),
            "ops/elementwise.py:1: is in the newcomer's reading order",
        ),
        (
            dict.fromkeys(READING_ORDER, "x\n" * 200),
            "graph/node.py:200: part of 1000 lines",
        ),
    ],
}
GOOD = {
    "ops/__init__.py": "from backlit.ops import loss\n",
    "ops/loss.py": "if TYPE_CHECKING:\n    from backlit.ops import Op\n" + DOCUMENTED,
    "ops/shape.py": "from backlit.graph import Node\n",
    "cli/train.py": "from backlit import __version__\nimport rich\n",
}


def full_path(path: str) -> str:
    return path if path.startswith("tests/") else SRC + path


def messages(rule: Rule, sources: Sources) -> list[str]:
    return list(rule({full_path(path): text for path, text in sources.items()}))


@pytest.mark.parametrize("rule", CAUGHT, ids=lambda rule: rule.__name__)
def test_tree_keeps_the_rule(rule):
    problems = "\n".join(rule(tree_sources()))
    assert not problems, problems


@pytest.mark.parametrize("rule", CAUGHT, ids=lambda rule: rule.__name__)
def test_rule_catches_its_bad_examples(rule):
    for bad, expected in CAUGHT[rule]:
        found = messages(rule, bad)
        assert found
        assert found[0].startswith(full_path(expected))


@pytest.mark.parametrize(
    "rule", [imports_point_backwards, parts_have_no_circles, most_functions_are_shorter]
)
def test_rule_passes_a_good_example(rule):
    assert messages(rule, GOOD) == []


# What the package shows and what its import costs


def unlisted_names(module: ModuleType) -> set[str]:
    """Return the public names that are not in `__all__`; parts of the package may."""
    return {
        name
        for name, value in vars(module).items()
        if not (name.startswith("_") or name in module.__all__)
        and not isinstance(value, ModuleType | type(annotations))
    }


def heavy_modules_after(statement: str) -> set[str]:
    code = f"{statement}; import sys; print(*sys.modules)"
    done = subprocess.run(  # noqa: S603 (the code is written here)
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    return HEAVY.intersection(done.stdout.split())


def test_all_lists_every_public_name_once():
    assert unlisted_names(interface) == set(), interface.__file__
    assert [name for name in backlit.__all__ if not hasattr(backlit, name)] == []
    assert sorted(backlit.__all__) == sorted(set(backlit.__all__))


def test_a_public_name_that_is_not_listed_is_seen():
    module = ModuleType("example")
    vars(module).update(__all__=["listed"], listed=1, forgotten=2, _private=3)
    assert unlisted_names(module) == {"forgotten"}


def test_import_brings_nothing_heavy():
    loaded = heavy_modules_after("import backlit; backlit.Network")
    assert not loaded, f"{INIT}:1: see python -X importtime -c 'import backlit'"


def test_a_heavy_import_is_seen():
    assert heavy_modules_after("import rich") == {"rich"}
