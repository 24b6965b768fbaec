// What all fuzz targets share: an Error is an answer; any other exception, and any fault, is a find.
#pragma once

#include "payload/bundle.h"
#include "payload/error.h"

#include <cstdint>
#include <cstdlib>
#include <string>

namespace lockstep {

// libFuzzer's entry point, in each target: https://llvm.org/docs/LibFuzzer.html
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

inline std::string text_from(const std::uint8_t* data, std::size_t size) {
    return {reinterpret_cast<const char*>(data), size};
}

// False where it was refused.
template <typename Call> bool accepted(Call call) {
    try {
        call();
        return true;
    } catch (const Error&) {
        return false;
    }
}

// A promise that holds for every input.
inline void require(bool holds) {
    if (!holds) std::abort();
}

// A small whole bundle, signed by `key`.
struct SeedBundle {
    std::string manifest;
    std::string signatures;
    std::string payload;
    std::string bundle;
    std::string trust_document; // signed, as a file
};
SeedBundle seed_bundle(const PrivateKey& key);

} // namespace lockstep
