from django.db import migrations

from tickets.macros.defaults import ensure_macros


def lay_down(apps, _schema_editor):
    ensure_macros(apps.get_model("tickets", "Macro").objects)


class Migration(migrations.Migration):
    dependencies = [("tickets", "0005_macros")]

    operations = [migrations.RunPython(lay_down, migrations.RunPython.noop, elidable=False)]
