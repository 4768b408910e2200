"""The documentation by itself: an application of its routes only, without a database, and all its pages."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urldefrag, urljoin

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from scrumrpc.docs.routes import ROUTES
from tests.docs.document import Document


@pytest.fixture(scope="session")
def client() -> Iterator[TestClient]:
    """A client of the documentation."""
    with TestClient(Starlette(routes=ROUTES), base_url="http://scrum.example:8080", follow_redirects=False) as client:
        yield client


@pytest.fixture(scope="session")
def site(client: TestClient) -> dict[str, Document]:
    """Every page that links lead to from the start page, by path."""
    pages: dict[str, Document] = {}
    waiting = ["/docs"]
    while waiting:
        path = waiting.pop()
        if path in pages or path == "/openapi.json" or path.endswith(".css"):
            continue
        answer = client.get(path)
        assert answer.status_code == 200, path
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        pages[path] = Document(answer.text)
        waiting += [
            urljoin(path, urldefrag(link).url) or path for link in pages[path].links if not link.startswith("data:")
        ]
    return pages
