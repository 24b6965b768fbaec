// Without the rights of an administrator a volume can't be flushed as a whole. So it is remembered which
// files were written here, and each is flushed; NTFS writes the journal of its names with them, in order.
#include "win32/files.h"
#include "win32/held_files.h"

#include <mutex>
#include <set>

namespace lockstep {
namespace {

std::mutex& guard() {
    static std::mutex mutex;
    return mutex;
}
std::set<std::wstring>& unsynced() {
    static std::set<std::wstring> paths;
    return paths;
}

bool is_at_or_below(const std::wstring& path, const std::wstring& top) {
    return path.starts_with(top) && (path.size() == top.size() || path[top.size()] == L'\\');
}

} // namespace

void note_unsynced(const std::string& path) {
    const std::scoped_lock alone(guard());
    unsynced().insert(system_path(path));
}

void forget_unsynced(const std::string& path) {
    const std::scoped_lock alone(guard());
    const std::wstring top = system_path(path);
    std::erase_if(unsynced(), [&](const std::wstring& each) { return is_at_or_below(each, top); });
}

void follow_unsynced(const std::string& from, const std::string& to) {
    const std::scoped_lock alone(guard());
    const std::wstring old_top = system_path(from);
    const std::wstring new_top = system_path(to);
    std::set<std::wstring> moved;
    for (const std::wstring& path : unsynced())
        moved.insert(is_at_or_below(path, old_top) ? new_top + path.substr(old_top.size()) : path);
    unsynced() = std::move(moved);
}

void flush_unsynced(std::uint64_t volume) {
    const std::scoped_lock alone(guard());
    const std::string doing = "write to the disk";
    for (auto each = unsynced().begin(); each != unsynced().end();) {
        const std::string path = plain_path(*each);
        HANDLE const held = held_at(*each);
        const Handle opened = held ? Handle() : try_to_open(path, GENERIC_WRITE);
        HANDLE const file = held ? held : opened.get();
        if (!file && !says_absent(::GetLastError())) throw opening_error(::GetLastError(), doing, path);
        if (file && status_of(file, path).volume != volume) {
            ++each;
            continue;
        }
        if (file && ::FlushFileBuffers(file) == 0) throw last_error(doing, path);
        each = unsynced().erase(each);
    }
}

} // namespace lockstep
