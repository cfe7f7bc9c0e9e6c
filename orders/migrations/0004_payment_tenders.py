from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("orders", "0003_order_fx_rate")]

    operations = [
        migrations.AlterModelOptions(name="payment", options={"ordering": ["pk"]}),
        migrations.AddField(
            model_name="payment",
            name="tender",
            field=models.CharField(
                choices=[
                    ("money", "Money"),
                    ("gift_card", "Gift card"),
                    ("points", "Points"),
                    ("coupon", "Coupon"),
                ],
                default="money",
                max_length=9,
            ),
        ),
        migrations.AddField(
            model_name="payment",
            name="units",
            field=models.PositiveBigIntegerField(blank=True, null=True),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(
                condition=models.Q(("tender__in", ["money", "gift_card", "points", "coupon"])),
                name="payment_tender_known",
            ),
        ),
    ]
