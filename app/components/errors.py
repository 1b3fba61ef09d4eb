"""What is wrong with a control that somebody used."""

from app.errors import RefusedError


class OutdatedControlError(RefusedError):
    """Discord shows this member something that is no longer there: a removed command or an old button."""

    code = "outdated"

    def __init__(self) -> None:
        super().__init__("This control is out of date. Type the command again; nothing was done.")
