from django.db import models

TOTAL = 0
"""In place of a post: all posts together, so that a chart reads one row a day."""


class DailyViews(models.Model):
    """How often a post was opened on a day, in the time zone of the site."""

    date = models.DateField()
    post = models.PositiveBigIntegerField()
    """The id of a post or an activity, or TOTAL. No foreign key: the numbers of a day outlive what was deleted."""
    n = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["post", "date"], name="views_of_a_day")]
        indexes = [models.Index(fields=["date", "post", "n"], name="views_by_date")]

    def __str__(self) -> str:
        return f"{self.date} {self.post}: {self.n}"


class DailyCount(models.Model):
    """How often something happened on a day, by a name."""

    date = models.DateField()
    n = models.PositiveIntegerField(default=0)

    class Meta:
        abstract = True


class DailyReferrer(DailyCount):
    name = models.CharField(max_length=150)
    """A host, such as `news.example`."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["date", "name"], name="referrer_of_a_day")]

    def __str__(self) -> str:
        return f"{self.date} {self.name}: {self.n}"


class DailySearch(DailyCount):
    name = models.CharField(max_length=100)
    """What was searched for on the site, in lower case."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["date", "name"], name="search_of_a_day")]

    def __str__(self) -> str:
        return f"{self.date} {self.name}: {self.n}"
