// Words that stand in the bytes of every update executable, and of no other program: `lockstep wrap` takes
// only a file that has them for a stub.
#pragma once

namespace lockstep {

inline void keep_executable_mark() {
    static constexpr char mark[] = "Lockstep update executable, engine " LOCKSTEP_ENGINE_VERSION;
    [[maybe_unused]] const char* const volatile used = mark; // what nothing uses, the linker leaves out
}

} // namespace lockstep
