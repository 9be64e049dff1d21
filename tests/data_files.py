"""Small datasets as files, and ways to pack them."""

from __future__ import annotations

import zipfile
from pathlib import Path

U_ITEM = (
    "7|Matrix, The (1999)|01-Jan-1999||http://x|0|1|0|0|0|0|0|0|0|0|0|0|0|0|0|1|0|0|0\n"
    "9|Double vie de Véronique, La (1991)|01-Jan-1991||http://x|0|0|0|0|0|0|0|0|1|0|0|0|0|0|0|0|0|0|0\n"
    "8|unknown||||1|0|0|0|0|0|0|0|0|0|0|0|0|0|0|0|0|0|0\n"
    "5|Never Rated (1980)|01-Jan-1980||http://x|0|1|0|0|0|0|0|0|0|0|0|0|0|0|0|0|0|0|0\n"
)
MOVIELENS_100K = {
    "u.data": b"3\t9\t4\t880000000\n1\t7\t5\t880000001\n1\t9\t2\t880000002\n3\t8\t3\t880000003\n",
    "u.item": U_ITEM.encode("latin-1"),
    "u.user": b"1|24|M|technician|85711\n2|53|F|other|94043\n3|23|F|writer|32067\n",
    "u1.base": b"3\t9\t4\t880000000\n1\t7\t5\t880000001\n3\t8\t3\t880000003\n",
    "u1.test": b"1\t9\t2\t880000002\n",
}
MOVIELENS_1M = {
    "ratings.dat": b"1::10::5::978300760\n2::20::3::978302109\n",
    "movies.dat": "10::Postino, Il (Postman, The) (1994)::Drama|Romance\n20::Amélie (2001)::Comedy\n".encode("latin-1"),
    "users.dat": b"1::F::1::10::48067\n2::M::56::16::70072\n",
}
MOVIELENS_CSV = {
    "ratings.csv": b"userId,movieId,rating,timestamp\n1,1,4.0,964982703\n1,3,0.5,964981247\n2,1,4.5,964982224\n",
    "movies.csv": "movieId,title,genres\n1,Toy Story (1995),Animation|Children\n2,Unrated (1990),Drama\n"
    '3,"City of Lost Children, The (Cité des enfants perdus, La) (1995)",(no genres listed)\n'.encode(),
    "links.csv": b"movieId,imdbId,tmdbId\n1,0114709,862\n3,0112682,\n",
    "tags.csv": b'userId,movieId,tag,timestamp\n1,1,pixar,1\n2,1,Pixar,2\n2,1,"fun, really",3\n',
}


def folder(path: Path, members: dict[str, bytes]) -> Path:
    path.mkdir(exist_ok=True)
    for name, content in members.items():
        (path / name).write_bytes(content)
    return path


def zipped(path: Path, members: dict[str, bytes], inside: str = "data/") -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(inside + name, content)
    return path


def table(path: Path, text: str | bytes) -> Path:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path
