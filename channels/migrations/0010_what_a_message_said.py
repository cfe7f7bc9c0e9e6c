from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("channels", "0009_windows_that_platforms_close"),
    ]

    operations = [
        migrations.AddField(
            model_name="origin",
            name="digest",
            field=models.CharField(blank=True, default="", max_length=64),
            preserve_default=False,
        ),
    ]
