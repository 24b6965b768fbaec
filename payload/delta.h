// A new file made from an installed one: copy bytes of the old file, changing a few of them, and insert
// others. payload/FORMAT.md holds the bytes.
//
// The deltas of a revision are compressed in frames, many files in one, against the old files that they are
// for: what is inserted into one file is often like another file, or like another place of the old one.
#pragma once

#include "payload/bundle.h"

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace lockstep {

// Of one frame, in bytes. Whoever unpacks it holds its content, what it takes in the payload, and its
// reference at once: 16 MiB at most.
constexpr std::uint64_t delta_content_limit = 4u << 20;
constexpr std::uint64_t delta_reference_limit = 8u << 20;

// What makes a part of a new file, by kinds of bytes: each kind compresses best beside its like.
struct Instructions {
    std::string_view control; // numbers, for each step: how far to go on in the old file (backwards where it
                              // is odd), how much to copy from there, how much to insert after it
    std::string_view places;  // numbers, over all that is copied: so many bytes alike, so many different, …
    std::string_view values;  // what is added (modulo 256) to each byte that is different
    std::string_view inserted;
};

// A number in groups of 7 bits, the least significant first; the highest bit says that another follows.
void append_number(std::string& bytes, std::uint64_t number);
// Takes one from the front. Throws Error (not_trusted) where there is none, or one beyond 63 bits.
std::uint64_t take_number(std::string_view& bytes, const std::string& subject);

// Hands the part of the new file to `sink`, holding little of it at once. Throws Error (not_trusted) where
// the instructions don't fit the old file or each other.
void follow(const Instructions& instructions, const ByteSource& source, const std::string& subject,
            const ByteSink& sink);

// The content of a frame from the instructions of its parts, and back; the views are into `content`.
std::string joined_instructions(const std::vector<Instructions>& parts);
std::vector<Instructions> split_instructions(std::string_view content, std::size_t parts,
                                             const std::string& subject);

// A zstd frame of `content` against `reference`: the same bytes for the same arguments.
std::string compressed_against(std::string_view content, std::string_view reference, int level);

// What the deltas make where the old files with a hash in `present` are at hand: the hash of each new
// content, and that of the old file it is made from.
using DeltaPairs = std::map<std::string, std::string>;
DeltaPairs usable_deltas(const Manifest& manifest, const std::set<std::string>& present);
// The contents of the target's files that travel whole: all of them where the manifest says so, else those
// that some revision has neither as a file nor as a delta.
std::set<std::string> whole_contents(const Manifest& manifest);

// Makes the wanted ones of usable_deltas(), in the order of the frames. `source` opens the old file of a
// hash; `open` and `close` as for unpack_blobs. Throws Error (not_trusted) for a wrong piece, a broken delta,
// or a result with a wrong hash, and internal_error where an old file changed.
void unpack_deltas(const VerifiedBundle& bundle, const DeltaPairs& wanted,
                   const std::function<std::unique_ptr<ByteSource>(const std::string& sha256)>& source,
                   const std::function<ByteSink(const std::string& sha256)>& open,
                   const std::function<void(const std::string& sha256)>& close);

} // namespace lockstep
