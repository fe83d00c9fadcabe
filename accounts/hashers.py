from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2(Argon2PasswordHasher):
    """Argon2id with 19 MiB, twice, in one line: what OWASP asks for.

    Django's own takes 100 MiB and eight threads for each, which those who guess at once could make us run out of.
    """

    time_cost = 2
    memory_cost = 19 * 1024
    parallelism = 1
