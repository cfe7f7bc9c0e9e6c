"""Running clocks of external deadlines keep the ladder they began with."""

from django.db import migrations, models
from django.db.models import OuterRef, Subquery


def keep_ladders(apps, _schema_editor):
    promises = apps.get_model("tickets", "ExternalPromise").objects.filter(pk=OuterRef("external_id"))
    clocks = apps.get_model("tickets", "Clock").objects.filter(external__isnull=False)
    clocks.update(ladder=Subquery(promises.values("ladder")[:1]))


class Migration(migrations.Migration):
    dependencies = [("tickets", "0007_calendar_is_active")]

    operations = [
        migrations.AddField(
            model_name="clock",
            name="ladder",
            field=models.JSONField(blank=True, default=list),
        ),
        migrations.RunPython(keep_ladders, migrations.RunPython.noop, elidable=True),
    ]
