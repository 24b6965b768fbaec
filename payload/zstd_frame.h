// The payload's compression, undone: one zstd frame, whose window is at most 8 MiB (payload/FORMAT.md).
// libarchive would take a window of 128 MiB, and any number of frames.
#pragma once

#include "payload/bytes.h"

#include <memory>
#include <string>
#include <vector>

namespace lockstep {

class ZstdFrame {
  public:
    // `compressed` gives the next bytes of the frame, nothing at their end.
    ZstdFrame(std::function<Bytes()> compressed, std::string subject);
    ~ZstdFrame();
    ZstdFrame(const ZstdFrame&) = delete;
    ZstdFrame& operator=(const ZstdFrame&) = delete;

    // The next bytes of the content, which hold until the next call; nothing at its end. Throws Error
    // (not_trusted) where the frame is damaged, cut off, followed by anything, or asks for a larger window.
    Bytes next();

  private:
    struct Context;
    bool has_input(); // asks for more where there is none left

    std::function<Bytes()> compressed_;
    std::string subject_;
    std::unique_ptr<Context> context_;
    Bytes input_;
    std::vector<std::byte> output_;
    bool ended_ = false;
};

} // namespace lockstep
