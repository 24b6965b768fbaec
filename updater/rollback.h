// `update rollback`: takes the last update back, by a swap through the same ledger.
//
// Nothing written since the commit: the backup returns, to the byte. Else, with a rehearsed revert.sql, the
// current data is migrated back on a trial copy with the same checks. Else it is refused with the count of
// what was written, per table, unless --set-newer-aside says that the newer database may wait in this
// rollback's own backup.
#pragma once

#include "payload/manifest.h"
#include "updater/session.h"
#include "updater/swap.h"
#include "updater/trial.h"

#include <memory>
#include <string>
#include <vector>

namespace lockstep {

class Rollback {
  public:
    Rollback(FileSystem& files, const Request& request, Progress& progress);

    // Throws Error: not_recognised where there is nothing to take back, its backup is no longer kept, the
    // code was changed since, or newer data would be lost; verification_failed where the backup is damaged;
    // else as Update.
    Outcome run();

  private:
    void find_update();
    std::string kept_place(const Placement& done) const;
    void verify_backup();
    void require_unchanged_code();
    void look_at_code();
    std::vector<FileStatus> watched() const;
    void preflight();
    void begin();
    void stage();
    bool is_the_users_own(const Placement& done) const;
    Placement way_back(const Placement& done);
    void return_folders_of(const Placement& done);
    bool made_the_first_databases() const;
    std::vector<DatabaseChange> way_back_of_databases();
    void choose_data();
    void revert_data();
    void require_nothing_new_dropped();
    bool returns(Database& newer, const std::string& table) const;
    [[noreturn]] void refuse(const std::string& reason);
    std::string written_since();
    std::optional<std::vector<TableChange>> changes_since();
    bool written();
    bool can_revert() const;
    std::vector<TrialStep> revert_steps() const;
    std::vector<TrialStep> forward_steps() const;
    std::string kept_text(const Script& script) const;
    Outcome described();

    FileSystem& files_;
    const Request& request_;
    Progress& progress_;
    std::unique_ptr<Session> session_;
    TransactionRecord update_;
    Manifest manifest_; // of the update's bundle
    const Revision* before_ = nullptr;
    std::vector<const Migration*> migrations_; // that the update ran, ascending
    std::vector<Placement> replaced_;          // the update's placements
    std::vector<Placement> placements_;
    std::vector<SeenFile> seen_; // the installed code, before its content is read
    std::unique_ptr<Trial> trial_;
    std::string data_; // a sentence: what became of the data
    std::vector<std::string> notes_;
    double swap_ms_ = 0;
    std::string tidying_;
};

} // namespace lockstep
