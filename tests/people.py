"""The cast: Ann writes the blog, Edith edits, Cid contributes drafts, Bob reads and comments, Mallory spams."""

from accounts.models import User


def ann() -> User:
    return User.objects.filter(username="ann").first() or User.objects.create_superuser(
        "ann", "ann@example.org", "ann's password", display_name="Ann"
    )


def bob() -> User:
    return User.objects.filter(username="bob").first() or User.objects.create_user(
        "bob", "bob@example.org", "bob's password", display_name="Bob"
    )


def mallory() -> User:
    return User.objects.filter(username="mallory").first() or User.objects.create_user(
        "mallory", "mallory@example.org", "mallory's password", display_name="Mallory"
    )


def edith() -> User:
    """An editor."""
    return of_role("edith", "editor")


def cid() -> User:
    """A contributor."""
    return of_role("cid", "contributor")


def of_role(name: str, role: str) -> User:
    return User.objects.filter(username=name).first() or User.objects.create_user(
        name, f"{name}@example.org", f"{name}'s password", display_name=name.capitalize(), role=role
    )
