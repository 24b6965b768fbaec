// The bundle reader, as far as it gets before anyone is trusted.
#include "tests/fuzz/fuzz.h"

int lockstep::LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const Trust trust{{}, 1, 1, {PrivateKey::generate().public_key()}};
    const std::string bytes = text_from(data, size);
    const bool trusted = accepted([&] {
        const TextSource file(bytes);
        const auto extent = find_bundle(file, "x");
        if (!extent) throw Error(Code::not_trusted, "read", "x", "no bundle");
        require(extent->offset + extent->size == bytes.size());
        verify_bundle(file, *extent, trust, "x");
    });
    require(!trusted); // nobody but this process knows the key
    return 0;
}
