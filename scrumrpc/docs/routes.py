"""Where the documentation is served."""

from starlette.routing import BaseRoute

ROUTES: list[BaseRoute] = []
