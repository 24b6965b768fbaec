-- Each query must return no row; `before` is the backup, a 1.0.0 register.

-- A patient whose name can't be put together again.
SELECT old.id, old.full_name, new.given_name, new.family_name
    FROM before.patient AS old LEFT JOIN main.patient AS new ON new.id = old.id
    WHERE new.given_name || coalesce(' ' || new.family_name, '') IS NOT old.full_name;

-- A status that got another meaning.
SELECT old.id, old.status AS was, new.status AS is_now
    FROM before.patient AS old LEFT JOIN main.patient AS new ON new.id = old.id
    WHERE CASE new.status WHEN 1 THEN 'active' WHEN 2 THEN 'moved' WHEN 3 THEN 'dead' END IS NOT old.status;

-- A telephone number that is lost, or another's.
SELECT old.id, old.phone AS was, contact.phone AS is_now
    FROM before.patient AS old LEFT JOIN main.patient_contact AS contact ON contact.patient_id = old.id
    WHERE contact.phone IS NOT old.phone;

-- A number that could be given out twice.
SELECT old.name, old.seq AS was, new.seq AS is_now
    FROM before.sqlite_sequence AS old LEFT JOIN main.sqlite_sequence AS new ON new.name = old.name
    WHERE new.seq IS NOT old.seq;
