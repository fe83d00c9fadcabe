"""Settings from environment variables, then from `.env` beside manage.py.

Defaults suit a laptop. docs/settings.md lists every variable.
"""

import os
import re
import sys
from collections.abc import Callable
from importlib.util import find_spec
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _
from environs import Env, EnvError, validate

from frodo.backup import parse_policy
from frodo.database_config import complete
from frodo.embeds import PLAYERS
from frodo.mail import settings_of
from frodo.media_storage import FOLDER, media_store
from frodo.redis_config import channel_layer_host, parse_sentinels
from frodo.site_urls import origin_of
from frodo.text import StrOrPromise, clean_text

BASE_DIR = Path(__file__).resolve().parent.parent

env = Env()
ENV_FILE = os.environ.get("ENV_FILE")
if ENV_FILE and not os.access(ENV_FILE, os.R_OK):  # else the defaults would be used, and another database with them
    raise ImproperlyConfigured(f"ENV_FILE: {ENV_FILE} does not exist, or this user may not read it.")
env.read_env(ENV_FILE or BASE_DIR / ".env", recurse=False)


def read(parse: Callable, name: str, default: Any, **options: Any) -> Any:
    """Parse an environment variable; an invalid value stops the start with an error that names it."""
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
SITE_URL = origin_of(read(env.str, "SITE_URL", ""))
HTTPS = read(env.bool, "HTTPS", SITE_URL.startswith("https://"))

if not DEBUG and (SECRET_KEY == INSECURE_KEY or len(SECRET_KEY) < 32):
    raise ImproperlyConfigured(
        "With DEBUG off, SECRET_KEY must be set to a secret of your own, 32 characters or more. "
        "`make run` writes one into .env; or use: "
        "python -c 'import secrets; print(secrets.token_urlsafe(50))'"
    )

CSRF_TRUSTED_ORIGINS = [SITE_URL] if SITE_URL else []
CSRF_FAILURE_VIEW = "frodo.form_recovery.csrf_failure"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_HSTS_SECONDS = read(env.int, "HSTS_SECONDS", 24 * 3600, validate=validate.Range(min=0)) if HTTPS else 0
"""Max-age of HSTS: browsers that came by HTTPS refuse plain HTTP for this long; it cannot be taken back."""
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
COOKIE_PREFIX = "__Host-" if HTTPS else ""
"""Browsers take cookies of such a name from this host alone, and no subdomain can set one (RFC 6265bis)."""
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = f"{COOKIE_PREFIX}sessionid", f"{COOKIE_PREFIX}csrftoken"
LANGUAGE_COOKIE_NAME = f"{COOKIE_PREFIX}django_language"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
X_FRAME_OPTIONS = "DENY"
DEFAULT_EXCEPTION_REPORTER_FILTER = "frodo.log_filters.HideSecrets"

# Nothing is loaded from other hosts but what the author's own text shows: pictures, sound, video, players.
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' https: data: blob:",
        "media-src 'self' https:",
        " ".join(["frame-src 'self'", *(f"https://{host}" for host in PLAYERS)]),
        "connect-src 'self' ws: wss:" if DEBUG else "connect-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)

# What a blog never asks of a browser, nor do scripts or frames in its pages.
PERMISSIONS_POLICY = ", ".join(
    f"{feature}=()"
    for feature in (
        *("accelerometer", "browsing-topics", "camera", "display-capture", "geolocation", "gyroscope", "hid"),
        *("magnetometer", "microphone", "midi", "payment", "serial", "usb"),
    )
)

# Apps

INSTALLED_APPS = [
    # Its runserver speaks ASGI. Any other start need not carry Twisted about: 0.2 s and 26 MB of it.
    *(["daphne"] if "runserver" in sys.argv else []),
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.usersessions",
    "frodo",
    "accounts",
    "blog",
    "frodo.admin_site.AdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sitemaps",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "channels",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
]

MIDDLEWARE = [  # Django's in the form that stays on the event loop (frodo/middleware.py)
    "frodo.middleware.RequestView",
    "frodo.middleware.SecurityHeaders",
    "frodo.middleware.AdminAllowList",
    "frodo.middleware.AsyncSecurityMiddleware",
    "frodo.middleware.AsyncSessionMiddleware",
    "frodo.middleware.AsyncLocaleMiddleware",
    "frodo.middleware.SiteTimeZone",
    "frodo.middleware.AsyncCommonMiddleware",
    "frodo.middleware.AsyncCsrfViewMiddleware",
    "frodo.middleware.FormText",
    "frodo.middleware.AsyncAuthenticationMiddleware",
    "frodo.middleware.AsyncMessageMiddleware",
    "frodo.middleware.AsyncXFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    *(["blog.error_views.follow_redirects"] if DEBUG else []),
]

SILENCED_SYSTEM_CHECKS = [
    *("security.W001", "security.W002", "security.W003"),  # looked for by Django's own names of the middleware above
    *("security.W005", "security.W021"),  # HSTS for other hosts of the domain is not for a blog to decide
    "security.W008",  # the proxy redirects to HTTPS
]

ROOT_URLCONF = "frodo.urls"
ADMIN_PATH = read(env.str, "ADMIN_PATH", "admin", validate=validate.Regexp(r"[a-z0-9_-]+\Z"))
"""Path of the admin. Changing it keeps bots away, but protects nothing."""
ADMIN_ALLOW = read(env.list, "ADMIN_ALLOW", [])
"""Networks from which the admin may be used; empty: all."""
for network in ADMIN_ALLOW:
    try:
        ip_network(network)
    except ValueError as error:
        raise ImproperlyConfigured(f"ADMIN_ALLOW: {error}.") from error
ASGI_APPLICATION = "frodo.asgi.application"

THEME = read(env.str, "THEME", "")
"""The name of a theme's folder; empty: the default theme (docs/theme.md)."""
THEME_DIRS = [DATA_DIR.resolve() / "themes", BASE_DIR / "themes"]

TEMPLATES = [
    {
        "NAME": "django",
        "BACKEND": "frodo.themes.Templates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "frodo.themes.CachedLoader",
                    [
                        "frodo.themes.Loader",
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "frodo.site_frame.site_context",
                "frodo.site_frame.frame_of_allauth_pages",
            ],
        },
    },
]

# Data

DATABASES = {"default": complete(read(env.dj_db_url, "DATABASE_URL", f"sqlite:///{DATA_DIR / 'frodo.sqlite3'}"))}
if DATABASES["default"]["ENGINE"].endswith("mysql"):
    SILENCED_SYSTEM_CHECKS += [
        "mysql.W003",  # long unique names: every MySQL that Django supports takes them
        "models.W036",  # conditional unique constraints of allauth, which asks for duplicates itself before it saves
    ]

ORM_THREADS = read(env.int, "ORM_THREADS", 8, validate=validate.Range(min=0))
"""Database threads per process, each with a persistent connection; 0: Django's own threads."""
ORM_QUEUE_SECONDS = read(env.float, "ORM_QUEUE_SECONDS", 5.0, validate=validate.Range(min=0.01))
"""Seconds a request waits for a free database thread before it gets 503."""
if read(env.str, "DATABASE_REPLICA_URL", ""):
    DATABASES["replica"] = complete(read(env.dj_db_url, "DATABASE_REPLICA_URL", ""))
    DATABASE_ROUTERS = ["frodo.database_config.ReplicaRouter"]
DATABASE_REPLICA_SECONDS = read(env.float, "DATABASE_REPLICA_SECONDS", 10.0, validate=validate.Range(min=1))
"""Seconds after a change during which pages are read from the primary; longer than the replica's lag."""
for database in DATABASES.values():
    database["CONN_MAX_AGE"] = None if ORM_THREADS else 0

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
REDIS_URL = read(env.str, "REDIS_URL", "")
REDIS_PREFIX = read(env.str, "REDIS_PREFIX", "frodo")
"""Prefix of all keys and channels; sites that share a Redis need different ones."""
REDIS_SENTINELS = parse_sentinels(read(env.list, "REDIS_SENTINELS", []))
"""Sentinels that know the master, whose name REDIS_URL then has in place of a host."""
if REDIS_SENTINELS:
    DJANGO_REDIS_CONNECTION_FACTORY = "django_redis.pool.SentinelConnectionFactory"

# `default` holds rate limits and used codes: nothing leaves it before it expires (frodo/caches.py).
if REDIS_URL:
    CACHES = {
        alias: {
            "BACKEND": "frodo.caches.Limits" if alias == "default" else "frodo.caches.Cache",
            "LOCATION": REDIS_URL,
            "KEY_PREFIX": f"{REDIS_PREFIX}:{alias}",
            "OPTIONS": {
                "IGNORE_EXCEPTIONS": alias == "sessions",  # found empty while Redis is away
                "SOCKET_CONNECT_TIMEOUT": 1,
                "SOCKET_TIMEOUT": 2,
                "SENTINELS": REDIS_SENTINELS,
            },
        }
        for alias in ("default", "sessions")
    }
    SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
    SESSION_CACHE_ALIAS = "sessions"
else:
    CACHES = {
        "default": {"BACKEND": "frodo.caches.Counters", "LOCATION": "default", "OPTIONS": {"MAX_ENTRIES": 10_000}},
    }

# Clients

CLIENT_SECONDS = read(env.float, "CLIENT_SECONDS", 30.0, validate=ABOVE_ZERO)
"""Seconds after which a client is disconnected that neither sends its request nor reads the response."""

# Pages kept in memory

PAGE_CACHE_MB = read(env.int, "PAGE_CACHE_MB", 0 if DEBUG else 64, validate=validate.Range(min=0))
"""Size of the page cache of each process in MB; 0: no cache, for example while writing a theme."""
PAGE_CACHE_SECONDS = read(env.float, "PAGE_CACHE_SECONDS", 60.0, validate=ABOVE_ZERO)
"""Lifetime of a cached page in seconds, if it is not purged before."""
PAGE_CACHE_POLL_SECONDS = read(env.float, "PAGE_CACHE_POLL_SECONDS", 1.0, validate=ABOVE_ZERO)
"""Seconds between checks of the database for changes by other processes."""
PAGE_CACHE_SETTLING_SECONDS = 1.0
"""Seconds after a change during which new pages are cached this long only, because other caches may lag."""
PAGE_CACHE_STALE_AFTER_SECONDS = 3.0
"""Seconds after which a stale page is served while the new one is still being rendered."""
PAGE_CACHE_VERSION_QUERY_SECONDS = 2.0
"""Timeout of the query whether anything has changed. After it, pages are served as they were."""
CDN = read(env.str, "CDN", "", validate=validate.OneOf(("", "cloudflare", "fastly", "http")))
"""The CDN or cache that is told what to purge, by the request that it understands (docs/cdn.md); empty: none."""
CDN_PURGE_URL = read(env.str, "CDN_PURGE_URL", "")
CDN_PURGE_TOKEN = read(env.str, "CDN_PURGE_TOKEN", "")
if CDN and not (CDN_PURGE_URL and (CDN_PURGE_TOKEN or CDN == "http")):
    raise ImproperlyConfigured(f"CDN={CDN} needs CDN_PURGE_URL and, but for http, CDN_PURGE_TOKEN: see docs/cdn.md.")
PAGE_CACHE_CDN_SECONDS = read(env.int, "PAGE_CACHE_CDN_SECONDS", 3600 if CDN else 0, validate=validate.Range(min=0))
"""`s-maxage` for CDNs, in seconds."""
VIEWS_WRITE_SECONDS = read(env.float, "VIEWS_WRITE_SECONDS", 10.0, validate=ABOVE_ZERO)
"""Seconds between writes of the view counts to the database."""

# Accounts

AUTH_USER_MODEL = "accounts.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
PASSWORD_HASHERS = [
    "accounts.backends.Argon2",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",  # older ones are written anew when their owner signs in
]
AUTHENTICATION_BACKENDS = ["accounts.backends.Accounts"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "me"

SIGN_IN_RATE = read(env.str, "SIGN_IN_RATE", "20/10m")
"""Rate per network of password attempts, sign-ups and requests for e-mail codes."""
SIGN_IN_ACCOUNT_RATE = read(env.str, "SIGN_IN_ACCOUNT_RATE", "30/h")
"""Rate of password attempts per account from all networks; browsers that signed in before are exempt."""
SIGN_IN_CODE_MINUTES = read(env.int, "SIGN_IN_CODE_MINUTES", 15, validate=validate.Range(1, 24 * 60))
SIGN_IN_THREADS = read(env.int, "SIGN_IN_THREADS", 8, validate=validate.Range(min=1))
"""Threads for requests that wait for a mail server, and as many for those that wait for a sign-in provider."""

# django-allauth (docs/accounts.md). Passwords and second-factor codes are throttled in accounts/login_throttling.py.
ACCOUNT_ADAPTER = "accounts.adapters.AccountAdapter"
ACCOUNT_FORMS = {
    "signup": "accounts.forms.SignUpForm",
    "request_login_code": "accounts.forms.CodeByEmailForm",
    "reset_password": "accounts.forms.ResetPasswordForm",
}
ACCOUNT_SIGNUP_FORM_CLASS = "accounts.reader_names.NameForm"
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1"]
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = SIGN_IN_CODE_MINUTES * 60
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT = ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT = SIGN_IN_CODE_MINUTES * 60
ACCOUNT_LOGIN_TIMEOUT = max(15, SIGN_IN_CODE_MINUTES) * 60
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 15 * 60
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_EMAIL_MAX_LENGTH = 254
ACCOUNT_MAX_EMAIL_ADDRESSES = 5
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_RATE_LIMITS = {
    "login": None,
    "login_failed": None,
    "signup": SIGN_IN_RATE,
    "request_login_code": SIGN_IN_RATE,
    "reset_password": SIGN_IN_RATE,
}
MFA_ADAPTER = "accounts.adapters.MFAAdapter"
MFA_FORMS = {
    "activate_totp": "accounts.forms.ActivateTOTPForm",
    "authenticate": "accounts.forms.SecondFactorForm",
    "reauthenticate": "accounts.forms.ReauthenticateForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True  # an author made by `createauthor` may have no address that is proven
MFA_TOTP_ISSUER = read(env.str, "SITE_NAME", "Frodo")
MFA_TOTP_TOLERANCE = 1  # in half minutes: clocks of phones differ
MFA_RECOVERY_CODE_DIGITS = 12
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEBUG  # http://localhost

SIGN_IN_PROVIDER_SECONDS = read(env.float, "SIGN_IN_PROVIDER_SECONDS", 10.0, validate=validate.Range(min=0.1))
"""Timeout in seconds of all requests to a sign-in provider during one sign-in."""

TOKEN_ACCESS_MINUTES = read(env.int, "TOKEN_ACCESS_MINUTES", 10, validate=validate.Range(1, 24 * 60))
"""Lifetime of access tokens (docs/tokens.md)."""
TOKEN_REFRESH_DAYS = read(env.int, "TOKEN_REFRESH_DAYS", 30, validate=validate.Range(1, 3650))
"""Lifetime of refresh tokens."""


def client_of(prefix: str) -> dict | None:
    """OAuth client ID and secret of a provider; None if not configured."""
    found = {
        "client_id": read(env.str, f"{prefix}_CLIENT_ID", ""),
        "secret": read(env.str, f"{prefix}_CLIENT_SECRET", ""),
    }
    if any(found.values()) and not all(found.values()):
        raise ImproperlyConfigured(f"{prefix}_CLIENT_ID and {prefix}_CLIENT_SECRET are only of use together.")
    return found if found["client_id"] else None


SIGN_IN_PROVIDERS: dict[str, StrOrPromise] = {}
"""Sign-in providers and their names, in the order shown (docs/accounts.md)."""
SOCIALACCOUNT_PROVIDERS: dict[str, dict] = {}
PROVIDER_NAMES: dict[str, StrOrPromise] = {
    "github": "GitHub",
    "google": "Google",
    "weixin": _("WeChat"),
    "weibo": _("Weibo"),
    "mastodon": "Mastodon",
}
for name, label in PROVIDER_NAMES.items():
    if client := client_of(name.upper()):
        SIGN_IN_PROVIDERS[name] = label
        pkce = name not in {"weixin", "weibo"}
        SOCIALACCOUNT_PROVIDERS[name] = {"APPS": [client], "OAUTH_PKCE_ENABLED": pkce}
if "github" in SIGN_IN_PROVIDERS:
    SOCIALACCOUNT_PROVIDERS["github"]["GITHUB_URL"] = read(env.str, "GITHUB_URL", "https://github.com")
    if SOCIALACCOUNT_PROVIDERS["github"]["GITHUB_URL"].rstrip("/") == "https://github.com":
        del SOCIALACCOUNT_PROVIDERS["github"]["GITHUB_URL"]  # whose API has another host
MASTODON_URL = origin_of(read(env.str, "MASTODON_URL", ""))
if "mastodon" in SIGN_IN_PROVIDERS and not MASTODON_URL:
    raise ImproperlyConfigured("MASTODON_URL must name the server, such as https://mastodon.social.")
for name in read(env.list, "OIDC_PROVIDERS", []):
    prefix = f"OIDC_{name.upper()}"
    client, issuer = client_of(prefix), read(env.str, f"{prefix}_ISSUER", "").rstrip("/")
    taken = {"email", "github", "google", "weixin", "weibo", "mastodon", "openid_connect"}
    if not (name.isascii() and name.isalnum() and name.islower()) or name in taken or len(name) > 30:
        raise ImproperlyConfigured(f"OIDC_PROVIDERS: {name!r} cannot be a name; use small letters and digits.")
    if not (client and issuer):
        raise ImproperlyConfigured(f"{prefix}_ISSUER, {prefix}_CLIENT_ID and {prefix}_CLIENT_SECRET are needed.")
    SIGN_IN_PROVIDERS[name] = read(env.str, f"{prefix}_LABEL", name.capitalize())
    app = {**client, "provider_id": name, "name": SIGN_IN_PROVIDERS[name], "settings": {"server_url": issuer}}
    openid = SOCIALACCOUNT_PROVIDERS.setdefault("openid_connect", {"APPS": [], "OAUTH_PKCE_ENABLED": True})
    openid["APPS"].append(app)
# Each loads an HTTP client; a site without providers need not.
INSTALLED_APPS += [
    "accounts.mastodon" if name == "mastodon" else f"allauth.socialaccount.providers.{name}"
    for name in SOCIALACCOUNT_PROVIDERS
]
SOCIALACCOUNT_ADAPTER = "accounts.social_accounts.SocialAdapter"
SOCIALACCOUNT_EMAIL_AUTHENTICATION = SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True
SOCIALACCOUNT_EMAIL_REQUIRED = False
SOCIALACCOUNT_EMAIL_VERIFICATION = "none"
SOCIALACCOUNT_QUERY_EMAIL = True

# Mail

EMAIL_URL = read(env.str, "EMAIL_URL", "") or ("console://" if DEBUG else "")
"""Mail server, smtp+tls://user:password@host:587; without it no e-mail is sent or offered."""
globals().update(settings_of(EMAIL_URL))
EMAIL_TIMEOUT = read(env.float, "EMAIL_TIMEOUT", 20.0, validate=validate.Range(min=0.1))
DEFAULT_FROM_EMAIL = read(env.str, "DEFAULT_FROM_EMAIL", f"noreply@{urlsplit(SITE_URL).hostname or 'localhost'}")

# Who is told of new posts

SHARE_IMAGE_FONT = read(env.str, "SHARE_IMAGE_FONT", "")
"""A font file for the images of posts without a cover; empty: one that is installed."""
if SHARE_IMAGE_FONT and not os.access(SHARE_IMAGE_FONT, os.R_OK):
    raise ImproperlyConfigured(f"SHARE_IMAGE_FONT: {SHARE_IMAGE_FONT} does not exist, or this user may not read it.")
INDEXNOW_KEY = read(env.str, "INDEXNOW_KEY", "")
"""8 to 128 letters, digits and -; with it, search engines are told of new and changed posts (indexnow.org)."""
INDEXNOW_URL = read(env.str, "INDEXNOW_URL", "https://api.indexnow.org/indexnow")
WEBSUB_HUB = read(env.str, "WEBSUB_HUB", "")
"""WebSub hub that notifies feed readers of new posts, such as https://pubsubhubbub.appspot.com/."""
if INDEXNOW_KEY and not re.fullmatch(r"[A-Za-z0-9-]{8,128}", INDEXNOW_KEY):
    raise ImproperlyConfigured("INDEXNOW_KEY: use 8 to 128 letters, digits and hyphens.")
if (INDEXNOW_KEY or WEBSUB_HUB) and not SITE_URL:
    raise ImproperlyConfigured("INDEXNOW_KEY and WEBSUB_HUB need SITE_URL, for others are sent whole URLs.")

# Other people's pages

LINK_CHECK_DAYS = read(env.int, "LINK_CHECK_DAYS", 30, validate=validate.Range(min=0, max=3650))
"""Days between two checks of a link that works; 0: links are not checked (docs/link-check.md)."""
HTTP_CLIENT_SECONDS = read(env.float, "HTTP_CLIENT_SECONDS", 10.0, validate=validate.Range(min=0.1))
"""Timeout in seconds of one fetch, redirects included (docs/http-client.md)."""
HTTP_CLIENT_PAUSE = read(env.float, "HTTP_CLIENT_PAUSE", 1.0, validate=validate.Range(min=0))
"""Seconds between requests to the same host."""
HTTP_CLIENT_ALLOW = read(env.list, "HTTP_CLIENT_ALLOW", [])
"""Private networks that may be connected to, on any port."""
for network in HTTP_CLIENT_ALLOW:
    try:
        ip_network(network)
    except ValueError as error:
        raise ImproperlyConfigured(f"HTTP_CLIENT_ALLOW: {error}.") from error

# Background jobs (docs/jobs.md)

JOBS_IN_SERVER = read(env.bool, "JOBS_IN_SERVER", True)
"""Whether server processes run background jobs; else run `manage.py run_jobs`."""
JOBS_POLL_SECONDS = read(env.float, "JOBS_POLL_SECONDS", 10.0, validate=ABOVE_ZERO)
"""Seconds between a worker's checks for jobs that are due or enqueued by other processes."""
JOBS_LEASE_SECONDS = read(env.float, "JOBS_LEASE_SECONDS", 60.0, validate=ABOVE_ZERO)
"""Seconds after which another worker takes over the jobs of a process that ended."""

WEBHOOK_LOG_DAYS = read(env.int, "WEBHOOK_LOG_DAYS", 30, validate=validate.Range(min=1))
"""How long the log of webhook deliveries is kept (docs/webhooks.md)."""

# Backups (docs/backup.md)

BACKUP_TO = read(env.str, "BACKUP_TO", "")
"""A folder, or s3://bucket/prefix in the store of the S3_ settings."""
BACKUP_HOURS = read(env.int, "BACKUP_HOURS", 24, validate=validate.Range(min=0))
"""Hours between two backups that the job runner makes, where BACKUP_TO is set; 0: none."""
BACKUP_KEEP = read(env.str, "BACKUP_KEEP", "7d,4w,12m")
"""Backups that are kept: the newest of each of so many days, weeks, months, years; empty: all."""
try:
    parse_policy(BACKUP_KEEP)
except ValueError as error:
    raise ImproperlyConfigured(f"BACKUP_KEEP: {error}.") from error
BACKUP_AGE_RECIPIENT = read(env.str, "BACKUP_AGE_RECIPIENT", "")
"""A public key of age (age1...); backups are encrypted for it."""
BACKUP_GPG_RECIPIENT = read(env.str, "BACKUP_GPG_RECIPIENT", "")
"""The same with a key in GnuPG's key ring."""

# Search (docs/search.md)

SEARCH_DIR = Path(read(env.str, "SEARCH_DIR", str(DATA_DIR / "search")))
"""Where this host's search index lies. It can be deleted: the server builds another."""
SEARCH_COMMENTS = read(env.bool, "SEARCH_COMMENTS", False)
"""Whether search includes comments."""
SEARCH_POLL_SECONDS = read(env.float, "SEARCH_POLL_SECONDS", 1.0, validate=validate.Range(min=0))
"""Seconds between checks for changes to be indexed; 0: none, searches apply changes themselves."""

# Live

LIVE_CAPACITY = 10_000
"""Capacity of a process's channel; with channels' default of 100 events are lost (docs/live.md)."""
LIVE_MAX_SOCKETS = read(env.int, "LIVE_MAX_SOCKETS", 20_000, validate=validate.Range(min=0))
"""Maximum of websockets per process; further pages poll. 0 turns websockets off."""

EVENTS_KEEP_DAYS = read(env.int, "EVENTS_KEEP_DAYS", 30, validate=validate.Range(min=0))
"""Days for which events are stored for pages that reconnect; 0: for ever."""
SHOW_PRESENCE = read(env.bool, "SHOW_PRESENCE", False)
"""Whether a post's page shows how many people read it now and who is typing."""

if REDIS_URL:
    CHANNEL_LAYERS = {
        "default": {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {
                "hosts": [channel_layer_host(REDIS_URL, REDIS_SENTINELS)],
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
LOCALE_PATHS = [BASE_DIR / "locale", BASE_DIR / "locale" / "libraries"]
USE_I18N = USE_TZ = True
TIME_ZONE = read(env.str, "TIME_ZONE", "UTC")

# Files

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
S3 = {
    "S3_BUCKET": read(env.str, "S3_BUCKET", ""),
    "S3_ENDPOINT_URL": read(env.str, "S3_ENDPOINT_URL", ""),
    "S3_REGION": read(env.str, "S3_REGION", ""),
    "S3_ACCESS_KEY_ID": read(env.str, "S3_ACCESS_KEY_ID", ""),
    "S3_SECRET_ACCESS_KEY": read(env.str, "S3_SECRET_ACCESS_KEY", ""),
    "S3_PUBLIC_URL": read(env.str, "S3_PUBLIC_URL", ""),
}
"""S3 storage of media files, instead of MEDIA_ROOT (docs/media.md)."""
STORAGES = {
    "default": media_store(S3),
    "staticfiles": {"BACKEND": "frodo.files.StaticStorage"},
}
MEDIA_IS_LOCAL = STORAGES["default"] == FOLDER
SERVESTATIC_KEEP_ONLY_HASHED_FILES = True
MEDIA_URL = "/media/"
"""How texts refer to images, wherever these are."""
MEDIA_PUBLIC_URL = origin_of(read(env.str, "MEDIA_PUBLIC_URL", ""))
"""The origin from which readers load the images of MEDIA_ROOT, if it is another one than that of the pages."""
if MEDIA_PUBLIC_URL and MEDIA_IS_LOCAL:
    STORAGES["default"] = {**FOLDER, "OPTIONS": {"base_url": MEDIA_PUBLIC_URL + MEDIA_URL}}
MEDIA_ROOT = Path(read(env.str, "MEDIA_ROOT", str(DATA_DIR / "media")))

# Uploads

UPLOAD_MAX_MB = read(env.int, "UPLOAD_MAX_MB", 20, validate=validate.Range(1, 1000))
UPLOAD_MAX_MEGAPIXELS = read(env.int, "UPLOAD_MAX_MEGAPIXELS", 50, validate=validate.Range(1, 170))
"""Maximum pixels of an image, checked before decoding, which takes 3 to 8 MB of memory per million."""
UPLOAD_MAX_SIDE = read(env.int, "UPLOAD_MAX_SIDE", 16_000, validate=validate.Range(100, 65_000))
UPLOAD_MAX_FRAMES = read(env.int, "UPLOAD_MAX_FRAMES", 2000, validate=validate.Range(min=1))
UPLOAD_MAX_ANIMATION_MEGAPIXELS = read(env.int, "UPLOAD_MAX_ANIMATION_MEGAPIXELS", 200, validate=validate.Range(min=1))
"""Maximum pixels of all frames of an animation together."""
UPLOAD_RATE = read(env.str, "UPLOAD_RATE", "120/10m")
"""Rate of uploads per user."""
UPLOAD_WIDTHS = sorted(set(read(env.list, "UPLOAD_WIDTHS", [480, 960, 1600], subcast=int)))
"""Widths in pixels of the smaller variants of an image; empty: none."""
if not all(16 <= width <= 8000 for width in UPLOAD_WIDTHS):
    raise ImproperlyConfigured("UPLOAD_WIDTHS: a width is from 16 to 8000 pixels.")
MAX_BODY = (max(UPLOAD_MAX_MB, 4) + 1) * 1024**2
"""Maximum bytes of a request body: an image, or a post of 4 MB, with the other fields."""

# Logs

LOG_LEVEL = read(env.str, "LOG_LEVEL", "INFO", validate=validate.OneOf(("DEBUG", "INFO", "WARNING", "ERROR")))
LOG_FORMAT = read(env.str, "LOG_FORMAT", "text", validate=validate.OneOf(("text", "json")))
LOG_REQUESTS = read(env.bool, "LOG_REQUESTS", False)
"""Whether requests that are not served from the page cache are logged; a reverse proxy usually does that."""
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"client_mistakes": {"()": "frodo.log_filters.ClientMistakes", "level": LOG_LEVEL}},
    "formatters": {"line": {"()": f"frodo.log_format.{LOG_FORMAT.capitalize()}Formatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["client_mistakes"]}},
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    "loggers": {
        "django": {"handlers": [], "level": LOG_LEVEL},
        # Every guessed address would be a line of its own.
        "django.request": {"level": "WARNING" if DEBUG else "ERROR"},
        "frodo.requests": {"level": "INFO" if LOG_REQUESTS else "WARNING"},
        "httpx2": {"level": "WARNING"},
        # A traceback each second while Redis is away, of which frodo.circuit_breaker says one line.
        "channels_redis": {"level": "CRITICAL"},
        # The server's own lines are text, with a handler of uvicorn's.
        **({"uvicorn.error": {"handlers": ["console"], "propagate": False}} if LOG_FORMAT == "json" else {}),
    },
}

# Monitoring (docs/monitoring.md)

METRICS_TOKEN = read(env.str, "METRICS_TOKEN", "")
"""Bearer token for /metrics; empty: /metrics is off."""
OTEL_EXPORTER_OTLP_ENDPOINT = read(env.str, "OTEL_EXPORTER_OTLP_ENDPOINT", "")
"""Where traces are sent; other OTEL_ variables are read by OpenTelemetry itself."""
SENTRY_DSN = read(env.str, "SENTRY_DSN", "")
for name, value, library in (
    ("OTEL_EXPORTER_OTLP_ENDPOINT", OTEL_EXPORTER_OTLP_ENDPOINT, "opentelemetry.instrumentation"),
    ("SENTRY_DSN", SENTRY_DSN, "sentry_sdk"),
):
    if value and find_spec(library.partition(".")[0]) is None:
        raise ImproperlyConfigured(f"{name} is set, but what it needs is not installed: see docs/monitoring.md.")

# API

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.AllowAny"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["frodo.api.bodies.SmallJSONParser"],
    "EXCEPTION_HANDLER": "frodo.api.errors.exception_handler",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    "DEFAULT_SCHEMA_CLASS": "frodo.api.schema.EndpointSchema",
}

SPECTACULAR_SETTINGS = {
    "TITLE": _("The API of Frodo"),
    "VERSION": "1",
    "DESCRIPTION": _(
        "Reading needs no token; writing needs a session or a token (Authorize). Errors have one shape, "
        '`{"error": {"code", "message", "fields"?}}`, with stable codes. Lists come in pages with cursors; '
        "reads have an ETag, writes take `If-Match` and `Idempotency-Key`."
    ),
    "TAGS": [
        {"name": "posts", "description": _("Posts, pages, tags and topics")},
        {"name": "activities", "description": _("Activities")},
        {"name": "media", "description": _("Images")},
        {"name": "comments", "description": _("Comments")},
        {"name": "search", "description": _("Search")},
        {"name": "reactions", "description": _("Reactions")},
        {"name": "moderation", "description": _("Reports")},
        {"name": "statistics", "description": _("Statistics")},
        {"name": "tokens", "description": _("Tokens and devices")},
        {"name": "schema", "description": _("This schema")},
    ],
    "APPEND_COMPONENTS": {
        "securitySchemes": {
            "session": {
                "type": "apiKey",
                "in": "cookie",
                "name": SESSION_COOKIE_NAME,
                "description": _("The site's own pages. Writing also needs the header X-CSRFToken, from /api/me/."),
            },
            "bearer": {
                "type": "http",
                "scheme": "bearer",
                "description": _("The token of a device, from /api/token/, or a personal token with scopes."),
            },
        }
    },
    "OAS_VERSION": "3.1.0",
    "POSTPROCESSING_HOOKS": [],
    "SORT_OPERATIONS": False,
    "SORT_OPERATION_PARAMETERS": False,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    # Without validatorUrl Swagger UI sends the schema's URL to validator.swagger.io.
    "SWAGGER_UI_SETTINGS": {"deepLinking": True, "validatorUrl": None},
}

API_CORS_ORIGINS = read(env.list, "API_CORS_ORIGINS", [])
"""Origins whose scripts may read the API anonymously, such as https://app.example; * allows all."""
if API_CORS_ORIGINS:
    INSTALLED_APPS += ["corsheaders"]
    MIDDLEWARE.insert(0, "corsheaders.middleware.CorsMiddleware")
CORS_ALLOW_ALL_ORIGINS = "*" in API_CORS_ORIGINS
CORS_ALLOWED_ORIGINS = [] if CORS_ALLOW_ALL_ORIGINS else [origin_of(origin) for origin in API_CORS_ORIGINS]
CORS_URLS_REGEX = r"^/api/"
CORS_ALLOW_METHODS = ("GET", "HEAD", "OPTIONS")
CORS_EXPOSE_HEADERS = ("ETag", "Link", "Retry-After", "X-Request-ID")

API_READ_RATE = read(env.str, "API_READ_RATE", "1800/m")
"""Rate of API reads per network and process."""
API_WRITE_RATE = read(env.str, "API_WRITE_RATE", "120/m")
"""Rate of API writes per user, or per network for guests."""

# Blog

SITE_NAME = clean_text(read(env.str, "SITE_NAME", "Frodo"))
SITE_DESCRIPTION = clean_text(read(env.str, "SITE_DESCRIPTION", ""))
POSTS_PER_PAGE = read(env.int, "POSTS_PER_PAGE", 10, validate=validate.Range(1, 100))
SHOW_VIEWS = read(env.bool, "SHOW_VIEWS", False)
TRASH_KEEP_DAYS = read(env.int, "TRASH_KEEP_DAYS", 30, validate=validate.Range(min=1))
"""Days for which deleted posts and pages stay in the trash."""
POSTS_PER_FEED = read(env.int, "POSTS_PER_FEED", 20, validate=validate.Range(1, 500))

COMMENT_MAX_LENGTH = read(env.int, "COMMENT_MAX_LENGTH", 10_000)
COMMENTS_PER_PAGE = read(env.int, "COMMENTS_PER_PAGE", 50, validate=validate.Range(1, 500))
"""Comments on a post's page, and per further request."""
COMMENT_APPROVAL = read(env.str, "COMMENT_APPROVAL", "never", validate=validate.OneOf(("always", "first", "never")))
"""Which comments require approval: all, a person's first, or none. A post can override it."""
COMMENT_CLOSE_DAYS = read(env.int, "COMMENT_CLOSE_DAYS", 0, validate=validate.Range(min=0))
"""Days after which comments of a post are closed; 0: never."""
COMMENT_EDIT_MINUTES = read(env.int, "COMMENT_EDIT_MINUTES", 15, validate=validate.Range(min=0))
"""Minutes for which readers can edit or delete their comments."""
COMMENT_RATE = read(env.str, "COMMENT_RATE", "10/10m")
"""Rate of comments per person and per IP address: count/number and s, m, h or d."""
COMMENT_RATE_NETWORK = read(env.str, "COMMENT_RATE_NETWORK", "60/10m")
"""Rate of comments per surrounding network."""
COMMENT_RATE_ALL = read(env.str, "COMMENT_RATE_ALL", "1000/10m")
"""Rate of all comments together."""
SPAM_WAVE_RATE = read(env.str, "SPAM_WAVE_RATE", "30/m")
"""Rate of all comments above which a spam wave starts (docs/moderation.md); empty: never."""
SPAM_WAVE_MINUTES = read(env.int, "SPAM_WAVE_MINUTES", 30, validate=validate.Range(min=1))
"""Minutes after which a spam wave ends."""
SPAM_WAVE_PROOF_BITS = read(env.int, "SPAM_WAVE_PROOF_BITS", 17, validate=validate.Range(1, 30))
"""Difficulty of the proof of work during a spam wave, in bits; one more doubles the work."""
COMMENT_MIN_SECONDS = read(env.float, "COMMENT_MIN_SECONDS", 3.0, validate=validate.Range(min=0))
"""Comments submitted sooner after the form was opened are probably a bot's and become pending."""
REACTION_RATE = read(env.str, "REACTION_RATE", "60/m")
"""Rate of reactions per person; per network ten times that."""
REACTION_RATE_NEW_BROWSERS = read(env.str, "REACTION_RATE_NEW_BROWSERS", "100/h")
"""Rate of reactions per network by browsers without a cookie, so that deleting cookies gives no endless votes."""
COMMENT_IP_RETENTION_DAYS = read(env.int, "COMMENT_IP_RETENTION_DAYS", 30, validate=validate.Range(min=1))
"""Days after which the IP address and e-mail address of a comment are erased."""
EMAIL_RETENTION_DAYS = read(env.int, "EMAIL_RETENTION_DAYS", 180, validate=validate.Range(min=1))
"""Days without comments after which the e-mail address of a thread's subscriber is erased."""
TRUSTED_PROXIES = read(env.list, "TRUSTED_PROXIES", [])
"""Addresses or networks of proxies whose X-Forwarded-For is trusted."""
