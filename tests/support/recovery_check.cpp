#include "tests/support/recovery_check.h"

#include "payload/digest.h"
#include "payload/sqlite.h"

#include <filesystem>
#include <gtest/gtest.h>

namespace lockstep {
namespace {

// The ledger's content but for times.
std::string ledger_text(const std::string& root) {
    const std::string path = root + "/.lockstep/ledger.db";
    if (!std::filesystem::exists(path)) return {};
    Database ledger(path, OpenMode::read_write);
    std::string text;
    for (const std::string columns :
         {"id,kind,state,closed,from_version,to_version,undoes,code,message) FROM transactions",
          "transaction_id,sequence,kind,path,slot,old_id,old_sha256,new_id,new_sha256) FROM placements",
          "transaction_id,name,sha256,error) FROM scripts",
          "transaction_id,name,path,backup_sha256,committed_sha256) FROM databases",
          "transaction_id,database_name,table_name,rows) FROM committed_rows"})
        for (const std::string& row : ledger.texts("SELECT json_array(" + columns)) text += row + "\n";
    return text;
}

std::string digest_of(const std::string& root) {
    Sha256 digest;
    digest.update(bytes_of(ledger_text(root)));
    for (const auto& [path, content] : tree_of(root, true))
        if (!path.starts_with(".lockstep/ledger.db")) digest.update(bytes_of(path + "\n" + content));
    return digest.finish();
}

} // namespace

RecoveryCheck::RecoveryCheck(const SwapWorkshop& shop, EngineCommand command)
    : shop_(shop), before_(command == EngineCommand::rollback ? shop.new_tree() : shop.old_tree()),
      after_(command == EngineCommand::rollback ? shop.old_tree() : shop.new_tree()) {}

Version RecoveryCheck::recover_and_check(const std::string& root) {
    const Ran recovered = shop_.recover(root);
    EXPECT_EQ(recovered.code, 0) << recovered.err;
    const Tree now = tree_of(root);
    const Version version = now == after_ ? Version::after : Version::before;
    EXPECT_EQ(differences(version == Version::after ? after_ : before_, now), "") << recovered.out;
    EXPECT_EQ(SwapWorkshop::leftovers(root), "") << recovered.out << recovered.err << ledger_text(root);
    expect_says(recovered, version);
    if (!::testing::Test::HasFailure()) expect_to_go_on(root);
    return version;
}

void RecoveryCheck::expect_says(const Ran& recovered, Version version) const {
    const auto says = [&](const char* words) { return recovered.out.find(words) != std::string::npos; };
    const bool went_back = says("was undone; version ") || says("was interrupted before it changed anything");
    const bool went_forward = says(" was completed.");
    EXPECT_TRUE(went_back || went_forward || says("There was nothing to recover.")) << recovered.out;
    EXPECT_FALSE(went_back && version == Version::after) << recovered.out;
    EXPECT_FALSE(went_forward && version == Version::before) << recovered.out;
}

void RecoveryCheck::expect_to_go_on(const std::string& root) {
    if (!continued_.insert(digest_of(root)).second) return;
    const Ran update = shop_.apply(root);
    EXPECT_EQ(update.code, 0) << update.err;
    EXPECT_EQ(differences(shop_.new_tree(), tree_of(root)), "");
    const Ran rollback = shop_.workshop().update(root, {"rollback"});
    EXPECT_EQ(rollback.code, 0) << rollback.err;
    EXPECT_EQ(differences(shop_.old_tree(), tree_of(root)), "");
    EXPECT_EQ(SwapWorkshop::leftovers(root), "");
}

} // namespace lockstep
