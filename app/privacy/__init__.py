"""What is kept about one member: as a file for that member, and forgotten when that member says so.

Words: to *erase* is to blank names and what was said, and to put an *alias*, a random negative number, in
the place of the member's id. A *fingerprint* is a hash that tells whether an id was erased to whoever has
that id already.
Invariants: nobody sees or erases anybody else's data; an alias is the same in every room of a guild and
stands for nobody else; no sum changes; every table is a room's to erase, or named with the reason why it
knows no member (`rooms`).
"""
