"""A page's parts stand in its address, so that a link leads to the part that was meant."""

from streamlit.testing.v1 import AppTest


def _page():
    import streamlit as st  # noqa: PLC0415 -- this function becomes a script of its own

    from app.components.address_tabs import (  # noqa: PLC0415 -- as above
        open_part,
        tabs_in_address,
    )

    tabs = ("Skill", "Me and the machine", "How sure, how right")
    st.button("Go", key="go", on_click=open_part, args=(tabs[2],))
    for name, tab in zip(tabs, tabs_in_address(tabs, key="tab"), strict=True):
        if tab.open:
            with tab:
                st.text(f"this is {name}")


def _shown(page):
    assert not page.exception
    return [one.value for one in page.text]


def test_first_part_is_open_and_needs_no_name_in_the_address():
    page = AppTest.from_function(_page).run()

    assert _shown(page) == ["this is Skill"]
    assert "part" not in page.query_params


def test_part_named_in_the_address_is_open():
    page = AppTest.from_function(_page)
    page.query_params["part"] = "how-sure-how-right"

    page.run()

    assert _shown(page) == ["this is How sure, how right"]


def test_part_chosen_on_the_page_is_noted_in_the_address():
    page = AppTest.from_function(_page).run()
    page.session_state["tab"] = "Me and the machine"

    page.run()

    assert _shown(page) == ["this is Me and the machine"]
    assert page.query_params["part"] == "me-and-the-machine"


def test_address_that_changes_later_is_followed():
    """The back button changes the address of a page that stays."""
    page = AppTest.from_function(_page).run()
    page.session_state["tab"] = "Me and the machine"
    page.run()
    del page.query_params["part"]

    page.run()

    assert _shown(page) == ["this is Skill"]


def test_part_that_is_none_of_the_page_opens_the_first_and_leaves_the_address():
    page = AppTest.from_function(_page)
    page.query_params["part"] = "nowhere"

    page.run()

    assert _shown(page) == ["this is Skill"]
    assert "part" not in page.query_params


def test_part_can_be_opened_by_a_button_of_the_page():
    page = AppTest.from_function(_page).run()

    page.button(key="go").click().run()

    assert _shown(page) == ["this is How sure, how right"]
    assert page.query_params["part"] == "how-sure-how-right"
