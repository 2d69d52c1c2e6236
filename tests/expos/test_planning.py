"""The plan of tasks, calendars, the permit, previews and units, as people use them (ux.md O1, O2)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from icalendar import Calendar

from exhibitions.accounts.models import PersonalLink
from exhibitions.audit.models import Entry
from exhibitions.core import clock
from exhibitions.core.actor import Actor
from exhibitions.core.db import db, transaction
from exhibitions.core.errors import Forbidden, NotFound, Refused
from exhibitions.expos import queries as expos
from exhibitions.expos import service
from exhibitions.expos.models import Expo, Membership, Preview, Task
from exhibitions.expos.queries import planning
from exhibitions.expos.queries.planning import WantedTasks
from exhibitions.expos.rules import UnitRole
from exhibitions.expos.rules.permit import PermitFacts
from exhibitions.expos.rules.plan import TaskState
from exhibitions.expos.rules.setup import MOST_TASKS, TaskFacts, UnitFacts
from tests.engines import both_engines
from tests.factories import make_expo
from tests.people import People

TASKS = "/desk/8th/tasks"
FORM = {
    "title_zh": "投保",
    "title_en": "",
    "counting": "opening",
    "days_before": "30",
    "due": "",
    "owner": "",
    "state": "todo",
    "note": "",
}


def fair(slug: str = "8th") -> Expo:
    found = expos.expo_by_slug(slug)
    assert found is not None
    return found


def add(facts: TaskFacts, **values: object) -> int:
    with transaction():
        return service.save_task(fair(), None, facts, **values).id  # type: ignore[arg-type]


def task(number: int) -> Task:
    db.session.expire_all()
    return db.session.get_one(Task, number)


def actions() -> list[str]:
    return list(db.session.scalars(sa.select(Entry.action).order_by(Entry.id)))


@both_engines
def test_usual_tasks_are_begun_once_and_recounted_when_the_opening_moves(app: Flask, context: None) -> None:
    """Dates of their own and done tasks stay; each change counts the calendar entry up."""
    make_expo(start=date(2030, 9, 10))
    with transaction():
        count = service.add_usual_tasks(fair(), ["insurance", "badge-stock", "police-permit", "invented"])
        again = service.add_usual_tasks(fair(), ["insurance"])
    assert (count, again) == (3, 0)
    own = add(TaskFacts(title_en="Own", due=date(2030, 1, 1)))
    done = next(each for each in planning.tasks(fair()) if each.template == "badge-stock")
    with transaction():
        service.finish_task(fair(), done.id, Actor("user", 1, "x"), done=True, may_edit=True)
        first = fair().days[1]
        service.remove_day(fair(), first.id)
        moved = service.recount(fair())
        nothing = service.recount(fair())
    assert (moved, nothing) == (2, 0)
    found = {each.template: each for each in planning.tasks(fair())}
    assert found["insurance"].due == date(2030, 9, 11) - timedelta(days=45)
    assert found["insurance"].sequence == 1
    assert found["badge-stock"].due == date(2030, 9, 10) - timedelta(days=35)
    assert task(own).due == date(2030, 1, 1)
    assert len({each.uid for each in planning.tasks(fair())}) == 4
    assert "expos.tasks_recounted" in actions()


def test_a_task_is_written_changed_done_and_removed_on_its_pages(app: Flask, people: People) -> None:
    assert people.alice.post(f"{TASKS}/new", data=FORM | {"owner": "1"}).status_code == 303
    with app.app_context():
        (row,) = planning.tasks(fair())
        number, due = row.id, row.due
        opening = planning.opening(fair())
        assert opening is not None
        assert (row.user_id, due) == (1, opening - timedelta(days=30))
    page = people.alice.get(f"{TASKS}?which=late&lang=en").text
    assert "投保" in page
    assert "Late" in page
    assert people.alice.post(
        f"{TASKS}/{number}/done", data={"back": f"{TASKS}?which=late"}
    ).location.endswith("which=late")
    assert "Done: 投保" in people.alice.get(TASKS).text
    assert "投保" not in people.alice.get(TASKS).text
    assert "投保" in people.alice.get(f"{TASKS}?which=done").text
    changed = FORM | {
        "title_en": "Insure",
        "counting": "own",
        "due": "2031-02-03",
        "days_before": "",
        "state": "doing",
    }
    assert people.alice.post(f"{TASKS}/{number}", data=changed).status_code == 303
    with app.app_context():
        row = task(number)
        assert (row.due, row.days_before, row.state, row.done_at) == (
            date(2031, 2, 3),
            None,
            TaskState.DOING,
            None,
        )
        assert row.sequence == 2
    assert people.alice.post(f"{TASKS}/{number}/remove").status_code == 303
    with app.app_context():
        assert planning.tasks(fair()) == []
        told = [action for action in actions() if action.startswith("expos.task_")]
        assert told == ["expos.task_added", "expos.task_done", "expos.task_changed", "expos.task_removed"]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"title_zh": " "}, "Say in Chinese or in English what is to be done"),
        ({"days_before": ""}, "Count the date from the opening, or enter a date"),
        ({"counting": "own"}, "Count the date from the opening, or enter a date"),
        ({"days_before": "many"}, "Enter a whole number of days, like 30"),
        ({"days_before": "99999"}, "Enter a whole number of days, like 30"),
        ({"counting": "own", "due": "2026-02-30"}, "Enter a day that exists, like 2026-08-19"),
        ({"counting": "own", "due": "1026-02-20"}, "Enter a day between the years 2000 and 2199"),
        ({"owner": "99"}, "Not a valid choice"),
        ({"state": "late"}, "Not a valid choice"),
    ],
)
def test_a_bad_task_is_answered_with_a_sentence(
    app: Flask, people: People, change: dict[str, str], sentence: str
) -> None:
    answer = people.alice.post(f"{TASKS}/new?lang=en", data=FORM | change)
    assert (answer.status_code, answer.text.count(sentence) >= 2) == (422, True)
    with app.app_context():
        assert planning.count_tasks(fair()) == 0


def test_who_does_a_task_says_that_it_is_done_and_nobody_else(app: Flask, people: People) -> None:
    """Bob of the desk has a task; another one is nobody's business of his. Strangers find nothing."""
    with app.app_context():
        bobs, other = (
            add(TaskFacts(title_en="His", days_before=1), user_id=2),
            add(TaskFacts(title_en="Other", days_before=1)),
        )
    assert people.bob.post(f"{TASKS}/{bobs}/done").status_code == 303
    assert people.bob.post(f"{TASKS}/{other}/done").status_code == 403
    assert people.charlie.post(f"{TASKS}/{bobs}/done").status_code == 404
    assert people.bob.get(f"{TASKS}/{bobs}").status_code == 403
    with app.app_context():
        assert (task(bobs).state, task(other).state) == (TaskState.DONE, TaskState.TODO)
        with pytest.raises(Forbidden), transaction():
            service.finish_task(fair(), other, Actor("user", 2, "Bob"), done=True, may_edit=False)


def test_who_has_left_keeps_the_task_and_is_said_to_have_left(app: Flask, people: People) -> None:
    with app.app_context():
        number = add(TaskFacts(title_en="His", days_before=1), user_id=2)
        with transaction() as session:
            session.execute(sa.delete(Membership).where(Membership.user_id == 2))
    assert "has left the fair" in people.alice.get(f"{TASKS}?lang=en").text
    kept = FORM | {"owner": "2", "note": "more"}
    assert people.alice.post(f"{TASKS}/{number}", data=kept).status_code == 303
    with app.app_context():
        assert task(number).user_id == 2
        with pytest.raises(Refused) as refused, transaction():
            service.save_task(fair(), None, TaskFacts(title_en="New", days_before=1), user_id=2)
        assert refused.value.code == "owner_unknown"


def test_a_plan_has_an_end_and_other_fairs_tasks_are_not_here(app: Flask, context: None) -> None:
    make_expo(start=date(2030, 9, 10))
    make_expo("9th", 9, start=date(2031, 9, 10))
    with transaction():
        elsewhere = service.save_task(fair("9th"), None, TaskFacts(title_en="There", days_before=1)).id
        for number in range(MOST_TASKS):
            service.save_task(fair(), None, TaskFacts(title_en=f"{number}", days_before=number))
    with pytest.raises(Refused) as refused, transaction():
        service.save_task(fair(), None, TaskFacts(title_en="one more", days_before=1))
    assert refused.value.code == "too_many_parts"
    with pytest.raises(NotFound), transaction():
        service.remove_task(fair(), elsewhere)
    found, total = planning.some_tasks(fair(), WantedTasks("all", sort="-due", page=2), date(2030, 1, 1))
    assert (len(found), total, found[0].due) == (50, 300, date(2030, 9, 10) - timedelta(days=50))


def test_the_list_takes_any_address_and_exports_what_it_shows(app: Flask, people: People) -> None:
    with app.app_context():
        add(TaskFacts(title_zh="甲", days_before=1), user_id=1)
        add(TaskFacts(title_zh="乙", days_before=1))
    for query in (
        "which=king&owner=x&sort=y&page=-1",
        f"owner={'9' * 30}",
        f"page={'9' * 30}",
        "sort=-state&page=2",
    ):
        assert people.alice.get(f"{TASKS}?{query}").status_code == 200, query
    mine = people.alice.get(f"{TASKS}/list.csv?owner=1").text
    assert "甲" in mine
    assert "乙" not in mine
    assert "乙" in people.alice.get(f"{TASKS}/list.csv?owner=0").text


def test_many_tasks_are_done_reopened_and_handed_over_at_once(app: Flask, people: People) -> None:
    with app.app_context():
        make_expo("9th", 9)
        first, second = (add(TaskFacts(title_en=name, days_before=1)) for name in ("One", "Two"))
        with transaction():
            other = service.save_task(fair("9th"), None, TaskFacts(title_en="Else", days_before=1)).id
        owner = next(iter(planning.members(fair())))
    many = f"{TASKS}/many?lang=en"
    ticked = {"id": [str(first), str(other), "x"], "deed": "done"}
    assert "1 task is changed" in people.alice.post(many, data=ticked, follow_redirects=True).text
    answer = people.alice.post(
        f"{many}&which=all", data={"all": "1", "deed": "owner", "owner": str(owner)}, follow_redirects=True
    )
    assert "2 tasks are changed" in answer.text
    assert "which=all" in answer.request.query_string.decode()
    for data, said in (
        ({"deed": "todo"}, "Tick a task first"),
        ({"id": str(second), "deed": "owner", "owner": "9" * 30}, "1 task is changed"),
        ({"id": str(second), "deed": "owner", "owner": "999"}, "has no role in the fair"),
        ({"id": str(first), "deed": "owner", "owner": ""}, "Choose a person first"),
        ({"id": str(first), "deed": "todo"}, "1 task is changed"),
    ):
        assert said in people.alice.post(many, data=data, follow_redirects=True).text, data
    with app.app_context():
        assert [task(n).state.value for n in (first, second, other)] == ["todo", "todo", "todo"]
        assert [task(n).user_id for n in (first, second, other)] == [owner, None, None]
    assert people.alice.post(many, data={"id": str(first), "deed": "eat"}).status_code == 400
    assert people.bob.post(many, data=ticked).status_code == 403


def test_moving_the_opening_says_what_waits(app: Flask, people: People) -> None:
    with app.app_context():
        add(TaskFacts(title_en="Counted", days_before=10))
        day = fair().days[1]
        number, opens = day.id, day.date
    moved = {
        "date": (opens - timedelta(days=10)).isoformat(),
        "kind": "open",
        "official_from": "09:00",
        "official_to": "17:00",
    }
    people.alice.post(f"/desk/8th/setup/days/{number}?lang=en", data=moved)
    said = people.alice.get("/desk/8th/setup/days?lang=en").text
    assert "The opening has moved. 1 task is counted from it" in said
    assert "The opening now lies in the past" in said
    assert "1 task is counted from where it was" in people.alice.get(f"{TASKS}?lang=en").text
    assert "-10" in people.alice.get(f"{TASKS}/recount?lang=en").text
    assert people.alice.post(f"{TASKS}/recount").status_code == 303
    assert "Every date fits the opening." in people.alice.get(f"{TASKS}/recount?lang=en").text


def link_on(page: str, before: str) -> str:
    """The path of the link that the page shows to be copied."""
    return page.split(f"http://localhost{before}", 1)[1].split("<", 1)[0]


def feed(browser: FlaskClient, scope: str) -> str:
    answer = browser.post(f"{TASKS}/calendar?lang=zh", data={"scope": scope}, follow_redirects=True)
    return "/8th/calendar/" + link_on(answer.text, "/8th/calendar/")


def events(client: FlaskClient, address: str) -> dict[str, object]:
    answer = client.get(address)
    assert (answer.status_code, answer.mimetype) == (200, "text/calendar")
    return {str(event["SUMMARY"]): event for event in Calendar.from_ical(answer.data).events}


def test_a_calendar_follows_the_plan_and_ends_with_its_link(app: Flask, people: People) -> None:
    """Personal and revocable; mine or all; gone when its person leaves the fair."""
    with app.app_context():
        mine = add(TaskFacts(title_zh="甲", days_before=1), user_id=1)
        add(TaskFacts(title_zh="乙", days_before=2), user_id=2)
    first, every = feed(people.alice, "mine"), feed(people.alice, "all")
    assert list(events(people.nobody, first)) == ["甲"]
    assert set(events(people.nobody, every)) == {"甲", "乙"}
    uid = events(people.nobody, first)["甲"]["UID"]  # type: ignore[index]
    people.alice.post(f"{TASKS}/{mine}/done")
    done = events(people.nobody, first)["✓ 甲"]
    assert (done["UID"], done["SEQUENCE"]) == (uid, 1)  # type: ignore[index]
    second = feed(people.alice, "mine")
    assert people.nobody.get(first).status_code == 404
    assert people.nobody.get(second).status_code == 200
    people.alice.post(f"{TASKS}/calendar/revoke", data={"scope": "mine"})
    assert people.nobody.get(second).status_code == 404
    assert people.nobody.get(every).status_code == 200
    assert people.alice.post(f"{TASKS}/calendar", data={"scope": "king"}).status_code == 400
    with app.app_context(), transaction() as session:
        session.execute(sa.delete(Membership).where(Membership.user_id == 1))
    assert people.nobody.get(every).status_code == 404


def preview(browser: FlaskClient, name: str = "会长") -> str:
    answer = browser.post(
        "/desk/8th/setup/previews", data={"name": name, "days": "14"}, follow_redirects=True
    )
    return "/8th/preview/" + link_on(answer.text, "/8th/preview/")


def test_a_preview_shows_the_unpublished_pages_to_its_holder_only(app: Flask, people: People) -> None:
    """O2: personal, revocable, expiring, marked; several live; for looking only."""
    with app.app_context(), transaction():
        fair().published_at = None
    first, second = preview(people.alice), preview(people.alice, "副会长")
    assert people.bob.get("/desk/8th/setup/previews").status_code == 403
    chairman, other = app.test_client(), app.test_client()
    page = chairman.get(first, follow_redirects=True)
    assert page.status_code == 200
    assert "预览：本页面尚未公开。" in page.text
    assert chairman.get("/8th/register").status_code == 200
    assert chairman.post("/8th/register", data={"name": "x"}).status_code == 404
    assert chairman.post("/8th/register", data={"name": "x", "_lang": "en"}).status_code == 200
    assert people.nobody.get("/8th/").status_code == 404
    assert other.get(second).status_code == 303
    with app.app_context():
        number = db.session.scalars(sa.select(Preview.id).where(Preview.name == "会长")).one()
    people.alice.post(f"/desk/8th/setup/previews/{number}/revoke")
    ended = chairman.get("/8th/", follow_redirects=True)
    assert [ended.status_code, chairman.get(first).status_code] == [404, 404]
    # Whoever had it is told so; a wrong link of a fair that does not exist says the same.
    assert "This preview has ended" in chairman.get(f"{first}?lang=en").text
    assert "This preview has ended" in chairman.get("/77th/preview/" + "x" * 32 + "?lang=en").text
    assert other.get("/8th/").status_code == 200
    with app.app_context(), transaction() as session:
        session.execute(sa.update(PersonalLink).values(expires_at=clock.now()))
    assert other.get("/8th/", follow_redirects=True).status_code == 404
    assert (
        people.alice.post("/desk/8th/setup/previews?lang=en", data={"name": " ", "days": "14"}).status_code
        == 422
    )


def test_a_published_fair_bears_no_mark_of_preview(people: People) -> None:
    assert "Preview:" not in people.nobody.get("/8th/?lang=en").text


def test_previews_have_an_end_and_are_this_fairs(app: Flask, context: None) -> None:
    make_expo()
    make_expo("9th", 9)
    with transaction():
        service.open_preview(fair("9th"), "there", 3)
        elsewhere = db.session.scalars(sa.select(Preview.id)).one()
        for number in range(planning.MOST_PREVIEWS):
            service.open_preview(fair(), f"{number}", 3)
    with pytest.raises(Refused), transaction():
        service.open_preview(fair(), "one more", 3)
    with pytest.raises(Refused), transaction():
        service.open_preview(fair(), "", 3)
    with pytest.raises(NotFound), transaction():
        service.close_preview(fair(), elsewhere)


@both_engines
def test_the_permit_is_kept_once_and_told(app: Flask, context: None) -> None:
    make_expo()
    facts = PermitFacts(number="大公许8号", authority="大连市公安局", persons=5_000, turn_up=70)
    with transaction():
        service.save_permit(fair(), facts)
        service.save_permit(fair(), facts)
    assert planning.permit_facts(fair()) == facts
    assert actions().count("expos.permit_changed") == 1
    with pytest.raises(Refused), transaction():
        service.save_permit(fair(), PermitFacts(number="8"))


def test_units_move_by_button_and_are_pasted_all_or_none(app: Flask, people: People) -> None:
    with app.app_context(), transaction():
        for name in ("甲", "乙", "丙"):
            service.save_unit(fair(), None, UnitFacts(role=UnitRole.HOST, name_zh=name))
    with app.app_context():
        last = fair().units[-1].id
    people.alice.post(f"/desk/8th/setup/units/{last}/up")
    paste = "/desk/8th/setup/units/paste"
    pasted = {
        "role": "supporter",
        "lines": "承办单位：甲\n媒体支持：大连日报 | Dalian Daily\n批准单位：商务部",
    }
    assert people.alice.post(paste, data=pasted).status_code == 303
    with app.app_context():
        assert [unit.name_zh for unit in fair().units if unit.role is UnitRole.HOST] == ["甲", "丙", "乙"]
        assert len(fair().units) == 5
    public = people.nobody.get("/8th/?lang=zh").text
    places = [public.index(name) for name in ("商务部", "丙", "乙", "大连日报")]
    assert places == sorted(places)
    many = people.alice.post(
        f"{paste}?lang=en", data={"role": "host", "lines": "\n".join(f"单位{n}" for n in range(500))}
    )
    assert (many.status_code, "A list holds at most 200 entries." in many.text, "单位499" in many.text) == (
        422,
        True,
        True,
    )
    nearly = {"role": "host", "lines": "\n".join(f"单位{n}" for n in range(198))}
    assert people.alice.post(paste, data=nearly).status_code == 422
    with app.app_context():
        assert len(fair().units) == 5
        with pytest.raises(NotFound), transaction():
            service.move_unit(fair(), 99, 1)
