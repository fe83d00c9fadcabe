"""What a browser calls itself, in the words that people use: "Firefox on Windows"."""

import re

from django.utils.translation import gettext as _

# In this order: most browsers name others as well, for the sake of old servers.
BROWSERS = {
    r"Edg(e|A|iOS)?/": "Edge",
    r"OPR/|Opera": "Opera",
    r"SamsungBrowser/": "Samsung Internet",
    r"YaBrowser/": "Yandex",
    r"Vivaldi/": "Vivaldi",
    r"MicroMessenger/": "WeChat",
    r"UCBrowser/": "UC",
    r"QQBrowser/": "QQ",
    r"HuaweiBrowser/": "Huawei",
    r"Firefox/|FxiOS/": "Firefox",
    r"Chrom(e|ium)/|CriOS/": "Chrome",
    r"Safari/": "Safari",
}
SYSTEMS = {
    r"HarmonyOS|OpenHarmony": "HarmonyOS",
    r"Android": "Android",
    r"iPhone|iPod": "iOS",
    r"iPad": "iPadOS",
    r"Windows": "Windows",
    r"Macintosh": "macOS",
    r"CrOS": "ChromeOS",
    r"Linux": "Linux",
}


def describe(user_agent: str) -> str:
    """In the current language; the first words of what names neither browser nor system."""
    browser, system = first(BROWSERS, user_agent), first(SYSTEMS, user_agent)
    if browser and system:
        return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return browser or system or user_agent[:40] or _("Unknown browser")


def first(names: dict[str, str], user_agent: str) -> str:
    return next((name for pattern, name in names.items() if re.search(pattern, user_agent)), "")
