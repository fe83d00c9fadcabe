"""One file, read from top to bottom; the environment comes first, then a `.env` beside manage.py.

Defaults suit a laptop. docs/settings.md lists every variable.
"""

import os
import sys
from collections.abc import Callable
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured
from environs import Env, EnvError, validate

from frodo.mail import settings_of
from frodo.stores import FOLDER, media_store

BASE_DIR = Path(__file__).resolve().parent.parent

env = Env()
env.read_env(os.environ.get("ENV_FILE") or BASE_DIR / ".env", recurse=False)


def read(parse: Callable, name: str, default, **options):
    """The environment's value, or the default; one that cannot be read stops the start with its name."""
    try:
        return parse(name, default, **options)
    except EnvError as error:
        raise ImproperlyConfigured(f"A setting in the environment cannot be used: {error}") from error


ABOVE_ZERO = validate.Range(min=0, min_inclusive=False)

DATA_DIR = Path(read(env.str, "DATA_DIR", str(BASE_DIR / "data")))

# Safety

INSECURE_KEY = "insecure-key-for-a-laptop-only"

DEBUG = read(env.bool, "DEBUG", True)
SECRET_KEY = read(env.str, "SECRET_KEY", INSECURE_KEY)
ALLOWED_HOSTS = read(env.list, "ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"])
SITE_URL = read(env.str, "SITE_URL", "").rstrip("/")
HTTPS = read(env.bool, "HTTPS", SITE_URL.startswith("https://"))

if not DEBUG and (SECRET_KEY == INSECURE_KEY or len(SECRET_KEY) < 32):
    raise ImproperlyConfigured(
        "With DEBUG off, SECRET_KEY must be set to a secret of your own, 32 characters or more. "
        "`make run` writes one into .env; or use: "
        "python -c 'import secrets; print(secrets.token_urlsafe(50))'"
    )

CSRF_TRUSTED_ORIGINS = [SITE_URL] if SITE_URL else []
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
X_FRAME_OPTIONS = "DENY"

# Nothing is loaded from other hosts but what the author's own text shows: pictures, sound, video, players.
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' https: data: blob:",
        "media-src 'self' https:",
        "frame-src 'self' https://www.youtube-nocookie.com https://player.vimeo.com https://player.bilibili.com",
        "connect-src 'self' ws: wss:" if DEBUG else "connect-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)

# Apps

INSTALLED_APPS = [
    # Its runserver speaks ASGI. Any other start need not carry Twisted about: 0.2 s and 26 MB of it.
    *(["daphne"] if "runserver" in sys.argv else []),
    "frodo",
    "accounts",
    "blog",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sitemaps",
    "django.contrib.staticfiles",
    "channels",
    "rest_framework",
]

MIDDLEWARE = [
    "frodo.middleware.SecurityHeaders",
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "frodo.urls"
ASGI_APPLICATION = "frodo.asgi.application"

THEME_DIR = read(env.str, "THEME_DIR", "")
"""A folder with templates/, static/ and locale/ of one's own; what it lacks comes from ours (docs/theme.md)."""
THEMES = [*([Path(THEME_DIR).resolve()] if THEME_DIR else []), BASE_DIR]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [theme / "templates" for theme in THEMES],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "blog.context.site",
            ],
        },
    },
]

# Data

DATABASES = {"default": read(env.dj_db_url, "DATABASE_URL", f"sqlite:///{DATA_DIR / 'frodo.sqlite3'}")}
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = {
        # A write lock taken at BEGIN waits its turn; one asked for in mid-transaction fails at once.
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
elif DATABASES["default"]["ENGINE"].endswith("mysql"):
    DATABASES["default"]["OPTIONS"] = {
        "charset": "utf8mb4",
        "init_command": "SET sql_mode='TRADITIONAL'",  # what does not fit is an error, never cut off
        "isolation_level": "read committed",
        "connect_timeout": 5,
        **DATABASES["default"].get("OPTIONS", {}),
    }
    SILENCED_SYSTEM_CHECKS = ["mysql.W003"]  # long unique names: every MySQL that Django supports takes them

ORM_THREADS = read(env.int, "ORM_THREADS", 8, validate=validate.Range(min=0))
"""Threads, each with a connection that stays, for all database work of a process; 0: as Django does by itself."""
ORM_QUEUE_SECONDS = read(env.float, "ORM_QUEUE_SECONDS", 5.0, validate=validate.Range(min=0.01))
"""How long one may wait for a free thread before the answer is 503."""
DATABASES["default"]["CONN_MAX_AGE"] = None if ORM_THREADS else 0

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
REDIS_URL = read(env.str, "REDIS_URL", "")
REDIS_PREFIX = read(env.str, "REDIS_PREFIX", "frodo")
"""Begins every key and channel. Two sites on one Redis need two."""

# `models` keeps what cached properties answered (docs/async-models.md), and wants to know when it cannot.
# Whatever else finds the cache away finds it empty.
if REDIS_URL:
    CACHES = {
        alias: {
            "BACKEND": "frodo.cache.Cache",
            "LOCATION": REDIS_URL,
            "KEY_PREFIX": f"{REDIS_PREFIX}:{alias}",
            "OPTIONS": {
                "IGNORE_EXCEPTIONS": alias == "default",
                "SOCKET_CONNECT_TIMEOUT": 1,
                "SOCKET_TIMEOUT": 2,
            },
        }
        for alias in ("default", "models")
    }
    SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
else:
    CACHES = {
        alias: {
            "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
            "LOCATION": alias,
            "OPTIONS": {"MAX_ENTRIES": 10_000},
        }
        for alias in ("default", "models")
    }

# Clients

CLIENT_SECONDS = read(env.float, "CLIENT_SECONDS", 30.0, validate=ABOVE_ZERO)
"""How long a client may stand still: in the middle of a request, or reading none of its answer."""

# Pages kept in memory

PAGE_CACHE_MB = read(env.int, "PAGE_CACHE_MB", 0 if DEBUG else 64, validate=validate.Range(min=0))
"""Of one process. 0: every page is made when it is asked for, as while a theme is written."""
PAGE_CACHE_SECONDS = read(env.float, "PAGE_CACHE_SECONDS", 60.0, validate=ABOVE_ZERO)
"""How long a page is kept, should nobody tell that it has changed."""
PAGE_CACHE_LOOK = read(env.float, "PAGE_CACHE_LOOK", 1.0, validate=ABOVE_ZERO)
"""Seconds between looks at the database for changes that other processes made."""
PAGE_CACHE_PATIENCE = 3.0
"""Seconds a page may take to be made, where there is an older one that can be shown instead."""
PAGE_CACHE_CDN_SECONDS = read(env.int, "PAGE_CACHE_CDN_SECONDS", 0, validate=validate.Range(min=0))
"""How long a CDN may answer by itself; it hears of no change meanwhile."""
VIEWS_WRITE_SECONDS = read(env.float, "VIEWS_WRITE_SECONDS", 10.0, validate=ABOVE_ZERO)
"""Seconds for which views are counted in memory before they are written down."""

# Accounts

AUTH_USER_MODEL = "accounts.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
PASSWORD_HASHERS = [
    "accounts.hashers.Argon2",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",  # older ones are written anew when their owner signs in
]
AUTHENTICATION_BACKENDS = ["accounts.backends.Accounts"]
LOGIN_URL = "sign_in"
LOGIN_REDIRECT_URL = "me"

SIGN_IN_RATE = read(env.str, "SIGN_IN_RATE", "20/10m")
"""How often a password may be tried, and a link asked for, from one network in how long."""
SIGN_IN_ACCOUNT_RATE = read(env.str, "SIGN_IN_ACCOUNT_RATE", "30/h")
"""How often one account's password may be tried from everywhere, but for browsers it was signed in with before."""
SIGN_IN_LINK_MINUTES = read(env.int, "SIGN_IN_LINK_MINUTES", 15, validate=validate.Range(1, 24 * 60))

SIGN_IN_PROVIDER_SECONDS = read(env.float, "SIGN_IN_PROVIDER_SECONDS", 10.0, validate=validate.Range(min=0.1))
"""How long a provider may take for everything it is asked while somebody waits."""

TOKEN_ACCESS_MINUTES = read(env.int, "TOKEN_ACCESS_MINUTES", 10, validate=validate.Range(1, 24 * 60))
"""How long a program speaks for somebody before it must ask for the next token (docs/tokens.md)."""
TOKEN_REFRESH_DAYS = read(env.int, "TOKEN_REFRESH_DAYS", 30, validate=validate.Range(1, 3650))
"""How long a program may be silent before its user must sign in again."""


def client_of(prefix: str) -> dict | None:
    """The id and the secret by which a provider knows this blog; None where there are none."""
    found = {key: read(env.str, f"{prefix}_{key.upper()}", "") for key in ("client_id", "client_secret")}
    if any(found.values()) and not all(found.values()):
        raise ImproperlyConfigured(f"{prefix}_CLIENT_ID and {prefix}_CLIENT_SECRET are only of use together.")
    return found if found["client_id"] else None


SIGN_IN_PROVIDERS: dict[str, dict] = {}
"""Where readers may sign in with an account they have, in the order shown (docs/accounts.md)."""
if github := client_of("GITHUB"):
    url = read(env.str, "GITHUB_URL", "https://github.com").rstrip("/")
    SIGN_IN_PROVIDERS["github"] = {"kind": "github", "label": "GitHub", "url": url, **github}
for name in read(env.list, "OIDC_PROVIDERS", []):
    prefix = f"OIDC_{name.upper()}"
    oidc, issuer = client_of(prefix), read(env.str, f"{prefix}_ISSUER", "").rstrip("/")
    if not (name.isascii() and name.isalnum() and name.islower()) or name in {"github", "email"} or len(name) > 30:
        raise ImproperlyConfigured(f"OIDC_PROVIDERS: {name!r} cannot be a name; use small letters and digits.")
    if not (oidc and issuer):
        raise ImproperlyConfigured(f"{prefix}_ISSUER, {prefix}_CLIENT_ID and {prefix}_CLIENT_SECRET are needed.")
    label = read(env.str, f"{prefix}_LABEL", name.capitalize())
    SIGN_IN_PROVIDERS[name] = {"kind": "oidc", "label": label, "issuer": issuer, **oidc}

# Mail

EMAIL_URL = read(env.str, "EMAIL_URL", "") or ("console://" if DEBUG else "")
"""Where mail is handed over: smtp+tls://user:password@host:587. Without it none is sent, nor offered."""
CAN_SEND_MAIL = bool(EMAIL_URL)
globals().update(settings_of(EMAIL_URL))
EMAIL_TIMEOUT = read(env.float, "EMAIL_TIMEOUT", 20.0, validate=validate.Range(min=0.1))
DEFAULT_FROM_EMAIL = read(env.str, "DEFAULT_FROM_EMAIL", f"noreply@{urlsplit(SITE_URL).hostname or 'localhost'}")

# Other people's pages

OUTSIDE_SECONDS = read(env.float, "OUTSIDE_SECONDS", 10.0, validate=validate.Range(min=0.1))
"""How long fetching one page may take, with all its redirects (docs/outside.md)."""
OUTSIDE_PAUSE = read(env.float, "OUTSIDE_PAUSE", 1.0, validate=validate.Range(min=0))
"""Seconds between two requests to one host."""
OUTSIDE_ALLOW = read(env.list, "OUTSIDE_ALLOW", [])
"""Networks that may be asked, on any port, although they are not public."""
for network in OUTSIDE_ALLOW:
    try:
        ip_network(network)
    except ValueError as error:
        raise ImproperlyConfigured(f"OUTSIDE_ALLOW: {error}.") from error

# Work beside the requests

BACKGROUND = read(env.bool, "BACKGROUND", True)
"""Whether the server sends letters and does its daily chores itself; else commands do (docs/letters.md)."""
BACKGROUND_LOOK = read(env.float, "BACKGROUND_LOOK", 10.0, validate=ABOVE_ZERO)
"""Seconds between looks for letters and chores that are due."""

# Live

LIVE_CAPACITY = 10_000
"""Messages the layer holds for one process before it drops some; the default of 100 loses events (docs/live.md)."""
LIVE_MAX_SOCKETS = read(env.int, "LIVE_MAX_SOCKETS", 20_000, validate=validate.Range(min=0))
"""Open pages one process listens for; those beyond it ask by HTTP. 0 turns websockets off."""

EVENTS_KEEP_DAYS = read(env.int, "EVENTS_KEEP_DAYS", 30, validate=validate.Range(min=0))
"""How long it is kept what happened to a post, for open pages that were away; 0: for ever."""
SHOW_PRESENCE = read(env.bool, "SHOW_PRESENCE", False)
"""Whether a post's page says how many read it right now, and who writes."""

if REDIS_URL:
    CHANNEL_LAYERS = {
        "default": {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            # redis-py's default socket timeout would end a connection that only listens.
            "CONFIG": {
                "hosts": [{"address": REDIS_URL, "socket_timeout": None}],
                "capacity": LIVE_CAPACITY,
                "prefix": REDIS_PREFIX,
            },
        }
    }
else:
    CHANNEL_LAYERS = {
        "default": {
            "BACKEND": "channels.layers.InMemoryChannelLayer",
            # A group is left by those who leave, not by the clock.
            "CONFIG": {"capacity": LIVE_CAPACITY, "group_expiry": 10**9},
        }
    }

# Languages and time

LANGUAGES = [("en", "English"), ("zh-hans", "简体中文")]
LANGUAGE_CODE = read(env.str, "LANGUAGE_CODE", "en", validate=validate.OneOf([code for code, _ in LANGUAGES]))
LOCALE_PATHS = [theme / "locale" for theme in THEMES]
USE_I18N = USE_TZ = True
TIME_ZONE = read(env.str, "TIME_ZONE", "UTC")

# Files

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [theme / "static" for theme in THEMES if (theme / "static").is_dir()]
S3 = {
    "S3_BUCKET": read(env.str, "S3_BUCKET", ""),
    "S3_ENDPOINT_URL": read(env.str, "S3_ENDPOINT_URL", ""),
    "S3_REGION": read(env.str, "S3_REGION", ""),
    "S3_ACCESS_KEY_ID": read(env.str, "S3_ACCESS_KEY_ID", ""),
    "S3_SECRET_ACCESS_KEY": read(env.str, "S3_SECRET_ACCESS_KEY", ""),
    "S3_PUBLIC_URL": read(env.str, "S3_PUBLIC_URL", ""),
}
"""Where pictures lie, if not in MEDIA_ROOT (docs/uploads.md)."""
STORAGES = {
    "default": media_store(S3),
    "staticfiles": {"BACKEND": "frodo.files.StaticStorage"},
}
MEDIA_IS_HERE = STORAGES["default"] == FOLDER
SERVESTATIC_KEEP_ONLY_HASHED_FILES = True
MEDIA_URL = "/media/"
MEDIA_ROOT = Path(read(env.str, "MEDIA_ROOT", str(DATA_DIR / "media")))

# Uploads

UPLOAD_MAX_MB = read(env.int, "UPLOAD_MAX_MB", 20, validate=validate.Range(1, 1000))
UPLOAD_MAX_MEGAPIXELS = read(env.int, "UPLOAD_MAX_MEGAPIXELS", 50, validate=validate.Range(1, 170))
"""Of one picture, known before it is decoded: each million takes 3 to 8 MB of memory for a moment."""
UPLOAD_MAX_SIDE = read(env.int, "UPLOAD_MAX_SIDE", 16_000, validate=validate.Range(100, 65_000))
UPLOAD_MAX_FRAMES = read(env.int, "UPLOAD_MAX_FRAMES", 2000, validate=validate.Range(min=1))
UPLOAD_MAX_ANIMATION_MEGAPIXELS = read(env.int, "UPLOAD_MAX_ANIMATION_MEGAPIXELS", 200, validate=validate.Range(min=1))
"""Of all pictures of an animation together."""
UPLOAD_RATE = read(env.str, "UPLOAD_RATE", "120/10m")
"""How many pictures one person may upload in how long."""
UPLOAD_WIDTHS = sorted(set(read(env.list, "UPLOAD_WIDTHS", [480, 960, 1600], subcast=int)))
"""In pixels, of the smaller copies made of each picture; none, where it is empty."""
if not all(16 <= width <= 8000 for width in UPLOAD_WIDTHS):
    raise ImproperlyConfigured("UPLOAD_WIDTHS: a width is from 16 to 8000 pixels.")
MAX_BODY = (max(UPLOAD_MAX_MB, 4) + 1) * 1024**2
"""Bytes of the longest request that is read: a picture, or a post of 4 MB, and what goes with it."""

# Logs

LOG_LEVEL = read(env.str, "LOG_LEVEL", "INFO", validate=validate.OneOf(("DEBUG", "INFO", "WARNING", "ERROR")))
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"not_told": {"()": "frodo.outages.NotTold"}},
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    "loggers": {
        "django": {"handlers": [], "level": LOG_LEVEL},
        # A cache that is away would be a traceback for each that reads.
        "frodo.async_model.cached": {"filters": ["not_told"]},
        # Every guessed address would be a line of its own.
        "django.request": {"level": "WARNING" if DEBUG else "ERROR"},
        "httpx2": {"level": "WARNING"},
    },
}

# API

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.AllowAny"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["frodo.api.bodies.SmallJSONParser"],
    "EXCEPTION_HANDLER": "frodo.errors.answer",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    "DEFAULT_SCHEMA_CLASS": "frodo.api.schema.endpoint.EndpointSchema",
}

SPECTACULAR_SETTINGS = {
    "OAS_VERSION": "3.1.0",
    "POSTPROCESSING_HOOKS": [],
    "SORT_OPERATIONS": False,
    "SORT_OPERATION_PARAMETERS": False,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
}

API_READ_RATE = read(env.str, "API_READ_RATE", "1800/m")
"""How often one network may ask the API, for each process."""
API_WRITE_RATE = read(env.str, "API_WRITE_RATE", "120/m")
"""How often one person may write by the API; for guests, one network."""

# Blog

SITE_NAME = read(env.str, "SITE_NAME", "Frodo")
SITE_DESCRIPTION = read(env.str, "SITE_DESCRIPTION", "")
POSTS_PER_PAGE = read(env.int, "POSTS_PER_PAGE", 10, validate=validate.Range(1, 100))
SHOW_VIEWS = read(env.bool, "SHOW_VIEWS", False)
POSTS_PER_FEED = read(env.int, "POSTS_PER_FEED", 20, validate=validate.Range(1, 500))

COMMENT_MAX_LENGTH = read(env.int, "COMMENT_MAX_LENGTH", 10_000)
COMMENTS_PER_PAGE = read(env.int, "COMMENTS_PER_PAGE", 50, validate=validate.Range(1, 500))
"""How many a page carries and how many come at once; the others are asked for."""
COMMENT_APPROVAL = read(env.str, "COMMENT_APPROVAL", "never", validate=validate.OneOf(("always", "first", "never")))
"""Which comments wait until the author approves them: all, a person's first, or none. A post may say otherwise."""
COMMENT_CLOSE_DAYS = read(env.int, "COMMENT_CLOSE_DAYS", 0, validate=validate.Range(min=0))
"""Days after which a post takes no more comments; 0: always open."""
COMMENT_EDIT_MINUTES = read(env.int, "COMMENT_EDIT_MINUTES", 15, validate=validate.Range(min=0))
"""How long one may edit or remove one's own comment; the author always may."""
COMMENT_RATE = read(env.str, "COMMENT_RATE", "10/10m")
"""How many comments one person, and one address, may post in how long: count/number and s, m, h or d."""
COMMENT_RATE_NETWORK = read(env.str, "COMMENT_RATE_NETWORK", "60/10m")
"""The same for the network around the address."""
COMMENT_RATE_ALL = read(env.str, "COMMENT_RATE_ALL", "1000/10m")
"""The same for everybody together."""
COMMENT_FLOOD = read(env.str, "COMMENT_FLOOD", "30/m")
"""More than this from everybody together is a flood (docs/moderation.md); empty: nothing is."""
COMMENT_FLOOD_MINUTES = read(env.int, "COMMENT_FLOOD_MINUTES", 30, validate=validate.Range(min=1))
"""How long a flood is over before comments are shown at once again."""
COMMENT_PROOF_BITS = read(env.int, "COMMENT_PROOF_BITS", 17, validate=validate.Range(1, 30))
"""How much work a browser is asked for in a flood; one more is twice the work."""
COMMENT_MIN_SECONDS = read(env.float, "COMMENT_MIN_SECONDS", 3.0, validate=validate.Range(min=0))
"""Who needs less from page to comment is probably a program: the comment is held."""
REACTION_RATE = read(env.str, "REACTION_RATE", "60/m")
"""How many reactions one person may give or change in how long; all of one network together, ten times that."""
REACTION_NEWCOMERS = read(env.str, "REACTION_NEWCOMERS", "100/h")
"""How many browsers never seen before may react from one network: who throws the cookie away votes not without end."""
COMMENT_FORGET_DAYS = read(env.int, "COMMENT_FORGET_DAYS", 30, validate=validate.Range(min=1))
"""After so many days a comment's network address and e-mail are erased."""
LETTERS_SILENCE_DAYS = read(env.int, "LETTERS_SILENCE_DAYS", 180, validate=validate.Range(min=1))
"""An e-mail that is still wanted for letters stays until a thread was silent for so long."""
TRUSTED_PROXIES = read(env.list, "TRUSTED_PROXIES", [])
"""Addresses or networks whose X-Forwarded-For is believed."""
