#include "updater/session.h"

#include "payload/bundle.h"
#include "payload/language.h"
#include "updater/lost_history.h"
#include "updater/process.h"
#include "updater/recovery.h"
#include "updater/second_try.h"

namespace lockstep {

std::unique_ptr<Ledger> ledger_of(const FileSystem& files, const Layout& layout) {
    if (!has_ledger(files, layout)) return nullptr;
    return std::make_unique<Ledger>(layout.ledger(), false);
}

Session::Session(FileSystem& files, const Request& request, Progress& progress, bool wait)
    : files_(files), request_(request), progress_(progress), layout_(files.real_path(request.root)) {
    const auto status = files_.status(layout_.root());
    if (!status || status->kind != FileKind::folder)
        throw Error(Code::wrong_usage, "use the install root", request.root, "it is not a folder");
    files_.follow_no_link_below(layout_.root());
    lock_ = files_.lock_folder(layout_.root(), wait);
    if (!lock_)
        throw Error(Code::busy, "begin in", layout_.root(), say(Message::another_updater))
            .advise(say(Message::wait_for_the_other));
    if (const auto state = files_.status(layout_.state()); state && state->kind != FileKind::folder)
        throw Error(Code::not_recognised, "use", layout_.state(), "it is not a folder");
    require_safe_folders();
    open_ledger();
    if (ledger_) recovered_ = recover(files_, layout_, *ledger_);
}

// Where the ledger can't be read, nobody knows whether a swap was begun.
void Session::open_ledger() try {
    with_second_try([&] {
        if (has_ledger(files_, layout_)) {
            ledger_ = std::make_unique<Ledger>(layout_.ledger(), false);
            if (!ledger_->open_transactions().empty()) ledger_->require_writable();
        }
        require_known_work();
        look_for_lost_history();
    });
} catch (Error& error) {
    error.during("reading " + layout_.ledger());
    if (error.code() == Code::busy || error.code() == Code::no_room_or_right) throw;
    throw with_code(error, Code::needs_person);
}

// A transaction is in the ledger before it has a work area: one that isn't was lost with its ledger.
void Session::require_known_work() {
    if (!files_.status(layout_.work_area())) return;
    for (const std::string& name : files_.names_in(layout_.work_area())) {
        const bool number = name.find_first_not_of("0123456789") == std::string::npos;
        if (!number || (ledger_ && ledger_->transaction(std::stoll(name)))) continue;
        throw Error(Code::needs_person, "find the transaction of", joined(layout_.work_area(), name),
                    "the ledger doesn't know it");
    }
}

// Where no swap was begun, going on is right: nobody is there to help, and what is installed is recognised by
// its content. The pinned trust goes on to decide; the floor is gone with the ledger.
void Session::look_for_lost_history() {
    if (ledger_ && ledger_->installed()) return;
    if (!history_is_missing(files_, layout_, ledger_.get())) return;
    if (!ledger_ || ledger_->transactions().empty()) require_no_swap_beside(files_, layout_);
    lost_history_ = missing_history(files_, layout_);
}

void Session::require_safe_folders() {
    const bool exists = files_.status(layout_.state()).has_value();
    if (const auto reason = files_.unsafe_folder(exists ? layout_.state() : layout_.root()))
        throw Error(Code::no_room_or_right, "trust the folder", layout_.root(), *reason)
            .advise(say(Message::let_only_administrators_write));
}

std::int64_t Session::begin(const TransactionRecord& record) try {
    if (!ledger_) {
        made_state_ = !files_.status(layout_.state());
        files_.make_folders(layout_.state(), 0755);
        ledger_ = std::make_unique<Ledger>(layout_.ledger(), true);
    }
    transaction_ = ledger_->begin(record, highest_kept(files_, layout_));
    files_.make_folders(Layout::slots(work()), 0700);
    files_.make_folders(Layout::temporary(work()), 0700);
    return transaction_;
} catch (const Error& error) {
    if (transaction_ != 0)
        abandon(error.code(), error.what());
    else if (made_state_)
        remove_state();
    throw;
}

void Session::remove_state() {
    ledger_.reset();
    files_.remove_tree(layout_.state());
}

void Session::abandon(Code code, const std::string& message) {
    std::vector<std::string> beside;
    for (const DatabaseRecord& database : ledger_->databases(transaction_))
        beside.push_back(Layout::beside(database.path, transaction_));
    discard(files_, layout_, transaction_, beside);
    const bool held = code >= Code::migration_failed && code <= Code::health_failed;
    const auto record = ledger_->transaction(transaction_);
    const bool remembered = held && record && record->kind != TransactionKind::check;
    if (made_state_ && !remembered) {
        remove_state();
        return;
    }
    ledger_->close(transaction_, State::failed, code, message, 0);
}

std::uint64_t Session::engine_size() const {
    if (request_.executable.empty()) return 0;
    const auto executable = files_.open(request_.executable);
    const auto bundle = find_bundle(*executable, request_.executable);
    return bundle ? bundle->stub_size : executable->size();
}

void Session::install_engine(const std::string& staged) {
    if (request_.executable.empty()) return;
    const auto executable = files_.open(request_.executable);
    const std::uint64_t size = engine_size();
    const auto copy = files_.create(staged, 0755);
    copy_bytes(*executable, 0, size, [&](Bytes piece) { copy->write(piece); });
    copy->sync();
    files_.replace(staged, layout_.engine());
    files_.sync_folder(layout_.state());
}

} // namespace lockstep
