"""The application: what is served where, and what a worker holds while it runs."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

import methods  # noqa: F401  registers all methods
from scrumrpc.calls.counters import Counters
from scrumrpc.calls.events import Events
from scrumrpc.calls.guessing import Guessing
from scrumrpc.calls.hooks import CommitHook
from scrumrpc.calls.limits import Limits
from scrumrpc.calls.pipeline import Calls
from scrumrpc.docs.routes import ROUTES as DOCUMENTATION
from scrumrpc.errors import ApiError, InternalServerError, InvalidURL
from scrumrpc.settings import Settings
from scrumrpc.store.database import Database
from scrumrpc.store.images import Images
from scrumrpc.store.signals import Signals
from scrumrpc.webhooks.sender import Sender
from scrumrpc.wire import metrics
from scrumrpc.wire.addresses import Addresses
from scrumrpc.wire.credentials import Callers
from scrumrpc.wire.downloads import Downloads
from scrumrpc.wire.endpoint import (
    API,
    COMMON_HEADERS,
    Application,
    Endpoint,
    error_headers,
    error_of,
    new_call_id,
)
from scrumrpc.wire.events import EventEndpoint
from scrumrpc.wire.guards import FOR_BROWSERS
from scrumrpc.wire.hooks import HookEndpoint
from scrumrpc.wire.shedding import Door

_FOR_BROWSERS = {name.decode(): value.decode() for name, value in FOR_BROWSERS}


def make_app(settings: Settings, database_url: str, counters: Counters | None = None) -> Application:
    """The whole service as an ASGI application; `counters` are those that all workers share."""
    database = Database(
        database_url,
        size=settings.database_connections,
        prepare=settings.database_prepare,
        wait=settings.database_wait,
        longest_lock=settings.longest_lock,
        longest_statement=settings.longest_statement,
    )
    limits = Limits(
        queue=settings.queue,
        ongoing_per_key=settings.ongoing_per_key,
        calls_per_minute_per_key=settings.calls_per_minute_per_key,
        ongoing_per_account=settings.ongoing_per_account,
        calls_per_minute_per_account=settings.calls_per_minute_per_account,
        waiting=settings.waiting,
        waiting_per_key=settings.waiting_per_key,
        delay=settings.busy_after,
        counters=counters,
    )
    images = Images(database, settings.image_memory, settings.public_url)
    signals = Signals(database)
    calls = Calls(
        database,
        images,
        limits,
        signals,
        largest_file=settings.largest_file,
        private_targets=settings.webhook_private_targets,
    )
    callers = Callers(Guessing(settings.failed_logins_per_minute, counters), Addresses(settings.trusted_proxies))
    api = Endpoint(
        calls,
        callers,
        largest_body=settings.largest_body,
        largest_file=settings.largest_file,
        log_calls=settings.log_calls,
    )
    downloads = Downloads(calls, callers, log_calls=settings.log_calls)
    hooks = HookEndpoint(
        CommitHook(database, calls, limits), largest_body=settings.largest_body, log_calls=settings.log_calls
    )
    events = EventEndpoint(
        Events(calls, settings.heartbeat), callers, heartbeat=settings.heartbeat, log_calls=settings.log_calls
    )
    sender = Sender(database, origin=settings.public_url, private=settings.webhook_private_targets)
    signals.listen_all(sender.woken)

    def end_waiting() -> None:
        """What waits for versions would hold up the end of the server."""
        signals.release()
        events.end()

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        await database.open()
        await signals.start()
        if settings.webhooks:
            await sender.start()
        yield
        await sender.stop()
        await signals.stop()
        await calls.close()
        await database.close()

    async def livez(_request: Request) -> Response:
        """The process runs."""
        return PlainTextResponse("ok\n", headers=_FOR_BROWSERS)

    async def readyz(_request: Request) -> Response:
        """The process can serve calls: its database answers."""
        if await database.answers():
            return PlainTextResponse("ok\n", headers=_FOR_BROWSERS)
        return PlainTextResponse("the database does not answer\n", 503, _FOR_BROWSERS)

    async def front_door(_request: Request) -> Response:
        """Whoever comes with a browser looks for the documentation."""
        return RedirectResponse("/docs", headers=_FOR_BROWSERS)

    app = Application(
        api,
        lifespan=lifespan,
        routes=[
            Route(f"{API}{{method}}", api),
            Route("/service/events", events, methods=["GET"]),
            Route("/service/hooks/{service}/{account}", hooks),
            Route("/service/files/{place}/{id}/{name}", downloads, methods=["GET"]),
            Route("/", front_door),
            *DOCUMENTATION,
            Route("/livez", livez),
            Route("/readyz", readyz),
            Route("/metrics", metrics.show),
        ],
        exception_handlers={HTTPException: _no_such_page, Exception: _broken},
    )
    app.router.redirect_slashes = False
    app.state.end_waiting = end_waiting
    app.state.door = Door(calls, log_calls=settings.log_calls)
    return app


async def _no_such_page(request: Request, exception: Exception) -> Response:
    if isinstance(exception, HTTPException) and exception.status_code == 405:
        verbs = (exception.headers or {}).get("Allow", "GET")
        return _answer(InvalidURL(f"This URL takes {verbs} requests."))
    return _answer(
        InvalidURL(f"There is nothing at {request.url.path[:100]}. Methods are at /service/api/v1/<method>; see /docs.")
    )


async def _broken(_request: Request, _exception: Exception) -> Response:
    return _answer(InternalServerError())


def _answer(error: ApiError) -> Response:
    told = ((b"call-id", new_call_id().encode()), *COMMON_HEADERS, *error_headers(error))
    headers = {name.decode(): value.decode() for name, value in told}
    return Response(b"".join(error_of(error)), error.status, headers, "application/json")
