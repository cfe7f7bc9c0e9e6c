"""Django as WSGI, for servers that want it so."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aftersales.settings")

application = get_wsgi_application()

# Every page and what it needs is loaded now and not while the first reader waits. All of it stays: the
# garbage collector would walk through it again and again, and hold a request up for a fifth of a second.
get_resolver().url_patterns  # noqa: B018 - reading it loads them
gc.collect()
gc.freeze()
