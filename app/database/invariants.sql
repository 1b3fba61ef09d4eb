-- What must always be true of the data. Each query returns the rows that break its sentence: none.
-- `smarterdev verify` runs them, and so does every integration, race and chaos test.
--
-- name: balances_not_negative
-- No balance is below zero.
SELECT guild_id, user_id, balance FROM bytes_balances WHERE balance < 0;

-- name: balances_add_up
-- A balance is what was received less what was sent.
SELECT guild_id, user_id, balance, total_received, total_sent FROM bytes_balances
WHERE balance <> total_received - total_sent;

-- name: balances_match_transactions
-- Every balance, and every total, is what the member's transactions add up to; a reversal subtracts.
SELECT
    COALESCE(b.guild_id, t.guild_id) AS guild_id,
    COALESCE(b.user_id, t.user_id) AS user_id,
    b.total_received, t.received, b.total_sent, t.sent, b.total_earned, t.earned
FROM bytes_balances b
FULL JOIN (
    SELECT guild_id, user_id, SUM(received) AS received, SUM(sent) AS sent, SUM(earned) AS earned
    FROM (
        SELECT guild_id, receiver_id AS user_id, amount AS received, 0 AS sent,
            CASE WHEN giver_id = 0 THEN amount ELSE 0 END AS earned
        FROM bytes_transactions WHERE receiver_id <> 0 AND kind <> 'reversal'
        UNION ALL
        SELECT guild_id, giver_id, 0, amount, 0
        FROM bytes_transactions WHERE giver_id <> 0 AND kind <> 'reversal'
        UNION ALL
        SELECT guild_id, giver_id, -amount, 0, CASE WHEN receiver_id = 0 THEN -amount ELSE 0 END
        FROM bytes_transactions WHERE giver_id <> 0 AND kind = 'reversal'
        UNION ALL
        SELECT guild_id, receiver_id, 0, -amount, 0
        FROM bytes_transactions WHERE receiver_id <> 0 AND kind = 'reversal'
    ) parts
    GROUP BY guild_id, user_id
) t ON t.guild_id = b.guild_id AND t.user_id = b.user_id
WHERE COALESCE(b.total_received, 0) <> COALESCE(t.received, 0)
    OR COALESCE(b.total_sent, 0) <> COALESCE(t.sent, 0)
    OR COALESCE(b.total_earned, 0) <> COALESCE(t.earned, 0);

-- name: supply_is_minted_less_burned
-- What the members of a guild have together is what was minted less what was burned.
SELECT COALESCE(b.guild_id, t.guild_id) AS guild_id, b.held, t.supply
FROM (SELECT guild_id, SUM(balance) AS held FROM bytes_balances GROUP BY guild_id) b
FULL JOIN (
    SELECT guild_id,
        SUM(CASE WHEN giver_id = 0 THEN amount WHEN receiver_id = 0 THEN -amount ELSE 0 END) AS supply
    FROM bytes_transactions GROUP BY guild_id
) t ON t.guild_id = b.guild_id
WHERE COALESCE(b.held, 0) <> COALESCE(t.supply, 0);

-- name: chains_unbroken
-- Along a member's transactions, each balance after is the one before plus or minus the amount.
SELECT guild_id, user_id, seq, change, balance_before, balance_after
FROM (
    SELECT guild_id, user_id, seq, change, balance_after,
        COALESCE(LAG(balance_after) OVER (PARTITION BY guild_id, user_id ORDER BY seq), 0)
            AS balance_before
    FROM (
        SELECT guild_id, receiver_id AS user_id, seq, amount AS change,
            receiver_balance_after AS balance_after
        FROM bytes_transactions WHERE receiver_id <> 0
        UNION ALL
        SELECT guild_id, giver_id, seq, -amount, giver_balance_after
        FROM bytes_transactions WHERE giver_id <> 0
    ) sides
) chain
WHERE balance_after <> balance_before + change;

-- name: chains_end_in_balances
-- The last balance after of a member is the balance.
SELECT b.guild_id, b.user_id, b.balance, last.balance_after
FROM bytes_balances b
LEFT JOIN LATERAL (
    SELECT CASE WHEN t.receiver_id = b.user_id
        THEN t.receiver_balance_after ELSE t.giver_balance_after END AS balance_after
    FROM bytes_transactions t
    WHERE t.guild_id = b.guild_id AND b.user_id IN (t.giver_id, t.receiver_id)
    ORDER BY t.seq DESC LIMIT 1
) last ON true
WHERE b.balance <> COALESCE(last.balance_after, 0);

-- name: minting_and_burning_have_their_kinds
-- Only the system mints and burns, and only for the kinds that say so.
SELECT id, kind, giver_id, receiver_id FROM bytes_transactions
WHERE (giver_id = 0) <> (kind IN ('starting', 'daily', 'grant'))
    AND kind <> 'reversal'
    OR (receiver_id = 0) <> (kind IN ('take', 'fee')) AND kind <> 'reversal';

-- name: reversals_fit_their_originals
-- A reversal has the parties of its original swapped, moves no more, comes later, and is itself not undone.
SELECT r.id, r.reverses_id FROM bytes_transactions r
LEFT JOIN bytes_transactions t ON t.id = r.reverses_id
WHERE r.kind = 'reversal' AND (
    t.id IS NULL OR t.kind = 'reversal' OR r.amount > t.amount OR r.seq < t.seq
    OR (r.guild_id, r.giver_id, r.receiver_id) <> (t.guild_id, t.receiver_id, t.giver_id));

-- name: one_starting_balance
-- A member is given a starting balance at most once, and is marked as started by it.
SELECT t.guild_id, t.receiver_id, COUNT(*) FROM bytes_transactions t
LEFT JOIN bytes_balances b ON b.guild_id = t.guild_id AND b.user_id = t.receiver_id
WHERE t.kind = 'starting'
GROUP BY t.guild_id, t.receiver_id
HAVING COUNT(*) > 1 OR BOOL_OR(b.started_at IS NULL);

-- name: starting_balances_have_their_keys
-- The key of a starting balance names its member, who has not had one before an erasure.
SELECT t.id FROM bytes_transactions t
LEFT JOIN bytes_erasures e ON e.guild_id = t.guild_id AND e.had_started
    AND e.fingerprint = bytes_fingerprint(t.guild_id, t.receiver_id)
WHERE t.kind = 'starting' AND (
    t.idempotency_key <> 'starting:' || t.guild_id || ':' || t.receiver_id OR e.guild_id IS NOT NULL);

-- name: who_was_erased_has_no_name
-- Transactions of an erased member say neither a name nor what for.
SELECT id FROM bytes_transactions
WHERE giver_id < 0 AND giver_username IS NOT NULL
    OR receiver_id < 0 AND receiver_username IS NOT NULL
    OR LEAST(giver_id, receiver_id) < 0 AND reason IS NOT NULL;

-- name: one_claim_a_day
-- A member claims once on each of the guild's days; the last, also before an erasure, is remembered.
SELECT COALESCE(b.guild_id, t.guild_id) AS guild_id, COALESCE(b.user_id, t.receiver_id) AS user_id,
    b.last_daily, t.last_claim, e.last_daily AS last_erased_claim, b.streak_count, t.last_streak
FROM bytes_balances b
LEFT JOIN bytes_erasures e
    ON e.guild_id = b.guild_id AND e.fingerprint = bytes_fingerprint(b.guild_id, b.user_id)
FULL JOIN (
    SELECT guild_id, receiver_id, MAX(claim_date) AS last_claim,
        (ARRAY_AGG(streak_count ORDER BY claim_date DESC))[1] AS last_streak,
        COUNT(*) - COUNT(DISTINCT claim_date) AS doubles
    FROM bytes_transactions WHERE kind = 'daily'
    GROUP BY guild_id, receiver_id
) t ON t.guild_id = b.guild_id AND t.receiver_id = b.user_id
WHERE t.doubles > 0
    OR b.last_daily IS DISTINCT FROM GREATEST(t.last_claim, e.last_daily)
    OR COALESCE(b.streak_count, 0) <> COALESCE(t.last_streak, 0);

-- name: last_send_is_remembered
-- A cooldown counts from the member's last transfer that still stands.
SELECT b.guild_id, b.user_id, b.last_sent_at, t.last_transfer
FROM bytes_balances b
LEFT JOIN (
    SELECT s.guild_id, s.giver_id, (ARRAY_AGG(s.created_at ORDER BY s.seq DESC))[1] AS last_transfer
    FROM bytes_transactions s
    LEFT JOIN bytes_transactions r ON r.reverses_id = s.id
    WHERE s.kind = 'transfer' AND r.id IS NULL
    GROUP BY s.guild_id, s.giver_id
) t ON t.guild_id = b.guild_id AND t.giver_id = b.user_id
WHERE b.last_sent_at IS DISTINCT FROM t.last_transfer;

-- name: transactions_belong_to_known_guilds
-- Whatever is booked belongs to a guild we know.
SELECT DISTINCT t.guild_id FROM bytes_transactions t
LEFT JOIN guilds g ON g.id = t.guild_id WHERE g.id IS NULL;

-- name: what_staff_booked_is_audited
-- Every grant, take and reversal has exactly one audit entry, of the same guild.
SELECT t.id, t.kind FROM bytes_transactions t
LEFT JOIN audit_entries a
    ON a.subject_type = 'bytes_transaction' AND a.subject_id = COALESCE(t.reverses_id, t.id)::text
    AND a.guild_id = t.guild_id AND (a.before IS NULL) = (t.reverses_id IS NULL)
WHERE t.kind IN ('grant', 'take', 'reversal')
GROUP BY t.id
HAVING COUNT(a.id) <> 1;

-- name: moves_of_squads_are_paid
-- What a move into a squad cost was paid by the member, once, and burned; nobody paid without a move.
SELECT COALESCE(m.guild_id, t.guild_id) AS guild_id, m.id AS move_id, t.id AS transaction_id
FROM squad_moves m
FULL JOIN (SELECT * FROM bytes_transactions WHERE kind = 'fee') t ON t.id = m.transaction_id
WHERE m.id IS NULL
    OR (m.transaction_id IS NOT NULL OR m.cost <> 0)
    AND (t.id IS NULL
        OR (t.guild_id, t.giver_id, t.receiver_id, t.amount) <> (m.guild_id, m.user_id, 0, m.cost))
UNION ALL
SELECT guild_id, NULL, transaction_id FROM squad_moves
WHERE transaction_id IS NOT NULL GROUP BY guild_id, transaction_id HAVING COUNT(*) > 1;

-- name: first_choices_are_free
-- The first squad a member goes into by their own choice costs nothing.
SELECT guild_id, user_id, MIN(cost) AS cheapest FROM squad_moves
WHERE cause IN ('join', 'switch')
GROUP BY guild_id, user_id HAVING MIN(cost) > 0;

-- name: nobody_is_in_a_squad_that_is_gone
-- Closing or deleting a squad has ended every membership in it.
SELECT m.guild_id, m.user_id, m.squad_id FROM squad_memberships m
JOIN squads s ON s.id = m.squad_id
WHERE s.deleted_at IS NOT NULL OR NOT s.is_active;

-- name: squads_hold_what_they_take
-- No squad has more members than it takes, unless it took more once and was made smaller.
SELECT s.guild_id, s.id, s.max_members, COUNT(*) AS members FROM squads s
JOIN squad_memberships m ON m.squad_id = s.id
WHERE NOT EXISTS (
    SELECT 1 FROM audit_entries a
    WHERE a.guild_id = s.guild_id AND a.subject_type = 'squad' AND a.subject_id = s.id::text
        AND COALESCE((a.before->>'max_members')::int, 2147483647)
            > COALESCE((a.after->>'max_members')::int, 2147483647)
        AND a.before IS NOT NULL)
GROUP BY s.id
HAVING COUNT(*) > s.max_members;

-- name: moves_lead_to_memberships
-- A member went once more into the squad they are in than out of it, and out of any other as often as in.
-- Of whoever was erased no move says that they are in none any more.
SELECT COALESCE(w.guild_id, m.guild_id) AS guild_id, COALESCE(w.user_id, m.user_id) AS user_id,
    COALESCE(w.squad_id, m.squad_id) AS squad_id, w.ways
FROM (
    SELECT guild_id, user_id, squad_id, SUM(way) AS ways
    FROM (
        SELECT guild_id, user_id, to_id AS squad_id, 1 AS way FROM squad_moves WHERE to_id IS NOT NULL
        UNION ALL
        SELECT guild_id, user_id, from_id, -1 FROM squad_moves WHERE from_id IS NOT NULL
    ) steps
    WHERE user_id > 0
    GROUP BY guild_id, user_id, squad_id
) w
FULL JOIN squad_memberships m
    ON (m.guild_id, m.user_id, m.squad_id) = (w.guild_id, w.user_id, w.squad_id)
WHERE COALESCE(w.ways, 0) <> CASE WHEN m.squad_id IS NULL THEN 0 ELSE 1 END;
