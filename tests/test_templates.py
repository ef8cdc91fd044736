"""Templates escape what is put in, each in its own language, and miss nothing in silence."""

from __future__ import annotations

import jinja2
import pytest

from amgan.templates import html_template, markdown_template

EVIL = "<b>*a*</b>\n|`$"


def rendered(template, file, text, **given):
    file.write_text(text)
    return template(file).render(**given)


def test_html_is_escaped(tmp_path):
    assert rendered(html_template, tmp_path / "a.html", "<i>{{ x }}</i>", x="<b>*") == "<i>&lt;b&gt;*</i>"


def test_markdown_is_escaped_and_lies_on_one_line(tmp_path):
    shown = "\\<b\\>\\*a\\*\\</b\\> \\|\\`\\$"
    text = "*{{ x }}* {% macro of(x) %}{{ x }}{% endmacro %}{{ of(x) }} {{ [x, x]|map('plain')|join(', ') }}"
    assert rendered(markdown_template, tmp_path / "a.md", text, x=EVIL) == f"*{shown}* {shown} {shown}, {shown}"


def test_code_ends_neither_its_span_nor_its_cell(tmp_path):
    shown = rendered(markdown_template, tmp_path / "a.md", "| `{{ x|code }}` | {{ x|quoted }}", x=EVIL)
    assert shown == '| `&lt;b>*a*&lt;/b> \\|\'$` | "<b>*a*</b>\\n|`$"'


@pytest.mark.parametrize("template", [html_template, markdown_template])
@pytest.mark.parametrize("text", ["{{ nobody }}", "{{ x.nothing }}"])
def test_what_nobody_gave_is_an_error(tmp_path, template, text):
    with pytest.raises(jinja2.UndefinedError):
        rendered(template, tmp_path / "a", text, x={})


@pytest.mark.parametrize("value", [7, 0.1, None, [], {}, True])
def test_markdown_takes_texts_only(tmp_path, value):
    with pytest.raises(AttributeError):
        rendered(markdown_template, tmp_path / "a.md", "{{ x }}", x=value)
