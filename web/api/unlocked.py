"""What anybody may read without a key: the OpenAPI document, and the reference page made of it.

Both are written once, and answered as the status pages are: compressed, and not sent again to
whoever has them.
"""

import json
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from web import status_documents
from web.status_documents import Document, Kind


def write_openapi(document: dict[str, Any]) -> Document:
    """The OpenAPI document, as it is served."""
    return status_documents.write(json.dumps(document, ensure_ascii=False), Kind.JSON)


def answer(request: Request, find: Callable[[], Document]) -> Response:
    """A document as this reader takes it; nothing of it, if they have it already."""
    document = find()
    asked = request.headers
    wants_gzip = status_documents.takes_gzip(asked.get("Accept-Encoding", "").encode())
    variant = document.gzipped if wants_gzip else document.plain
    known = asked.get("If-None-Match", "").encode()
    if known and status_documents.has_it(known, variant.tag):
        response = Response(status_code=HTTPStatus.NOT_MODIFIED)
        response.raw_headers = list(variant.unchanged)
        return response
    response = Response(variant.body, document.status)  # of a HEAD the server drops the body
    response.raw_headers = list(variant.headers)
    return response
