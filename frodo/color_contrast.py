"""Contrast of colours (WCAG 2.2, 1.4.3 and "relative luminance")."""

READABLE = 4.5
"""Contrast that level AA asks for text of normal size."""


def channels(color: str) -> tuple[float, float, float]:
    """Red, green and blue from 0 to 255, of `#1d6b45`, `1d6b45` or `#abc`."""
    digits = color.lstrip("#")
    if len(digits) == 3:
        digits = "".join(digit * 2 for digit in digits)
    red, green, blue = (int(digits[at : at + 2], 16) for at in (0, 2, 4))
    return red, green, blue


def luminance(color: str) -> float:
    red, green, blue = (
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
        for value in (channel / 255 for channel in channels(color))
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio, 1 to 21."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)
