"""The colours of code, light and dark, as `static/css/code.css`.

python -m frodo.markdown.code_css > static/css/code.css
"""

from pygments.formatters import HtmlFormatter
from pygments.style import Style
from pygments.styles import get_style_by_name
from pygments.token import Token

LIGHT, DARK = "xcode", "github-dark"
CONTRAST = 4.5  # WCAG 2 AA for text of normal size


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
            "",
        ]
    )


def rules(style: type[Style], selector: str) -> str:
    color = style.style_for_token(Token)["color"]
    text = f"#{color}" if color else "inherit"
    own = f"{selector} {{ background: {style.background_color}; color: {text} }}"
    marked = f"{selector} .hll {{ background-color: {style.highlight_color}; display: block }}"
    lines = HtmlFormatter(style=style).get_token_style_defs(selector)
    return "\n".join([own, marked, *sorted(line.split(" /*")[0] for line in lines)])


def readable(name: str) -> type[Style]:
    """The style with each colour moved away from the background until it can be read, also when marked."""
    base = get_style_by_name(name)
    light = luminance(base.background_color) > 0.5
    marked = "#fff8c5" if light else "#2a3140"
    styles = {}
    for token, look in base:
        words = [word for word in ("bold", "italic", "underline") if look[word]]
        color = look["color"] or ("24292f" if light else "e6edf3")
        # Errors are marked by colour alone: a lexer's guess is no reason for a red box.
        words.append("#" + moved(color, [base.background_color, marked], light))
        styles[token] = " ".join(["noinherit", *words])
    return type(
        "Readable",
        (Style,),
        {
            "styles": styles,
            "background_color": base.background_color,
            "highlight_color": marked,
        },
    )


def moved(color: str, backgrounds: list[str], darker: bool) -> str:
    red, green, blue = channels(color)
    goal = 0 if darker else 255
    while min(contrast(color, ground) for ground in backgrounds) < CONTRAST:
        red, green, blue = (channel + (goal - channel) * 0.08 for channel in (red, green, blue))
        color = f"{round(red):02x}{round(green):02x}{round(blue):02x}"
    return color


def channels(color: str) -> tuple[float, ...]:
    digits = color.lstrip("#")
    if len(digits) == 3:
        digits = "".join(digit * 2 for digit in digits)
    return tuple(int(digits[at : at + 2], 16) for at in (0, 2, 4))


def luminance(color: str) -> float:
    red, green, blue = (
        value / 12.92 if value <= 0.03928 else ((value + 0.055) / 1.055) ** 2.4
        for value in (channel / 255 for channel in channels(color))
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


if __name__ == "__main__":
    print(css(), end="")
