-- 1.1.0 -> 1.2.0: a visit may note the temperature, in degrees Celsius.
ALTER TABLE visit ADD COLUMN temperature REAL CHECK (temperature BETWEEN 20 AND 50);
PRAGMA user_version = 3;
