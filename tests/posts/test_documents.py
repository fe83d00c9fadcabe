"""The text under edit as a document that several write: what is stored, who may join, what else changes the text."""

import base64
import random

import pytest
from asgiref.sync import sync_to_async
from django.test import Client
from pycrdt import Doc, Text

from blog.models import Document, DocumentUpdate, Post
from blog.posts import document_consumers, documents, services
from blog.posts.document_consumers import MAX_CLIENTS
from tests import people
from tests.editor.test_conflicts import opened
from tests.factories import make_page, make_post
from tests.live.sockets import Socket
from tests.moderation.test_sockets import closes, signed_in, socket_of, story

pytestmark = pytest.mark.django_db(transaction=True)


def coded(data: bytes) -> str:
    return base64.b64encode(data).decode()


class Window:
    """An open editor: a socket, and the document as it knows it."""

    def __init__(self, client: Client, entry) -> None:
        self.socket: Socket = socket_of(client, f"/ws/documents/{entry._meta.model_name}/{entry.pk}/")
        self.doc = Doc()
        self.shared = self.doc.get("text", type=Text)
        self.n = 0
        self.saved = ""

    @property
    def text(self) -> str:
        return str(self.shared)

    async def open(self) -> "Window":
        assert (await self.socket.open())["type"] == "websocket.accept"
        assert (await self.socket.hear())["type"] == "hello"
        await self.sync()
        return self

    async def send(self, **frame) -> None:
        await self.socket.say(documents.dumps(frame))

    async def sync(self) -> None:
        await self.send(type="sync", client=7, vector=coded(self.doc.get_state()))
        await self.hear("sync")

    async def hear(self, kind: str = "update") -> dict:
        """Apply what arrives up to a frame of this kind."""
        while True:
            frame = await self.socket.hear()
            data = frame["data"]
            if frame["type"] in ("sync", "update"):
                self.doc.apply_update(base64.b64decode(data["update"]))
                self.n = max(self.n, frame.get("n", 0), data.get("n", 0))
                self.saved = data.get("saved", self.saved)
            if frame["type"] == kind:
                return data

    async def see(self, text: str) -> None:
        while self.text != text:
            await self.hear()

    def write(self, at: int, text: str) -> str:
        """Insert at a character; the update, for a frame or a form."""
        before = self.doc.get_state()
        self.shared.insert(len(self.text[:at].encode()), text)
        return coded(self.doc.get_update(before))

    async def type(self, at: int, text: str) -> None:
        await self.send(type="update", id=1, update=self.write(at, text))
        await self.hear("stored")

    async def leave(self) -> None:
        await self.socket.leave()


def stored(entry) -> str:
    return documents.text_of(Document.objects.get(**{entry._meta.model_name: entry.pk}))


@story
async def test_two_write_at_once_and_one_who_comes_later_has_it_all(desk, db):
    post = await sync_to_async(make_post)(text="你好😀 one.")
    one = await Window(desk, post).open()
    other = await Window(await sync_to_async(signed_in)(await sync_to_async(people.edith)()), post).open()
    assert one.text == other.text == one.saved == "你好😀 one."

    await one.type(3, "安")
    await other.see("你好😀安 one.")
    await other.type(9, " 两")
    await one.see("你好😀安 one. 两")

    late = await Window(desk, post).open()
    assert late.text == "你好😀安 one. 两"
    for window in (one, other, late):
        await window.leave()
    assert await sync_to_async(DocumentUpdate.objects.count)() == 1  # compacted when they left
    assert await sync_to_async(stored)(post) == "你好😀安 one. 两"
    assert (await sync_to_async(Post.objects.get)(pk=post.pk)).text == "你好😀 one."  # what readers see


@story
async def test_what_one_wrote_without_a_connection_is_merged(desk):
    page = await sync_to_async(make_page)(text="middle")
    one, other = await Window(desk, page).open(), await Window(desk, page).open()
    await one.leave()
    lost = one.write(0, "left ")
    await other.type(6, " right")

    back = Window(desk, page)
    back.doc, back.shared = one.doc, one.shared
    await back.open()
    assert back.text == "left middle right"
    await back.send(type="update", id=3, update=lost)
    assert (await back.hear("stored"))["id"] == 3
    await other.see("left middle right")
    await back.leave()
    await other.leave()


@story
async def test_cursors_are_passed_on_and_not_stored(desk):
    post = await sync_to_async(make_post)()
    one, other = await Window(desk, post).open(), await Window(desk, post).open()

    await one.send(type="awareness", data={"client": 7, "update": "AAA=", "isNew": True})

    assert await other.hear("awareness") == {"client": 7, "update": "AAA=", "isNew": True}
    await one.leave()
    assert await other.hear("left") == {"client": 7}
    await other.leave()
    assert await sync_to_async(lambda: Document.objects.get().n)() == 1


def test_what_is_not_saved_when_an_editor_is_closed_stays_as_a_revision(desk, ann):
    post = make_post(text="One.")

    def closed_after(words: str) -> list[tuple]:
        @story
        async def write():
            window = await Window(desk, post).open()
            if words:
                await window.type(0, words)
            await window.leave()

        write()
        return list(post.revisions.values_list("kind", "text", "user"))

    assert closed_after("") == []
    first = closed_after("Two. ")
    assert first == [("draft", "Two. One.", ann.pk)]
    assert closed_after("") == first
    assert closed_after("Three. ") == [("draft", "Three. Two. One.", ann.pk), *first]


def test_what_was_written_before_a_pause_stays_as_a_revision(desk, ann, monkeypatch):
    post = make_post(text="One.")

    @story
    async def write():
        window = await Window(desk, post).open()
        await window.type(0, "Two. ")
        await window.type(0, "Three. ")
        monkeypatch.setattr(document_consumers, "PAUSE_SECONDS", 0)
        await window.type(0, "Four. ")
        monkeypatch.undo()
        await window.type(0, "Five. ")
        await window.leave()

    write()
    assert list(post.revisions.values_list("text", "user")) == [
        ("Five. Four. Three. Two. One.", ann.pk),
        ("Three. Two. One.", ann.pk),
    ]


@pytest.mark.parametrize(
    "frame",
    [
        "no JSON",
        '{"type": "sync", "client": 1, "vector": "%"}',
        '{"type": "sync", "client": 1, "vector": "/////////w=="}',
        '{"type": "update", "id": 1, "update": "anVuaw=="}',
        '{"type": "update", "id": "1", "update": "AAA="}',
        '{"type": "awareness", "data": "%s"}' % ("x" * 5000),
        "7",
    ],
)
def test_nonsense_ends_the_connection_and_changes_nothing(desk, frame):
    post = make_post(text="Whole.")

    @story
    async def send():
        window = await Window(desk, post).open()
        await window.socket.say(frame)
        assert await window.socket.hear() == {"closed": 1008}
        await window.leave()

    send()
    assert stored(post) == "Whole."


FIRST = b"\x01\x01\x07\x00"
"""One structure, by client 7, at its first clock."""
IN_TEXT = b"\x01\x04text"
HOSTILE = {
    "nested lists, which would overflow the stack": FIRST + b"\x08" + IN_TEXT + b"\x01" + b"\x75\x01" * 150_000,
    "nested maps": FIRST + b"\x08" + IN_TEXT + b"\x01" + b"\x76\x01\x01a" * 90_000,
    "a format with nested JSON": FIRST + b"\x06" + IN_TEXT + b"\x01a" + b"\xa0\x8d\x06" + b"[" * 100_000 + b"\x00",
    "a type": FIRST + b"\x07" + IN_TEXT + b"\x00\x00",
    "another text": FIRST + b"\x04" + b"\x01\x05other\x01a\x00",
    "a text in a map": FIRST + b"\x24" + IN_TEXT + b"\x01k\x01a\x00",
    "no UTF-8": FIRST + b"\x04" + IN_TEXT + b"\x02\xff\xfe\x00",
    "more structures than bytes": b"\x01" + b"\xff" * 8 + b"\x01" + FIRST[2:],
    "a number without an end": b"\xff" * 100,
    "a text without an end": FIRST + b"\x04" + IN_TEXT + b"\xff\xff\x03a",
}


@pytest.mark.parametrize("case", HOSTILE)
def test_an_update_that_is_more_than_text_is_not_read(desk, case):
    post = make_post(text="Whole.")

    @story
    async def send():
        window = await Window(desk, post).open()
        await window.send(type="update", id=1, update=coded(HOSTILE[case]))
        assert await window.socket.hear() == {"closed": 1008}
        await window.send(type="update", id=2, update=window.write(0, "Too late. "))
        await window.leave()
        still = await Window(desk, post).open()
        await still.leave()

    send()
    assert stored(post) == "Whole."


def test_a_document_does_not_grow_for_ever(desk, monkeypatch):
    monkeypatch.setattr(documents, "LARGEST", 3000)
    post = make_post(text="Small.")

    @story
    async def write():
        window = await Window(desk, post).open()
        for _ in range(3):  # what was deleted does not count
            await window.type(0, "x" * 2000)
            before = window.doc.get_state()
            del window.shared[0:2000]
            await window.send(type="update", id=2, update=coded(window.doc.get_update(before)))
            await window.hear("stored")
        await window.type(0, "y" * 2000)
        await window.send(type="update", id=3, update=window.write(0, "z" * 2000))
        assert await closes(window.socket, 1008)

    write()
    assert stored(post) == "y" * 2000 + "Small."


@story
async def test_a_socket_stands_for_a_few_documents_only(desk):
    post = await sync_to_async(make_post)()
    window = await Window(desk, post).open()
    for client in range(100, 100 + MAX_CLIENTS - 1):
        await window.send(type="sync", client=client, vector="AA==")
        await window.hear("sync")

    await window.send(type="sync", client=1, vector="AA==")

    assert await closes(window.socket, 1008)


def test_only_those_join_who_may_edit_it(ann, bob):
    cid = people.cid()
    theirs, own = make_post(author=ann), make_post(title="Cid's", author=cid, status="draft")
    published = make_post(title="Cid's, published", author=cid)
    doors = [
        *((Client(), post, False) for post in (theirs, own)),
        *((signed_in(bob), post, False) for post in (theirs, own)),
        *((signed_in(cid), post, post is own) for post in (theirs, published, own)),
        *((signed_in(people.edith()), post, True) for post in (theirs, own)),
        (signed_in(cid), make_page(), False),
    ]
    anns = signed_in(ann)

    @story
    async def join():
        for client, entry, may in doors:
            socket = socket_of(client, f"/ws/documents/{entry._meta.model_name}/{entry.pk}/")
            answer = await socket.open()
            assert answer["type"] == ("websocket.accept" if may else "websocket.close"), (entry, may)
            if may:
                await socket.leave()
        assert (await socket_of(anns, "/ws/documents/post/999999/").open())["type"] == "websocket.close"

    join()


def test_a_contributor_whose_draft_was_published_writes_no_more(db):
    cid = people.cid()
    post, client = make_post(author=cid, status="draft", text="Draft."), signed_in(cid)

    @story
    async def write():
        window = await Window(client, post).open()
        await sync_to_async(services.publish)(Post.objects.filter(pk=post.pk))
        await window.send(type="update", id=1, update=window.write(0, "Late "))
        assert await closes(window.socket)

    write()
    assert stored(post) == "Draft."


@pytest.mark.parametrize("how", ["role", "sign out", "password"])
def test_who_loses_the_role_or_signs_out_is_out_at_once(db, how):
    edith = people.edith()
    post, client = make_post(author=edith), signed_in(edith)

    def lose() -> None:
        if how == "sign out":
            client.post("/admin/logout/")
        elif how == "role":
            edith.role = "reader"
            edith.save()
        else:
            edith.set_password("another one")
            edith.save()

    @story
    async def write():
        window = await Window(client, post).open()
        await sync_to_async(lose)()
        assert await closes(window.socket)
        assert (await Window(client, post).socket.open())["type"] == "websocket.close"

    write()


def put(client: Client, post: Post, text: str) -> None:
    answer = client.patch(f"/api/posts/{post.slug}/", {"text": text}, "application/json")
    assert answer.status_code == 200, answer.content


def test_the_api_and_a_restored_revision_appear_beside_unsaved_changes(desk):
    post = make_post(text="One.\n\nTwo.\n")

    @story
    async def write():
        window = await Window(desk, post).open()
        await window.type(0, "Unsaved. ")
        await sync_to_async(put)(desk, post, "One.\n\nTwo by the API.\n")
        await window.see("Unsaved. One.\n\nTwo by the API.\n")
        assert window.saved == "One.\n\nTwo by the API.\n"

        first = await sync_to_async(lambda: post.revisions.last())()
        url = f"/admin/blog/post/{post.pk}/revisions/"
        await sync_to_async(desk.post)(url, {"revision": first.pk})
        await window.see("Unsaved. One.\n\nTwo.\n")
        await window.leave()

    write()


def test_changes_that_contradict_each_other_are_both_kept(desk):
    post = make_post(text="The tea is hot.")

    @story
    async def write():
        window = await Window(desk, post).open()
        await window.type(11, "green ")
        await sync_to_async(put)(desk, post, "The tea is black hot.")
        await window.hear()
        assert "green" in window.text
        assert "black" in window.text
        await window.leave()

    write()


def test_a_text_changed_without_a_signal_is_there_when_it_is_opened_again(desk):
    post = make_post(text="Before.")
    documents.document_for(post)
    Post.objects.filter(pk=post.pk).update(text="After.")

    @story
    async def look():
        window = await Window(desk, post).open()
        assert window.text == window.saved == "After."
        await window.leave()

    look()


def submit(client: Client, post: Post, url: str, form: dict, window: Window, update: str = "", **more):
    document = {"document_n": str(window.n), "document_update": update}
    return client.post(url, {**form, "text": window.text, **document, "_continue": "1", **more})


def test_a_form_saves_the_text_of_the_document_with_what_was_not_sent(desk, ann):
    post = make_post(text="One.")
    url, form = opened(desk, post)

    @story
    async def write():
        window = await Window(desk, post).open()
        other = await Window(desk, post).open()
        await sync_to_async(put)(desk, post, "One!")
        await window.see("One!")
        update = window.write(4, " 二")
        answer = await sync_to_async(submit)(desk, post, url, form, window, update)
        assert answer.status_code == 302  # the form is of an outdated version, and its text is not
        await other.see("One! 二")
        await window.leave()
        await other.leave()

    write()
    post.refresh_from_db()
    assert post.text == stored(post) == "One! 二"
    assert Document.objects.get().saved_text == "One! 二"


def test_a_form_that_had_not_heard_of_a_saved_text_does_not_undo_it(desk):
    post = make_post(text="One.\n\nTwo.")
    url, form = opened(desk, post)

    @story
    async def write():
        window = await Window(desk, post).open()
        update = window.write(0, "Mine. ")
        await sync_to_async(put)(desk, post, "One.\n\nTwo!")  # and the window has not heard of it
        answer = await sync_to_async(submit)(desk, post, url, form, window, update)
        assert answer.status_code == 302
        await window.leave()

    write()
    post.refresh_from_db()
    assert post.text == stored(post) == "Mine. One.\n\nTwo!"


def test_a_form_without_javascript_is_guarded_and_reaches_the_document(desk):
    post = make_post(text="The tea is hot.")
    url, first = opened(desk, post)
    _url, second = opened(desk, post)

    @story
    async def write():
        window = await Window(desk, post).open()
        await window.type(0, "Unsaved. ")
        await sync_to_async(desk.post)(url, {**first, "text": "The tea is cold."})
        await window.see("Unsaved. The tea is cold.")
        answer = await sync_to_async(desk.post)(url, {**second, "text": "The tea is warm."})
        assert answer.status_code == 409
        assert 'data-document="/ws/' not in answer.content.decode()  # its text is from elsewhere
        assert window.text == "Unsaved. The tea is cold."
        await window.leave()

    write()


def test_another_account_stores_nothing_with_a_form(desk, ann, bob):
    post = make_post(text="One.", author=ann)
    documents.document_for(post)
    url, form = opened(desk, post)
    edith = people.edith()

    @story
    async def write():
        window = await Window(desk, post).open()
        update = window.write(0, "Ann's ")
        for client in (await sync_to_async(signed_in)(edith), await sync_to_async(signed_in)(bob)):
            await sync_to_async(submit)(client, post, url, form, window, update)
        await window.leave()

    write()
    assert stored(post) == "One."
    assert submit(desk, post, url, form, Window(desk, post), "no Base64", document_n="x").status_code in (302, 409)


def test_many_updates_are_compacted_while_it_is_open(desk):
    post = make_post(text="")

    @story
    async def write():
        window = await Window(desk, post).open()
        for n in range(documents.COMPACT_EVERY + 5):
            await window.type(n, "字")
        assert await sync_to_async(DocumentUpdate.objects.count)() < 10
        await window.leave()

    write()
    assert stored(post) == "字" * (documents.COMPACT_EVERY + 5)
    assert sum(len(row.data) for row in DocumentUpdate.objects.all()) < 1200


def test_a_deleted_post_closes_its_editors(desk, monkeypatch):
    monkeypatch.setattr("frodo.live.SWEEP", 0.05)
    post = make_post()

    @story
    async def write():
        window = await Window(desk, post).open()
        await sync_to_async(lambda: Post.objects.get(pk=post.pk).delete())()
        frame = await window.socket.hear()
        assert frame == {"closed": 4004}
        await window.leave()

    write()
    assert not Document.objects.exists()


@pytest.mark.parametrize("seed", range(30))
def test_a_text_is_changed_into_any_other(seed):
    rng = random.Random(seed)

    def text() -> str:
        return "".join(rng.choice(["茶", "😀", "a", "b ", "\n", "é"]) for _ in range(rng.randrange(80)))

    doc, other = documents.new_doc(), documents.new_doc()
    for _ in range(5):
        wanted = text()
        other.apply_update(documents.edit(doc, wanted))
        assert str(doc.get("text", type=Text)) == str(other.get("text", type=Text)) == wanted
