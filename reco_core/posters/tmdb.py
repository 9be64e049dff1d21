"""Posters from The Movie Database, kept on disk once fetched."""

from __future__ import annotations

import math
import os
import re
import tempfile
import time
from pathlib import Path
from typing import Any

import requests

from reco_core.paths import posters_home
from reco_core.posters.image import safe_image

TMDB_NOTICE = "This product uses the TMDB API but is not endorsed or certified by TMDB."
API_URL = "https://api.themoviedb.org/3"
IMAGE_URL = "https://image.tmdb.org/t/p/w342"

TIMEOUTS = (2.0, 3.0)  # seconds to connect, and to wait for the next bytes
MAX_BYTES = 3_000_000
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
        except (requests.RequestException, OSError, ValueError) as error:
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
        path = answer.get("poster_path") if isinstance(answer, dict) else None
        if isinstance(path, str) and re.fullmatch(r"/[\w-]+\.(jpg|jpeg|png|webp)", path, re.ASCII):
            content = self._get(self._image_url + path, api=False)
            image = safe_image(content) if isinstance(content, bytes) else None
            if image is not None:
                self._keep(f"{movie}.img", image[0])
                return image
        if answer is not None:
            self._keep(f"{movie}.none", b"")
        return None

    def _get(self, url: str, api: bool) -> Any:
        """JSON of the API or bytes of an image; {} for 404; None after a refusal, which starts a pause.

        Redirects are not followed: the key would go with them.
        """
        more = {"headers": self._headers, "params": self._parameters} if api else {}
        with requests.get(url, timeout=TIMEOUTS, stream=True, allow_redirects=False, **more) as response:
            if response.status_code == 404:
                return {}
            if response.status_code != 200:
                reason = "refused the key" if response.status_code == 401 else f"answered {response.status_code}"
                self._pause(f"TMDB {reason}.")
                return None
            content = response.raw.read(MAX_BYTES + 1, decode_content=True)
        if len(content) > MAX_BYTES:
            raise ValueError("the answer is too big")
        self.problem = None
        return requests.models.complexjson.loads(content) if api else content

    def _pause(self, problem: str) -> None:
        self._paused_until = time.monotonic() + PAUSE_SECONDS
        self.problem = problem

    def _keep(self, name: str, content: bytes) -> None:
        """Write into the cache whole or not at all; a full disk costs the cache, not the poster."""
        try:
            self._cache.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=self._cache, delete=False) as file:
                file.write(content)
            os.replace(file.name, self._cache / name)
        except OSError as error:
            self.problem = f"Posters cannot be kept in {self._cache} ({error.strerror})."


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
