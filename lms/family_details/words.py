"""The words by which names are told: words for people, usual words with a capital, first names."""

from __future__ import annotations

# ruff: noqa: SIM905 (hundreds of words, read as words)

PEOPLE = """
    client patient family mum mummy mam mother dad daddy father parent carer couple baby child
    toddler infant newborn twin kid teen teenager son daughter girl boy pupil student sibling spouse
    brother sister husband wife girlfriend boyfriend nan nana gran grandma grandmother granddad
    grandad grandfather grandparent aunt auntie uncle niece nephew cousin stepmum stepdad
    stepmother stepfather stepson stepdaughter woman man lady gentleman
    """.split()
PLURALS = {
    "family": "families",
    "baby": "babies",
    "child": "children",
    "wife": "wives",
    "woman": "women",
    "man": "men",
    "lady": "ladies",
    "gentleman": "gentlemen",
}
"""The others have an s."""
TITLES_BEGIN_WITH = frozenset("family parent carer couple child pupil student patient teen".split())
"""With a capital inside a sentence they begin titles: "the Couple Connection", "Family Lives"."""

WORK = frozenset(
    """
    action advice adviser advocate agency app appointment approach area assessment award bank
    benefit bereavement bill book booklet box breakfast buddy bus cafe café card care case center
    centre champion charity charter checkup clinic club coach coaching college communication
    conference conflict connection consultation coordinator council counselling counsellor county
    course court credit database day desk development diary doctor early education educator
    evening event feedback feeding festival first form forum foundation friendly fun fund funding
    goal group guidance guide guideline health helpline history hospital house housing hub idea
    impact information intervention interview journal journey law lead leader leaflet learning
    level liaison library life line link list local maintenance manager massage mediation mental
    mentor mentoring midwife midwives model network notes number nurse nursery office officer online
    organisation outcome outreach page panel parenting participation partner partnership pathway
    pilot plan planning pledge police policy portal poster poverty power practice practitioner
    premium profile programme project protection psychiatrist psychologist psychotherapist
    questionnaire recorder referral relationship report research resource review rights room
    safeguarding scale scheme school score screening sensory service session sheet site social
    society solution space specialist staff star story strategy study support sure surgery survey
    task teacher teaching team therapist therapy ties tool toolkit town trainer training treatment
    transport trust tutor union unit visitor voice volunteer ward weaning website welcome welfare
    wellbeing whole worker workshop yoga zone
    """.split()
)
"""What follows a word for people in titles, and where people write of their work."""

NOT_NAMES = frozenset(
    # Times.
    """
    monday tuesday wednesday thursday friday saturday sunday january february march april may june
    july august september october november december easter christmas ramadan eid diwali summer
    autumn winter spring today tomorrow yesterday morning month year term week weekend
    """.split()
    # Words that begin a sentence, or join two.
    + """
    a an and any are as at because but by each every everybody everyone for from hardly he her
    here his how however i if in is it its just many more most my no nobody none not now of often
    on only or our please she since so some someone sometimes still such thank thanks that the
    their then there these they this those to too under until us usually very was we what whatever
    when whenever where which while who whose why with would yes you your after again all also
    always before both finally next once recently
    """.split()
    # What begins the words of somebody who will do something, and what they do it about.
    + """
    act add agree aim arrange ask attend begin bring call check come complete contact continue
    create discuss do drop encourage experience explain explore feel find follow get give go hand
    have help home identify include introduce invite join keep know let listen live look make
    matter meet need note offer open play prepare provide put raise read refer remember remind run
    say see send set share show signpost skill sleep speak start stay suggest take talk tell think
    time try use view visit work write
    """.split()
    # Peoples, languages, faiths, and what else somebody may be.
    + """
    african afghan albanian american arab arabic asian autistic bangladeshi bengali black british
    bulgarian cantonese caribbean catholic chinese christian deaf dutch english european filipino
    french german ghanaian greek gujarati gypsy hindi hindu hungarian indian iranian iraqi irish
    italian jamaican japanese jewish kenyan kurdish latvian lithuanian mandarin muslim nepali
    neurodivergent nigerian pakistani polish portuguese punjabi roma romanian romany royal russian
    scottish sikh somali spanish sudanese sylheti syrian tamil traveller turkish ukrainian urdu
    vietnamese welsh white zimbabwean
    """.split()
    # Organisations and tools that are spoken of beside families, and places.
    + """
    england scotland wales ireland london britain barnardo brief cafcass childline encounters
    facebook gingerbread golden google instagram internet maternity mind mumsnet netmums ofsted
    oneplusone outlook refuge relate samaritans shelter skype solihull tavistock thread tiktok
    twitter whatsapp word excel youtube zoom
    """.split()
)
"""Other words that begin with a capital and are nobody's name."""

NO_NAME_FOLLOWS = frozenset(
    """
    me in us back to for on about after and again as by with at from above below here there who
    which that when where only either the a an my our his her their this these those it if or so
    but because during under within earlier later first last together today once twice
    already alongside inside across throughout via per previously
    """.split()
)
"""What follows "called" where it means a telephone call, and "named" where no name comes."""

FIRST_NAMES = frozenset(
    # Spoken all over the country.
    """
    sarah sara emma laura hannah rachel rebecca becky katie kate catherine katherine claire lucy
    amy beth bethany elizabeth charlotte sophie olivia emily ella ellie ava mia isla freya chloe
    megan jessica jess lauren natalie nicola michelle ruth susan sharon tracey sam harry
    lisa louise helen angela amanda samantha kelly kerry gemma alex leanne kirsty alison fiona
    jane janet margaret linda tom thomas james jack john george william oliver olly ollie jacob
    noah leo oscar alfie archie joshua joseph daniel dan david dave michael mike matthew matt
    andrew andy stephen steve steven peter paul simon richard kevin alan brian jason adam ben
    benjamin luke liam ryan callum jake nathan aaron ethan jamie tommy zoe
    """.split()
    # Wales, Scotland, Ireland.
    + """
    dylan rhys owen dafydd carys sian bronwen gwen ffion dilys eilidh mhairi ewan hamish morag
    niamh siobhan aoife sinead ciara orla caitlin declan patrick sean padraig
    """.split()
    # South Asia.
    + """
    mohammed muhammad ahmed ali hassan hussain ibrahim yusuf omar bilal imran usman tariq zain
    hamza amina aisha ayesha fatima zainab maryam nadia sana saima yasmin farah iqra priya anjali
    deepa meera neha pooja sunita anita kavita lakshmi rajesh ravi sanjay vijay amit rohan
    harpreet gurpreet jaspreet simran navdeep shamima tahmina
    """.split()
    # Europe.
    + """
    agnieszka katarzyna magdalena joanna anna ewa zofia piotr pawel krzysztof tomasz marek andrzej
    wojciech andrei mihai elena oksana olena natalia dmytro maria jose ana sofia
    """.split()
    # Africa, the Caribbean, the Middle East, East Asia.
    + """
    abdi abdullahi hodan chioma ngozi amara tunde femi folake kwame kofi akua abena tendai tatenda
    leroy tanisha jermaine layla leila khalid samira mustafa mehmet ayse elif zahra reza shirin
    wei mei linh esther miriam rivka
    """.split()
)
"""Common first names that are no usual words, so that they are names without a capital too."""
