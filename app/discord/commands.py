"""Command registrations, between Discord's JSON (which the platform keeps) and hikari's objects."""

from typing import Any

import hikari
from hikari.api.special_endpoints import CommandBuilder
from hikari.impl import ContextMenuCommandBuilder, SlashCommandBuilder


def builder(command: dict[str, Any]) -> CommandBuilder:
    """Make hikari's builder of a slash command or a context menu."""
    built: SlashCommandBuilder | ContextMenuCommandBuilder
    if command["type"] == hikari.CommandType.SLASH:
        built = SlashCommandBuilder(name=command["name"], description=command["description"])
        built.set_description_localizations(command["description_localizations"])
        for option in command["options"]:
            built.add_option(_option(option))
    else:
        built = ContextMenuCommandBuilder(name=command["name"], type=hikari.CommandType(command["type"]))
        built.set_name_localizations(command["name_localizations"])
    if command["default_member_permissions"] is not None:
        built.set_default_member_permissions(int(command["default_member_permissions"]))
    built.set_context_types([hikari.ApplicationContextType(value) for value in command["contexts"]])
    built.set_integration_types(
        [hikari.ApplicationIntegrationType(value) for value in command["integration_types"]]
    )
    return built


def payload(command: hikari.PartialCommand) -> dict[str, Any]:
    """Write a registered command as Discord would take it back."""
    permissions = int(command.default_member_permissions)
    common = {
        "type": int(command.type),
        "name": command.name,
        "default_member_permissions": str(permissions) if permissions else None,
        "contexts": sorted(int(value) for value in command.context_types),
        "integration_types": sorted(int(value) for value in command.integration_types),
    }
    if not isinstance(command, hikari.SlashCommand):
        return common | {"name_localizations": _translations(command.name_localizations)}
    return common | {
        "description": command.description,
        "description_localizations": _translations(command.description_localizations),
        "options": [_option_payload(option) for option in command.options or ()],
    }


def _option(option: dict[str, Any]) -> hikari.CommandOption:
    return hikari.CommandOption(
        type=hikari.OptionType(option["type"]),
        name=option["name"],
        description=option["description"],
        description_localizations=option["description_localizations"],
        is_required=option.get("required", False),
        options=[_option(nested) for nested in option.get("options", [])] or None,
        choices=[
            hikari.CommandChoice(
                name=choice["name"],
                value=choice["value"],
                name_localizations=choice["name_localizations"],
            )
            for choice in option.get("choices", [])
        ]
        or None,
        autocomplete=option.get("autocomplete", False),
        min_value=option.get("min_value"),
        max_value=option.get("max_value"),
        max_length=option.get("max_length"),
        channel_types=[hikari.ChannelType(each) for each in option.get("channel_types", [])] or None,
    )


def _option_payload(option: hikari.CommandOption) -> dict[str, Any]:
    return {
        "type": int(option.type),
        "name": option.name,
        "description": option.description,
        "description_localizations": _translations(option.description_localizations),
        "required": option.is_required,
        "options": [_option_payload(nested) for nested in option.options or ()],
        "choices": [
            {
                "name": choice.name,
                "value": choice.value,
                "name_localizations": _translations(choice.name_localizations),
            }
            for choice in option.choices or ()
        ],
        "autocomplete": option.autocomplete,
        "min_value": option.min_value,
        "max_value": option.max_value,
        "max_length": option.max_length,
        "channel_types": sorted(map(int, option.channel_types or ())),
    }


def _translations(given: Any) -> dict[str, str]:  # noqa: ANN401 - hikari: a mapping by its own enum or text
    return {str(locale): text for locale, text in given.items()}
