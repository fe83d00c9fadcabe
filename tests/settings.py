"""The site's settings as tests see them: the environment counts, the operator's `.env` and data folder do not."""

import os
import tempfile

os.environ["ENV_FILE"] = os.devnull
os.environ.setdefault("DATA_DIR", tempfile.mkdtemp(prefix="frodo-tests-"))
os.environ["SEARCH_DIR"] = os.path.join(
    os.environ["DATA_DIR"], "search" + os.environ.get("PYTEST_XDIST_WORKER", "")
)  # of each worker's database
os.environ.setdefault("DEBUG", "false")
os.environ.setdefault("ORM_THREADS", "0")  # other threads would not see what a TestCase has not committed
# Those who test at the same time may share a Redis.
os.environ["REDIS_PREFIX"] = "frodo-test-{}-{}".format(
    os.environ.get("PYTEST_XDIST_TESTRUNUID", os.getpid()), os.environ.get("PYTEST_XDIST_WORKER", "")
)
os.environ.setdefault("SECRET_KEY", "a key for tests, which protects nothing at all")

from frodo.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
providers = [f"allauth.socialaccount.providers.{name}" for name in ("github", "google", "weixin", "weibo")]
providers += ["allauth.socialaccount.providers.openid_connect", "accounts.mastodon"]
INSTALLED_APPS = [*INSTALLED_APPS, *providers, "tests.async_models"]  # noqa: F405 - models of its own

if DATABASES["default"]["ENGINE"].endswith("sqlite3"):  # noqa: F405
    # A file, as in life: what is in memory only cannot be shared by threads without their locking one another out.
    DATABASES["default"]["TEST"] = {"NAME": str(DATA_DIR / "test.sqlite3")}  # noqa: F405
