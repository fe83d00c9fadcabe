"""Other people's posts and attack strings, kept beside the repository and not in it."""

import os
from pathlib import Path

import pytest

CORPUS = Path(__file__).resolve().parents[2].parent / "shared" / "corpus"


def corpus(*parts: str) -> Path:
    """A folder of the corpus. Without it a test is skipped, but never in CI."""
    folder = CORPUS.joinpath(*parts)
    if not folder.exists():
        if os.environ.get("CI", "").lower() in ("1", "true"):
            pytest.fail(f"CI must have ../shared/corpus/{'/'.join(parts)}")
        pytest.skip(f"needs ../shared/corpus/{'/'.join(parts)}")
    return folder
