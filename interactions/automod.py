"""`/automod`: how the rules of auto-mod stand, switching one, and trying a text against them."""

from typing import Annotated, Final

from app.access.policy import Action
from app.automod.backtests.service import MOST_MESSAGES
from app.automod.rendering import FORMS, MODES, hit_count
from app.automod.rule import Mode
from app.automod.saving import set_mode
from app.automod.service import view_rules
from app.automod.stored import RuleHits, StoredRule
from app.automod.trying import Tried, find_rules, try_text
from app.discord.reply import Kind, Reply, clip
from app.discord.text import literal
from app.features import AUTOMOD
from app.wording import Term, message
from interactions import automod_backtest
from interactions.command import Command, Subcommand
from interactions.context import Context
from interactions.options import Choice, Option, TargetChannel

_SHOWN: Final = 25
"""Rules in one reply; together with what is said of each they fit into an embed (Discord: 4,096)."""

_LINE: Final = 150
_MOST_SUGGESTED: Final = 25
_LONGEST_NAME: Final = 60
_LONGEST_TEXT: Final = 2_000

_MODES: Final = (
    Choice(message("off"), Mode.OFF.value),
    Choice(message("shadow: only record what would have happened"), Mode.SHADOW.value),
    Choice(message("on"), Mode.ON.value),
)


async def _suggest_rule(ctx: Context, typed: str) -> list[Choice]:
    async with ctx.reading() as tx:
        rules = await find_rules(tx, ctx.actor)
    found = [each.rule.name for each in rules if typed.casefold() in each.rule.name.casefold()]
    return [Choice(name, name) for name in found[:_MOST_SUGGESTED]]


_RULE: Final = Option("Which rule", max_length=_LONGEST_NAME, autocomplete=_suggest_rule)


async def status(ctx: Context) -> Reply:
    """Show each rule with its mode and what it hit lately."""
    async with ctx.reading() as tx:
        overview = await view_rules(tx, ctx.actor, now=ctx.now)
    if not overview.rules and not overview.unfit:
        lines = [ctx.say("This server has no rules (yet). Nothing is looked at.")]
    else:
        lines = [
            _standing(ctx, stored, overview.hits.get(stored.id, RuleHits()))
            for stored in overview.rules[:_SHOWN]
        ]
        lines += [_paused(ctx, each.name, each.paused_because or each.fault) for each in overview.unfit]
        lines = lines[:_SHOWN]
        lines += _more(ctx, len(overview.rules) + len(overview.unfit))
        lines.append("-# " + ctx.say("Hits are those of the last 7 days."))
    return Reply(Kind.INFO, ctx.say("Auto-mod"), tuple(lines), ephemeral=True)


async def toggle(
    ctx: Context,
    rule: Annotated[str, _RULE],
    mode: Annotated[str, Option("What it is to be", choices=_MODES)],
) -> Reply:
    """Switch a rule off, to shadow, or on."""
    async with ctx.transaction() as tx:
        stored = await set_mode(tx, ctx.actor, rule, Mode(mode))
    said = ctx.say("“{rule}” is now: {mode}", rule=stored.rule.name, mode=Term(MODES[stored.rule.mode]))
    return Reply(Kind.DONE, ctx.say("Rule switched"), (said,), ephemeral=True)


async def try_out(
    ctx: Context,
    text: Annotated[str, Option("A message, a name or a file's name", max_length=_LONGEST_TEXT)],
    rule: Annotated[str | None, _RULE] = None,
) -> Reply:
    """Say what each rule finds in a text, in which form of it, and why. Nothing is done."""
    async with ctx.reading() as tx:
        rules = await find_rules(tx, ctx.actor, rule)
    if not rules:
        lines = [ctx.say("This server has no rules (yet). Nothing is looked at.")]
    else:
        tried = sorted(try_text(rules, text), key=lambda each: each.match is None)
        lines = [_verdict(ctx, each) for each in tried[:_SHOWN]]
        lines += _more(ctx, len(tried))
        lines.append(
            "-# " + ctx.say("Conditions were not asked: channels, roles, ages. Nothing was done or noted.")
        )
    return Reply(Kind.INFO, ctx.say("What the rules say"), tuple(lines), ephemeral=True)


async def backtest(
    ctx: Context,
    rule: Annotated[str | None, _RULE] = None,
    channel: Annotated[TargetChannel | None, Option("Where; otherwise in this channel")] = None,
    messages: Annotated[
        int, Option("How many messages, the newest first", minimum=100, maximum=MOST_MESSAGES)
    ] = 1_000,
) -> Reply:
    """Try one rule, or all, over messages of the past."""
    return await automod_backtest.start(ctx, rule, channel, messages)


COMMAND: Final = Command(
    name="automod",
    description="Rules that look at what members write; for those who manage the server",
    feature=AUTOMOD,
    subcommands=(
        Subcommand("status", "The rules, their modes and what they hit lately", status, Action.VIEW_AUTOMOD),
        Subcommand("toggle", "Switch a rule off, to shadow, or on", toggle, Action.CONFIGURE),
        Subcommand("test", "Which rules would fire on a text, and why", try_out, Action.VIEW_AUTOMOD),
        Subcommand(
            "backtest", "What rules would have hit lately; nothing is done", backtest, Action.CONFIGURE
        ),
    ),
)
CONTROLS: Final = automod_backtest.CONTROLS


def _standing(ctx: Context, stored: StoredRule, hits: RuleHits) -> str:
    if stored.paused_because is not None:
        return _paused(ctx, stored.rule.name, stored.paused_because)
    name = f"**{literal(stored.rule.name)}**"
    parts = [name, ctx.say(MODES[stored.rule.mode])]
    if hits.on:
        parts.append(ctx.language.count(hit_count(hits.on)))
    if hits.shadow:
        parts.append(ctx.say("in shadow: {hits}", hits=hit_count(hits.shadow)))
    return " · ".join(parts)


def _paused(ctx: Context, name: str, why: str) -> str:
    return f"**{literal(name)}** · " + clip(ctx.say("paused: {why}", why=why), _LINE)


def _verdict(ctx: Context, tried: Tried) -> str:
    name = literal(tried.stored.rule.name)
    if not tried.reads:
        return ctx.say("⏭️ {rule}: counts, and looks at no text", rule=tried.stored.rule.name)
    if tried.match is None:
        return ctx.say("✅ {rule}: finds nothing", rule=tried.stored.rule.name)
    why = clip(ctx.say(tried.match.reason, **tried.match.facts), _LINE)
    return f"🛑 **{name}** ({ctx.say(FORMS[tried.match.form])}): {why}"


def _more(ctx: Context, count: int) -> list[str]:
    return [ctx.say("and {count} more", count=count - _SHOWN)] if count > _SHOWN else []
