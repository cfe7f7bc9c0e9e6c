from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("orders", "0004_payment_tenders")]

    operations = [
        migrations.AddField(
            model_name="discountallocation",
            name="promotion",
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="discountallocation",
            name="tiers",
            field=models.JSONField(blank=True, default=list),
        ),
        migrations.AddField(
            model_name="orderline",
            name="gift_value",
            field=models.BigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="orderline",
            name="gift_with",
            field=models.PositiveSmallIntegerField(blank=True, null=True),
        ),
        migrations.AddConstraint(
            model_name="orderline",
            constraint=models.CheckConstraint(
                condition=models.Q(("gift_value__gte", 0)), name="order_line_gift_not_negative"
            ),
        ),
    ]
