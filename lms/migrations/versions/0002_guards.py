"""What the tables may not do by themselves: append-only rows, counted seats, kept histories."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

APPEND_ONLY = (
    "audit_entry",
    "certificates_certificate_change",
    "certificates_certificate_file",
    "courses_attendance",
    "courses_booking_change",
    "courses_cohort_change",
    "courses_completion",
    "courses_component_completion",
    "messages_message_change",
    "people_person_merge",
    "surveys_instrument",
    "surveys_submission",
)

# Redaction, when a person is erased, is the one change that passes.
APPEND_ONLY_FUNCTIONS = """
create function append_only() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' and current_setting('lms.erasing', true) = 'on' then
    return new;
  end if;
  raise exception '% is append-only', tg_table_name using errcode = 'insufficient_privilege';
end $$;

create function make_append_only(guarded regclass) returns void language plpgsql as $$
begin
  execute format('create trigger append_only before update or delete on %s'
    ' for each row execute function append_only()', guarded);
  execute format('create trigger append_only_truncate before truncate on %s'
    ' for each statement execute function append_only()', guarded);
end $$;
"""

INSTALLATION = """
create function installation_stays() returns trigger language plpgsql as $$
begin
  raise exception 'a database is a demonstration from its first migration or never'
    using errcode = 'insufficient_privilege';
end $$;

create trigger installation_stays before update or delete or truncate on installation
  for each statement execute function installation_stays();
"""

# Counted by statement, so that an import of thousands of rows changes each cohort once.
SEATS = """
create function courses_count_seats() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    update courses_cohort set seats_taken = seats_taken + changed.seats
      from (select cohort_id, count(*) as seats from new_rows
            where state in ('offered', 'booked') group by cohort_id) as changed
      where id = changed.cohort_id;
  elsif tg_op = 'DELETE' then
    update courses_cohort set seats_taken = seats_taken - changed.seats
      from (select cohort_id, count(*) as seats from old_rows
            where state in ('offered', 'booked') group by cohort_id) as changed
      where id = changed.cohort_id;
  else
    update courses_cohort set seats_taken = seats_taken + changed.seats
      from (select cohort_id, sum(seats) as seats from (
              select cohort_id, 1 as seats from new_rows where state in ('offered', 'booked')
              union all
              select cohort_id, -1 from old_rows where state in ('offered', 'booked')
            ) as both_ways group by cohort_id having sum(seats) <> 0) as changed
      where id = changed.cohort_id;
  end if;
  return null;
end $$;

create trigger count_seats_of_new after insert on courses_booking
  referencing new table as new_rows
  for each statement execute function courses_count_seats();
create trigger count_seats_of_changed after update on courses_booking
  referencing old table as old_rows new table as new_rows
  for each statement execute function courses_count_seats();
create trigger count_seats_of_deleted after delete on courses_booking
  referencing old table as old_rows
  for each statement execute function courses_count_seats();
"""

# The number of the whole transaction, as xmin would name the savepoint the row was written in.
BOOKING_CHANGES = """
create function courses_booking_change_written() returns trigger language plpgsql as $$
begin
  if not exists (
    select from courses_booking_change
    where booking_id = new.id and from_state = old.state and to_state = new.state
      and transaction = (pg_current_xact_id()::text)::bigint
  ) then
    raise exception 'booking % goes from % to % without its booking_change',
      new.id, old.state, new.state
      using errcode = 'integrity_constraint_violation',
        constraint = 'booking_change_written', table = 'courses_booking';
  end if;
  return new;
end $$;

create trigger booking_change_written before update on courses_booking
  for each row when (old.state is distinct from new.state)
  execute function courses_booking_change_written();
"""

PLACES = """
create function courses_place_follows_booking() returns trigger language plpgsql as $$
begin
  select state = 'booked' into new.is_booked from courses_booking
    where id = new.booking_id for share;
  new.is_booked := coalesce(new.is_booked, false);
  return new;
end $$;

create trigger place_follows_booking before insert or update of is_booked, booking_id
  on courses_place for each row execute function courses_place_follows_booking();

create function courses_booking_takes_places() returns trigger language plpgsql as $$
begin
  update courses_place set is_booked = (new.state = 'booked')
    where booking_id = new.id and is_booked <> (new.state = 'booked');
  return null;
end $$;

create trigger booking_takes_places after update on courses_booking
  for each row when (old.state is distinct from new.state)
  execute function courses_booking_takes_places();
"""

# What was issued stays as it was issued; the way to a correction is another certificate.
CERTIFICATES = """
create function certificates_stay_frozen() returns trigger language plpgsql as $$
begin
  if current_setting('lms.erasing', true) = 'on' then
    return new;
  end if;
  if (old.number, old.booking_id, old.kind, old.replaces_id)
      is distinct from (new.number, new.booking_id, new.kind, new.replaces_id)
    or old.state in ('issued', 'replaced', 'withdrawn') and (
      (old.shown, old.design_key, old.design_version, old.completion_id, old.pdf_sha256,
        old.rendered_at)
      is distinct from (new.shown, new.design_key, new.design_version, new.completion_id,
        new.pdf_sha256, new.rendered_at)
      or new.state in ('pending', 'failed'))
  then
    raise exception 'certificate % was issued and stays as it is', old.number
      using errcode = 'insufficient_privilege';
  end if;
  return new;
end $$;

create trigger certificate_stays_frozen before update on certificates_certificate
  for each row execute function certificates_stay_frozen();
"""


def upgrade() -> None:
    raw = op.get_bind().connection.driver_connection
    assert raw is not None
    guards = (APPEND_ONLY_FUNCTIONS, INSTALLATION, SEATS, BOOKING_CHANGES, PLACES, CERTIFICATES)
    for statements in guards:
        raw.execute(statements)
    for table in APPEND_ONLY:
        op.execute(f"select make_append_only('{table}')")
