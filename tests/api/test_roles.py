"""Every endpoint times every role. One that is new and has no row here is a failure, not a gap.

Without more words a row is about what Ann, the author, has published; `draft` is a draft of hers, `own` one of
Cid's, a contributor. Comments are a guest's, or with `own` Bob's, a reader. Tokens and devices are Mallory's, or
with `own` those of who asks, and so are pictures of Ann's. "Narrow" is a token of Ann's that may only read.
"""

import json
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.utils import timezone

from accounts.tokens.services import create_personal_token, sign_in
from blog.media.services import store
from blog.posts.live_posts import add_entry
from frodo.api.views import schema
from tests import people
from tests.factories import make_activity, make_comment, make_page, make_post, make_topic
from tests.media.sample_images import picture

pytestmark = pytest.mark.django_db

ROLES = {"anonymous": None, "reader": "bob", "contributor": "cid", "editor": "edith", "author": "ann", "narrow": "ann"}
TABLE = """
                                  anonymous  reader  contributor  editor  author  narrow
listPosts                               200     200          200     200     200     200
listPosts ?status=draft                 401     403          200     200     200     200
createPost                              401     403          403     201     201     403
createPost unpublished                  401     403          201     201     201     403
getPost                                 200     200          200     200     200     200
getPost draft                           404     404          404     200     200     200
getPost own                             404     404          200     200     200     200
replacePost                             401     403          403     200     200     403
replacePost draft                       401     403          404     200     200     403
replacePost own                         401     403          403     200     200     403
changePost                              401     403          403     200     200     403
changePost draft                        401     403          404     200     200     403
changePost own                          401     403          200     200     200     403
deletePost                              401     403          403     204     204     403
deletePost draft                        401     403          404     204     204     403
deletePost own                          401     403          204     204     204     403
listLiveEntries                         200     200          200     200     200     200
listLiveEntries draft                   404     404          404     200     200     200
createLiveEntry                         401     403          403     201     201     403
createLiveEntry draft                   401     403          404     201     201     403
createLiveEntry own                     401     403          201     201     201     403
getLiveEntry                            200     200          200     200     200     200
getLiveEntry draft                      404     404          404     200     200     200
changeLiveEntry                         401     403          403     200     200     403
changeLiveEntry own                     401     403          200     200     200     403
deleteLiveEntry                         401     403          403     204     204     403
deleteLiveEntry own                     401     403          204     204     204     403
listPages                               200     200          200     200     200     200
createPage                              401     403          403     201     201     403
getPage                                 200     200          200     200     200     200
getPage draft                           404     404          404     200     200     200
replacePage                             401     403          403     200     200     403
changePage                              401     403          403     200     200     403
deletePage                              401     403          403     204     204     403
listTags                                200     200          200     200     200     200
createTag                               401     403          403     201     201     403
getTag                                  200     200          200     200     200     200
replaceTag                              401     403          403     200     200     403
changeTag                               401     403          403     200     200     403
deleteTag                               401     403          403     204     204     403
listTopics                              200     200          200     200     200     200
createTopic                             401     403          403     201     201     403
getTopic                                200     200          200     200     200     200
replaceTopic                            401     403          403     200     200     403
changeTopic                             401     403          403     200     200     403
deleteTopic                             401     403          403     204     204     403
listMostRead                            200     200          200     200     200     200
search                                  200     200          200     200     200     200
listComments                            200     200          200     200     200     200
createComment                           201     201          201     201     201     403
getComment                              200     200          200     200     200     200
changeComment                           403     403          403     403     403     403
changeComment own                       403     200          403     403     403     403
deleteComment                           403     403          403     403     403     403
deleteComment own                       403     200          403     403     403     403
getMe                                   200     200          200     200     200     200
sayWriting                              204     204          204     204     204     403
listPeople                              200     200          200     200     200     200
renderMarkdown                          200     200          200     200     200     403
replacePostReaction                     200     200          200     200     200     403
deletePostReaction                      200     200          200     200     200     403
replaceCommentReaction                  200     200          200     200     200     403
deleteCommentReaction                   200     200          200     200     200     403
reportComment                           201     201          201     201     201     403
listEvents                              200     200          200     200     200     200
listActivities                          200     200          200     200     200     200
listActivities ?status=all              401     403          403     200     200     200
createActivity                          401     403          403     201     201     403
getActivity                             200     200          200     200     200     200
getActivity draft                       404     404          404     200     200     200
replaceActivity                         401     403          403     200     200     403
changeActivity                          401     403          403     200     200     403
deleteActivity                          401     403          403     204     204     403
listActivityEvents                      200     200          200     200     200     200
listUploads                             401     403          200     200     200     403
createUpload                            401     403          201     201     201     403
getUpload                               401     403          404     200     200     403
getUpload own                           401     403          200     200     200     403
changeUpload                            401     403          404     200     200     403
changeUpload own                        401     403          200     200     200     403
deleteUpload                            401     403          404     204     204     403
deleteUpload own                        401     403          204     204     204     403
signIn                                  401     401          401     401     401     401
refreshToken                            401     401          401     401     401     401
revokeToken                             401     401          401     401     401     401
listPersonalTokens                      401     200          200     200     200     403
createPersonalToken                     401     201          201     201     201     403
deletePersonalToken                     401     404          404     404     404     403
deletePersonalToken own                 401     204          204     204     204     403
listDevices                             401     200          200     200     200     403
deleteDevice                            401     404          404     404     404     403
deleteDevice own                        401     204          204     204     204     403
getSchema                               200     200          200     200     200     200
"""

OPERATIONS = {
    operation["operationId"]: (path, method, operation)
    for path, methods in schema("en")["paths"].items()
    for method, operation in methods.items()
}
ROWS = {
    row[:32].strip(): dict(zip(ROLES, map(int, row[32:].split()), strict=True))
    for row in TABLE.strip("\n").splitlines()[1:]
}


def test_every_operation_has_a_row():
    assert set(OPERATIONS) == {row.split()[0] for row in ROWS}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("row", ROWS)
def test_who_may_do_what(row, role, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    settings.SHOW_PRESENCE = True
    name, _space, variant = row.partition(" ")
    path, method, operation = OPERATIONS[name]
    user = getattr(people, ROLES[role])() if ROLES[role] else None
    for part, value in about(path, variant, user).items():
        path = path.replace(f"{{{part}}}", str(value))
    client, headers = Client(), {"Sec-Fetch-Site": "same-origin"}
    if role == "narrow":
        headers["Authorization"] = f"Bearer {create_personal_token(user, 'script', ['read'])[1]}"
    elif user:
        client.force_login(user)

    said, kind = body(operation, method, variant)
    address = path + (variant if variant.startswith("?") else "")
    answer = client.generic(method.upper(), address, said, kind, headers=headers)

    assert answer.status_code == ROWS[row][role], answer.content.decode()


def about(path: str, variant: str, user) -> dict:
    """What the braces of a path stand for."""
    kind = path.removeprefix("/api/").split("/")[0]
    if "{" not in path:
        return {}
    if kind == "me":
        owner = user if user and variant == "own" else people.mallory()
        create_personal_token(owner, "script", ["read"])
        sign_in(owner)
        return {"id": (owner.devices if "devices" in path else owner.personal_tokens).first().pk}
    if kind == "activities":
        later = timezone.now() + timedelta(days=1)
        return {"id": make_activity(**({"published_at": later} if variant == "draft" else {})).pk}
    if kind == "uploads":
        return {"id": store(picture(), user=user if user and variant == "own" else people.ann()).pk}
    if kind == "pages":
        return {"slug": make_page(is_published=variant != "draft").slug}
    if kind == "topics":
        topic = make_topic("Walks")
        make_post(topic=topic)  # readers find no topic without posts
        return {"slug": topic.slug}
    author = people.cid() if variant == "own" and kind == "posts" else people.ann()
    is_draft = kind == "posts" and variant in {"draft", "own"}
    live = "live" if "entries" in path else ""
    post = make_post(author=author, tags=("walks",), status="draft" if is_draft else "published", live=live)
    if live:
        return {"slug": post.slug, "id": add_entry(post, "Kick-off", user=author).pk}
    if kind == "tags":
        return {"slug": "walks"}
    return {"slug": post.slug} if kind == "posts" else {"id": comment(post, variant).pk}


def comment(post, variant: str):
    return make_comment(post, user=people.bob() if variant == "own" else None)


def body(operation: dict, method: str, variant: str) -> tuple[str | bytes, str]:
    """The schema's own example."""
    if "requestBody" not in operation:
        return "", "application/json"
    kind, content = next(iter(operation["requestBody"]["content"].items()))
    if kind.startswith("multipart/"):
        file = SimpleUploadedFile("tea.png", picture())
        return encode_multipart(BOUNDARY, {"alt": "Tea", "file": file}), MULTIPART_CONTENT
    [example] = content["examples"].values()
    first_field = dict([next(iter(example["value"].items()))])
    return json.dumps(first_field if variant == "unpublished" or method == "patch" else example["value"]), kind
