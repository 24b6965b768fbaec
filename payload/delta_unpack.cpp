// From the deltas of a bundle to new files.
#include "payload/delta.h"

#include "payload/digest.h"
#include "payload/error.h"
#include "payload/verified_pieces.h"

#include <algorithm>
#include <iterator>
#include <zstd.h>

namespace lockstep {
namespace {

using Decompression = std::unique_ptr<ZSTD_DCtx, std::size_t (*)(ZSTD_DCtx*)>;

[[noreturn]] void refuse(const VerifiedBundle& bundle, const std::string& why) {
    throw Error(Code::not_trusted, "unpack", bundle.subject, why);
}

// Into memory of the size that the manifest names, and no more.
std::string unpacked(const VerifiedBundle& bundle, const DeltaFrame& frame, std::string_view reference) {
    const std::string compressed = read_verified(bundle, frame.offset, frame.size);
    std::string content(static_cast<std::size_t>(frame.content), '\0');
    const Decompression context(ZSTD_createDCtx(), &ZSTD_freeDCtx);
    if (!context || ZSTD_isError(ZSTD_DCtx_refPrefix(context.get(), reference.data(), reference.size())) != 0)
        throw Error(Code::internal_error, "unpack", bundle.subject, "libzstd refused");
    const std::size_t size = ZSTD_decompressDCtx(context.get(), content.data(), content.size(),
                                                 compressed.data(), compressed.size());
    if (ZSTD_isError(size) != 0)
        refuse(bundle,
               std::string("a frame of deltas in its payload is damaged: ") + ZSTD_getErrorName(size));
    if (size != content.size()) refuse(bundle, "a frame of deltas in its payload was cut off");
    return content;
}

const FileEntry& source_of(const Manifest& manifest, const DeltaFrame& frame, const DeltaPart& part) {
    return manifest.from[frame.from].files[part.source];
}
const FileEntry& target_of(const Manifest& manifest, const DeltaPart& part) {
    return manifest.target.files[part.target];
}

bool has_sources(const Manifest& manifest, const DeltaFrame& frame, const std::set<std::string>& present) {
    return std::ranges::all_of(frame.parts, [&](const DeltaPart& part) {
        return present.contains(source_of(manifest, frame, part).sha256);
    });
}

std::set<std::string> contents_of(const Revision& revision) {
    std::set<std::string> contents;
    for (const FileEntry& file : revision.files) contents.insert(file.sha256);
    return contents;
}

class Making {
  public:
    using Source = std::function<std::unique_ptr<ByteSource>(const std::string&)>;
    using Open = std::function<ByteSink(const std::string&)>;
    using Close = std::function<void(const std::string&)>;

    Making(const VerifiedBundle& bundle, const DeltaPairs& wanted, const Source& source, const Open& open,
           const Close& close)
        : bundle_(bundle), missing_(wanted), source_(source), open_(open), close_(close) {}

    void run(const DeltaFrame& frame) {
        const auto is_wanted = [&](const DeltaPart& part) { return wants(frame, part); };
        if (std::ranges::none_of(frame.parts, is_wanted)) return;
        const std::string content = unpacked(bundle_, frame, reference_of(frame));
        const auto parts = split_instructions(content, frame.parts.size(), bundle_.subject);
        for (std::size_t i = 0; i < parts.size(); ++i)
            if (is_wanted(frame.parts[i]))
                make(parts[i], source_of(bundle_.manifest, frame, frame.parts[i]),
                     target_of(bundle_.manifest, frame.parts[i]));
    }

    void finish() const {
        if (!missing_.empty())
            refuse(bundle_, "the deltas in its payload don't make " + std::to_string(missing_.size()) +
                                " of the files that it needs");
    }

  private:
    bool wants(const DeltaFrame& frame, const DeltaPart& part) const {
        const auto found = missing_.find(target_of(bundle_.manifest, part).sha256);
        return found != missing_.end() && found->second == source_of(bundle_.manifest, frame, part).sha256;
    }

    std::string reference_of(const DeltaFrame& frame) const {
        std::string reference;
        reference.reserve(delta_reference_limit);
        for (const DeltaPart& part : frame.parts) {
            const FileEntry& entry = source_of(bundle_.manifest, frame, part);
            const auto file = source_(entry.sha256);
            if (file->size() != entry.size) throw changed(entry);
            const std::size_t place = reference.size();
            reference.resize(place + static_cast<std::size_t>(part.size));
            file->read(part.offset, std::as_writable_bytes(std::span(reference).subspan(place)));
        }
        return reference;
    }

    void make(const Instructions& part, const FileEntry& source, const FileEntry& target) {
        begin_or_go_on(target);
        follow(part, *source_(source.sha256), bundle_.subject, [&](Bytes bytes) {
            if (bytes.size() > target.size - made_)
                refuse(bundle_, "a delta in its payload makes more than " + target.path + " has");
            made_ += bytes.size();
            digest_.update(bytes);
            sink_(bytes);
        });
        if (made_ < target.size) return;
        target_ = nullptr;
        sink_ = {};
        if (digest_.finish() != target.sha256) refuse_result(source, target);
        close_(target.sha256);
        missing_.erase(target.sha256);
    }

    void begin_or_go_on(const FileEntry& target) {
        if (target_ == &target) return;
        if (target_ != nullptr)
            refuse(bundle_, "the deltas in its payload leave " + target_->path + " unfinished");
        target_ = &target;
        made_ = 0;
        digest_ = Sha256();
        sink_ = open_(target.sha256);
    }

    [[noreturn]] void refuse_result(const FileEntry& source, const FileEntry& target) const {
        if (sha256(*source_(source.sha256)) != source.sha256) throw changed(source);
        refuse(bundle_, "a delta in its payload doesn't make " + target.path);
    }
    static Error changed(const FileEntry& source) {
        return {Code::internal_error, "stage", source.path, "it changed while the update was running"};
    }

    const VerifiedBundle& bundle_;
    DeltaPairs missing_;
    const Source& source_;
    const Open& open_;
    const Close& close_;
    const FileEntry* target_ = nullptr; // the file that is being made
    std::uint64_t made_ = 0;            // bytes of it
    ByteSink sink_;
    Sha256 digest_;
};

} // namespace

DeltaPairs usable_deltas(const Manifest& manifest, const std::set<std::string>& present) {
    using Pair = std::pair<std::string, std::string>;
    std::set<Pair> usable;
    std::set<Pair> lacking; // a part of them can't be made
    for (const DeltaFrame& frame : manifest.deltas) {
        auto& list = has_sources(manifest, frame, present) ? usable : lacking;
        for (const DeltaPart& part : frame.parts)
            list.emplace(target_of(manifest, part).sha256, source_of(manifest, frame, part).sha256);
    }
    DeltaPairs pairs;
    for (const Pair& pair : usable)
        if (!lacking.contains(pair)) pairs.insert(pair);
    return pairs;
}

std::set<std::string> whole_contents(const Manifest& manifest) {
    std::set<std::string> all = contents_of(manifest.target);
    if (manifest.whole_files) return all;
    std::set<std::string> whole;
    if (manifest.from.empty()) whole = all;
    for (const Revision& revision : manifest.from) {
        const std::set<std::string> present = contents_of(revision);
        const DeltaPairs made = usable_deltas(manifest, present);
        std::ranges::copy_if(all, std::inserter(whole, whole.end()), [&](const std::string& digest) {
            return !present.contains(digest) && !made.contains(digest);
        });
    }
    return whole;
}

void unpack_deltas(const VerifiedBundle& bundle, const DeltaPairs& wanted,
                   const std::function<std::unique_ptr<ByteSource>(const std::string& sha256)>& source,
                   const std::function<ByteSink(const std::string& sha256)>& open,
                   const std::function<void(const std::string& sha256)>& close) {
    Making making(bundle, wanted, source, open, close);
    for (const DeltaFrame& frame : bundle.manifest.deltas) making.run(frame);
    making.finish();
}

} // namespace lockstep
