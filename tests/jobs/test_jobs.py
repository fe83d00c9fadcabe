"""What the runner promises to every job; processes that are killed are in tests/letters and tests/uploads."""

import io
import logging
import threading
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.utils import timezone
from django.utils.html import escape

from frodo import jobs
from frodo.jobs.registry import job_types
from frodo.jobs.worker import Worker
from frodo.models import Job
from tests import people
from tests.server import until

pytestmark = pytest.mark.django_db


@pytest.fixture
def calls():
    return []


@pytest.fixture
def register(calls):
    """Job types of a test, which note their calls and do what they are told."""

    def register(name, do=lambda **args: None, **options) -> None:
        def function(**args) -> None:
            calls.append((name, args))
            do(**args)

        jobs.register(name, function, name, **options)
        names.append(name)

    names: list[str] = []
    yield register
    for name in names:
        del job_types[name]


def run(*types: str) -> str:
    output = io.StringIO()
    call_command("run_jobs", "--batch", *types, stdout=output)
    return output.getvalue()


def fails(**args) -> None:
    raise ValueError("no luck")


def after_the_delay() -> None:
    Job.objects.filter(state="pending").update(available_at=timezone.now())


def test_a_job_runs_once_with_its_arguments_and_is_gone(register, calls):
    register("greet")
    jobs.enqueue("greet", name="Bob", times=2)

    run("greet")
    run("greet")

    assert calls == [("greet", {"name": "Bob", "times": 2})]
    assert not Job.objects.filter(type="greet").exists()


def test_it_belongs_to_the_transaction_that_enqueues_it(register, calls):
    register("greet")
    with transaction.atomic():
        jobs.enqueue("greet", "bob")
        transaction.set_rollback(True)

    run("greet")

    assert calls == []


def test_a_key_is_there_once(register, calls):
    register("greet")
    for _ in range(3):
        jobs.enqueue("greet", "bob")
    jobs.enqueue("greet", "eve")

    run("greet")

    assert len(calls) == 2


def test_enqueued_while_it_runs_it_runs_once_more(register, calls):
    register("greet", lambda: len(calls) == 1 and jobs.enqueue("greet", "bob"))
    jobs.enqueue("greet", "bob")

    run("greet")

    assert len(calls) == 2
    assert not Job.objects.filter(type="greet").exists()


def test_failures_are_retried_with_growing_delays_and_then_given_up(register, calls):
    given_up = []
    register("fail", fails, max_attempts=4, on_failure=lambda **args: given_up.append(args))
    jobs.enqueue("fail", "x", n=1)

    delays = []
    for attempt in (1, 2, 3):
        run("fail")
        run("fail")  # not before its time
        job = Job.objects.get(type="fail")
        assert (job.state, job.attempts, job.error) == ("pending", attempt, "no luck")
        delays.append(job.available_at - timezone.now())
        after_the_delay()
    assert delays == sorted(delays)
    assert given_up == []

    run("fail")

    assert Job.objects.get(type="fail").state == "failed"
    assert given_up == [{"n": 1}]
    after_the_delay()
    run("fail")
    assert len(calls) == 4

    jobs.enqueue("fail", "x", n=1)
    job.refresh_from_db()
    assert (job.state, job.attempts) == ("pending", 0)


def test_what_is_final_is_not_retried(register, calls):
    def final() -> None:
        raise jobs.Failed("no such user")

    register("fail", final)
    jobs.enqueue("fail")

    run("fail")

    assert Job.objects.get(type="fail").error == "no such user"
    assert Job.objects.get(type="fail").state == "failed"


@pytest.mark.parametrize(
    ("error", "shown"),
    [
        (ValueError("a file called caf\udce9.jpg"), "a file called caf.jpg"),
        (ValueError("one\x00two\x1b[31m"), "onetwo[31m"),
        (ValueError("没有这个文件 🍵"), "没有这个文件 🍵"),
        (ValueError(), "ValueError"),
        (KeyError("name"), "'name'"),
        (ValueError("x" * 600), "x" * 500),
    ],
    ids=["surrogate", "control characters", "Chinese", "no words", "a key", "long"],
)
def test_what_went_wrong_is_kept_in_words_that_can_be_stored_and_shown(register, desk, caplog, error, shown):
    def fail() -> None:
        raise error

    caplog.set_level(logging.CRITICAL, "frodo.jobs.worker")  # pytest-xdist passes on no log with surrogates
    register("fail", fail, max_attempts=1)
    jobs.enqueue("fail")

    run("fail")

    job = Job.objects.get(type="fail")
    assert (job.state, job.error) == ("failed", shown)
    assert escape(shown) in desk.get("/admin/frodo/job/?type__exact=fail").content.decode()


def test_the_other_end_may_say_when_to_come_back(register):
    def later() -> None:
        raise jobs.Retry("busy", after=7200)

    register("fail", later)
    jobs.enqueue("fail")

    run("fail")

    assert Job.objects.get(type="fail").available_at > timezone.now() + timedelta(minutes=119)


def test_what_needs_the_same_service_waits_without_being_tried(register, calls):
    def down(n: int) -> None:
        raise jobs.Unavailable("down")

    register("call", down, max_attempts=1)
    register("other")
    for n in range(3):
        jobs.enqueue("call", n=n)
    jobs.enqueue("other")

    assert "Jobs run: 2." in run("call", "other")
    assert {job.state for job in Job.objects.filter(type="call")} == {"pending"}


def test_urgent_jobs_run_first(register, calls):
    register("slow", priority=9)
    register("urgent", priority=0)
    jobs.enqueue("slow")
    jobs.enqueue("urgent")

    run("slow", "urgent")

    assert [name for name, _args in calls] == ["urgent", "slow"]


@pytest.mark.django_db(transaction=True)
def test_a_long_job_holds_up_none_but_other_long_ones(register, calls):
    mailed, running, most = threading.Event(), [], []

    def import_posts() -> None:
        running.append(1)
        most.append(len(running))
        assert mailed.wait(30)
        running.pop()

    register("import", import_posts, is_long=True, priority=0)
    register("send", mailed.set)
    for name in ("import", "import", "send"):
        jobs.enqueue(name)
    worker = Worker()

    worker.thread.start()
    try:
        until(lambda: not Job.objects.filter(type__in=["import", "send"]).exists())
    finally:
        worker.request_stop()
        worker.join()

    assert sorted(name for name, _args in calls) == ["import", "import", "send"]
    assert most == [1, 1]


@pytest.mark.django_db(transaction=True)
def test_who_stops_the_worker_waits_for_a_long_job(register):
    begun, go_on, ended = threading.Event(), threading.Event(), []
    register("import", lambda: (begun.set(), go_on.wait(30), ended.append(1)), is_long=True)
    jobs.enqueue("import")
    worker = Worker()
    worker.thread.start()
    assert begun.wait(30)

    worker.request_stop()
    go_on.set()
    worker.join()

    assert ended == [1]
    assert not Job.objects.filter(type="import").exists()


def test_scheduled_jobs_run_on_their_schedule_and_at_once_when_named(register, calls):
    register("sweep", every=timedelta(days=1))
    run()
    run()
    assert len(calls) == 1
    assert Job.objects.get(type="sweep").finished_at

    run("sweep")
    assert len(calls) == 2
    Job.objects.filter(type="sweep").update(available_at=timezone.now())
    run()
    assert len(calls) == 3


def test_a_scheduled_job_that_fails_goes_on_at_its_next_time(register, calls):
    register("sweep", fails, every=timedelta(days=1), max_attempts=2)
    for _ in range(4):
        run("sweep")

    assert len(calls) == 4
    job = Job.objects.get(type="sweep")
    assert (job.state, job.error) == ("pending", "no luck")


def test_an_old_failure_is_deleted_and_an_unknown_delivery_stays(register):
    register("fail", fails)
    for n, state in enumerate(("failed", "unknown", "failed")):
        jobs.enqueue("fail", n)
        ended = timezone.now() - timedelta(days=1 if n == 2 else 31)
        Job.objects.filter(key=str(n)).update(state=state, available_at=None, finished_at=ended)

    run("delete_failed_jobs")

    assert sorted(Job.objects.filter(type="fail").values_list("key", flat=True)) == ["1", "2"]
    jobs.enqueue("fail", 1)
    assert Job.objects.get(key="1").state == "unknown"


def test_there_is_no_such_job():
    with pytest.raises(CommandError, match="There is no job type “nothing”"):
        run("nothing")


def test_a_job_with_the_arguments_of_another_version_is_listed(register, desk):
    register("walk", fails, describe=lambda n: f"number {n}")
    jobs.enqueue("walk", "a key of its own", steps=7)

    assert "a key of its own" in desk.get("/admin/frodo/job/").content.decode()


def test_the_admin_shows_runs_and_deletes_them(register, desk):
    register("fail", fails, max_attempts=1, describe=lambda n: f"number {n}")
    jobs.enqueue("fail", n=7)
    run("fail")
    job = Job.objects.get(type="fail")

    page = desk.get("/admin/frodo/job/?state__exact=failed&type__exact=fail").content.decode()
    assert "number 7" in page
    assert "no luck" in page
    form = desk.get(f"/admin/frodo/job/{job.pk}/change/").content.decode()
    assert "Close" in form
    assert 'name="_save"' not in form

    desk.post("/admin/frodo/job/", {"action": "retry", "_selected_action": job.pk})
    job.refresh_from_db()
    assert (job.state, job.attempts) == ("pending", 0)

    desk.post("/admin/frodo/job/", {"action": "delete_selected", "_selected_action": job.pk, "post": "yes"})
    assert not Job.objects.filter(pk=job.pk).exists()


def test_the_admin_shows_them_in_chinese(register, desk):
    jobs.enqueue("send_email", queued_email=1)

    page = desk.get("/admin/frodo/job/", headers={"accept-language": "zh-hans"}).content.decode()

    for words in ("后台任务", "发送邮件", "排队中", "尝试次数"):
        assert words in page


def test_a_job_that_is_running_is_not_started_a_second_time_by_hand(register, desk):
    register("send")
    for state in ("running", "delivering", "failed", "unknown"):
        jobs.enqueue("send", state)
        Job.objects.filter(type="send", key=state).update(state=state, attempts=3, available_at=None)
    chosen = list(Job.objects.filter(type="send").values_list("pk", flat=True))

    page = desk.post("/admin/frodo/job/", {"action": "retry", "_selected_action": chosen}, follow=True)

    assert "2 jobs will run now." in page.content.decode()
    found = dict(Job.objects.filter(type="send").values_list("key", "state"))
    assert found == {"running": "running", "delivering": "delivering", "failed": "pending", "unknown": "pending"}


@pytest.mark.parametrize(("language", "words"), [("en", "1 job will run now."), ("zh-hans", "1 个任务将立即运行。")])
def test_one_job_that_is_run_by_hand_is_counted_as_one(register, desk, language, words):
    register("send")
    jobs.enqueue("send", "x")
    said = {"action": "retry", "_selected_action": Job.objects.get(type="send").pk}

    page = desk.post("/admin/frodo/job/", said, headers={"accept-language": language}, follow=True)

    assert words in page.content.decode()


def test_an_editor_runs_failed_jobs_and_adds_none(register, client):
    register("send")
    jobs.enqueue("send", "x")
    Job.objects.filter(type="send").update(state="failed", available_at=None)
    client.force_login(people.edith())

    client.post("/admin/frodo/job/", {"action": "retry", "_selected_action": Job.objects.get(type="send").pk})

    assert Job.objects.get(type="send").state == "pending"
    assert client.get("/admin/frodo/job/add/").status_code == 403


def test_a_form_of_a_job_cannot_be_saved(register, desk):
    register("send")
    jobs.enqueue("send", "x", to="ann@example.org")
    job = Job.objects.get(type="send")

    answer = desk.post(f"/admin/frodo/job/{job.pk}/change/", {"args": "{}", "state": "failed"})

    assert answer.status_code == 403
    job.refresh_from_db()
    assert (job.state, job.args) == ("pending", {"to": "ann@example.org"})


def test_a_job_for_later_waits_for_its_time_and_an_earlier_call_brings_it_forward(register, calls):
    register("send")
    tomorrow = timezone.now() + timedelta(days=1)
    jobs.enqueue("send", "x", at=tomorrow)

    run("send")
    assert calls == []
    assert Job.objects.get(type="send").available_at == tomorrow

    jobs.enqueue("send", "x", at=timezone.now())
    run("send")
    assert len(calls) == 1


def test_arguments_of_a_key_that_is_waiting_stay_those_of_the_first_call(register, calls):
    register("send")
    jobs.enqueue("send", "x", n=1)
    jobs.enqueue("send", "x", n=2)

    run("send")

    assert calls == [("send", {"n": 1})]


def test_keys_that_differ_in_case_or_accents_are_two(register, calls):
    register("send")
    for key in ("tea", "Tea", "té", "te"):
        jobs.enqueue("send", key)

    run("send")

    assert len(calls) == 4


def test_a_job_whose_process_died_runs_again_until_its_attempts_are_used_up(register, calls):
    register("send", max_attempts=2)
    jobs.enqueue("send", "x")
    Job.objects.filter(type="send").update(state="running", attempts=1, worker="gone")
    run("send")
    assert len(calls) == 1

    jobs.enqueue("send", "y")
    Job.objects.filter(type="send").update(state="running", attempts=2, worker="gone")
    run("send")

    job = Job.objects.get(type="send")
    assert len(calls) == 1
    assert (job.state, job.error) == ("failed", "The process ended while the job was running.")


def test_a_delivery_whose_process_died_is_left_to_a_person(register, calls, desk):
    register("send", max_attempts=5)
    jobs.enqueue("send", "x")
    Job.objects.filter(type="send").update(state="delivering", attempts=1, worker="gone")

    run("send")

    assert calls == []
    assert Job.objects.get(type="send").state == "unknown"
    assert "Delivery unknown" in desk.get("/admin/frodo/job/?type__exact=send").content.decode()


def test_a_job_that_is_deleted_while_it_runs_leaves_nothing_behind(register, calls):
    register("send", lambda: Job.objects.filter(type="send").delete())
    jobs.enqueue("send", "x")

    assert "Jobs run: 1." in run("send")

    assert not Job.objects.filter(type="send").exists()


def test_one_that_fails_does_not_hold_up_the_others(register, calls):
    register("fail", fails, priority=0)
    register("send")
    jobs.enqueue("fail")
    jobs.enqueue("send")

    assert "Jobs run: 2." in run("fail", "send")

    assert [name for name, _args in calls] == ["fail", "send"]


def test_a_batch_without_due_jobs_says_so_and_ends(register):
    register("send")
    jobs.enqueue("send", at=timezone.now() + timedelta(hours=1))

    assert run("send") == "Jobs run: 0.\n"


def test_the_list_of_jobs_is_searched_by_state_and_type_and_survives_odd_filters(register, desk):
    register("send")
    jobs.enqueue("send", "x")

    assert desk.get("/admin/frodo/job/?state__exact=failed").context["cl"].result_count == 0
    assert desk.get("/admin/frodo/job/?type__exact=send").context["cl"].result_count == 1
    for query in ("?p=99", "?p=x", "?o=99", "?state__exact=nothing", "?q=tea"):
        assert desk.get(f"/admin/frodo/job/{query}", follow=True).status_code == 200
    assert desk.get("/admin/frodo/job/999999/change/", follow=True).status_code == 200


def test_a_job_of_a_type_that_is_gone_waits_and_is_shown(desk):
    Job.objects.create(type="of_another_version", key="x")

    run()

    assert "of_another_version" in desk.get("/admin/frodo/job/").content.decode()


@pytest.mark.parametrize(("who", "status"), [(people.edith, 200), (people.cid, 403)])
def test_editors_see_them_and_contributors_do_not(client, who, status):
    client.force_login(who())

    assert client.get("/admin/frodo/job/").status_code == status
