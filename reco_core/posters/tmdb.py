"""Posters from The Movie Database, kept on disk once fetched."""

from __future__ import annotations

import contextlib
import json
import math
import os
import re
import secrets
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reco_core.paths import posters_home
from reco_core.posters.image import safe_image

if TYPE_CHECKING:
    import requests

TMDB_NOTICE = "This product uses the TMDB API but is not endorsed or certified by TMDB."
API_URL = "https://api.themoviedb.org/3"
IMAGE_URL = "https://image.tmdb.org/t/p/w342"

TIMEOUTS = (2.0, 3.0)  # seconds to connect, and to wait for the next bytes
MAX_BYTES = 3_000_000
MAX_SECONDS = 10.0
DAY = 86_400.0
KEEP_POSTER = 180 * DAY  # TMDB's terms allow no copy older than six months
KEEP_NOTHING = 7 * DAY
PAUSE_SECONDS = 60.0  # after a failure of the service nothing is asked for this long


class Tmdb:
    """Fetches posters by TMDB's movie ids, with a v3 key or a v4 token; at a fault it answers None, never an error.

    `problem` says in one sentence what the last fault was, for a settings page; None while all is well.
    """

    def __init__(
        self, key: str, cache: Path | None = None, base_url: str = API_URL, image_url: str = IMAGE_URL
    ) -> None:
        self._cache = (cache or posters_home()) / "tmdb"
        self._base_url, self._image_url = base_url.rstrip("/"), image_url.rstrip("/")
        key = key.strip()
        is_token = key.count(".") == 2  # a v4 token is a JSON web token
        self._headers = {"Authorization": f"Bearer {key}"} if is_token else {}
        self._parameters = {} if is_token else {"api_key": key}
        self._paused_until = 0.0
        self.problem: str | None = None

    def poster(self, tmdb_id: Any) -> tuple[bytes, str] | None:
        """(bytes, mime type) of a movie's poster, cached or fetched; None where none is to be had."""
        movie = _movie_id(tmdb_id)
        if movie is None:
            return None
        cached = self._cached(movie)
        if cached is not None:
            return cached
        if _age(self._cache / f"{movie}.none") < KEEP_NOTHING or time.monotonic() < self._paused_until:
            return None
        try:
            return self._fetched(movie)
        except (OSError, ValueError, RecursionError) as error:  # what requests raises is an OSError
            self._pause(f"TMDB did not answer ({type(error).__name__}).")
            return None

    def _cached(self, movie: int) -> tuple[bytes, str] | None:
        path = self._cache / f"{movie}.img"
        try:
            return safe_image(path.read_bytes()) if _age(path) < KEEP_POSTER else None
        except OSError:
            return None

    def _fetched(self, movie: int) -> tuple[bytes, str] | None:
        """The poster from TMDB; what it says is remembered, also that there is none."""
        answer = self._get(f"{self._base_url}/movie/{movie}", api=True)
        if not isinstance(answer, dict):
            return None
        path, image = answer.get("poster_path"), None
        if isinstance(path, str) and re.fullmatch(r"/[\w-]+\.(jpg|jpeg|png|webp)", path, re.ASCII):
            content = self._get(self._image_url + path, api=False)
            if content is None:
                return None
            image = safe_image(content)
        if image is None:
            self._keep(f"{movie}.none", b"")
        else:
            self._keep(f"{movie}.img", image[0])
        return image

    def _get(self, url: str, api: bool) -> Any:
        """JSON of the API or bytes of an image, empty for 404; None after a refusal, which starts a pause.

        Redirects are not followed: the key would go with them.
        """
        import requests  # 6 MB that a server without a key never needs

        more: dict[str, Any] = {"headers": self._headers, "params": self._parameters} if api else {}
        with requests.get(url, timeout=TIMEOUTS, stream=True, allow_redirects=False, **more) as response:
            if response.status_code == 404:
                return {} if api else b""
            if response.status_code != 200:
                reason = "refused the key" if response.status_code == 401 else f"answered {response.status_code}"
                self._pause(f"TMDB {reason}.")
                return None
            content = _body(response)
        self.problem = None
        return json.loads(content) if api else content

    def _pause(self, problem: str) -> None:
        self._paused_until = time.monotonic() + PAUSE_SECONDS
        self.problem = problem

    def _keep(self, name: str, content: bytes) -> None:
        """Write into the cache whole or not at all; a full disk costs the cache, not the poster."""
        part = self._cache / f"{name}.{secrets.token_hex(4)}.part"
        try:
            self._cache.mkdir(parents=True, exist_ok=True)
            part.write_bytes(content)
            os.replace(part, self._cache / name)
        except OSError as error:
            with contextlib.suppress(OSError):
                part.unlink()
            self.problem = f"Posters cannot be stored in {self._cache} ({error.strerror})."


def _body(response: requests.Response) -> bytes:
    """The answer's bytes; raises ValueError for one that is too long or takes too long to come."""
    content, end = bytearray(), time.monotonic() + MAX_SECONDS
    for part in response.iter_content(4096):
        content += part
        if len(content) > MAX_BYTES or time.monotonic() > end:
            raise ValueError("the answer is too long")
    return bytes(content)


def _movie_id(value: Any) -> int | None:
    """A movie id above 0; None for anything else, such as pandas' NA."""
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return int(number) if math.isfinite(number) and number > 0 and number == int(number) else None


def _age(path: Path) -> float:
    """Seconds since the file was written; infinite where there is none."""
    try:
        return max(0.0, time.time() - path.stat().st_mtime)
    except OSError:
        return math.inf
