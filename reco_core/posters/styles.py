"""What a genre looks like: its pictures, palettes and lettering."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

from reco_core.posters.canvas import Canvas, Spot
from reco_core.posters.palettes import Palette
from reco_core.posters.scenes import land, night, props, shapes, signs, street, toys

Scene = Callable[[Canvas, Palette, Spot, Random], None]


@dataclass(frozen=True)
class Style:
    """Choices that suit a genre."""

    scenes: tuple[Scene, ...]
    palettes: tuple[str, ...]
    faces: tuple[str, ...]


def _style(palettes: str, faces: str, *scenes: Scene) -> Style:
    return Style(scenes, tuple(palettes.split()), tuple(faces.split()))


# From the genre that says most about a film's look to the one that says least: MovieLens lists genres by alphabet.
STYLES: dict[str, Style] = {
    "Western": _style("desert ochre ember dusk", "engraved poster", land.desert, land.road, land.peaks),
    "Film-Noir": _style(
        "noir bone sepia steel", "engraved poster", street.blinds, street.street_lamp, night.city, signs.spiral
    ),
    "Animation": _style(
        "candy sky lemon meadow violet sunny", "friendly", toys.tiles, toys.balloons, toys.sunny, toys.rainbow
    ),
    "Horror": _style(
        "blood bone swamp night", "poster engraved", night.house, signs.claws, signs.eye, night.forest, street.facade
    ),
    "Sci-Fi": _style(
        "orbit neon night teal violet", "poster", night.planet, night.retro_sun, night.city, shapes.aperture
    ),
    "War": _style(
        "khaki steel ochre storm",
        "poster engraved",
        *(night.searchlights, land.parachutes, land.peaks, night.forest, street.wire),
    ),
    "Musical": _style(
        "rose plum candy violet lemon", "tender friendly", shapes.vinyl, shapes.keys, shapes.rosette, toys.confetti
    ),
    "Fantasy": _style("violet night plum dusk teal", "engraved book", night.castle, night.forest, night.planet),
    "Children": _style(
        "sky meadow candy sunny lemon ice",
        "friendly",
        *(toys.rainbow, toys.balloons, toys.sunny, land.hills, toys.tiles, props.car),
    ),
    "Documentary": _style(
        "print blueprint slate ochre moss",
        "poster book",
        shapes.aperture,
        shapes.contours,
        shapes.globe,
        shapes.countdown,
    ),
    "Mystery": _style(
        "night moss plum storm bone",
        "book engraved",
        *(street.keyhole, signs.eye, night.forest, signs.fingerprint, street.facade, street.lighthouse),
    ),
    "Crime": _style(
        "bone steel brick khaki noir blood",
        "poster",
        *(signs.fingerprint, night.city, street.blinds, street.street_lamp, street.facade, street.keyhole),
    ),
    "Adventure": _style(
        "teal desert moss dusk slate meadow",
        "poster engraved",
        *(land.peaks, land.sea, land.waves, shapes.globe, shapes.contours, street.lighthouse),
    ),
    "Romance": _style(
        "rose blush plum dusk ice",
        "tender book",
        *(shapes.two_circles, shapes.heart, shapes.rosette, land.sea, street.umbrella, land.lone_tree, props.cocktail),
    ),
    "Thriller": _style(
        "ember bone slate swamp steel brick",
        "poster",
        *(signs.spiral, signs.eye, signs.shards, signs.target, land.road, street.facade, street.wire, signs.bolt),
    ),
    "Action": _style(
        "ember neon steel brick teal blood",
        "poster",
        *(signs.burst, signs.target, night.retro_sun, signs.shards, night.city, signs.bolt),
    ),
    "Comedy": _style(
        "lemon sunny candy print ice brick blush",
        "friendly poster",
        *(props.disguise, props.bowler, props.bow_tie, props.car, props.cocktail, toys.mobile, toys.confetti),
        *(toys.sunny, toys.tiles, street.umbrella),
    ),
    "Drama": _style(
        "dusk storm sepia slate plum ochre teal moss",
        "book engraved",
        *(land.hills, land.lone_tree, land.sea, land.waves, land.road, street.doorway, street.stairs, street.umbrella),
        *(street.wire, street.lighthouse, street.facade, street.street_lamp, shapes.two_circles, toys.mobile),
    ),
    "": _style("print slate teal storm sepia", "book poster", shapes.countdown, toys.mobile, toys.tiles, land.hills),
}
# The same genres under the names that other catalogues give them.
_SAME = {
    "Children's": "Children",
    "Family": "Children",
    "History": "Documentary",
    "Kids": "Children",
    "Music": "Musical",
    "Noir": "Film-Noir",
    "Science Fiction": "Sci-Fi",
}
_RANK = {genre: rank for rank, genre in enumerate(STYLES)}


def telling(genres: Sequence[str]) -> list[str]:
    """The names of the styles of some genres, the most telling first; [""] where none is known."""
    known = {_SAME.get(genre, genre) for genre in genres} & set(STYLES)
    return sorted(known, key=_RANK.__getitem__) or [""]
