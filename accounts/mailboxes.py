"""E-mail addresses, spelled in one way."""


def normal(address: str) -> str:
    """Equal for what is one mailbox everywhere. Letters beyond ASCII stay: some fold into another's address."""
    local, _at, domain = address.strip().rpartition("@")
    return f"{local.lower() if local.isascii() else local}@{domain.lower() if domain.isascii() else domain}"
