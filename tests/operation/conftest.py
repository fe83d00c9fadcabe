from pathlib import Path

import pytest

from tests.operation.checkout import Checkout


@pytest.fixture
def fresh(tmp_path: Path) -> Checkout:
    """A clone in which nobody has typed anything yet."""
    return Checkout(tmp_path)


@pytest.fixture
def installed(fresh: Checkout) -> Checkout:
    """A clone after its packages came in, before its first page."""
    fresh.add_venv()
    fresh.mark_installed()
    return fresh


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    """A blog after its first start; `first` is what that start said."""
    checkout = Checkout(tmp_path_factory.mktemp("begun"))
    checkout.add_venv()
    checkout.mark_installed()
    with checkout.running() as checkout.first:
        pass
    return checkout
