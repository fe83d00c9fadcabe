"""Smaller copies: made beside the requests, told to the posts that show the picture."""

import pytest
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.utils import timezone

from blog.media import services, variants
from blog.media.scaling import copies, widths_of
from blog.media.services import store
from blog.models import Post, Upload
from frodo.models import Job
from tests.factories import make_page, make_post
from tests.faults.disk import Disk
from tests.media.sample_images import animation, noise, opened, picture, saved

pytestmark = pytest.mark.django_db

WIDTHS = [480, 960, 1600]


def run_jobs() -> None:
    call_command("run_jobs", "make_variants")


def after_the_delay() -> None:
    Job.objects.filter(state="pending").update(available_at=timezone.now())


@pytest.mark.parametrize(
    ("width", "widths"),
    [
        (4000, [480, 960, 1600]),
        (1600, [480, 960, 1600]),
        (1200, [480, 960, 1200]),
        (480, [480]),
        (300, [300]),
    ],
)
def test_no_copy_is_wider_than_the_picture(width, widths):
    assert widths_of(width, WIDTHS) == widths


def test_copies_are_smaller_and_look_alike():
    data = saved(noise(1200, 900), "jpeg", quality=92)

    made = copies(data, "jpeg", WIDTHS)

    assert [(copy.kind, copy.width) for copy in made] == [(k, w) for k in ("avif", "webp") for w in (480, 960, 1200)]
    for copy in made:
        image = opened(copy.data)
        assert image.size == (copy.width, copy.width * 3 // 4)
        assert len(copy.data) < len(data)
        reference = opened(data).resize((40, 30)).tobytes()
        pairs = zip(reference, image.convert("RGB").resize((40, 30)).tobytes(), strict=True)
        assert sum(abs(a - b) for a, b in pairs) / len(reference) < 3


def test_what_is_seen_through_stays_so():
    image = noise(600, 400).convert("RGBA")
    image.putalpha(90)

    for copy in copies(saved(image, "png"), "png", [300]):
        assert opened(copy.data).getpixel((9, 9))[3] == 90


def test_a_kind_that_saves_nothing_is_left_out():
    """A drawing of a few colours is smallest as it is."""
    drawing = saved(noise(2, 2).quantize(2).resize((600, 400)), "png", optimize=True)

    assert copies(drawing, "png", WIDTHS) == []


def test_a_picture_gets_its_copies(media, ann):
    upload = store(picture("jpeg", 700, 500), user=ann)
    assert upload.state == "waiting"
    assert upload.srcset == {}

    run_jobs()

    upload.refresh_from_db()
    assert upload.state == "ready"
    assert list(upload.srcset) == ["image/avif", "image/webp"]
    stem = f"/media/uploads/{upload.key[:2]}/{upload.key}"
    assert upload.srcset["image/webp"] == f"{stem}-480.webp 480w, {stem}-700.webp 700w"
    for name in upload.names:
        assert (media / name).is_file()
    assert not Job.objects.filter(type="make_variants").exists()


def test_animations_and_tiny_pictures_need_none(ann):
    assert store(animation("gif", width=200), user=ann).state == "ready"
    assert store(picture("png", 32, 32), user=ann).state == "ready"
    assert not Job.objects.exists()


def test_what_cannot_be_made_is_tried_again_and_then_given_up(media, ann):
    upload = store(picture("jpeg", 200, 100), user=ann)
    (media / upload.file.name).write_bytes(b"\xff\xd8\xff broken since")

    for attempt in (1, 2, 3):
        assert upload.state == "waiting"
        run_jobs()
        run_jobs()  # not at once
        job = Job.objects.get(type="make_variants")
        assert job.attempts == attempt
        after_the_delay()
        upload.refresh_from_db()

    assert (upload.state, job.state) == ("failed", "failed")


def test_a_full_disk_is_no_reason_to_give_a_picture_up(tmp_path, settings, ann):
    with Disk(tmp_path / "disk", 1) as disk:
        settings.MEDIA_ROOT = disk.folder
        upload = store(picture("jpeg", 600, 400), user=ann)
        disk.fill()
        for _ in range(4):
            run_jobs()
            after_the_delay()
        upload.refresh_from_db()
        assert upload.state == "waiting"
        assert [path.name for path in disk.folder.rglob(f"{upload.key}*")] == [f"{upload.key}.jpg"]

        disk.free()

        run_jobs()
        upload.refresh_from_db()
        assert upload.state == "ready"


def test_a_picture_that_ends_whoever_takes_it_is_given_up(ann):
    upload = store(picture("jpeg", 200, 100), user=ann)
    Job.objects.update(state="running", attempts=3, worker="killed")

    run_jobs()

    upload.refresh_from_db()
    assert upload.state == "failed"
    assert "process ended" in Job.objects.get(type="make_variants").error


def test_half_a_copy_of_one_who_was_killed_is_written_anew(media, ann):
    upload = store(picture("jpeg", 600, 400), user=ann)
    half = media / upload.variant_name("webp", 480)
    half.write_bytes(b"RIFF")
    Job.objects.update(state="running", attempts=1, worker="killed")

    run_jobs()

    upload.refresh_from_db()
    assert upload.state == "ready"
    assert opened(half.read_bytes()).width == 480
    assert len(list(half.parent.glob(f"{upload.key}-480*"))) == 2


def test_posts_and_pages_that_show_it_are_rendered_anew(ann):
    upload = store(picture("jpeg", 700, 500), user=ann, alt="Tea")
    post = make_post(text=f"Look: {upload.markdown}")
    page = make_page(text=upload.markdown)
    other = make_post(title="Other", text="No picture.")
    Post.objects.filter(pk=other.pk).update(html="as it was")
    assert "<picture>" not in post.html

    run_jobs()

    for entry in (post, page):
        before = entry.updated_at
        entry.refresh_from_db()
        assert '<source type="image/avif" srcset="' in entry.html
        assert entry.updated_at == before
    other.refresh_from_db()
    assert other.html == "as it was"


def test_words_written_meanwhile_stay(ann, monkeypatch):
    upload = store(picture("jpeg", 700, 500), user=ann)
    post = make_post(text=upload.markdown)

    def slow(*arguments):
        Post.objects.filter(pk=post.pk).update(text=f"Newer. {upload.markdown}", title="Newer")
        return copies(*arguments)

    monkeypatch.setattr(variants, "copies", slow)
    run_jobs()

    post.refresh_from_db()
    assert post.title == "Newer"
    assert post.text.startswith("Newer.")
    assert "<p>Newer. <picture>" in post.html


def test_the_page_readers_get_is_a_new_one(client, ann, django_capture_on_commit_callbacks):
    upload = store(picture("jpeg", 700, 500), user=ann)
    post = make_post(text=upload.markdown)

    with django_capture_on_commit_callbacks() as told:
        run_jobs()

    assert any("Purge.send" in getattr(callback, "__qualname__", "") for callback in told)
    assert "image/avif" in client.get(post.url).content.decode()


def test_one_that_is_removed_meanwhile_leaves_nothing(media, ann, monkeypatch, django_capture_on_commit_callbacks):
    store(picture("jpeg", 700, 500), user=ann)

    def slow(*arguments):
        with django_capture_on_commit_callbacks(execute=True):
            services.remove(Upload.objects.get())
        return copies(*arguments)

    monkeypatch.setattr(variants, "copies", slow)
    run_jobs()

    assert not [path for path in media.rglob("*") if path.is_file()]


def test_a_command_makes_all_anew(settings, ann):
    uploads = [store(picture("jpeg", 700, 500), user=ann) for _ in range(2)]
    run_jobs()
    settings.UPLOAD_WIDTHS = [200]
    call_command("make_variants")
    run_jobs()

    for upload in uploads:
        upload.refresh_from_db()
        assert {copy["width"] for copy in upload.variants} == {200}
        assert not default_storage.exists(upload.variant_name("avif", 480))


def test_anew_while_they_are_being_made_is_not_forgotten(settings, ann, monkeypatch):
    upload = store(picture("jpeg", 700, 500), user=ann)

    def slow(data, kind, widths):
        if settings.UPLOAD_WIDTHS != [200]:
            settings.UPLOAD_WIDTHS = [200]
            services.copy_anew(Upload.objects.all())
        return copies(data, kind, widths)

    monkeypatch.setattr(variants, "copies", slow)
    run_jobs()

    upload.refresh_from_db()
    assert {copy["width"] for copy in upload.variants} == {200}
