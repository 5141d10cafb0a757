"""What an agent is told of the words while they are typed."""

from tests.api.test_tickets import Town


async def test_words_that_cannot_wait_are_shown_from_the_list_that_every_door_goes_by(town: Town) -> None:
    agent = town.browser(town.city.agent)

    heard = await agent.get("/suggestions/topics?text=楼道里燃气泄漏，经检查没有漏电")

    assert heard["urgent_words"] == ["燃气泄漏"]
