from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("channels", "0006_mailboxes_answer")]

    operations = [
        migrations.AddIndex(
            model_name="outbounddelivery",
            index=models.Index(
                fields=["correspondent", "id"],
                condition=models.Q(("state__in", ["queued", "sending"]), ("way", "connection")),
                name="outbound_delivery_in_turn",
            ),
        ),
    ]
