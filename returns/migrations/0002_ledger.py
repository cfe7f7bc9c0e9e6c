"""What the database itself guarantees about units and money.

Orders keep running sums (units in open cases, units returned, money refunded), and CHECKs beside those sums refuse
an excess. Here the sums are fed: by the difference each change of a case line or a refund makes, so that whatever an
import brought along stays, two writers queue at the row of the order line or payment, and nobody else may write them.
"""

from django.db import migrations

UNITS = """
CREATE FUNCTION returns_carry_units() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    opened integer := NEW.quantity_open;
    returned integer := NEW.quantity_returned;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        opened := opened - OLD.quantity_open;
        returned := returned - OLD.quantity_returned;
    END IF;
    IF opened <> 0 OR returned <> 0 THEN
        UPDATE orders_orderline
           SET quantity_open = quantity_open + opened, quantity_returned = quantity_returned + returned
         WHERE id = NEW.order_line_id;
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER returns_carry_units AFTER INSERT OR UPDATE OF quantity_open, quantity_returned ON returns_caseline
    FOR EACH ROW EXECUTE FUNCTION returns_carry_units();

CREATE FUNCTION returns_release_units() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.quantity_returned <> 0 THEN
        RAISE EXCEPTION 'units taken back stay on record' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    UPDATE orders_orderline SET quantity_open = quantity_open - OLD.quantity_open WHERE id = OLD.order_line_id;
    RETURN NULL;
END $$;

CREATE TRIGGER returns_release_units AFTER DELETE ON returns_caseline
    FOR EACH ROW EXECUTE FUNCTION returns_release_units();

CREATE FUNCTION returns_case_line_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a case line stays with its case and its order line'
        USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE TRIGGER returns_case_line_stays BEFORE UPDATE OF case_id, order_line_id ON returns_caseline
    FOR EACH ROW WHEN (OLD.case_id <> NEW.case_id OR OLD.order_line_id <> NEW.order_line_id)
    EXECUTE FUNCTION returns_case_line_stays();

CREATE FUNCTION returns_case_line_fits() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM returns_case c JOIN orders_orderline l ON l.order_id = c.order_id
      WHERE c.id = NEW.case_id AND l.id = NEW.order_line_id;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'a case line belongs to the order of its case'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER returns_case_line_fits BEFORE INSERT ON returns_caseline
    FOR EACH ROW EXECUTE FUNCTION returns_case_line_fits();

CREATE FUNCTION returns_units_are_counted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'units in open cases are counted from case lines, not written'
        USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE TRIGGER returns_units_are_counted BEFORE UPDATE OF quantity_open ON orders_orderline
    FOR EACH ROW WHEN (OLD.quantity_open <> NEW.quantity_open AND pg_trigger_depth() = 0)
    EXECUTE FUNCTION returns_units_are_counted();
"""

UNITS_GONE = """
DROP TRIGGER returns_units_are_counted ON orders_orderline;
DROP FUNCTION returns_units_are_counted();
DROP TRIGGER returns_case_line_fits ON returns_caseline;
DROP FUNCTION returns_case_line_fits();
DROP TRIGGER returns_case_line_stays ON returns_caseline;
DROP FUNCTION returns_case_line_stays();
DROP TRIGGER returns_release_units ON returns_caseline;
DROP FUNCTION returns_release_units();
DROP TRIGGER returns_carry_units ON returns_caseline;
DROP FUNCTION returns_carry_units();
"""

LEDGER = """
CREATE FUNCTION returns_counts(status text) RETURNS integer LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN status IN ('created', 'submitted', 'unknown', 'succeeded') THEN 1 ELSE 0 END
$$;

CREATE FUNCTION returns_carry_refund() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    change integer := returns_counts(NEW.status);
BEGIN
    IF TG_OP = 'UPDATE' THEN
        change := change - returns_counts(OLD.status);
    END IF;
    IF change = 0 THEN
        RETURN NULL;
    END IF;
    IF change > 0 THEN
        PERFORM 1 FROM returns_case WHERE id = NEW.case_id FOR NO KEY UPDATE;
        IF (SELECT sum(amount) FROM returns_refund WHERE case_id = NEW.case_id AND returns_counts(status) = 1)
           > (SELECT coalesce(refund_amount, 0) FROM returns_case WHERE id = NEW.case_id) THEN
            RAISE EXCEPTION 'a case does not pay more than is due'
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
    END IF;
    UPDATE orders_payment SET refunded = refunded + change * NEW.amount WHERE id = NEW.payment_id;
    -- Always in the same order, so that two refunds of one order cannot wait for each other.
    PERFORM 1 FROM orders_orderline WHERE id IN (
        SELECT c.order_line_id FROM returns_refundline r JOIN returns_caseline c ON c.id = r.case_line_id
         WHERE r.refund_id = NEW.id
    ) ORDER BY id FOR UPDATE;
    UPDATE orders_orderline l SET refunded = l.refunded + change * part.amount
      FROM (
        SELECT c.order_line_id, sum(r.amount) AS amount
          FROM returns_refundline r JOIN returns_caseline c ON c.id = r.case_line_id
         WHERE r.refund_id = NEW.id GROUP BY c.order_line_id
      ) part
     WHERE l.id = part.order_line_id;
    RETURN NULL;
END $$;

CREATE TRIGGER returns_carry_refund AFTER INSERT OR UPDATE OF status ON returns_refund
    FOR EACH ROW EXECUTE FUNCTION returns_carry_refund();

CREATE FUNCTION returns_carry_refund_line() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE orders_orderline l SET refunded = l.refunded + NEW.amount
      FROM returns_caseline c, returns_refund f
     WHERE c.id = NEW.case_line_id AND l.id = c.order_line_id
       AND f.id = NEW.refund_id AND returns_counts(f.status) = 1;
    RETURN NULL;
END $$;

CREATE TRIGGER returns_carry_refund_line AFTER INSERT ON returns_refundline
    FOR EACH ROW EXECUTE FUNCTION returns_carry_refund_line();

CREATE FUNCTION returns_refund_matches() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM orders_payment p JOIN returns_case c ON c.order_id = p.order_id
      WHERE p.id = NEW.payment_id AND c.id = NEW.case_id
        AND p.currency = NEW.currency AND c.currency = NEW.currency;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'a refund has the order and the currency of its payment and its case'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER returns_refund_matches BEFORE INSERT ON returns_refund
    FOR EACH ROW EXECUTE FUNCTION returns_refund_matches();

CREATE FUNCTION returns_refund_line_matches() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM returns_refund f LEFT JOIN returns_caseline c ON c.id = NEW.case_line_id
      WHERE f.id = NEW.refund_id AND (NEW.case_line_id IS NULL OR c.case_id = f.case_id);
    IF NOT FOUND THEN
        RAISE EXCEPTION 'a refund line belongs to the case of its refund'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER returns_refund_line_matches BEFORE INSERT ON returns_refundline
    FOR EACH ROW EXECUTE FUNCTION returns_refund_line_matches();

CREATE FUNCTION returns_refund_adds_up() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    refund bigint;
BEGIN
    IF TG_TABLE_NAME = 'returns_refund' THEN refund := NEW.id; ELSE refund := NEW.refund_id; END IF;
    PERFORM 1 FROM returns_refund f
      WHERE f.id = refund
        AND f.amount <> (SELECT coalesce(sum(amount), 0) FROM returns_refundline WHERE refund_id = refund);
    IF FOUND THEN
        RAISE EXCEPTION 'the lines of a refund add up to its amount'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER returns_refund_adds_up AFTER INSERT ON returns_refund
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION returns_refund_adds_up();
CREATE CONSTRAINT TRIGGER returns_refund_line_adds_up AFTER INSERT ON returns_refundline
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION returns_refund_adds_up();

CREATE FUNCTION returns_refund_follows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.number, NEW.case_id, NEW.payment_id, NEW.method, NEW.amount, NEW.currency, NEW.idempotency_key,
        NEW.request_hash, NEW.created_at, NEW.created_by_id, NEW.needs_second_person) IS DISTINCT FROM
       (OLD.number, OLD.case_id, OLD.payment_id, OLD.method, OLD.amount, OLD.currency, OLD.idempotency_key,
        OLD.request_hash, OLD.created_at, OLD.created_by_id, OLD.needs_second_person) THEN
        RAISE EXCEPTION 'what a refund asks for never changes' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF OLD.status IN ('succeeded', 'cancelled') AND NEW IS DISTINCT FROM OLD THEN
        RAISE EXCEPTION 'a refund that is % is final', OLD.status
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NEW.status <> OLD.status AND (OLD.status, NEW.status) NOT IN (
        ('created', 'submitted'), ('created', 'succeeded'), ('created', 'cancelled'),
        ('submitted', 'unknown'), ('submitted', 'succeeded'), ('submitted', 'failed'),
        ('unknown', 'succeeded'), ('unknown', 'failed'),
        ('failed', 'created')
    ) THEN
        RAISE EXCEPTION 'a refund that is % cannot become %', OLD.status, NEW.status
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER returns_refund_follows BEFORE UPDATE ON returns_refund
    FOR EACH ROW EXECUTE FUNCTION returns_refund_follows();

CREATE FUNCTION returns_refund_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'refunds are never deleted, nor are their lines changed'
        USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE TRIGGER returns_refund_stays BEFORE DELETE ON returns_refund
    FOR EACH ROW EXECUTE FUNCTION returns_refund_stays();
CREATE TRIGGER returns_refund_line_stays BEFORE DELETE OR UPDATE ON returns_refundline
    FOR EACH ROW EXECUTE FUNCTION returns_refund_stays();

CREATE FUNCTION returns_refunds_are_counted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'refunded sums are counted from refunds, not written'
        USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE TRIGGER returns_refunds_are_counted BEFORE UPDATE OF refunded ON orders_payment
    FOR EACH ROW WHEN (OLD.refunded <> NEW.refunded AND pg_trigger_depth() = 0)
    EXECUTE FUNCTION returns_refunds_are_counted();
CREATE TRIGGER returns_refunds_are_counted BEFORE UPDATE OF refunded ON orders_orderline
    FOR EACH ROW WHEN (OLD.refunded <> NEW.refunded AND pg_trigger_depth() = 0)
    EXECUTE FUNCTION returns_refunds_are_counted();
"""

LEDGER_GONE = """
DROP TRIGGER returns_refunds_are_counted ON orders_orderline;
DROP TRIGGER returns_refunds_are_counted ON orders_payment;
DROP FUNCTION returns_refunds_are_counted();
DROP TRIGGER returns_refund_line_stays ON returns_refundline;
DROP TRIGGER returns_refund_stays ON returns_refund;
DROP FUNCTION returns_refund_stays();
DROP TRIGGER returns_refund_follows ON returns_refund;
DROP FUNCTION returns_refund_follows();
DROP TRIGGER returns_refund_line_adds_up ON returns_refundline;
DROP TRIGGER returns_refund_adds_up ON returns_refund;
DROP FUNCTION returns_refund_adds_up();
DROP TRIGGER returns_refund_line_matches ON returns_refundline;
DROP FUNCTION returns_refund_line_matches();
DROP TRIGGER returns_refund_matches ON returns_refund;
DROP FUNCTION returns_refund_matches();
DROP TRIGGER returns_carry_refund_line ON returns_refundline;
DROP FUNCTION returns_carry_refund_line();
DROP TRIGGER returns_carry_refund ON returns_refund;
DROP FUNCTION returns_carry_refund();
DROP FUNCTION returns_counts(text);
"""


class Migration(migrations.Migration):
    dependencies = [("returns", "0001_initial"), ("orders", "0001_initial")]

    operations = [
        migrations.RunSQL(sql=UNITS, reverse_sql=UNITS_GONE),
        migrations.RunSQL(sql=LEDGER, reverse_sql=LEDGER_GONE),
    ]
