import gettext
import io
import shutil
import subprocess
from pathlib import Path

import pytest
from django.conf import settings

from tests.operation.checkout import Checkout

CATALOGUES = sorted(path for folder in settings.LOCALE_PATHS for path in Path(folder).glob("*/LC_MESSAGES/*.po"))


@pytest.mark.skipif(not shutil.which("msgfmt"), reason="gettext is not installed")
@pytest.mark.parametrize("po", CATALOGUES, ids=lambda path: path.parts[-3])
def test_what_was_translated_is_compiled(po: Path, tmp_path: Path):
    subprocess.run(["msgfmt", "--check-format", "-o", tmp_path / "fresh.mo", po], check=True)

    fresh, shipped = (
        gettext.GNUTranslations(io.BytesIO(path.read_bytes()))
        for path in (tmp_path / "fresh.mo", po.with_suffix(".mo"))
    )
    changed = {key for key in fresh._catalog if key and fresh._catalog[key] != shipped._catalog.get(key)}
    assert not changed, "manage.py compilemessages, then commit the .mo file"
    assert len(fresh._catalog) == len(shipped._catalog)


@pytest.mark.skipif(not shutil.which("xgettext"), reason="gettext is not installed")
def test_each_string_of_the_interface_is_translated_into_chinese(tmp_path: Path):
    checkout = Checkout(tmp_path)
    checkout.add_venv()

    made = checkout.make("messages")

    assert made.returncode == 0, made.stderr
    for unfinished in ("--untranslated", "--only-fuzzy"):
        command = ["msgattrib", unfinished, "--no-wrap", checkout.folder / "locale/zh_Hans/LC_MESSAGES/django.po"]
        found = subprocess.run(command, check=True, capture_output=True, text=True, encoding="utf-8").stdout
        assert found == "", "make messages, then translate these"
