"""The ledger of bytes: configuration, balances, transactions, and the one function that books."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

NOW = sa.func.now()

# Lock one member's balance, making the row if the member is new. Callers lock in ascending user_id,
# so every posting takes its locks in the same order and none can wait for another in a circle.
LOCK_BALANCE = """
CREATE FUNCTION lock_bytes_balance(p_guild_id bigint, p_user_id bigint)
RETURNS bytes_balances LANGUAGE plpgsql AS $$
DECLARE
    v_row bytes_balances;
BEGIN
    SELECT * INTO v_row FROM bytes_balances
        WHERE guild_id = p_guild_id AND user_id = p_user_id FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        INSERT INTO bytes_balances (guild_id, user_id) VALUES (p_guild_id, p_user_id)
            ON CONFLICT DO NOTHING;
        SELECT * INTO STRICT v_row FROM bytes_balances
            WHERE guild_id = p_guild_id AND user_id = p_user_id FOR NO KEY UPDATE;
    END IF;
    RETURN v_row;
END
$$
"""

# Mint the starting balance to a member who appears for the first time, at most once, ever.
# Returns the member's balance row as it is afterwards, locked. An amount of 0 books nothing but
# still marks the member as started, so that a later raise of the setting is no gift to everybody.
MINT_STARTING_BALANCE = """
CREATE FUNCTION mint_starting_balance(
    p_id uuid, p_guild_id bigint, p_user_id bigint, p_username text, p_amount bigint
) RETURNS bytes_balances LANGUAGE plpgsql AS $$
DECLARE
    v_row bytes_balances := lock_bytes_balance(p_guild_id, p_user_id);
BEGIN
    IF v_row.started_at IS NOT NULL THEN
        RETURN v_row;
    END IF;
    IF p_amount > 0 THEN
        INSERT INTO bytes_transactions (
            id, created_at, guild_id, kind, giver_id, receiver_id, receiver_username, amount,
            receiver_balance_after, idempotency_key
        ) VALUES (
            p_id, clock_timestamp(), p_guild_id, 'starting', 0, p_user_id, p_username, p_amount,
            v_row.balance + p_amount, 'starting:' || p_guild_id || ':' || p_user_id
        );
    END IF;
    UPDATE bytes_balances SET
            balance = balance + p_amount,
            total_received = total_received + p_amount,
            total_earned = total_earned + p_amount,
            started_at = clock_timestamp()
        WHERE guild_id = p_guild_id AND user_id = p_user_id
        RETURNING * INTO v_row;
    RETURN v_row;
END
$$
"""

# Book one transfer, or say why not. The only code that touches a balance.
#
# Outcomes:
#   created       it is booked; `posted` is the row
#   exists        this key has booked exactly this before; `posted` is that row, nothing was done
#   conflict      this key has booked something else; nothing was done
#   insufficient  the giver has only `balance`
#   cooldown      the giver sent at `last_sent_at`, less than p_cooldown ago
#   claimed       the receiver has claimed p_claim_date (or a later day) already
#   stale         the streak is no longer what the caller saw: read again, decide again
#
# If p_starting_balance is not null, the giver is a member at an own command: who does so for the first
# time appears, and has the starting balance minted first.
# seq and created_at are taken under the locks, so every member's chain of balances follows seq.
POST_TRANSACTION = """
CREATE FUNCTION post_transaction(
    p_id uuid,
    p_idempotency_key text,
    p_guild_id bigint,
    p_kind text,
    p_giver_id bigint,
    p_giver_username text,
    p_receiver_id bigint,
    p_receiver_username text,
    p_amount bigint,
    p_reason text DEFAULT NULL,
    p_cooldown interval DEFAULT NULL,
    p_claim_date date DEFAULT NULL,
    p_streak_count integer DEFAULT NULL,
    p_streak_multiplier integer DEFAULT NULL,
    p_starting_id uuid DEFAULT NULL,
    p_starting_balance bigint DEFAULT NULL
) RETURNS TABLE (
    outcome text, balance bigint, last_sent_at timestamptz, posted bytes_transactions
) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    v_giver bytes_balances;
    v_receiver bytes_balances;
    v_row bytes_transactions;
BEGIN
    -- 1. Lock, in ascending user_id. The system (0) has no row.
    IF p_giver_id < p_receiver_id THEN
        IF p_giver_id <> 0 THEN
            v_giver := lock_bytes_balance(p_guild_id, p_giver_id);
        END IF;
        v_receiver := lock_bytes_balance(p_guild_id, p_receiver_id);
    ELSE
        IF p_receiver_id <> 0 THEN
            v_receiver := lock_bytes_balance(p_guild_id, p_receiver_id);
        END IF;
        v_giver := lock_bytes_balance(p_guild_id, p_giver_id);
    END IF;

    -- 2. Booked before?
    SELECT * INTO v_row FROM bytes_transactions t WHERE t.idempotency_key = p_idempotency_key;
    IF FOUND THEN
        IF (v_row.guild_id, v_row.kind, v_row.giver_id, v_row.receiver_id, v_row.amount)
                = (p_guild_id, p_kind, p_giver_id, p_receiver_id, p_amount)
            AND v_row.reason IS NOT DISTINCT FROM p_reason
        THEN
            RETURN QUERY SELECT 'exists', NULL::bigint, NULL::timestamptz, v_row;
        ELSE
            RETURN QUERY SELECT
                'conflict', NULL::bigint, NULL::timestamptz, NULL::bytes_transactions;
        END IF;
        RETURN;
    END IF;

    -- 3. A member who appears for the first time starts with something.
    IF p_starting_balance IS NOT NULL THEN
        v_giver := mint_starting_balance(
            p_starting_id, p_guild_id, p_giver_id, p_giver_username, p_starting_balance);
    END IF;

    -- 4. What must be true under the lock.
    IF p_cooldown IS NOT NULL AND v_giver.last_sent_at > clock_timestamp() - p_cooldown THEN
        RETURN QUERY SELECT
            'cooldown', v_giver.balance, v_giver.last_sent_at, NULL::bytes_transactions;
        RETURN;
    END IF;
    IF p_giver_id <> 0 AND v_giver.balance < p_amount THEN
        RETURN QUERY SELECT
            'insufficient', v_giver.balance, NULL::timestamptz, NULL::bytes_transactions;
        RETURN;
    END IF;
    IF p_claim_date IS NOT NULL THEN
        IF v_receiver.last_daily >= p_claim_date THEN
            RETURN QUERY SELECT
                'claimed', v_receiver.balance, NULL::timestamptz, NULL::bytes_transactions;
            RETURN;
        END IF;
        IF p_streak_count <> (
            CASE WHEN v_receiver.last_daily = p_claim_date - 1
                THEN v_receiver.streak_count + 1 ELSE 1 END
        ) THEN
            RETURN QUERY SELECT
                'stale', v_receiver.balance, NULL::timestamptz, NULL::bytes_transactions;
            RETURN;
        END IF;
    END IF;

    -- 5. Book it.
    INSERT INTO bytes_transactions (
        id, created_at, guild_id, kind, giver_id, giver_username, receiver_id, receiver_username,
        amount, reason, giver_balance_after, receiver_balance_after, idempotency_key,
        claim_date, streak_count, streak_multiplier
    ) VALUES (
        p_id, clock_timestamp(), p_guild_id, p_kind, p_giver_id, p_giver_username,
        p_receiver_id, p_receiver_username, p_amount, p_reason,
        v_giver.balance - p_amount, v_receiver.balance + p_amount, p_idempotency_key,
        p_claim_date, p_streak_count, p_streak_multiplier
    ) ON CONFLICT (idempotency_key) DO NOTHING
    RETURNING * INTO v_row;
    IF NOT FOUND THEN  -- the same key was booked between other members in this very moment
        RETURN QUERY SELECT
            'conflict', NULL::bigint, NULL::timestamptz, NULL::bytes_transactions;
        RETURN;
    END IF;

    -- 6. Move the bytes.
    IF p_giver_id <> 0 THEN
        UPDATE bytes_balances b SET
                balance = b.balance - p_amount,
                total_sent = b.total_sent + p_amount,
                last_sent_at = CASE WHEN p_kind = 'transfer'
                    THEN v_row.created_at ELSE b.last_sent_at END
            WHERE b.guild_id = p_guild_id AND b.user_id = p_giver_id;
    END IF;
    IF p_receiver_id <> 0 THEN
        UPDATE bytes_balances b SET
                balance = b.balance + p_amount,
                total_received = b.total_received + p_amount,
                total_earned = b.total_earned
                    + CASE WHEN p_giver_id = 0 THEN p_amount ELSE 0 END,
                last_daily = COALESCE(p_claim_date, b.last_daily),
                streak_count = COALESCE(p_streak_count, b.streak_count)
            WHERE b.guild_id = p_guild_id AND b.user_id = p_receiver_id;
    END IF;
    RETURN QUERY SELECT 'created', NULL::bigint, NULL::timestamptz, v_row;
END
$$
"""

# Erasure may blank what people are called and what they wrote, and nothing else.
APPEND_ONLY = """
CREATE FUNCTION bytes_transactions_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.giver_username IS NOT NULL AND NEW.giver_username IS DISTINCT FROM OLD.giver_username
        OR NEW.receiver_username IS NOT NULL
            AND NEW.receiver_username IS DISTINCT FROM OLD.receiver_username
        OR NEW.reason IS NOT NULL AND NEW.reason IS DISTINCT FROM OLD.reason
        OR to_jsonb(NEW) - '{giver_username,receiver_username,reason}'::text[]
            <> to_jsonb(OLD) - '{giver_username,receiver_username,reason}'::text[]
    THEN
        RAISE EXCEPTION 'bytes_transactions is append-only: UPDATE refused'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$
"""


def upgrade() -> None:
    """Create the tables, the walls and the functions."""
    _create_configs()
    _create_balances()
    _create_transactions()
    for function in (LOCK_BALANCE, MINT_STARTING_BALANCE, POST_TRANSACTION, APPEND_ONLY):
        op.execute(function)
    op.execute(
        "CREATE TRIGGER append_only BEFORE UPDATE ON bytes_transactions "
        "FOR EACH ROW EXECUTE FUNCTION bytes_transactions_append_only()"
    )
    op.execute(
        "CREATE TRIGGER no_delete BEFORE DELETE OR TRUNCATE ON bytes_transactions "
        "FOR EACH STATEMENT EXECUTE FUNCTION forbid_change()"
    )


def _check(table: str, **conditions: str) -> list[sa.CheckConstraint]:
    return [
        sa.CheckConstraint(condition, name=op.f(f"ck_{table}_{name}"))
        for name, condition in conditions.items()
    ]


def _create_configs() -> None:
    op.create_table(
        "bytes_configs",
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("starting_balance", sa.Integer(), nullable=False),
        sa.Column("daily_amount", sa.Integer(), nullable=False),
        sa.Column("streak_bonuses", postgresql.JSONB(), nullable=False),
        sa.Column("day_resets_at", sa.SmallInteger(), nullable=False),
        sa.Column("max_transfer", sa.Integer(), nullable=False),
        sa.Column("cooldown_hours", sa.SmallInteger(), nullable=False),
        sa.Column("minimum_account_age_days", sa.SmallInteger(), nullable=False),
        sa.Column("role_rewards", postgresql.JSONB(), nullable=False),
        sa.Column("role_rewards_basis", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.PrimaryKeyConstraint("guild_id", name="pk_bytes_configs"),
        sa.ForeignKeyConstraint(["guild_id"], ["guilds.id"], name="fk_bytes_configs_guild_id"),
        *_check(
            "bytes_configs",
            starting_balance="starting_balance BETWEEN 0 AND 1000000",
            daily_amount="daily_amount BETWEEN 0 AND 100000",
            max_transfer="max_transfer BETWEEN 1 AND 1000000",
            cooldown_hours="cooldown_hours BETWEEN 0 AND 168",
            minimum_account_age_days="minimum_account_age_days BETWEEN 0 AND 3650",
            day_resets_at="day_resets_at BETWEEN 0 AND 23",
            role_rewards_basis="role_rewards_basis IN ('earned', 'received')",
            streak_bonuses="jsonb_typeof(streak_bonuses) = 'object'",
            role_rewards="jsonb_typeof(role_rewards) = 'object'",
            version="version > 0",
        ),
    )


def _create_balances() -> None:
    op.create_table(
        "bytes_balances",
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("balance", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("total_received", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("total_sent", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("total_earned", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("last_daily", sa.Date(), nullable=True),
        sa.Column("streak_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("last_sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.PrimaryKeyConstraint("guild_id", "user_id", name="pk_bytes_balances"),
        *_check(
            "bytes_balances",
            no_system_row="user_id <> 0",
            not_negative="balance >= 0",
            adds_up="balance = total_received - total_sent",
            earned_not_negative="total_earned >= 0",
            streak_not_negative="streak_count >= 0",
        ),
        # Balances are updated in place all the time; room on the page keeps those updates cheap.
        postgresql_with={"fillfactor": 80},
    )
    op.create_index(
        "ix_bytes_balances_leaderboard",
        "bytes_balances",
        ["guild_id", sa.text("balance DESC"), "user_id"],
    )


def _create_transactions() -> None:
    op.create_table(
        "bytes_transactions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("giver_id", sa.BigInteger(), nullable=False),
        sa.Column("giver_username", sa.Text(), nullable=True),
        sa.Column("receiver_id", sa.BigInteger(), nullable=False),
        sa.Column("receiver_username", sa.Text(), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("giver_balance_after", sa.BigInteger(), nullable=True),
        sa.Column("receiver_balance_after", sa.BigInteger(), nullable=True),
        sa.Column("idempotency_key", sa.Text(), nullable=False),
        sa.Column("claim_date", sa.Date(), nullable=True),
        sa.Column("streak_count", sa.Integer(), nullable=True),
        sa.Column("streak_multiplier", sa.Integer(), nullable=True),
        sa.Column("reverses_id", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_bytes_transactions"),
        sa.UniqueConstraint("seq", name="uq_bytes_transactions_seq"),
        sa.UniqueConstraint("idempotency_key", name="uq_bytes_transactions_idempotency_key"),
        sa.UniqueConstraint("reverses_id", name="uq_bytes_transactions_reverses_id"),
        sa.ForeignKeyConstraint(
            ["reverses_id"], ["bytes_transactions.id"], name="fk_bytes_transactions_reverses_id"
        ),
        *_check(
            "bytes_transactions",
            amount_positive="amount > 0",
            two_parties="giver_id <> receiver_id",
            kind="kind IN ('starting', 'daily', 'transfer', 'grant', 'take', 'reversal')",
            giver_balance_after="(giver_id = 0) = (giver_balance_after IS NULL)",
            receiver_balance_after="(receiver_id = 0) = (receiver_balance_after IS NULL)",
            daily_facts=(
                "(kind = 'daily') = (claim_date IS NOT NULL)"
                " AND (claim_date IS NULL) = (streak_count IS NULL)"
                " AND (claim_date IS NULL) = (streak_multiplier IS NULL)"
            ),
            reversal="(kind = 'reversal') = (reverses_id IS NOT NULL)",
            reason_length="char_length(reason) <= 200",
        ),
    )
    op.create_index(
        "uq_bytes_transactions_daily",
        "bytes_transactions",
        ["guild_id", "receiver_id", "claim_date"],
        unique=True,
        postgresql_where=sa.text("claim_date IS NOT NULL"),
    )
    for party in ("giver_id", "receiver_id"):
        op.create_index(
            f"ix_bytes_transactions_guild_id_{party}_seq",
            "bytes_transactions",
            ["guild_id", party, "seq"],
        )


def downgrade() -> None:
    """Drop it all."""
    op.execute("DROP FUNCTION post_transaction")
    op.execute("DROP FUNCTION mint_starting_balance")
    op.execute("DROP FUNCTION lock_bytes_balance")
    op.drop_table("bytes_transactions")
    op.execute("DROP FUNCTION bytes_transactions_append_only")
    op.drop_table("bytes_balances")
    op.drop_table("bytes_configs")
