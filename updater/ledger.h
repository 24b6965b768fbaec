// The ledger: the journal of the running transaction and the history of all. It alone decides what recovery
// does.
//
// synchronous=EXTRA and a rollback journal that is kept between transactions (journal_mode=PERSIST): each
// call that writes is durable when it returns, and the pages that an outcome needs exist before the swap
// begins, so that undoing needs no space. A write that throws may have happened all the same: open the ledger
// again and obey what it says.
#pragma once

#include "payload/error.h"
#include "payload/sqlite.h"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace lockstep {

// A transaction's outcome is its state; whether its tidying is done is `closed`.
enum class State : int {
    working = 0,   // nothing in the installation was touched
    intent = 1,    // the swap may have begun
    committed = 2, // recovery goes forward
    undone = 3,    // recovery goes back
    failed = 4,    // ended before the swap
};

enum class TransactionKind : int { update = 0, rollback = 1, check = 2 };

struct TransactionRecord {
    std::int64_t id = 0;
    TransactionKind kind = TransactionKind::update;
    State state = State::working;
    bool closed = false;
    std::string product;
    std::string from_version;
    std::string to_version;
    std::string floor;
    std::string platform;
    std::string manifest_sha256; // of an update's bundle
    std::int64_t undoes = 0;     // of a rollback: the update that it takes back
    std::string started;
    std::string finished;
    Code code = Code::ok;
    std::string message;
    double swap_ms = 0;
};

// A file as it was when the swap was planned.
struct KnownFile {
    std::uint64_t id = 0; // FileStatus::id
    std::uint64_t size = 0;
    std::string sha256;
};

enum class PlacementKind : int { file = 0, database = 1, sidecar = 2, folder = 3 };

// One path of the installation, the files that stand there before and after, and where each waits meanwhile.
// All paths are relative to the install root.
struct Placement {
    PlacementKind kind = PlacementKind::file;
    std::string path;
    std::string slot;      // holds the new file before the swap, the old one after it
    std::string gate_slot; // of an entry point: holds the gate; empty otherwise
    bool entry_point = false;
    bool preserved = false; // the user's own: shipped because it was absent
    std::optional<KnownFile> old_file;
    std::optional<KnownFile> new_file;
    std::optional<KnownFile> gate;
};

struct ScriptRecord {
    std::string name;
    std::string sha256;
    std::string started;
    double seconds = 0;
    std::string error;
};

struct DatabaseRecord {
    std::string name;
    std::string path;
    std::string backup_sha256;                          // of the verified backup = the live file before
    std::string committed_sha256;                       // of the file that took its place
    std::map<std::string, std::int64_t> committed_rows; // per table that only the new schema has
};

class Ledger {
  public:
    // Made where it is missing, with `create`.
    Ledger(const std::string& path, bool create);

    // Its number is above every one before, and above `kept`: that of a backup which a lost ledger left.
    std::int64_t begin(const TransactionRecord& record, std::int64_t kept = 0);
    void add_script(std::int64_t transaction, const ScriptRecord& script);
    // Known from the moment that something is put beside them; said again when their hashes are known.
    void set_databases(std::int64_t transaction, const std::vector<DatabaseRecord>& databases);

    // The placements and State::intent in one write, with the pages reserved that the outcome needs.
    void write_intent(std::int64_t transaction, const std::vector<Placement>& placements);
    // State::committed or State::undone: the one write that decides.
    void write_outcome(std::int64_t transaction, State outcome);
    // What can be read is on the disk when it returns: a write that was cut off or failed in its last sync
    // can be read before it is there. Needs no space.
    void sync();
    void close(std::int64_t transaction, State state, Code code, const std::string& message, double swap_ms);

    // Throws Error (no_room_or_right) where it can only be read. For whoever ends a swap: before anything is
    // moved.
    void require_writable();
    // Throws Error (needs_person) where a page of it is damaged: reading alone may pass over what is missing.
    // For whoever acts on placements().
    void require_sound();

    std::optional<TransactionRecord> transaction(std::int64_t id);
    std::vector<TransactionRecord> transactions(); // oldest first
    std::vector<TransactionRecord> open_transactions();
    std::vector<Placement> placements(std::int64_t transaction);
    std::vector<ScriptRecord> scripts(std::int64_t transaction);
    std::vector<DatabaseRecord> databases(std::int64_t transaction);

    // What stands committed: nothing before the first update.
    std::optional<TransactionRecord> installed();
    // The update that a rollback would take back: committed, not taken back yet.
    std::optional<TransactionRecord> last_update();
    std::string floor();    // the highest of all committed updates; empty before the first
    std::string platform(); // of the last committed one that had one
    // A bundle that was rolled back, or failed with 20 to 22; why, or nothing.
    std::optional<std::string> held(const std::string& manifest_sha256);

  private:
    std::vector<TransactionRecord> select(const std::string& condition);
    Database database_;
};

std::string state_name(const TransactionRecord& record);

} // namespace lockstep
