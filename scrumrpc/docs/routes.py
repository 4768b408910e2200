"""Where the documentation is served, without credentials: pages below /docs for people, /openapi.json for programs."""

from __future__ import annotations

import asyncio
import re
from importlib import import_module
from pathlib import Path

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from scrumrpc.docs.facts import PAGES, PORT

_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_HOST = re.compile(r"[A-Za-z0-9_.-]{1,253}(:[0-9]{1,5})?|\[[0-9A-Fa-f:.]{2,45}\](:[0-9]{1,5})?")
_STYLE = (Path(__file__).parent / "style.css").read_bytes()


async def show(request: Request) -> Response:
    """A page, or the way to where it is."""
    # What makes pages is loaded when somebody looks at one: it would be much of the time that a start takes.
    await asyncio.to_thread(import_module, "scrumrpc.docs.pages")
    from scrumrpc.docs.pages import jumps, pages, render, render_missing

    path = request.path_params.get("path", "")
    if path in pages():
        return _html(render(path, origin_of(request)))
    if path in jumps():
        return RedirectResponse(jumps()[path], headers=_HEADERS)
    if path.rstrip("/") in pages() or path.rstrip("/") in jumps():
        return RedirectResponse(f"{PAGES}/{path.rstrip('/')}".rstrip("/"), headers=_HEADERS)
    return _html(render_missing(path, origin_of(request)), 404)


async def style(_request: Request) -> Response:
    """The stylesheet of the pages."""
    return Response(_STYLE, media_type="text/css", headers={**_HEADERS, "Cache-Control": "max-age=3600"})


async def openapi(_request: Request) -> Response:
    """The OpenAPI document."""
    await asyncio.to_thread(import_module, "scrumrpc.docs.openapi")
    from scrumrpc.docs.openapi import openapi_json

    return Response(openapi_json(), media_type="application/json", headers=_HEADERS)


def origin_of(request: Request) -> str:
    """Scheme, host and port by which the client reached the server, for curl lines that can be run as they stand."""
    host = request.headers.get("host", "")
    return f"{request.url.scheme}://{host if _HOST.fullmatch(host) else f'localhost:{PORT}'}"


def _html(body: bytes, status: int = 200) -> Response:
    return Response(body, status, {**_HEADERS, "Cache-Control": "no-cache"}, "text/html")


ROUTES: list[BaseRoute] = [
    Route(PAGES, show),
    Route(f"{PAGES}/style.css", style),
    Route(f"{PAGES}/{{path:path}}", show),  # methods/<noun or name>, objects/<type>, errors, calls, versions, decisions
    Route("/openapi.json", openapi),
]
