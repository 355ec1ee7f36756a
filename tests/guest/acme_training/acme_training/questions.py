"""Acme's own type of question: cups, from none to six, drawn as cups."""

from lms.contracts import QuestionType

MOST = 6


class Cups(QuestionType):
    """A number of cups; stored as a number."""

    key = "acme_training_cups"
    template = "acme_training/cups.html"

    def clean(self, item, raw):
        """The number chosen."""
        if not raw or not raw[0]:
            return None
        if raw[0] not in [str(number) for number in range(MOST + 1)]:
            raise ValueError(f"Choose from 0 to {MOST} cups")
        return int(raw[0])

    def words(self, item, answer):
        """Three cups."""
        return "1 cup" if answer == 1 else f"{answer} cups"

    def score(self, item, answer):
        """The number itself."""
        return float(answer)
