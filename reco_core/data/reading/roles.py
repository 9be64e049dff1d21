"""Which column is what: by its name in a header, else by its place and what it holds."""

from __future__ import annotations

from collections.abc import Sequence

from reco_core.data.reading.plan import Role

# Names in lower case without spaces, dashes, underscores; those before others are preferred.
_NAMES: dict[Role, str] = {
    "user": "user userid uid users customer customerid reviewer reviewerid username usrid userindex useridx"
    " visitor visitorid member memberid account accountid profile profileid profilename listener"
    " listenerid reader readerid player playerid student studentid learner learnerid client clientid buyer"
    " buyerid author authorid reviewername useruid usersid",
    "item": "item itemid iid items parentasin movie movieid film filmid book bookid isbn isbn13 product productid"
    " asin song songid track trackid artist artistid album albumid game gameid appid app anime animeid"
    " joke jokeid business businessid restaurant restaurantid course courseid article articleid recipe"
    " recipeid beer beerid wine wineid place placeid venue venueid hotel hotelid show showid video videoid"
    " content contentid itemindex itemidx sku titleid workid imdbid tmdbid webtoonid mangaid perfume"
    " perfumeid doi",
    "rating": "rating ratings stars star score scores rate bookrating overall userrating overallrating starrating"
    " reviewoverall reviewrating userscore weight playcount plays playcounts listencount listens count"
    " counts hours hoursplayed playtime playtimeforever value grade mark vote points feedback preference"
    " interaction label strength",
    "time": "timestamp time date datetime unixtime unixreviewtime ratedat ts reviewtime createdat created"
    " reviewdate reviewtimestamp ratingtime ratingdate ratingtimestamp timestampms updatedat dateadded"
    " dateupdated eventtime datestamp day watchedat readat",
    "title": "title itemtitle movietitle filmtitle booktitle name itemname moviename bookname productname"
    " producttitle gamename gametitle artistname trackname songname songtitle albumtitle albumname"
    " animename animetitle coursename coursetitle originaltitle restaurantname businessname recipename"
    " beername venuename",
    "year": "year releaseyear yearofpublication publicationyear originalpublicationyear yearpublished movieyear"
    " releasedate",
    "genres": "genres genre category categories class subjects tags genrenames maincategory style",
    "image": "image imageurl poster posterurl posterpath cover coverurl coverimage thumbnail thumbnailurl"
    " smallimageurl imageurls imageurlm imageurll img imgurl picture pictureurl mainpicture headerimage"
    " artwork",
}
NAMES: dict[Role, list[str]] = {role: names.split() for role, names in _NAMES.items()}


def plain(name: str) -> str:
    """A column's name as NAMES has it; RecBole's `name:type` without its type."""
    head, colon, kind = name.rpartition(":")
    if colon and kind.strip().lower() in ("token", "float", "token_seq", "float_seq"):
        name = head
    return "".join(mark for mark in name.lower() if mark.isalnum())


def by_name(names: Sequence[str], wanted: Sequence[Role] = tuple(NAMES)) -> dict[Role, str]:
    """Role -> column of a header's names; the first of equally good ones."""
    found: dict[Role, str] = {}
    for role in wanted:
        ranks = {name: place for place, name in enumerate(NAMES[role])}
        taken = found.values()
        ranked = [
            (ranks[plain(name)], at) for at, name in enumerate(names) if plain(name) in ranks and name not in taken
        ]
        best = min(ranked, default=None)
        if best is not None:
            found[role] = names[best[1]]
    if "time" in wanted and "year" in found and "time" not in found and "title" not in found:
        found["time"] = found.pop("year")  # of the rating: there is no item that it could be of
    return found


def known(names: Sequence[str]) -> int:
    """How many of the roles that ratings need, or a title, the names hold."""
    return len({"user", "item", "rating", "title", "time"} & by_name(names).keys())
