def test_it_renders_as_a_comment_would(client, db):
    answer = client.post("/api/markdown/", {"text": "**a** <script>b</script>"}, "application/json").json()

    assert "<strong>a</strong>" in answer["html"]
    assert "<script" not in answer["html"]


def test_it_has_limits(client, db, settings):
    settings.COMMENT_MAX_LENGTH = 10

    long = client.post("/api/markdown/", {"text": "x" * 11}, "application/json")
    assert long.json()["error"]["code"] == "too_long"
    answers: list[int] = []
    while 429 not in answers and len(answers) < 200:  # a minute may end meanwhile, and another begin
        answers.append(client.post("/api/markdown/", {"text": "x"}, "application/json").status_code)
    assert answers[:60] == [200] * 60
    assert answers[-1] == 429
