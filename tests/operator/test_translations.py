import gettext
import io
import shutil
import subprocess
from pathlib import Path

import pytest
from django.conf import settings

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
