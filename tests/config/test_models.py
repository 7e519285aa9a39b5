"""What the keys become: defaults, inherited fields, presets, places."""

from __future__ import annotations

import os
from datetime import date, time

import pytest

from sheetcrm.config import describe_place, load
from sheetcrm.core.followup.rules import Region, Sender, Sending, Stop
from sheetcrm.core.qualify.presets import PRESETS
from sheetcrm.core.qualify.rules import Back, Decay, Grade, MoveRule, Moves
from sheetcrm.core.table.fields import FieldType, Locale
from sheetcrm.core.table.starter import STARTER_FIELDS


def test_a_source_is_enough(loaded, tmp_path):
    config = loaded("")
    assert config.root == str(tmp_path)
    assert config.locale == Locale()
    assert config.ledger == str(tmp_path / "var" / "ledger.db")
    assert config.outbox == str(tmp_path / "var" / "outbox")
    assert config.fields == STARTER_FIELDS
    assert dict(config.outputs) == {
        "id": "Lead ID",
        "score": "Score",
        "stage": "Stage",
        "why": "Why",
    }
    assert config.sources[0].excel == "leads.xlsx"
    assert config.qualification.moves == Moves()
    assert config.followups.sending == Sending()
    assert (config.tables, config.notes) == ((), ())


def test_the_workspace(loaded, tmp_path):
    config = loaded(
        "[workspace]\ntimezone = 'America/Mexico_City'\ncountry = 'mx'\ncurrency = 'mxn'\n"
        "language = 'Español'\nledger = '../x/crm.db'\noutbox = '/tmp/out'\n"
    )
    assert config.locale == Locale(
        country="MX", currency="MXN", language="es", timezone="America/Mexico_City"
    )
    assert config.ledger == os.path.normpath(tmp_path / ".." / "x" / "crm.db")
    assert config.outbox == os.path.normpath("/tmp/out")


def test_a_relative_root_becomes_absolute(write, monkeypatch, tmp_path):
    write("")
    monkeypatch.chdir(tmp_path)
    assert load(".").ledger == str(tmp_path / "var" / "ledger.db")


def test_sources_and_tables(loaded):
    config = loaded(
        "[[source]]\nname = 'web'\ntab = 'Form'\nwrite_protected = true\n"
        "google = 'https://docs.google.com/spreadsheets/d/1-aB_c/edit#gid=0'\n"
        "[[source]]\nname = 'old'\nexcel = 'old.xls'\nwrite = 'beside'\n"
        "[[source]]\nname = 'list'\ncsv = 'l.csv'\nwrite = false\n"
        "[[table]]\nname = 'A'\ncsv = 'a.csv'\n"
        "[[table]]\nname = 'B'\nexcel = 'b.xlsx'\ntab = 'B'\n"
        "[[table]]\nname = 'C'\n[[table.rows]]\nCity = 'Ubud'\nPoints = 12\n"
        "[[table.rows]]\nCity = ''\nSince = 2026-01-02\nOpen = false\n"
    )
    web = config.sources[1]
    assert (web.name, web.tab, web.write_protected, web.excel) == ("web", "Form", True, "")
    assert [source.write for source in config.sources] == [True, True, "beside", False]
    assert [(t.name, t.csv, t.excel, t.tab) for t in config.tables] == [
        ("A", "a.csv", "", ""),
        ("B", "", "b.xlsx", "B"),
        ("C", "", "", ""),
    ]
    assert config.tables[2].rows == (
        {"City": "Ubud", "Points": 12},
        {"City": "", "Since": date(2026, 1, 2), "Open": False},
    )


def test_fields_of_the_team_over_the_starter(loaded):
    config = loaded(
        "[fields.EMAIL]\nheaders = ['Alamat', 'Surel']\n"
        "[fields.city]\naliases = { Jakarta = ['Jkt'] }\n"
        "[fields.shoe_size]\ntype = 'number'\n"
        "[fields.area]\nheaders = ['Provinsi']\nidentifies = true\n"
    )
    fields = {field.name: field for field in config.fields}
    starter = {field.name: field for field in STARTER_FIELDS}
    email = fields["email"]
    assert email.headers[:2] == ("Alamat", "Surel")
    assert set(email.headers) == {"Alamat", *starter["email"].headers}
    assert len(email.headers) == len(set(email.headers))
    assert (email.type, email.identifies) == (FieldType.EMAIL, True)
    assert fields["city"].headers == starter["city"].headers
    assert fields["city"].aliases["Jakarta"] == ("Jkt",)
    assert (fields["shoe_size"].headers, fields["shoe_size"].type) == (
        ("shoe_size",),
        FieldType.NUMBER,
    )
    assert fields["area"].identifies
    assert "Provinsi" in starter["region"].headers
    assert "Provinsi" not in fields["region"].headers


def spellings(config, name: str) -> dict[str, str]:
    """Folded spelling → value of one field."""
    (field,) = (field for field in config.fields if field.name == name)
    return {word: value for value, words in field.aliases.items() for word in (*words, value)}


def test_spellings_of_the_team_are_added_to_ours(loaded):
    found = spellings(loaded("[fields.status.aliases]\nInterested = ['Panas']\n"), "status")
    assert (found["Panas"], found["Tertarik"], found["Nuevo"]) == ("Interested",) * 2 + ("New",)


def test_a_spelling_that_the_team_gives_to_one_value_is_no_others(loaded):
    text = "[fields.status.aliases]\nPanas = ['interested', 'Hot']\n'Menunggu' = ['Nanti']\n"
    found = spellings(loaded(text), "status")
    assert (found["Tertarik"], found["Hot"], found["interested"]) == ("Panas",) * 3
    assert (found["Nanti"], found["Nanti dulu"]) == ("Menunggu", "Not now")
    assert "Interested" not in found.values()


def test_ours_are_left_out_where_the_team_says_so(loaded):
    text = "[fields.status]\nknown_aliases = false\naliases = { Interested = ['Panas'] }\n"
    assert spellings(loaded(text), "status") == {"Panas": "Interested", "Interested": "Interested"}


def test_what_tells_leads_apart(loaded):
    rules = loaded(
        "[segments]\naxes = ['gender', 'owner']\n"
        "[[region]]\nname = 'Jabodetabek'\nplaces = ['Jakarta', 'Bogor']\n"
        "[[region]]\nname = 'Java'\nplaces = ['Jabodetabek', 'Bandung']\n"
    ).followups
    assert rules.axes == ("gender", "owner")
    assert rules.regions == (
        Region(name="Jabodetabek", places=("Jakarta", "Bogor")),
        Region(name="Java", places=("Jabodetabek", "Bandung")),
    )


def test_lines_of_templates_know_what_columns_and_values_are_called(loaded):
    rules = loaded(
        "[fields.city]\nheaders = ['Domisili sekarang']\naliases = { Jakarta = ['Jkt'] }\n"
        "[fields.owner_name]\nheaders = ['Sales']\n"
    ).followups
    assert (rules.axis("Domisili sekarang"), rules.axis("Kota")) == ("location", "location")
    assert (rules.axis("stage"), rules.axis("Sales"), rules.axis("?")) == (
        "stage",
        "ownername",
        "?",
    )
    assert rules.value(rules.axis("Kota"), "JKT") == "jakarta"
    assert rules.value(rules.axis("Jenis kelamin"), "Perempuan") == "female"


def test_how_often_a_person_hears_from_us(loaded):
    rules = loaded(
        "[[sequence]]\nname = 'a'\nwhen = '=TRUE'\nagain = 'after 180 days'\nexpires_days = 5\n"
        "step = [{ template = '01' }]\n"
        "[[sequence]]\nname = 'b'\nwhen = '=TRUE'\nstep = [{ template = '01' }]\n"
        "[sending]\nmin_gap_days = 3\nperson_per_week = 2\npause_days = 10\n"
        "[sender]\naddress = 'a@example.com'\n"
    ).followups
    assert [(s.again_days, s.expires_days) for s in rules.sequences] == [(180, 5), (0, None)]
    sending = rules.sending
    assert (sending.min_gap_days, sending.person_per_week, sending.pause_days) == (3, 2, 10)


SEGMENTS = "[[segment]]\nname = 'a'\nwhen = '{}'\n[[segment]]\nname = 'b'\nwhen = '{}'\n"


@pytest.mark.parametrize("column", ["[@Status]", "[@[ESTADO]]", "[Status]", "Leads[@status]"])
def test_words_that_the_teams_formulas_ask_for_stay_themselves(loaded, column):
    config = loaded(SEGMENTS.format(f'=OR({column}="no interesado")', '=[@City]="Nuevo"'))
    (status,) = (field for field in config.fields if field.name == "status")
    assert "No interesado" not in status.aliases["Not interested"]
    assert "Tidak tertarik" in status.aliases["Not interested"]
    assert "Nuevo" in status.aliases["New"]
    assert config.notes == ()


def test_words_of_a_list_that_a_formula_asks_for_stay_themselves(loaded):
    text = (
        'parameters.warm = ["Teman", "Google"]\nparameters.cold = ["Canvassing", "Kanvasing"]\n'
        "[[stage]]\nname = 'Contact'\n[[stage]]\nname = 'Lead'\n"
        "when = '=ISNUMBER(MATCH([@[Lead source]], warm, 0))'\n"
    )
    [source] = [field for field in loaded(text).fields if field.name == "lead_source"]
    assert "Teman" not in source.aliases["Referral"]
    assert "Dari teman" in source.aliases["Referral"]
    assert "Kanvasing" in source.aliases["Canvassing"]  # no formula compares it with that list


def test_a_word_in_two_languages_is_two_values_and_noted(loaded):
    config = loaded(SEGMENTS.format('=[@Status]="Interesado"', '=[@Status]="Interested"'))
    (note,) = config.notes
    assert note.startswith('config/x.toml:3: segment[1].when: "Interesado" and "Interested" of ')
    assert note.endswith("in formulas use one of them only")


def test_a_dot_that_may_set_off_thousands_is_noted(loaded):
    config = loaded(
        "[parameters]\nmin_budget = 20.000\nlimits = [1.500, 2.5]\nrate = 0.125\nfine = 20_000\n"
        "[[score]]\nname = 'Fit'\nmax = 100.000\nmin = -1.250\n"
        "rule = [{ name = 'r', points = 10.000 }]\n[[table]]\nname = 'T'\nrows = [{ A = 3.000 }]\n"
    )
    then = "if the dot sets off thousands, write"
    assert config.notes == (
        f"config/x.toml:2: parameters.min_budget: 20.000 is read as 20; {then} 20_000",
        f"config/x.toml:3: parameters.limits[1]: 1.500 is read as 1.5; {then} 1_500",
        f"config/x.toml:8: score[1].max: 100.000 is read as 100; {then} 100_000",
        f"config/x.toml:9: score[1].min: -1.250 is read as -1.25; {then} -1_250",
        f"config/x.toml:10: score[1].rule[1].points: 10.000 is read as 10; {then} 10_000",
        f"config/x.toml:13: table[1].rows[1].A: 3.000 is read as 3; {then} 3_000",
    )
    found = config.qualification.parameters
    assert found == {"min_budget": 20, "limits": (1.5, 2.5), "rate": 0.125, "fine": 20_000}
    assert type(found["min_budget"]) is float


def test_the_samples_sender_is_noted_until_it_is_somebody_elses(loaded):
    sender = "[sender]\nname = '{}'\naddress = 'halo@example.com'\n"
    told = "config/x.toml:1: sender: is still the sample's: Surya Atap <halo@example.com>"
    assert loaded(sender.format("Surya Atap")).notes == (told,)
    assert loaded(sender.format("Casa Sol")).notes == ()


def test_outputs_in_the_order_written_by_their_proper_names(loaded):
    config = loaded(
        "[[score]]\nname = 'Fit'\nrule = [{ name = 'r', points = 1 }]\n"
        "[[framework]]\nname = 'My way'\n[framework.criteria]\nA = '=1'\n"
        "[write]\nwhy = 'Why'\n\"score.fit\" = 'F'\nframework.'my  way' = 'M'\nscore = 'S'\n"
    )
    assert list(config.outputs.items()) == [
        ("why", "Why"),
        ("score.Fit", "F"),
        ("framework.My way", "M"),
        ("score", "S"),
    ]
    assert config.places["write.score.fit"] == ("config/x.toml", 10)


def test_an_empty_write_writes_nothing(loaded):
    assert loaded("[write]").outputs == {}


def test_scores_and_parameters(loaded):
    config = loaded(
        "[parameters]\nn = 5\nf = 1.5\nt = 'x'\nb = true\nd = 2026-01-02\nl = ['a', 2, false]\n"
        "[[score]]\nname = 'A'\nmin = -10\nmax = 20.5\n"
        "decay = { since = '=[@X]', every_days = 30, lose = 10 }\n"
        "[[score.rule]]\nname = 'r'\npoints = -5\nwhen = ' =[@Y]>1 '\n"
        "[[score.rule]]\nname = 's'\npoints = '=[@Z]'\n"
        "[[score]]\nname = 'B'\nrule = [{ name = 't', points = 1.5 }]\n"
    )
    rules = config.qualification
    assert dict(rules.parameters) == {
        "n": 5,
        "f": 1.5,
        "t": "x",
        "b": True,
        "d": date(2026, 1, 2),
        "l": ("a", 2, False),
    }
    first, second = rules.scores
    assert (first.min, first.max) == (-10, 20.5)
    assert first.decay == Decay(since="=[@X]", every_days=30, lose=10)
    assert [(r.name, r.points, r.when) for r in first.rules] == [
        ("r", -5, "=[@Y]>1"),
        ("s", "=[@Z]", ""),
    ]
    assert (second.min, second.max, second.decay) == (0, None, None)


def test_a_preset_gives_order_questions_and_needs(loaded):
    config = loaded(
        "[[framework]]\nname = 'anum'\n[framework.criteria]\n"
        "money = '=4'\nUrgency = '=3'\n"
        "Authority = { when = '=1', ask = { es = '¿Quién?', 'en-GB' = 'Who?' } }\n"
        "Need = '=2'\n"
    )
    framework, preset = config.qualification.frameworks[0], PRESETS["ANUM"]
    assert [(c.name, c.formula) for c in framework.criteria] == [
        ("Authority", "=1"),
        ("Need", "=2"),
        ("Urgency", "=3"),
        ("Money", "=4"),
    ]
    assert (framework.name, framework.needs, framework.required) == ("anum", 3, ("Authority",))
    asked = framework.criteria[0].questions
    assert asked["id"] == preset.criteria[0].questions["id"]
    assert (asked["es"], asked["en-GB"]) == ("¿Quién?", "Who?")
    assert framework.criteria[1].questions == preset.criteria[1].questions
    assert config.places["framework[1].criteria.Money"] == ("config/x.toml", 4)


def test_a_preset_may_be_changed(loaded):
    config = loaded(
        "[[framework]]\nname = 'BANT'\nneeds = 4\nrequired = ['need']\n"
        "criteria = { Budget = '=1', Authority = '=1', Need = '=1', Timing = '=1' }\n"
    )
    framework = config.qualification.frameworks[0]
    assert (framework.needs, framework.required) == (4, ("Need",))


def test_a_framework_of_ones_own_needs_all(loaded):
    config = loaded(
        "[[framework]]\nname = 'Roof'\n[framework.criteria]\n'Is flat' = '=1'\n"
        "[framework.criteria.'Own house']\nwhen = '=2'\nask = { id = 'Rumah sendiri?' }\n"
    )
    framework = config.qualification.frameworks[0]
    assert framework.needs == 2
    assert [c.name for c in framework.criteria] == ["Is flat", "Own house"]
    assert framework.criteria[1].questions == {"id": "Rumah sendiri?"}
    assert config.places["framework[1].criteria.Own house"] == ("config/x.toml", 5)
    assert config.places["framework[1].criteria.Own house.when"] == ("config/x.toml", 6)


def test_stages_and_moves(loaded):
    config = loaded(
        "[[stage]]\nname = 'Out'\noff_ladder = true\nwhen = '=1'\nreason = '=\"x\"'\n"
        "[[stage]]\nname = 'A'\n[[stage]]\nname = 'B'\nwhen = '=2'\nstalled_after_days = 0.5\n"
        "[moves]\nback = 'ask'\noverride = 'replace'\n"
    )
    out, first, second = config.qualification.stages
    assert (out.off_ladder, out.reason) == (True, '="x"')
    assert (first.when, second.stalled_after_days) == ("", 0.5)
    assert config.qualification.moves == Moves(back=Back.ASK, keep_override=False)


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("9.30 – 17:00", (time(9, 30), time(17))),
        ("00:00-24:00", (time(0), time.max)),
        ("00:00-23:59", (time(0), time(23, 59))),
    ],
)
def test_hours_of_sending(loaded, text, span):
    sending = loaded(f"[sending]\nhours = '{text}'\n").followups.sending
    assert (sending.opens, sending.closes) == span


def test_follow_ups(loaded):
    config = loaded(
        "[[segment]]\nname = 'big'\nwhen = '=[@Budget]>1'\n"
        "[[sequence]]\nname = 'hi'\nwhen = '=1'\nstart_on = '=2'\nstop = ['reply', 'bounce']\n"
        "[[sequence.step]]\ntemplate = '01-a'\n"
        "[[sequence.step]]\ntemplate = '02-b'\nafter_days = 3.0\nskip_if = '=3'\n"
        "[[sequence]]\nname = 'bd'\nyearly_on = '=[@Birthday]'\nstep = [{ template = 'x' }]\n"
        "[sender]\naddress = 'a@example.com'\nunsubscribe = 'https://example.com/u'\nreply_to = ''\n"
        "[sending]\napprove = 'auto'\nper_minute = 5\nhours = '8:30–16:00'\ndays = 'Mon-Wed, sat'\n"
    )
    follow = config.followups
    assert (follow.segments[0].name, follow.segments[0].when) == ("big", "=[@Budget]>1")
    first, birthday = follow.sequences
    assert (first.name, first.when, first.start_on) == ("hi", "=1", "=2")
    assert first.stop == (Stop.REPLY, Stop.BOUNCE)
    assert [(s.template, s.after_days, s.skip_if) for s in first.steps] == [
        ("01-a", 0, ""),
        ("02-b", 3, "=3"),
    ]
    assert (birthday.yearly_on, birthday.stop) == ("=[@Birthday]", tuple(Stop))
    assert follow.sender == Sender(address="a@example.com", unsubscribe="https://example.com/u")
    assert follow.sending == Sending(
        approve="auto",
        per_minute=5,
        opens=time(8, 30),
        closes=time(16),
        weekdays=frozenset({0, 1, 2, 5}),
    )
    assert config.notes == (
        (
            "config/x.toml:17: sequence[2].yearly_on: stands below hi, which goes first where both "
            "are due on one day, so that this mail comes a day late; put it above"
        ),
        "config/x.toml:19: sender.postal_address: missing; many countries' laws demand one",
    )


def test_a_yearly_mail_above_the_others_is_in_time_and_not_noted(loaded):
    config = loaded(
        "[[sequence]]\nname = 'bd'\nyearly_on = '=[@Birthday]'\nstep = [{ template = 'x' }]\n"
        "[[sequence]]\nname = 'anniversary'\nyearly_on = '=[@Since]'\nstep = [{ template = 'x' }]\n"
        "[[sequence]]\nname = 'hi'\nwhen = '=1'\nstep = [{ template = 'x' }]\n"
        "[sender]\naddress = 'a@example.com'\npostal_address = 'Jl. Contoh 1'\n"
    )
    assert config.notes == ()


@pytest.mark.parametrize(
    ("written", "days"),
    [
        ("'mon-fri'", {0, 1, 2, 3, 4}),
        ("'sat-mon'", {5, 6, 0}),
        ("'Friday'", {4}),
        ("'mon-sun'", set(range(7))),
        ("['mon', 'Wednesday']", {0, 2}),
    ],
)
def test_days(loaded, written, days):
    assert loaded(f"[sending]\ndays = {written}").followups.sending.weekdays == days


def test_places_are_described(loaded):
    config = loaded("[[stage]]\nname = 'A'\n[[stage]]\nname = 'B'\nwhen = '=1'\n")
    assert describe_place(config, "stage[2].when") == "config/x.toml:5"
    assert describe_place(config, "stage[2].reason") == "config/x.toml:3"
    assert describe_place(config, "stage[7].when") == "config/x.toml:1"
    assert describe_place(config, "sequence[1].step[2]") == "config"


def test_a_formula_that_cannot_be_read_is_shown_with_a_caret(faults):
    (told,) = faults("[[segment]]\nname = 'a'\nwhen = '''\n=AND([@A]>1,\n  [@B]>=)\n'''\n")
    first, formula, caret = told.split("\n")
    assert first.startswith("config/x.toml:3: segment[1].when: ")
    assert formula.strip() in {"[@B]>=)", "=AND([@A]>1,"}
    assert caret.strip() == "^"
    assert len(caret) <= len(formula) + 1


def test_a_fault_in_a_long_formula_fits_a_narrow_terminal(faults):
    text = "=" + "1+" * 30 + "Q9" + "+1" * 30
    (told,) = faults(f"[[segment]]\nname = 'a'\nwhen = '{text}'\n")
    _, formula, caret = told.split("\n")
    assert formula.startswith("    … 1+")
    assert formula.endswith(" …")
    assert len(formula) < 80
    assert formula[len(caret) - 1 :].startswith("Q9+1")


def test_curly_quotes_are_accepted_with_a_note(loaded):
    config = loaded("[[segment]]\nname = 'a'\nwhen = '=[@City]=“Jakarta”'\n")
    (note,) = config.notes
    assert note.startswith("config/x.toml:3: segment[1].when: curly quotes are read as straight")


def test_ready_made_rules_are_filled_in(loaded):
    config = loaded(
        "[workspace]\nlanguage = 'es'\n[parameters]\nmin_budget = 9\nPrice_words = ['cuota']\n"
        "[[score]]\nname = 'A'\nrule = [\n{ use = 'authority' },\n"
        "{ use = 'purchasing power', name = 'Means', points = 7 },\n{ name = 'own', points = 1 },\n]\n"
        "[[score]]\nname = 'B'\nuse = 'SQL signals'\n"
        "[[framework]]\nname = 'F'\ncriteria.Who = { use = 'reachability', ask = { en = 'How?' } }\n"
    )
    rules = config.qualification
    first, second = rules.scores
    assert [(rule.name, rule.when, rule.points) for rule in first.rules] == [
        ("autoridad", "=HASANY([@Role], deciders)", 10),
        ("Means", "=[@Budget]>=min_budget", 7),
        ("own", "", 1),
    ]
    assert [rule.name for rule in second.rules] == [
        *("pidió precio", "pidió catálogo", "pidió demo", "pidió cotización")
    ]
    assert "dueña" in rules.parameters["deciders"]
    assert rules.parameters["Price_words"] == ("cuota",)
    assert "price_words" not in rules.parameters
    assert rules.frameworks[0].criteria[0].formula == "=OR(ISTEXT([@Email]), ISTEXT([@Phone]))"
    assert describe_place(config, "score[1].rule[1].when") == "config/x.toml:9"
    assert describe_place(config, "score[2].rule[3].when") == "config/x.toml:15"


def test_rules_that_repeat_and_decay_in_steps(loaded):
    config = loaded(
        "[[score]]\nname = 'A'\n"
        "decay = { since = '=[@X]', steps = [{ days = 30, lose = 10 }, { days = 60, lose = 5 }] }\n"
        "rule = [{ name = 'r', points = 2, times = '=[@N]', at_most = 3 }]\n"
    )
    (score,) = config.qualification.scores
    assert score.decay == Decay(since="=[@X]", steps=((30, 10), (60, 5)))
    assert (score.rules[0].times, score.rules[0].at_most) == ("=[@N]", 3)


GRADED = (
    "[[score]]\nname = 'Fit'\nmax = 40\nrule = [{ name = 'r', points = 1 }]\n"
    "[[score]]\nname = 'Does'\nrule = [{ name = 'r', points = 1 }]\n"
)


def test_a_grade_takes_its_steps_from_a_max_or_from_the_team(loaded):
    grade = "[grade]\nfit = 'fit'\nengagement = 'Does'\nnumbers = [9, 5.5, 0]\n"
    found = loaded(GRADED + grade + "[write]\ngrade = 'G'\n")
    assert found.outputs == {"grade": "G"}
    assert found.qualification.grade == Grade(
        fit="fit", engagement="Does", letters=(30, 20, 10), numbers=(9, 5.5, 0)
    )
    assert loaded(GRADED).qualification.grade is None


def test_how_our_columns_look_in_google_sheets(loaded):
    google = "[[source]]\nname = 'g'\ngoogle = '1-aaaaaaaaaaaaaaaaaaaaaa'\n"
    config = loaded(google + "[write]\nscore = 'Points'\nstyle = true\n")
    assert (config.looks.style, config.looks.protect) == (True, False)
    assert dict(config.outputs) == {"score": "Points"}
    config = loaded("[write]\nprotect = true\n")
    assert (config.looks.style, config.looks.protect) == (False, True)
    assert list(config.outputs) == ["id", "score", "stage", "why"], "as without [write]"
    assert config.notes == (
        "config/x.toml:2: write.protect: only in Google Sheets, and no source is there",
    )


def test_where_moves_are_logged(loaded):
    others = (
        "[[source]]\nname = 'a'\ncsv = 'a.csv'\n[[source]]\nname = 'b'\nexcel = 'b.ODS'\n"
        "[[source]]\nname = 'c'\nexcel = 'c.xlsx'\nwrite = false\n"
    )
    config = loaded(
        others + "[[source]]\nname = 'd'\nexcel = 'd.xlsx'\n[write]\nlog_tab = 'Moves'\n"
    )
    assert config.log_tab == "Moves"
    assert list(config.outputs) == ["id", "score", "stage", "why"], "as without [write]"
    ledger = "its moves are in the ledger alone (sheetcrm history LEAD)"
    assert config.notes == (
        f"config/x.toml:15: write.log_tab: not for the source a: a CSV file has no other tabs; {ledger}",
        f"config/x.toml:15: write.log_tab: not for the source b: .ods files are only read; {ledger}",
        "config/x.toml:15: write.log_tab: not for the source c: its sheet is not to be written; "
        + ledger,
    )
    assert loaded("").log_tab == ""


def test_stages_that_wait_and_ways_of_their_own(loaded):
    rules = loaded(
        "[[stage]]\nname = 'New'\n"
        "[[stage]]\nname = 'SQL'\nwhen = '=[@A]'\nanswer_within_hours = 4\n"
        "[[stage]]\nname = 'Later'\noff_ladder = true\nwhen = '=[@B]'\nreason = '=[@B]'\n"
        "until = '=[@[Follow up on]]'\n"
        "[[moves.rule]]\nfrom = 'sql'\nmove = 'ask'\n"
        "[[moves.rule]]\nfrom = ['SQL', 'Later']\nto = 'New'\nmove = 'allow'\n"
    ).qualification
    _, sql, later = rules.stages
    assert (sql.answer_within_hours, sql.answered) == (4, "=[@[Last contact]]")
    assert later.until == "=[@[Follow up on]]"
    assert rules.moves == Moves(
        rules=(
            MoveRule(before=("sql",), move=Back.ASK),
            MoveRule(before=("SQL", "Later"), after=("New",), move=Back.ALLOW),
        )
    )


def test_a_mailbox(loaded, tmp_path):
    (tmp_path / "secrets").mkdir(exist_ok=True)
    (tmp_path / "secrets" / "mail").write_text("rahasia\n", encoding="utf-8")
    sender = "[sender]\naddress = 'halo@example.com'\n"
    password = "password = '${file:secrets/mail}'\n"
    found = loaded(f"{sender}[imap]\nhost = 'IMAP.example.com'\n{password}").imap
    assert (found.host, found.port, found.security) == ("imap.example.com", 993, "tls")
    assert (found.user, found.password, found.auth) == ("halo@example.com", "rahasia", "password")
    assert (found.folders, found.sent, found.drafts) == (("INBOX",), "", "")
    assert "rahasia" not in repr(found)
    local = (
        "[imap]\nhost = 'localhost'\nsecurity = 'none'\nuser = 'u'\nfolder = ['INBOX', 'Spam']\n"
    )
    found = loaded(f"{local}{password}").imap
    assert (found.port, found.user, found.folders) == (143, "u", ("INBOX", "Spam"))
    assert loaded("").imap is None
