#include "payload/executable_end.h"

#include <optional>
#include <string>

namespace lockstep {
namespace {

// https://learn.microsoft.com/windows/win32/debug/pe-format
constexpr std::uint64_t dos_header_size = 64;
constexpr std::uint64_t pe_offset_at = 0x3c;
constexpr std::uint64_t file_header_size = 24;    // the signature PE\0\0 and the COFF header
constexpr std::uint64_t directories_of_pe32 = 96; // in the optional header
constexpr std::uint64_t directories_of_pe64 = 112;
constexpr std::uint64_t certificate_table = 4; // its number among the directories
constexpr std::uint64_t directory_size = 8;
constexpr unsigned magic_of_pe32 = 0x10b;
constexpr unsigned magic_of_pe64 = 0x20b;
constexpr std::uint64_t alignment = 8; // of the certificate table

// Reads little-endian numbers, and nothing past the end.
class Numbers {
  public:
    explicit Numbers(const ByteSource& file) : file_(file) {}

    std::optional<std::uint64_t> at(std::uint64_t offset, std::uint64_t bytes) const {
        if (offset > file_.size() || file_.size() - offset < bytes) return std::nullopt;
        std::string text(bytes, '\0');
        file_.read(offset, std::as_writable_bytes(std::span(text)));
        std::uint64_t number = 0;
        for (std::size_t i = text.size(); i > 0; --i)
            number = number << 8 | static_cast<unsigned char>(text[i - 1]);
        return number;
    }

  private:
    const ByteSource& file_;
};

std::optional<std::uint64_t> directories_of(const Numbers& numbers, std::uint64_t optional_header) {
    const auto magic = numbers.at(optional_header, 2);
    if (magic == magic_of_pe32) return optional_header + directories_of_pe32;
    if (magic == magic_of_pe64) return optional_header + directories_of_pe64;
    return std::nullopt;
}

// Where the certificate table begins that ends with the file.
std::optional<std::uint64_t> certificates_at_end(const ByteSource& file) {
    const Numbers numbers(file);
    if (file.size() < dos_header_size || numbers.at(0, 2) != 0x5a4d) return std::nullopt; // MZ
    const std::uint64_t pe = numbers.at(pe_offset_at, 4).value_or(0);
    if (numbers.at(pe, 4) != 0x4550) return std::nullopt; // PE\0\0
    const auto directories = directories_of(numbers, pe + file_header_size);
    if (!directories || numbers.at(*directories - 4, 4).value_or(0) <= certificate_table) return std::nullopt;
    const std::uint64_t entry = *directories + certificate_table * directory_size;
    const std::uint64_t begin = numbers.at(entry, 4).value_or(0); // in the file, not in memory
    const std::uint64_t size = numbers.at(entry + 4, 4).value_or(0);
    if (begin == 0 || size == 0 || begin + size != file.size()) return std::nullopt;
    return begin;
}

bool ends_with(const ByteSource& file, std::uint64_t end, std::string_view ending) {
    if (end < ending.size()) return false;
    std::string text(ending.size(), '\0');
    file.read(end - ending.size(), std::as_writable_bytes(std::span(text)));
    return text == ending;
}

} // namespace

std::uint64_t executable_end(const ByteSource& file, std::string_view ending) {
    const auto begin = certificates_at_end(file);
    if (!begin) return file.size();
    for (std::uint64_t filled = 0; filled < alignment && filled <= *begin; ++filled) {
        if (ends_with(file, *begin - filled, ending)) return *begin - filled;
        if (!ends_with(file, *begin - filled, std::string_view("\0", 1))) break;
    }
    return *begin;
}

} // namespace lockstep
