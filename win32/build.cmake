# The Windows half of the build.
#
# The static libraries of packaging/deps/build, which CMake runs when it configures: from its cache, or minutes of
# building. Each is named as CMake's own search on Debian names it.
execute_process(COMMAND ${CMAKE_SOURCE_DIR}/packaging/deps/build ${LOCKSTEP_TARGET} OUTPUT_VARIABLE LOCKSTEP_DEPS
                OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
link_directories(${LOCKSTEP_DEPS}/lib)
include_directories(SYSTEM ${LOCKSTEP_DEPS}/include)
add_library(nlohmann_json::nlohmann_json INTERFACE IMPORTED)
add_library(CLI11::CLI11 INTERFACE IMPORTED)

add_compile_definitions(_WIN32_WINNT=0x0601 UNICODE _UNICODE UTF8PROC_STATIC LIBARCHIVE_STATIC) # Windows 7
add_compile_options(-ffunction-sections -fdata-sections)
add_link_options(-static -Wl,--gc-sections -s)

include_directories(${CMAKE_SOURCE_DIR})
add_subdirectory(payload)
add_subdirectory(payload/example)
add_subdirectory(updater)
add_subdirectory(win32)
