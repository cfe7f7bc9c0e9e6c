from django.db import migrations

from tickets.automation.defaults import ensure_rules


def lay_down(apps, _schema_editor):
    ensure_rules(apps.get_model("tickets", "AutomationRule").objects)


class Migration(migrations.Migration):
    dependencies = [("tickets", "0009_more_triggers")]

    operations = [migrations.RunPython(lay_down, migrations.RunPython.noop, elidable=False)]
