"""Which activities show a picture: among their words, as a photo, or on the card of a link."""

from django.db.models import Q

from blog.activities.models import Activity
from blog.activities.querysets import ActivityQuerySet
from blog.uploads.models import Upload
from blog.uploads.showing import register


@register
def activities(upload: Upload) -> ActivityQuerySet:
    shows = Q(text__contains=upload.key) | Q(photo_rows__upload=upload) | Q(link_rows__image=upload)
    return Activity.objects.filter(pk__in=Activity.objects.filter(shows).values("pk"))
