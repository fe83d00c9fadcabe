"""Export files of Disqus, written for one test."""


def disqus_post(number: int, text: str = "<p>Lovely.</p>", parent: int = 0, **fields) -> str:
    fields = {"createdAt": f"2019-02-03T04:{number:02}:00Z", "isDeleted": "false", "isSpam": "false"} | fields
    rows = "".join(f"<{name}>{value}</{name}>" for name, value in fields.items())
    parent_row = f'<parent dsq:id="{parent}"/>' if parent else ""
    return (
        f'<post dsq:id="{number}"><message><![CDATA[{text}]]></message>{rows}<author><name>Bob</name>'
        f'<email>bob@example.org</email></author><thread dsq:id="2"/>{parent_row}</post>'
    )


def disqus(*posts: str, link: str = "https://old.example.org/2019/tea.html") -> str:
    return (
        '<?xml version="1.0"?><disqus xmlns="http://disqus.com" xmlns:dsq="http://disqus.com/disqus-internals">'
        f'<thread dsq:id="2"><id>t</id><link>{link}</link><title>Tea</title></thread>{"".join(posts)}</disqus>'
    )
