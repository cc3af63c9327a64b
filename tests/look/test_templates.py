"""What holds for every template of the house: no colour, no inline style or handler, known icons, tidy words."""

import csv
import re
import tomllib
import unicodedata
from pathlib import Path

import pytest

from look import signs, vendor
from models.vocabulary import Phase

ROOT = Path(__file__).resolve().parents[2]
DOORS = ("look", "gate", "admin", "portal", "forum")
TEMPLATES = sorted(path for door in DOORS for path in (ROOT / door).rglob("*.html"))
LISTED = set(tomllib.loads((ROOT / "look/vendor.toml").read_text("utf-8"))["icons"]["names"])
COMMENT = re.compile(r"{#.*?#}", re.DOTALL)
ICON = re.compile(r"icon\(\s*[\"']([a-z0-9-]+)[\"']|\"icon\":\s*\"([a-z0-9-]+)\"")
SPOKEN = re.compile(r"_\(\s*(\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*')")

each_template = pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: str(p.relative_to(ROOT)))


def source(path: Path) -> str:
    return COMMENT.sub("", path.read_text("utf-8"))


@each_template
def test_a_template_names_no_colour(path):
    assert re.findall(r"[\"' :]#[0-9a-fA-F]{3}(?:[0-9a-fA-F]{3})?[\"'; ]", source(path)) == []


@each_template
def test_a_template_has_no_inline_style_or_handler(path):
    assert re.findall(r"\s(?:style|on[a-z]+)=|<style|javascript:", source(path)) == []


@each_template
def test_every_script_in_a_template_is_a_file(path):
    assert [tag for tag in re.findall(r"<script[^>]*>", source(path)) if "src=" not in tag] == []


@each_template
def test_every_icon_named_in_a_template_is_in_the_sprite(path):
    named = {first or second for first, second in ICON.findall(source(path))}

    assert named - LISTED == set()


@each_template
def test_the_words_of_a_template_are_composed_and_calm(path):
    spoken = SPOKEN.findall(source(path))

    assert [w for w in spoken if w != unicodedata.normalize("NFC", w)] == []
    assert [w for w in spoken if "!" in w or re.search(r"\bhãy\b", w, re.IGNORECASE)] == []


def test_every_icon_of_the_sign_tables_is_in_the_sprite():
    tables = (
        signs.PHASES,
        signs.MARKS,
        signs.CONSENTS,
        signs.VERDICTS,
        signs.ACTS,
        signs.NOUNS,
        signs.SECTIONS,
        signs.NOTICES,
    )

    assert {sign.icon for table in tables for sign in table.values()} | {signs.UNKNOWN.icon} <= LISTED


def test_each_of_the_six_phases_has_its_own_icon_and_word():
    assert list(signs.PHASES) == list(Phase)
    assert len({sign.icon for sign in signs.PHASES.values()}) == 6
    assert len({sign.says for sign in signs.PHASES.values()}) == 6


def test_every_section_has_a_drawn_cover():
    scenes = ROOT / "look/static/scenes"

    assert {path.stem for path in scenes.glob("*.svg")} == set(signs.SECTIONS)


def test_the_sections_with_a_shorter_name_are_sections():
    with (ROOT / "tasks/rehearsal/data/categories.csv").open(encoding="utf-8") as file:
        named = {name for row in csv.DictReader(file) for name in (row["name_vi"], row["name_en"])}

    assert set(signs.SHORT) <= named
    assert all(len(short) < len(name) for name, short in signs.SHORT.items())


def test_the_sprite_keeps_the_drawing_and_drops_the_wrapping(tmp_path):
    (tmp_path / "check.svg").write_text(
        '<svg\n  width="24" class="x">\n  <path stroke="none" d="M0 0h24v24H0z" fill="none" />\n'
        '  <path d="M5 12l5 5" />\n</svg>'
    )

    sheet = vendor.sprite(tmp_path, ["check", "check"])

    assert sheet.count("<symbol") == 1
    assert '<symbol id="check" viewBox="0 0 24 24"><path d="M5 12l5 5" /></symbol>' in sheet


def test_a_missing_icon_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no-such-icon\.svg"):
        vendor.sprite(tmp_path, ["no-such-icon"])


def test_set_up_has_copied_all_that_is_listed():
    order = tomllib.loads((ROOT / "look/vendor.toml").read_text("utf-8"))
    sheet = (vendor.SHELF / "sprite.svg").read_text("utf-8")

    assert [target for target in order["files"].values() if not (vendor.SHELF / target).is_file()] == []
    assert [name for name in order["icons"]["names"] if f'id="{name}"' not in sheet] == []
