"""Custom ids, for handlers; they stand in `app.components`, because the worker writes some, too."""

from app.components.custom_id import LONGEST, VERSION, CustomId, CustomIds, number_of, parts_of

__all__ = ["LONGEST", "VERSION", "CustomId", "CustomIds", "number_of", "parts_of"]
