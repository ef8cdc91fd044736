"""Tab Review in Chromium: from a sheet, a form or a job to a review with its link."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from amgan.model import AMGAN
from amgan.reviews.store.store import ReviewStore
from tests.ui.browsing import TIMEOUT, choose_model, open_page, says_for_a_moment
from tests.ui.language import LANG, PAGE, saying
from tests.ui.models import NAMES
from tests.ui.review_form import box, cards, fill, made, open_form

SCRIPT = '<script>document.title = "broken"</script>'


def test_a_sheet_is_sent_to_review_and_is_a_link(
    page: Page, app_url: str, app_reviews: ReviewStore, weights: Path
) -> None:
    open_page(page, app_url + "?class=Sneaker&n=9&seed=5&truncation=0.9", 9)
    page.locator("#send-to-review").click()
    page.wait_for_url(re.compile("tab=review.*classes=Sneaker.*n=9.*seed=5.*truncation=0.9"))
    expect(box(page, "count")).to_have_value("9")
    fill(page, title=SCRIPT, count="40", target="60 %")
    review = made(page, app_reviews)
    names = [(item.a.model, item.a.asked, item.a.seed, item.a.truncation) for item in review.spec.items]
    assert names == [("fashion-mnist", "Sneaker", seed, 0.9) for seed in range(5, 45)]
    assert (review.spec.title, review.spec.scale, review.spec.target) == (SCRIPT, "keep", 0.6)
    model = AMGAN.from_pretrained(weights / "fashion-mnist")
    assert {item.a.revision for item in review.spec.items} == {model.revision}
    _, samples = model.sampler.sample([5], ["Sneaker"], 0.9)
    assert review.spec.items[0].a.class_probability == samples[0].class_probability
    card = cards(page).first
    expect(card).to_contain_text(SCRIPT)
    expect(card).to_contain_text(PAGE.review_pictures.format(count=40))
    assert page.title() == "AM-GAN"
    copying = card.get_by_role("button", name=PAGE.copy_link)
    with says_for_a_moment(copying, PAGE.copied):
        copying.click()
    assert page.evaluate("navigator.clipboard.readText()") == f"{app_url}review/{review.id}"
    for link, address in (
        (PAGE.review_now, f"{app_url}review/{review.id}"),
        (PAGE.review_results, f"results?key={review.key}&lang={LANG}"),
    ):
        found = card.get_by_role("link", name=link).evaluate("link => link.href")
        assert found.endswith(address)
        assert page.request.get(found).ok


def test_on_a_phone_what_was_made_comes_into_sight(page: Page, app_url: str, app_reviews: ReviewStore) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    open_form(page, app_url, "&n=2")
    made(page, app_reviews)
    expect(cards(page).first).to_be_focused()
    expect(cards(page).first.get_by_role("button", name=PAGE.copy_link)).to_be_in_viewport()


def test_one_picture_is_sent_from_the_viewer(page: Page, app_url: str, app_reviews: ReviewStore) -> None:
    open_page(page, app_url + "?seed=30")
    page.locator(".ag-tile").nth(4).click()
    page.locator(".ag-viewer").get_by_role("button", name=PAGE.send_to_review).click()
    page.wait_for_url(re.compile("tab=review.*n=1.*seed=34"))
    expect(page.locator(".ag-viewer")).to_be_hidden()
    (item,) = made(page, app_reviews).spec.items
    assert (item.a.seed, item.a.asked) == (34, None)


def test_another_model_does_not_empty_the_form(page: Page, app_url: str, app_reviews: ReviewStore) -> None:
    open_form(page, app_url, f"&title=Spring&n=3&classes={NAMES[0]}")
    choose_model(page, "many")
    expect(page.locator("h1").first).to_have_text("many", timeout=TIMEOUT)
    expect(box(page, "title")).to_have_value("Spring")
    review = made(page, app_reviews)
    assert [(item.a.model, item.a.asked) for item in review.spec.items] == [("many", None)] * 3


def test_a_form_is_a_link(page: Page, app_url: str, browser: Browser) -> None:
    open_form(page, app_url)
    fill(page, title="Shoes & bags", question="Wear it?", count="7", target="62.5")
    page.locator("#review-scale label", has_text=PAGE.review_scales["stars"]).click()
    page.wait_for_url(re.compile("scale=stars"))
    for label in NAMES[:2]:
        page.locator("#review-classes label", has_text=label).click()
    expect(page.locator("#review-estimate")).to_contain_text(saying(PAGE.review_estimate, count=14), timeout=TIMEOUT)
    other = browser.new_context()
    try:
        second = other.new_page()
        second.goto(page.url)
        expect(box(second, "title")).to_have_value("Shoes & bags", timeout=TIMEOUT)
        for name, value in (("question", "Wear it?"), ("count", "7"), ("target", "62.5")):
            expect(box(second, name)).to_have_value(value)
        expect(second.locator("#review-scale label.selected")).to_have_text(re.compile(PAGE.review_scales["stars"]))
        expect(second.locator("#review-estimate")).to_contain_text(
            saying(PAGE.review_estimate, count=14), timeout=TIMEOUT
        )
        assert second.url == page.url
    finally:
        other.close()


def test_two_models_are_compared_blind(page: Page, app_url: str, app_reviews: ReviewStore) -> None:
    open_form(page, app_url, f"&classes={NAMES[1]}&n=3&seed=2&against=a-predefined")
    expect(page.locator("#review-estimate")).to_contain_text(
        saying(PAGE.review_estimate_pairs, count=3), timeout=TIMEOUT
    )
    review = made(page, app_reviews)
    assert review.spec.is_pairs
    assert [(item.a.model, item.b and item.b.model) for item in review.spec.items] == [
        ("fashion-mnist", "a-predefined")
    ] * 3
    assert all((item.a.seed, item.a.asked) == (item.b.seed, item.b.asked) for item in review.spec.items if item.b)
    # People read the title: it must not say which models they are.
    assert review.spec.title == NAMES[1]
    expect(cards(page).first).to_contain_text(PAGE.review_pairs.format(count=3))


TWO = f"&classes={NAMES[0]}%0A{NAMES[1]}"


@pytest.mark.parametrize(
    ("query", "cases"),
    [
        (
            "",
            [
                ({"count": "many"}, saying(PAGE.bad_pictures, most=2000, value="many")),
                ({"count": "2001"}, saying(PAGE.bad_pictures, most=2000, value="2001")),
                ({"count": "7", "target": "most"}, saying(PAGE.bad_target, value="most")),
            ],
        ),
        (TWO, [({"count": "1001"}, saying(PAGE.bad_pictures, most=1000))]),
        (f"{TWO}&confidence=0.9999999", [({}, saying(PAGE.review_class_not_found, label=NAMES[0]))]),
        ("&against=fashion-mnist", [({}, "cannot be compared with itself")]),
        ("&against=many&classes=Sneaker", [({}, "no class 'Sneaker'")]),
        ("&against=a-predefined&against_rev=00000000", [({}, "is not here")]),
    ],
)
def test_what_cannot_be_is_a_sentence(
    page: Page, app_url: str, query: str, cases: list[tuple[dict[str, str], str | re.Pattern[str]]]
) -> None:
    open_form(page, app_url, query)
    for values, said in cases:
        fill(page, **values)
        page.locator("#make-review").click()
        expect(page.locator(".ag-message", has_text=said).first).to_be_visible(timeout=TIMEOUT)
        expect(cards(page)).to_have_count(0)


def test_what_a_link_cannot_say_is_left_out_of_the_form_and_said(
    page: Page, app_url: str, app_reviews: ReviewStore
) -> None:
    open_form(page, app_url, "&confidence=1.5&n=2")
    expect(
        page.locator(
            ".ag-message", has_text=saying(PAGE.bad_link_value, name=PAGE.link_names["confidence"], value="1.5")
        ).first
    ).to_be_visible(timeout=TIMEOUT)
    assert [item.a.confidence for item in made(page, app_reviews).spec.items] == [None, None]


def test_a_finished_job_is_sent_to_review(page: Page, app_url: str, app_reviews: ReviewStore) -> None:
    page.goto(app_url + f"?tab=batch&classes={NAMES[0]}%0A{NAMES[1]}&n=30&seed=3&confidence=0.45")
    expect(page.locator("#batch-estimate")).to_contain_text(
        saying(PAGE.batch_estimate_without_time, count=60), timeout=TIMEOUT
    )
    page.locator("#batch-start").click()
    job = page.locator("li.ag-job[data-job]").first
    expect(job).to_have_attribute("data-state", "done", timeout=90_000)
    job.get_by_role("button", name=PAGE.send_to_review).click()
    expect(page.locator("#review-job")).to_contain_text(
        PAGE.review_of_job.partition("{job}")[0] + PAGE.job_of.format(count=30, label=NAMES[0]), timeout=TIMEOUT
    )
    expect(page.locator("#review-classes")).to_be_hidden()
    expect(page.locator("#review-count")).to_contain_text(PAGE.review_count_info_job)
    fill(page, count="20")
    review = made(page, app_reviews)
    taken = [(item.a.asked, item.a.seed, item.a.confidence) for item in review.spec.items]
    assert taken == [(name, seed, 0.45) for name in NAMES[:2] for seed in range(3, 33, 3)]
    page.locator("#review-leave-job").click()
    expect(page.locator("#review-classes")).to_be_visible(timeout=TIMEOUT)
    expect(page.locator("#review-job")).to_be_hidden()
    expect(page.locator("#review-count")).to_contain_text(PAGE.review_count_info)
    assert all(item.a.asked is None for item in made(page, app_reviews, 2).spec.items)


def test_the_confidence_of_a_link_is_a_jobs(page: Page, app_url: str) -> None:
    page.goto(app_url + "?tab=batch&confidence=0.5&n=5&classes=Sneaker")
    expect(page.locator("#batch-estimate")).to_contain_text(
        saying(PAGE.batch_estimate_without_time, count=5), timeout=TIMEOUT
    )
    page.get_by_role("button", name=PAGE.advanced).locator("visible=true").click()
    field = page.locator("#batch-confidence textarea, #batch-confidence input")
    expect(field).to_have_value("0.5")
    field.fill("1.5")
    field.blur()
    expect(page.locator(".ag-message", has_text=saying(PAGE.bad_confidence)).first).to_be_visible(timeout=TIMEOUT)
    field.fill("")
    field.blur()
    page.wait_for_url(lambda url: "confidence" not in url)
    page.goto(app_url + "?tab=batch&model=a-predefined&confidence=0.5")
    expect(page.locator("#batch-estimate")).to_contain_text(saying(PAGE.batch_estimate_without_time), timeout=TIMEOUT)
    assert "confidence" not in page.url  # such a model is given the class
    expect(field).to_have_count(0)


def test_on_a_phone_all_tabs_are_in_reach_and_nothing_hangs_over(browser: Browser, app_url: str) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True)
    try:
        page = context.new_page()
        open_form(page, app_url, "&n=3")
        page.locator("#make-review").tap()
        expect(cards(page)).to_have_count(1, timeout=TIMEOUT)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        for tab in (PAGE.tab_sample, PAGE.tab_interpolate, PAGE.tab_batch, PAGE.tab_review, PAGE.tab_about):
            assert page.get_by_role("tab", name=tab).is_visible()
        for control in page.locator("#make-review, li[data-review] .ag-button").all():
            size = control.bounding_box()
            assert size is not None
            assert size["height"] >= 44
    finally:
        context.close()


def test_a_review_asks_the_confidence_of_its_link(page: Page, app_url: str, app_reviews: ReviewStore) -> None:
    open_form(page, app_url, "&confidence=0.45&n=3&classes=Sneaker")
    page.get_by_role("button", name=PAGE.advanced).locator("visible=true").click()
    expect(box(page, "confidence")).to_have_value("0.45")
    assert PAGE.seconds.format(count=9) in page.locator("#review-estimate").inner_text()  # 3 a picture
    assert [item.a.confidence for item in made(page, app_reviews).spec.items] == [0.45] * 3
    fill(page, confidence="")
    box(page, "confidence").blur()
    page.wait_for_url(lambda url: "confidence" not in url)
    assert [item.a.confidence for item in made(page, app_reviews, 2).spec.items] == [None] * 3
    page.goto(app_url + "?tab=review&model=a-predefined&confidence=0.5")
    expect(page.locator("#review-estimate")).to_contain_text(saying(PAGE.review_estimate), timeout=TIMEOUT)
    assert "confidence" not in page.url  # such a model is given the class
    expect(box(page, "confidence")).to_have_count(0)
