// The story of a telephony provider: subscribers become credentials, attributes and URIs keyed by stable ids;
// host names become a tree of domains.
#include "tests/support/workshop.h"

#include <filesystem>
#include <gtest/gtest.h>

namespace lockstep {
namespace {

namespace fs = std::filesystem;

const char* const old_schema = R"(
CREATE TABLE subscriber(username TEXT, domain TEXT, first_name TEXT, last_name TEXT, email TEXT, password TEXT,
    PRIMARY KEY(username, domain));
CREATE TABLE pending(username TEXT, domain TEXT, email TEXT, password TEXT, confirmation TEXT,
    PRIMARY KEY(username, domain));
CREATE TABLE host(name TEXT PRIMARY KEY);
CREATE TABLE location(id INTEGER PRIMARY KEY, username TEXT, domain TEXT, contact TEXT, expires TEXT);
CREATE TABLE missed_call(id INTEGER PRIMARY KEY, username TEXT, domain TEXT, caller TEXT, time TEXT);
CREATE TABLE phonebook(id INTEGER PRIMARY KEY, username TEXT, domain TEXT, name TEXT, uri TEXT);
CREATE TABLE membership(id INTEGER PRIMARY KEY, username TEXT, domain TEXT, name TEXT);
CREATE TABLE privilege(id INTEGER PRIMARY KEY, username TEXT, domain TEXT, name TEXT, value TEXT);
)";

const char* const old_rows = R"(
INSERT INTO host VALUES('example.org'),('sip.example.org'),('office.sip.example.org'),('notexample.org'),('ünï.test');
INSERT INTO subscriber VALUES('zoë','example.org','Zoë','Ærø','z@example.org','secret'),
    ('bo','Office.SIP.example.org','Bo',NULL,NULL,'pw'), ('bo','notexample.org','Bo','Other','b@n',''),
    ('ann','elsewhere.net','Ann','','a@e','x'), ('li','ünï.test','李','','l@ü','y');
INSERT INTO pending VALUES('new','example.org','n@example.org','later','abc123');
INSERT INTO location(username, domain, contact, expires) VALUES('zoë','example.org','sip:1.2.3.4','2026-01-01'),
    ('bo','Office.SIP.example.org','sip:5.6.7.8',NULL);
INSERT INTO missed_call(username, domain, caller, time) VALUES('bo','notexample.org','sip:x','t1'),('zoë','example.org','sip:y','t2');
INSERT INTO phonebook(username, domain, name, uri) VALUES('ann','elsewhere.net','Mum','sip:mum');
INSERT INTO membership(username, domain, name) VALUES('zoë','example.org','voicemail'),('zoë','example.org','int');
INSERT INTO privilege(username, domain, name, value) VALUES('li','ünï.test','is_admin','1');
)";

// What becomes of a person's rows: the id takes the place of name and domain.
std::string follows(const std::string& table, const std::string& columns) {
    return "CREATE TABLE " + table +
           "_new(id INTEGER PRIMARY KEY, uid TEXT NOT NULL REFERENCES credentials(uid), " + columns +
           ");\nINSERT INTO " + table +
           "_new SELECT id, (SELECT uid FROM person WHERE person.username = " + table +
           ".username AND person.domain = " + table + ".domain), " + columns + " FROM " + table +
           ";\nDROP TABLE " + table + ";\nALTER TABLE " + table + "_new RENAME TO " + table + ";\n";
}

// A host belongs to the shortest one that it is below; a name that belongs to none has the domain _default.
const std::string migration =
    R"(
CREATE TABLE domain(host TEXT PRIMARY KEY, did TEXT NOT NULL);
CREATE TABLE domain_attr(did TEXT NOT NULL, name TEXT NOT NULL, value TEXT, PRIMARY KEY(did, name));
CREATE TABLE credentials(uid TEXT PRIMARY KEY, did TEXT NOT NULL, username TEXT NOT NULL, password TEXT,
    disabled INTEGER NOT NULL DEFAULT 0, UNIQUE(did, username));
CREATE TABLE user_attr(uid TEXT NOT NULL REFERENCES credentials(uid), name TEXT NOT NULL, value TEXT,
    PRIMARY KEY(uid, name));
CREATE TABLE uri(did TEXT NOT NULL, username TEXT NOT NULL, uid TEXT NOT NULL REFERENCES credentials(uid),
    PRIMARY KEY(did, username));

CREATE TABLE root AS SELECT lower(host.name) AS host, (SELECT lower(name) FROM host AS above
    WHERE lower(host.name) = lower(above.name) OR lower(host.name) LIKE '%.' || lower(above.name)
    ORDER BY length(above.name) LIMIT 1) AS name FROM host;
INSERT INTO domain SELECT host, uuid5('dns', name) FROM root;
INSERT INTO domain_attr SELECT DISTINCT uuid5('dns', name), 'name', name FROM root;
INSERT INTO domain_attr VALUES('_default', 'name', '_default');

CREATE TABLE person AS SELECT username, domain, uuid5('url', 'sip:' || username || '@' || lower(domain)) AS uid,
    coalesce((SELECT did FROM domain WHERE host = lower(everyone.domain)), '_default') AS did, password, disabled
    FROM (SELECT username, domain, password, 0 AS disabled FROM subscriber
          UNION ALL SELECT username, domain, password, 1 FROM pending) AS everyone;
SELECT require(NOT EXISTS (SELECT 1 FROM person GROUP BY did, username HAVING count(*) > 1),
    'two people of one name would be in one domain');
INSERT INTO credentials SELECT uid, did, username, password, disabled FROM person;
INSERT INTO uri SELECT did, username, uid FROM person;
INSERT INTO user_attr SELECT uid, 'first_name', first_name FROM subscriber JOIN person USING(username, domain)
    UNION ALL SELECT uid, 'last_name', last_name FROM subscriber JOIN person USING(username, domain)
    UNION ALL SELECT uid, 'email', email FROM subscriber JOIN person USING(username, domain)
    UNION ALL SELECT uid, 'email', email FROM pending JOIN person USING(username, domain)
    UNION ALL SELECT uid, 'confirmation', confirmation FROM pending JOIN person USING(username, domain);
)" + follows("location", "contact, expires") +
    follows("missed_call", "caller, time") + follows("phonebook", "name, uri") +
    follows("membership", "name") + follows("privilege", "name, value") +
    "DROP TABLE person; DROP TABLE root; DROP TABLE subscriber; DROP TABLE pending; DROP "
    "TABLE host;\n";

const char* const checks = R"(
SELECT username, domain FROM before.subscriber WHERE NOT EXISTS (SELECT 1 FROM credentials
    WHERE uid = uuid5('url', 'sip:' || subscriber.username || '@' || lower(subscriber.domain)) AND NOT disabled
    AND password IS subscriber.password);
SELECT username FROM before.pending WHERE username NOT IN (SELECT username FROM credentials WHERE disabled);
SELECT name FROM before.host WHERE lower(name) NOT IN (SELECT host FROM domain);
)";

std::string declarations() {
    std::string columns;
    for (const std::string table : {"location", "missed_call", "phonebook", "membership", "privilege"})
        columns += (columns.empty() ? "\"" : ", \"") + table + ".username\", \"" + table + ".domain\"";
    return "dropped_tables = [\"subscriber\", \"pending\", \"host\"]\ndropped_columns = [" + columns + "]\n";
}

class Telephony : public ::testing::Test {
  protected:
    Telephony() {
        write_file(folder_ + "/app-1/proxy.txt", "1\n");
        write_file(folder_ + "/app-2/proxy.txt", "2\n");
        write_file(folder_ + "/migrations/2.0.0/all.sql", migration);
        write_file(folder_ + "/migrations/2.0.0/checks.sql", checks);
        sqlite(folder_ + "/users.db", std::string(old_schema) + old_rows);
        write_file(
            folder_ + "/release.toml",
            "product = \"proxy\"\nversion = \"2.0.0\"\ncode = \"app-2\"\nmigrations = \"migrations\"\n" +
                declarations() +
                "[[previous]]\nversion = \"1.0.0\"\ncode = \"app-1\"\nsamples = { main = [\"users.db\"] }\n"
                "[[database]]\nname = \"main\"\npath = \"users.db\"\n");
        bundle_ = workshop_.bundle(folder_ + "/release.toml");
        fs::copy(folder_ + "/app-1", root_, fs::copy_options::recursive);
        fs::copy_file(folder_ + "/users.db", root_ + "/users.db");
    }
    std::string users(const std::string& sql) const { return sqlite(root_ + "/users.db", sql); }

    Workshop workshop_;
    const std::string folder_ = workshop_ / "proxy";
    const std::string root_ = workshop_ / "field";
    std::string bundle_;
};

TEST_F(Telephony, SubscribersGetStableIdsAndHostsATreeOfDomains) {
    const Ran ran = workshop_.apply(root_, bundle_);
    ASSERT_EQ(ran.code, 0) << ran.err;
    EXPECT_EQ(users("SELECT host, value FROM domain JOIN domain_attr USING(did) ORDER BY host"),
              "example.org|example.org\nnotexample.org|notexample.org\noffice.sip.example.org|example.org\n"
              "sip.example.org|example.org\nünï.test|ünï.test\n");
    EXPECT_EQ(
        users(
            "SELECT username, value, disabled, quote(password) FROM credentials JOIN domain_attr USING(did) "
            "ORDER BY username, value"),
        "ann|_default|0|'x'\nbo|example.org|0|'pw'\nbo|notexample.org|0|''\nli|ünï.test|0|'y'\n"
        "new|example.org|1|'later'\nzoë|example.org|0|'secret'\n");
    EXPECT_EQ(users("SELECT count(*), count(DISTINCT uid), sum(length(uid) = 36) FROM uri"), "6|6|6\n");
    EXPECT_EQ(users("SELECT username, name, quote(value) FROM user_attr JOIN credentials USING(uid) WHERE "
                    "username IN "
                    "('zoë', 'new') ORDER BY username, name"),
              "new|confirmation|'abc123'\nnew|email|'n@example.org'\nzoë|email|'z@example.org'\n"
              "zoë|first_name|'Zoë'\nzoë|last_name|'Ærø'\n");
    std::string followed;
    for (const std::string sql :
         {"SELECT username, contact, quote(expires) FROM location",
          "SELECT username, caller, time FROM missed_call", "SELECT username, name, uri FROM phonebook",
          "SELECT username, name FROM membership", "SELECT username, name, value FROM privilege"})
        followed += users(sql + " JOIN credentials USING(uid) ORDER BY id");
    EXPECT_EQ(
        followed,
        "zoë|sip:1.2.3.4|'2026-01-01'\nbo|sip:5.6.7.8|NULL\nbo|sip:x|t1\nzoë|sip:y|t2\nann|Mum|sip:mum\n"
        "zoë|voicemail\nzoë|int\nli|is_admin|1\n");
    const std::string ids = users("SELECT uid FROM uri ORDER BY uid");
    EXPECT_EQ(workshop_.update(root_, {"rollback"}).code, 0);
    EXPECT_EQ(read_file(root_ + "/users.db"), read_file(folder_ + "/users.db"));
    EXPECT_EQ(workshop_.apply(root_, bundle_).code, 0);
    EXPECT_EQ(users("SELECT uid FROM uri ORDER BY uid"), ids) << "the same ids each time";
}

TEST_F(Telephony, PeopleWhoWouldBeOneStopItWithNothingChanged) {
    users("INSERT INTO subscriber(username, domain) VALUES('zoë', 'sip.example.org')");
    const std::string before = read_file(root_ + "/users.db");
    const Ran ran = workshop_.apply(root_, bundle_);
    EXPECT_EQ(ran.code, 20) << ran.err;
    EXPECT_NE(ran.err.find("two people of one name would be in one domain"), std::string::npos) << ran.err;
    EXPECT_EQ(read_file(root_ + "/users.db"), before);
}

// What was migrated goes to the provider's own database, a chosen part of it again where that failed.
TEST_F(Telephony, AChosenSubsetOfTablesIsCarriedAgainAfterAFailure) {
    const std::string preview = workshop_ / "preview";
    ASSERT_EQ(workshop_.apply(root_, bundle_, {"preview", preview}).code, 0);
    EXPECT_EQ(read_file(root_ + "/users.db"), read_file(folder_ + "/users.db"))
        << "the source is not modified";
    const std::string central = workshop_ / "central.db";
    fs::copy_file(preview + "/users.db", central);
    sqlite(central,
           "PRAGMA foreign_keys=OFF; DELETE FROM phonebook; DELETE FROM membership; DELETE FROM credentials "
           "WHERE username = 'ann'");
    const auto carry = [&](const std::string& folder, const std::vector<std::string>& tables) {
        std::vector<std::string> words{"export", preview + "/users.db", "-o", folder};
        for (const std::string& table : tables) words.insert(words.end(), {"--table", table});
        EXPECT_EQ(workshop_.lockstep(words).code, 0);
        return workshop_.lockstep({"import", folder, "--into", central, "--overwrite"});
    };
    const std::string before = read_file(central);
    const Ran failed = carry("some", {"phonebook", "membership"});
    EXPECT_EQ(failed.code, 2) << failed.out;
    EXPECT_NE(failed.err.find("-phonebook.csv, line 2, column uid: there is no row"), std::string::npos)
        << failed.err;
    EXPECT_EQ(read_file(central), before) << "neither table arrived";
    const Ran again = carry("with-credentials", {"credentials", "phonebook", "membership"});
    EXPECT_EQ(again.code, 0) << again.err;
    const std::string all =
        "SELECT * FROM credentials ORDER BY uid; SELECT * FROM phonebook; SELECT * FROM membership;";
    EXPECT_EQ(sqlite(central, all), sqlite(preview + "/users.db", all));
}

} // namespace
} // namespace lockstep
