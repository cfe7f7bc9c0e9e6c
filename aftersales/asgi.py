"""What uvicorn serves: Django as WSGI in threads that stay.

Plain ASGI would hop threads in every request and open a fresh database connection each time; kept
threads keep their connection. Start uvicorn with `--lifespan off --timeout-graceful-shutdown 5`.
"""

from typing import cast

from a2wsgi import WSGIMiddleware
from a2wsgi.wsgi_typing import WSGIApp

from aftersales.wsgi import application as django

THREADS = 8

application = WSGIMiddleware(cast(WSGIApp, django), workers=THREADS)
