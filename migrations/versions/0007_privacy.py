"""A member can be forgotten in the audit trail and in the log of command invocations, too."""

from collections.abc import Sequence
from importlib import import_module

import sqlalchemy as sa
from alembic import op

revision: str = "0007"
down_revision: str | None = "0006"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

# The one place that says which entries are about a member. Ids stand in JSON as strings, in subjects
# alone or between colons, and in a note in whatever somebody wrote around them.
NAMES = """
CREATE FUNCTION audit_entry_names(p_entry audit_entries, p_user_id bigint)
RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT p_entry.actor_id = p_user_id
        OR p_entry.subject_id ~ ('(^|:)' || p_user_id || '(:|$)')
        OR COALESCE(strpos(p_entry.before::text, '"' || p_user_id || '"') > 0, false)
        OR COALESCE(strpos(p_entry.after::text, '"' || p_user_id || '"') > 0, false)
        OR COALESCE(p_entry.note ~ ('(^|[^0-9])' || p_user_id || '([^0-9]|$)'), false)
$$
"""

# Put the alias, a negative number, in a member's place in every entry of the guild that names the member;
# blank the name, and what was said. Returns how many entries it was. They are locked in the order of their
# ids, so that two members of one entry can be erased at once.
ERASE_MEMBER = r"""
CREATE FUNCTION erase_guilds_member(p_guild_id bigint, p_user_id bigint, p_alias bigint)
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    v_entries uuid[];
    v_user text := '"' || p_user_id || '"';
    v_alias text := '"' || p_alias || '"';
BEGIN
    IF p_alias >= 0 OR p_user_id <= 0 THEN
        RAISE EXCEPTION 'a member is erased by a negative alias, not %', p_alias
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    SELECT array_agg(id) INTO v_entries FROM (
        SELECT id FROM audit_entries entry
        WHERE guild_id = p_guild_id AND audit_entry_names(entry, p_user_id)
        ORDER BY id FOR UPDATE
    ) locked;
    UPDATE audit_entries SET
            actor_id = CASE WHEN actor_id = p_user_id THEN p_alias ELSE actor_id END,
            actor_name = CASE WHEN actor_id <> p_user_id THEN actor_name END,
            subject_id = regexp_replace(
                subject_id, '(^|:)' || p_user_id || '(:|$)', '\1' || p_alias || '\2', 'g'),
            before = replace(before::text, v_user, v_alias)::jsonb,
            after = replace(after::text, v_user, v_alias)::jsonb,
            note = NULL
        WHERE id = ANY (v_entries);
    RETURN COALESCE(cardinality(v_entries), 0);
END
$$
"""

# As in 0001, but ids may become negative ones, only by erase_guilds_member and only with the note: the call
# stack says who asks (see 0005).
APPEND_ONLY = r"""
CREATE OR REPLACE FUNCTION audit_entries_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    v_blankable text[] := '{actor_name,note}';
    v_erasable text[] := v_blankable || '{actor_id,subject_id,before,after}';
    v_stack text;
BEGIN
    IF (NEW.actor_name IS NULL OR NEW.actor_name IS NOT DISTINCT FROM OLD.actor_name)
        AND (NEW.note IS NULL OR NEW.note IS NOT DISTINCT FROM OLD.note)
    THEN
        IF to_jsonb(NEW) - v_blankable = to_jsonb(OLD) - v_blankable THEN
            RETURN NEW;
        END IF;
        GET DIAGNOSTICS v_stack = PG_CONTEXT;
        IF v_stack ~ '(^|\n)[^"\n]* erase_guilds_member\(bigint,bigint,bigint\)'
            AND to_jsonb(NEW) - v_erasable = to_jsonb(OLD) - v_erasable
            AND (NEW.actor_id = OLD.actor_id
                OR OLD.actor_id > 0 AND NEW.actor_id < 0 AND NEW.actor_name IS NULL)
            AND (NEW.before IS NULL) = (OLD.before IS NULL)
            AND (NEW.after IS NULL) = (OLD.after IS NULL)
            AND NEW.note IS NULL
        THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'audit_entries is append-only: UPDATE refused'
        USING ERRCODE = 'restrict_violation';
END
$$
"""

# Invocations are written in batches, some seconds late, and the one that erases is written after it has.
# So what was used until a minute after an erasure (clocks differ) is nobody's.
FORGET_LATE = """
CREATE FUNCTION forget_late_invocations() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM invocation_erasures) THEN
        UPDATE command_invocations c SET user_id = 0
            FROM written w JOIN invocation_erasures e
                ON e.guild_id = w.guild_id AND e.erased_at > w.created_at - interval '1 minute'
                AND e.fingerprint = bytes_fingerprint(w.guild_id, w.user_id)
            WHERE c.id = w.id;
    END IF;
    RETURN NULL;
END
$$
"""


def upgrade() -> None:
    """Create the functions, and the table of who was erased a short time ago."""
    for function in (NAMES, ERASE_MEMBER, APPEND_ONLY):
        op.execute(function)
    op.create_table(
        "invocation_erasures",
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("guild_id", "fingerprint", name="pk_invocation_erasures"),
    )
    op.execute(FORGET_LATE)
    op.execute(
        "CREATE TRIGGER forget_late AFTER INSERT ON command_invocations REFERENCING NEW TABLE AS written "
        "FOR EACH STATEMENT EXECUTE FUNCTION forget_late_invocations()"
    )


def downgrade() -> None:
    """Go back to the trigger of 0001. Who is erased stays so."""
    op.execute("DROP TRIGGER forget_late ON command_invocations")
    op.execute("DROP FUNCTION forget_late_invocations")
    op.drop_table("invocation_erasures")
    before = import_module("migrations.versions.0001_guilds").AUDIT_APPEND_ONLY
    op.execute(before.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION", 1))
    op.execute("DROP FUNCTION erase_guilds_member")
    op.execute("DROP FUNCTION audit_entry_names")
