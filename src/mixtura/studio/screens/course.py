"""The course: where one stands, the map, and the lessons page by page."""

from __future__ import annotations

from datetime import UTC, datetime

import streamlit as st

from mixtura import course
from mixtura.course import memory
from mixtura.course.schema import Card, Lesson
from mixtura.studio import knowledge, learner, parts
from mixtura.studio.knowledge import Node
from mixtura.studio.language import Words
from mixtura.studio.lesson import Reading, pages, render

__all__ = ["heading", "show"]


def heading(say: Words) -> tuple[str, str]:
    """Title and lead: the lesson's where one is open."""
    asked = _asked()
    if asked is None:
        return say("course.title"), say("course.lead")
    lesson = course.lesson(asked, say.language)
    return lesson.title, ""


def show(say: Words) -> None:
    """Draw the lesson that the address names, or the map."""
    asked = _asked()
    if asked is None:
        _overview(say)
        return
    with st.container(width=860):
        _lesson(say, course.lesson(asked, say.language))


def _asked() -> str | None:
    """The lesson that the address names, if there is one of that name."""
    asked = st.query_params.get("lesson")
    return asked if asked in course.names() else None


def _overview(say: Words) -> None:
    nodes, due, reached = _standing(say)
    minutes = {each.id: each.minutes for each in course.lessons(say.language)}
    begun = [node for node in nodes if not node.finished]
    now = begun[0] if begun else nodes[0]
    finished = sum(node.finished for node in nodes)
    parts.summary(say("course.standing", finished=finished, all=len(nodes), due=due))
    going = "course.resume" if now.id in reached else "course.begin"
    with st.container(horizontal=True):
        if st.button(
            say(going, title=now.title), type="primary", icon=":material/play_arrow:", wrap=True
        ):
            _go(now.id, _page_of(now.id, say, reached))
        if due and st.button(say("course.review", due=due), icon=":material/style:"):
            st.switch_page(st.session_state.pages["review"])
    left, right = st.columns([1, 1.1], gap="large")
    with left:
        for node in nodes:
            _entry(say, node, nodes, minutes[node.id])
    with right:
        st.html(knowledge.draw(nodes, say("course.map")))
        st.caption(say("course.map"))


def _entry(say: Words, node: Node, nodes: list[Node], minutes: int) -> None:
    """A lesson in the list: open it; what it builds on, and how well it is remembered."""
    icon = ":material/check_circle:" if node.finished else ":material/menu_book:"
    text = f"{node.number}. {node.title}"
    if st.button(text, key=f"open.{node.id}", icon=icon, width="stretch", wrap=True):
        _go(node.id, 1)
    numbers = [each.number for each in nodes if each.id in node.after]
    facts = [f"{minutes} {say('course.minutes')}"]
    facts += [say("course.after", lessons=say("comma").join(numbers))] if numbers else []
    facts += [f"{say('course.strength')} {node.strength:.0%}"] if node.strength else []
    with st.container(key=f"facts-{node.id}"):
        st.caption(" · ".join(facts))


def _standing(say: Words) -> tuple[list[Node], int, dict[str, tuple[str, bool]]]:
    """The map's nodes, the number of cards due, and how far each lesson was read."""
    now = datetime.now(UTC)
    with learner.progress(say) as kept:
        states, reached = kept.states(), kept.read()
    lessons = course.lessons(say.language)
    cards = {each.id: [card.id for card in each.of(Card)] for each in lessons}
    strengths = memory.lesson_strengths(cards, states, now)
    nodes = [
        Node(
            place.id,
            place.number,
            each.title,
            place.after,
            strengths[place.id],
            reached.get(place.id, ("", False))[1],
        )
        for place, each in zip(course.outline(), lessons, strict=True)
    ]
    return nodes, len(memory.due(states.values(), now)), reached


def _page_of(name: str, say: Words, reached: dict[str, tuple[str, bool]]) -> int:
    """The page after the last one that was read."""
    last = reached.get(name, ("", False))[0]
    found = pages(course.lesson(name, say.language).blocks)
    read = [n for n, page in enumerate(found, 1) if any(block.id == last for block in page)]
    return min(read[0] + 1, len(found)) if read else 1


def _go(name: str | None, page: int = 1) -> None:
    """Open a page of a lesson, or the map."""
    for key in ("lesson", "page"):
        st.query_params.pop(key, None)
    if name is not None:
        st.query_params["lesson"] = name
        st.query_params["page"] = str(page)
    st.rerun()


def _lesson(say: Words, lesson: Lesson) -> None:
    found = pages(lesson.blocks)
    asked = st.query_params.get("page", "1")
    page = next((n for n in range(1, len(found) + 1) if str(n) == asked), 1)
    reading = Reading(say, course.words(say.language), lesson)
    if st.button(say("course.back"), icon=":material/map:"):
        _go(None)
    st.progress(page / len(found), say("course.page", page=page, all=len(found)))
    if page == 1:
        st.info(lesson.question, icon=":material/lightbulb:")
        goals = "\n".join(f"- {goal}" for goal in lesson.goals)
        st.markdown(f"**{reading.words['goals']}**\n\n{goals}")
    for block in found[page - 1]:
        render(reading, block)
    last = page == len(found)
    with learner.progress(say) as kept:
        kept.reached(lesson.id, found[page - 1][-1].id, finished=last)
    _turn(say, lesson, page, last)


def _turn(say: Words, lesson: Lesson, page: int, last: bool) -> None:
    with st.container(horizontal=True, horizontal_alignment="distribute"):
        if st.button(say("course.previous"), disabled=page == 1, icon=":material/arrow_back:"):
            _go(lesson.id, page - 1)
        if not last:
            if st.button(say("course.next"), type="primary", icon=":material/arrow_forward:"):
                _go(lesson.id, page + 1)
        elif st.button(say("course.done"), type="primary", icon=":material/check:"):
            _go(None)
