// A DLL that somebody put beside update.exe: it leaves a file where it is loaded.
#include "win32/system_error.h"

extern "C" BOOL WINAPI DllMain(HINSTANCE /*self*/, DWORD reason, LPVOID /*reserved*/) {
    if (reason == DLL_PROCESS_ATTACH)
        CloseHandle(CreateFileW(L"planted-was-loaded", GENERIC_WRITE, 0, nullptr, CREATE_ALWAYS, 0, nullptr));
    return TRUE;
}
