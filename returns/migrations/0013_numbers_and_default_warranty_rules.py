from django.db import migrations

from core.numbers import FIRST_NUMBER, sequence_name
from returns.warranty_defaults import ensure_warranties


def furnish(apps, _schema_editor):
    ensure_warranties(
        apps.get_model("returns", "WarrantyRule").objects,
        apps.get_model("returns", "WithdrawalRight").objects,
    )


class Migration(migrations.Migration):
    dependencies = [("returns", "0012_warranties_and_withdrawals")]

    operations = [
        # A fresh installation has them already: its sequences are made for every prefix there is.
        *(
            migrations.RunSQL(
                sql=f"CREATE SEQUENCE IF NOT EXISTS {sequence_name(prefix)} START {FIRST_NUMBER}",
                reverse_sql=migrations.RunSQL.noop,
            )
            for prefix in "GW"
        ),
        migrations.RunPython(furnish, migrations.RunPython.noop, elidable=False),
    ]
