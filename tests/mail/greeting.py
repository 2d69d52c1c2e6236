"""The template of the outbox's tests."""

from flask_babel import get_locale

from exhibitions.mail.rules import Message


def greet(arguments: object, lang: str) -> Message:
    """A message that shows what it was made from, and in which language its texts would be."""
    return Message(
        "Your badge",
        f"{arguments} {lang} {get_locale()}\n.hidden\n",
        short="Your badge: https://fair.example.org/b/1",
    )
