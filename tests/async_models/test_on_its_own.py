"""The module can be lifted into another project: it needs Django, and nothing of ours."""

import subprocess
import sys
from pathlib import Path

from django.test import SimpleTestCase

ROOT = Path(__file__).resolve().parent.parent.parent

SCRIPT = """
import asyncio, sys
from django.conf import settings
settings.configure(INSTALLED_APPS=[])
import django
django.setup()
from django.db import models
from frodo.async_models import AsyncModel, async_property

class Ring(AsyncModel):
    maker = models.CharField(max_length=20)
    public = ("maker", "motto")

    @async_property
    async def motto(self) -> str:
        return f"made by {self.maker}"

    class Meta:
        app_label = "elsewhere"

print(asyncio.run(Ring(maker="Sauron").to_dict()))
ours = {name.partition(".")[0] for name in sys.modules} & {"blog", "accounts", "rest_framework", "channels"}
print(sorted(ours), sorted(name for name in sys.modules if name.startswith("frodo.") and "async_model" not in name))
"""


class OnItsOwnTests(SimpleTestCase):
    def test_it_works_without_the_blog(self):
        done = subprocess.run(
            [sys.executable, "-c", SCRIPT], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
        )

        assert done.stderr == ""
        assert done.stdout.splitlines() == ["{'maker': 'Sauron', 'motto': 'made by Sauron'}", "[] []"]
