"""An object on S3, or on a server that speaks as it does -> a file here, within the limits of any file.

Credentials, region and endpoint come from the environment and the AWS configuration files, never from the address.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from reco_core.data.files import MAX_BYTES
from reco_core.data.places.address import Address
from reco_core.errors import DataError

CONNECT_SECONDS, ANSWER_SECONDS = 10, 60
PIECE = 8 * 1024**2
_CODE = re.compile(r"AWS Error ([A-Z_]+)")
# What is known of the reasons, in words; the rest is said as it comes.
REASONS = {
    "NO_SUCH_BUCKET": "there is no such bucket",
    "NO_SUCH_KEY": "there is no such object",
    "RESOURCE_NOT_FOUND": "there is no such object",
    "ACCESS_DENIED": "access is denied with the credentials of the environment (AWS_ACCESS_KEY_ID, AWS_PROFILE)",
    "INVALID_ACCESS_KEY_ID": "the access key in AWS_ACCESS_KEY_ID is not known there",
    "SIGNATURE_DOES_NOT_MATCH": "the secret in AWS_SECRET_ACCESS_KEY is wrong",
    "NETWORK_CONNECTION": "the server cannot be reached",
    "UNKNOWN": "access is denied, or the server does not speak as S3 does",
}


def fetched(address: Address, path: Path) -> Path:
    """The object as a file at `path`. Raises DataError in one sentence."""
    from pyarrow import ArrowException

    try:
        with _filesystem().open_input_stream(address.path) as stream, path.open("wb") as file:
            done = 0
            while piece := stream.read(PIECE):
                done += len(piece)
                if done > MAX_BYTES:
                    raise DataError(f"An object may have {MAX_BYTES >> 30} GB; {address.text} has more.")
                file.write(piece)
    except (ArrowException, OSError) as error:
        raise DataError(f"{address.text} cannot be read: {_reason(error)}.") from error
    return path


def _filesystem() -> Any:
    """S3 as the environment describes it."""
    try:
        from pyarrow.fs import AwsStandardS3RetryStrategy, S3FileSystem
    except ImportError as error:
        raise DataError("Reading from S3 needs a pyarrow that was built with it: install the one of PyPI.") from error
    given: dict[str, Any] = {}
    endpoint = os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL")
    if endpoint:
        parts = urlsplit(endpoint if "://" in endpoint else f"https://{endpoint}")
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise DataError("AWS_ENDPOINT_URL must be an address such as http://127.0.0.1:9000.")
        given |= {"endpoint_override": parts.netloc.rpartition("@")[2], "scheme": parts.scheme}
    region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or ("us-east-1" if endpoint else None)
    given |= {"region": region} if region else {}
    return S3FileSystem(
        connect_timeout=CONNECT_SECONDS,
        request_timeout=ANSWER_SECONDS,
        retry_strategy=AwsStandardS3RetryStrategy(max_attempts=2),
        **given,
    )


def _reason(error: Exception) -> str:
    text = str(error).strip()
    code = _CODE.search(text)
    if isinstance(error, FileNotFoundError):
        return REASONS["NO_SUCH_BUCKET" if "bucket" in text and "does not exist" in text else "NO_SUCH_KEY"]
    known = REASONS.get(code[1]) if code else None
    return known or (text.splitlines()[0].rstrip(".")[:300] if text else type(error).__name__)
