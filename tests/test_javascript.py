"""JavaScript modules become one: what is understood, and what is refused instead of being bundled wrongly."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pages.ui.embeddings.maps import FOLDER
from pages.ui.shell.javascript import bundle


def written(folder: Path, **modules: str) -> Path:
    for name, text in modules.items():
        (folder / f"{name}.js").write_text(text)
    return folder


def test_a_bundle_holds_each_module_once_before_those_that_need_it_and_imports_nothing(tmp_path: Path):
    written(
        tmp_path,
        low="export const one = 1;\n",
        left='import { one } from "./low.js";\nexport function left() {\n  return one;\n}\n',
        right='import { one } from "./low.js";\nconst own = one;\nexport class Right {}\n',
        top='import {\n  left,\n} from "./left.js";\nimport { Right } from "./right.js";\n'
        "export default () => [left, Right];\n",
    )
    text = bundle(tmp_path, "top")
    assert text.count("const one = 1;") == 1 and not re.search("^import", text, re.MULTILINE)
    places = [text.index(f"$module_{name} = (") for name in ("low", "left", "right")]
    assert places == sorted(places)
    assert re.findall(r"^export.*", text, re.MULTILINE) == ["export default () => [left, Right];"]
    assert "const { left } = $module_left;\nconst { Right } = $module_right;" in text


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ('import { a } from "./none.js";', "top.js imports none.js, which is not there"),
        ('import { a, c } from "./other.js";', "top.js imports what other.js does not export: c"),
        ('import { a as b } from "./other.js";', "does not export: a as b"),
        ('import * as other from "./other.js";', "cannot be bundled: import"),
        ('import { b } from "./star.js";', "star.js: a statement that cannot be bundled: export \\* from"),
        ('import { here } from "./round.js";', "import each other: top -> round -> top"),
        ("export { a };", "top.js: a statement that cannot be bundled: export { a };"),
    ],
)
def test_what_cannot_be_bundled_is_refused(entry: str, words: str, tmp_path: Path):
    written(
        tmp_path,
        other="export const a = 1;\n",
        star='export const b = 1;\nexport * from "./other.js";\n',
        round='import { x } from "./top.js";\nexport const here = 1;\n',
        top=f"{entry}\n",
    )
    with pytest.raises(ValueError, match=words):
        bundle(tmp_path, "top")


def test_every_script_of_the_map_is_in_its_bundle():
    text = bundle(FOLDER, "map")
    named = set(re.findall(r"^const \$module_(\w+) = \(", text, re.MULTILINE))
    assert named | {"map"} == {path.stem for path in FOLDER.glob("*.js")}


def test_scripts_use_all_that_they_import_and_others_all_that_they_export():
    texts = {path.stem: path.read_text("utf-8") for path in FOLDER.glob("*.js")}
    taken = {
        word
        for text in texts.values()
        for names in re.findall(r"^import \{(.*?)\}", text, re.M | re.S)
        for word in names.replace(",", " ").split()
    }
    exported = {word for text in texts.values() for word in re.findall(r"^export (?:async )?\w+ (\w+)", text, re.M)}
    assert exported - taken == {"function"}  # the one that Streamlit calls
    for name, text in texts.items():
        for names in re.findall(r"^import \{(.*?)\}", text, re.MULTILINE | re.DOTALL):
            assert [
                word for word in names.replace(",", " ").split() if len(re.findall(rf"\b{word}\b", text)) < 2
            ] == [], name


def test_components_listen_to_no_messages_of_other_windows_and_insert_no_markup():
    pages = Path(__file__).parents[1] / "pages"
    scripts = {path: path.read_text("utf-8") for path in [*pages.rglob("*.js"), *pages.rglob("*.py")]}
    unsafe = re.compile(
        r"""addEventListener\(\s*["'`]message|onmessage|postMessage|innerHTML|outerHTML|\beval\(|new Function"""
    )
    assert len(scripts) > 20 and [path.name for path, text in scripts.items() if unsafe.search(text)] == []
