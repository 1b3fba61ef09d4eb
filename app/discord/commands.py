"""Command registrations, between Discord's JSON (which the platform keeps) and hikari's objects."""

from typing import Any

import hikari
from hikari.impl import SlashCommandBuilder


def builder(command: dict[str, Any]) -> SlashCommandBuilder:
    """Make hikari's builder of a slash command."""
    built = SlashCommandBuilder(name=command["name"], description=command["description"])
    for option in command["options"]:
        built.add_option(_option(option))
    if command["default_member_permissions"] is not None:
        built.set_default_member_permissions(int(command["default_member_permissions"]))
    built.set_context_types([hikari.ApplicationContextType(value) for value in command["contexts"]])
    built.set_integration_types(
        [hikari.ApplicationIntegrationType(value) for value in command["integration_types"]]
    )
    return built


def payload(command: hikari.PartialCommand) -> dict[str, Any]:
    """Write a registered command as Discord would take it back; of context menus only type and name."""
    if not isinstance(command, hikari.SlashCommand):
        return {"type": int(command.type), "name": command.name}
    permissions = int(command.default_member_permissions)
    return {
        "type": int(command.type),
        "name": command.name,
        "description": command.description,
        "options": [_option_payload(option) for option in command.options or ()],
        "default_member_permissions": str(permissions) if permissions else None,
        "contexts": sorted(int(value) for value in command.context_types),
        "integration_types": sorted(int(value) for value in command.integration_types),
    }


def _option(option: dict[str, Any]) -> hikari.CommandOption:
    return hikari.CommandOption(
        type=hikari.OptionType(option["type"]),
        name=option["name"],
        description=option["description"],
        is_required=option.get("required", False),
        options=[_option(nested) for nested in option.get("options", [])] or None,
        min_value=option.get("min_value"),
        max_value=option.get("max_value"),
        max_length=option.get("max_length"),
    )


def _option_payload(option: hikari.CommandOption) -> dict[str, Any]:
    return {
        "type": int(option.type),
        "name": option.name,
        "description": option.description,
        "required": option.is_required,
        "options": [_option_payload(nested) for nested in option.options or ()],
        "min_value": option.min_value,
        "max_value": option.max_value,
        "max_length": option.max_length,
    }
