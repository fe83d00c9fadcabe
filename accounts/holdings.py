"""What accounts themselves keep of a person beside the account: devices, tokens, the second step."""

from accounts.belongings import Belongings, Person, register
from accounts.second_step.codes import step_of, turn_off


class Programs(Belongings):
    """Devices and personal tokens."""

    name = "programs"
    template = "accounts/_programs.html"

    def shown(self, person: Person) -> dict | None:
        if person.user is None:
            return None
        return {
            "devices": list(person.user.devices.alive().newest()),
            "tokens": list(person.user.personal_tokens.newest()),
        }

    def export(self, person: Person) -> dict:
        if person.user is None:
            return {"devices": [], "personal_tokens": []}
        return {
            "devices": list(
                person.user.devices.newest().values(
                    "id", "name", "network", "created_at", "used_at", "expires_at", "revoked_at"
                )
            ),
            "personal_tokens": [
                {
                    "id": token.pk,
                    "name": token.name,
                    "scopes": token.scopes,
                    "created_at": token.created_at,
                    "used_at": token.used_at,
                    "expires_at": token.expires_at,
                }
                for token in person.user.personal_tokens.newest()
            ],
        }

    def erase(self, person: Person, *, keep_words: bool) -> None:
        if person.user is not None:
            person.user.devices.all().delete()
            person.user.personal_tokens.all().delete()


class TheSecondStep(Belongings):
    """Offered to the staff; shown, too, to whoever has one and is of the staff no more."""

    name = "second_step"
    template = "accounts/_second_step.html"

    def shown(self, person: Person) -> dict | None:
        if person.user is None:
            return None
        step = step_of(person.user)
        if step is None and not person.user.is_guarded:
            return None
        return {"step": step, "n_recovery_codes": step.recovery_codes.count() if step else 0}

    def export(self, person: Person) -> dict | None:
        step = step_of(person.user) if person.user else None
        return step and {"turned_on_at": step.created_at, "used_at": step.used_at}

    def erase(self, person: Person, *, keep_words: bool) -> None:
        if person.user is not None:
            turn_off(person.user)


for room in (TheSecondStep(), Programs()):
    register(room)
