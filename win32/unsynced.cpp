// Without the rights of an administrator a volume can't be flushed as a whole. So it is remembered which
// files were written here, and each is flushed; NTFS writes the journal of its names with them, in order.
#include "win32/files.h"

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
        const Handle file = try_to_open(path, GENERIC_WRITE);
        const DWORD number = file ? ERROR_SUCCESS : ::GetLastError();
        if (!file && !says_absent(number)) throw opening_error(number, doing, path);
        if (file && status_of(file.get(), path).volume != volume) {
            ++each;
            continue;
        }
        if (file && ::FlushFileBuffers(file.get()) == 0) throw last_error(doing, path);
        each = unsynced().erase(each);
    }
}

} // namespace lockstep
