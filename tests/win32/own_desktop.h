// A desktop of one test's own: Wine shows its windows on the display that the environment names, whatever
// display the other desktops began with.
#pragma once

#include "win32/system_error.h"

#include <cstdlib>
#include <string>

namespace lockstep {

// Named by whoever starts the test; tests/support/windows_screen.cpp.
inline std::wstring own_desktop() {
    const wchar_t* const name = ::_wgetenv(L"LOCKSTEP_DESKTOP");
    return name ? name : L"lockstep";
}

// For this thread's windows, before it has any.
inline void enter_own_desktop() {
    HDESK const desktop = ::CreateDesktopW(own_desktop().c_str(), nullptr, nullptr, 0, GENERIC_ALL, nullptr);
    if (!desktop || ::SetThreadDesktop(desktop) == 0) throw last_error("enter", "the desktop");
}

} // namespace lockstep
