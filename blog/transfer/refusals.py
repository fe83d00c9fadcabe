"""Why a file is not imported: each reason says what is wrong and what to do about it."""

from django.utils.translation import gettext as _


class NotImported(Exception):
    """A file's no. Subclasses word it for a person."""

    def __str__(self) -> str:
        return self.reason()

    def reason(self) -> str:
        raise NotImplementedError


class BrokenFrontMatter(NotImported):
    """The fields at the top cannot be read; `line` counts from the top of the file."""

    def __init__(self, line: int, problem: str) -> None:
        super().__init__(line, problem)
        self.line, self.problem = line, problem

    def reason(self) -> str:
        return _("The front matter cannot be read at line %(line)d: %(problem)s. Mend that line and import again.") % {
            "line": self.line,
            "problem": self.problem,
        }


class NotText(NotImported):
    def reason(self) -> str:
        return _("This is not a text file, whatever its name says. Remove it, or save it as UTF-8 text.")


class TooLarge(NotImported):
    def __init__(self, size: int, most: int) -> None:
        super().__init__(size, most)
        self.size, self.most = size, most

    def reason(self) -> str:
        return _("The file has %(size).1f MB; a post may have %(most)d. Split it, or move data out of it.") % {
            "size": self.size / 1e6,
            "most": self.most // 1_000_000,
        }


class Unreadable(NotImported):
    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem

    def reason(self) -> str:
        return _("The file cannot be opened (%(problem)s). Check its permissions.") % {"problem": self.problem}


class LeadsOutside(NotImported):
    def reason(self) -> str:
        return _("This is a link to a file outside the folder. Copy the file itself into the folder.")


class NothingInIt(NotImported):
    def reason(self) -> str:
        return _("The file is empty. Write something in it, or remove it.")


class MadeByItself(NotImported):
    """A generator's index of tags, archives or a section, with no words of its own."""

    def reason(self) -> str:
        return _("A list page without a text of its own; Frodo makes its lists by itself. Nothing to do.")


class NeverShown(NotImported):
    """Something the generator itself does not publish: a part of a theme, a README beside the site."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why

    def reason(self) -> str:
        return _("%(why)s, so the old site never showed it. To have it anyway, import that file alone.") % {
            "why": self.why
        }


class NotTaken(NotImported):
    """The renderer or the database would not have it."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem

    def reason(self) -> str:
        return _("It could not be saved: %(problem)s.") % {"problem": self.problem}


class EditedHere(NotImported):
    def reason(self) -> str:
        return _(
            "The file has changed, but the post was edited here since it was imported; neither is overwritten. "
            "Copy the change over by hand, or delete the post and import again."
        )
