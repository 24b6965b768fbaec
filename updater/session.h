// One run of the updater in one install root: the lock, and the ledger with whatever an earlier run left
// recovered.
#pragma once

#include "updater/file_system.h"
#include "updater/layout.h"
#include "updater/ledger.h"
#include "updater/progress.h"
#include "updater/request.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace lockstep {

// To read it; null where no update was ever made, and where it was lost.
std::unique_ptr<Ledger> ledger_of(const FileSystem& files, const Layout& layout);

class Session {
  public:
    // Locks and recovers. Throws busy where another updater has the lock (`wait`: waits for it instead),
    // wrong_usage where there is no such folder, and what recover() throws.
    Session(FileSystem& files, const Request& request, Progress& progress, bool wait = false);

    FileSystem& files() { return files_; }
    const Request& request() const { return request_; }
    Progress& progress() { return progress_; }
    const Layout& layout() const { return layout_; }
    // Null before the first transaction of this installation, and where the ledger was lost.
    Ledger* ledger() { return ledger_.get(); }
    const std::vector<std::string>& recovered() const { return recovered_; }
    // A sentence where earlier updates were made here and the ledger knows of none; else empty.
    const std::string& lost_history() const { return lost_history_; }

    // Opens a transaction with its work area; makes .lockstep where it is missing. The work area is removed
    // by abandon(), or becomes the kept folder when the transaction is retired.
    std::int64_t begin(const TransactionRecord& record);
    std::int64_t transaction() const { return transaction_; }
    std::string work() const { return layout_.work(transaction_); }

    // Ends a transaction before its swap: removes the work area and records why. Where nothing has ever been
    // recorded here and nothing needs to be remembered, .lockstep goes as well.
    void abandon(Code code, const std::string& message);

    // The engine that the gate calls is this one: the update executable without its bundle.
    std::uint64_t engine_size() const; // bytes
    // `staged`: where it is made before it takes its place, in a folder of .lockstep.
    void install_engine(const std::string& staged);

  private:
    void require_safe_folders();
    void remove_state();
    void open_ledger();
    void require_known_work();
    void look_for_lost_history();

    FileSystem& files_;
    const Request& request_;
    Progress& progress_;
    Layout layout_;
    std::unique_ptr<FolderLock> lock_;
    std::unique_ptr<Ledger> ledger_;
    std::vector<std::string> recovered_;
    std::string lost_history_;
    std::int64_t transaction_ = 0;
    std::vector<std::string> folders_beside_;
    bool made_state_ = false;
};

} // namespace lockstep
