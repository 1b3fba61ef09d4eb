"""Discord components of ours that work a single time: which of them have.

Words: *component* is Discord's word for a button or a select; the *issuing interaction* is the one whose
reply it stands in.
Invariants: of the one-time components of one reply, one interaction at most has an effect.
"""
