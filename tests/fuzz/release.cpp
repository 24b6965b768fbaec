// release.toml.
#include "packaging/release.h"
#include "tests/fuzz/fuzz.h"

int lockstep::LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    accepted([&] { parse_release(text_from(data, size), "release.toml"); });
    return 0;
}
