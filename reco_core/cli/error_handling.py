"""How the command line ends: 0, or 2 with one line that says what is allowed."""

from __future__ import annotations

import sys
from typing import Any

import typer
from typer.core import TyperGroup

from reco_core.errors import RecoError
from reco_core.shown_text import sentence

MENDABLE, BROKEN_OFF = 2, 130


class Group(TyperGroup):
    """Commands whose mistakes, Typer's own included, are one line on stderr without a traceback."""

    def main(self, *args: Any, **extra: Any) -> Any:
        try:
            code = super().main(*args, **extra | {"standalone_mode": False})
        except RecoError as error:
            _fail(str(error))
        except typer.Abort:
            _fail("Aborted.", BROKEN_OFF)
        except KeyboardInterrupt:
            _fail("Aborted.", BROKEN_OFF)
        except BrokenPipeError:
            raise
        except OSError as error:  # a name that no disk takes, a full disk, a folder that may not be written
            of = f" {error.filename}" if error.filename else ""
            _fail(f"The file or folder{of} cannot be used: {error.strerror or error}.")
        except Exception as error:
            # A usage error, of Typer's own copy of click or of click itself, depending on the version of Typer.
            if not hasattr(error, "format_message"):
                raise
            _usage_error(error)
        sys.exit(code if isinstance(code, int) else 0)


def _usage_error(error: Any) -> None:
    """What is wrong, and the help that says what is right; nothing more where the help was asked for or is shown."""
    message = error.format_message()
    if not message.strip():
        sys.exit(0)
    context = getattr(error, "ctx", None)
    hint = f" `{context.command_path} --help` shows its options." if context is not None else ""
    _fail(message.rstrip().rstrip(".") + "." + hint)


def _fail(message: str, code: int = MENDABLE) -> None:
    print(f"error: {sentence(message)}", file=sys.stderr)
    sys.exit(code)
