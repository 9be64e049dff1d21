"""What a run is asked to do, and run.json: checked when made and when read."""

from __future__ import annotations

import re
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from reco_core import __version__
from reco_core.encode import MOST_LEVELS, RatingScale
from reco_core.errors import RecoError, RunError, SettingsError
from reco_core.models.spec import Shape
from reco_core.runs.files import read_json
from reco_core.split import SplitSettings

INFO = "run.json"
RUN_ID = re.compile(r"\d{8}-\d{6}-[a-z0-9_]{1,32}-[0-9a-f]{4}")
NAME_LENGTH = 80
FORMAT = 1


def _one_line(text: str) -> str:
    text = text.strip()
    if not text or not text.isprintable():
        raise ValueError("must be one line of printable characters")
    return text


# A password in a source would lie in a file for good, and go along with what is exported or shown.
PASSWORD = re.compile(r"^(\w+://[^/?#:@]*):[^/?#]*@")


def _no_password(source: str) -> str:
    return PASSWORD.sub(r"\1@", source)


SourceText = Annotated[str, Field(min_length=1, max_length=4096), AfterValidator(_no_password)]
Name = Annotated[str, Field(max_length=NAME_LENGTH), AfterValidator(_one_line)]
Word = Annotated[str, Field(max_length=200), AfterValidator(_one_line)]
# A dataset is looked for under its name, which must therefore be no path.
DatasetName = Annotated[str, Field(max_length=200, pattern=r"^[^/\\:~.][^/\\:]*$"), AfterValidator(_one_line)]
Fingerprint = Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]
Visitor = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{0,64}$")]
RunId = Annotated[str, Field(pattern=f"^{RUN_ID.pattern}$")]


class RunRequest(BaseModel):
    """What to train, on what: `source` is what data.load takes, `settings` go on top of the preset's.

    Where dataset_fingerprint is given, the run fails unless the dataset still has it when the run begins. `owner` is
    the visitor who alone may steer the run in the app; empty for one that everybody on this machine may steer.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: SourceText
    dataset: DatasetName
    dataset_fingerprint: Fingerprint | None = None
    model: Word
    preset: Word | None = None
    settings: dict[str, Any] = Field(default_factory=dict)
    split: SplitSettings = Field(default_factory=SplitSettings)
    seed: int = Field(0, ge=0, lt=2**32)
    refit: bool = False
    base_run: RunId | None = None
    name: Name | None = None
    owner: Visitor = ""

    @classmethod
    def asked(cls, **values: Any) -> RunRequest:
        """The request of a visitor, whose every value is checked; raises SettingsError."""
        try:
            return RunRequest(**values)
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(map(str, first["loc"])) or "request"
            raise SettingsError(f"A run's {where} is invalid: {first['msg']}; got {first['input']!r}.") from error


class Sizes(BaseModel):
    """What a model knows of its data, as numbers: makes the Shape again without the data."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    n_users: int = Field(ge=1, le=100_000_000)
    n_items: int = Field(ge=1, le=100_000_000)
    scale_min: float
    scale_max: float
    scale_step: float
    scale_given: tuple[float, ...] = Field((), max_length=MOST_LEVELS)
    mean: float
    genres: int = Field(0, ge=0, le=1000)
    years: int = Field(0, ge=0, le=1000)
    user_features: int = Field(0, ge=0, le=1000)

    @classmethod
    def of(cls, shape: Shape) -> Sizes:
        scale = shape.scale
        return cls(
            n_users=shape.n_users,
            n_items=shape.n_items,
            scale_min=scale.min,
            scale_max=scale.max,
            scale_step=scale.step,
            scale_given=scale.given,
            mean=shape.mean,
            genres=shape.genres,
            years=shape.years,
            user_features=shape.user_features,
        )

    def shape(self) -> Shape:
        scale = RatingScale(self.scale_min, self.scale_max, self.scale_step, self.scale_given)
        features = (self.genres, self.years, self.user_features)
        return Shape(self.n_users, self.n_items, scale, self.mean, *features)


class RunSpec(RunRequest):
    """run.json: the request with every setting written out, and what was found when the run began.

    dataset_fingerprint, split_fingerprint and sizes are None until the run has begun. pinned: since when its owner
    wants it to be shown first.
    """

    id: RunId
    name: Name
    created: datetime
    pinned: datetime | None = None
    split_fingerprint: Fingerprint | None = None
    sizes: Sizes | None = None
    versions: dict[str, str] = Field(default_factory=dict)
    format: int = Field(FORMAT, ge=1, le=FORMAT)


def check_name(name: str) -> None:
    """Raises RunError unless a run may be called that."""
    if not isinstance(name, str) or not (line := name.strip()).isprintable() or not 1 <= len(line) <= NAME_LENGTH:
        raise RunError(f"A name must be one line of 1 to {NAME_LENGTH} printable characters; got {name!r}.")


def versions() -> dict[str, str]:
    """The versions that a run depends on, read without importing them."""
    found = {"reco": __version__}
    for package in ("tensorflow", "keras", "numpy"):
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "none"
    return found


def read_info(folder: Path) -> RunSpec:
    """run.json of a folder; raises RunError."""
    value = read_json(folder / INFO)
    if value is None:
        raise RunError(f"There is no run {folder.name}.")
    info = checked_info(value, folder.name)
    if info.id != folder.name:
        raise RunError(f"A run's folder is named as the run; folder {folder.name} holds {info.id}.")
    return info


def checked_info(value: object, label: str) -> RunSpec:
    """run.json's content, checked; raises RunError."""
    try:
        return RunSpec.model_validate(value)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "content"
        raise RunError(f"run.json of {label} must have the format of this version; {where}: {first['msg']}.") from error
    except RecoError as error:
        raise RunError(f"run.json of {label} must have the format of this version; {error}") from error
