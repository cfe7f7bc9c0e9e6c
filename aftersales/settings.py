"""All settings, from the environment. `.env.example` lists every name; checks.py refuses wrong combinations.

Without DATABASE_URL and REDIS_URL the product runs on embedded servers and makes its own secret key.
"""

from datetime import timedelta
from email.utils import parseaddr
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import django_stubs_ext
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from aftersales.embedded.home import home
from aftersales.environment import BASE_DIR, VAR, env, uses_embedded_servers

django_stubs_ext.monkeypatch()  # lets annotations such as ModelAdmin[Ticket] stand at run time

APPS = [
    "core",
    "accounts",
    "customers",
    "orders",
    "kb",
    "tickets",
    "returns",
    "feedback",
    "channels",
    "dashboards",
]
LOOPBACK = ["localhost", "127.0.0.1", "[::1]"]

# --- Where we are -----------------------------------------------------------------------------------

EMBEDDED = uses_embedded_servers()
DEBUG = env.bool("DEBUG", default=False)
RUNNING = home.running() if EMBEDDED else None
SITE = (RUNNING.site if RUNNING else "") or "http://127.0.0.1:8000"
PUBLIC_URL = env.str("PUBLIC_URL", default=SITE).rstrip("/")
PUBLIC_URL_GIVEN = "PUBLIC_URL" in env
HTTPS = PUBLIC_URL.startswith("https://")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[urlsplit(PUBLIC_URL).hostname or "localhost"]) + LOOPBACK
SECRET_KEY_GIVEN = env.str("SECRET_KEY", default="")
OWN_SECRET_KEY = home.secret("secret_key") if EMBEDDED else ""
SECRET_KEY = SECRET_KEY_GIVEN or OWN_SECRET_KEY  # when empty, Django refuses to sign anything

# --- Apps and requests ------------------------------------------------------------------------------

INSTALLED_APPS = [
    "aftersales",
    *APPS,
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_htmx",
    "lucide",
    "csp",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "customers.middleware.PortalIdentity",
    "core.middleware.Reader",
    "core.middleware.PagesOnly",
    "core.middleware.SignInAgain",
    "core.middleware.Toasts",
    "core.middleware.Refusals",
]

ROOT_URLCONF = "aftersales.urls"
WSGI_APPLICATION = "aftersales.wsgi.application"
ASGI_APPLICATION = "aftersales.asgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]

# --- Data -------------------------------------------------------------------------------------------

DATABASE_URL_GIVEN = env.str("DATABASE_URL", default="")
REDIS_URL_GIVEN = env.str("REDIS_URL", default="")
DATABASE_URL = DATABASE_URL_GIVEN or (RUNNING.database_url if RUNNING else "postgres://127.0.0.1/aftersales")
REDIS_URL = (REDIS_URL_GIVEN or (RUNNING.redis_url if RUNNING else "redis://127.0.0.1:6379")).rstrip("/")
DATABASES: dict[str, dict[str, Any]] = {"default": env.db_url_config(DATABASE_URL)}
# The web server keeps its threads, so a connection per thread is kept too. A restart of Postgres is noticed.
DATABASES["default"] |= {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"


def redis_database(number: int) -> str:
    """REDIS_URL with a database number of its own for each use: 0 broker, 1 cache, 2 open pages."""
    return f"{REDIS_URL}/{number}"


CACHES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": redis_database(1)}
}

# --- Open pages -------------------------------------------------------------------------------------

LIVE_URL = redis_database(2)
LIVE_THREADS: dict[str, tuple[str, ...]] = {  # whose news open pages hear of -> topics that list such threads
    "ticket": ("inbox:all",),
}
LIVE_GATES: dict[str, str] = {  # what a topic is about -> (request, which) -> may it be listened to
    "chat": "channels.chat.access.may_listen",
    "chats": "channels.chat.access.may_listen_to_desk",
    "inbox": "tickets.access.may_hear_of_inbox",
    "ticket": "tickets.access.may_hear_of_ticket",
    "user": "accounts.access.may_hear_of_user",
}

# --- Staff sign-in ----------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "CommonPasswordValidator", "NumericPasswordValidator")
] + [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    }
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/console/"
LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_ADAPTER = "aftersales.signin.StaffAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"  # administrators make the accounts and know the addresses
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if HTTPS else "http"
ACCOUNT_RATE_LIMITS = {"login_failed": "20/m/ip,5/5m/key"}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Aftersales"
MFA_ALLOW_UNVERIFIED_EMAIL = True

SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
SESSION_COOKIE_AGE = int(timedelta(days=14).total_seconds())
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_AGE = int(timedelta(days=365).total_seconds())

PUSH_PRIVATE_HOSTS = env.list(
    "PUSH_PRIVATE_HOSTS", default=[]
)  # a push service of one's own, although it has no public address

# --- Browser safety ---------------------------------------------------------------------------------

CSRF_FAILURE_VIEW = "core.views.errors.csrf_failure"
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
SECURE_HSTS_SECONDS = int(timedelta(days=365).total_seconds()) if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = False  # the address may share its domain with pages that are not ours
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        # data: for the code of the second factor, blob: for previews of photos
        "img-src": [SELF, "data:", "blob:"],
        "worker-src": [SELF],
        "manifest-src": [SELF],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000

# --- Languages and time -----------------------------------------------------------------------------

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("zh-hans", _("Simplified Chinese"))]
LOCALE_PATHS = [BASE_DIR / "locale" / app for app in APPS]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
SERVICE_ZONE = env.str("SERVICE_ZONE", default="Asia/Shanghai")  # where a day of the figures begins and ends

# --- Files ------------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(VAR / "static")))
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_ROOT = VAR / "files"  # without MEDIA_URL: files are served by right, never by path
STORAGES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "core.assets.HashedAssets"},
}
REPORTS_DIR = VAR / "reports"  # what commands write for people to read
FILE_UPLOAD_PERMISSIONS = 0o600
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_MAX_AGE = 3600
MEGABYTE = 1024 * 1024
FILE_SIZE_LIMITS = {
    "image": env.int("IMAGE_MEGABYTES", default=15) * MEGABYTE,
    "video": env.int("VIDEO_MEGABYTES", default=50) * MEGABYTE,
    "audio": 15 * MEGABYTE,
    "pdf": env.int("PDF_MEGABYTES", default=15) * MEGABYTE,
    "text": MEGABYTE,
}
IMAGE_PIXELS_LIMIT = 64_000_000  # unpacked, such an image fills 256 MB of memory
FILES_PER_SUBJECT = env.int("FILES_PER_SUBJECT", default=10)
DRAFTS_KEPT_DAYS = 2
ATTACHMENT_GATES: dict[str, str] = {  # what a file hangs on -> (request, pk, attachment) -> may it be read
    "case": "returns.access.may_read_evidence",
    "draft": "core.files.may_read_draft",
    "inspection": "returns.access.may_read_inspection",
    "message": "channels.chat.access.may_read_file",
    "refund": "returns.access.may_read_proof",
    "warranty": "returns.access.may_read_proof_of_purchase",
    "withdrawal": "returns.access.may_read_acknowledgement",
}

# --- Tickets ----------------------------------------------------------------------------------------

TICKETS_CLOSE_AFTER_DAYS = env.int(
    "TICKETS_CLOSE_AFTER_DAYS", default=14
)  # solved ones; until then they reopen
TICKETS_BURST_SECONDS = env.int(
    "TICKETS_BURST_SECONDS", default=120
)  # what comes so soon after another message joins the ticket it began
TICKETS_DUPLICATE_DAYS = env.int(
    "TICKETS_DUPLICATE_DAYS", default=7
)  # so far back a new ticket is compared with others of the same person
TICKET_LINK_DAYS = env.int("TICKET_LINK_DAYS", default=30)  # how long the link in a mail opens its ticket
UNDO_SEND_SECONDS = env.int("UNDO_SEND_SECONDS", default=10)  # a reply may be taken back so long; 0: never

# --- Translation ------------------------------------------------------------------------------------

TRANSLATION_URL = env.str("TRANSLATION_URL", default="")  # of a LibreTranslate service, if any
TRANSLATION_KEY = env.str("TRANSLATION_KEY", default="")

MAIL_SENDERS = "channels.sending.sender_of"  # what a mail is about -> whom it comes from
MAIL_LINES = (
    "channels.sending.line_of"  # whom a mail comes from -> how it leaves the house, None for EMAIL_URL
)
NEWS_CARRIER = "channels.carrying.messengers"  # who takes news to customers the way they write to us
MESSAGE_MARKS = "channels.marks.of"  # messages -> what is shown beside them about their way to the customer

# --- Channels ---------------------------------------------------------------------------------------

CHANNEL_PRIVATE_HOSTS = env.list(
    "CHANNEL_PRIVATE_HOSTS", default=[]
)  # files are fetched from these although they are no public addresses
CHANNEL_BODIES_KEPT_DAYS = env.int(
    "CHANNEL_BODIES_KEPT_DAYS", default=30
)  # calls of other systems, as they came

# --- Returns ----------------------------------------------------------------------------------------

REFUND_GATEWAYS: dict[str, str] = {  # Payment.gateway -> who pays back; payments of others are paid by hand
    "sandbox": "returns.gateways.sandbox.Sandbox",
}

# --- Parcels ----------------------------------------------------------------------------------------

TRACKING_SECRETS: dict[str, str] = {  # with which services sign what they push; no door without one
    "kuaidi100": env.str("KUAIDI100_SALT", default=""),
    "aftership": env.str("AFTERSHIP_WEBHOOK_SECRET", default=""),
    "17track": env.str("TRACK17_KEY", default=""),
}

# --- Customers --------------------------------------------------------------------------------------

PHONE_REGIONS = env.list("PHONE_REGIONS", default=["CN"])  # whose numbers are written without country code
ORDER_FINDER = "orders.queries.find_for_guest"  # (number, e-mail or phone) -> the order, if both are right

# --- Mail -------------------------------------------------------------------------------------------

EMAIL_URL = env.str("EMAIL_URL", default="")
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="After-sales <aftersales@localhost>")
DEFAULT_FROM_EMAIL_GIVEN = "DEFAULT_FROM_EMAIL" in env
SERVER_EMAIL = DEFAULT_FROM_EMAIL
EMAIL_TIMEOUT = 15
MAIL_DIR = VAR / "mail"
# To this address, with a signed "+…", customers answer. It has to lead into a mailbox that is fetched.
MAIL_REPLY_ADDRESS = env.str("MAIL_REPLY_ADDRESS", default="") or parseaddr(DEFAULT_FROM_EMAIL)[1]
MAIL_PLUS_ADDRESS = env.bool("MAIL_PLUS_ADDRESS", default=True)  # off where "+…" does not arrive (QQ, 163)
# Whose Authentication-Results are believed; without one every sender counts as unproven.
MAIL_AUTHSERV_IDS = env.list("MAIL_AUTHSERV_IDS", default=[])
MAIL_MEGABYTES = env.int("MAIL_MEGABYTES", default=35)  # larger ones are kept, and not read
MAIL_ATTACH_MEGABYTES = env.int("MAIL_ATTACH_MEGABYTES", default=10)  # what goes along with a reply, in all
MAIL_PICTURE_MEGABYTES = env.int("MAIL_PICTURE_MEGABYTES", default=5)  # one picture in the text of a reply
MAIL_PROVIDERS: dict[str, dict[str, Any]] = env.json(  # other addresses than the usual ones, by provider
    "MAIL_PROVIDERS", default={}
)
MAIL_SENDER_PER_HOUR = env.int("MAIL_SENDER_PER_HOUR", default=60)  # more mails of one address are put aside
MAIL_ANSWERS_PER_HOUR = 5  # so many tickets opened by one address are acknowledged by mail
MAIL_CAP_HOURS = 24  # automatic mails to one reader within so many hours:
MAIL_CAP_PER_TICKET = env.int("MAIL_CAP_PER_TICKET", default=20)
MAIL_CAP_PER_READER = env.int("MAIL_CAP_PER_READER", default=60)
if EMAIL_URL:
    globals().update(env.email_url_config(EMAIL_URL))
else:
    EMAIL_BACKEND = "aftersales.maildir.MaildirBackend"

EVENT_REACTIONS = "aftersales.reactions.REACTIONS"

# --- Worker -----------------------------------------------------------------------------------------

CELERY_BROKER_URL = redis_database(0)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # Redis comes back; so does the worker
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 3600}  # longer than any single task
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_BEAT_SCHEDULER = "celery.beat:Scheduler"  # in memory: every task asks the database what is due
CELERY_TIMEZONE = "UTC"
CELERY_ENABLE_UTC = True

# --- API --------------------------------------------------------------------------------------------

REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.api.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser", "rest_framework.parsers.MultiPartParser"],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_PAGINATION_CLASS": "core.api.CursorPagination",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_THROTTLE_CLASSES": ["core.api.Throttle"],
    "DEFAULT_THROTTLE_RATES": {"user": env.str("API_RATE", default="20000/min"), "anon": "60/min"},
    "EXCEPTION_HANDLER": "core.api.envelope",
    "PAGE_SIZE": 50,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "Aftersales API",
    "DESCRIPTION": "Orders, tickets, cases and refunds for other systems.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1/",
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
}

# --- Logs -------------------------------------------------------------------------------------------

LOG_FORMAT = env.str("LOG_FORMAT", default="text")
LOG_LEVEL = env.str("LOG_LEVEL", default="INFO").upper()
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "text": {"()": "aftersales.logs.text_formatter"},
        "json": {"()": "aftersales.logs.json_formatter"},
    },
    "handlers": {
        "stderr": {
            "class": "logging.StreamHandler",
            "formatter": LOG_FORMAT if LOG_FORMAT in {"text", "json"} else "text",
        }
    },
    "root": {"handlers": ["stderr"], "level": LOG_LEVEL},
    "loggers": {
        "django": {"handlers": [], "level": LOG_LEVEL, "propagate": True},
        "django.server": {"handlers": [], "propagate": True},
        "uvicorn": {"handlers": [], "propagate": True},
        "uvicorn.access": {"handlers": [], "propagate": True},
        "celery.worker.strategy": {"level": "WARNING"},  # one line per task received says nothing
        "celery.app.trace": {"level": "WARNING"},
        "celery.beat": {"level": "WARNING"},
    },
}
