"""Worker and beat as they really run."""

from pathlib import Path

from django.utils.module_loading import import_string

from aftersales.celery import TICKS, app
from core import clock
from core.models import OutgoingMail
from core.tasks import send_mail


def queue(number):
    OutgoingMail.objects.create(
        key=f"test {number}",
        to="carol@example.com",
        language="en",
        subject=f"Parcel {number}",
        text="It is on its way.\n",
        created_at=clock.now(),
        next_attempt_at=clock.now(),
    )


def written(settings):
    return sorted(Path(settings.MAIL_DIR).glob("*.eml"))


def test_every_tick_has_its_task():
    assert all(import_string(name).name == name for name in TICKS)


def test_tasks_are_sent_to_the_broker_from_every_thread(together):
    assert together(lambda: send_mail.app.conf.broker_url) == [app.conf.broker_url]


def test_a_killed_worker_loses_no_mail_and_sends_none_twice(background, settings, eventually):
    for number in range(30):
        queue(number)
    eventually(lambda: written(settings))
    background.kill()
    # The mail that was being sent is held for two minutes; here they have passed.
    OutgoingMail.objects.filter(state=OutgoingMail.State.SENDING).update(next_attempt_at=clock.now())
    background.start()
    eventually(lambda: OutgoingMail.objects.filter(state=OutgoingMail.State.SENT).count() == 30)
    assert len(written(settings)) == 30
