#include "payload/zstd_frame.h"

#include "payload/error.h"

#include <zstd.h>

namespace lockstep {
namespace {

constexpr int largest_window = 23; // log2 of 8 MiB: what zstd's level 19 uses

[[noreturn]] void refuse(const std::string& subject, const std::string& why) {
    throw Error(Code::not_trusted, "unpack", subject, "its payload " + why);
}

} // namespace

struct ZstdFrame::Context {
    std::unique_ptr<ZSTD_DCtx, std::size_t (*)(ZSTD_DCtx*)> handle{ZSTD_createDCtx(), &ZSTD_freeDCtx};
};

ZstdFrame::ZstdFrame(std::function<Bytes()> compressed, std::string subject)
    : compressed_(std::move(compressed)), subject_(std::move(subject)), context_(std::make_unique<Context>()),
      output_(ZSTD_DStreamOutSize()) {
    if (!context_->handle || ZSTD_isError(ZSTD_DCtx_setParameter(context_->handle.get(), ZSTD_d_windowLogMax,
                                                                 largest_window)) != 0)
        throw Error(Code::internal_error, "unpack", subject_, "libzstd refused");
}

ZstdFrame::~ZstdFrame() = default;

bool ZstdFrame::has_input() {
    if (input_.empty()) input_ = compressed_();
    return !input_.empty();
}

Bytes ZstdFrame::next() {
    ZSTD_outBuffer out{output_.data(), output_.size(), 0};
    while (out.pos == 0 && !ended_) {
        if (!has_input()) refuse(subject_, "was cut off");
        ZSTD_inBuffer in{input_.data(), input_.size(), 0};
        const std::size_t left = ZSTD_decompressStream(context_->handle.get(), &out, &in);
        if (ZSTD_isError(left) != 0) refuse(subject_, std::string("is damaged: ") + ZSTD_getErrorName(left));
        input_ = input_.subspan(in.pos);
        ended_ = left == 0;
        if (ended_ && has_input()) refuse(subject_, "goes on after its end");
    }
    return {output_.data(), out.pos};
}

} // namespace lockstep
