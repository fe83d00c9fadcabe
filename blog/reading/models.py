from django.db import models, transaction
from django.db.models import F


class EditionManager(models.Manager):
    def rise(self) -> int:
        """Something has changed for readers: the number it gets.

        After the change is committed, in a transaction of its own: in the change's, this one row would make
        writers of different posts wait for each other, and some of them for ever.
        """
        with transaction.atomic():
            edition = self.filter(pk=Edition.ONLY)
            if not edition.update(n=F("n") + 1):
                self.get_or_create(pk=Edition.ONLY)
                edition.update(n=F("n") + 1)
            return edition.values_list("n", flat=True).get()


class Edition(models.Model):
    """One row, whose number rises with each change that readers may see (frodo.page_cache.watch)."""

    ONLY = 1

    id = models.PositiveSmallIntegerField(primary_key=True, default=ONLY)
    n = models.PositiveBigIntegerField(default=0)

    objects = EditionManager()

    def __str__(self) -> str:
        return str(self.n)
