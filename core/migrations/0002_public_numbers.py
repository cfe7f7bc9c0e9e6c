from django.db import migrations

from core.numbers import FIRST_NUMBER, PREFIXES, sequence_name


class Migration(migrations.Migration):
    dependencies = [("core", "0001_initial")]

    operations = [
        migrations.RunSQL(
            sql=f"CREATE SEQUENCE {sequence_name(prefix)} START {FIRST_NUMBER}",
            reverse_sql=f"DROP SEQUENCE {sequence_name(prefix)}",
        )
        for prefix in PREFIXES
    ]
