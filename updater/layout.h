// Every path under <root>/.lockstep, and the one folder beside a database on another volume. No other file
// names one.
//
//   .lockstep/ledger.db          the ledger
//   .lockstep/trust/trust.json   the pinned trust document
//   .lockstep/update             the engine that the gate calls for recovery; update.exe on Windows
//   .lockstep/schedule.json      what `update schedule` registered
//   .lockstep/unattended.json    how the last unattended run ended
//   .lockstep/update.log         what scheduled runs did
//   .lockstep/leftovers/         on Windows: programs that were still running when they were removed
//   .lockstep/prepared/          what `update prepare` made
//   .lockstep/work/<N>/          the running transaction N: slots/ backup/ temporary/ preview/
//   .lockstep/backups/<N>-found/ files of others that N found in the way
//   .lockstep/backups/<N>/       what transaction N replaced: slots/ (old code), backup/ (databases),
//   manifest, scripts <database's folder>/.lockstep-<N>/   trial copy and replaced file of a database on
//   another volume
#pragma once

#include <cstdint>
#include <string>

namespace lockstep {

class Layout {
  public:
    explicit Layout(std::string root) : root_(std::move(root)) {}

    const std::string& root() const { return root_; }
    // `relative` is '/'-separated, as in a manifest and in the ledger.
    std::string absolute(const std::string& relative) const { return root_ + "/" + relative; }

    std::string state() const { return root_ + "/.lockstep"; }
    std::string ledger() const { return state() + "/ledger.db"; }
    std::string trust_folder() const { return state() + "/trust"; }
    std::string trust() const { return trust_folder() + "/trust.json"; }
    std::string engine() const { return state() + engine_name; }
    std::string schedule() const { return state() + "/schedule.json"; }
    // A copy of the Nth key of `update schedule --trust`: the stick it came from may be gone.
    std::string scheduled_key(std::size_t number) const {
        return trust_folder() + "/schedule-" + std::to_string(number) + ".pub";
    }
    std::string unattended() const { return state() + "/unattended.json"; }
    std::string log() const { return state() + "/update.log"; }
    // On Windows, where a program that is running can't be removed: what a later start removes.
    std::string leftovers() const { return state() + "/leftovers"; }
    // What `update prepare` made for the bundle with this manifest, until an update is committed.
    std::string prepared_folder() const { return state() + "/prepared"; }
    std::string prepared(const std::string& manifest_sha256) const {
        return prepared_folder() + "/" + manifest_sha256 + ".db";
    }
    std::string work_area() const { return state() + "/work"; }
    std::string work(std::int64_t transaction) const {
        return work_area() + "/" + std::to_string(transaction);
    }
    std::string backups() const { return state() + "/backups"; }
    std::string kept(std::int64_t transaction) const { return backups() + "/" + std::to_string(transaction); }

    // Inside a work or kept folder.
    static std::string slots(const std::string& folder) { return folder + "/slots"; }
    static std::string backup_folder(const std::string& folder) { return folder + "/backup"; }
    static std::string backup(const std::string& folder, const std::string& database) {
        return backup_folder(folder) + "/" + database + ".db";
    }
    static std::string manifest(const std::string& folder) { return folder + "/manifest.json.zst"; }
    // Before it takes the place of engine(): whatever is interrupted, the work area is removed.
    static std::string staged_engine(const std::string& folder) { return folder + "/update"; }
    static std::string gate(const std::string& folder) { return folder + "/gate"; }
    static std::string script(const std::string& folder, const std::string& sha256) {
        return folder + "/scripts/" + sha256;
    }
    // What a removed folder was: an empty one with its rights.
    static std::string removed_folder(const std::string& folder, const std::string& path) {
        return folder + "/folders/" + path;
    }
    static std::string temporary(const std::string& folder) { return folder + "/temporary"; }
    // The trial copy of a database that takes no live place.
    static std::string passing_trial(const std::string& folder, const std::string& database) {
        return temporary(folder) + "/" + database + ".db";
    }
    // The copy of prepared() that an update's scripts have.
    static std::string prepared_copy(const std::string& folder) { return temporary(folder) + "/prepared.db"; }
    static std::string preview(const std::string& folder) { return folder + "/preview"; }

    // A slot's path relative to the root, as the ledger holds it.
    static std::string slot(std::int64_t transaction, const std::string& name) {
        return ".lockstep/work/" + std::to_string(transaction) + "/slots/" + name;
    }
    // The same slot after the transaction's work folder became its kept folder.
    static std::string kept_slot(std::int64_t transaction, const std::string& slot);

    // Files of others that transaction N found in the way; kept for good.
    std::string found(std::int64_t transaction) const { return kept(transaction) + "-found"; }
    // Where such a file is when the transaction has ended. One on another volume stays beside its database.
    static std::string found_slot(const std::string& slot);
    // Whether such a file has this name.
    static bool is_found(const std::string& name) { return name.find(".found") != std::string::npos; }

    // The folder beside a database on another volume, relative to the root.
    static std::string beside(const std::string& database_path, std::int64_t transaction);

  private:
#ifdef _WIN32
    static constexpr const char* engine_name = "/update.exe";
#else
    static constexpr const char* engine_name = "/update";
#endif
    std::string root_;
};

} // namespace lockstep
