"""The show directory: a book of 1,000 entries is drawn within 10 s (issue 4, bench). Prints a table."""

from __future__ import annotations

import io
import time
from types import SimpleNamespace
from typing import Any

from exhibitions.exhibitors.rules.directory import EntryState
from exhibitions.portal.service import directory

ENTRIES = 1_000
TEXT_ZH = "专业生产家居用品，产品远销五十多个国家和地区，欢迎各界朋友莅临展位洽谈合作。" * 8
TEXT_EN = "Maker of home textiles and furniture with twenty years of export to fifty countries. " * 4


def entry(number: int) -> Any:
    products = [SimpleNamespace(name_zh=f"产品{n}", name_en=f"Product {n}", is_new=False) for n in range(10)]
    facts = {
        "name_zh": f"大连第{number}家居用品有限公司",
        "name_en": f"Dalian Home {number} Co., Ltd.",
        "brand": "Home",
        "website": "www.example.com",
        "phone": "0411-8480 1234",
        "email": "",
        "text_zh": TEXT_ZH[:300],
        "text_en": TEXT_EN[:300],
        "letter": chr(ord("A") + number * 26 // ENTRIES),
    }
    row = SimpleNamespace(state=EntryState.PRINTED, products=products, **facts)
    return SimpleNamespace(entry=row, stands=[SimpleNamespace(number=f"A{number:04d}")])


def main() -> None:
    """Draw the book in both languages."""
    fair: Any = SimpleNamespace(name_zh="第八届博览会", name_en="The 8th Expo")
    everybody: Any = [entry(number) for number in range(ENTRIES)]
    print(f"{'language':10}{'pages':>8}{'seconds':>10}{'kB':>8}")
    for lang in ("zh", "en"):
        out, began = io.BytesIO(), time.perf_counter()
        pages = directory.draw(
            out, fair, everybody, lang, lambda page, last: f"{page}/{last}", lambda _: None
        )
        print(f"{lang:10}{pages:8}{time.perf_counter() - began:10.1f}{len(out.getvalue()) // 1024:8}")


if __name__ == "__main__":
    main()
