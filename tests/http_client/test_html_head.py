import pytest
from django.utils import translation

from frodo import http_client


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_each_refusal_has_words_of_its_own(language):
    kinds = http_client.NotFetched.__subclasses__()
    with translation.override(language):
        words = {str(kind(503) if kind is http_client.BadStatus else kind()) for kind in kinds}

    assert len(words) == len(kinds) == 9
    assert all(text.isascii() is (language == "en") for text in words)


def test_words_are_of_the_language_in_which_they_are_read():
    error = http_client.BadStatus(503)

    with translation.override("zh-hans"):
        assert str(error) == "这个网址回应了 503。"
