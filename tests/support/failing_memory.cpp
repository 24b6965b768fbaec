#include "tests/support/failing_memory.h"

#include <sqlite3.h>
#include <stdexcept>

namespace lockstep {
namespace {

struct Memory {
    sqlite3_mem_methods real{};
    int count = 0;
    int failing = 0;
    bool lasting = false;
    std::function<void()> reached;
};

Memory& memory() {
    static Memory all;
    return all;
}

bool fails_now() {
    const int number = ++memory().count;
    if (number == memory().failing) memory().reached();
    return number == memory().failing || (memory().lasting && number > memory().failing);
}

} // namespace

void fail_sqlite_memory(int number, bool lasting, std::function<void()> reached) {
    sqlite3_shutdown();
    memory().failing = number;
    memory().lasting = lasting;
    memory().reached = std::move(reached);
    sqlite3_config(SQLITE_CONFIG_GETMALLOC, &memory().real);
    sqlite3_mem_methods watched = memory().real;
    watched.xMalloc = [](int size) { return fails_now() ? nullptr : memory().real.xMalloc(size); };
    watched.xRealloc = [](void* old, int size) {
        return fails_now() ? nullptr : memory().real.xRealloc(old, size);
    };
    // Without the small pieces that each connection keeps ready, so that they can fail as well.
    if (sqlite3_config(SQLITE_CONFIG_MALLOC, &watched) != SQLITE_OK ||
        sqlite3_config(SQLITE_CONFIG_LOOKASIDE, 0, 0) != SQLITE_OK)
        throw std::runtime_error("SQLite keeps its own memory");
}

} // namespace lockstep
