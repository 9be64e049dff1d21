"""The poster of an item: from the dataset's folder, else from TMDB, else from its link, else drawn."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol

import reco_core
from reco_core.kinds import Drawing
from reco_core.posters.drawing_cache import cached_drawing
from reco_core.posters.folder import is_file_name, poster_in
from reco_core.posters.links import Links, usable
from reco_core.posters.tmdb import API_URL, IMAGE_URL, Tmdb

# How long a page may wait for TMDB; what comes later is cached and shown the next time.
PATIENCE_SECONDS = 4.0
THREADS = 8


@dataclass(frozen=True)
class Poster:
    """An image that a browser can show, and where it comes from."""

    content: bytes = field(repr=False)
    mime: str
    source: Literal["folder", "tmdb", "link", "drawn"]


class Wanted(Protocol):
    """What a poster is looked for by."""

    @property
    def item_id(self) -> object: ...
    @property
    def title(self) -> str: ...
    @property
    def year(self) -> int | None: ...
    @property
    def genres(self) -> str: ...
    @property
    def tmdb_id(self) -> int | None: ...


class Posters:
    """Finds posters; a dataset's folder is never used for another dataset, as ids differ between them.

    folders: dataset name -> folder with <item id>.jpg (.jpeg, .png, .webp), looked into before the folder of that
    name in assets/posters. tmdb_key: a v3 key or v4 token of TMDB; links: what fetches the images that items link to
    (an attribute `image`). Without either nothing is fetched.
    """

    def __init__(
        self,
        folders: Mapping[str, Path] | None = None,
        tmdb_key: str | None = None,
        cache: Path | None = None,
        base_url: str = API_URL,
        image_url: str = IMAGE_URL,
        assets: Path | None = None,
        links: Links | None = None,
    ) -> None:
        self._folders = {name: Path(folder).expanduser() for name, folder in (folders or {}).items()}
        self._assets = assets or _assets()
        self.links = links
        self.tmdb = Tmdb(tmdb_key, cache, base_url, image_url) if tmdb_key else None

    def find(
        self,
        ratings_name: str,
        item_id: object,
        title: str,
        year: int | None = None,
        genres: str = "",
        tmdb_id: int | None = None,
        drawing: Drawing = "poster",
    ) -> Poster:
        """The item's poster; there always is one, after at most about four seconds."""
        return self.find_many(ratings_name, [_Item(item_id, title, year, genres, tmdb_id)], drawing=drawing)[0]

    def find_many(
        self,
        ratings_name: str,
        wanted: Iterable[Wanted],
        seconds: float = PATIENCE_SECONDS,
        drawing: Drawing = "poster",
    ) -> list[Poster]:
        """One poster for each wanted item, in order; what TMDB has not sent within `seconds` is drawn for now.

        drawing: the form of what is drawn, of `ItemKind.drawing`.
        """
        wanted = list(wanted)
        found = [self._from_folder(ratings_name, item.item_id) for item in wanted]
        missing = [place for place, poster in enumerate(found) if poster is None]
        for place, poster in self._from_tmdb({place: wanted[place].tmdb_id for place in missing}, seconds).items():
            found[place] = poster
        missing = [place for place, poster in enumerate(found) if poster is None]
        for place, poster in self._from_links({place: link_of(wanted[place]) for place in missing}).items():
            found[place] = poster
        return [poster or _drawn(item, drawing) for poster, item in zip(found, wanted, strict=True)]

    def _from_folder(self, ratings_name: str, item_id: object) -> Poster | None:
        folders = [self._folders[ratings_name]] if ratings_name in self._folders else []
        if is_file_name(ratings_name):
            folders.append(self._assets / ratings_name)
        for folder in folders:
            image = poster_in(folder, item_id)
            if image is not None:
                return Poster(*image, "folder")
        return None

    def _from_tmdb(self, ids: Mapping[int, int | None], seconds: float) -> dict[int, Poster]:
        """Posters by place, of those that are cached or come in time."""
        if self.tmdb is None or not ids:
            return {}
        pool = ThreadPoolExecutor(min(THREADS, len(ids)), thread_name_prefix="posters")
        jobs = {pool.submit(self.tmdb.poster, tmdb_id): place for place, tmdb_id in ids.items()}
        done, _ = wait(jobs, timeout=seconds)
        pool.shutdown(wait=False, cancel_futures=True)
        images = {jobs[job]: job.result() for job in done}
        return {place: Poster(*image, "tmdb") for place, image in images.items() if image is not None}

    def _from_links(self, links: Mapping[int, str]) -> dict[int, Poster]:
        """Posters by place, of those that are here; the others are fetched for the next time."""
        if self.links is None:
            return {}
        images = {place: self.links.cached(link) for place, link in links.items() if link}
        self.links.want(links[place] for place, image in images.items() if image is None)
        return {place: Poster(*image, "link") for place, image in images.items() if image is not None}


def link_of(item: object) -> str:
    """The link to an item's image as it is fetched; "" where it has none that may be."""
    return usable(getattr(item, "image", ""))


@dataclass(frozen=True)
class _Item:
    """One wanted item, given by values."""

    item_id: object
    title: str
    year: int | None
    genres: str
    tmdb_id: int | None


def _drawn(item: Wanted, drawing: Drawing) -> Poster:
    return Poster(cached_drawing(item.title, item.year, item.genres, drawing), "image/jpeg", "drawn")


def _assets() -> Path:
    """assets/posters of an installed package, else of a checkout."""
    package = Path(reco_core.__file__).parent
    installed = package / "site" / "assets" / "posters"
    return installed if installed.is_dir() else package.parent / "assets" / "posters"
