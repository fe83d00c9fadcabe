"""The colours of code, light and dark, as `static/css/code.css`.

python -m frodo.markdown.code_css > static/css/code.css
"""

from pygments.formatters import HtmlFormatter
from pygments.style import Style
from pygments.styles import get_style_by_name
from pygments.token import Token

from frodo.site_settings.colors import READABLE, channels, contrast, luminance

LIGHT, DARK = "xcode", "github-dark"
GROUNDS = {
    True: {"hll": "#fff8c5", "add": "#e2f6e4", "del": "#fde6e4"},
    False: {"hll": "#2a3140", "add": "#123021", "del": "#3a1c20"},
}
"""Behind marked, added and deleted lines, on a light and a dark page."""
HALF = 0.5
SEPIA = "#fbf3e0"
"""Behind the light colours on a sepia page."""


def css() -> str:
    light, dark = readable(LIGHT), readable(DARK)
    automatic = rules(dark, ':root:not([data-theme="light"]) .highlight')
    return "\n".join(
        [
            "/* Made by python -m frodo.markdown.code_css: change that instead. */",
            rules(light, ".highlight"),
            "@media (prefers-color-scheme: dark) {",
            *("  " + line for line in automatic.splitlines()),
            "}",
            rules(dark, '[data-theme="dark"] .highlight'),
            f'[data-paper="sepia"] .highlight {{ background: {SEPIA}; color: {text_color(light)} }}',
            "",
        ]
    )


def rules(style: type[Style], selector: str) -> str:
    own = f"{selector} {{ background: {style.background_color}; color: {text_color(style)} }}"
    grounds = GROUNDS[luminance(style.background_color) > HALF].items()
    marked = [f"{selector} .{name} {{ background-color: {color}; display: block }}" for name, color in grounds]
    lines = HtmlFormatter(style=style).get_token_style_defs(selector)
    return "\n".join([own, *marked, *sorted(line.split(" /*")[0] for line in lines)])


def text_color(style: type[Style]) -> str:
    color = style.style_for_token(Token)["color"]
    return f"#{color}" if color else "inherit"


def readable(name: str) -> type[Style]:
    """The style with each colour moved away from the background until it can be read, also when marked."""
    base = get_style_by_name(name)
    light = luminance(base.background_color) > HALF
    grounds = [base.background_color, *GROUNDS[light].values(), *([SEPIA] if light else [])]
    styles = {}
    for token, look in base:
        words = [word for word in ("bold", "italic", "underline") if look[word]]
        color = look["color"] or ("24292f" if light else "e6edf3")
        # Errors are marked by colour alone: a lexer's guess is no reason for a red box.
        words.append("#" + moved(color, grounds, light))
        styles[token] = " ".join(["noinherit", *words])
    return type(
        "Readable",
        (Style,),
        {
            "styles": styles,
            "background_color": base.background_color,
            "highlight_color": GROUNDS[light]["hll"],
        },
    )


def moved(color: str, backgrounds: list[str], darker: bool) -> str:
    red, green, blue = channels(color)
    goal = 0 if darker else 255
    while min(contrast(color, ground) for ground in backgrounds) < READABLE:
        red, green, blue = (channel + (goal - channel) * 0.08 for channel in (red, green, blue))
        color = f"{round(red):02x}{round(green):02x}{round(blue):02x}"
    return color


if __name__ == "__main__":
    print(css(), end="")
