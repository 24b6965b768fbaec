#include "payload/manifest_pack.h"

#include "payload/error.h"
#include "payload/manifest.h"

#include <zstd.h>

namespace lockstep {
namespace {

constexpr int level = 19;

[[noreturn]] void refuse(const std::string& why) {
    throw Error(Code::not_trusted, "read", "the manifest", why);
}

} // namespace

std::string packed_manifest(std::string_view json) {
    std::string packed(ZSTD_compressBound(json.size()), '\0');
    const std::size_t size = ZSTD_compress(packed.data(), packed.size(), json.data(), json.size(), level);
    if (ZSTD_isError(size) != 0)
        throw Error(Code::internal_error, "write", "the manifest", ZSTD_getErrorName(size));
    packed.resize(size);
    return packed;
}

std::string unpacked_manifest(std::string_view packed) {
    const unsigned long long size = ZSTD_getFrameContentSize(packed.data(), packed.size());
    if (size == ZSTD_CONTENTSIZE_UNKNOWN || size == ZSTD_CONTENTSIZE_ERROR)
        refuse("it isn't a zstd frame that names its size");
    if (size > manifest_limit) refuse("it is larger than 32 MiB");
    std::string json(static_cast<std::size_t>(size), '\0');
    const std::size_t unpacked = ZSTD_decompress(json.data(), json.size(), packed.data(), packed.size());
    if (ZSTD_isError(unpacked) != 0) refuse(std::string("it is damaged: ") + ZSTD_getErrorName(unpacked));
    if (unpacked != json.size()) refuse("it was cut off");
    return json;
}

} // namespace lockstep
