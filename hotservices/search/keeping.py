"""What services are found by, kept in a file: working it out takes a millisecond a service, reading it far less.

The file is a memory and nothing more. One that is missing, broken, or written by a release that finds services by
something else counts for nothing, and is written anew.
"""

import hashlib
import json
import zipfile
from functools import cache
from importlib import metadata, resources
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

import numpy as np
import structlog

from hotservices.search.grams import Numbers, Said
from hotservices.search.spoken import DIGEST_BYTES, SORTS, Speaker, Spoken, digest_of
from hotservices.search.synonyms import Synonyms

# Whose words and sounds go into it.
LIBRARIES = ("pypinyin", "opencc")
UNREADABLE = (OSError, ValueError, TypeError, KeyError, IndexError, EOFError, zipfile.BadZipFile)

log = structlog.get_logger(__name__)


def write(path: Path, speaker: Speaker, synonyms: Synonyms) -> None:
    """Keep what a speaker knows of services; a file that can't be written is done without."""
    known = speaker.spoken
    arrays: dict[str, Any] = {
        "mark": _bytes(_mark(synonyms)),
        "services": _bytes(b"".join(map(digest_of, known))),
        "exact": _bytes(json.dumps([one.exact for one in known.values()], ensure_ascii=False).encode()),
    }
    for place, (sort, numbers) in enumerate(zip(SORTS, speaker.numbers, strict=True)):
        said = [one.sorts[place] for one in known.values()]
        weights = np.concatenate([one.weights for one in said]) if said else np.zeros(0, np.float32)
        levels, level_of = np.unique(weights, return_inverse=True)
        arrays |= {
            f"{sort} pieces": _bytes("\n".join(numbers.pieces()).encode()),
            f"{sort} numbers": np.concatenate([one.numbers for one in said]) if said else weights,
            f"{sort} lengths": np.array([len(one.numbers) for one in said], np.int32),
            f"{sort} levels": levels,
            f"{sort} weights": level_of.astype(np.uint8),
        }
    try:
        _replace(path, arrays)
    except OSError as error:
        log.warning("what services are found by could not be kept", error=type(error).__name__)


def read(path: Path, synonyms: Synonyms) -> Speaker | None:
    """Return a speaker that knows what was kept; None where nothing was that this release can use."""
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            if arrays["mark"].tobytes() != _mark(synonyms):
                return None
            return _speaker(arrays, synonyms)
    except FileNotFoundError:
        return None
    except UNREADABLE as error:
        log.warning("what services are found by could not be read", error=type(error).__name__)
        return None


def _speaker(arrays: Any, synonyms: Synonyms) -> Speaker:
    services, exact = arrays["services"].tobytes(), json.loads(arrays["exact"].tobytes())
    digests = [services[at : at + DIGEST_BYTES] for at in range(0, len(services), DIGEST_BYTES)]
    numbers, sorts = [], []
    for sort in SORTS:
        pieces = arrays[f"{sort} pieces"].tobytes().decode()
        numbers.append(Numbers(pieces.split("\n") if pieces else ()))
        sorts.append(_said(arrays, sort, len(numbers[-1])))
    spoken = (Spoken(tuple(said), one) for *said, one in zip(*sorts, exact, strict=True))
    return Speaker(synonyms, tuple(numbers), dict(zip(digests, spoken, strict=True)))


def _said(arrays: Any, sort: str, pieces: int) -> list[Said]:
    numbers = arrays[f"{sort} numbers"].astype(np.int32)
    weights = arrays[f"{sort} levels"].astype(np.float32)[arrays[f"{sort} weights"]]
    ends = np.cumsum(arrays[f"{sort} lengths"])
    total = int(ends[-1]) if len(ends) else 0
    if not (len(numbers) == len(weights) == total and (numbers >= 0).all() and (numbers < pieces).all()):
        msg = "a file whose parts do not belong together"
        raise ValueError(msg)
    starts = [0, *ends[:-1].tolist()]
    return [Said(numbers[a:b], weights[a:b]) for a, b in zip(starts, ends.tolist(), strict=True)]


def _replace(path: Path, arrays: dict[str, Any]) -> None:
    # Workers may write at once; what is read is always one of them, whole.
    with NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}", delete=False) as file:
        temporary = Path(file.name)
        try:
            np.savez(file, **arrays)
            file.flush()
            temporary.replace(path)
        except OSError:
            temporary.unlink(missing_ok=True)
            raise


@cache
def _code() -> bytes:
    """Return a digest of what works it out: our own code, and the libraries that know the words."""
    mine = sorted(resources.files("hotservices.search").iterdir(), key=lambda one: one.name)
    parts = [one.read_bytes() for one in mine if one.name.endswith(".py")]
    return hashlib.sha256(
        b"".join(parts) + repr([metadata.version(one) for one in LIBRARIES]).encode()
    ).digest()


def _mark(synonyms: Synonyms) -> bytes:
    return hashlib.sha256(_code() + repr(synonyms).encode()).digest()


def _bytes(text: bytes) -> Any:
    return np.frombuffer(text, np.uint8)
