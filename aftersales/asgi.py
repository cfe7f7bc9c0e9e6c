"""What uvicorn serves: Django as WSGI in threads that stay, and beside it the stream of hints.

Plain ASGI would hop threads in every request and open a fresh database connection each time; kept
threads keep their connection. Start uvicorn with `--lifespan off --timeout-graceful-shutdown 5`.
"""

from typing import Any, cast

from a2wsgi import WSGIMiddleware
from a2wsgi.wsgi_typing import WSGIApp
from django.conf import settings

from aftersales import live
from aftersales.wsgi import application as django

THREADS = 8

pages: Any = WSGIMiddleware(cast(WSGIApp, django), workers=THREADS)
stream = live.Stream(settings.LIVE_URL)


async def application(scope: live.Message, receive: live.Receive, send: live.Send) -> None:
    """Hints to those who listen, pages to all others."""
    if scope["type"] == "http" and scope["path"] == live.PATH and scope["method"] == "GET":
        await stream(scope, receive, send)
    else:
        await pages(scope, receive, send)
