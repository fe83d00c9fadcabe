"""Players of other hosts: a link to the video until the reader wants it; audio and video ask nobody before."""

import pytest

from frodo.embeds import NAMES, PLAYERS, page_of
from frodo.markdown import render_post


@pytest.mark.parametrize(
    ("player", "page"),
    [
        ("https://www.youtube.com/embed/dQw4w9WgXcQ?si=x", "https://www.youtube.com/watch?v=dQw4w9WgXcQ"),
        ("https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ", "https://www.youtube.com/watch?v=dQw4w9WgXcQ"),
        ("https://www.youtube.com/embed/videoseries?list=PLx", "https://www.youtube.com/embed/videoseries?list=PLx"),
        ("https://player.vimeo.com/video/76979871?h=1", "https://vimeo.com/76979871"),
        (
            "https://player.bilibili.com/player.html?isOutside=true&bvid=BV1xx411c7mD&p=1",
            "https://www.bilibili.com/video/BV1xx411c7mD/",
        ),
        ("https://player.bilibili.com/player.html?aid=170001", "https://www.bilibili.com/video/av170001/"),
        ("https://player.bilibili.com/player.html", "https://player.bilibili.com/player.html"),
    ],
)
def test_a_player_leads_to_the_page_of_its_video(player, page):
    html = render_post(f'<iframe src="{player}"></iframe>').html

    assert page_of(player) == page
    assert f'href="{page.replace("&", "&amp;")}"' in html
    assert f'data-player="{player.replace("&", "&amp;")}"' in html
    assert "<iframe" not in html


def test_each_player_has_a_name():
    assert NAMES.keys() == PLAYERS.keys()


def test_the_title_and_the_language_of_the_text_are_in_it():
    code = '<iframe src="https://www.youtube.com/embed/dQw4w9WgXcQ" title="Tea &amp; &quot;walks&quot;"></iframe>'

    assert '>Tea &amp; "walks"</a>' in render_post(code).html.replace("&quot;", '"')
    assert "来自 YouTube" in render_post(code, language="zh-hans").html
    assert (
        ">视频</a>" in render_post('<iframe src="https://player.vimeo.com/video/1"></iframe>', language="zh-hans").html
    )


def test_a_frame_of_an_unknown_host_is_not_there():
    assert (
        render_post("a\n\n<iframe src='https://evil.example/'></iframe>\n\nb").html.replace("\n", "")
        == "<p>a</p><p>b</p>"
    )


def test_nothing_is_loaded_of_a_foreign_film_before_it_is_played():
    html = render_post(
        '<video src="https://films.example/a.mp4" poster="https://films.example/a.jpg" preload="auto"></video>\n\n'
        '<audio controls><source src="//films.example/a.mp3"></audio>\n\n'
        '<video src="/media/own.mp4" poster="/media/own.jpg" preload="metadata" controls></video>'
    ).html

    assert html.count('preload="none"') == 2
    assert "a.jpg" not in html
    assert 'poster="/media/own.jpg"' in html
    assert 'preload="metadata"' in html
