-- 1.2.0 -> 1.1.0: the temperatures go.
ALTER TABLE visit DROP COLUMN temperature;
PRAGMA user_version = 2;
