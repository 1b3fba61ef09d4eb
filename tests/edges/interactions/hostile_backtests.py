"""Backtests, of rules that are called as badly as can be."""

from typing import TYPE_CHECKING, Any

from tests.support.ruling import Beat, rule

if TYPE_CHECKING:
    from tests.edges.interactions.hostile import Stage

Payload = dict[str, Any]


async def _make_rules(stage: "Stage") -> list[str]:
    """Make rules with the worst names, one of which looks at no messages; gives their names."""
    visible = "".join(each for each in stage.words if each.isprintable()).strip()
    names = [f"{visible[:50]} {number}".strip() for number in range(8)]
    async with stage.database.transaction() as tx:
        await Beat(stage.guild_id).rule(
            tx,
            *(rule(name) for name in names[:-1]),
            rule(names[-1], trigger={"type": "new_account"}, actions=[{"type": "kick"}]),
        )
    return names


async def start(stage: "Stage") -> list[Payload]:
    """Start without rules, of one that looks at no messages, of none there is; of all; and once more."""
    empty = await stage.use("automod backtest")
    names = await _make_rules(stage)
    return [
        empty,
        await stage.use("automod backtest", rule=names[-1]),
        await stage.use("automod backtest", rule=stage.words[:60]),
        await stage.use("automod backtest"),
        await stage.use("automod backtest", rule=names[0]),
    ]


async def end(stage: "Stage") -> list[Payload]:
    """End one where it was started, and again where another one was refused."""
    await _make_rules(stage)
    started = await stage.use("automod backtest")
    refused = await stage.use("automod backtest")
    return [await stage.press(started, 0), await stage.press(refused, 0)]


CASES = {"/automod backtest": start, "control backtest-end": end}
"""What is run -> how it is used."""
