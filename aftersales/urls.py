"""Where everything is. Each app lists its pages by surface; this page only puts them under their roof."""

from importlib import import_module

from allauth.account.decorators import secure_admin_login
from csp.constants import SELF, UNSAFE_INLINE
from csp.decorators import csp_update
from django.conf import settings
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from aftersales import health

admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]


def listed(surface: str) -> list[URLPattern | URLResolver]:
    """What the apps' urls.py offer for a surface, lowest floor first."""
    modules = [import_module(f"{app}.urls") for app in settings.APPS]
    return [pattern for module in modules for pattern in getattr(module, surface, [])]


# Swagger UI writes styles into its elements; that is allowed on its page alone.
docs = csp_update({"style-src": [SELF, UNSAFE_INLINE]})(
    SpectacularSwaggerSplitView.as_view(url_name="api:schema")
)

api = [
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    path("docs/", docs, name="docs"),
    *listed("api"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("admin/", admin.site.urls),
    path("accounts/", include("allauth.urls")),
    path("i18n/", include(listed("preferences"))),
    path("components/", include(listed("components"))),
    path("live/", include(listed("streams"))),
    path("files/", include(listed("files"))),
    path("console/", include((listed("console"), "console"))),
    path("dashboards/", include((listed("dashboards"), "dashboards"))),
    path("api/v1/", include((api, "api"))),
    path("", include((listed("portal"), "portal"))),
]

handler400 = "core.views.errors.bad_request"
handler403 = "core.views.errors.permission_denied"
handler404 = "core.views.errors.not_found"
handler500 = "core.views.errors.server_error"
