"""What tells leads apart: places and the regions around them, interests, groups, other fields."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sheetcrm.core.followup import check_followups
from sheetcrm.core.followup.rules import FollowUps, Region, Segment, Step
from sheetcrm.core.followup.rules import Sequence as Series
from sheetcrm.core.followup.segments import Segments
from sheetcrm.core.formula import Names
from tests.core.followup.world import SENDER, WELCOME, lead, parse, plan

REGIONS = (
    Region(name="Java", places=("Jabodetabek", "Bandung")),
    Region(name="Jabodetabek", places=("Jakarta", "Bogor")),
)
RULES = FollowUps(regions=REGIONS, axes=("gender", "Lead source"))


def text(**headers: str) -> str:
    lines = "".join(f"For-{key.replace('_', ' ')}: {value}\n" for key, value in headers.items())
    return f"---\nSubject: x\n{lines}---\nbody"


FILES = parse(
    {
        "welcome/01-intro.id.md": text(),
        "welcome/01-intro--java.id.md": text(location="Java"),
        "welcome/01-intro--around.id.md": text(location="jabodetabek"),
        "welcome/01-intro--bogor.id.md": text(location="Bogor"),
        "welcome/01-intro--women.id.md": text(gender="female"),
        "welcome/01-intro--fair.id.md": text(lead_source="Fair"),
        "welcome/01-intro--west.id.md": text(location="Jawa Barat"),
    }
)


@pytest.mark.parametrize(
    ("parts", "file"),
    [
        ({"location": "bogor"}, "--bogor"),
        ({"location": "Jakarta"}, "--around"),
        ({"location": "BANDUNG "}, "--java"),
        ({"location": "Bandung", "values": {"region": "Jawa Barat"}}, "--west"),
        ({"location": "Medan"}, ""),
        ({"location": "Medan", "values": {"gender": "Female"}}, "--women"),
        ({"values": {"Lead source": "Fair; Website"}}, "--fair"),
        ({"values": {"Lead source": "Fair", "gender": "female"}}, "--women"),
        ({"location": "Bogor", "values": {"gender": "female"}}, "--bogor"),
    ],
)
def test_a_city_comes_before_its_region_and_a_place_before_the_teams_own_axes(parts, file):
    who = lead(**parts)
    found = FILES.choose("welcome", "01-intro", who, language="id", segments=Segments(RULES, [who]))
    assert found
    assert found.template.path == f"welcome/01-intro{file}.id.md"


def test_for_lines_know_the_headers_and_the_spellings_of_fields():
    rules = FollowUps(
        axes=("Jenis kelamin",),
        regions=(Region(name="Jabodetabek", places=("Jkt", "Bogor")),),
        synonyms={"kota": "location", "jeniskelamin": "gender", "minat": "interest"},
        spellings={"gender": {"perempuan": "female"}, "location": {"jkt": "jakarta"}},
    )
    files = parse(
        {
            "welcome/01-intro.id.md": text(),
            "welcome/01-intro--women.id.md": text(jenis_kelamin="Perempuan"),
            "welcome/01-intro--jkt.id.md": text(kota="Jkt", minat="solar"),
            "welcome/01-intro--near.id.md": text(location="Jabodetabek"),
        }
    ).spelled(rules)
    for parts, label in [
        ({"values": {"gender": "female"}}, "women"),
        ({"location": "Jakarta", "interests": ("solar",)}, "jkt"),
        ({"location": "Jakarta"}, "near"),
        ({"values": {"gender": "male"}}, ""),
    ]:
        who = lead(**parts)
        segments = Segments(rules, [who])
        found = files.choose("welcome", "01-intro", who, language="id", segments=segments)
        assert found
        assert found.template.kind.label == label


def test_why_names_the_region():
    who = lead(location="Jakarta")
    found = FILES.choose("welcome", "01-intro", who, language="id", segments=Segments(RULES, [who]))
    assert found
    assert found.why == "language id · location Jakarta in jabodetabek"


def test_every_file_says_what_speaks_for_or_against_it():
    who = lead(location="Bogor", values={"gender": "male"})
    found = FILES.candidates(
        "welcome", "01-intro", who, language="id", segments=Segments(RULES, [who])
    )
    said = [(c.template.kind.label, c.fits, c.why) for c in found]
    assert said == [
        ("bogor", True, "language id · location Bogor"),
        ("around", True, "language id · location Bogor in jabodetabek"),
        ("java", True, "language id · location Bogor in Java"),
        ("", True, "language id"),
        ("fair", False, "does not match For-lead source: Fair"),
        ("west", False, "does not match For-location: Jawa Barat"),
        ("women", False, "does not match For-gender: female"),
    ]


def test_segments_do_not_differ_by_case_and_are_spelled_as_most_rows_have_them():
    places = ["JAKARTA", "Jakarta", "jakarta ", "Jakarta", "Bogotá", "bogota"]
    leads = [
        lead(i, location=place, interests=("Solar",) if i else ("SOLAR",))
        for i, place in enumerate(places)
    ]
    assert plan(leads).segment == ["Jakarta · Solar"] * 4 + ["Bogotá · Solar"] * 2
    assert plan(leads[::-1]).segment[-1] == "Jakarta · Solar"


def test_the_teams_own_axes_are_part_of_a_segment():
    who = lead(location="Bogor", values={"gender": "female", "Lead source": None})
    assert Segments(RULES, [who]).label(who) == "Bogor · female"


def test_a_template_may_ask_for_a_named_group():
    texts = {
        "welcome/01-intro.id.md": text(),
        "welcome/01-intro--near.id.md": text(segment="Dekat"),
        "welcome/01-intro--stage.id.md": text(stage="MQL"),
    }
    groups = [Segment(name="semua", when="=TRUE"), Segment(name="dekat", when='=[@City]="Bogor"')]
    planned = plan([lead(location="Bogor"), lead(1)], texts=texts, segments=groups)
    assert [draft.template for draft in planned.drafts] == [
        "welcome/01-intro--near.id.md",
        "welcome/01-intro--stage.id.md",
    ]
    assert "segment Dekat" in planned.drafts[0].why


def faults(texts, **rules):
    names = Names(columns=frozenset({"Stage"}), tables={}, parameters=frozenset())
    step = Series(name="welcome", when=WELCOME.when, steps=(Step(template="01-intro"),))
    found = check_followups(
        FollowUps(sequences=(step,), sender=SENDER, **rules),
        parse({"welcome/01-intro.id.md": text()} | texts),
        names,
        ["gender", "owner"],
        ["id"],
    )
    return [(f.line, f.message, f.hint) for f in found]


@pytest.mark.parametrize(
    ("headers", "message", "hint"),
    [
        ({"locaton": "Bali"}, "unknown header “For-locaton”", "did you mean For-location?"),
        ({"owner": "x"}, "unknown header “For-owner”", 'write axes = ["owner"] below [segments]'),
        (
            {"language": "es"},
            "unknown header “For-language”",
            "the file's name says the language: 01-intro.es.md",
        ),
        ({"segment": "deket"}, "no segment is called deket", "did you mean dekat?"),
    ],
)
def test_a_line_that_no_lead_can_match_is_a_fault(headers, message, hint):
    found = faults(
        {"welcome/01-intro--x.id.md": text(**headers)},
        segments=(Segment(name="dekat", when="=TRUE"),),
        axes=("gender",),
    )
    assert found == [(3, message, hint)]


def test_an_axis_is_a_field_or_a_column():
    assert faults({}, axes=("gendr",)) == [(0, "unknown “gendr”", "did you mean gender?")]


def test_a_tie_is_a_fault_also_on_the_teams_own_axes():
    texts = {
        "welcome/01-intro--a.id.md": text(gender="female", interest="solar, EV"),
        "welcome/01-intro--b.id.md": text(gender="Female", interest="ev"),
        "welcome/01-intro--c.id.md": text(gender="female", interest="battery"),
    }
    found = faults(texts, axes=("gender",))
    assert [message for _, message, _ in found] == [
        "fits the same leads as welcome/01-intro--a.id.md, equally well"
    ]


NAMES = st.sampled_from(["Jakarta", "Bogor", "Java", "jabodetabek", "Bali"])
INTERESTS = st.sampled_from(["solar", "EV", "battery"])
LINES = st.fixed_dictionaries(
    {},
    optional={
        "location": st.lists(NAMES, min_size=1, max_size=2).map(", ".join),
        "interest": st.lists(INTERESTS, min_size=1, max_size=2).map(", ".join),
        "gender": st.sampled_from(["female", "male"]),
        "stage": st.sampled_from(["MQL", "SQL"]),
    },
)
LEADS = st.builds(
    lambda place, interests, gender: lead(
        location=place, interests=tuple(interests), values={"gender": gender}
    ),
    st.sampled_from(["Jakarta", "bogor", "Bali", "Medan", ""]),
    st.lists(INTERESTS, max_size=3, unique=True),
    st.sampled_from(["female", "male", None]),
)


@settings(max_examples=60)
@given(st.lists(LINES, min_size=1, max_size=5), LEADS, st.randoms(use_true_random=False))
def test_what_is_chosen_does_not_depend_on_the_files_names_unless_they_tie(lines, who, random):
    texts = [text(**headers) for headers in lines]
    shuffled = random.sample(range(len(texts)), len(texts))
    one = {f"welcome/01-intro--{i}.id.md": body for i, body in enumerate(texts)}
    two = {f"welcome/01-intro--{place}.id.md": texts[i] for place, i in enumerate(shuffled)}
    segments = Segments(RULES, [who])
    picked = [
        found and files[found.template.path]
        for files in (one, two)
        for found in [
            parse(files).choose("welcome", "01-intro", who, language="id", segments=segments)
        ]
    ]
    ties = [m for _, m, _ in faults(one, axes=("gender",)) if m.startswith("fits the same")]
    assert ties or picked[0] == picked[1]
