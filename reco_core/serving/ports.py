"""A port to listen on: the one asked for, else the first that is free."""

from __future__ import annotations

import errno
import socket
import sys

from reco_core.errors import SettingsError

PORT, PORTS_TRIED = 8501, 20


def free_port(host: str, wanted: int | None) -> int:
    """The port asked for, else 8501 or the next free one; raises SettingsError for a taken port or a strange host."""
    if wanted is not None:
        if not _is_free(host, wanted):
            raise SettingsError(f"--port must be a free port; {wanted} is taken (without --port a free one is chosen).")
        return wanted
    for port in range(PORT, PORT + PORTS_TRIED):
        if _is_free(host, port):
            return port
    raise SettingsError(f"Ports {PORT} to {PORT + PORTS_TRIED - 1} are all taken; give a free one with --port.")


def _is_free(host: str, port: int) -> bool:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        if sys.platform != "win32":
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno in (errno.EADDRINUSE, errno.EACCES):
                return False
            raise SettingsError(f"--host must be an address of this computer; got {host}.") from error
        return True
