"""A family's detail is refused wherever it stands; what people write of their work is not."""

from __future__ import annotations

import time
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.ambassadors.queries.case_studies import marked
from lms.family_details import (
    ADDRESS,
    BIRTH,
    CONTACTS,
    EMAIL,
    NAME,
    NHS,
    TELEPHONE,
    every,
    find,
    said,
)
from lms.family_details.names import is_usual
from lms.family_details.words import FIRST_NAMES

REFUSED = {
    NAME: [
        "my client Sarah was upset",
        "I met Mrs Jones twice",
        "Mr and Mrs Patel argued",
        "a mum called Beth",
        "a boy named tom",
        "the Smith family",
        "Sarah is my client",
        "Sarah (my client)",
        "my client, Zoë, said so",
        "the family O’Brien moved",
        "his partner Dave came",
        "with patient Müller",
        "the couple Tom and Ann",
        "Client Sarah was upset",
        "Mum Sarah rang me",
        "The Smith family came",
        "Baby Olly is 6 weeks",
        "client: Sarah",
        "client's name is Sarah",
        "my client sarah",
        "my client SARAH",
        "the patient is Amy Jones",
        "a mum, Sarah, told me",
        "mrs khan",
        "the client (Tomasz) said it was too late",
        "our client – Leah – has moved",
        "one of my clients, Sarah, told me",
        "the child is called Noah",
        "the baby's called Olly",
        "her name is Yusuf",
        "Client name: Fatima",
        "mum of Jack",
        "parents Tom and Zdenka came",
        "my clients sarah and tom",
        "Sarah's mum rang",
        "Ayesha, a mum of two, told me",
        "Femi is a client of mine",
        "ms okafor",
        "MRS KHAN",
        "mr. and mrs. patel",
        "Mr J. Patel",
        "with Mrs Day",
        "THE CLIENT SARAH",
        "I told Dad Wojciech",
        "his mother-in-law Meera",
        "I thank her for all her partner Dave did",
        "a mum of two Sarah met",
        "their 3 year old, Ella, came",
        "the mum “Beth” told me",
        "my client zoë",
        "my client 小明",
        "the Van Dyke family moved",
    ],
    BIRTH: [
        "her DOB is 3/5/2019",
        "born on 3rd May 2019",
        "born in March 2019",
        "a baby born 3 May",
        "date of birth: 2019-05-03",
        "D.O.B. 03.05.19",
        "birthday on the 3rd of May",
        "a baby born in 2027",
        "children born on 3 May 2019",
    ],
    ADDRESS: [
        "they live in SG1 2AB",
        "sg1 2ab",
        "12 Acacia Avenue",
        "12 High Street",
        "flat 3b",
        "12 high street",
        "4a OAK CLOSE",
        "lives at 12 oak close.",
        "31 church rd, Harlow",
        "FLAT 3",
    ],
    TELEPHONE: [
        "07700 900123",
        "+44 7700 900123",
        "(01438) 000 000",
        "020 7946 0000",
        "07700.900.123",
        "07700 – 900 – 123",
        "(01438)000000",
    ],
    EMAIL: ["write to sarah.j@example.co.uk"],
    NHS: [
        "943 476 5919",
        "9434765919",
        "943.476.5919",
        "NHS number 123 456 7890",
        "NHS no: 1234567890",
    ],
}
KEPT = [
    "ask at every 6 to 8 week visit",
    "I have asked 10 families",
    "the meeting on 12 March 2027",
    "by 31/03/2027 or 1 May",
    "meetings on 2027-03-12, 2027-04-09 and 2027-05-14",
    "talk to Families First and the Family Hub in Stevenage",
    "every parent I meet on Thursday mornings",
    "with each family NHS colleagues send me",
    "ask every client CAMHS refers",
    "the parent called me back",
    "a mum called to cancel",
    "go along to 2 Family Court hearings",
    "when a baby is born 3 weeks early",
    "take the date of birth question off our forms",
    "in Q1 2nd week, 10 of 20 parents",
    "use Brief Encounters with every couple",
    "refer couples to Relate by 1 May 2027",
    "asked 15 mums and 12 dads in 2027",
    "bring it to our Ms Teams call",
    "100 conversations, 1000 leaflets",
    "speak with my manager about parents",
    "the Polish family group",
    "run Parents as Partners with 6 couples for 16 weeks",
    "babies born in 2027",
    "children who were born in May 2027",
    "every baby born in 2027",
    "the Traveller family",
    "couple Therapy",
    "parents named as carers",
    "families named by schools",
    "girls Guides",
    "every client Sarah refers to us",
    "all the families Priya visits",
    "a parent called Samaritans",
    "Priya and I will ask every mum",
    "my colleague Sarah will help",
    "Priya is our family support worker",
    "Hannah (parent champion) will come with me",
    "Hatfield is our family hub",
    "the Harlow family hub opens",
    "run the Couple Connection and read Family Lives",
    "our Baby Massage class",
    "each client: Ask how they get on",
    "ask the GPs about parents",
    "for mum, Dad and baby",
    "As a mum, Stevenage is where I meet people",
    "I am a mum of two",
    "the client is Deaf and her mum is Polish",
    "a couple of Mondays a month",
    "use MS Teams or ms word",
    "I miss Brief Encounters",
    "a master class for parents",
    "the replies come in 50 ms with",
    "2 hubs close in May",
    "walk 2 miles each way",
    "a 10 minute drive from 3 main roads",
    "open 09.00 - 10.30 and 11.00",
    "by 01/02/2027 10 families",
    "in 2027-28 we plan 1000 visits",
    "parents say: We argue more since the baby",
    "",
    "   ",
]


@pytest.mark.parametrize(
    ("kind", "text"), [(k, t) for k, several in REFUSED.items() for t in several]
)
def test_a_familys_detail_is_found_and_called_what_it_looks_like(kind: str, text: str) -> None:
    detail = find(text)
    assert detail is not None
    assert detail.kind == kind
    assert said(detail).startswith(f"'{detail.quoted}' looks like {kind}. We never keep families'")


@pytest.mark.parametrize("text", KEPT)
def test_what_people_write_of_their_work_is_kept(text: str) -> None:
    assert find(text) is None


WORK = (
    "ask every couple at each visit about how they get on and write it down for my team parents "
    "families referred to counselling or mediation after 6 weeks in 3 clinics"
)
WORDS = st.sampled_from(WORK.split())
SENTENCE = st.lists(WORDS, min_size=1, max_size=20).map(" ".join)
NAMES = st.from_regex(r"\A[A-Z][a-z]{2,10}\Z").filter(lambda name: not is_usual(name))
BEFORE = st.sampled_from(
    ["my client ", "the patient ", "a mum called ", "Mrs ", "his partner ", "our client: ",
     "the client is ", "the child’s name is ", "My client, ", "THE PATIENT "]
)  # fmt: skip
COMMON = st.sampled_from(sorted(FIRST_NAMES)).flatmap(
    lambda name: st.sampled_from([name, name.upper(), name.title()])
)
DAYS = st.dates(date(1950, 1, 1), date(2030, 12, 31))
STYLES = st.sampled_from(["%d/%m/%Y", "%d-%m-%y", "%Y-%m-%d", "%d %B %Y", "%d %b"])


@given(SENTENCE, BEFORE, NAMES, SENTENCE)
def test_any_name_beside_a_client_is_found_in_any_sentence(
    before: str, who: str, name: str, after: str
) -> None:
    detail = find(f"{before} {who}{name} {after}")
    assert detail is not None
    assert detail.kind == NAME


@given(SENTENCE, st.sampled_from(["my client ", "a mum: ", "Baby ", "the child is "]), COMMON)
def test_a_common_first_name_is_one_without_its_capital_too(
    before: str, who: str, name: str
) -> None:
    detail = find(f"{before}. {who}{name}")
    assert detail is not None
    assert detail.kind == NAME


def test_common_first_names_are_no_usual_words() -> None:
    assert 150 <= len(FIRST_NAMES) <= 250
    assert not any(map(is_usual, FIRST_NAMES))


@given(SENTENCE, DAYS, STYLES)
def test_any_date_of_birth_is_found_and_any_other_date_is_not(
    before: str, day: date, style: str
) -> None:
    assert find(f"{before} born on {day.strftime(style)}") is not None
    assert find(f"{before} meeting on {day.strftime(style)}") is None


@given(SENTENCE, st.from_regex(r"\A(07\d{3} \d{6}|01\d{3} \d{6}|020 \d{4} \d{4})\Z"))
def test_any_telephone_number_is_found(before: str, number: str) -> None:
    detail = find(f"{before} {number}")
    assert detail is not None
    assert detail.kind in (TELEPHONE, NHS)


@given(SENTENCE, st.integers(100_000_000, 999_999_999))
def test_ten_digits_are_an_nhs_number_when_their_check_digit_says_so(
    before: str, nine: int
) -> None:
    rest = sum((10 - place) * int(digit) for place, digit in enumerate(str(nine))) % 11
    check = (11 - rest) % 11
    for last in range(10):
        detail = find(f"{before} {nine}{last}")
        assert (detail is not None) == (last == check)


@given(st.lists(SENTENCE, max_size=3).map(". ".join), st.integers(0, 9999))
def test_sentences_of_work_with_numbers_are_kept(text: str, number: int) -> None:
    assert find(f"{text} {number} families, {number} visits") is None


PIECES = st.sampled_from(
    ["client", "The ", "family", "Sarah", "sarah’s", "mum, ", " is my ", "mrs ", "(", ":", "-",
     "born in ", "2027", "07", "12 ", "High Street", "@", ".", "NHS number ", "٣", "名", "\u0301"]
)  # fmt: skip
TYPED = st.one_of(
    st.text(max_size=300),
    st.lists(PIECES | st.text(max_size=3), max_size=40).map("".join),
)


@given(TYPED)
def test_whatever_is_typed_is_read_and_quoted_as_it_stands(text: str) -> None:
    for detail in every(text):
        assert 0 <= detail.start < detail.end <= len(text)
        assert detail.quoted == " ".join(text[detail.start : detail.end].split())[:60]


@pytest.mark.parametrize(
    "piece",
    ["a", "a-", "Ab ", "client ", "the a ", "my client, ", "mr and mrs ", "07 ", "1 a ", "born ",
     "a@a.", " ", "client: 名, "],
)  # fmt: skip
def test_a_hundred_thousand_signs_are_read_in_seconds(piece: str) -> None:
    text = piece * (100_000 // len(piece))
    started = time.process_time()
    assert sum(1 for _ in every(text)) < 100_000
    assert time.process_time() - started < 20


@given(TYPED)
def test_a_reviewers_marks_leave_the_text_as_it_is(text: str) -> None:
    assert "".join(piece for piece, _ in marked(text)) == text


def test_a_reviewer_is_shown_more_than_is_refused() -> None:
    text = "We met in Hatfield on 3 May. The twins, aged 4, were there."
    assert find(text) is None
    suspect = [piece for piece, is_suspect in marked(text) if is_suspect]
    assert suspect == ["Hatfield", "3 May", "twins", "aged 4"]


def test_how_to_reach_a_colleague_may_stand_where_it_is_allowed() -> None:
    text = "The network meets at 12 High Street, SG1 2AB. Call 01438 000000"
    assert find(text) is not None
    assert find(text, allowed=CONTACTS) is None
    assert find(f"{text}. My client Sarah will come", allowed=CONTACTS) is not None
