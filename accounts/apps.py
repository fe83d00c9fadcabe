from datetime import timedelta

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("Accounts")

    def ready(self) -> None:
        from accounts import personal_data, reader_names, session_revocation  # noqa: F401 - what they register, their receivers
        from accounts.session_revocation import delete_ended_sessions
        from frodo.jobs import register

        label = _("Delete ended sessions and links")
        register("delete_ended_sessions", delete_ended_sessions, label, every=timedelta(hours=1))
