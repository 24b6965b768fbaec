// A DLL of Windows that isn't among its "known" ones, which are never looked for beside the executable:
// loaded by its full path in System32, at the time it is needed.
#pragma once

#include "win32/system_error.h"

namespace lockstep {

class SystemLibrary {
  public:
    explicit SystemLibrary(const wchar_t* name); // "rstrtmgr.dll"
    ~SystemLibrary();
    SystemLibrary(const SystemLibrary&) = delete;
    SystemLibrary& operator=(const SystemLibrary&) = delete;

    // Null where this Windows has no such function.
    template <typename Function> Function* function(const char* name) const {
        return reinterpret_cast<Function*>(reinterpret_cast<void*>(address(name)));
    }

  private:
    FARPROC address(const char* name) const;
    HMODULE module_ = nullptr;
};

} // namespace lockstep
