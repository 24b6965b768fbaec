#include "payload/bytes.h"

#include "payload/error.h"

#include <algorithm>
#include <cstring>
#include <vector>

namespace lockstep {

void copy_bytes(const ByteSource& source, std::uint64_t offset, std::uint64_t size, const ByteSink& sink) {
    constexpr std::uint64_t piece = 1 << 20;
    std::vector<std::byte> buffer(static_cast<std::size_t>(std::min(size, piece)));
    while (size > 0) {
        const auto count = static_cast<std::size_t>(std::min(size, piece));
        const std::span<std::byte> part(buffer.data(), count);
        source.read(offset, part);
        sink(part);
        offset += count;
        size -= count;
    }
}

void TextSource::read(std::uint64_t offset, std::span<std::byte> out) const {
    if (offset > text_.size() || out.size() > text_.size() - offset)
        throw Error(Code::internal_error, "read", "text in memory", "past its end");
    std::memcpy(out.data(), text_.data() + offset, out.size());
}

} // namespace lockstep
