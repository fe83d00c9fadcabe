from django.db import models
from django.db.models import F


class Counter(models.PositiveIntegerField):
    """A number that only `update()` changes: saving a row that was read a while ago does not turn it back."""

    def pre_save(self, model_instance: models.Model, add: bool):
        return super().pre_save(model_instance, add) if add else F(self.attname)

    def deconstruct(self):
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.PositiveIntegerField", args, kwargs
