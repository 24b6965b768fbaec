// `update status` and `update history`: what is installed, and every run here. They only read.
#pragma once

#include "updater/file_system.h"
#include "updater/ledger.h"

#include <string>

namespace lockstep {

// `ledger` is null where no update was ever made, and where it was lost.
std::string status_text(const FileSystem& files, Ledger* ledger, const std::string& root);
std::string status_json(const FileSystem& files, Ledger* ledger, const std::string& root);
std::string history_text(const FileSystem& files, Ledger* ledger, const std::string& root);
std::string history_json(const FileSystem& files, Ledger* ledger, const std::string& root);

} // namespace lockstep
