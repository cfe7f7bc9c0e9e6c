from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0005_push_to_browsers")]

    operations = [
        migrations.AlterField(
            model_name="pushdelivery", name="last_error", field=models.TextField(blank=True)
        ),
    ]
