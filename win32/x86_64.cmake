# The toolchain file of the 64-bit Windows executables: Debian's mingw-w64, with libstdc++'s own threads.
set(CMAKE_SYSTEM_NAME Windows)
set(CMAKE_SYSTEM_PROCESSOR x86_64)
set(LOCKSTEP_TARGET x86_64-w64-mingw32)
set(CMAKE_C_COMPILER ${LOCKSTEP_TARGET}-gcc-posix)
set(CMAKE_CXX_COMPILER ${LOCKSTEP_TARGET}-g++-posix)
set(CMAKE_RC_COMPILER ${LOCKSTEP_TARGET}-windres)
# Nothing of the machine's own libraries and headers: those of packaging/deps/build stand in their place.
set(CMAKE_FIND_ROOT_PATH /usr/${LOCKSTEP_TARGET})
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
