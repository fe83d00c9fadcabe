"""Whose pictures one may see and change: all of them who publishes, one's own who writes."""

from accounts.models import User
from blog.uploads.models import Upload
from blog.uploads.querysets import UploadQuerySet


def seen_by(user: User, uploads: UploadQuerySet) -> UploadQuerySet:
    if user.can_publish:
        return uploads
    return uploads.of(user) if user.can_write else uploads.none()


def may_change(user: User, upload: Upload) -> bool:
    return user.can_publish or (user.can_write and upload.user_id == user.pk)


def may_force(user: User) -> bool:
    """Take away a picture that is still shown, perhaps in others' posts."""
    return user.can_publish
