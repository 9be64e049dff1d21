"""Who may import whom, and what stays light."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1]
# Each may import only what stands above it, and what is in the same line.
LAYERS = (
    "shown_text",
    "spreadsheet",
    "errors",
    "strict_json",
    "owners",
    "paths",
    "storage",
    "kept_choices",
    "tuning",
    "processes",
    "encode",
    "stars_text",
    "rating_bins",
    "rated_lists",
    "kinds",
    "ratings",
    "event_fields",
    "events",
    "data",
    "split",
    "metrics",
    "models",
    "training",
    "evaluation",
    "glossary",
    "inspect",
    "recommend",
    "posters",
    "runs",
    "jobs",
    "export",
    "serving",
    "cli",
)
# The rooms of the jobs and those of the pages, likewise.
JOBS = ("results", "running", "server", "sweeps")
ROOMS = ("charts", "shell", "movies", "datasets", "embeddings", "evaluation", "training", "runs", "recommendations")
# Every page may use these; what serves one page only stands in a room of its own.
SHARED = {"charts", "shell", "movies"}
OWN = {
    "home": set(),
    "data": {"datasets"},
    "train": {"training"},
    "compare": {"runs", "evaluation"},
    "evaluate": {"evaluation"},
    "embeddings": {"embeddings"},
    "similar": {"embeddings"},
    "recommend": {"recommendations"},
    "foryou": {"recommendations"},
}
HEAVY = {"tensorflow", "keras"}
# What Streamlit and TensorFlow do not document.
PRIVATE = (
    "streamlit.runtime",
    "streamlit.elements",
    "streamlit.web.bootstrap",
    "streamlit.config",
    "tensorflow.python",
)
MAY_LOAD_KERAS = (
    "models/",
    "training/",
    "tuning/tf_names.py",
    "jobs/running/load_tensorflow.py",
    "export/keras_file.py",
)


def sources(folder: str) -> list[Path]:
    return sorted((PROJECT / folder).rglob("*.py"))


def imported(path: Path, inside_functions: bool = True, for_checkers: bool = True) -> Iterator[str]:
    """The dotted name of every module that a file imports, on request without those that only some of it does."""
    for node in _nodes(ast.parse(path.read_text()), inside_functions, for_checkers):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _nodes(node: ast.AST, inside_functions: bool, for_checkers: bool) -> Iterator[ast.AST]:
    """The nodes of a module; without both of the rest, those that run when it is imported."""
    for child in ast.iter_child_nodes(node):
        is_function = isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef))
        if (inside_functions or not is_function) and (for_checkers or not _for_checkers(child)):
            yield child
            yield from _nodes(child, inside_functions, for_checkers)


def _for_checkers(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"


def layer(path: Path) -> str:
    return path.relative_to(PROJECT / "reco_core").parts[0].removesuffix(".py")


def test_a_module_imports_only_what_stands_above_it():
    wrong = []
    for path in sources("reco_core"):
        own = layer(path)
        assert own in LAYERS or own == "__init__", f"{own} has no place in the list of layers"
        allowed = set(LAYERS[: LAYERS.index(own) + 1]) if own in LAYERS else set()
        for name in imported(path):
            package, _, rest = name.partition(".")
            if package == "reco_core" and rest.split(".")[0] in set(LAYERS) - allowed:
                wrong.append(f"{path.relative_to(PROJECT)} imports {name}")
    assert wrong == []


@pytest.mark.parametrize(("folder", "rooms"), [("reco_core/jobs", JOBS), ("pages/ui", ROOMS)])
def test_a_room_imports_only_from_rooms_before_it(folder: str, rooms: tuple[str, ...]):
    prefix = folder.replace("/", ".") + "."
    wrong = []
    for path in sources(folder):
        place = path.relative_to(PROJECT / folder)
        if place.name == "__init__.py":
            continue
        assert place.parts[0] in rooms, f"{place} stands in no room"
        allowed = rooms[: rooms.index(place.parts[0]) + 1]
        for name in imported(path):
            if name.startswith(prefix) and name.removeprefix(prefix).split(".")[0] not in allowed:
                wrong.append(f"{place} imports {name}")
    assert wrong == []


def test_a_page_imports_from_its_own_rooms_and_the_shared_ones():
    for page, own in OWN.items():
        names = imported(PROJECT / "pages" / f"{page}.py")
        rooms = {name.split(".")[2] for name in names if name.startswith("pages.ui.")}
        assert rooms <= SHARED | own, page
    assert {path.stem for path in (PROJECT / "pages").glob("*.py")} == set(OWN)


def test_charts_know_no_streamlit():
    for path in sources("pages/ui/charts"):
        at_import = {name.split(".")[0] for name in imported(path, inside_functions=False, for_checkers=False)}
        assert "streamlit" not in at_import, path


def test_the_package_knows_no_pages_and_only_its_launcher_knows_streamlit():
    for path in sources("reco_core"):
        packages = {name.split(".")[0] for name in imported(path)}
        assert not packages & {"pages", "app"}, path
        assert "streamlit" not in packages or path.name in ("launch.py", "streamlit_names.py"), path


def test_what_python_streamlit_and_tensorflow_keep_to_themselves_is_used_in_one_package():
    for path in [*sources("reco_core"), *sources("pages"), PROJECT / "app.py", PROJECT / "serve.py"]:
        if path.parent.name == "tuning":
            continue
        assert [name for name in imported(path) if name.startswith(PRIVATE)] == [], path
        for name in ("mallopt", "gc.freeze", "autogroup", "setswitchinterval", "sys.modules[", "RECO_NO_TUNING"):
            assert name not in path.read_text(), path


def test_keras_is_imported_in_functions_of_few_modules():
    for path in sources("reco_core"):
        assert not HEAVY & {
            name.split(".")[0] for name in imported(path, inside_functions=False, for_checkers=False)
        }, path
        place = path.relative_to(PROJECT / "reco_core").as_posix()
        assert place.startswith(MAY_LOAD_KERAS) or not HEAVY & {name.split(".")[0] for name in imported(path)}, path


def test_a_page_imports_no_keras_and_no_command_line():
    for path in [*sources("pages"), PROJECT / "app.py"]:
        for name in imported(path):
            assert name.split(".")[0] not in HEAVY and not name.startswith("reco_core.cli"), path


def test_a_key_names_one_widget():
    """Two widgets with one key on two pages share their value in the session."""
    places: dict[str, list[str]] = {}
    for path in sources("pages"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.keyword) and node.arg == "key" and not isinstance(node.value, ast.Name):
                places.setdefault(ast.unparse(node.value), []).append(f"{path.name}:{node.value.lineno}")
    assert {key: where for key, where in places.items() if len(where) > 1} == {}


def in_a_fresh_process(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=PROJECT, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_importing_the_package_loads_nothing_else():
    out = in_a_fresh_process(
        "import sys; before = set(sys.modules); import reco_core; print(sorted(set(sys.modules) - before))"
    )
    assert out.strip() == "['reco_core']"


def test_the_command_line_starts_without_numbers():
    out = in_a_fresh_process(
        "import sys; import reco_core.cli; print([m for m in ('numpy', 'pandas', 'streamlit') if m in sys.modules])"
    )
    assert out.strip() == "[]"


LIGHT = """
import sys
from pathlib import Path
from typer.testing import CliRunner
from reco_core.cli import app
from tests.tiny import write_csv

csv = str(write_csv(Path(sys.argv[1]) / "tiny.csv"))
for arguments in (
    ["train", csv, "--model", "bias"], ["runs"], ["show", "last"], ["evaluate", "last"],
    ["recommend", "last", "--user", "1"], ["similar", "last", "1"], ["models"], ["data", "info", csv],
):
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == (2 if arguments[0] == "similar" else 0), (arguments, result.output, result.exception)
import reco_core.inspect.neighbours, reco_core.jobs.server.manager
print(sorted({"tensorflow", "keras", "streamlit"} & set(sys.modules)))
"""


def test_everything_but_training_a_keras_model_goes_without_tensorflow(tmp_path: Path):
    code = LIGHT.replace("sys.argv[1]", repr(str(tmp_path)))
    assert in_a_fresh_process(code).strip() == "[]"
