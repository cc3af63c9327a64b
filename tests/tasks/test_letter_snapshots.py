"""Every letter as it reads today, in both languages: a change of a word is seen before anybody gets it.

`PYTHONPATH=. python tests/tasks/test_letter_snapshots.py` writes the pages anew; read the difference then.
"""

from pathlib import Path

import pytest

from tasks.catalogue import LANGUAGES, LETTERS
from tasks.wording import Wording, render
from tests.tasks.test_wording import SAMPLES
from workflow.rules.wishes import may_stop

FOLDER = Path(__file__).parent / "snapshots"
STOP = "https://forum.example.edu.vn/thoi-nhan-thu/WzMsInJlc3VsdHMiXQ"
AGREED = {f"N{number:02d}" for number in range(1, 24)}
"""The list of notices agreed with the department."""


def shown(said: Wording) -> str:
    parts = [f"Subject: {said.subject}", *([f"Zalo: {said.zalo}"] if said.zalo else []), "", said.text]
    return "\n".join(parts)


def said(kind: str, language: str) -> Wording:
    return render(kind, language, SAMPLES[kind], unsubscribe=STOP if may_stop(kind) else "")


def page(language: str) -> str:
    """All letters of a language, one after the other."""
    letters = (f"## {kind}\n{shown(said(kind, language))}" for kind in LETTERS)
    return "\n".join(letters)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_letter_reads_as_it_did(language):
    assert page(language) == (FOLDER / f"letters.{language}.txt").read_text("utf-8")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_html_form_reads_as_it_did(language):
    assert render("daily_digest", language, SAMPLES["daily_digest"]).html == (
        FOLDER / f"daily_digest.{language}.html"
    ).read_text("utf-8")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_letter_one_may_do_without_says_in_both_forms_how_to_stop_it(language):
    letter = said("receipt", language)

    assert letter.text.endswith(f": {STOP}\n")
    assert f'<a href="{STOP}" style' in letter.html
    assert STOP not in said("reminder_t7", language).text


def test_all_twenty_three_agreed_notices_are_written():
    assert {letter.number for letter in LETTERS.values()} >= AGREED


if __name__ == "__main__":
    for spoken in LANGUAGES:
        (FOLDER / f"letters.{spoken}.txt").write_text(page(spoken), "utf-8")
        digest = render("daily_digest", spoken, SAMPLES["daily_digest"]).html
        (FOLDER / f"daily_digest.{spoken}.html").write_text(digest, "utf-8")
