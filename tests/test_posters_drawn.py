from __future__ import annotations

from io import BytesIO
from random import Random

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from reco_core.kinds import KINDS, Drawing
from reco_core.posters import draw
from reco_core.posters.canvas import Canvas, Spot
from reco_core.posters.compositions import COMPOSITIONS
from reco_core.posters.drawn import FORMS, _encoded, design
from reco_core.posters.lettering import (
    FACES,
    SMALL,
    SMALLEST,
    _in_room,
    _spaced_length,
    drawable,
    fit,
    load,
    title_and_more,
)
from reco_core.posters.ornaments import ORNAMENTS, Ornament
from reco_core.posters.palettes import PALETTES, contrast, mix
from reco_core.posters.prints import print_of
from reco_core.posters.styles import STYLES, telling
from tests.hostile import LONG_GENRE, MARKUP, TITLES

GENRES = [genre for genre in STYLES if genre]
SCENES = sorted({scene for style in STYLES.values() for scene in style.scenes}, key=lambda scene: scene.__name__)


def test_a_poster_is_a_jpeg_of_two_to_three() -> None:
    image = Image.open(BytesIO(draw("The Third Man", 1949, "Film-Noir|Thriller")))
    assert (image.format, image.size) == ("JPEG", (276, 414))
    assert Image.open(BytesIO(draw("The Third Man", 1949, "Film-Noir", width=110))).size == (110, 165)


def test_the_same_film_has_the_same_poster_every_time() -> None:
    first = draw("Metropolis", 1927, "Sci-Fi")
    _encoded.cache_clear()
    assert draw("Metropolis", 1927, "Sci-Fi") == first


def test_films_of_one_genre_differ() -> None:
    assert len({draw(f"Film {n}", 1990, "Drama") for n in range(40)}) == 40
    designs = [design(f"Film {n}", "1990", ["Drama"]) for n in range(60)]
    assert len({d.scene for d in designs}) >= 10
    assert len({d.palette for d in designs}) >= 6
    assert len({d.compose for d in designs}) >= 4


def test_a_poster_weighs_little() -> None:
    sizes = [len(draw(f"A Film of {genre}", 1990, genre)) for genre in GENRES]
    assert sum(sizes) / len(sizes) < 25_000
    assert max(sizes) < 60_000


@pytest.mark.parametrize("year", [None, pd.NA, float("nan"), 1995, 1995.0, "1995", "soon"])
@pytest.mark.parametrize("genres", ["", None, "(no genres listed)", "Western", "Nonsense|Drama"])
def test_missing_years_and_odd_genres_are_drawn(year: object, genres: object) -> None:
    assert Image.open(BytesIO(draw("Dead Man", year, genres))).size == (276, 414)


@given(st.text(max_size=120), st.lists(st.sampled_from(GENRES), max_size=3))
@settings(max_examples=60, deadline=None)
def test_every_title_can_be_drawn(title: str, genres: list[str]) -> None:
    Image.open(BytesIO(draw(title, 1990, "|".join(genres)))).load()


@pytest.mark.parametrize(
    ("drawing", "size"),
    [("poster", (276, 414)), ("cover", (276, 414)), ("sleeve", (276, 276)), ("box", (276, 368)), ("card", (276, 276))],
)
def test_every_form_has_its_shape_and_is_the_same_every_time(drawing: Drawing, size: tuple[int, int]) -> None:
    first = draw("Kind of Blue", 1959, "Jazz", drawing=drawing)
    assert Image.open(BytesIO(first)).size == size
    _encoded.cache_clear()
    assert draw("Kind of Blue", 1959, "Jazz", drawing=drawing) == first
    assert len({draw(f"Item {n}", drawing=drawing) for n in range(24)}) == 24
    assert {kind.drawing for kind in KINDS} == set(FORMS)


@given(st.text(max_size=120), st.text(max_size=60), st.sampled_from(sorted(FORMS)), st.sampled_from((60, 276)))
@settings(max_examples=60, deadline=None)
def test_every_title_and_category_can_be_drawn_in_every_form(
    title: str, genres: str, form: Drawing, width: int
) -> None:
    assert Image.open(BytesIO(draw(title, 1990, genres, width, form))).width == width


@pytest.mark.parametrize("drawing", FORMS)
def test_a_category_of_any_length_is_drawn_with_an_ellipsis(drawing: Drawing) -> None:
    Image.open(BytesIO(draw("Dead Man", 1990, "x" * 600, drawing=drawing))).load()


@pytest.mark.parametrize("ornament", ORNAMENTS, ids=lambda ornament: ornament.__name__)
@pytest.mark.parametrize("height", [24, 120, 180])
def test_every_ornament_fills_its_picture(ornament: Ornament, height: int) -> None:
    for seed in range(3):
        canvas = Canvas(120, height, (255, 0, 255))
        ornament(canvas, PALETTES["dusk"], Random(seed))
        image = canvas.finished()
        assert (255, 0, 255) not in {image.getpixel((x, y)) for x in (0, 60, 119) for y in (0, height // 2, height - 1)}


def test_one_category_has_few_palettes_and_the_text_is_readable_on_its_ground() -> None:
    prints = [print_of(f"Title {n}", "", ("Cooking",), (276, 276))[0] for n in range(40)]
    assert len({made.palette for made in prints}) <= 3
    assert all(len(made.pairs()) >= 3 for made in prints)


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.__name__)
def test_every_scene_fills_low_and_tall_pictures_and_is_placed_somewhere(scene: object) -> None:
    palette = PALETTES["dusk"]
    for height in (90, 414):
        canvas = Canvas(120, height, (255, 0, 255))
        scene(canvas, palette, Spot(0.5, height / 240, min(0.4, height / 280)), Random(1))
        image = canvas.finished()
        assert image.size == (120, height)
        assert (255, 0, 255) not in {
            image.getpixel(at) for at in ((0, 0), (119, 0), (0, height - 1), (119, height - 1))
        }
    assert COMPOSITIONS[scene.__module__.rsplit(".", 1)[1]]


def test_styles_name_palettes_and_faces_that_exist() -> None:
    for style in STYLES.values():
        assert set(style.palettes) <= set(PALETTES)
        assert set(style.faces) <= set(FACES)


@pytest.mark.parametrize("name", PALETTES)
def test_text_is_readable_in_every_palette(name: str) -> None:
    palette = PALETTES[name]
    assert contrast(palette.dark, palette.paper) >= 7
    # Behind a title the picture shines through the dark by less than 4 %.
    assert contrast(mix(palette.dark, palette.paper, 0.04), palette.paper) >= 7
    assert contrast(palette.light, palette.dark) >= 3


def test_contrast_of_black_and_white_is_21() -> None:
    assert contrast((0, 0, 0), (255, 255, 255)) == pytest.approx(21)


def test_the_genre_that_says_most_goes_first() -> None:
    assert telling(["Adventure", "Children's", "Drama", "Musical"])[0] == "Musical"
    assert telling(["Drama", "Mystery", "Sci-Fi", "Thriller"])[0] == "Sci-Fi"
    assert telling(["Nonsense"]) == telling([]) == [""]


@pytest.mark.parametrize("file", sorted({face.file for face in FACES.values()} | {SMALL}))
def test_every_font_has_every_character_that_is_kept(file: str) -> None:
    font = load(file, 20)
    missing = bytes(font.getmask("\uffff"))
    kept = [chr(code) for code in range(0x20, 0x2700) if drawable(f"x{chr(code)}") == f"x{chr(code)}"]
    assert len(kept) > 600
    assert [letter for letter in kept if bytes(font.getmask(letter)) == missing] == []


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("La Cité des enfants perdus", ("La Cité des enfants perdus", "")),
        ("The Day the Sun Turned Cold (Tianguo niezi)", ("The Day the Sun Turned Cold", "Tianguo niezi")),
        ("七人の侍 (Seven Samurai)", ("Seven Samurai", "")),
        ("七人の侍", ("", "")),
        ("Солярис", ("Солярис", "")),
        ("Amélie\u0301\n 🎬", ("Amélié", "")),
        ("", ("", "")),
        ("(500) Days of Summer", ("(500) Days of Summer", "")),
        ("M*A*S*H", ("M*A*S*H", "")),
    ],
)
def test_a_title_is_parted_and_kept_to_what_the_fonts_have(title: str, expected: tuple[str, str]) -> None:
    assert title_and_more(title) == expected


@given(st.text("abcdefgh ÄÖéß-'АБВ", min_size=1, max_size=200), st.sampled_from(sorted(FACES)))
@settings(deadline=None)
def test_no_line_of_a_title_is_wider_or_higher_than_its_room(text: str, face: str) -> None:
    block = fit(text, FACES[face], 229, 121, 50)
    font = load(block.face.file, block.size)
    assert all(font.getlength(line) <= 229 for line in block.lines)
    assert block.height <= 121 + 1e-6
    assert block.size <= 50


def test_no_word_of_a_title_is_lost() -> None:
    title = "Those Magnificent Men in Their Flying Machines"
    assert " ".join(fit(title, FACES["book"], 229, 121, 50).lines) == title


def test_a_long_title_ends_in_an_ellipsis_and_a_long_word_in_hyphens() -> None:
    assert fit("word " * 60, FACES["book"], 229, 121, 50).lines[-1].endswith("word…")
    assert fit("Supercalifragilisticexpialidocious", FACES["book"], 229, 121, 50).lines[0].endswith("-")


def test_long_titles_stay_large_enough_to_read() -> None:
    title = "Dr. Strangelove or: How I Learned to Stop Worrying and Love the Bomb"
    assert all(fit(title, face, 229, 121, 50).size >= 17 for face in FACES.values())


def test_greek_capitals_carry_no_accent() -> None:
    assert fit("Πολίτικη Κουζίνα", FACES["poster"], 500, 200, 50).lines[0].startswith("ΠΟΛΙΤΙΚΗ")


@pytest.mark.parametrize("width", [60, 276])
@pytest.mark.parametrize("genre", [LONG_GENRE, f"Drama|{LONG_GENRE}", "مسلسل|דרמה", MARKUP])
def test_any_genre_and_year_and_every_hostile_title_can_be_drawn(width: int, genre: str) -> None:
    for title in TITLES[:: 1 if width == 60 else 4]:
        Image.open(BytesIO(draw(title, 10**300, genre, width))).load()


@given(st.text(max_size=200), st.integers(40, 460), st.booleans())
@settings(max_examples=60)
def test_a_small_line_keeps_to_its_room_and_can_be_read(text: str, width: int, spaced: bool) -> None:
    asked = (width * 0.05, 0.08 * spaced)
    shown, size = _in_room(drawable(text), width, asked)
    assert _spaced_length(shown, size, asked[1]) <= width
    assert size >= asked[0] * SMALLEST - 0.25
    assert drawable(text).startswith(shown.removesuffix("…"))
