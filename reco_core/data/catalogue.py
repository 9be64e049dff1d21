"""Datasets that have a name: what they are, where they come from, on what terms."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from reco_core.data import demo
from reco_core.data.own.record import Dataset
from reco_core.errors import DataError
from reco_core.kinds import ITEM, MOVIE, ItemKind
from reco_core.paths import datasets_home
from reco_core.ratings import Source

BASE_URL = "https://files.grouplens.org/datasets/movielens/"
HOME_URL = "https://grouplens.org/datasets/movielens/"
CITATION = (
    "F. Maxwell Harper and Joseph A. Konstan. 2015. The MovieLens Datasets: History and Context. ACM Transactions on"
    " Interactive Intelligent Systems 5, 4, Article 19. https://doi.org/10.1145/2827872"
)
RESEARCH = (
    "Research use only; no redistribution without permission, no commercial use without permission of GroupLens,"
    " no suggestion of their endorsement, citation in publications."
)
SHARED = (
    "Research use only; redistribution only under these same terms, no commercial use without permission of GroupLens,"
    " no suggestion of their endorsement, citation in publications."
)


@dataclass(frozen=True)
class DatasetEntry:
    """A dataset with a name. Sizes are None where they are not known; items are those with a rating.

    checksum: "md5:..." of the zip as GroupLens publishes it; "" where the zip changes over time or there is none.
    available: whether it can be loaded now, without a download. own: the record of a dataset that was added.
    """

    name: str
    title: str
    licence: str
    citation: str = ""
    url: str = ""
    size_mb: float = 0.0
    n_ratings: int | None = None
    n_users: int | None = None
    n_items: int | None = None
    download_url: str = ""
    checksum: str = ""
    available: bool = False
    item_kind: ItemKind = ITEM
    own: Dataset | None = None

    @property
    def source(self) -> Source:
        """The same in the form that `Ratings` carries."""
        return Source(self.title, self.licence, self.citation, self.url)


def _movielens(
    name: str, title: str, licence: str, size_mb: float, counts: tuple[int, int, int], md5: str = ""
) -> DatasetEntry:
    return DatasetEntry(
        name=name,
        title=title,
        licence=licence,
        citation=CITATION,
        url=HOME_URL + ("latest/" if "latest" in name else f"{name.removeprefix('ml-')}/"),
        size_mb=size_mb,
        n_ratings=counts[0],
        n_users=counts[1],
        n_items=counts[2],
        download_url=f"{BASE_URL}{name}.zip",
        checksum=f"md5:{md5}" if md5 else "",
        item_kind=MOVIE,
    )


DEMO = DatasetEntry(
    name="demo",
    title=demo.SOURCE.title,
    licence=demo.SOURCE.licence,
    n_ratings=demo.N_RATINGS,
    n_users=demo.N_USERS,
    n_items=demo.N_ITEMS,
    available=True,
    item_kind=MOVIE,
)
LATEST_SMALL = (100_836, 610, 9_724)
MOVIELENS: tuple[DatasetEntry, ...] = (
    _movielens("ml-100k", "MovieLens 100K", RESEARCH, 4.9, (100_000, 943, 1_682), "0e33842e24a9c977be4e0107933c0723"),
    _movielens("ml-latest-small", "MovieLens latest-small (2018)", SHARED, 1.0, LATEST_SMALL),
    _movielens("ml-1m", "MovieLens 1M", RESEARCH, 5.9, (1_000_209, 6_040, 3_706), "c4d9eecfca2ab87c1945afe126590906"),
    _movielens(
        "ml-10m", "MovieLens 10M", RESEARCH, 65.6, (10_000_054, 69_878, 10_677), "ce571fd55effeba0271552578f2648bd"
    ),
    _movielens(
        "ml-20m", "MovieLens 20M", SHARED, 198.7, (20_000_263, 138_493, 26_744), "cd245b17a1ae2cc31bb14903e1204af3"
    ),
    _movielens(
        "ml-25m", "MovieLens 25M", SHARED, 262.0, (25_000_095, 162_541, 59_047), "6b51fb2759a8657d3bfcbfc42b592ada"
    ),
    _movielens(
        "ml-32m", "MovieLens 32M", SHARED, 239.0, (32_000_204, 200_948, 84_432), "d472be332d4daa821edc399621853b57"
    ),
)


def catalogue() -> tuple[DatasetEntry, ...]:
    """The named datasets, the embedded one first; `available` says whether their zip is here."""
    return (DEMO, *(replace(entry, available=zip_path(entry.name).is_file()) for entry in MOVIELENS))


def entry_of(name: str) -> DatasetEntry:
    """The downloadable dataset of a name. Raises DataError that lists them."""
    for entry in MOVIELENS:
        if entry.name == name:
            return entry
    names = ", ".join(entry.name for entry in MOVIELENS)
    raise DataError(f"A dataset to download must be one of {names}; got {name}.")


def zip_path(name: str) -> Path:
    """Where the zip of a named dataset is, or would be."""
    return datasets_home() / f"{name}.zip"


def recognise(n_ratings: int, n_users: int, n_items: int) -> DatasetEntry | None:
    """The MovieLens dataset with exactly these sizes."""
    sizes = (n_ratings, n_users, n_items)
    return next((entry for entry in MOVIELENS if (entry.n_ratings, entry.n_users, entry.n_items) == sizes), None)
