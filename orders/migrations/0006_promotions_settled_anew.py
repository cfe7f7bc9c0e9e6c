from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    dependencies = [("orders", "0005_promotions_and_gifts")]

    operations = [
        migrations.AddField(
            model_name="orderline",
            name="resettled",
            field=models.BigIntegerField(
                default=0, help_text="Of its discount, what went back because the promotion was settled anew."
            ),
        ),
        migrations.RemoveConstraint(model_name="orderline", name="order_line_refunds_within_paid"),
        migrations.AddConstraint(
            model_name="orderline",
            constraint=models.CheckConstraint(
                condition=Q(refunded__gte=0, refunded__lte=F("paid") + F("resettled")),
                name="order_line_refunds_within_paid",
            ),
        ),
        migrations.AddConstraint(
            model_name="orderline",
            constraint=models.CheckConstraint(
                condition=Q(resettled__gte=0, resettled__lte=F("discount")),
                name="order_line_resettled_within_discount",
            ),
        ),
    ]
