-- Each query must return no row; `before` is the backup. Rows are joined by their integer primary keys, so that each
-- query reads each table once, in order.

-- A row of req_req that is not the same in inv_req.
SELECT old.id
FROM before.req_req AS old LEFT JOIN main.inv_req AS new ON new.id = old.id
WHERE new.id IS NULL OR (
    old."doc_id", old."type", old."req_ref", old."date", old."priority", old."site_id", old."purpose",
    old."is_template", old."date_required", old."date_required_until", old."requester_id", old."assigned_to_id",
    old."approved_by_id", old."request_for_id", old."transport_req", old."security_req", old."date_recv",
    old."recv_by_id", old."req_status", old."commit_status", old."transit_status", old."fulfil_status",
    old."closed", old."cancel", old."comments", old."uuid", old."mci", old."deleted", old."deleted_fk",
    old."deleted_rb", old."created_on", old."created_by", old."modified_on", old."modified_by",
    old."approved_by", old."owned_by_user", old."owned_by_group", old."realm_entity"
) IS NOT (
    new."doc_id", new."type", new."req_ref", new."date", new."priority", new."site_id", new."purpose",
    new."is_template", new."date_required", new."date_required_until", new."requester_id", new."assigned_to_id",
    new."approved_by_id", new."request_for_id", new."transport_req", new."security_req", new."date_recv",
    new."recv_by_id", new."req_status", new."commit_status", new."transit_status", new."fulfil_status",
    new."closed", new."cancel", new."comments", new."uuid", new."mci", new."deleted", new."deleted_fk",
    new."deleted_rb", new."created_on", new."created_by", new."modified_on", new."modified_by",
    new."approved_by", new."owned_by_user", new."owned_by_group", new."realm_entity");

-- A row of req_req_item that is not the same in inv_req_item.
SELECT old.id
FROM before.req_req_item AS old LEFT JOIN main.inv_req_item AS new ON new.id = old.id
WHERE new.id IS NULL OR (
    old."req_id", old."item_entity_id", old."item_id", old."item_pack_id", old."quantity", old."pack_value",
    old."currency", old."site_id", old."quantity_commit", old."quantity_transit", old."quantity_fulfil",
    old."comments", old."uuid", old."mci", old."deleted", old."deleted_fk", old."deleted_rb", old."created_on",
    old."created_by", old."modified_on", old."modified_by", old."approved_by", old."owned_by_user",
    old."owned_by_group", old."realm_entity"
) IS NOT (
    new."req_id", new."item_entity_id", new."item_id", new."item_pack_id", new."quantity", new."pack_value",
    new."currency", new."site_id", new."quantity_commit", new."quantity_transit", new."quantity_fulfil",
    new."comments", new."uuid", new."mci", new."deleted", new."deleted_fk", new."deleted_rb", new."created_on",
    new."created_by", new."modified_on", new."modified_by", new."approved_by", new."owned_by_user",
    new."owned_by_group", new."realm_entity");

-- A row of req_req_item_category that is not the same in inv_req_item_category.
SELECT old.id
FROM before.req_req_item_category AS old LEFT JOIN main.inv_req_item_category AS new ON new.id = old.id
WHERE new.id IS NULL OR (
    old."req_id", old."item_category_id", old."uuid", old."mci", old."deleted", old."deleted_fk",
    old."deleted_rb", old."created_on", old."created_by", old."modified_on", old."modified_by",
    old."approved_by", old."owned_by_user", old."owned_by_group", old."realm_entity"
) IS NOT (
    new."req_id", new."item_category_id", new."uuid", new."mci", new."deleted", new."deleted_fk",
    new."deleted_rb", new."created_on", new."created_by", new."modified_on", new."modified_by",
    new."approved_by", new."owned_by_user", new."owned_by_group", new."realm_entity");

-- A row of req_req_tag that is not the same in inv_req_tag.
SELECT old.id
FROM before.req_req_tag AS old LEFT JOIN main.inv_req_tag AS new ON new.id = old.id
WHERE new.id IS NULL OR (
    old."req_id", old."tag", old."value", old."comments", old."uuid", old."mci", old."deleted",
    old."deleted_fk", old."deleted_rb", old."created_on", old."created_by", old."modified_on",
    old."modified_by", old."approved_by", old."owned_by_user", old."owned_by_group", old."realm_entity"
) IS NOT (
    new."req_id", new."tag", new."value", new."comments", new."uuid", new."mci", new."deleted",
    new."deleted_fk", new."deleted_rb", new."created_on", new."created_by", new."modified_on",
    new."modified_by", new."approved_by", new."owned_by_user", new."owned_by_group", new."realm_entity");

-- A row of req_job that is not the same in inv_req_job.
SELECT old.id
FROM before.req_job AS old LEFT JOIN main.inv_req_job AS new ON new.id = old.id
WHERE new.id IS NULL OR (
    old."req_id", old."scheduler_task_id", old."uuid", old."mci", old."deleted", old."deleted_fk",
    old."deleted_rb", old."created_on", old."created_by", old."modified_on", old."modified_by",
    old."approved_by", old."owned_by_user", old."owned_by_group", old."realm_entity"
) IS NOT (
    new."req_id", new."scheduler_task_id", new."uuid", new."mci", new."deleted", new."deleted_fk",
    new."deleted_rb", new."created_on", new."created_by", new."modified_on", new."modified_by",
    new."approved_by", new."owned_by_user", new."owned_by_group", new."realm_entity");

-- A row of req_commit that is not the same in inv_commit.
SELECT old.id
FROM before.req_commit AS old LEFT JOIN main.inv_commit AS new ON new.id = old.id
WHERE new.id IS NULL OR (
    old."site_id", old."location_id", old."organisation_id", old."req_id", old."type", old."date",
    old."date_available", old."committer_id", old."value", old."currency", old."cancel", old."comments",
    old."uuid", old."mci", old."deleted", old."deleted_fk", old."deleted_rb", old."created_on",
    old."created_by", old."modified_on", old."modified_by", old."approved_by", old."owned_by_user",
    old."owned_by_group", old."realm_entity"
) IS NOT (
    new."site_id", new."location_id", new."organisation_id", new."req_id", new."type", new."date",
    new."date_available", new."committer_id", new."value", new."currency", new."cancel", new."comments",
    new."uuid", new."mci", new."deleted", new."deleted_fk", new."deleted_rb", new."created_on",
    new."created_by", new."modified_on", new."modified_by", new."approved_by", new."owned_by_user",
    new."owned_by_group", new."realm_entity");

-- A row of req_commit_item that is not the same in inv_commit_item.
SELECT old.id
FROM before.req_commit_item AS old LEFT JOIN main.inv_commit_item AS new ON new.id = old.id
WHERE new.id IS NULL OR (
    old."commit_id", old."req_item_id", old."item_pack_id", old."quantity", old."comments", old."uuid",
    old."mci", old."deleted", old."deleted_fk", old."deleted_rb", old."created_on", old."created_by",
    old."modified_on", old."modified_by", old."approved_by", old."owned_by_user", old."owned_by_group",
    old."realm_entity"
) IS NOT (
    new."commit_id", new."req_item_id", new."item_pack_id", new."quantity", new."comments", new."uuid",
    new."mci", new."deleted", new."deleted_fk", new."deleted_rb", new."created_on", new."created_by",
    new."modified_on", new."modified_by", new."approved_by", new."owned_by_user", new."owned_by_group",
    new."realm_entity");

-- A room that is not the same in the layout.
SELECT old.id
FROM before.org_room AS old LEFT JOIN main.org_site_layout AS new ON new.id = old.id
WHERE new.id IS NULL OR (
    old."site_id", old."name", old."uuid", old."mci", old."deleted", old."deleted_fk", old."deleted_rb",
    old."created_on", old."created_by", old."modified_on", old."modified_by", old."approved_by",
    old."owned_by_user", old."owned_by_group", old."realm_entity"
) IS NOT (
    new."site_id", new."name", new."uuid", new."mci", new."deleted", new."deleted_fk", new."deleted_rb",
    new."created_on", new."created_by", new."modified_on", new."modified_by", new."approved_by",
    new."owned_by_user", new."owned_by_group", new."realm_entity");

-- An entry of the asset log whose dates, room or other columns changed.
SELECT old.id
FROM before.asset_log AS old LEFT JOIN main.asset_log AS new ON new.id = old.id
WHERE new.id IS NULL OR (
    old."asset_id", old."status", old."datetime", old."datetime_until", old."person_id",
    old."check_in_to_person", old."organisation_id", old."site_id", old."room_id", old."cancel", old."cond",
    old."by_person_id", old."comments", old."uuid", old."mci", old."deleted", old."deleted_fk",
    old."deleted_rb", old."created_on", old."created_by", old."modified_on", old."modified_by",
    old."approved_by", old."owned_by_user", old."owned_by_group", old."realm_entity"
) IS NOT (
    new."asset_id", new."status", new."date", new."date_until", new."person_id", new."check_in_to_person",
    new."organisation_id", new."site_id", new."layout_id", new."cancel", new."cond", new."by_person_id",
    new."comments", new."uuid", new."mci", new."deleted", new."deleted_fk", new."deleted_rb", new."created_on",
    new."created_by", new."modified_on", new."modified_by", new."approved_by", new."owned_by_user",
    new."owned_by_group", new."realm_entity");

-- A person whose other columns changed.
SELECT old.id
FROM before.pr_person AS old LEFT JOIN main.pr_person AS new ON new.id = old.id
WHERE new.id IS NULL OR (
    old."pe_id", old."track_id", old."location_id", old."pe_label", old."first_name", old."middle_name",
    old."last_name", old."gender", old."date_of_birth", old."opt_in", old."comments", old."uuid", old."mci",
    old."deleted", old."deleted_fk", old."deleted_rb", old."created_on", old."created_by", old."modified_on",
    old."modified_by", old."approved_by", old."owned_by_user", old."owned_by_group", old."realm_entity"
) IS NOT (
    new."pe_id", new."track_id", new."location_id", new."pe_label", new."first_name", new."middle_name",
    new."last_name", new."gender", new."date_of_birth", new."opt_in", new."comments", new."uuid", new."mci",
    new."deleted", new."deleted_fk", new."deleted_rb", new."created_on", new."created_by", new."modified_on",
    new."modified_by", new."approved_by", new."owned_by_user", new."owned_by_group", new."realm_entity");

-- A person whose moved columns are not in the person's details.
SELECT old.id
FROM before.pr_person AS old LEFT JOIN main.pr_person_details AS new ON new.person_id = old.id
WHERE (old.initials, old.preferred_name, old.local_name, old.missing)
    IS NOT (new.initials, new.preferred_name, new.local_name, new.missing);

-- Details that were there, and changed.
SELECT old.id
FROM before.pr_person_details AS old LEFT JOIN main.pr_person_details AS new ON new.id = old.id
WHERE new.id IS NULL OR (
    old."person_id", old."language", old."nationality", old."nationality2", old."place_of_birth", old."age",
    old."year_of_birth", old."hometown", old."marital_status", old."number_children", old."religion",
    old."religion_other", old."alias", old."father_name", old."mother_name", old."grandfather_name",
    old."grandmother_name", old."occupation", old."education", old."company", old."affiliations",
    old."criminal_record", old."military_service", old."disabled", old."literacy", old."uuid", old."mci",
    old."deleted", old."deleted_fk", old."deleted_rb", old."created_on", old."created_by", old."modified_on",
    old."modified_by", old."approved_by", old."owned_by_user", old."owned_by_group", old."realm_entity"
) IS NOT (
    new."person_id", new."language", new."nationality", new."nationality2", new."place_of_birth", new."age",
    new."year_of_birth", new."hometown", new."marital_status", new."number_children", new."religion",
    new."religion_other", new."alias", new."father_name", new."mother_name", new."grandfather_name",
    new."grandmother_name", new."occupation", new."education", new."company", new."affiliations",
    new."criminal_record", new."military_service", new."disabled", new."literacy", new."uuid", new."mci",
    new."deleted", new."deleted_fk", new."deleted_rb", new."created_on", new."created_by", new."modified_on",
    new."modified_by", new."approved_by", new."owned_by_user", new."owned_by_group", new."realm_entity");

-- Details that were made for nobody, or for somebody who had details.
SELECT new.id, new.person_id
FROM main.pr_person_details AS new
WHERE new.id NOT IN (SELECT id FROM before.pr_person_details)
  AND (new.person_id NOT IN (SELECT id FROM before.pr_person)
       OR new.person_id IN (SELECT person_id FROM before.pr_person_details WHERE person_id IS NOT NULL));

-- An item that has not the name of its brand.
SELECT old.id, brand.name AS was, new.brand AS is_now
FROM before.supply_item AS old
    LEFT JOIN before.supply_brand AS brand ON brand.id = old.brand_id
    LEFT JOIN main.supply_item AS new ON new.id = old.id
WHERE new.brand IS NOT brand.name;

-- An item whose other columns changed.
SELECT old.id
FROM before.supply_item AS old LEFT JOIN main.supply_item AS new ON new.id = old.id
WHERE new.id IS NULL OR (
    old."catalog_id", old."item_category_id", old."name", old."code", old."um", old."unit_value",
    old."currency", old."kit", old."model", old."year", old."weight", old."length", old."width", old."height",
    old."volume", old."obsolete", old."comments", old."uuid", old."mci", old."deleted", old."deleted_fk",
    old."deleted_rb", old."created_on", old."created_by", old."modified_on", old."modified_by",
    old."approved_by", old."owned_by_user", old."owned_by_group", old."realm_entity"
) IS NOT (
    new."catalog_id", new."item_category_id", new."name", new."code", new."um", new."unit_value",
    new."currency", new."kit", new."model", new."year", new."weight", new."length", new."width", new."height",
    new."volume", new."obsolete", new."comments", new."uuid", new."mci", new."deleted", new."deleted_fk",
    new."deleted_rb", new."created_on", new."created_by", new."modified_on", new."modified_by",
    new."approved_by", new."owned_by_user", new."owned_by_group", new."realm_entity");

-- A warehouse that changed; 5 and 5.0 are the same capacity.
SELECT old.id
FROM before.inv_warehouse AS old LEFT JOIN main.inv_warehouse AS new ON new.id = old.id
WHERE new.id IS NULL OR (
    old."pe_id", old."site_id", old."doc_id", old."name", old."code", old."organisation_id",
    old."warehouse_type_id", old."location_id", old."capacity", old."free_capacity", old."contact",
    old."phone1", old."phone2", old."email", old."fax", old."obsolete", old."comments", old."uuid", old."mci",
    old."deleted", old."deleted_fk", old."deleted_rb", old."created_on", old."created_by", old."modified_on",
    old."modified_by", old."approved_by", old."owned_by_user", old."owned_by_group", old."realm_entity"
) IS NOT (
    new."pe_id", new."site_id", new."doc_id", new."name", new."code", new."organisation_id",
    new."warehouse_type_id", new."location_id", new."capacity", new."free_capacity", new."contact",
    new."phone1", new."phone2", new."email", new."fax", new."obsolete", new."comments", new."uuid", new."mci",
    new."deleted", new."deleted_fk", new."deleted_rb", new."created_on", new."created_by", new."modified_on",
    new."modified_by", new."approved_by", new."owned_by_user", new."owned_by_group", new."realm_entity");

-- A capacity that is no fraction now.
SELECT id, capacity, free_capacity FROM main.inv_warehouse
WHERE typeof(capacity) NOT IN ('real', 'null') OR typeof(free_capacity) NOT IN ('real', 'null');

-- A layer whose columns changed.
SELECT old.id
FROM before.gis_layer_bing AS old LEFT JOIN main.gis_layer_bing AS new ON new.id = old.id
WHERE new.id IS NULL OR (
    old."layer_id", old."name", old."description", old."type", old."role_required", old."uuid", old."mci",
    old."deleted", old."deleted_fk", old."deleted_rb", old."created_on", old."created_by", old."modified_on",
    old."modified_by", old."approved_by", old."owned_by_user", old."owned_by_group", old."realm_entity"
) IS NOT (
    new."layer_id", new."name", new."description", new."type", new."role_required", new."uuid", new."mci",
    new."deleted", new."deleted_fk", new."deleted_rb", new."created_on", new."created_by", new."modified_on",
    new."modified_by", new."approved_by", new."owned_by_user", new."owned_by_group", new."realm_entity");

-- A description whose columns changed.
SELECT old.id
FROM before.pr_physical_description AS old LEFT JOIN main.pr_physical_description AS new ON new.id = old.id
WHERE new.id IS NULL OR (
    old."pe_id", old."age_group", old."race", old."complexion", old."ethnicity", old."height", old."height_cm",
    old."weight", old."weight_kg", old."blood_type", old."eye_color", old."hair_color", old."hair_style",
    old."hair_length", old."hair_baldness", old."hair_comment", old."facial_hair_type", old."facial_hair_color",
    old."facial_hair_length", old."facial_hair_comment", old."body_hair", old."skin_marks",
    old."medical_conditions", old."medication", old."diseases", old."allergic", old."allergies",
    old."other_details", old."comments", old."uuid", old."mci", old."deleted", old."deleted_fk",
    old."deleted_rb", old."created_on", old."created_by", old."modified_on", old."modified_by",
    old."approved_by", old."owned_by_user", old."owned_by_group", old."realm_entity"
) IS NOT (
    new."pe_id", new."age_group", new."race", new."complexion", new."ethnicity", new."height", new."height_cm",
    new."weight", new."weight_kg", new."blood_type", new."eye_color", new."hair_color", new."hair_style",
    new."hair_length", new."hair_baldness", new."hair_comment", new."facial_hair_type", new."facial_hair_color",
    new."facial_hair_length", new."facial_hair_comment", new."body_hair", new."skin_marks",
    new."medical_conditions", new."medication", new."diseases", new."allergic", new."allergies",
    new."other_details", new."comments", new."uuid", new."mci", new."deleted", new."deleted_fk",
    new."deleted_rb", new."created_on", new."created_by", new."modified_on", new."modified_by",
    new."approved_by", new."owned_by_user", new."owned_by_group", new."realm_entity");

-- A number that could be given out twice.
WITH renamed (was, is_now) AS (VALUES
    ('req_req', 'inv_req'),
    ('req_req_item', 'inv_req_item'),
    ('req_req_item_category', 'inv_req_item_category'),
    ('req_req_tag', 'inv_req_tag'),
    ('req_job', 'inv_req_job'),
    ('req_commit', 'inv_commit'),
    ('req_commit_item', 'inv_commit_item'),
    ('org_room', 'org_site_layout'))
SELECT old.name, old.seq AS was, new.seq AS is_now
FROM before.sqlite_sequence AS old
    LEFT JOIN renamed ON renamed.was = old.name
    LEFT JOIN main.sqlite_sequence AS new ON new.name = coalesce(renamed.is_now, old.name)
WHERE old.name <> 'supply_brand' AND (new.seq IS NULL OR new.seq < old.seq);

-- A foreign key that still refers to a table that has another name now, or is gone.
SELECT holder.name, key."from", key."table"
FROM main.sqlite_schema AS holder, pragma_foreign_key_list(holder.name, 'main') AS key
WHERE holder.type = 'table' AND key."table" NOT IN (SELECT name FROM main.sqlite_schema WHERE type = 'table')
  AND key."table" IN (SELECT name FROM before.sqlite_schema WHERE type = 'table');
