from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tickets", "0006_default_macros")]

    operations = [
        migrations.AddField(
            model_name="servicecalendar",
            name="is_active",
            field=models.BooleanField(default=True, verbose_name="active"),
        ),
    ]
