#include "updater/database_file.h"

#include "payload/language.h"
#include "win32/files.h"
#include "win32/held_files.h"
#include "win32/holders.h"
#include "win32/sqlite_calls.h"

#include <sqlite3.h>

namespace lockstep {
namespace {

constexpr const char* opening = "open the database";

void require_plain_file(const FileStatus& found, const std::string& path) {
    if (found.kind == FileKind::link)
        throw Error(Code::not_recognised, opening, path,
                    "it is a link to " + system_files().link_target(path));
    if (found.kind == FileKind::folder) throw Error(Code::not_recognised, opening, path, "it is a folder");
    if (found.kind == FileKind::other)
        throw Error(Code::not_recognised, opening, path, "it is not a regular file");
    if (found.names != 1)
        throw Error(Code::not_recognised, opening, path,
                    "the file has " + std::to_string(found.names) +
                        " names, and an update can replace only one");
}

// Shared with nobody, from here until SQLite closes it; DELETE is the right to rename it.
Handle open_alone(const std::string& path) {
    Handle file =
        try_to_open(path, GENERIC_READ | GENERIC_WRITE | DELETE, 0, OPEN_EXISTING, FILE_ATTRIBUTE_NORMAL);
    const DWORD number = file ? ERROR_SUCCESS : ::GetLastError();
    if (says_in_use(number))
        throw Error(Code::busy, "lock the database", path,
                    say(Message::who_uses_it, {names_of(holders_of_path(path))}));
    if (!file) throw system_error(number, "write to", path);
    return file;
}

} // namespace

struct DatabaseHandle::State {
    std::string path;
    FileStatus found;
    Handle file;
    HANDLE given = nullptr; // the same file by a handle of SQLite's, which closes it
    bool claimed = false;
};

DatabaseHandle::DatabaseHandle(const std::string& path) : state_(std::make_unique<State>()) {
    const auto found = system_files().status(path);
    if (!found) throw Error(Code::not_recognised, opening, path, "there is no such file");
    require_plain_file(*found, path);
    state_->path = path;
    state_->file = open_alone(path);
    state_->found = status_of(state_->file.get(), path);
    require_plain_file(state_->found, path); // it may have been exchanged in between
    HANDLE const self = ::GetCurrentProcess();
    if (::DuplicateHandle(self, state_->file.get(), self, &state_->given, 0, FALSE, DUPLICATE_SAME_ACCESS) ==
        0)
        throw last_error(opening, path);
    give_to_sqlite(path, state_->given);
    note_held(path, state_->file.get());
}

DatabaseHandle::~DatabaseHandle() {
    detach();
}

void DatabaseHandle::attach(sqlite3* connection) {
    HANDLE held = nullptr;
    if (sqlite3_file_control(connection, "main", SQLITE_FCNTL_WIN32_GET_HANDLE, &held) != SQLITE_OK ||
        held != state_->given)
        throw Error(Code::busy, opening, state_->path, "another program replaced it meanwhile");
}

bool DatabaseHandle::excludes_others() const {
    return true;
}

void DatabaseHandle::detach() {
    if (!state_->file) return;
    if (take_back_from_sqlite(state_->given)) ::CloseHandle(state_->given);
    forget_held(state_->file.get());
    state_->file.close();
    state_->claimed = false;
}

FileStatus DatabaseHandle::status() const {
    return state_->file ? status_of(state_->file.get(), state_->path) : state_->found;
}

std::uint64_t DatabaseHandle::size() const {
    return status().size;
}

void DatabaseHandle::read(std::uint64_t offset, std::span<std::byte> out) const {
    read_all(state_->file.get(), state_->path, "read the database", offset, out);
}

void DatabaseHandle::overwrite_beginning(Bytes bytes) {
    write_all(state_->file.get(), state_->path, "write over the database", 0, bytes);
    if (::FlushFileBuffers(state_->file.get()) == 0)
        throw last_error("write to the disk the database", state_->path);
}

// The handle has excluded everybody else since it was opened.
bool DatabaseHandle::claim() {
    state_->claimed = true;
    return true;
}

bool DatabaseHandle::is_still_claimed() const {
    return state_->claimed;
}

void DatabaseHandle::unclaim() {
    state_->claimed = false;
}

} // namespace lockstep
