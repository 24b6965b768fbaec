// Bytes from and to somewhere. The payload room opens no files: whoever calls it hands it one of these, so
// that every file is opened through the platform seam (updater/file_system.h).
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>

namespace lockstep {

using Bytes = std::span<const std::byte>;

inline Bytes bytes_of(std::string_view text) {
    return std::as_bytes(std::span(text.data(), text.size()));
}
inline std::string_view text_of(Bytes bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// Something that can be read at any place, and may change between two reads.
class ByteSource {
  public:
    virtual ~ByteSource() = default;
    virtual std::uint64_t size() const = 0;
    // Fills all of `out` from `offset`, or throws Error.
    virtual void read(std::uint64_t offset, std::span<std::byte> out) const = 0;
};

// Called with consecutive pieces; throws Error where they can't be taken.
using ByteSink = std::function<void(Bytes)>;

// Reads [offset, offset + size) in pieces of at most 1 MiB.
void copy_bytes(const ByteSource& source, std::uint64_t offset, std::uint64_t size, const ByteSink& sink);

// A source over text in memory, which must outlive it.
class TextSource : public ByteSource {
  public:
    explicit TextSource(std::string_view text) : text_(text) {}
    std::uint64_t size() const override { return text_.size(); }
    void read(std::uint64_t offset, std::span<std::byte> out) const override;

  private:
    std::string_view text_;
};

} // namespace lockstep
