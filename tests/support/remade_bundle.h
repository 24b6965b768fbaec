// A real bundle taken apart, so that a test can change a part and sign the whole again: what a release
// manager with evil intentions, or the thief of a key, could give out.
#pragma once

#include "payload/bundle.h"
#include "tests/support/workshop.h"

#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

struct ZSTD_CCtx_s; // zstd.h

namespace lockstep {

struct BundleParts {
    std::string manifest;
    Signatures signatures;
    std::string payload;

    explicit BundleParts(const std::string& bundle_file);

    // The manifest, changed as JSON: also into what no writer of ours would write.
    BundleParts& change(const std::function<void(nlohmann::json&)>& change);
    // Another payload, which the manifest then names.
    BundleParts& put_payload(const std::string& bytes);
    BundleParts& sign(const std::vector<PrivateKey>& keys);

    std::string bytes() const; // the bundle; its signatures are as they were where nobody signed again
};

// The private key that keygen made under this name.
PrivateKey private_key(const Workshop& workshop, const std::string& name);

// Signed by "key" of the workshop, written to the file NAME there; returns its path.
std::string signed_again(const Workshop& workshop, const std::string& name, BundleParts parts);

// One zstd frame, put together piece by piece: what it expands to needn't be in memory.
class ZstdFrameWriter {
  public:
    explicit ZstdFrameWriter(int window_log = 0); // 0: what zstd chooses
    ZstdFrameWriter& add(const std::string& bytes);
    ZstdFrameWriter& add_zeros(std::uint64_t count);
    std::string finish(); // to be called last

  private:
    std::unique_ptr<ZSTD_CCtx_s, std::size_t (*)(ZSTD_CCtx_s*)> context_;
    std::string frame_;
};
inline std::string zstd_frame(const std::string& bytes, int window_log = 0) {
    return ZstdFrameWriter(window_log).add(bytes).finish();
}
// The payload archive, without its compression.
std::string unpacked_tar(const BundleParts& parts);

} // namespace lockstep
