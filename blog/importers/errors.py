"""Why a file is not imported: each message says what is wrong and what to do about it."""

from django.utils.translation import gettext as _


class NotImported(Exception):
    """The message is for the report."""


class BrokenFrontMatter(NotImported):
    """The fields at the top cannot be read; `line` counts from the top of the file."""

    def __init__(self, line: int, problem: object) -> None:
        message = _("The front matter cannot be read at line %(line)d: %(problem)s. Mend that line and import again.")
        super().__init__(message % {"line": line, "problem": problem})
        self.line = line


class BrokenFile(NotImported):
    """The file cannot be read to its end. `line` counts from 1, 0 where there are no lines to speak of."""

    def __init__(self, name: str, line: int, problem: object) -> None:
        if line:
            message = _("%(name)s, line %(line)d: %(problem)s Nothing was imported from this file.")
        else:
            message = _("%(name)s: %(problem)s Nothing was imported from this file.")
        super().__init__(message % {"name": name, "line": line, "problem": problem})


class NotText(NotImported):
    def __init__(self) -> None:
        super().__init__(_("This is not a text file, whatever its name says. Remove it, or save it as UTF-8 text."))


class UnknownFormat(NotImported):
    def __init__(self) -> None:
        super().__init__(
            _(
                "This is not an export that Frodo knows. It takes WordPress (WXR, .xml), Ghost (.json), folders of "
                "Markdown files, a zip of any of these, and an archive of Frodo (.zip). For a file of comments choose "
                "“Comments only”, or use import_comments."
            )
        )


class UnknownComments(NotImported):
    def __init__(self) -> None:
        super().__init__(
            _(
                "This is not an export of comments that Frodo knows. It takes those of Disqus and WordPress (.xml), "
                "isso (its database), remark42, Waline, Valine, Twikoo, giscus and utterances (JSON)."
            )
        )


class BackupOfOther(NotImported):
    """A backup that only the system that made it can read."""

    def __init__(self, system: str) -> None:
        message = _(
            "This is a backup of %(system)s, which only %(system)s itself can restore. Export the posts as Markdown "
            "there, by a plugin, and import that folder as a zip."
        )
        super().__init__(message % {"system": system})


class EmptyList(NotImported):
    """A generator's index of tags, archives or a section, with no words of its own."""

    def __init__(self) -> None:
        super().__init__(_("A list page without a text of its own; Frodo makes its lists by itself. Nothing to do."))


class NeverShown(NotImported):
    """Something the generator itself does not publish: a part of a theme, a README beside the site."""

    def __init__(self, why: str) -> None:
        message = _("%(why)s, so the old site never showed it. To have it anyway, import that file alone.")
        super().__init__(message % {"why": why})
