"""Files that are saved and not shown: a name that every system keeps, and the same in the reader's script."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

from flask import Response, send_file

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "txt": "text/plain; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def saved(content: bytes, ascii_name: str, name: str) -> Response:
    """The file under `name` (RFC 6266, `filename*`), or `ascii_name` where a browser knows only that."""
    return _named(Response(content), ascii_name, name)


def saved_file(path: Path, ascii_name: str, name: str) -> Response:
    """The same of a file that is read as it leaves."""
    response = send_file(path.absolute(), "application/octet-stream", etag=False)
    del response.headers["Cache-Control"]  # as of every page: never stored
    return _named(response, ascii_name, name)


def _named(response: Response, ascii_name: str, name: str) -> Response:
    response.content_type = TYPES[ascii_name.rpartition(".")[2]]
    names = f"filename=\"{ascii_name}\"; filename*=UTF-8''{quote(name, safe='')}"
    response.headers["Content-Disposition"] = f"attachment; {names}"
    return response
