#include "win32/system_library.h"

#include <array>
#include <string>

namespace lockstep {

SystemLibrary::SystemLibrary(const wchar_t* name) {
    std::array<wchar_t, MAX_PATH> folder{};
    const UINT size = ::GetSystemDirectoryW(folder.data(), static_cast<UINT>(folder.size()));
    if (size == 0 || size >= folder.size()) return;
    module_ = ::LoadLibraryW((std::wstring(folder.data(), size) + L"\\" + name).c_str());
}

SystemLibrary::~SystemLibrary() {
    if (module_) ::FreeLibrary(module_);
}

FARPROC SystemLibrary::address(const char* name) const {
    return module_ ? ::GetProcAddress(module_, name) : nullptr;
}

} // namespace lockstep
