"""The words of orders."""

from __future__ import annotations

from exhibitions.orders.rules.states import OrderState, may_become


def test_an_order_goes_forward_and_a_cancelled_one_never_comes_back() -> None:
    assert may_become(OrderState.DRAFT, OrderState.CONFIRMED)
    assert may_become(OrderState.CONFIRMED, OrderState.CONTRACTED)
    assert may_become(OrderState.CONTRACTED, OrderState.CANCELLED)
    assert not may_become(OrderState.DRAFT, OrderState.CONTRACTED)
    assert not may_become(OrderState.CONTRACTED, OrderState.CONFIRMED)
    assert not any(may_become(OrderState.CANCELLED, then) for then in OrderState)
