"""The baseline: a Starlette application that reads a POST body and answers a small JSON object, and nothing else."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route


async def answer(request: Request) -> Response:
    """Reads the body, answers something of the size of a Result."""
    await request.body()
    return Response(b'{"objectType":"Result","dataVersion":50785,"result":50785}', media_type="application/json")


app = Starlette(routes=[Route("/service/api/v1/{method}", answer, methods=["GET", "POST"])])
