"""Storage of uploaded files: a local folder or an S3 store (docs/media.md)."""

import sys
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured, SuspiciousOperation
from django.core.files.base import File
from django.core.files.storage import FileSystemStorage

FOLDER = {"BACKEND": "frodo.media_storage.FolderStorage"}


def errors() -> tuple[type[Exception], ...]:
    """Errors of a storage that is unreachable or full, or that rejects a name."""
    found: tuple[type[Exception], ...] = (OSError, SuspiciousOperation)
    if "boto3" in sys.modules:  # Importing it takes long, and only an S3 store does.
        from boto3.exceptions import Boto3Error
        from botocore.exceptions import BotoCoreError, ClientError

        found += (Boto3Error, BotoCoreError, ClientError)
    return found


def media_store(s3: dict[str, str]) -> dict:
    """An entry of settings.STORAGES, by what `S3_BUCKET` and the like say."""
    bucket = s3["S3_BUCKET"]
    if not bucket:
        return FOLDER
    if find_spec("storages") is None or find_spec("boto3") is None:
        raise ImproperlyConfigured(
            "S3_BUCKET is set, but what speaks S3 is not installed: pip install -r requirements-s3.txt"
        )
    endpoint, region = s3["S3_ENDPOINT_URL"].rstrip("/"), s3["S3_REGION"]
    public = urlsplit(s3["S3_PUBLIC_URL"].rstrip("/") or address_of(bucket, endpoint, region))
    if public.scheme not in ("https", "http") or not public.netloc:
        raise ImproperlyConfigured("S3_PUBLIC_URL and S3_ENDPOINT_URL must be addresses such as https://s3.example.")
    options = {
        "bucket_name": bucket,
        "endpoint_url": endpoint or None,
        "region_name": region or None,
        "access_key": s3["S3_ACCESS_KEY_ID"] or None,
        "secret_key": s3["S3_SECRET_ACCESS_KEY"] or None,
        "addressing_style": "path" if endpoint else "auto",
        "signature_version": "s3v4",
        "default_acl": None,
        "file_overwrite": False,
        "querystring_auth": False,  # an address in a page is there for ever
        "custom_domain": public.netloc + public.path,
        "url_protocol": public.scheme + ":",
        "object_parameters": {"CacheControl": "public, max-age=31536000, immutable"},
    }
    return {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options}


def address_of(bucket: str, endpoint: str, region: str) -> str:
    """Public URL of the storage."""
    if endpoint:
        return f"{endpoint}/{bucket}"
    return f"https://{bucket}.s3.{region}.amazonaws.com" if region else f"https://{bucket}.s3.amazonaws.com"


class FolderStorage(FileSystemStorage):
    """Django's FileSystemStorage, which removes a file that could not be written completely."""

    def _save(self, name: str, content: File) -> str:
        existed = self.exists(name)
        try:
            return super()._save(name, content)  # type: ignore[misc]  # Django's hook, absent from its stubs
        except OSError:
            if not existed:
                Path(self.path(name)).unlink(missing_ok=True)
            raise
