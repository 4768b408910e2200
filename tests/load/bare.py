"""The baseline: a Starlette application that reads a POST body and answers as many bytes as asked for, nothing else."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

_ANSWERS: dict[int, bytes] = {}


async def answer(request: Request) -> Response:
    """Reads the body, answers bytes that were made before."""
    await request.body()
    size = request.path_params["size"]
    if size not in _ANSWERS:
        _ANSWERS[size] = b"x" * size
    body = _ANSWERS[size]
    return Response(body, media_type="application/json")


app = Starlette(routes=[Route("/bytes/{size:int}", answer, methods=["POST"])])
