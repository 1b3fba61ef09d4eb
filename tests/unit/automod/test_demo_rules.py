"""The rules that the demo's server begins with, as somebody who tries them would want them."""

from app.automod.rule import Mode, check_examples
from app.automod.saving import MOST_RULES
from app.demo.rules import demo_rules


class TestTheDemosRules:
    def test_could_all_be_saved(self) -> None:
        rules = demo_rules()
        assert len({rule.name for rule in rules}) == len(rules) <= MOST_RULES
        assert [failure for rule in rules for failure in check_examples(rule)] == []

    def test_act_on_spam_and_only_tell_of_a_raid(self) -> None:
        on = {
            rule.name: {action.type for action in rule.actions}
            for rule in demo_rules()
            if rule.mode is Mode.ON
        }
        assert on["A raid"] == {"alert"}
        assert "delete_message" in on["Free Nitro"]
        assert len(on) == 7
        assert all(rule.mode is not Mode.OFF for rule in demo_rules())

    def test_let_members_post_their_own_invite(self) -> None:
        [invites] = [rule for rule in demo_rules() if rule.trigger.type == "invite_links"]
        assert invites.trigger.model_dump()["allowed_codes"] == ("beginner-codes",)
