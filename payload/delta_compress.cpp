#include "payload/delta.h"
#include "payload/error.h"

#include <memory>
#include <zstd.h>

namespace lockstep {
namespace {

// log2 of 16 MiB, which holds a reference and the content after it.
constexpr int window = 24;
static_assert(delta_reference_limit + delta_content_limit <= std::uint64_t{1} << window);

std::size_t must(std::size_t result) {
    if (ZSTD_isError(result) == 0) return result;
    throw Error(Code::internal_error, "compress", "a delta", ZSTD_getErrorName(result));
}

} // namespace

std::string compressed_against(std::string_view content, std::string_view reference, int level) {
    const std::unique_ptr<ZSTD_CCtx, std::size_t (*)(ZSTD_CCtx*)> context(ZSTD_createCCtx(), &ZSTD_freeCCtx);
    if (!context) throw Error(Code::internal_error, "compress", "a delta", "out of memory");
    must(ZSTD_CCtx_setParameter(context.get(), ZSTD_c_compressionLevel, level));
    must(ZSTD_CCtx_setParameter(context.get(), ZSTD_c_windowLog, window));
    must(ZSTD_CCtx_setParameter(context.get(), ZSTD_c_enableLongDistanceMatching, 1));
    must(ZSTD_CCtx_refPrefix(context.get(), reference.data(), reference.size()));
    std::string frame(ZSTD_compressBound(content.size()), '\0');
    frame.resize(
        must(ZSTD_compress2(context.get(), frame.data(), frame.size(), content.data(), content.size())));
    return frame;
}

} // namespace lockstep
