from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BlogConfig(AppConfig):
    name = "blog"
    verbose_name = _("Blog")

    def ready(self) -> None:
        from blog import belongings, housekeeping, invalidation  # noqa: F401 - what they register
        from blog.activities import chores, counting, pictured  # noqa: F401 - its chores, its receiver, its pictures
        from blog.events import pruning  # noqa: F401 - its chore
        from blog.letters import forgetting  # noqa: F401 - its chore
        from blog.moderation import blocking, telling  # noqa: F401 - its chore, its receivers
        from blog.posts import pictured as pictured_posts  # noqa: F401 - where pictures are shown
        from blog.uploads import variants  # noqa: F401 - its chore
