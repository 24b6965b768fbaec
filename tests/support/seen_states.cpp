#include "tests/support/seen_states.h"

#include "payload/digest.h"
#include "payload/sqlite.h"
#include "tests/support/tree.h"

#include <filesystem>
#include <map>
#include <sys/stat.h>

namespace lockstep {
namespace {

namespace fs = std::filesystem;

std::map<std::string, std::string> names_by_number(const std::string& root) {
    std::map<std::string, std::string> names;
    for (const auto& entry : fs::recursive_directory_iterator(root)) {
        struct stat status {};
        if (::lstat(entry.path().c_str(), &status) == 0)
            names[std::to_string(status.st_ino)] = entry.path().lexically_relative(root);
    }
    return names;
}

// The numbers of the files that the ledger knows, each as its name now.
std::string known_files(Database& ledger, const std::string& root) {
    const auto names = names_by_number(root);
    std::string text;
    for (const std::string column : {"old_id", "new_id", "gate_id"})
        for (const std::string& number : ledger.texts(
                 "SELECT coalesce(" + column + ",'') FROM placements ORDER BY transaction_id,sequence")) {
            const auto found = names.find(number);
            text += found == names.end() ? "none\n" : found->second + "\n";
        }
    return text;
}

std::string ledger_text(const std::string& root) {
    const std::string path = root + "/.lockstep/ledger.db";
    if (!fs::exists(path)) return {};
    Database ledger(path, OpenMode::read_write);
    if (ledger.integer("PRAGMA page_count") == 0) return "begun, and nothing in it yet";
    std::string text = ledger.text("PRAGMA integrity_check").value_or("") + "\n" + known_files(ledger, root);
    for (const std::string columns :
         {"id,kind,state,closed,product,from_version,to_version,floor,platform,manifest_sha256,undoes,code,"
          "message<>'') FROM transactions ORDER BY id",
          "transaction_id,sequence,kind,path,slot,gate_slot,entry_point,preserved,old_size,old_sha256,new_"
          "size,"
          "new_sha256,gate_size,gate_sha256) FROM placements ORDER BY transaction_id,sequence",
          "transaction_id,name,sha256,error<>'') FROM scripts ORDER BY rowid",
          "transaction_id,name,path,backup_sha256,committed_sha256) FROM databases ORDER BY "
          "transaction_id,name",
          "transaction_id,database_name,table_name,rows) FROM committed_rows "
          "ORDER BY transaction_id,database_name,table_name"})
        for (const std::string& row : ledger.texts("SELECT json_array(" + columns)) text += row + "\n";
    return text;
}

} // namespace

bool SeenStates::is_new(const std::string& root) {
    Sha256 digest;
    digest.update(bytes_of(ledger_text(root)));
    for (const auto& [path, content] : tree_of(root, true))
        if (!path.starts_with(".lockstep/ledger.db")) digest.update(bytes_of(path + "\n" + content));
    return digests_.insert(digest.finish()).second;
}

} // namespace lockstep
