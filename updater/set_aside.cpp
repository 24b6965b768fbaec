#include "updater/set_aside.h"

#include <algorithm>
#include <map>

namespace lockstep {
namespace {

bool set_one_aside(Ledger& ledger, const TransactionRecord& rollback) {
    std::map<std::string, DatabaseRecord> updated;
    for (const DatabaseRecord& database : ledger.databases(rollback.undoes))
        updated[database.name] = database;
    return std::ranges::any_of(ledger.databases(rollback.id), [&](const DatabaseRecord& replaced) {
        const DatabaseRecord& update = updated[replaced.name];
        return !replaced.backup_sha256.empty() && replaced.backup_sha256 != update.committed_sha256 &&
               replaced.committed_sha256 == update.backup_sha256;
    });
}

} // namespace

std::set<std::int64_t> rollbacks_that_set_aside(Ledger& ledger) {
    std::set<std::int64_t> found;
    for (const TransactionRecord& record : ledger.transactions())
        if (record.kind == TransactionKind::rollback && record.state == State::committed &&
            set_one_aside(ledger, record))
            found.insert(record.id);
    return found;
}

} // namespace lockstep
