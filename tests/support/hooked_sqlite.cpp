#include "tests/support/hooked_sqlite.h"

#include <cerrno>
#include <cstring>
#include <new>
#include <sqlite3.h>

namespace lockstep {
namespace {

struct Hooks {
    SqliteHook before;
    SqliteHook after;
    int count = 0;
    sqlite3_vfs* real = nullptr;
};

Hooks& hooks() {
    static Hooks all;
    return all;
}

template <typename Act> int watched(SeamCall call, Act act) {
    call.number = ++hooks().count;
    if (const int refused = hooks().before(call); refused != SQLITE_OK) {
        errno = 0; // no system call failed: SQLite would keep what an earlier one left
        return refused;
    }
    const int result = act();
    const int told = hooks().after(call);
    return told != SQLITE_OK ? told : result;
}

template <typename Act> int watched(const char* name, const std::string& path, Act act) {
    return watched(SeamCall{.name = name, .path = path}, act);
}

// SQLite gives room for this and, behind it, for the real one.
struct HookedFile {
    sqlite3_file base;
    const char* path;  // SQLite's, lives as long as the file is open
    bool syncs_folder; // SQLite's first sync of a new journal is one of its folder too
    sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};

HookedFile* hooked(sqlite3_file* file) {
    return reinterpret_cast<HookedFile*>(file);
}
sqlite3_file* real(sqlite3_file* file) {
    return hooked(file)->real();
}
std::string path_of(sqlite3_file* file) {
    return hooked(file)->path ? hooked(file)->path : "";
}

int sync_hooked(sqlite3_file* file, int flags) {
    const int result = watched({.name = "sync", .path = path_of(file)},
                               [&] { return real(file)->pMethods->xSync(real(file), flags); });
    if (result != SQLITE_OK || !hooked(file)->syncs_folder) return result;
    hooked(file)->syncs_folder = false;
    return watched({.name = "sync_folder", .path = parent_of(path_of(file))}, [] { return SQLITE_OK; });
}

int read_hooked(sqlite3_file* file, void* to, int size, sqlite3_int64 offset) {
    bool made = false;
    const int result = watched("read", path_of(file), [&] {
        made = true;
        return real(file)->pMethods->xRead(real(file), to, size, offset);
    });
    if (made || result != SQLITE_IOERR_SHORT_READ) return result;
    std::memset(to, 0, static_cast<std::size_t>(size));
    static_cast<void>(real(file)->pMethods->xRead(real(file), to, size / 2, offset));
    return result;
}

const sqlite3_io_methods methods{
    2, // with the shared memory of WAL mode; no mapping, so that every read is seen
    [](sqlite3_file* file) { return real(file)->pMethods->xClose(real(file)); },
    &read_hooked,
    [](sqlite3_file* file, const void* from, int size, sqlite3_int64 offset) {
        const Bytes data(static_cast<const std::byte*>(from), static_cast<std::size_t>(size));
        return watched({.name = "write",
                        .path = path_of(file),
                        .offset = static_cast<std::uint64_t>(offset),
                        .data = data},
                       [&] { return real(file)->pMethods->xWrite(real(file), from, size, offset); });
    },
    [](sqlite3_file* file, sqlite3_int64 size) {
        return watched(
            {.name = "truncate", .path = path_of(file), .offset = static_cast<std::uint64_t>(size)},
            [&] { return real(file)->pMethods->xTruncate(real(file), size); });
    },
    &sync_hooked,
    [](sqlite3_file* file, sqlite3_int64* size) {
        return watched("size", path_of(file),
                       [&] { return real(file)->pMethods->xFileSize(real(file), size); });
    },
    [](sqlite3_file* file, int lock) {
        return watched("lock", path_of(file), [&] { return real(file)->pMethods->xLock(real(file), lock); });
    },
    [](sqlite3_file* file, int lock) {
        return watched("unlock", path_of(file),
                       [&] { return real(file)->pMethods->xUnlock(real(file), lock); });
    },
    [](sqlite3_file* file, int* reserved) {
        return watched("reserved", path_of(file),
                       [&] { return real(file)->pMethods->xCheckReservedLock(real(file), reserved); });
    },
    [](sqlite3_file* file, int what, void* with) {
        return real(file)->pMethods->xFileControl(real(file), what, with);
    },
    [](sqlite3_file* file) { return real(file)->pMethods->xSectorSize(real(file)); },
    [](sqlite3_file* file) { return real(file)->pMethods->xDeviceCharacteristics(real(file)); },
    [](sqlite3_file* file, int region, int size, int extend, void volatile** memory) {
        return watched("map", path_of(file), [&] {
            return real(file)->pMethods->xShmMap(real(file), region, size, extend, memory);
        });
    },
    [](sqlite3_file* file, int offset, int count, int flags) {
        return watched("shared_lock", path_of(file),
                       [&] { return real(file)->pMethods->xShmLock(real(file), offset, count, flags); });
    },
    [](sqlite3_file* file) { real(file)->pMethods->xShmBarrier(real(file)); },
    [](sqlite3_file* file, int remove) { return real(file)->pMethods->xShmUnmap(real(file), remove); },
    nullptr,
    nullptr};

int open_hooked(sqlite3_vfs*, const char* path, sqlite3_file* file, int flags, int* flags_out) {
    constexpr int journals = SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_SUPER_JOURNAL | SQLITE_OPEN_WAL;
    const bool may_create = (flags & SQLITE_OPEN_CREATE) != 0;
    auto* made = new (file) HookedFile{{nullptr}, path, may_create && (flags & journals) != 0};
    made->real()->pMethods = nullptr;
    const bool creates = may_create && path && !system_files().status(path);
    const int result = watched(creates ? "create" : "open", path_of(file), [&] {
        return hooks().real->xOpen(hooks().real, path, made->real(), flags, flags_out);
    });
    if (made->real()->pMethods) made->base.pMethods = &methods;
    return result;
}

int access_hooked(sqlite3_vfs*, const char* path, int flags, int* answer) {
    return watched("access", path, [&] { return hooks().real->xAccess(hooks().real, path, flags, answer); });
}

int delete_hooked(sqlite3_vfs*, const char* path, int sync_folder) {
    const int result = watched({.name = "delete", .path = path},
                               [&] { return hooks().real->xDelete(hooks().real, path, 0); });
    if (result != SQLITE_OK || sync_folder == 0) return result;
    const std::string folder = parent_of(path);
    return watched({.name = "sync_folder", .path = folder}, [&] {
        system_files().sync_folder(folder);
        return SQLITE_OK;
    });
}

// As if the time had passed, where the hook refuses.
int sleep_hooked(sqlite3_vfs*, int microseconds) {
    const int result = watched("sleep", {}, [&] {
        hooks().real->xSleep(hooks().real, microseconds);
        return SQLITE_OK;
    });
    static_cast<void>(result);
    return microseconds;
}

} // namespace

void hook_sqlite(SqliteHook before, SqliteHook after) {
    unhook_sqlite();
    hooks().before = std::move(before);
    hooks().after = std::move(after);
    hooks().real = sqlite3_vfs_find(nullptr);
    static sqlite3_vfs vfs = *hooks().real;
    vfs.zName = "hooked";
    vfs.szOsFile = static_cast<int>(sizeof(HookedFile)) + hooks().real->szOsFile;
    vfs.xOpen = &open_hooked;
    vfs.xDelete = &delete_hooked;
    vfs.xAccess = &access_hooked;
    vfs.xSleep = &sleep_hooked;
    sqlite3_vfs_register(&vfs, 1);
}

void unhook_sqlite() {
    if (hooks().real) sqlite3_vfs_register(hooks().real, 1);
}

bool changes_file(const SeamCall& call) {
    return call.name == "create" || call.name == "write" || call.name == "sync" || call.name == "truncate" ||
           call.name == "delete" || call.name == "sync_folder";
}

} // namespace lockstep
