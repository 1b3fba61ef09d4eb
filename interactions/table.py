"""Everything there is to run.

Nothing registers itself: adding something ends with a line here (docs/add-a-command.md).
"""

from typing import Final

from interactions import (
    about,
    automod,
    cases,
    incident,
    incident_buttons,
    massban,
    moderation,
    privacy,
    purge,
    raid,
    reports,
    squads,
    treasury,
)
from interactions import bytes as bytes_commands
from interactions import help as help_commands
from interactions.routing import Routes

ROUTES: Final = Routes(
    commands=(
        bytes_commands.COMMAND,
        treasury.COMMAND,
        squads.COMMAND,
        *moderation.COMMANDS,
        massban.COMMAND,
        purge.COMMAND,
        cases.COMMAND,
        incident.COMMAND,
        automod.COMMAND,
        raid.COMMAND,
        privacy.COMMAND,
        help_commands.COMMAND,
        about.COMMAND,
    ),
    menus=(
        *bytes_commands.MENUS,
        *moderation.MENUS,
        *cases.MENUS,
        *reports.MENUS,
    ),
    controls=(
        *bytes_commands.CONTROLS,
        *squads.CONTROLS,
        *cases.CONTROLS,
        *massban.CONTROLS,
        *incident.CONTROLS,
        *automod.CONTROLS,
        *incident_buttons.CONTROLS,
        *reports.CONTROLS,
        *privacy.CONTROLS,
        help_commands.CHOSEN,
    ),
    forms=(
        *bytes_commands.FORMS,
        *moderation.FORMS,
        *reports.FORMS,
    ),
)
