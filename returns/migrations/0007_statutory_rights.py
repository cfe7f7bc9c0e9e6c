from django.db import migrations

from returns.defaults import ensure_law


def furnish(apps, _schema_editor):
    ensure_law(
        apps.get_model("returns", "StatutoryRule").objects, apps.get_model("returns", "RiskRule").objects
    )
    apps.get_model("returns", "Reason").objects.filter(code="not_received").update(denies_receipt=True)


class Migration(migrations.Migration):
    dependencies = [("returns", "0006_policies_rights_risk")]

    operations = [migrations.RunPython(furnish, migrations.RunPython.noop, elidable=False)]
