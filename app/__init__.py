"""Smarter Dev: the rooms of the product and the ground they stand on (see docs/house.md)."""
