#include "packaging/durable_output.h"

#include <iostream>
#include <utility>

namespace lockstep {

TemporaryFile::TemporaryFile(std::string path, std::uint32_t mode) : path_(std::move(path)) {
    system_files().remove_file(path_);
    file_ = system_files().create(path_, mode);
}

TemporaryFile::~TemporaryFile() {
    file_.reset();
    try {
        system_files().remove_file(path_);
    } catch (const Error& error) {
        std::cerr << "lockstep: note: " << error.what() << '\n';
    }
}

DurableOutput::DurableOutput(std::string path, std::uint32_t mode)
    : path_(std::move(path)), temporary_(path_ + ".new", mode) {}

void DurableOutput::commit() {
    temporary_.file().sync();
    system_files().replace(temporary_.path(), path_);
    system_files().sync_folder(parent_of(path_));
}

} // namespace lockstep
