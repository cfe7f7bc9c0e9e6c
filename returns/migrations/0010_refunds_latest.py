from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("returns", "0009_gateways")]

    operations = [
        migrations.AddIndex(
            model_name="refund",
            index=models.Index(fields=["-created_at", "-id"], name="refund_latest"),
        ),
    ]
