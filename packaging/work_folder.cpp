#include "packaging/work_folder.h"

#include "updater/file_system.h"

#include <cstdlib>
#include <iostream>
#include <unistd.h>

namespace lockstep {
namespace {

std::string temporary_folder() {
    const char* named = std::getenv("TMPDIR");
    return named && *named ? named : "/tmp";
}

} // namespace

WorkFolder::WorkFolder(const std::string& parent)
    : path_(system_files().real_path(parent.empty() ? temporary_folder() : parent) + "/lockstep-work-" +
            std::to_string(getpid())) {
    system_files().make_folder(path_, 0700);
}

WorkFolder::~WorkFolder() {
    try {
        system_files().remove_tree(path_);
    } catch (const std::exception& error) {
        std::cerr << "lockstep: note: " << path_ << " could not be removed: " << error.what() << '\n';
    }
}

} // namespace lockstep
