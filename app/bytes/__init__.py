"""The economy: bytes that members claim, send and earn, on a ledger that books everything exactly once.

Words: *balance* is what a member has; a *transaction* is one transfer, debit and credit in one row;
*giver* and *receiver* are its two parties. The system (id 0) *mints* as giver and *burns* as receiver,
and has no balance row, so no row is hot.
Invariants (`app/database/invariants.sql` states them in SQL): balances are never negative;
balance = total received - total sent = what the member's transactions add up to; one key, one row.
Only the SQL functions `post_transaction`, `reverse_transaction` and `mint_starting_balance` move bytes: they
lock both members' rows in id order. `erase_bytes_member` puts a negative alias in a member's place.

Besides the usual shelves: `economy` (what a use case enters by), `booking` (what becomes of a posting),
`claims` (appearing, claiming), `rewards` (what bytes unlock), `treasury` (what staff does), `history`
(looking through the ledger) and `erasure` (export, erase).
The package is named as the feature, so write `from app.bytes import service as bytes_service`.
"""
