// The instructions of deltas: reading, joining and following them.
#include "payload/delta.h"

#include "payload/error.h"

#include <algorithm>
#include <array>

namespace lockstep {
namespace {

[[noreturn]] void refuse(const std::string& subject, const std::string& why) {
    throw Error(Code::not_trusted, "unpack", subject, "a delta in its payload " + why);
}

// Takes [0, size) from the front.
std::string_view take(std::string_view& bytes, std::uint64_t size, const std::string& subject) {
    if (size > bytes.size()) refuse(subject, "was cut off");
    const std::string_view taken = bytes.substr(0, static_cast<std::size_t>(size));
    bytes.remove_prefix(taken.size());
    return taken;
}

// What is added to the bytes that are copied, across the steps.
class Changes {
  public:
    Changes(const Instructions& instructions, const std::string& subject)
        : places_(instructions.places), values_(instructions.values), subject_(subject) {}

    void apply(std::span<std::byte> copied) {
        while (!copied.empty()) {
            if (alike_ == 0 && different_ == 0) next();
            const std::size_t passed = bounded(alike_, copied.size());
            alike_ -= passed;
            copied = copied.subspan(passed);
            const std::size_t changed = bounded(different_, copied.size());
            const std::string_view added = take(values_, changed, subject_);
            for (std::size_t i = 0; i < changed; ++i)
                copied[i] = static_cast<std::byte>(static_cast<unsigned char>(copied[i]) +
                                                   static_cast<unsigned char>(added[i]));
            different_ -= changed;
            copied = copied.subspan(changed);
        }
    }

    bool done() const { return places_.empty() && values_.empty() && different_ == 0; }

  private:
    static std::size_t bounded(std::uint64_t count, std::size_t room) {
        return static_cast<std::size_t>(std::min<std::uint64_t>(count, room));
    }
    // After the last of them all is alike.
    void next() {
        alike_ = places_.empty() ? ~std::uint64_t{0} : take_number(places_, subject_);
        different_ = places_.empty() ? 0 : take_number(places_, subject_);
    }

    std::string_view places_;
    std::string_view values_;
    const std::string& subject_;
    std::uint64_t alike_ = 0;
    std::uint64_t different_ = 0;
};

// [place, place + size) of the old file, changed.
void copy(const ByteSource& source, std::uint64_t place, std::uint64_t size, Changes& changes,
          const std::string& subject, const ByteSink& sink) {
    if (place > source.size() || size > source.size() - place)
        refuse(subject, "copies past the old file's end");
    std::array<std::byte, std::size_t{64} << 10> buffer;
    while (size > 0) {
        const std::span<std::byte> piece(
            buffer.data(), static_cast<std::size_t>(std::min<std::uint64_t>(size, buffer.size())));
        source.read(place, piece);
        changes.apply(piece);
        sink(piece);
        place += piece.size();
        size -= piece.size();
    }
}

} // namespace

void append_number(std::string& bytes, std::uint64_t number) {
    for (; number >= 0x80; number >>= 7) bytes += static_cast<char>((number & 0x7f) | 0x80);
    bytes += static_cast<char>(number);
}

std::uint64_t take_number(std::string_view& bytes, const std::string& subject) {
    std::uint64_t number = 0;
    for (int shift = 0; shift < 63; shift += 7) { // nine groups: no size is beyond 2^63
        const auto group = static_cast<unsigned char>(take(bytes, 1, subject).front());
        number |= static_cast<std::uint64_t>(group & 0x7f) << shift;
        if ((group & 0x80) == 0) return number;
    }
    refuse(subject, "has a number beyond 63 bits");
}

void follow(const Instructions& instructions, const ByteSource& source, const std::string& subject,
            const ByteSink& sink) {
    Changes changes(instructions, subject);
    std::string_view control = instructions.control;
    std::string_view inserted = instructions.inserted;
    std::uint64_t place = 0;
    while (!control.empty()) {
        const std::uint64_t move = take_number(control, subject);
        place += (move & 1) != 0 ? ~(move >> 1) : move >> 1; // modulo 2^64: copy() judges it
        const std::uint64_t copied = take_number(control, subject);
        copy(source, place, copied, changes, subject, sink);
        place += copied;
        const std::string_view added = take(inserted, take_number(control, subject), subject);
        if (copied == 0 && added.empty()) refuse(subject, "has a step that does nothing");
        sink(bytes_of(added));
    }
    if (!changes.done() || !inserted.empty()) refuse(subject, "has bytes that belong nowhere");
}

std::string joined_instructions(const std::vector<Instructions>& parts) {
    constexpr std::array kinds{&Instructions::control, &Instructions::places, &Instructions::values,
                               &Instructions::inserted};
    std::string content;
    for (const Instructions& part : parts)
        for (const auto kind : kinds) append_number(content, (part.*kind).size());
    for (const auto kind : kinds)
        for (const Instructions& part : parts) content += part.*kind;
    return content;
}

std::vector<Instructions> split_instructions(std::string_view content, std::size_t parts,
                                             const std::string& subject) {
    constexpr std::array kinds{&Instructions::control, &Instructions::places, &Instructions::values,
                               &Instructions::inserted};
    std::vector<std::array<std::uint64_t, kinds.size()>> sizes(parts);
    for (auto& part : sizes)
        for (std::uint64_t& size : part) size = take_number(content, subject);
    std::vector<Instructions> all(parts);
    for (std::size_t kind = 0; kind < kinds.size(); ++kind)
        for (std::size_t part = 0; part < parts; ++part)
            all[part].*kinds[kind] = take(content, sizes[part][kind], subject);
    if (!content.empty()) refuse(subject, "has bytes that belong nowhere");
    return all;
}

} // namespace lockstep
