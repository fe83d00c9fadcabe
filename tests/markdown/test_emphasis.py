import re

import pytest

from tests.markdown.plain import flat, html
from tests.markdown.shared import corpus

CASES = {
    "**中文。**后文": "<strong>中文。</strong>后文",
    "前文**“中文”**后文": "前文<strong>“中文”</strong>后文",
    "这是**「重点」**吗": "这是<strong>「重点」</strong>吗",
    "**重点：**`code`": "<strong>重点：</strong><code>code</code>",
    "中~~删除。~~文": "中<del>删除。</del>文",
    "**안녕(hello)**하세요.": "<strong>안녕(hello)</strong>하세요.",
    "a**»a**a": "a**»a**a",
}


@pytest.mark.parametrize("text", CASES)
def test_scripts_without_spaces_are_emphasised(text):
    assert flat(text) == f"<p>{CASES[text]}</p>"


def test_the_cjk_friendly_cases_hold():
    expected = []
    shots = corpus("markdown/cjk-friendly/markdownIt.spec.ts.snap").read_text()
    for shot in re.findall(r'= `\n"(.*?)"\n`;', shots, re.DOTALL):
        expected.extend(line.replace("\\\\", "\\") for line in shot.strip().split("\n"))
    sources = [
        part
        for name in ("strong", "korean", "pseudo-emoji", "underscore-cjk-punct", "non-bmp")
        for part in re.split(r"\n\n+", corpus(f"markdown/cjk-friendly/testcases/{name}.md").read_text().strip())
    ]

    known = {normal(line) for line in expected}
    missed = [source for source in sources if normal(html(source)) not in known]

    share = 1 - len(missed) / len(sources)
    print(f"\ncjk-friendly: {len(sources) - len(missed)} of {len(sources)}, {share:.1%}", missed)
    assert share >= 0.97


def normal(line: str) -> str:
    return line.replace("&quot;", '"').replace("\\`", "`").strip()
