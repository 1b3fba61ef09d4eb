"""Buttons, pages and forms as handlers show them."""

from typing import Any, Final

from app.discord.reply import Button, ButtonStyle, Modal, Select
from interactions.command import Control, Form
from interactions.context import Context
from interactions.options import Parameter, TargetUser

_TEXT_INPUT: Final = 4
_USER_SELECT: Final = 5
_SHORT, _PARAGRAPH = 1, 2
_SHORT_TEXT: Final = 100
"""Characters up to which a text is asked for in one line."""


def button(
    ctx: Context,
    control: Control,
    label: str,
    row: str = "",
    *,
    style: ButtonStyle = ButtonStyle.SECONDARY,
    is_disabled: bool = False,
) -> Button:
    """Make a button for the member who is being answered.

    Args:
        ctx: The interaction whose reply it will stand in.
        control: What pressing it does.
        label: 1-80 characters, in the member's language.
        row: What it is about; two buttons of one reply need different rows.
        style: How it looks.
        is_disabled: Whether it cannot be pressed.
    """
    return Button(label, ctx.custom_id(control.name, row), style, is_disabled)


def select(
    ctx: Context, control: Control, placeholder: str, options: tuple[tuple[str, str, str], ...]
) -> Select:
    """Make a select for the member who is being answered; `options` as `Select` has them."""
    return Select(ctx.custom_id(control.name), placeholder, options)


def pager(
    ctx: Context, control: Control, before: str | None, after: str | None, *, key: str = ""
) -> tuple[Button, ...]:
    """Make the two buttons of something with pages; empty if there is only one.

    Args:
        ctx: The interaction whose reply they will stand in.
        control: What shows another page.
        before: The row of the page before this one, None on the first.
        after: The row of the page after this one, None on the last.
        key: Tells the disabled buttons of two pagers in one reply apart.
    """
    if before is None and after is None:
        return ()
    return (
        button(ctx, control, ctx.say("Previous"), before or f"{key}first", is_disabled=before is None),
        button(ctx, control, ctx.say("Next"), after or f"{key}last", is_disabled=after is None),
    )


def open_form(ctx: Context, form: Form, *, row: str = "", **values: object) -> Modal:
    """Make a form for the member who is being answered, with `values` filled in already.

    Args:
        ctx: The interaction that is answered with it.
        form: Which.
        row: What it is about; its handler finds it in `Context.row`.
        values: Of fields, by name.
    """
    fields = tuple(
        (ctx.say(each.option.description), _field(ctx, each, values.get(each.name)))
        for each in form.parameters
    )
    return Modal(ctx.custom_id(form.name, row), ctx.say(form.title), fields)


def _field(ctx: Context, parameter: Parameter, value: object) -> dict[str, Any]:
    option = parameter.option
    common: dict[str, Any] = {"custom_id": parameter.name, "required": parameter.required}
    if parameter.type is TargetUser:
        chosen = [{"id": str(value.user_id), "type": "user"}] if isinstance(value, TargetUser) else []
        return common | {"type": _USER_SELECT, "default_values": chosen}
    if parameter.type is int:
        lowest, highest = ctx.language.number(option.minimum or 0), ctx.language.number(option.maximum or 0)
        shown = {"placeholder": f"{lowest} - {highest}", "max_length": len(highest) + 4}
    else:
        shown = {} if option.max_length is None else {"max_length": option.max_length}
    style = _SHORT if parameter.type is int or (option.max_length or 0) <= _SHORT_TEXT else _PARAGRAPH
    filled = {} if value is None else {"value": str(value)}
    return common | {"type": _TEXT_INPUT, "style": style} | shown | filled
