"""Dependencies run one way (DESIGN.md section 2): review cannot see cycles, these tests can."""

import ast
from graphlib import CycleError, TopologicalSorter

import grimp
import pytest

from tests.architecture import source

# Who may not import whom; everything else follows from there being no cycle.
FORBIDDEN = [
    ("wallet", "hotservices"),
    ("hotservices", "wallet"),
    ("identity", "wallet"),
    ("identity", "hotservices"),
    *((domain, "api") for domain in source.DOMAIN),
    *(
        (domain, framework)
        for domain in source.DOMAIN
        for framework in (
            "flask",
            "flask_smorest",
            "marshmallow",
            "webargs",
            "werkzeug",
        )
    ),
]


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    return grimp.build_graph(*source.PACKAGES, include_external_packages=True, cache_dir=None)


def test_the_graph_holds_every_package_and_the_frameworks(graph: grimp.ImportGraph) -> None:
    modules = set(graph.modules)

    # Without this, an arrow test over an empty graph would pass.
    assert modules >= {*source.PACKAGES, "flask", "marshmallow", "wallet.showing.verification"}
    assert graph.find_modules_directly_imported_by("api.app") >= {"flask", "api.problems.answering"}


@pytest.mark.parametrize(("importer", "imported"), FORBIDDEN)
def test_no_arrow_points_the_wrong_way(graph: grimp.ImportGraph, importer: str, imported: str) -> None:
    if imported not in graph.modules:
        return

    arrows = [
        (module, target)
        for module in {importer, *graph.find_descendants(importer)}
        for target in graph.find_modules_directly_imported_by(module)
        if target == imported or target.startswith(f"{imported}.")
    ]

    assert arrows == []


def test_no_modules_import_each_other_in_a_circle(graph: grimp.ImportGraph) -> None:
    imports = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}

    try:
        TopologicalSorter(imports).prepare()
        circle = None
    except CycleError as error:
        circle = error.args[1]

    assert circle is None


def test_no_function_imports() -> None:
    hidden = [
        source.place(path, inner)
        for path in source.files(*source.PACKAGES, "tests")
        for function in ast.walk(source.tree(path))
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        for inner in ast.walk(function)
        if isinstance(inner, ast.Import | ast.ImportFrom)
    ]

    assert hidden == []


def test_an_init_file_holds_a_docstring_and_nothing_else() -> None:
    busy = [
        str(path)
        for path in source.files(*source.PACKAGES)
        if path.name == "__init__.py"
        and not (len(source.tree(path).body) == 1 and ast.get_docstring(source.tree(path)))
    ]

    assert busy == []
