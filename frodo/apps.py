from django.apps import AppConfig, apps
from django.db.models.signals import pre_migrate


class FrodoConfig(AppConfig):
    name = "frodo"

    def ready(self) -> None:
        from frodo import mysql, workers  # noqa: F401 - the checks in it

        pre_migrate.connect(mysql.choose_collation, sender=apps.get_app_config("contenttypes"))
