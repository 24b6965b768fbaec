#include "packaging/durable_output.h"

#include <iostream>
#include <utility>

namespace lockstep {

void require_folder_for(const std::string& path) {
    const std::string folder = parent_of(path);
    const auto there = system_files().status(folder);
    if (!there) throw Error(Code::wrong_usage, "write", path, "there is no folder " + folder);
    if (there->kind == FileKind::file)
        throw Error(Code::wrong_usage, "write", path, folder + " is no folder");
}

TemporaryFile::TemporaryFile(std::string path, std::uint32_t mode) : path_(std::move(path)) {
    require_folder_for(path_);
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

void write_output(const std::string& path, std::string_view text) {
    require_folder_for(path);
    DurableOutput output(path, 0644);
    output.write(text);
    output.commit();
}

DurableFolder::DurableFolder(std::string path) : path_(std::move(path)), temporary_(path_ + ".new") {
    require_folder_for(path_);
    if (system_files().status(path_))
        throw Error(Code::wrong_usage, "write into", path_, "there is something of that name already");
    system_files().remove_tree(temporary_);
    system_files().make_folder(temporary_, 0755);
}

DurableFolder::~DurableFolder() {
    try {
        system_files().remove_tree(temporary_);
    } catch (const Error& error) {
        std::cerr << "lockstep: note: " << error.what() << '\n';
    }
}

void DurableFolder::commit() {
    system_files().sync_folder(temporary_);
    system_files().rename(temporary_, path_);
    system_files().sync_folder(parent_of(path_));
}

} // namespace lockstep
