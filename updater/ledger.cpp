#include "updater/ledger.h"

#include "payload/version.h"
#include "updater/integrity.h"
#include "updater/process.h"

namespace lockstep {
namespace {

// application_id is "LKST" in ASCII; user_version is this layout's number.
constexpr const char* layout_sql = R"sql(
PRAGMA application_id = 1280005972;
CREATE TABLE IF NOT EXISTS transactions(
  id INTEGER PRIMARY KEY AUTOINCREMENT, kind INTEGER NOT NULL, state INTEGER NOT NULL, closed INTEGER NOT NULL,
  product TEXT NOT NULL, from_version TEXT NOT NULL, to_version TEXT NOT NULL, floor TEXT NOT NULL,
  platform TEXT NOT NULL, manifest_sha256 TEXT NOT NULL, undoes INTEGER NOT NULL, started TEXT NOT NULL,
  finished TEXT NOT NULL, code INTEGER NOT NULL, message TEXT NOT NULL, swap_ms REAL NOT NULL);
CREATE TABLE IF NOT EXISTS placements(
  transaction_id INTEGER NOT NULL REFERENCES transactions(id), sequence INTEGER NOT NULL, kind INTEGER NOT NULL,
  path TEXT NOT NULL, slot TEXT NOT NULL, gate_slot TEXT NOT NULL, entry_point INTEGER NOT NULL,
  preserved INTEGER NOT NULL, old_id INTEGER, old_size INTEGER, old_sha256 TEXT, new_id INTEGER, new_size INTEGER,
  new_sha256 TEXT, gate_id INTEGER, gate_size INTEGER, gate_sha256 TEXT,
  PRIMARY KEY(transaction_id, sequence)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS scripts(
  transaction_id INTEGER NOT NULL REFERENCES transactions(id), name TEXT NOT NULL, sha256 TEXT NOT NULL,
  started TEXT NOT NULL, seconds REAL NOT NULL, error TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS databases(
  transaction_id INTEGER NOT NULL REFERENCES transactions(id), name TEXT NOT NULL, path TEXT NOT NULL,
  backup_sha256 TEXT NOT NULL, committed_sha256 TEXT NOT NULL, PRIMARY KEY(transaction_id, name)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS committed_rows(
  transaction_id INTEGER NOT NULL REFERENCES transactions(id), database_name TEXT NOT NULL, table_name TEXT NOT NULL,
  rows INTEGER NOT NULL, PRIMARY KEY(transaction_id, database_name, table_name)) WITHOUT ROWID;
PRAGMA user_version = 1;
)sql";

void bind_known(Statement& statement, int first, const std::optional<KnownFile>& known) {
    if (!known) {
        for (int i = 0; i < 3; ++i) statement.bind_null(first + i);
        return;
    }
    statement.bind(first, static_cast<std::int64_t>(known->id));
    statement.bind(first + 1, static_cast<std::int64_t>(known->size));
    statement.bind(first + 2, known->sha256);
}

std::optional<KnownFile> read_known(const Statement& statement, int first) {
    if (statement.is_null(first)) return std::nullopt;
    return KnownFile{static_cast<std::uint64_t>(statement.integer(first)),
                     static_cast<std::uint64_t>(statement.integer(first + 1)), statement.text(first + 2)};
}

} // namespace

Ledger::Ledger(const std::string& path, bool create)
    : database_(path, create ? OpenMode::create : OpenMode::read_write, Code::internal_error) {
    database_.run("PRAGMA synchronous=EXTRA; PRAGMA journal_mode=PERSIST; PRAGMA busy_timeout=5000;");
    if (database_.integer("PRAGMA user_version").value_or(0) != 0) return;
    Transaction transaction(database_);
    database_.run(layout_sql);
    transaction.commit();
}

void Ledger::require_writable() {
    lockstep::require_writable(database_.handle(), database_.path());
}

std::int64_t Ledger::begin(const TransactionRecord& record, std::int64_t kept) {
    Statement insert = database_.prepare(
        "INSERT INTO "
        "transactions(kind,state,closed,product,from_version,to_version,floor,platform,manifest_sha256,"
        "undoes,started,finished,code,message,swap_ms,id) VALUES(?,0,0,?,?,?,?,?,?,?,?,'',0,'',0.0,"
        "1+max(?,(SELECT coalesce(max(seq),0) FROM sqlite_sequence WHERE name='transactions'))) RETURNING "
        "id");
    insert.bind(1, static_cast<int>(record.kind)).bind(2, record.product).bind(3, record.from_version);
    insert.bind(4, record.to_version).bind(5, record.floor).bind(6, record.platform);
    insert.bind(7, record.manifest_sha256).bind(8, record.undoes).bind(9, utc_now()).bind(10, kept);
    insert.step();
    const std::int64_t id = insert.integer(0);
    insert.step(); // to the end: only then is it committed
    return id;
}

void Ledger::add_script(std::int64_t transaction, const ScriptRecord& script) {
    Statement insert = database_.prepare("INSERT INTO scripts VALUES(?,?,?,?,?,?)");
    insert.bind(1, transaction).bind(2, script.name).bind(3, script.sha256).bind(4, script.started);
    insert.bind(5, std::to_string(script.seconds)).bind(6, script.error);
    insert.step();
}

void Ledger::set_databases(std::int64_t transaction, const std::vector<DatabaseRecord>& databases) {
    Transaction write(database_);
    Statement insert = database_.prepare("INSERT OR REPLACE INTO databases VALUES(?,?,?,?,?)");
    Statement rows = database_.prepare("INSERT OR REPLACE INTO committed_rows VALUES(?,?,?,?)");
    for (const DatabaseRecord& database : databases) {
        insert.bind(1, transaction).bind(2, database.name).bind(3, database.path);
        insert.bind(4, database.backup_sha256).bind(5, database.committed_sha256);
        insert.step();
        insert.reset();
        for (const auto& [table, count] : database.committed_rows) {
            rows.bind(1, transaction).bind(2, database.name).bind(3, table).bind(4, count);
            rows.step();
            rows.reset();
        }
    }
    write.commit();
}

void Ledger::write_intent(std::int64_t transaction, const std::vector<Placement>& placements) {
    Transaction write(database_);
    Statement insert = database_.prepare("INSERT INTO placements VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)");
    std::int64_t sequence = 0;
    for (const Placement& placement : placements) {
        insert.bind(1, transaction).bind(2, sequence++).bind(3, static_cast<int>(placement.kind));
        insert.bind(4, placement.path).bind(5, placement.slot).bind(6, placement.gate_slot);
        insert.bind(7, std::int64_t{placement.entry_point}).bind(8, std::int64_t{placement.preserved});
        bind_known(insert, 9, placement.old_file);
        bind_known(insert, 12, placement.new_file);
        bind_known(insert, 15, placement.gate);
        insert.step();
        insert.reset();
    }
    Statement update = database_.prepare("UPDATE transactions SET state=? WHERE id=?");
    update.bind(1, static_cast<int>(State::intent)).bind(2, transaction);
    update.step();
    write.commit();
}

void Ledger::write_outcome(std::int64_t transaction, State outcome) {
    // Changes one small integer in a row that exists: no page is allocated, and the journal file has its
    // blocks.
    Statement update = database_.prepare("UPDATE transactions SET state=? WHERE id=?");
    update.bind(1, static_cast<int>(outcome)).bind(2, transaction);
    update.step();
}

void Ledger::sync() {
    // A transaction of its own on the first page. Only the header is written where it is the same as before:
    // an UPDATE to equal values would write nothing.
    database_.run("PRAGMA user_version = 1;");
}

void Ledger::close(std::int64_t transaction, State state, Code code, const std::string& message,
                   double swap_ms) {
    Statement update = database_.prepare(
        "UPDATE transactions SET closed=1,state=?,finished=?,code=?,message=?,swap_ms=? WHERE id=?");
    update.bind(1, static_cast<int>(state))
        .bind(2, utc_now())
        .bind(3, static_cast<int>(code))
        .bind(4, message);
    update.bind(5, std::to_string(swap_ms)).bind(6, transaction);
    update.step();
}

std::vector<TransactionRecord> Ledger::select(const std::string& condition) {
    Statement rows = database_.prepare(
        "SELECT "
        "id,kind,state,closed,product,from_version,to_version,floor,platform,manifest_sha256,undoes,started,"
        "finished,code,message,swap_ms FROM transactions WHERE " +
        condition);
    std::vector<TransactionRecord> found;
    while (rows.step()) {
        TransactionRecord record;
        record.id = rows.integer(0);
        record.kind = static_cast<TransactionKind>(rows.integer(1));
        record.state = static_cast<State>(rows.integer(2));
        record.closed = rows.integer(3) != 0;
        record.product = rows.text(4);
        record.from_version = rows.text(5);
        record.to_version = rows.text(6);
        record.floor = rows.text(7);
        record.platform = rows.text(8);
        record.manifest_sha256 = rows.text(9);
        record.undoes = rows.integer(10);
        record.started = rows.text(11);
        record.finished = rows.text(12);
        record.code = static_cast<Code>(rows.integer(13));
        record.message = rows.text(14);
        record.swap_ms = rows.real(15);
        found.push_back(std::move(record));
    }
    return found;
}

void Ledger::require_sound() {
    const auto violations = integrity_violations(database_, "main");
    if (!violations.empty())
        throw Error(Code::needs_person, "trust the ledger", database_.path(),
                    "it is damaged: " + violations.front());
}

std::optional<TransactionRecord> Ledger::transaction(std::int64_t id) {
    auto found = select("id=" + std::to_string(id));
    return found.empty() ? std::nullopt : std::optional(found.front());
}

std::vector<TransactionRecord> Ledger::transactions() {
    return select("1 ORDER BY id");
}
std::vector<TransactionRecord> Ledger::open_transactions() {
    return select("closed=0 ORDER BY id");
}

std::vector<Placement> Ledger::placements(std::int64_t transaction) {
    Statement rows = database_.prepare(
        "SELECT "
        "kind,path,slot,gate_slot,entry_point,preserved,old_id,old_size,old_sha256,new_id,new_size,new_"
        "sha256,"
        "gate_id,gate_size,gate_sha256 FROM placements WHERE transaction_id=? ORDER BY sequence");
    rows.bind(1, transaction);
    std::vector<Placement> found;
    while (rows.step()) {
        Placement placement;
        placement.kind = static_cast<PlacementKind>(rows.integer(0));
        placement.path = rows.text(1);
        placement.slot = rows.text(2);
        placement.gate_slot = rows.text(3);
        placement.entry_point = rows.integer(4) != 0;
        placement.preserved = rows.integer(5) != 0;
        placement.old_file = read_known(rows, 6);
        placement.new_file = read_known(rows, 9);
        placement.gate = read_known(rows, 12);
        found.push_back(std::move(placement));
    }
    return found;
}

std::vector<ScriptRecord> Ledger::scripts(std::int64_t transaction) {
    Statement rows = database_.prepare(
        "SELECT name,sha256,started,seconds,error FROM scripts WHERE transaction_id=? ORDER BY rowid");
    rows.bind(1, transaction);
    std::vector<ScriptRecord> found;
    while (rows.step())
        found.push_back({rows.text(0), rows.text(1), rows.text(2), rows.real(3), rows.text(4)});
    return found;
}

std::vector<DatabaseRecord> Ledger::databases(std::int64_t transaction) {
    Statement rows = database_.prepare("SELECT name,path,backup_sha256,committed_sha256 FROM databases WHERE "
                                       "transaction_id=? ORDER BY name");
    Statement counts = database_.prepare(
        "SELECT table_name,rows FROM committed_rows WHERE transaction_id=? AND database_name=?");
    rows.bind(1, transaction);
    std::vector<DatabaseRecord> found;
    while (rows.step()) {
        DatabaseRecord record{rows.text(0), rows.text(1), rows.text(2), rows.text(3), {}};
        counts.bind(1, transaction).bind(2, record.name);
        while (counts.step()) record.committed_rows[counts.text(0)] = counts.integer(1);
        counts.reset();
        found.push_back(std::move(record));
    }
    return found;
}

std::optional<TransactionRecord> Ledger::installed() {
    auto found = select("state=2 ORDER BY id DESC LIMIT 1");
    return found.empty() ? std::nullopt : std::optional(found.front());
}

std::optional<TransactionRecord> Ledger::last_update() {
    auto found =
        select("kind=0 AND state=2 AND id NOT IN (SELECT undoes FROM transactions WHERE kind=1 AND state=2)"
               " ORDER BY id DESC LIMIT 1");
    return found.empty() ? std::nullopt : std::optional(found.front());
}

std::string Ledger::floor() {
    std::string highest;
    for (const TransactionRecord& record : select("kind=0 AND state=2"))
        if (highest.empty() || compare_versions(record.floor, highest) > 0) highest = record.floor;
    return highest;
}

std::string Ledger::platform() {
    auto found = select("state=2 AND platform<>'' ORDER BY id DESC LIMIT 1");
    return found.empty() ? std::string() : found.front().platform;
}

std::optional<std::string> Ledger::held(const std::string& manifest_sha256) {
    std::optional<std::string> reason;
    for (const TransactionRecord& record :
         select("kind=0 AND manifest_sha256=" + quoted_text(manifest_sha256) + " ORDER BY id")) {
        if (record.code >= Code::migration_failed && record.code <= Code::health_failed)
            reason = "it failed here on " + record.finished;
        else if (record.state == State::committed)
            reason = select("kind=1 AND state=2 AND undoes=" + std::to_string(record.id)).empty()
                         ? std::nullopt
                         : std::optional<std::string>("it was rolled back here");
    }
    return reason;
}

std::string state_name(const TransactionRecord& record) {
    switch (record.state) {
    case State::working:
        return "not finished";
    case State::intent:
        return "interrupted in the swap";
    case State::committed:
        return record.kind == TransactionKind::update ? "updated" : "rolled back";
    case State::undone:
        return "undone";
    case State::failed:
        return record.code == Code::ok ? "checked, nothing changed" : "failed, nothing changed";
    }
    return "unknown";
}

} // namespace lockstep
