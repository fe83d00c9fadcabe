"""Hosts whose players an author may embed, and where their paths begin.

The sanitizer keeps frames of these alone, and the Content-Security-Policy lets browsers load these alone. They are
loaded when the reader presses play; until then a link to the video's own page stands for the player.
"""

import re

PLAYERS = {
    "www.youtube.com": "/embed/",
    "www.youtube-nocookie.com": "/embed/",
    "player.vimeo.com": "/video/",
    "player.bilibili.com": "/player.html",
}
NAMES = {
    "www.youtube.com": "YouTube",
    "www.youtube-nocookie.com": "YouTube",
    "player.vimeo.com": "Vimeo",
    "player.bilibili.com": "Bilibili",
}
PAGES = (
    (
        re.compile(r"https://www\.youtube(?:-nocookie)?\.com/embed/(?!videoseries)([\w-]{11})(?!\w)"),
        "https://www.youtube.com/watch?v={}",
    ),
    (re.compile(r"https://player\.vimeo\.com/video/(\d+)"), "https://vimeo.com/{}"),
    (re.compile(r"https://player\.bilibili\.com/.*\bbvid=(BV\w+)"), "https://www.bilibili.com/video/{}/"),
    (re.compile(r"https://player\.bilibili\.com/.*\baid=(\d+)"), "https://www.bilibili.com/video/av{}/"),
)


def page_of(player: str) -> str:
    """The page of the video that a player's URL shows; that URL itself where it is not known."""
    for pattern, page in PAGES:
        if match := pattern.match(player):
            return page.format(match[1])
    return player
