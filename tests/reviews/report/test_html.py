"""The report as a page: the numbers counted by hand, nothing of strangers run, at home on a phone and without a net."""

from __future__ import annotations

import base64
import hashlib
import html
import re
from html.parser import HTMLParser

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import sync_playwright

from amgan.errors import RequestError
from amgan.reviews.report.confidence_use import NO_USE, ConfidenceUse
from amgan.reviews.report.html import (
    MOST_LISTED,
    MOST_SHOWN,
    ReportActions,
    best_and_worst,
    report_page,
    report_policy,
    shown_pictures,
)
from amgan.reviews.report.results import results_of
from amgan.reviews.review_spec import Item, ReviewSpec
from amgan.reviews.vote import Vote
from tests.chromium import LAUNCH_ARGS, find_chromium
from tests.reviews.random_reviews import picture, review_of, specs, votes_on
from tests.reviews.said import SETTABLE, said, stored

TAGS = {
    "html", "head", "meta", "title", "style", "body", "main", "header", "section", "nav", "form", "button", "p", "h1",
    "h2", "ul", "li", "a", "details", "summary", "b", "div", "span", "table", "thead", "tbody", "tr", "th", "td", "svg",
    "rect",
}  # fmt: skip
ATTRIBUTES = {
    "lang", "charset", "name", "content", "http-equiv", "class", "aria-label", "aria-hidden", "href",
    "method", "action", "scope", "data-of", "viewbox", "preserveaspectratio", "x", "y", "width", "height",
}  # fmt: skip

HOSTILE = """</title></style><script>document.body.id = "run"</script><img src=x onerror="document.body.id='run'">"""


def drawn_of(review):
    random = np.random.default_rng(0)
    return {one: random.integers(0, 256, (32, 32, 3), dtype=np.uint8) for one in review.spec.pictures}


def page_of(review, votes, actions=None, drawn=None, uses=None):
    results = results_of(review, votes, uses=SETTABLE if uses is None else uses)
    return report_page(review, results, drawn_of(review) if drawn is None else drawn, actions)


def text_of(page: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page.split("</style>")[1])).split())


def hostile_review():
    # A name of one word that does not break, too.
    label = f"{HOSTILE} {'W' * 200}"
    bad = picture(3, model=HOSTILE, asked=label, label=label)
    review = stored(ReviewSpec(HOSTILE[:120], (Item(bad), Item(picture())), question=HOSTILE, target=0.6))
    votes = [
        Vote("vote-0001", 0, "reviewer-1", "keep", HOSTILE, name=HOSTILE[:60], at=1),
        Vote("vote-0002", 1, "reviewer-2", "reject", "x" * 500, name="y" * 60, at=2),
    ]
    return review, votes


def test_the_page_says_what_was_counted():
    items = [Item(picture(n, asked=label, label=label)) for label in ("Bag", "Coat") for n in range(6)]
    review = stored(ReviewSpec("Spring", tuple(items), target=0.55))
    votes = said({"reviewer-1": "kkkkkkkrrrrr", "reviewer-2": "kkkkk-rrrr--", "reviewer-3": "k     r     "}, name="Jo")
    text = text_of(page_of(review, votes))
    for part in (
        "Spring", "“Is this one good enough?”", "12 pictures, 3 people, 23 votes, 3 skips, 1 minute in all",
        "At least 55 % kept in every class: not met, by the votes of 3 people.", "Not met: Coat 9 % (1 of 11).",
        "Met: Bag 100 % (12 of 12).",
        "D's confidence", "Jo 12 0 1 minute", "Jo 9 3 1 minute",
    ):  # fmt: skip
        assert part in text, part


def test_no_line_ends_within_a_share_or_a_date():
    items = [Item(picture(n, asked="Bag", label="Bag")) for n in range(6)]
    review = stored(ReviewSpec("Spring", tuple(items), target=0.55))
    page = page_of(review, said({"reviewer-1": "kkkrrr", "reviewer-2": "kkkkkr"}))
    assert "Bag 67\N{NO-BREAK SPACE}% (8\N{NO-BREAK SPACE}of\N{NO-BREAK SPACE}12)" in page
    assert re.search("Made \\d{4}-\N{WORD JOINER}\\d\\d-\N{WORD JOINER}\\d\\d", page)


def test_the_judges_column_is_there_if_a_judge_is():
    review, votes = stored(review_of(4)), said({"reviewer-1": "kkrr"})
    assert "judge agrees" not in text_of(page_of(review, votes))
    judged = {one: one.label for one in review.spec.pictures}
    text = text_of(report_page(review, results_of(review, votes, judged), drawn_of(review)))
    assert "judge agrees" in text
    assert "100 %" in text


def test_best_and_worst_are_apart_and_in_order():
    review = stored(review_of(5))
    results = results_of(review, said({"reviewer-1": "krkr ", "reviewer-2": "kkkr ", "reviewer-3": "kr k "}))
    best, worst = best_and_worst(results)
    assert [one.number for one in best] == [0, 2]
    assert [one.number for one in worst] == [1, 3]
    many = results_of(stored(review_of(80)), said({"reviewer-1": "k" * 80}))
    assert [len(some) for some in best_and_worst(many)] == [MOST_SHOWN, MOST_SHOWN]
    assert len(shown_pictures(stored(review_of(80)), many)) == 2 * MOST_SHOWN
    rejected = results_of(stored(review_of(3)), said({"reviewer-1": "rrk"}))
    assert [[one.number for one in some] for some in best_and_worst(rejected)] == [[2], [0, 1]]


def test_of_pairs_each_list_is_for_one_side():
    items = tuple(Item(picture(n), picture(n, model="boots")) for n in range(5))
    review = stored(ReviewSpec("t", items))
    results = results_of(review, said({"reviewer-1": "bbab=", "reviewer-2": "bba  ", "reviewer-3": "ab   "}))
    best, worst = best_and_worst(results)
    assert [one.number for one in best] == [1, 3, 0]
    assert [one.number for one in worst] == [2]
    text = text_of(page_of(review, []))
    assert "most clearly" not in text
    text = text_of(report_page(review, results, drawn_of(review)))
    assert "on the left shoes 0123abcd, on the right boots 0123abcd." in text
    assert "Pairs most clearly for shoes 0123abcd Bag 2 of 2" in text


def test_a_file_offers_nothing_and_a_server_what_it_can():
    review = stored(review_of(40))
    votes = said({"reviewer-1": "k" * 20 + "r" * 20})
    assert 'class="button"' not in page_of(review, votes)
    actions = ReportActions({"Votes as CSV": "export.csv?key=a&b"}, close="close?key=k", vote="/review/x")
    page = page_of(review, votes, actions)
    assert 'href="export.csv?key=a&amp;b"' in page
    assert '<form method="post" action="close?key=k">' in page
    assert 'href="/review/x"' in page
    assert "Reopen" not in page
    page = page_of(review, votes, ReportActions(reopen="reopen?key=k"))
    assert '<form method="post" action="reopen?key=k">' in page
    assert "Close the review" not in page


def test_the_recommended_confidence_is_a_link_where_it_helps():
    pictures = [picture(n, class_probability=0.55 if n < 20 else 0.97) for n in range(40)]
    review = stored(ReviewSpec("t", tuple(map(Item, pictures)), target=0.8))
    asked = []

    def link(one, confidence):
        asked.append((one.model, confidence))
        return f"/?tab=batch&confidence={confidence:g}"

    actions = ReportActions(use_confidence=link)
    page = page_of(review, said({"reviewer-1": "r" * 20 + "k" * 20}), actions)
    assert 'href="/?tab=batch&amp;confidence=0.6"' in page
    assert asked == [("shoes", 0.6)]
    assert "Use this confidence" not in page_of(review, said({"reviewer-1": "k" * 40}), actions)
    assert "Use this confidence" not in page_of(
        review, said({"reviewer-1": "r" * 20 + "k" * 20}), ReportActions(use_confidence=lambda *_: None)
    )


def test_a_confidence_is_told_of_and_recommended_only_where_there_is_one():
    pictures = [picture(n, class_probability=0.55 if n < 20 else 0.97) for n in range(40)]
    review = stored(ReviewSpec("t", tuple(map(Item, pictures)), target=0.8))
    votes = said({"reviewer-1": "r" * 20 + "k" * 20})
    predicts, recommends, table = "predicts well what people keep", "From a confidence of", "least confidence"
    expected = {ConfidenceUse(True, 0.5): (1, 1, 1), ConfidenceUse(True): (1, 0, 0), NO_USE: (0, 0, 0)}
    for use, counts in expected.items():
        text = text_of(page_of(review, votes, uses={("shoes", "0123abcd"): use}))
        assert tuple(text.count(part) for part in (predicts, recommends, table)) == counts


def test_the_confidence_that_pictures_were_drawn_with_is_the_first_row_and_no_advice():
    pictures = [picture(n, class_probability=0.75 if n < 20 else 0.97) for n in range(40)]
    review = stored(ReviewSpec("t", tuple(map(Item, pictures)), target=0.6))
    uses = {("shoes", "0123abcd"): ConfidenceUse(True, 0.7)}
    page = page_of(review, said({"reviewer-1": "k" * 40}), ReportActions(use_confidence=lambda *_: "/"), uses=uses)
    assert "<td>0.7, as drawn</td>" in page
    assert "<td>none</td>" not in page
    assert "Use this confidence" not in page


def test_the_page_tells_how_it_counts():
    text = text_of(page_of(stored(review_of(4)), []))
    assert "with fewer than 8 pictures that several people judged, as one for each picture" in text
    assert "sign test" not in text
    pairs = ReviewSpec("t", (Item(picture(1), picture(1, model="boots")),))
    assert "exact two-sided sign test over pairs) and 3 people or more chose" in text_of(page_of(stored(pairs), []))


def test_a_model_that_is_gone_is_a_note():
    review = stored(review_of(4))
    drawn = drawn_of(review)
    drawn[review.spec.items[0].a] = RequestError("no model <shoes>; there is none at all")
    page = page_of(review, said({"reviewer-1": "kkrr"}), drawn=drawn)
    assert "1 picture cannot be drawn any more: no model &lt;shoes&gt;; there is none at all" in page
    assert page.count("data:image/png;base64,") == 3
    assert "Bag, seed 0: cannot be drawn" in page
    page_of(review, said({"reviewer-1": "kkrr"}), drawn={})


def test_a_list_that_is_too_long_is_cut_with_a_word():
    people = {f"reviewer-{number}": "k" for number in range(MOST_LISTED + 7)}
    text = text_of(page_of(stored(review_of(1)), said(people, comment="fine!")))
    assert text.count("fine!") == MOST_LISTED
    assert "And 7 more, which are among the exported votes." in text
    assert "And 7 more. How this is counted" in text


def test_the_policy_allows_its_own_style_and_no_script():
    page = page_of(stored(review_of(1)), [])
    style = page.split("<style>")[1].split("</style>")[0]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = report_policy()
    assert f"style-src 'sha256-{digest}'" in policy
    assert "default-src 'none'" in policy
    assert "script" not in policy
    assert html.escape(policy.removesuffix("; frame-ancestors 'none'")).replace("&#x27;", "&#39;") in page


class Tags(HTMLParser):
    """The tags and attributes of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}


@given(specs.flatmap(lambda spec: st.tuples(st.just(spec), st.lists(votes_on(spec), max_size=12))))
def test_no_text_makes_a_tag(pair):
    spec, votes = pair
    actions = ReportActions({"x": "y"}, "z", "r", "v", lambda *_: "w")
    seen = Tags(page_of(stored(spec), votes, actions, drawn={}))
    assert seen.tags <= TAGS
    assert seen.attributes <= ATTRIBUTES


@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (1100, "dark")])
def test_in_a_browser(width, scheme, tmp_path):
    (tmp_path / "report.html").write_text(page_of(*hostile_review(), ReportActions({"x": "y"}, "z")), encoding="utf-8")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=list(LAUNCH_ARGS))
        page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
        requests, complaints = [], []
        page.on("request", lambda request: requests.append(request.url))
        page.on("console", lambda line: complaints.append(line.text))
        page.goto((tmp_path / "report.html").as_uri())
        assert page.title() == f"{HOSTILE[:120]}: results"
        assert page.evaluate("document.body.id") == ""
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        # On a phone what can be done is in two columns of the same width.
        boxes = [one.bounding_box() for one in page.locator("nav .button >> visible=true").all()]
        assert (len({box["width"] for box in boxes if box}) == 1) == (width == 390)
        # The style was let through by the page's own policy.
        assert page.locator("h1").evaluate("e => getComputedStyle(e).fontWeight") == "650"
        assert page.evaluate("[...document.images].every(i => i.naturalWidth === 32)")
        # It takes a second click, at another place, to end the votes.
        sure = page.get_by_role("button", name="Really close? Votes end")
        assert not sure.is_visible()
        page.get_by_text("Close the review").dblclick()
        assert not sure.is_visible()
        page.get_by_text("Close the review").click()
        assert sure.is_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        dark = page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(19, 19, 22)"
        browser.close()
    assert dark == (scheme == "dark")
    assert complaints == []
    assert [url for url in requests if not url.startswith(("file:", "data:"))] == []
