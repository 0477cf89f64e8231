"""A room full of visitors: what is equal for all is made once, and a walk from page to page ends on no error."""


def test_a_page_takes_no_value_of_another_pages_field_of_the_same_name(trained, screen):
    page = screen("train")
    default = page.number_input(key="batch").value
    page.run()  # what a field holds is kept from its second run on
    for _ in range(2):
        page.switch_page("../pages/benchmark.py").run().run()
        assert not page.error
        assert page.button_group(key="batch").value == [1]
        page.switch_page("../pages/train.py").run().run()
        assert not page.error
        assert page.number_input(key="batch").value == default
        assert page.selectbox(key="precision").value == "auto"
