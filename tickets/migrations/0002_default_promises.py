from django.db import migrations

from core import clock
from tickets.defaults import ensure_promises


def promise(apps, _schema_editor):
    ensure_promises(
        apps.get_model("tickets", "ServiceCalendar").objects,
        apps.get_model("tickets", "SlaPolicy").objects,
        year=clock.now().year,
    )


class Migration(migrations.Migration):
    dependencies = [("tickets", "0001_initial")]

    operations = [migrations.RunPython(promise, migrations.RunPython.noop, elidable=False)]
