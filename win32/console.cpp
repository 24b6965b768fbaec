#include "win32/console.h"

#include "win32/system_error.h"

#include <cstdio>
#include <fcntl.h>
#include <io.h>

namespace lockstep {
namespace {

// Null where whoever started this gave it nothing to print to.
bool is_given(DWORD which) {
    HANDLE const handle = ::GetStdHandle(which);
    return handle && handle != INVALID_HANDLE_VALUE && ::GetFileType(handle) != FILE_TYPE_UNKNOWN;
}

} // namespace

bool print_where_it_was_started() {
    const bool out = is_given(STD_OUTPUT_HANDLE);
    const bool err = is_given(STD_ERROR_HANDLE);
    const bool console = (!out || !err) && ::AttachConsole(ATTACH_PARENT_PROCESS) != 0;
    if (console) {
        if (!out) static_cast<void>(!std::freopen("CONOUT$", "w", stdout));
        if (!err) static_cast<void>(!std::freopen("CONOUT$", "w", stderr));
    }
    ::SetConsoleOutputCP(CP_UTF8); // where there is a console
    // One line feed is one byte, as in the files that others read.
    ::_setmode(::_fileno(stdout), _O_BINARY);
    ::_setmode(::_fileno(stderr), _O_BINARY);
    return out || err || console;
}

} // namespace lockstep
