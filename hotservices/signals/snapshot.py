"""The shared tables as bytes, and room for more services."""

import io
import json
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.lib.format import header_data_from_array_1_0, write_array_header_1_0
from numpy.typing import NDArray

from hotservices.signals.shared import Shared
from hotservices.signals.trait_model import TraitModel
from hotservices.signals.traits import Alphabet, TraitCodes

Tables = dict[str, NDArray[Any]]

_VERSION = 1
# An export of an earlier release lacks these; a part that is loaded from it keeps what it has when it is new.
_CAME_LATER = frozenset({"examples.traits", "examples.folds", "trait_log.times"})
_EMPTY_ID = -1
_PIECE = 2**18


class Part(Protocol):
    """Something whose state is arrays and whole numbers."""

    @property
    def STATE(self) -> tuple[str, ...]:  # noqa: N802  a constant of the class
        """Names of the attributes that hold the state."""


class SharedUnreadableError(ValueError):
    """The bytes are not exported shared tables of this version."""


def arrays_of(parts: Mapping[str, Part]) -> Tables:
    """Every array of the state under a name of its own."""
    return {name: np.asarray(getattr(part, field)) for part, field, name in _fields(parts)}


def tables(
    parts: Mapping[str, Part],
    items: Sequence[str] = (),
    codes: TraitCodes | None = None,
    model: TraitModel | None = None,
) -> Tables:
    """Everything under names, to be packed while none of it changes: large arrays are not copied."""
    words: dict[str, Any] = {
        "version": _VERSION,
        "items": items,
        "fields": codes.fields if codes else {},
        "words": codes.words if codes else {},
    }
    arrays = arrays_of(parts)
    if model is not None:
        words["cuts"] = [
            [field, [cut.tolist() for cut in cuts]] for field, cuts in model.alphabet.cuts.items()
        ]
        words["values"] = [[*key, token] for key, token in model.alphabet.values.items()]
        arrays |= {
            "model.pairs": model.alphabet.pairs,
            "model.weights": model.weights,
            "model.items": model.items,
        }
    arrays["words"] = np.frombuffer(json.dumps(words).encode(), np.uint8)
    return arrays


def pack(arrays: Tables) -> bytes:
    """Pack tables into one archive without pickled objects, as `numpy.savez` does.

    That one copies 16 MB at a time, for which requests would wait; between small pieces they get their turn.
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, array in arrays.items():
            table = np.asarray(array, order="C")
            octets = table.reshape(-1).view(np.uint8)
            with archive.open(f"{name}.npy", "w", force_zip64=True) as entry:
                write_array_header_1_0(entry, header_data_from_array_1_0(table))
                for start in range(0, len(octets), _PIECE):
                    entry.write(octets[start : start + _PIECE].data)
    return buffer.getvalue()


def load(packed: bytes, parts: Mapping[str, Part]) -> tuple[list[str], TraitCodes, TraitModel | None]:
    """Put the state back into the parts, or leave them as they are. Raises SharedUnreadableError."""
    try:
        with np.load(io.BytesIO(packed), allow_pickle=False) as archive:
            arrays = dict(archive)
        words = json.loads(arrays.pop("words").tobytes())
        known = words["version"] == _VERSION
        state = [
            (part, field, arrays[name])
            for part, field, name in _fields(parts)
            if name in arrays or name not in _CAME_LATER
        ]
        codes, model = TraitCodes(), _model(words, arrays)
        items, codes.fields, codes.words = words["items"], words["fields"], words["words"]
    except (ValueError, KeyError, OSError, EOFError, zipfile.BadZipFile) as error:
        raise SharedUnreadableError from error
    if not known:
        raise SharedUnreadableError
    for part, field, value in state:
        setattr(part, field, value if value.ndim else value.item())
    return items, codes, model


def _fields(parts: Mapping[str, Part]) -> Iterator[tuple[Part, str, str]]:
    for name, part in parts.items():
        for field in part.STATE:
            yield part, field, f"{name}.{field}"


def _model(words: dict[str, Any], arrays: dict[str, NDArray[Any]]) -> TraitModel | None:
    if "values" not in words:
        return None
    cuts = {field: tuple(np.array(cut) for cut in found) for field, found in words["cuts"]}
    values = {(field, n, value): token for field, n, value, token in words["values"]}
    weights = arrays["model.weights"]
    return TraitModel(
        Alphabet(cuts, values, arrays["model.pairs"], len(weights)), weights, arrays["model.items"]
    )


def grow(shared: Shared, more: int) -> None:
    """Append empty rows for so many new services to every table that has a row per service."""
    for part in shared.parts().values():
        for field in part.GROWS:
            table = getattr(part, field)
            blank = _EMPTY_ID if field == "ids" else 0
            setattr(
                part, field, np.concatenate((table, np.full((more, *table.shape[1:]), blank, table.dtype)))
            )
