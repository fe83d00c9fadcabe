"""Pictures in a store that speaks S3."""

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.files.storage import default_storage
from django.core.management import call_command

from blog.media import services
from blog.media.errors import StoreAway
from blog.media.services import store
from blog.models import Upload
from frodo import media_storage
from frodo.media_storage import media_store
from tests.factories import make_post
from tests.media.sample_images import opened, picture

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def s3():
    moto = pytest.importorskip("moto.server", reason="moto is not installed (requirements-dev.txt)")
    boto3 = pytest.importorskip("boto3")
    server = moto.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    address = f"http://{host}:{port}"
    keys = {"aws_access_key_id": "ann", "aws_secret_access_key": "secret"}
    client = boto3.client("s3", endpoint_url=address, region_name="us-east-1", **keys)
    client.create_bucket(Bucket="pictures")
    client.address = address
    yield client
    server.stop()


def said(address: str, **more: str) -> dict[str, str]:
    return {
        "S3_BUCKET": "pictures",
        "S3_ENDPOINT_URL": address,
        "S3_REGION": "us-east-1",
        "S3_ACCESS_KEY_ID": "ann",
        "S3_SECRET_ACCESS_KEY": "secret",
        "S3_PUBLIC_URL": "",
        **more,
    }


@pytest.fixture
def away(settings, s3):
    """Pictures lie there now."""
    names = said(s3.address, S3_PUBLIC_URL="https://pictures.example/blog")
    settings.STORAGES = {**settings.STORAGES, "default": media_store(names)}
    settings.MEDIA_IS_LOCAL = False


def test_a_picture_is_put_there_with_what_browsers_need(s3, away, ann, media):
    upload = store(picture("webp"), user=ann)

    kept = s3.get_object(Bucket="pictures", Key=upload.file.name)
    assert kept["ContentType"] == "image/webp"
    assert kept["CacheControl"] == "public, max-age=31536000, immutable"
    assert opened(kept["Body"].read()).size == (40, 30)
    assert upload.url == f"https://pictures.example/blog/{upload.file.name}"
    assert not media.exists()


def test_copies_are_made_there_and_shown_from_there(s3, away, ann, client):
    upload = store(picture("jpeg", 700, 500), user=ann)
    post = make_post(text=upload.markdown)

    call_command("run_jobs", "make_variants")

    upload.refresh_from_db()
    assert upload.state == "ready"
    for name in upload.names:
        assert s3.head_object(Bucket="pictures", Key=name)["ContentType"].startswith("image/")
    page = client.get(post.url).content.decode()
    assert f'src="{upload.url}"' in page
    assert f'srcset="https://pictures.example/blog/uploads/{upload.key[:2]}/{upload.key}-480.avif 480w' in page


@pytest.mark.parametrize("beginning", ["/media/", "https://pictures.example/blog/"])
def test_a_text_may_name_it_either_way(away, ann, beginning):
    upload = store(picture("jpeg", 700, 500), user=ann)

    post = make_post(text=f"![]({beginning}{upload.file.name})")

    assert f'src="{upload.url}" width="700"' in post.html or f'src="{upload.url}" alt="" width="700"' in post.html


def test_an_imported_picture_knows_its_size(s3, away):
    s3.put_object(Bucket="pictures", Key="imported/ab/x.png", Body=picture("png", 12, 34))

    assert 'width="12" height="34"' in make_post(text="![](/media/imported/ab/x.png)").html


def test_it_goes_when_it_is_removed(s3, away, ann, django_capture_on_commit_callbacks):
    upload = store(picture("jpeg", 700, 500), user=ann)
    call_command("run_jobs", "make_variants")
    upload.refresh_from_db()

    with django_capture_on_commit_callbacks(execute=True):
        services.remove(upload)

    assert not [name for name in upload.names if default_storage.exists(name)]
    assert not Upload.objects.exists()


def test_a_store_that_is_away_is_a_clear_no_and_texts_can_still_be_saved(settings, s3, ann):
    names = said("http://127.0.0.1:9")
    there = media_store(names)
    there["OPTIONS"] |= {"client_config": quick()}
    settings.STORAGES = {**settings.STORAGES, "default": there}

    with pytest.raises(StoreAway):
        store(picture(), user=ann)

    assert not Upload.objects.exists()
    assert "<img" in make_post(text="![](/media/imported/ab/x.png)").html


def quick():
    from botocore.config import Config

    return Config(retries={"total_max_attempts": 1}, connect_timeout=2, signature_version="s3v4")


def test_without_a_bucket_there_is_a_folder():
    assert media_store(dict.fromkeys(said(""), "")) == media_storage.FOLDER


@pytest.mark.parametrize(
    ("more", "url"),
    [
        ({"S3_ENDPOINT_URL": "https://s3.example/"}, "https://s3.example/pictures/a.png"),
        ({"S3_ENDPOINT_URL": ""}, "https://pictures.s3.us-east-1.amazonaws.com/a.png"),
        ({"S3_ENDPOINT_URL": "", "S3_REGION": ""}, "https://pictures.s3.amazonaws.com/a.png"),
        ({"S3_PUBLIC_URL": "https://cdn.example/"}, "https://cdn.example/a.png"),
    ],
)
def test_where_everybody_reads_it(settings, more, url):
    pytest.importorskip("storages")
    names = said("https://s3.example") | more
    settings.STORAGES = {**settings.STORAGES, "default": media_store(names)}

    assert default_storage.url("a.png") == url


def test_an_address_that_is_none_stops_the_start():
    pytest.importorskip("storages")
    with pytest.raises(ImproperlyConfigured, match="S3_PUBLIC_URL"):
        media_store(said("https://s3.example", S3_PUBLIC_URL="pictures.example"))


def test_without_what_speaks_s3_the_start_says_what_to_install(monkeypatch):
    monkeypatch.setattr(media_storage, "find_spec", lambda name: None)

    with pytest.raises(ImproperlyConfigured, match=r"requirements-s3\.txt"):
        media_store(said("https://s3.example"))
