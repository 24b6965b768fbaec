#include "updater/layout.h"

namespace lockstep {

std::string Layout::kept_slot(std::int64_t transaction, const std::string& slot) {
    const std::string number = std::to_string(transaction);
    const std::string work = ".lockstep/work/" + number + "/";
    if (!slot.starts_with(work)) return slot;
    return ".lockstep/backups/" + number + "/" + slot.substr(work.size());
}

std::string Layout::found_slot(const std::string& slot) {
    const std::string work = ".lockstep/work/";
    if (!slot.starts_with(work)) return slot;
    const std::string number = slot.substr(work.size(), slot.find('/', work.size()) - work.size());
    return ".lockstep/backups/" + number + "-found" + slot.substr(slot.rfind('/'));
}

std::string Layout::beside(const std::string& database_path, std::int64_t transaction) {
    const std::string folder = ".lockstep-" + std::to_string(transaction);
    const std::size_t slash = database_path.rfind('/');
    return slash == std::string::npos ? folder : database_path.substr(0, slash + 1) + folder;
}

} // namespace lockstep
