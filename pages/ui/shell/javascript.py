"""JavaScript modules of one folder as one module, which is what a component takes."""

from __future__ import annotations

import re
from pathlib import Path

_IMPORT = re.compile(r'^import \{([^}]*)\} from "\./([\w-]+)\.js";$', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async function|function|class|const|let) (\w+))", re.MULTILINE)
_OTHER = re.compile(r"^(?:import|export)\b.*", re.MULTILINE)


def bundle(folder: Path, entry: str) -> str:
    """The module `entry`.js with all that it imports, directly or not: its own exports stay, it imports nothing.

    Each imported module gets a scope of its own, so that private names of two files never meet. Understood are
    `import { a, b } from "./name.js";` and `export` before a function, class, const or let; in the entry alone
    `export default` too. Raises ValueError for anything else, for a missing module or name, and for a circle.
    """
    scopes: dict[str, str] = {}
    own = _without_imports(folder, entry, (), scopes)
    for statement in _OTHER.findall(own):
        if not _EXPORT.match(statement) and not statement.startswith("export default "):
            raise ValueError(f"{entry}.js: a statement that cannot be bundled: {statement}")
    return "\n".join([*scopes.values(), own])


def _without_imports(folder: Path, name: str, above: tuple[str, ...], scopes: dict[str, str]) -> str:
    """The text of a module that takes what it imports from scopes, to which those that it needs are added."""
    if name in above:
        raise ValueError(f"modules import each other: {' -> '.join([*above, name])}")
    path = folder / f"{name}.js"
    if not path.is_file():
        raise ValueError(f"{above[-1]}.js imports {path.name}, which is not there" if above else f"no {path.name}")

    def from_scope(found: re.Match[str]) -> str:
        wanted, module = [word.strip() for word in found[1].split(",") if word.strip()], found[2]
        if module not in scopes:
            _add_scope(folder, module, (*above, name), scopes)
        missing = [word for word in wanted if not re.search(rf"^  {word},$", scopes[module], re.MULTILINE)]
        if missing:
            raise ValueError(f"{name}.js imports what {module}.js does not export: {', '.join(missing)}")
        return f"const {{ {', '.join(wanted)} }} = {_variable(module)};"

    return _IMPORT.sub(from_scope, path.read_text("utf-8"))


def _add_scope(folder: Path, name: str, above: tuple[str, ...], scopes: dict[str, str]) -> None:
    """Adds a module as a function that was called at once and gave back its exports, after those it needs itself."""
    text = _without_imports(folder, name, above, scopes)
    exported = _EXPORT.findall(text)
    text = _EXPORT.sub("", text)
    if other := _OTHER.search(text):
        raise ValueError(f"{name}.js: a statement that cannot be bundled: {other[0]}")
    given = "\n".join(f"  {word}," for word in exported)
    scopes[name] = f"const {_variable(name)} = (() => {{\n{text}\nreturn {{\n{given}\n}};\n}})();"


def _variable(module: str) -> str:
    return f"$module_{module.replace('-', '_')}"
