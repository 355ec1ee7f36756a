"""Certificate designs: every fact on one page, readable in grey too, whatever the name."""

from __future__ import annotations

import re
from dataclasses import replace
from io import BytesIO

import pypdfium2
import pytest
import zxingcpp
from PIL import Image, ImageChops
from pypdf import PdfReader

from certificates.render import render
from certificates.shown import Shown
from lms.contracts import CertificateDesign, CourseTemplate
from lms.settings import contrast_with_white
from plugins.hertfordshire import plugin as hertfordshire
from plugins.hertfordshire_mediation import plugin as mediation
from plugins.oneplusone import plugin as oneplusone
from plugins.tavistock import plugin as tavistock

PROVIDERS = (oneplusone, tavistock, mediation, hertfordshire)
DESIGNS = {d.key: d for provider in PROVIDERS for d in provider.lms_certificate_designs()}
COURSES = {
    f"{c.provider}:{c.key}": (c, provider.lms_provider().name)
    for provider in PROVIDERS
    for c in provider.lms_course_templates()
}
COLOURS = {"brand": "#1d4f6e", "accent": "#7a4a00"}
SMALLEST_PT = 9.0
PT_PER_MM = 72 / 25.4

NAMES = (
    "Amara Okafor",
    "Gwenllian Ŵatcyn-Llŷr",
    "Bolesław Źdźbło-Świątkiewicz",
    "Ọlátúnjí Adébáyọ̀ Ọ̀ṣúnkúnlé",
    "Wilhelmina-Oluwadamilola Ayobami Szczepańska-Llanfair-Browne",
    "W" * 40,
    "Ó",
)

every_design = pytest.mark.parametrize("design", DESIGNS.values(), ids=DESIGNS.keys())
every_course = pytest.mark.parametrize(("course", "provider"), COURSES.values(), ids=COURSES.keys())


def shown(course: CourseTemplate, provider: str, edition: int = 0) -> Shown:
    """A certificate of a course's edition."""
    given = course.editions[edition]
    return Shown(
        kind="completion",
        kind_title="Certificate of completion",
        kind_words="completed",
        name="Amara Okafor",
        course=course.title,
        format=given.title,
        provider=provider,
        authority="Demonstration Council",
        dates="from 4 to 25 March 2027",
        hours_participatory=f"{given.participatory_minutes / 60:g}",
        hours_cpd=f"{given.cpd_minutes / 60:g}",
        attended_hours_words="",
        outcomes=course.outcomes,
        tier=str(given.tier or course.tier),
        year="2027",
        issued_on="26 March 2027",
        number="7K3M-9QXT-2HVB",
        verify_url="https://training.council.example/verify/7K3M9QXT2HVB",
        signatory_name="Priya Nair",
        signatory_job="Workforce development coordinator",
        seal_words=course.seal_words,
        trainer="Sam Ellery and Jo Marsh",
    )


def of_design(design: CertificateDesign) -> Shown:
    """A certificate of a course that uses the design."""
    return next(
        shown(course, provider)
        for course, provider in COURSES.values()
        if course.certificate.design == design.key
    )


def words(pdf: bytes) -> str:
    """The words on the one page, with spaces between them."""
    (page,) = PdfReader(BytesIO(pdf)).pages
    return " ".join(page.extract_text().split())


@every_course
def test_every_fact_of_every_edition_is_on_the_page(course: CourseTemplate, provider: str) -> None:
    design = DESIGNS[course.certificate.design]
    for place in range(len(course.editions)):
        facts = shown(course, provider, place)
        text = words(render(facts, design, COLOURS))
        for fact in (
            facts.kind_title,
            "This is to certify that",
            facts.name,
            facts.kind_words,
            facts.course,
            facts.format,
            facts.provider,
            facts.dates,
            facts.hours_words,
            *facts.outcomes,
            facts.authority,
            facts.issued_on,
            facts.number,
            facts.signatory_name,
            facts.signatory_job,
            "Check this certificate",
        ):
            assert fact in text, fact


@every_design
@pytest.mark.parametrize("name", NAMES)
def test_a_name_fits_on_one_page_in_whatever_letters(design: CertificateDesign, name: str) -> None:
    pdf = render(replace(of_design(design), name=name), design, COLOURS)
    box = PdfReader(BytesIO(pdf)).pages[0].mediabox
    assert (round(box.width / PT_PER_MM), round(box.height / PT_PER_MM)) == (297, 210)


@every_design
def test_longest_allowed_outcomes_and_a_long_course_title_still_fit(
    design: CertificateDesign,
) -> None:
    facts = replace(
        of_design(design),
        course="Working with separated parents in frequent and heated conflict",
        outcomes=tuple(f"{letter} word" * 11 for letter in "abcd"),
        provider="The Association of Family Mediation and Relationship Services",
    )
    text = words(render(facts, design, COLOURS))
    assert facts.course in text


@every_design
def test_the_same_certificate_is_the_same_bytes_each_time(design: CertificateDesign) -> None:
    facts = of_design(design)
    assert render(facts, design, COLOURS) == render(facts, design, COLOURS)


@every_design
def test_the_document_is_tagged_titled_and_in_english(design: CertificateDesign) -> None:
    facts = of_design(design)
    document = PdfReader(BytesIO(render(facts, design, COLOURS)))
    catalogue = document.root_object
    assert catalogue["/MarkInfo"]["/Marked"]  # type: ignore[index]
    assert catalogue["/Lang"] == "en-GB"
    assert document.metadata is not None
    assert document.metadata.title == f"Certificate of completion: {facts.course}, Amara Okafor"


@every_design
def test_the_seal_and_the_code_are_pictures_that_say_what_they_are(
    design: CertificateDesign,
) -> None:
    alternatives = pictures(render(of_design(design), design, COLOURS))
    assert any(said.startswith("Seal: ") for said in alternatives)
    assert "QR code: opens the page that checks certificate 7K3M-9QXT-2HVB" in alternatives


def pictures(pdf: bytes) -> list[str]:
    """The alternative texts of a document's pictures."""
    found: list[str] = []

    def walk(node: object) -> None:
        node = node.get_object() if hasattr(node, "get_object") else node
        if isinstance(node, list):
            for part in node:
                walk(part)
        elif isinstance(node, dict):
            if "/Alt" in node:
                found.append(str(node["/Alt"]))
            walk(node.get("/K", []))

    walk(PdfReader(BytesIO(pdf)).root_object["/StructTreeRoot"])
    return found


@every_design
def test_attendance_completion_and_accreditation_say_so_in_words(
    design: CertificateDesign,
) -> None:
    for kind, title, verb in (
        ("attendance", "Certificate of attendance", "attended 5.5 of 6 hours of"),
        ("accreditation", "Certificate of accreditation", "is accredited to facilitate"),
    ):
        facts = replace(of_design(design), kind=kind, kind_title=title, kind_words=verb)
        text = words(render(facts, design, COLOURS))
        assert title in text
        assert verb in text


def test_an_accreditations_seal_differs_in_words_and_lines() -> None:
    design = DESIGNS["tavistock:letterpress"]
    facts = of_design(design)
    accredited = replace(facts, kind="accreditation")
    assert "Accredited" in " ".join(pictures(render(accredited, design, COLOURS)))
    assert "Accredited" not in " ".join(pictures(render(facts, design, COLOURS)))


def test_only_those_who_completed_may_train_colleagues() -> None:
    design = DESIGNS["hertfordshire:growing-circles"]
    facts = of_design(design)
    assert "may train colleagues in" in words(render(facts, design, COLOURS))
    attended = replace(facts, kind="attendance")
    assert "may train colleagues" not in words(render(attended, design, COLOURS))


def test_the_in_house_design_wears_the_authoritys_own_colours() -> None:
    design = DESIGNS["hertfordshire:growing-circles"]
    facts = of_design(design)
    other = {"brand": "#5a1e5e", "accent": "#00513b"}
    assert render(facts, design, COLOURS) != render(facts, design, other)
    assert set(re.findall(r"#[0-9a-f]{6}", design.css)) == {"#0b0c0c"}


@every_design
def test_text_has_a_contrast_of_four_and_a_half_and_is_nine_points_or_more(
    design: CertificateDesign,
) -> None:
    for colour in re.findall(r"[^-]color: (#[0-9a-f]{6})", design.css):
        assert contrast_with_white(colour) >= 4.5, colour
    for size in re.findall(r"font-size: ([\d.]+)pt", design.css):
        assert float(size) >= SMALLEST_PT
    for size in re.findall(r'font-size="([\d.]+)"', design.template):
        assert float(size) * PT_PER_MM >= SMALLEST_PT


@every_design
def test_a_design_shouts_nothing_and_fetches_nothing(design: CertificateDesign) -> None:
    source = design.template + design.css
    assert not re.search(r">[^<>{}]*\b[A-Z]{3,}\b", design.template)
    assert "|safe" not in source
    assert "url(" not in design.css
    assert "href" not in source
    assert "@import" not in source


# -- as a black-and-white printer gives it ---------------------------------------------------------


def printed(pdf: bytes, dots: int = 100) -> Image.Image:
    """The page in grey, as so many dots an inch."""
    picture = pypdfium2.PdfDocument(pdf)[0].render(scale=dots / 72).to_pil()
    return picture.convert("L")


@every_design
def test_the_code_is_read_from_a_grey_print(design: CertificateDesign) -> None:
    facts = of_design(design)
    (code,) = zxingcpp.read_barcodes(printed(render(facts, design, COLOURS), 150))
    assert code.text == facts.verify_url


@every_design
def test_little_ink_is_used_and_every_tint_is_light(design: CertificateDesign) -> None:
    shades = printed(render(of_design(design), design, COLOURS)).histogram()
    dark = sum(shades[:128]) / sum(shades)
    assert dark < 0.08
    large = [shade for shade, dots in enumerate(shades) if dots / sum(shades) > 0.05]
    assert min(large) >= 0.80 * 255


def test_an_accreditation_can_be_told_from_a_completion_in_grey() -> None:
    design = DESIGNS["tavistock:letterpress"]
    facts = of_design(design)
    seals = [
        printed(render(replace(facts, kind=kind), design, COLOURS))
        for kind in ("completion", "accreditation")
    ]
    where = ImageChops.difference(*seals).point(lambda shade: 255 if shade > 96 else 0).getbbox()
    assert where is not None
    left, _, right, _ = where
    assert 80 < right - left < 140, "the second ring, about 30 mm across"
