"""An outbox with a template of the tests' own, and a way to point it at a server."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from flask import Flask

from exhibitions.mail import service
from tests.mail.greeting import greet


@pytest.fixture
def own_templates(app: Flask) -> Iterator[None]:
    """The template `test.greet`; renderers and account are as before afterwards."""
    renderers, titles, account = dict(service.renderers), dict(service.titles), service.account()
    service.register("test.greet", greet)
    yield
    for table, before in ((service.renderers, renderers), (service.titles, titles)):
        table.clear()
        table.update(before)  # type: ignore[arg-type]
    service.configure(account)


@pytest.fixture
def use_server(app: Flask) -> Callable[[int], None]:
    """Send through the server on this loopback port, with short patience."""

    def use(port: int, **how: object) -> None:
        account = replace(
            service.account(), server="127.0.0.1", port=port, security="none", timeout=1.0, patience=3.0
        )
        service.configure(replace(account, **how))  # type: ignore[arg-type]

    return use
