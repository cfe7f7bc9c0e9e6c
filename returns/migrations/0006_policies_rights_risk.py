import django.core.validators
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0002_tier_benefits"),
        ("orders", "0003_order_fx_rate"),
        ("returns", "0005_reasons_of_kinds"),
    ]

    operations = [
        migrations.CreateModel(
            name="CaseRisk",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "flag",
                    models.CharField(
                        choices=[
                            ("return_rate", "Returns a large share of orders"),
                            ("not_received", "Often says that nothing arrived"),
                            ("value", "Returns far more than others"),
                            ("wrong_item", "Sent back empty parcels or other items"),
                            ("shared_address", "Several accounts at one address"),
                        ],
                        max_length=14,
                    ),
                ),
                ("facts", models.JSONField(default=dict)),
                ("points", models.PositiveSmallIntegerField(default=0)),
                ("at", models.DateTimeField()),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="RiskRule",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "flag",
                    models.CharField(
                        choices=[
                            ("return_rate", "Returns a large share of orders"),
                            ("not_received", "Often says that nothing arrived"),
                            ("value", "Returns far more than others"),
                            ("wrong_item", "Sent back empty parcels or other items"),
                            ("shared_address", "Several accounts at one address"),
                        ],
                        max_length=14,
                        unique=True,
                        verbose_name="sign",
                    ),
                ),
                ("is_active", models.BooleanField(default=True, verbose_name="active")),
                (
                    "limit",
                    models.DecimalField(
                        decimal_places=2,
                        help_text="Percent of orders, requests, times the median, cases or accounts.",
                        max_digits=6,
                        validators=[django.core.validators.MinValueValidator(0)],
                        verbose_name="from",
                    ),
                ),
                (
                    "minimum",
                    models.PositiveSmallIntegerField(
                        default=0,
                        help_text="Orders, or customers to compare with.",
                        verbose_name="of at least",
                    ),
                ),
                (
                    "days",
                    models.PositiveSmallIntegerField(
                        default=365,
                        validators=[django.core.validators.MinValueValidator(1)],
                        verbose_name="looking back (days)",
                    ),
                ),
                (
                    "points",
                    models.PositiveSmallIntegerField(
                        default=60,
                        help_text="Of 100. Policies say up to which sum nobody has to look.",
                        validators=[django.core.validators.MaxValueValidator(100)],
                        verbose_name="points",
                    ),
                ),
            ],
            options={
                "verbose_name": "sign of risk",
                "verbose_name_plural": "signs of risk",
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="StatutoryRule",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "code",
                    models.SlugField(help_text="The same for all versions of a law.", verbose_name="code"),
                ),
                ("territory", models.CharField(max_length=2, verbose_name="country or region")),
                (
                    "right",
                    models.CharField(
                        choices=[
                            ("withdrawal", "Return without a reason"),
                            ("defect", "Return of faulty goods"),
                            ("conformity", "Repair or replacement of faulty goods"),
                        ],
                        max_length=10,
                        verbose_name="right",
                    ),
                ),
                ("name_en", models.CharField(max_length=200, verbose_name="name (English)")),
                ("name_zh", models.CharField(max_length=200, verbose_name="name (Chinese)")),
                (
                    "min_days",
                    models.PositiveSmallIntegerField(
                        help_text="0: the law grants no such right.", verbose_name="days at least"
                    ),
                ),
                (
                    "mode",
                    models.CharField(
                        choices=[
                            ("elapsed", "Days of 24 hours"),
                            ("cn_next_day", "Calendar days, from the day after"),
                            ("eu", "Calendar days, ending on a working day (EU)"),
                        ],
                        default="cn_next_day",
                        max_length=11,
                        verbose_name="way of counting",
                    ),
                ),
                (
                    "anchor",
                    models.CharField(
                        choices=[
                            ("last_parcel", "Delivery of the last parcel"),
                            ("delivered", "Delivery of the item"),
                            ("ordered", "The order"),
                            ("confirmed", "Confirmation of receipt, or delivery"),
                        ],
                        default="last_parcel",
                        max_length=11,
                        verbose_name="counted from",
                    ),
                ),
                (
                    "fee_allowed",
                    models.BooleanField(default=False, verbose_name="a restocking fee is allowed"),
                ),
                (
                    "freight",
                    models.CharField(
                        blank=True,
                        choices=[("", "As the policy says"), ("shop", "The shop")],
                        default="",
                        max_length=4,
                        verbose_name="return postage paid by",
                    ),
                ),
                (
                    "refunds_shipping",
                    models.BooleanField(default=False, verbose_name="give standard postage back"),
                ),
                (
                    "refund_days",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        null=True,
                        validators=[django.core.validators.MinValueValidator(1)],
                        verbose_name="days to refund",
                    ),
                ),
                (
                    "exemptions",
                    models.JSONField(
                        blank=True,
                        default=list,
                        help_text="Lines with one of these marks.",
                        verbose_name="does not hold for",
                    ),
                ),
                (
                    "valid_from",
                    models.DateField(
                        blank=True,
                        help_text="The day of the order counts.",
                        null=True,
                        verbose_name="for orders from",
                    ),
                ),
                ("valid_to", models.DateField(blank=True, null=True, verbose_name="for orders until")),
                ("source_en", models.CharField(max_length=300, verbose_name="source (English)")),
                ("source_zh", models.CharField(max_length=300, verbose_name="source (Chinese)")),
            ],
            options={
                "verbose_name": "statutory right",
                "verbose_name_plural": "statutory rights",
                "ordering": ["territory", "right", "-valid_from", "pk"],
            },
        ),
        migrations.AddField(
            model_name="policyamounts",
            name="keep_item_below",
            field=models.BigIntegerField(
                default=0,
                help_text="Refunds below this amount need no goods back.",
                validators=[django.core.validators.MinValueValidator(0)],
                verbose_name="goods stay below",
            ),
        ),
        migrations.AddField(
            model_name="reason",
            name="denies_receipt",
            field=models.BooleanField(
                default=False,
                help_text="Counted when returns are judged for risk.",
                verbose_name="says that nothing arrived",
            ),
        ),
        migrations.AddField(
            model_name="returnpolicy",
            name="acceptance_days",
            field=models.PositiveSmallIntegerField(default=10, verbose_name="days to confirm replacements"),
        ),
        migrations.AddField(
            model_name="returnpolicy",
            name="auto_approve_risk_below",
            field=models.PositiveSmallIntegerField(
                default=60,
                help_text="From 0 to 100.",
                validators=[django.core.validators.MaxValueValidator(101)],
                verbose_name="approved without review below a risk of",
            ),
        ),
        migrations.AddField(
            model_name="returnpolicy",
            name="dispatch_days",
            field=models.PositiveSmallIntegerField(default=3, verbose_name="days to send replacements"),
        ),
        migrations.AddField(
            model_name="returnpolicy",
            name="escalate_days",
            field=models.PositiveSmallIntegerField(default=7, verbose_name="days to object to a refusal"),
        ),
        migrations.AddField(
            model_name="returnpolicy",
            name="evidence",
            field=models.CharField(
                blank=True,
                choices=[("", "Nothing"), ("photo", "A photo or video"), ("file", "Any file")],
                default="",
                help_text="On top of what the reason asks for.",
                max_length=5,
                verbose_name="evidence",
            ),
        ),
        migrations.AddField(
            model_name="returnpolicy",
            name="excluded_flags",
            field=models.JSONField(
                blank=True,
                default=list,
                help_text="Lines with one of these marks. What the law grants stays.",
                verbose_name="goods that cannot be returned",
            ),
        ),
        migrations.AddField(
            model_name="returnpolicy",
            name="kinds",
            field=models.JSONField(
                blank=True,
                default=list,
                help_text="Nothing chosen: every kind.",
                verbose_name="kinds of case",
            ),
        ),
        migrations.AddField(
            model_name="returnpolicy",
            name="offer_days",
            field=models.PositiveSmallIntegerField(default=7, verbose_name="days to answer an offer"),
        ),
        migrations.AddField(
            model_name="returnpolicy",
            name="proration_method",
            field=models.CharField(
                choices=[
                    ("proportional", "Share of what was paid"),
                    ("resettlement", "Settled anew at the price of what is kept"),
                ],
                default="proportional",
                max_length=12,
                verbose_name="partial returns",
            ),
        ),
        migrations.AddField(
            model_name="returnpolicy",
            name="quote_days",
            field=models.PositiveSmallIntegerField(default=7, verbose_name="days to answer a quote"),
        ),
        migrations.AddField(
            model_name="returnpolicy",
            name="reason",
            field=models.ForeignKey(
                blank=True,
                help_text="Empty: every reason. Narrows a policy, but gives it no precedence.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="returns.reason",
                verbose_name="reason",
            ),
        ),
        migrations.AddField(
            model_name="returnpolicy",
            name="shop",
            field=models.ForeignKey(
                blank=True,
                help_text="Empty: every shop. Narrows a policy, but gives it no precedence.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="orders.shop",
                verbose_name="shop",
            ),
        ),
        migrations.AddField(
            model_name="returnpolicy",
            name="sku",
            field=models.CharField(
                blank=True, help_text="Empty: every item.", max_length=64, verbose_name="item number"
            ),
        ),
        migrations.AddField(
            model_name="returnpolicy",
            name="tier",
            field=models.ForeignKey(
                blank=True,
                help_text="Empty: every customer.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="customers.tier",
                verbose_name="tier",
            ),
        ),
        migrations.AddField(
            model_name="returnpolicy",
            name="valid_from",
            field=models.DateField(
                blank=True,
                help_text="The day of the order counts.",
                null=True,
                verbose_name="for orders from",
            ),
        ),
        migrations.AddField(
            model_name="returnpolicy",
            name="valid_to",
            field=models.DateField(blank=True, null=True, verbose_name="for orders until"),
        ),
        migrations.AddField(
            model_name="returnpolicy",
            name="window_anchor",
            field=models.CharField(
                choices=[
                    ("last_parcel", "Delivery of the last parcel"),
                    ("delivered", "Delivery of the item"),
                    ("ordered", "The order"),
                    ("confirmed", "Confirmation of receipt, or delivery"),
                ],
                default="last_parcel",
                max_length=11,
                verbose_name="counted from",
            ),
        ),
        migrations.AlterField(
            model_name="returnpolicy",
            name="window_mode",
            field=models.CharField(
                choices=[
                    ("elapsed", "Days of 24 hours"),
                    ("cn_next_day", "Calendar days, from the day after"),
                    ("eu", "Calendar days, ending on a working day (EU)"),
                ],
                default="elapsed",
                max_length=11,
                verbose_name="way of counting",
            ),
        ),
        migrations.AddConstraint(
            model_name="returnpolicy",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_from", None),
                    ("valid_to", None),
                    ("valid_from__lte", models.F("valid_to")),
                    _connector="OR",
                ),
                name="policy_valid_in_order",
                violation_error_message="The last day lies before the first.",
            ),
        ),
        migrations.AddField(
            model_name="caserisk",
            name="case",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="risks", to="returns.case"
            ),
        ),
        migrations.AddConstraint(
            model_name="riskrule",
            constraint=models.CheckConstraint(
                condition=models.Q(("points__lte", 100)), name="risk_points_within_100"
            ),
        ),
        migrations.AddConstraint(
            model_name="riskrule",
            constraint=models.CheckConstraint(
                condition=models.Q(("limit__gte", 0)), name="risk_limit_not_negative"
            ),
        ),
        migrations.AddConstraint(
            model_name="statutoryrule",
            constraint=models.UniqueConstraint(
                fields=("code", "valid_from"), name="statute_once_per_date", nulls_distinct=False
            ),
        ),
        migrations.AddConstraint(
            model_name="statutoryrule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_from", None),
                    ("valid_to", None),
                    ("valid_from__lte", models.F("valid_to")),
                    _connector="OR",
                ),
                name="statute_valid_in_order",
                violation_error_message="The last day lies before the first.",
            ),
        ),
        migrations.AddConstraint(
            model_name="caserisk",
            constraint=models.UniqueConstraint(fields=("case", "flag"), name="case_risk_once"),
        ),
    ]
