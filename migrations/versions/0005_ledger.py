"""The ledger can undo a transaction, and forget a member without forgetting a sum."""

from collections.abc import Sequence
from importlib import import_module

import sqlalchemy as sa
from alembic import op

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

# What is left of an erased member: whoever is given an id can tell whether it was erased here.
FINGERPRINT = """
CREATE FUNCTION bytes_fingerprint(p_guild_id bigint, p_user_id bigint)
RETURNS bytea LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT sha256(convert_to(p_guild_id || ':' || p_user_id, 'UTF8'))
$$
"""

# As in 0002, but a member who comes back after an erasure has no second starting balance to come,
# and no second claim of the day of the last one.
LOCK_BALANCE = """
CREATE OR REPLACE FUNCTION lock_bytes_balance(p_guild_id bigint, p_user_id bigint)
RETURNS bytes_balances LANGUAGE plpgsql AS $$
DECLARE
    v_row bytes_balances;
BEGIN
    LOOP
        SELECT * INTO v_row FROM bytes_balances
            WHERE guild_id = p_guild_id AND user_id = p_user_id FOR NO KEY UPDATE;
        IF FOUND THEN
            RETURN v_row;
        END IF;
        INSERT INTO bytes_balances (guild_id, user_id, started_at, last_daily)
            SELECT p_guild_id, p_user_id, CASE WHEN e.had_started THEN e.erased_at END, e.last_daily
            FROM (VALUES (1)) one
            LEFT JOIN bytes_erasures e ON e.guild_id = p_guild_id
                AND e.fingerprint = bytes_fingerprint(p_guild_id, p_user_id)
            ON CONFLICT DO NOTHING;
    END LOOP;
END
$$
"""

# Move back what a transaction has moved, or say why not. Each side's columns become what they would be
# if as much had never been moved: a reversal subtracts from the columns the original added to.
# Days, streaks and "has appeared" stay: a claim that is undone is not open again.
#
# Outcomes:
#   created         it is undone; `reversal` and `original` are the rows
#   exists          this key has undone exactly this before; nothing was done
#   conflict        this key has booked something else; nothing was done
#   unknown         there is no such transaction in this guild
#   is_reversal     it is a reversal itself
#   already_undone  `reversal` is the row that did
#   insufficient    whoever received it has only `balance`, and p_force was not given
#   nothing_left    p_force was given, and there is nothing to take
#
# Locks in ascending user_id, as post_transaction does. The system (0) has no row.
REVERSE_TRANSACTION = """
CREATE FUNCTION reverse_transaction(
    p_id uuid,
    p_idempotency_key text,
    p_guild_id bigint,
    p_transaction_id uuid,
    p_force boolean
) RETURNS TABLE (
    outcome text, balance bigint, original bytes_transactions, reversal bytes_transactions
) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    v_original bytes_transactions;
    v_row bytes_transactions;
    v_user bigint;
    v_locked bytes_balances;
    v_giver_has bigint;
    v_receiver_has bigint;
    v_moved bigint;
BEGIN
    SELECT * INTO v_original FROM bytes_transactions t
        WHERE t.id = p_transaction_id AND t.guild_id = p_guild_id;
    IF NOT FOUND THEN
        RETURN QUERY SELECT 'unknown', NULL::bigint, v_original, v_row;
        RETURN;
    END IF;
    IF v_original.kind = 'reversal' THEN
        RETURN QUERY SELECT 'is_reversal', NULL::bigint, v_original, v_row;
        RETURN;
    END IF;

    -- 1. Lock.
    FOR v_user IN
        SELECT party FROM unnest(ARRAY[v_original.giver_id, v_original.receiver_id]) party
        WHERE party <> 0 ORDER BY party
    LOOP
        v_locked := lock_bytes_balance(p_guild_id, v_user);
        IF v_user = v_original.giver_id THEN
            v_giver_has := v_locked.balance;
        ELSE
            v_receiver_has := v_locked.balance;
        END IF;
    END LOOP;
    IF NOT EXISTS (
        SELECT FROM bytes_transactions t WHERE t.id = v_original.id
            AND (t.giver_id, t.receiver_id) = (v_original.giver_id, v_original.receiver_id)
    ) THEN
        RAISE EXCEPTION 'a party was erased at this very moment'
            USING ERRCODE = 'serialization_failure';
    END IF;

    -- 2. Undone before?
    SELECT * INTO v_row FROM bytes_transactions t WHERE t.idempotency_key = p_idempotency_key;
    IF FOUND THEN
        IF v_row.reverses_id = v_original.id AND (p_force OR v_row.amount = v_original.amount) THEN
            RETURN QUERY SELECT 'exists', NULL::bigint, v_original, v_row;
        ELSE
            RETURN QUERY SELECT 'conflict', NULL::bigint, v_original, NULL::bytes_transactions;
        END IF;
        RETURN;
    END IF;
    SELECT * INTO v_row FROM bytes_transactions t WHERE t.reverses_id = v_original.id;
    IF FOUND THEN
        RETURN QUERY SELECT 'already_undone', NULL::bigint, v_original, v_row;
        RETURN;
    END IF;

    -- 3. How much of it is still there? Burned bytes always are.
    v_moved := LEAST(v_original.amount, v_receiver_has);
    IF v_moved < v_original.amount AND NOT p_force OR v_moved = 0 THEN
        RETURN QUERY SELECT CASE WHEN p_force THEN 'nothing_left' ELSE 'insufficient' END,
            v_receiver_has, v_original, NULL::bytes_transactions;
        RETURN;
    END IF;

    -- 4. Book it.
    INSERT INTO bytes_transactions (
        id, created_at, guild_id, kind, giver_id, giver_username, receiver_id, receiver_username,
        amount, giver_balance_after, receiver_balance_after, idempotency_key, reverses_id
    ) VALUES (
        p_id, clock_timestamp(), p_guild_id, 'reversal',
        v_original.receiver_id, v_original.receiver_username,
        v_original.giver_id, v_original.giver_username,
        v_moved, v_receiver_has - v_moved, v_giver_has + v_moved, p_idempotency_key, v_original.id
    ) ON CONFLICT (idempotency_key) DO NOTHING
    RETURNING * INTO v_row;
    IF NOT FOUND THEN  -- the same key was booked between other members in this very moment
        RETURN QUERY SELECT 'conflict', NULL::bigint, v_original, NULL::bytes_transactions;
        RETURN;
    END IF;

    -- 5. Move the bytes.
    IF v_original.receiver_id <> 0 THEN
        UPDATE bytes_balances b SET
                balance = b.balance - v_moved,
                total_received = b.total_received - v_moved,
                total_earned = b.total_earned
                    - CASE WHEN v_original.giver_id = 0 THEN v_moved ELSE 0 END
            WHERE b.guild_id = p_guild_id AND b.user_id = v_original.receiver_id;
    END IF;
    IF v_original.giver_id <> 0 THEN
        UPDATE bytes_balances b SET
                balance = b.balance + v_moved,
                total_sent = b.total_sent - v_moved,
                -- An undone send leaves no cooldown: what counts is the last that still stands.
                last_sent_at = CASE WHEN v_original.kind <> 'transfer' THEN b.last_sent_at ELSE (
                    SELECT t.created_at FROM bytes_transactions t
                    WHERE t.guild_id = p_guild_id AND t.giver_id = v_original.giver_id
                        AND t.kind = 'transfer' AND NOT EXISTS (
                            SELECT FROM bytes_transactions r WHERE r.reverses_id = t.id)
                    ORDER BY t.seq DESC LIMIT 1) END
            WHERE b.guild_id = p_guild_id AND b.user_id = v_original.giver_id;
    END IF;
    RETURN QUERY SELECT 'created', NULL::bigint, v_original, v_row;
END
$$
"""

# Put the alias, a negative number, in a member's place in every row of the guild; blank the name, and
# what was said about it. No sum changes. Returns how many transactions it was, NULL if the member has
# never been here. Rows are locked in the order of seq, so that two members who dealt with each other
# can be erased at once.
ERASE_MEMBER = r"""
CREATE FUNCTION erase_bytes_member(p_guild_id bigint, p_user_id bigint, p_alias bigint)
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    v_balance bytes_balances;
    v_count bigint;
BEGIN
    IF p_alias >= 0 OR p_user_id <= 0 THEN
        RAISE EXCEPTION 'a member is erased by a negative alias, not %', p_alias
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    SELECT * INTO v_balance FROM bytes_balances
        WHERE guild_id = p_guild_id AND user_id = p_user_id FOR UPDATE;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    PERFORM FROM bytes_transactions
        WHERE guild_id = p_guild_id AND (giver_id = p_user_id OR receiver_id = p_user_id)
        ORDER BY seq FOR UPDATE;
    UPDATE bytes_transactions SET
            giver_id = CASE WHEN giver_id = p_user_id THEN p_alias ELSE giver_id END,
            giver_username = CASE WHEN giver_id <> p_user_id THEN giver_username END,
            receiver_id = CASE WHEN receiver_id = p_user_id THEN p_alias ELSE receiver_id END,
            receiver_username = CASE WHEN receiver_id <> p_user_id THEN receiver_username END,
            reason = NULL,
            idempotency_key = regexp_replace(
                idempotency_key, '(^|:)' || p_user_id || '(:|$)', '\1' || p_alias || '\2', 'g')
        WHERE guild_id = p_guild_id AND (giver_id = p_user_id OR receiver_id = p_user_id);
    GET DIAGNOSTICS v_count = ROW_COUNT;
    IF v_balance.started_at IS NOT NULL OR v_balance.last_daily IS NOT NULL THEN
        INSERT INTO bytes_erasures AS e (guild_id, fingerprint, erased_at, had_started, last_daily)
            VALUES (
                p_guild_id, bytes_fingerprint(p_guild_id, p_user_id), clock_timestamp(),
                v_balance.started_at IS NOT NULL, v_balance.last_daily)
            ON CONFLICT (guild_id, fingerprint) DO UPDATE SET
                erased_at = EXCLUDED.erased_at,
                had_started = e.had_started OR EXCLUDED.had_started,
                last_daily = GREATEST(e.last_daily, EXCLUDED.last_daily);
    END IF;
    UPDATE bytes_balances SET
            user_id = p_alias,
            last_daily = (  -- not what an erasure before this one has left
                SELECT MAX(claim_date) FROM bytes_transactions
                WHERE guild_id = p_guild_id AND receiver_id = p_alias AND claim_date IS NOT NULL)
        WHERE guild_id = p_guild_id AND user_id = p_user_id;
    RETURN v_count;
END
$$
"""

# Names and reasons may be blanked. One party may become a negative id, with the keys that name it, and
# only by erase_bytes_member: the call stack says so (PostgreSQL writes it in the server's language, the
# name of a function in none), which no setting can pretend.
APPEND_ONLY = r"""
CREATE OR REPLACE FUNCTION bytes_transactions_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    v_blankable text[] := '{giver_username,receiver_username,reason}';
    v_erasable text[] := v_blankable || '{giver_id,receiver_id,idempotency_key}';
    v_stack text;
BEGIN
    IF (NEW.giver_username IS NULL OR NEW.giver_username IS NOT DISTINCT FROM OLD.giver_username)
        AND (NEW.receiver_username IS NULL
            OR NEW.receiver_username IS NOT DISTINCT FROM OLD.receiver_username)
        AND (NEW.reason IS NULL OR NEW.reason IS NOT DISTINCT FROM OLD.reason)
    THEN
        IF (NEW.giver_id, NEW.receiver_id) = (OLD.giver_id, OLD.receiver_id) THEN
            IF to_jsonb(NEW) - v_blankable = to_jsonb(OLD) - v_blankable THEN
                RETURN NEW;
            END IF;
        ELSIF NEW.giver_id = OLD.giver_id AND OLD.receiver_id > 0 AND NEW.receiver_id < 0
            OR NEW.receiver_id = OLD.receiver_id AND OLD.giver_id > 0 AND NEW.giver_id < 0
        THEN
            GET DIAGNOSTICS v_stack = PG_CONTEXT;
            IF v_stack ~ '(^|\n)[^"\n]* erase_bytes_member\(bigint,bigint,bigint\)'
                AND to_jsonb(NEW) - v_erasable = to_jsonb(OLD) - v_erasable
            THEN
                RETURN NEW;
            END IF;
        END IF;
    END IF;
    RAISE EXCEPTION 'bytes_transactions is append-only: UPDATE refused'
        USING ERRCODE = 'restrict_violation';
END
$$
"""


def upgrade() -> None:
    """Create the table, the index and the functions."""
    op.create_table(
        "bytes_erasures",
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("had_started", sa.Boolean(), nullable=False),
        sa.Column("last_daily", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("guild_id", "fingerprint", name="pk_bytes_erasures"),
        sa.ForeignKeyConstraint(["guild_id"], ["guilds.id"], name="fk_bytes_erasures_guild_id"),
    )
    # Not CONCURRENTLY: that leaves half a step behind when it is killed.
    op.create_index("ix_bytes_transactions_guild_id_seq", "bytes_transactions", ["guild_id", "seq"])
    for function in (FINGERPRINT, LOCK_BALANCE, REVERSE_TRANSACTION, ERASE_MEMBER, APPEND_ONLY):
        op.execute(function)


def downgrade() -> None:
    """Go back to the functions of 0002. What is undone and who is erased stays so."""
    before = import_module("migrations.versions.0002_bytes")
    for function in (before.LOCK_BALANCE, before.APPEND_ONLY):
        op.execute(function.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION", 1))
    op.execute("DROP FUNCTION erase_bytes_member")
    op.execute("DROP FUNCTION reverse_transaction")
    op.execute("DROP FUNCTION bytes_fingerprint")
    op.drop_index("ix_bytes_transactions_guild_id_seq", "bytes_transactions")
    op.drop_table("bytes_erasures")
