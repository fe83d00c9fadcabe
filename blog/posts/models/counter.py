from django.db import models
from django.db.models import F


class OnlyUpdated:
    """What only `update()` changes: saving a row that was read a while ago does not turn it back."""

    def pre_save(self, model_instance: models.Model, add: bool):
        return super().pre_save(model_instance, add) if add else F(self.attname)

    def deconstruct(self):
        name, _path, args, kwargs = super().deconstruct()
        stock = type(self).__mro__[2]
        return name, f"django.db.models.{stock.__name__}", args, kwargs


class Counter(OnlyUpdated, models.PositiveIntegerField):
    pass


class Tally(OnlyUpdated, models.JSONField):
    """How many there are of each kind; kinds of which there are none are left out."""
