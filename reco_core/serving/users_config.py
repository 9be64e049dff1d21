"""What the user has told Streamlit: its environment variables, then config.toml of this folder, then that of the home.

The app's own .streamlit/config.toml, which Streamlit reads last, would win over both files.
"""

from __future__ import annotations

import os
import re
import tomllib
from contextlib import suppress
from pathlib import Path
from typing import Any

from reco_core.errors import SettingsError

FILE = Path(".streamlit") / "config.toml"


class UsersConfig:
    """The user's values of Streamlit's options, by names such as "server.port"."""

    def __init__(self, site: Path) -> None:
        """site: the folder of the app, whose own file is not the user's."""
        self._files = [(path, _options(path)) for path in _files(site)]

    def get(self, name: str) -> Any | None:
        """The value as it was written (text in a variable, a TOML value in a file); None where the user set none."""
        return self.found(name)[0]

    def found(self, name: str) -> tuple[Any | None, str]:
        """(value, where it was set); (None, "") where the user set none."""
        section, _, option = name.partition(".")
        variable = variable_of(name)
        if os.environ.get(variable):
            return os.environ[variable], variable
        for path, options in self._files:
            values = options.get(section)
            if isinstance(values, dict) and option in values:
                return values[option], f"{name} in {path}"
        return None, ""

    def text(self, name: str) -> str | None:
        """The value, which must be text; raises SettingsError."""
        value, where = self.found(name)
        if value is None or isinstance(value, str):
            return value or None
        raise SettingsError(f"{where} must be text; got {value!r}.")

    def port(self, name: str) -> int | None:
        """The value, which must be a port; raises SettingsError."""
        value, where = self.found(name)
        if value is None:
            return None
        text = str(value)
        if not re.fullmatch(r"[0-9]{1,5}", text) or not 1 <= int(text) <= 65535:
            raise SettingsError(f"{where} must be a port between 1 and 65535; got {text[:80]}.")
        return int(text)

    def texts(self, name: str) -> tuple[str, ...]:
        """The value, which must be a list of texts (in a variable: with spaces between); raises SettingsError."""
        value, where = self.found(name)
        if isinstance(value, str):
            return tuple(value.split())
        if value is not None and not (isinstance(value, list) and all(isinstance(entry, str) for entry in value)):
            raise SettingsError(f"{where} must be a list of texts; got {value!r}.")
        return tuple(value or ())


def variable_of(name: str) -> str:
    """Streamlit's environment variable for an option: server.baseUrlPath -> STREAMLIT_SERVER_BASE_URL_PATH."""
    return "STREAMLIT_" + re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).replace(".", "_").upper()


def _files(site: Path) -> list[Path]:
    """The user's files that are there, the one that wins first."""
    folders = [Path.cwd()]
    with suppress(RuntimeError):  # a user without a home
        folders.append(Path.home())
    own = (site / FILE).resolve()
    return [path for folder in folders if (path := folder / FILE).is_file() and path.resolve() != own]


def _options(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise SettingsError(f"{path} must be a TOML file that can be read; {error}.") from error
