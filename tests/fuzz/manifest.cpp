// The manifest parser: what it takes, it gives back.
#include "tests/fuzz/fuzz.h"

int lockstep::LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string json = text_from(data, size);
    Manifest manifest;
    if (accepted([&] { manifest = parse_manifest(json); }))
        require(parse_manifest(write_manifest(manifest)) == manifest);
    return 0;
}
