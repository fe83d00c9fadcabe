from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BlogConfig(AppConfig):
    name = "blog"
    verbose_name = _("Blog")

    def ready(self) -> None:
        from blog import invalidation  # noqa: F401 - its receivers
        from blog.moderation import telling  # noqa: F401 - its receivers
