from django.db import migrations

from returns.defaults import ensure_returns


def furnish(apps, _schema_editor):
    ensure_returns(
        apps.get_model("returns", "Reason").objects,
        apps.get_model("returns", "ReturnPolicy").objects,
        apps.get_model("returns", "PolicyAmounts").objects,
    )


class Migration(migrations.Migration):
    dependencies = [("returns", "0002_ledger")]

    operations = [migrations.RunPython(furnish, migrations.RunPython.noop, elidable=False)]
