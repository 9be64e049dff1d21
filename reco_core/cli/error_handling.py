"""How the command line ends: 0, or 2 with one line that says what is allowed."""

from __future__ import annotations

import sys
from contextlib import suppress
from typing import Any

import typer
from typer.core import TyperGroup

from reco_core.cli.streams import NOBODY_READS, flush, leave_quietly
from reco_core.errors import RecoError
from reco_core.shown_text import sentence
from reco_core.storage import words_of

MENDABLE, BROKEN_OFF = 2, 130


class Group(TyperGroup):
    """Commands whose mistakes, Typer's own included, are one line on stderr without a traceback."""

    def main(self, *args: Any, **extra: Any) -> Any:
        try:
            code = super().main(*args, **extra | {"standalone_mode": False})
            flush()
        except RecoError as error:
            _fail(str(error))
        except typer.Abort:
            _fail("Aborted.", BROKEN_OFF)
        except KeyboardInterrupt:
            _fail("Aborted.", BROKEN_OFF)
        except BrokenPipeError:  # `reco runs | head -1`: whoever read has seen enough
            leave_quietly()
            sys.exit(NOBODY_READS)
        except OSError as error:  # a full disk, a folder that may not be written, output that nothing takes
            _fail(words_of(error))
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
    with suppress(OSError):
        print(f"error: {sentence(message)}", file=sys.stderr, flush=True)
    try:
        flush()
    except OSError:
        leave_quietly()
    sys.exit(code)
