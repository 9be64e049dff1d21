"""Whether images are fetched from the links of a dataset, and from which hosts: as somebody allowed it here.

It is kept with the hosts, so that another file under the same name asks nobody else.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from reco_core.kept_choices import keep_choice, read_choices
from reco_core.paths import posters_home
from reco_core.posters.links import host_of, usable
from reco_core.ratings import Ratings

MOST_HOSTS = 1_000


def hosts_of(ratings: Ratings) -> Counter[str]:
    """How many items link to an image that may be fetched, by host."""
    if "image" not in ratings.item_table:
        return Counter()
    every = filter(None, (usable(link) for link in ratings.item_table["image"]))
    return Counter(host_of(link) for link in every)


def allowed_hosts(dataset: str) -> frozenset[str]:
    """The hosts that this dataset's images are fetched from; none unless somebody switched it on."""
    hosts = read_choices(_file()).get(dataset)
    return frozenset(map(str, hosts)) if isinstance(hosts, list) else frozenset()


def allow_hosts(dataset: str, hosts: Counter[str]) -> None:
    """From now on, fetch this dataset's images from these hosts, the most linked first; from none where it is empty.

    Raises StorageError.
    """
    keep_choice(_file(), dataset, [host for host, _ in hosts.most_common(MOST_HOSTS)] or None)


def _file() -> Path:
    return posters_home() / "links.json"
