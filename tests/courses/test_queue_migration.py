"""Who waited before there was a queue goes on waiting, in the order in which they came."""

from __future__ import annotations

from collections.abc import Callable

from alembic import command
from sqlalchemy import create_engine

from lms import migrate
from lms.testing.server import Database

BEFORE = """
insert into courses_course (id, key, slug, provider_key, title, state, template_version, template,
  created_at, updated_at)
values ('00000000-0000-7000-8000-000000000001', 'a:b', 'b', 'a', 'B', 'offered', 1, '{}', now(),
  now());
insert into people_person (id, given_name, family_name, sort_key, session_epoch, created_at,
  updated_at)
select ('00000000-0000-7000-8000-00000000001' || n)::uuid, 'Amara', 'Okafor', 'okafor', 0, now(),
  now() from generate_series(1, 3) n;
insert into courses_waiting (id, course_id, person_id, state, joined_at, closed_at, created_at,
  updated_at)
select ('00000000-0000-7000-8000-00000000002' || n)::uuid, '00000000-0000-7000-8000-000000000001',
  ('00000000-0000-7000-8000-00000000001' || n)::uuid,
  case n when 3 then 'placed' else 'waiting' end, now() - n * interval '1 day',
  case n when 3 then now() end, now(), now() from generate_series(1, 3) n;
"""
AFTER = """
select id::text, state, points, localities, availability from courses_waiting
where state = 'waiting' order by points desc, joined_at, id
"""


def test_the_waiting_list_of_before_is_the_queue_of_now(
    new_database: Callable[..., Database],
) -> None:
    fresh = new_database(migrated=False)
    engine = create_engine(fresh.owner_url)
    with engine.begin() as connection:
        command.upgrade(migrate._config(connection, None), "0003")
    with fresh.connect() as admin:
        admin.execute(BEFORE)

    migrate.upgrade(fresh.owner_url, demo=False)

    with fresh.connect() as admin:
        rows = admin.execute(AFTER).fetchall()
        kept = admin.execute("select count(*) from courses_waiting").fetchone()
    engine.dispose()
    assert [(row[0][-1], *row[1:]) for row in rows] == [
        ("2", "waiting", 0, [], {}),
        ("1", "waiting", 0, [], {}),
    ]
    assert kept == (3,)
