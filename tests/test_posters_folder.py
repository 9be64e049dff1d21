from __future__ import annotations

import os
import struct
import zlib
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from reco_core.posters import Posters
from reco_core.posters.folder import is_file_name, poster_in
from reco_core.posters.image import MAX_WIDTH, safe_image


def encoded(kind: str = "JPEG", size: tuple[int, int] = (92, 138), mode: str = "RGB", **options: object) -> bytes:
    out = BytesIO()
    Image.new(mode, size).save(out, kind, **options)
    return out.getvalue()


def png_that_claims(width: int, height: int) -> bytes:
    """A PNG whose header promises many pixels and whose data hold none."""
    chunk = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + chunk + struct.pack(">I", zlib.crc32(chunk))


def finder(folder: Path, assets: Path | None = None) -> Posters:
    return Posters({"films": folder}, assets=assets or folder / "none")


@pytest.mark.parametrize(
    ("suffix", "kind", "mime"),
    [
        (".jpg", "JPEG", "image/jpeg"),
        (".jpeg", "JPEG", "image/jpeg"),
        (".png", "PNG", "image/png"),
        (".webp", "WEBP", "image/webp"),
        (".JPG", "JPEG", "image/jpeg"),
        (".jpg", "PNG", "image/png"),
    ],
)
def test_a_picture_of_the_items_name_is_found_and_typed_by_its_bytes(
    tmp_path: Path, suffix: str, kind: str, mime: str
) -> None:
    (tmp_path / f"7{suffix}").write_bytes(encoded(kind))
    found = finder(tmp_path).find("films", 7, "Seven")
    assert (found.source, found.mime, found.content) == ("folder", mime, encoded(kind))


def test_the_folder_of_one_dataset_is_never_used_for_another(tmp_path: Path) -> None:
    (tmp_path / "7.jpg").write_bytes(encoded())
    assert finder(tmp_path).find("other", 7, "Seven").source == "drawn"


def test_assets_hold_a_folder_for_each_dataset_and_settings_go_first(tmp_path: Path) -> None:
    (tmp_path / "assets" / "films").mkdir(parents=True)
    (tmp_path / "assets" / "films" / "7.jpg").write_bytes(encoded(size=(50, 75)))
    (tmp_path / "assets" / "7.jpg").write_bytes(encoded())
    (tmp_path / "own").mkdir()
    found = finder(tmp_path / "own", tmp_path / "assets")
    assert found.find("films", 7, "Seven").content == encoded(size=(50, 75))
    assert found.find("other", 7, "Seven").source == "drawn"
    (tmp_path / "own" / "7.jpg").write_bytes(encoded(size=(20, 30)))
    assert found.find("films", 7, "Seven").content == encoded(size=(20, 30))


@pytest.mark.parametrize("name", ["..", "../assets", "", ".", "a/b", "C:", "films\0"])
def test_a_datasets_name_never_leads_out_of_the_assets(tmp_path: Path, name: str) -> None:
    for folder in (tmp_path, tmp_path / "assets", tmp_path / "assets" / "a" / "b"):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "7.jpg").write_bytes(encoded())
    assert Posters(assets=tmp_path / "assets").find(name, 7, "Seven").source == "drawn"


@pytest.mark.parametrize(
    "item_id", ["../7", "..\\7", "/etc/passwd", "7\0", "a/b", "", ".", "..", " 7", "NUL", "con.x", "7" * 400]
)
def test_an_id_that_is_no_plain_file_name_is_drawn(tmp_path: Path, item_id: str) -> None:
    (tmp_path / "7.jpg").write_bytes(encoded())
    (tmp_path / "sub").mkdir()
    assert finder(tmp_path / "sub").find("films", item_id, "Seven").source == "drawn"


@given(st.text(max_size=30))
def test_a_plain_file_name_stays_in_its_folder(name: str) -> None:
    if is_file_name(name):
        path = Path("/posters") / (name + ".jpg")
        assert Path(os.path.normpath(path)).parent == Path("/posters")
        assert path.name == name + ".jpg"


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret.jpg").write_bytes(encoded())
    folder = tmp_path / "posters"
    folder.mkdir()
    (folder / "7.jpg").symlink_to(tmp_path / "secret.jpg")
    assert poster_in(folder, 7) is None


def test_a_folder_that_is_a_link_itself_is_used(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "7.jpg").write_bytes(encoded())
    (tmp_path / "link").symlink_to(tmp_path / "real")
    assert poster_in(tmp_path / "link", 7) is not None


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\0",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"GIF89a" + bytes(40),
        encoded()[:300],
        encoded("PNG")[:60],
        encoded("WEBP")[:-30],
        encoded("BMP"),
        encoded("GIF", mode="P"),
        encoded("TIFF"),
        png_that_claims(60_000, 60_000),
        png_that_claims(9_000, 9_000),
        encoded("PNG", (1, 1)),
    ],
)
def test_a_broken_or_hostile_file_falls_through_to_the_drawn_poster(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "7.jpg").write_bytes(content)
    assert finder(tmp_path).find("films", 7, "Seven").source == "drawn"


def test_a_broken_file_does_not_hide_a_good_one_of_another_kind(tmp_path: Path) -> None:
    (tmp_path / "7.jpg").write_bytes(b"broken")
    (tmp_path / "7.png").write_bytes(encoded("PNG"))
    assert finder(tmp_path).find("films", 7, "Seven").mime == "image/png"


def test_a_folder_named_like_a_picture_and_a_missing_folder_are_no_posters(tmp_path: Path) -> None:
    (tmp_path / "7.jpg").mkdir()
    assert poster_in(tmp_path, 7) is None
    assert poster_in(tmp_path / "gone", 7) is None


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no named pipes")
def test_a_named_pipe_does_not_hang(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "7.jpg")
    assert poster_in(tmp_path, 7) is None


def test_a_changed_file_is_seen(tmp_path: Path) -> None:
    path = tmp_path / "7.jpg"
    path.write_bytes(encoded())
    poster_in(tmp_path, 7)
    path.write_bytes(encoded(size=(40, 60)))
    os.utime(path, ns=(1, 1))
    assert poster_in(tmp_path, 7) == (encoded(size=(40, 60)), "image/jpeg")


@pytest.mark.parametrize(
    ("kind", "mode", "size"),
    [
        ("JPEG", "RGB", (2000, 3000)),
        ("JPEG", "CMYK", (92, 138)),
        ("PNG", "RGBA", (900, 1350)),
        ("PNG", "I;16", (92, 138)),
        ("PNG", "P", (800, 200)),
        ("PNG", "1", (92, 138)),
        ("WEBP", "RGB", (60, 4000)),
    ],
)
def test_big_and_unusual_pictures_come_back_as_a_small_jpeg(kind: str, mode: str, size: tuple[int, int]) -> None:
    content, mime = safe_image(encoded(kind, size, mode))
    image = Image.open(BytesIO(content))
    assert mime == "image/jpeg"
    assert image.mode == "RGB"
    assert image.width <= MAX_WIDTH
    assert image.height <= 1500
    assert image.width / image.height == pytest.approx(size[0] / size[1], rel=0.1)


def test_sixteen_bit_grey_keeps_its_brightness() -> None:
    out = BytesIO()
    Image.new("I;16", (60, 90), 0x8080).save(out, "PNG")
    assert Image.open(BytesIO(safe_image(out.getvalue())[0])).getpixel((5, 5)) == pytest.approx((128,) * 3, abs=2)


def test_an_animation_is_shown_by_its_first_frame() -> None:
    out = BytesIO()
    Image.new("RGB", (60, 90), "red").save(
        out, "WEBP", save_all=True, append_images=[Image.new("RGB", (60, 90), "blue")]
    )
    content, mime = safe_image(out.getvalue())
    red, _, blue = Image.open(BytesIO(content)).getpixel((30, 45))
    assert mime == "image/jpeg"
    assert red > 200 > 60 > blue


def test_an_invisible_picture_is_laid_on_black_when_it_is_reduced() -> None:
    out = BytesIO()
    Image.new("RGBA", (900, 1350), (255, 255, 255, 0)).save(out, "PNG")
    assert Image.open(BytesIO(safe_image(out.getvalue())[0])).getpixel((5, 5)) == (0, 0, 0)


@given(st.binary(max_size=200))
def test_no_bytes_make_the_check_raise(content: bytes) -> None:
    for start in (b"", b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n", b"RIFF\xff\0\0\0WEBPVP8 "):
        safe_image(start + content)


@pytest.mark.data
def test_every_real_poster_is_shown_as_it_is(data_folder: Path) -> None:
    found = Posters({"ml-100k": data_folder / "posters"}).find("ml-100k", 1, "Toy Story", 1995)
    assert (found.source, found.content) == ("folder", (data_folder / "posters" / "1.jpg").read_bytes())
