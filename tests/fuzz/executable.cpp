// Finding the bundle in an update executable, whatever the executable is: as it stands, and with keys and a
// bundle appended to it.
#include "tests/fuzz/fuzz.h"

int lockstep::LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const PrivateKey key = PrivateKey::generate();
    static const std::string bundle = seed_bundle(key).bundle;
    const std::string stub = text_from(data, size);
    accepted([&] { find_bundle(TextSource(stub), "x"); });
    if (stub.empty() || stub.starts_with("LOCKSTEP-BUNDLE\n"))
        return 0; // that is a bundle, not an executable
    const std::string wrapped = stub + carried_keys({key.public_key()}, 1, stub.size()) + bundle;
    const auto extent = find_bundle(TextSource(wrapped), "x");
    require(extent && extent->stub_size == stub.size() && extent->size == bundle.size());
    require(extent->carried_keys.size() == 1 && extent->carried_keys[0] == key.public_key());
    return 0;
}
