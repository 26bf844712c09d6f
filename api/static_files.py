"""Files of the pages, smaller on the way where the browser can unpack them."""

import gzip
from functools import lru_cache
from pathlib import Path

from flask import Response, request, send_from_directory

from api.rendering import STATIC

ONE_DAY = 86400  # seconds
# What Python's table of types doesn't know.
TYPES = {".webmanifest": "application/manifest+json"}
# Pictures are small already.
PACKED = frozenset({".js", ".css", ".svg", ".wasm", ".webmanifest"})
MOST_KEPT = 256  # files


def send(name: str) -> Response:
    """Return a file; ours change with every release and are asked for anew, by their ETag."""
    kept = ONE_DAY if name.startswith("vendor/") else None
    suffix = Path(name).suffix
    response = send_from_directory(STATIC, name, mimetype=TYPES.get(suffix), max_age=kept)
    if suffix not in PACKED:
        return response
    response.vary.add("Accept-Encoding")
    if response.status_code == 200 and request.accept_encodings["gzip"]:  # noqa: PLR2004  not 304, nor a part
        file = STATIC / name
        response.close()
        response.direct_passthrough = False
        response.set_data(_packed(file, file.stat().st_mtime_ns))
        response.content_encoding = "gzip"
        # The same file in other bytes (RFC 9110 §8.8.1).
        response.set_etag(str(response.get_etag()[0]), weak=True)
    return response


@lru_cache(MOST_KEPT)
def _packed(file: Path, _changed: int) -> bytes:
    return gzip.compress(file.read_bytes(), mtime=0)
