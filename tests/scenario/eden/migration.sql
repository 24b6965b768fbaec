-- Sahana Eden, 2021-03 -> 2024-09: the changes that are about people's records (see data/eden/README.md).
-- A rebuilt table's uuid has the default of this release: Eden writes another one into each installation, and puts
-- its own uuid into each record, so that no record ever has the default.

-- Requests belong to the inventory now. SQLite lets the foreign keys of all other tables follow.
ALTER TABLE req_req RENAME TO inv_req;
ALTER TABLE req_req_item RENAME TO inv_req_item;
ALTER TABLE req_req_item_category RENAME TO inv_req_item_category;
ALTER TABLE req_req_tag RENAME TO inv_req_tag;
ALTER TABLE req_job RENAME TO inv_req_job;
ALTER TABLE req_commit RENAME TO inv_commit;
ALTER TABLE req_commit_item RENAME TO inv_commit_item;

-- Rooms become the layout of a site, which can be nested; every room keeps its id.
ALTER TABLE org_room RENAME TO org_site_layout;
ALTER TABLE org_site_layout
    ADD COLUMN "parent" INTEGER REFERENCES "org_site_layout" ("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE asset_log RENAME COLUMN "datetime" TO "date";
ALTER TABLE asset_log RENAME COLUMN "datetime_until" TO "date_until";
ALTER TABLE asset_log RENAME COLUMN "room_id" TO "layout_id";

-- Some columns of a person move to the person's details; where a person has none, and something to keep, they are made.
ALTER TABLE pr_person_details ADD COLUMN "initials" CHAR(8);
ALTER TABLE pr_person_details ADD COLUMN "preferred_name" CHAR(64);
ALTER TABLE pr_person_details ADD COLUMN "local_name" CHAR(512);
ALTER TABLE pr_person_details ADD COLUMN "missing" CHAR(1);
UPDATE pr_person_details
    SET initials = person.initials, preferred_name = person.preferred_name, local_name = person.local_name,
        missing = person.missing
    FROM pr_person AS person
    WHERE person.id = pr_person_details.person_id;
INSERT INTO pr_person_details (person_id, initials, preferred_name, local_name, missing, uuid, deleted, created_on,
                               created_by, modified_on, modified_by, owned_by_user, owned_by_group, realm_entity)
    SELECT id, initials, preferred_name, local_name, missing,
           'urn:uuid:' || uuid5('6ba7b812-9dad-11d1-80b4-00c04fd430c8', 'pr_person_details/' || uuid), deleted, created_on,
           created_by, modified_on, modified_by, owned_by_user, owned_by_group, realm_entity
    FROM pr_person
    WHERE coalesce(initials, preferred_name, local_name, missing) IS NOT NULL
      AND id NOT IN (SELECT person_id FROM pr_person_details WHERE person_id IS NOT NULL);
ALTER TABLE pr_person DROP COLUMN "initials";
ALTER TABLE pr_person DROP COLUMN "preferred_name";
ALTER TABLE pr_person DROP COLUMN "local_name";
ALTER TABLE pr_person DROP COLUMN "missing";

-- A brand becomes a text of its item.
CREATE TABLE "supply_item_new"(
    "id" INTEGER PRIMARY KEY AUTOINCREMENT,
    "catalog_id" INTEGER REFERENCES "supply_catalog" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    "item_category_id" INTEGER REFERENCES "supply_item_category" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    "name" CHAR(128) NOT NULL,
    "code" CHAR(16),
    "um" CHAR(128) NOT NULL DEFAULT 'piece',
    "unit_value" DOUBLE,
    "currency" CHAR(3),
    "brand" CHAR(512),
    "kit" CHAR(1),
    "model" CHAR(128),
    "year" INTEGER,
    "weight" DOUBLE,
    "length" DOUBLE,
    "width" DOUBLE,
    "height" DOUBLE,
    "volume" DOUBLE,
    "obsolete" CHAR(1),
    "comments" TEXT,
    "uuid" VARCHAR(128) NOT NULL DEFAULT 'urn:uuid:a01efe7e-1ce5-46e6-b186-d9e2d0d72faf' UNIQUE,
    "mci" INTEGER,
    "deleted" CHAR(1),
    "deleted_fk" CHAR(512),
    "deleted_rb" INTEGER,
    "created_on" TIMESTAMP,
    "created_by" INTEGER REFERENCES "auth_user" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    "modified_on" TIMESTAMP,
    "modified_by" INTEGER REFERENCES "auth_user" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    "approved_by" INTEGER,
    "owned_by_user" INTEGER REFERENCES "auth_user" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    "owned_by_group" INTEGER,
    "realm_entity" INTEGER
);
INSERT INTO supply_item_new (
    "id", "catalog_id", "item_category_id", "name", "code", "um", "unit_value", "currency", "brand", "kit",
    "model", "year", "weight", "length", "width", "height", "volume", "obsolete", "comments", "uuid", "mci",
    "deleted", "deleted_fk", "deleted_rb", "created_on", "created_by", "modified_on", "modified_by",
    "approved_by", "owned_by_user", "owned_by_group", "realm_entity")
SELECT
    "id", "catalog_id", "item_category_id", "name", "code", "um", "unit_value", "currency", (SELECT name FROM
    supply_brand WHERE supply_brand.id = supply_item.brand_id), "kit", "model", "year", "weight", "length",
    "width", "height", "volume", "obsolete", "comments", "uuid", "mci", "deleted", "deleted_fk", "deleted_rb",
    "created_on", "created_by", "modified_on", "modified_by", "approved_by", "owned_by_user", "owned_by_group",
    "realm_entity"
FROM supply_item;
DELETE FROM sqlite_sequence WHERE name = 'supply_item_new';
INSERT INTO sqlite_sequence (name, seq) SELECT 'supply_item_new', seq FROM sqlite_sequence WHERE name = 'supply_item';
DROP TABLE supply_item;
ALTER TABLE supply_item_new RENAME TO supply_item;
DROP TABLE supply_brand;

-- Capacities may have fractions.
CREATE TABLE "inv_warehouse_new"(
    "id" INTEGER PRIMARY KEY AUTOINCREMENT,
    "pe_id" INTEGER REFERENCES "pr_pentity" ("pe_id") ON DELETE CASCADE ON UPDATE CASCADE,
    "site_id" INTEGER REFERENCES "org_site" ("site_id") ON DELETE CASCADE ON UPDATE CASCADE,
    "doc_id" INTEGER REFERENCES "doc_entity" ("doc_id") ON DELETE CASCADE ON UPDATE CASCADE,
    "name" CHAR(64) NOT NULL,
    "code" CHAR(10),
    "organisation_id" INTEGER REFERENCES "org_organisation" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    "warehouse_type_id" INTEGER REFERENCES "inv_warehouse_type" ("id") ON DELETE SET NULL ON UPDATE CASCADE,
    "location_id" INTEGER REFERENCES "gis_location" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    "capacity" DOUBLE,
    "free_capacity" DOUBLE,
    "contact" CHAR(512),
    "phone1" CHAR(512),
    "phone2" CHAR(512),
    "email" CHAR(512),
    "fax" CHAR(512),
    "obsolete" CHAR(1),
    "comments" TEXT,
    "uuid" VARCHAR(128) NOT NULL DEFAULT 'urn:uuid:7c52d9a8-d369-4fe2-84ca-b0c0a14d41b7' UNIQUE,
    "mci" INTEGER,
    "deleted" CHAR(1),
    "deleted_fk" CHAR(512),
    "deleted_rb" INTEGER,
    "created_on" TIMESTAMP,
    "created_by" INTEGER REFERENCES "auth_user" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    "modified_on" TIMESTAMP,
    "modified_by" INTEGER REFERENCES "auth_user" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    "approved_by" INTEGER,
    "owned_by_user" INTEGER REFERENCES "auth_user" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    "owned_by_group" INTEGER,
    "realm_entity" INTEGER
);
INSERT INTO inv_warehouse_new (
    "id", "pe_id", "site_id", "doc_id", "name", "code", "organisation_id", "warehouse_type_id", "location_id",
    "capacity", "free_capacity", "contact", "phone1", "phone2", "email", "fax", "obsolete", "comments", "uuid",
    "mci", "deleted", "deleted_fk", "deleted_rb", "created_on", "created_by", "modified_on", "modified_by",
    "approved_by", "owned_by_user", "owned_by_group", "realm_entity")
SELECT
    "id", "pe_id", "site_id", "doc_id", "name", "code", "organisation_id", "warehouse_type_id", "location_id",
    "capacity", "free_capacity", "contact", "phone1", "phone2", "email", "fax", "obsolete", "comments", "uuid",
    "mci", "deleted", "deleted_fk", "deleted_rb", "created_on", "created_by", "modified_on", "modified_by",
    "approved_by", "owned_by_user", "owned_by_group", "realm_entity"
FROM inv_warehouse;
DELETE FROM sqlite_sequence WHERE name = 'inv_warehouse_new';
INSERT INTO sqlite_sequence (name, seq) SELECT 'inv_warehouse_new', seq FROM sqlite_sequence WHERE name = 'inv_warehouse';
DROP TABLE inv_warehouse;
ALTER TABLE inv_warehouse_new RENAME TO inv_warehouse;

-- Two columns are widened.
CREATE TABLE "gis_layer_bing_new"(
    "id" INTEGER PRIMARY KEY AUTOINCREMENT,
    "layer_id" INTEGER REFERENCES "gis_layer_entity" ("layer_id") ON DELETE CASCADE ON UPDATE CASCADE,
    "name" CHAR(64) NOT NULL,
    "description" TEXT,
    "type" CHAR(32),
    "role_required" INTEGER REFERENCES "auth_group" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    "uuid" VARCHAR(128) NOT NULL DEFAULT 'urn:uuid:acfcc8e3-040f-448e-9406-d1b19950bde0' UNIQUE,
    "mci" INTEGER,
    "deleted" CHAR(1),
    "deleted_fk" CHAR(512),
    "deleted_rb" INTEGER,
    "created_on" TIMESTAMP,
    "created_by" INTEGER REFERENCES "auth_user" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    "modified_on" TIMESTAMP,
    "modified_by" INTEGER REFERENCES "auth_user" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    "approved_by" INTEGER,
    "owned_by_user" INTEGER REFERENCES "auth_user" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    "owned_by_group" INTEGER,
    "realm_entity" INTEGER
);
INSERT INTO gis_layer_bing_new (
    "id", "layer_id", "name", "description", "type", "role_required", "uuid", "mci", "deleted", "deleted_fk",
    "deleted_rb", "created_on", "created_by", "modified_on", "modified_by", "approved_by", "owned_by_user",
    "owned_by_group", "realm_entity")
SELECT
    "id", "layer_id", "name", "description", "type", "role_required", "uuid", "mci", "deleted", "deleted_fk",
    "deleted_rb", "created_on", "created_by", "modified_on", "modified_by", "approved_by", "owned_by_user",
    "owned_by_group", "realm_entity"
FROM gis_layer_bing;
DELETE FROM sqlite_sequence WHERE name = 'gis_layer_bing_new';
INSERT INTO sqlite_sequence (name, seq) SELECT 'gis_layer_bing_new', seq FROM sqlite_sequence WHERE name = 'gis_layer_bing';
DROP TABLE gis_layer_bing;
ALTER TABLE gis_layer_bing_new RENAME TO gis_layer_bing;

CREATE TABLE "pr_physical_description_new"(
    "id" INTEGER PRIMARY KEY AUTOINCREMENT,
    "pe_id" INTEGER REFERENCES "pr_pentity" ("pe_id") ON DELETE CASCADE ON UPDATE CASCADE,
    "age_group" INTEGER,
    "race" INTEGER,
    "complexion" INTEGER,
    "ethnicity" CHAR(512),
    "height" INTEGER,
    "height_cm" INTEGER,
    "weight" INTEGER,
    "weight_kg" INTEGER,
    "blood_type" CHAR(512),
    "eye_color" INTEGER,
    "hair_color" INTEGER,
    "hair_style" INTEGER,
    "hair_length" INTEGER,
    "hair_baldness" INTEGER,
    "hair_comment" CHAR(512),
    "facial_hair_type" INTEGER,
    "facial_hair_color" INTEGER,
    "facial_hair_length" INTEGER,
    "facial_hair_comment" CHAR(512),
    "body_hair" CHAR(512),
    "skin_marks" TEXT,
    "medical_conditions" TEXT,
    "medication" TEXT,
    "diseases" TEXT,
    "allergic" CHAR(1),
    "allergies" TEXT,
    "other_details" TEXT,
    "comments" TEXT,
    "uuid" VARCHAR(128) NOT NULL DEFAULT 'urn:uuid:78cd4cdf-684f-4173-ab5d-6d7603e4eea5' UNIQUE,
    "mci" INTEGER,
    "deleted" CHAR(1),
    "deleted_fk" CHAR(512),
    "deleted_rb" INTEGER,
    "created_on" TIMESTAMP,
    "created_by" INTEGER REFERENCES "auth_user" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    "modified_on" TIMESTAMP,
    "modified_by" INTEGER REFERENCES "auth_user" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    "approved_by" INTEGER,
    "owned_by_user" INTEGER REFERENCES "auth_user" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    "owned_by_group" INTEGER,
    "realm_entity" INTEGER
);
INSERT INTO pr_physical_description_new (
    "id", "pe_id", "age_group", "race", "complexion", "ethnicity", "height", "height_cm", "weight", "weight_kg",
    "blood_type", "eye_color", "hair_color", "hair_style", "hair_length", "hair_baldness", "hair_comment",
    "facial_hair_type", "facial_hair_color", "facial_hair_length", "facial_hair_comment", "body_hair",
    "skin_marks", "medical_conditions", "medication", "diseases", "allergic", "allergies", "other_details",
    "comments", "uuid", "mci", "deleted", "deleted_fk", "deleted_rb", "created_on", "created_by", "modified_on",
    "modified_by", "approved_by", "owned_by_user", "owned_by_group", "realm_entity")
SELECT
    "id", "pe_id", "age_group", "race", "complexion", "ethnicity", "height", "height_cm", "weight", "weight_kg",
    "blood_type", "eye_color", "hair_color", "hair_style", "hair_length", "hair_baldness", "hair_comment",
    "facial_hair_type", "facial_hair_color", "facial_hair_length", "facial_hair_comment", "body_hair",
    "skin_marks", "medical_conditions", "medication", "diseases", "allergic", "allergies", "other_details",
    "comments", "uuid", "mci", "deleted", "deleted_fk", "deleted_rb", "created_on", "created_by", "modified_on",
    "modified_by", "approved_by", "owned_by_user", "owned_by_group", "realm_entity"
FROM pr_physical_description;
DELETE FROM sqlite_sequence WHERE name = 'pr_physical_description_new';
INSERT INTO sqlite_sequence (name, seq) SELECT 'pr_physical_description_new', seq FROM sqlite_sequence WHERE name = 'pr_physical_description';
DROP TABLE pr_physical_description;
ALTER TABLE pr_physical_description_new RENAME TO pr_physical_description;
