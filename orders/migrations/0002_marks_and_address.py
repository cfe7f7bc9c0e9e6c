import django.contrib.postgres.fields
import django.db.models.fields.json
import django.db.models.functions.text
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0001_initial"),
        ("orders", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="order",
            name="confirmed_at",
            field=models.DateTimeField(
                blank=True, help_text="The customer confirmed that everything has arrived.", null=True
            ),
        ),
        migrations.AddField(
            model_name="orderline",
            name="flags",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(
                    choices=[
                        ("custom_made", "Made to order"),
                        ("perishable", "Perishable"),
                        ("sealed_hygiene", "Sealed for hygiene"),
                        ("digital", "Digital content"),
                        ("final_sale", "Final sale"),
                    ],
                    max_length=14,
                ),
                blank=True,
                default=list,
                size=None,
            ),
        ),
        migrations.AddIndex(
            model_name="order",
            index=models.Index(
                django.db.models.functions.text.MD5(
                    django.db.models.functions.text.Lower(
                        models.Func(
                            django.db.models.functions.text.Concat(
                                django.db.models.fields.json.KeyTextTransform("country", "ship_to"),
                                django.db.models.fields.json.KeyTextTransform("postcode", "ship_to"),
                                django.db.models.fields.json.KeyTextTransform("city", "ship_to"),
                                django.db.models.fields.json.KeyTextTransform("lines", "ship_to"),
                            ),
                            models.Value("[[:space:][:punct:]]+"),
                            models.Value(""),
                            models.Value("g"),
                            function="regexp_replace",
                            output_field=models.TextField(),
                        )
                    )
                ),
                condition=models.Q(("ship_to__has_key", "lines")),
                name="order_by_address",
            ),
        ),
    ]
