"""HTML, Markdown, placeholders and broken letters are found, and HTML becomes the text that it shows."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.health.doubtful_texts import doubtful_texts
from core.health.findings import TextKind
from core.health.raw_markup import RawKind, plain_text, raw_markup
from core.questions.entry import Entry

HTML, MARKDOWN, PLACEHOLDER, BROKEN = RawKind


@pytest.mark.parametrize(
    ("text", "kind", "found"),
    [
        ("<p>Yes, see <a href='https://shop.com'>here</a></p>", HTML, "<p>"),
        ("Line<br/>line", HTML, "<br/>"),
        ("Line<BR>line", HTML, "<BR>"),
        ("Terms &amp; conditions", HTML, "&amp;"),
        ("It&#39;s fine", HTML, "&#39;"),
        ("10&nbsp;EUR", HTML, "&nbsp;"),
        ("Take **two** of them", MARKDOWN, "**two**"),
        ("Look [here](https://shop.com/x)", MARKDOWN, "[here](https://shop.com/x)"),
        ("## Returns\nBring it back", MARKDOWN, "## Returns"),
        ("Hi {{customer.name}}", PLACEHOLDER, "{{customer.name}}"),
        ("Hi %FIRSTNAME%,", PLACEHOLDER, "%FIRSTNAME%"),
        ("Hi ${name}", PLACEHOLDER, "${name}"),
        ("Hi {first_name}", PLACEHOLDER, "{first_name}"),
        ("Hi *|FNAME|*", PLACEHOLDER, "*|FNAME|*"),
        ("{% if vip %}Yes", PLACEHOLDER, "{% if vip %}"),
        ("Die GrÃ¶ÃŸe steht innen", BROKEN, "Ã¶"),
        ("Ã–ffnungszeiten", BROKEN, "Ã–"),
        ("It’s â€œfineâ€\x9d", BROKEN, "â€"),
        ("5 Â£", BROKEN, "Â£"),
        ("ÐŸÑ€Ð¸Ð²ÐµÑ‚", BROKEN, "ÐŸÑ€Ð¸Ð²ÐµÑ‚"),
        ("Gr\ufffd\ufffde", BROKEN, "\ufffd"),
    ],
)
def test_what_a_visitor_would_read_raw_is_found_in_a_text(text: str, kind: RawKind, found: str) -> None:
    assert list(raw_markup(text)) == [(kind, found)]


@pytest.mark.parametrize(
    "text",
    [
        "If a < b and c > d, take the first & the last; R&D; AT&T",
        "Write to <info@shop.com>, or enter <your name>",
        "Between 5% and 10% off; https://shop.com/%C3%A4%20b",
        "2 ** 3, a * b * c, snake_case_name, fill in ____ here",
        "See [1] and (2), or [terms] (below)",
        "#1 in Oslo\n# 5",
        "Größe, „Spaß“, café…, CAFÉ…, „Ä“, Ça va, Ångström, ÅR”, IRMÃ”, NÃO, Âge, crème brûlée",
        "Привет, 返品, 👍🏽",
        "{} and { this }",
    ],
)
def test_good_texts_are_left_alone(text: str) -> None:
    assert list(raw_markup(text)) == []
    assert plain_text(text) == text


@pytest.mark.parametrize(
    ("html", "plain"),
    [
        ("<p>One</p><p>Two<br/>three</p>", "One\n\nTwo\nthree"),
        ("<p>One</p>\n<p>Two\nlines</p>", "One\n\nTwo lines"),
        ('See <a href="https://shop.com/x">our page</a>.', "See our page (https://shop.com/x)."),
        ('<a href="https://shop.com/">shop.com</a>', "shop.com"),
        ('<a href="mailto:a@shop.com">Write</a> or <a href="tel:123">123</a>', "Write (a@shop.com) or 123"),
        ('<a href="#top">Up</a>', "Up"),
        ("<ul>\n<li>red</li>\n<li><b>blue</b></li>\n</ul>After", "- red\n- blue\nAfter"),
        ("Terms &amp; conditions, it&#39;s 5&euro;", "Terms & conditions, it's 5€"),
        ("First\nsecond <b>bold</b>", "First\nsecond bold"),
        ("<b>Write</b> to <info@shop.com>", "Write to <info@shop.com>"),
        ("<style>p {}</style><p>Seen</p><!-- not -->", "Seen"),
        ('<img src="x" alt="A map"> <b>Oslo', "A map Oslo"),
        ("<table><tr><th>Size</th><td>M</td></tr><tr><td>Price</td><td>5</td></tr></table>", "Size M\nPrice 5"),
    ],
)
def test_html_becomes_the_text_that_a_browser_shows(html: str, plain: str) -> None:
    assert plain_text(html) == plain


@given(st.text(alphabet="<>/&;#ab prliu=\"'\n-!%{}*[]()", max_size=40))
def test_any_text_becomes_plain_without_a_failure(text: str) -> None:
    plain = plain_text(text)

    assert plain == text or any(kind is HTML for kind, _ in raw_markup(text))


def test_health_lists_them_among_the_texts_to_look_at_with_what_to_do() -> None:
    entry = Entry(id=3, question="Terms &amp; prices?", alternates=("hello %NAME%",), answer="**Yes**<br>GrÃ¶ÃŸe")

    found = list(doubtful_texts([entry], date(2026, 1, 1)))

    assert [(one.kind, one.field, one.found) for one in found] == [
        (TextKind.HTML, "question", "&amp;"),
        (TextKind.PLACEHOLDER, "alternates", "%NAME%"),
        (TextKind.HTML, "answer", "<br>"),
        (TextKind.MARKDOWN, "answer", "**Yes**"),
        (TextKind.BROKEN_LETTERS, "answer", "Ã¶"),
    ]
    assert all(one.advice for one in found)
