"""The pages of the room: the outbox, the words of messages, messages that came back."""

from exhibitions.mail.views import bounces, outbox, texts
from exhibitions.mail.views.base import blueprint

__all__ = ["blueprint", "bounces", "outbox", "texts"]
