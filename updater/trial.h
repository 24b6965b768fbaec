// The databases' way to the swap (DESIGN.md section 3, steps 6 to 8): each live database is locked, backed
// up, the backup verified, a trial copy made, migrated and verified. The live files are only read.
//
// A database that this transaction creates has a trial copy without a live file, which begins empty; in an
// installation without any database that is true of all. One that
// it retires has a live file and a backup like any other, and a trial copy for the scripts to read and to
// empty: that one takes nobody's place, and what it held has to be accounted for in the others.
#pragma once

#include "payload/loss_ledger.h"
#include "payload/migration.h"
#include "updater/file_system.h"
#include "updater/integrity.h"
#include "updater/layout.h"
#include "updater/ledger.h"
#include "updater/locked_database.h"
#include "updater/plan.h"
#include "updater/progress.h"
#include "updater/request.h"
#include "updater/side_by_side.h"
#include "updater/swap.h"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace lockstep {

struct TrialDatabase {
    DatabaseChange change;
    std::unique_ptr<LockedDatabase> live;   // null where there is no live file
    std::string backup;                     // absolute path; empty where there is no live file
    std::unique_ptr<File> unwritten_backup; // null once it has its content
    std::string live_sha256;                // of the live file and so of the backup
    std::string slot;                       // of the swap, relative to the root
    std::string trial;                      // absolute; the slot where it takes the live place
    std::string rights; // absolute: the file whose owner, mode and access list the new one gets; or itself
    std::uint64_t size = 0; // of the live file, bytes

    const DatabaseEntry& entry() const { return change.entry; }
};

// A script with its text, in the order of running; or a program.
struct TrialStep {
    std::string name;
    std::string sha256;
    std::string text;
    std::optional<Program> program;
};

// Where SQLite puts its temporary files while this lives.
class SqliteTemporaries {
  public:
    explicit SqliteTemporaries(const std::string& path);
    ~SqliteTemporaries();
    SqliteTemporaries(const SqliteTemporaries&) = delete;
    SqliteTemporaries& operator=(const SqliteTemporaries&) = delete;
};

class Trial {
  public:
    // While it lives, SQLite's temporary files go into the work area.
    Trial(FileSystem& files, const Layout& layout, std::int64_t transaction, Ledger& ledger,
          Progress& progress, bool one_at_a_time);

    // Step 6. Throws busy, live_damaged, no_room_or_right. The backups are made, and found to be sound,
    // beside what follows: see require_sound_backups().
    void lock_and_copy(const std::vector<DatabaseChange>& databases);

    // The trial copies are made again, from the live data where there is a live file: for a revert after
    // lock_and_copy with other content.
    void copy_from_live();

    // Waits for the backups and their check. Throws live_damaged, no_room_or_right. Until then there may be
    // no backup. What fails in a migration or a verification asks it first: on a damaged database it is not
    // the release's fault.
    void require_sound_backups() { beside_.wait(); }

    // Before step 7, where a script is a preparation: the scripts get this file of their own as `prepared`.
    void have_prepared(const std::string& path) { prepared_ = path; }

    // Step 7. Each script is recorded in the ledger, with its error where it failed (migration_failed).
    // `program` runs a release's program; it gets the trial copies' paths.
    using RunProgram = std::function<void(const Program&, const std::vector<DatabaseFile>&)>;
    void migrate(const std::vector<TrialStep>& steps, const Declarations& declarations,
                 const RunProgram& program, double estimate_seconds);

    // Step 8, but for the health command. Throws verification_failed naming the first 20 violations.
    struct Expected {
        const Declarations* declarations = nullptr;
        const std::vector<DatabaseEntry>* entries = nullptr;
        std::map<std::string, std::vector<Fingerprint>>
            schemas; // a database that isn't named here isn't compared
        std::string checks_name;
        std::string checks;
        bool reverse = false; // a revert: what only the newer schema has may go
    };
    void verify(const Expected& expected);
    // What verify() found missing, and the release let go.
    const std::vector<AllowedLoss>& let_go() const { return let_go_; }

    // The trial copies get the live files' rights, are synced, and become placements.
    std::vector<Placement> placements();
    // Locks the trial copies, for the swap; hands all locks over.
    SwapDatabases lock_for_swap();

    std::vector<TrialDatabase>& databases() { return databases_; }
    std::vector<DatabaseFile> trial_files() const;         // all: what a script has
    std::vector<DatabaseFile> trial_files_of_live() const; // of those that have a live file
    std::vector<DatabaseFile> staying_files() const;       // the trial copies that take a live place
    std::vector<DatabaseFile> backup_files() const;        // of those that have a live file
    const std::map<std::string, double>& script_seconds() const { return script_seconds_; }
    const std::map<std::string, std::int64_t>& script_rows() const { return script_rows_; }
    const std::map<std::string, double>& table_seconds() const { return table_seconds_; }
    std::uint64_t largest_trial() const { return largest_trial_; } // bytes, all databases together

  private:
    TrialDatabase placed(const DatabaseChange& change) const;
    void lock(TrialDatabase& database);
    void place_on_its_volume(TrialDatabase& database);
    std::uint64_t volume_of(const TrialDatabase& database) const;
    void begin_backup(TrialDatabase& database);
    void write_backups();
    void verify_backups();
    void write_backup(TrialDatabase& database);
    void begin_trial(TrialDatabase& database);
    void open_as_its_folder(const TrialDatabase& database);
    Placement placement_of(const TrialDatabase& database);
    void add_sidecars(const TrialDatabase& database, std::vector<Placement>& placements) const;
    std::vector<DatabaseFile> files_of(const std::function<bool(const TrialDatabase&)>& chosen) const;
    void run_steps(const std::vector<DatabaseFile>& files, const std::vector<TrialStep>& steps,
                   const Declarations& declarations, const RunProgram& program,
                   const std::function<bool()>& cancelled);
    void verify_relations(Database& database, const TrialDatabase& trial, const std::string& main);
    void verify_virtual_tables_of_trials();
    void hash_trials();
    void verify_files();
    void verify_contents(const Expected& expected);
    void verify_backup(const TrialDatabase& database);
    void verify_virtual_tables(const TrialDatabase& database);
    void run_step(Migrator& migrator, const TrialStep& step, const RunProgram& program);
    void compare_schemas(Database& database, const Expected& expected);
    void account_for_losses(Database& database, const Expected& expected);
    Declarations declarations_for_the_way_back(const Declarations& forward) const;
    static std::map<std::string, std::int64_t> rows_of_new_tables(const TrialDatabase& trial);
    std::string sidecar_slot(const TrialDatabase& database, std::size_t number) const;

    FileSystem& files_;
    const Layout& layout_;
    std::int64_t transaction_;
    Ledger& ledger_;
    Progress& progress_;
    SqliteTemporaries temporaries_;
    std::vector<TrialDatabase> databases_;
    std::map<std::string, std::string> trial_sha256_; // of the verified ones, by name
    std::string prepared_;                            // empty: no script has one
    WrittenTables written_;
    std::vector<AllowedLoss> let_go_;
    std::map<std::string, double> script_seconds_;
    std::map<std::string, std::int64_t> script_rows_;
    std::map<std::string, double> table_seconds_;
    std::uint64_t largest_trial_ = 0;
    std::shared_future<void> written_backups_;
    SideBySide beside_; // ends before what it reads goes, as the one before
};

// The first file as main, the others under their names, and `before` beside them as loss_violations wants
// them: all immutable; names count, not places. `failure` as for Database.
Database opened_beside(const std::vector<DatabaseFile>& files, const std::vector<DatabaseFile>& before,
                       Code failure);
std::vector<std::string> names_in_order(const std::vector<DatabaseFile>& files);

// Tables that can't be written to and views that can't be read, though they could be `before`: what a rename
// took along. `before_schema` is empty for a database that is new.
std::vector<std::string> broken_objects(Database& database, const std::string& schema,
                                        const std::string& before_schema);

} // namespace lockstep
