"""The economy: bytes that members claim, send and earn, on a ledger that books everything exactly once.

Words: *balance* is what a member has; a *transaction* is one transfer, debit and credit in one row;
*giver* and *receiver* are its two parties. The system (id 0) *mints* as giver and *burns* as receiver,
and has no balance row, so no row is hot.
Invariants (`app/database/invariants.sql` states them in SQL): balances are never negative;
balance = total received - total sent = what the member's transactions add up to; one key, one row.
Only the SQL functions `post_transaction` and `mint_starting_balance` touch a balance: they lock both
members' rows in id order.

Besides the usual shelves: `booking` (what becomes of a posting) and `claims` (appearing, claiming).
The package is named as the feature, so write `from app.bytes import service as bytes_service`.
"""
